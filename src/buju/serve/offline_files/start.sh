#!/bin/sh
# Installs buju into .venv beside this script, without a network, and opens its page.
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python@PYTHON@}
if ! command -v "$python" >/dev/null 2>&1; then
  echo "需要 Python @PYTHON@；也可用 PYTHON=/路径/python@PYTHON@ ./start.sh 指定" >&2
  echo "Python @PYTHON@ is needed; name another place by PYTHON=/path/to/python@PYTHON@ ./start.sh" >&2
  exit 1
fi
if [ ! -f .venv/installed ]; then
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links wheels --require-hashes --no-deps -r requirements.txt
  touch .venv/installed
fi
if [ "${1:-}" = "install" ]; then exit 0; fi
if [ ! -f result/manifest.json ]; then .venv/bin/buju run example --out result; fi
(sleep 3; command -v xdg-open >/dev/null 2>&1 && xdg-open http://127.0.0.1:8765/ >/dev/null 2>&1) &
exec .venv/bin/buju serve result
