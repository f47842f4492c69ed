@echo off
chcp 65001 >nul
cd /d "%~dp0"
if exist .venv\installed goto run
py -@PYTHON@ -m venv .venv
if errorlevel 1 (
  echo Python @PYTHON@ is needed / 需要 Python @PYTHON@
  pause
  exit /b 1
)
.venv\Scripts\python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels --require-hashes --no-deps -r requirements.txt
if errorlevel 1 (
  echo The packages were not installed / 软件包未能安装
  pause
  exit /b 1
)
type nul > .venv\installed
:run
if "%1"=="install" exit /b 0
if not exist result\manifest.json .venv\Scripts\buju run example --out result
start "" http://127.0.0.1:8765/
.venv\Scripts\buju serve result
