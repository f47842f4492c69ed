"""`buju report`, `buju doctor` and `buju bundle` as a planner types them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from buju.serve import health, offline
from buju.serve.cli import main
from buju.serve.offline import BundleError, for_machine, make_folder

ROOT = Path(__file__).parents[2]


def said(arguments: list[str], capsys) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    streams = capsys.readouterr()
    return int(ended.value.code or 0), streams.out + streams.err


def test_a_report_is_written_where_it_is_asked_for(bundle, tmp_path, capsys) -> None:
    out = tmp_path / "r.xlsx"
    code, words = said(
        ["report", str(bundle.path), "--format", "xlsx", "--language", "en", "--out", str(out)],
        capsys,
    )
    assert code == 0
    assert out.is_file()
    assert str(out) in words
    code, words = said(["report", str(bundle.path), "--format", "odt"], capsys)
    assert code == 1
    assert "docx" in words


def test_figures_by_command(bundle, tmp_path, capsys) -> None:
    folder = tmp_path / "f"
    code, _ = said(
        ["report", str(bundle.path), "--figures", str(folder), "--language", "zh"], capsys
    )
    assert code == 0
    assert {p.suffix for p in folder.iterdir()} == {".svg", ".png", ".txt"}


def test_doctor_is_well_here_and_names_remedies_elsewhere(capsys, monkeypatch) -> None:
    assert said(["doctor"], capsys)[0] == 0
    monkeypatch.setattr(health, "requires", lambda _: ["numpy>=99", "absent>=1 ; extra == 'web'"])
    code, words = said(["doctor", "--language", "en"], capsys)
    assert code == 1
    assert "pip install 'numpy>=99'" in words
    assert "pip install 'buju[web]'" in words
    assert "需要" not in words


def test_doctor_names_a_folder_that_may_not_be_written(tmp_path, monkeypatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(health.tempfile, "TemporaryFile", refuse)
    found = health._writable(tmp_path)
    assert found.state == "missing"
    assert "Permission denied" in found.en


@pytest.mark.parametrize(
    ("platform", "python", "words"),
    [("mac", "3.11", "win_amd64"), ("win_amd64", "2.7", "3.12")],
)
def test_other_machines_are_refused(tmp_path, platform, python, words) -> None:
    with pytest.raises(BundleError, match=words):
        make_folder(tmp_path / "out", platform, python, ROOT)


def test_without_the_page_the_remedy_is_named(tmp_path) -> None:
    source = tmp_path / "source"
    (source / "examples/shanxi").mkdir(parents=True)
    with pytest.raises(BundleError, match=r"no pyproject\.toml"):
        make_folder(tmp_path / "out", "win_amd64", "3.11", source)
    for name in ("pyproject.toml", "constraints.txt", "examples/shanxi/study.yaml"):
        (source / name).write_text("")
    with pytest.raises(BundleError, match="make web"):
        make_folder(tmp_path / "out", "win_amd64", "3.11", source)
    (tmp_path / "out").mkdir()
    with pytest.raises(BundleError, match="exists"):
        make_folder(tmp_path / "out", "win_amd64", "3.11", source)


def test_a_failed_fetch_leaves_nothing(tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise BundleError("a package was not fetched", "未能取得")

    monkeypatch.setattr(offline, "_check", lambda *_: None)
    monkeypatch.setattr(offline, "_own_wheel", fail)
    with pytest.raises(BundleError):
        make_folder(tmp_path / "out", "win_amd64", "3.11", ROOT)
    assert list(tmp_path.iterdir()) == []


def test_markers_are_judged_for_the_other_machine() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    windows, linux = (for_machine(text, p, "3.11") for p in ("win_amd64", "linux_x86_64"))
    assert "colorama==" in windows
    assert "colorama==" not in linux
    assert linux.count("numpy==") == 1


@pytest.mark.long
def test_the_folder_installs_without_a_network(tmp_path) -> None:
    """In a network namespace without interfaces; needs an index to make the folder."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine")
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    folder = make_folder(tmp_path / "off", "linux_x86_64", python, ROOT)
    steps = (
        "./start.sh install && .venv/bin/buju check example/region && "
        "sha256sum -c --quiet checksums.sha256"
    )
    base = getattr(sys, "_base_executable", sys.executable)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHON": base}
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", steps],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "no faults" in done.stdout
    wheels = [path.name for path in (folder / "wheels").iterdir()]
    assert all(name.endswith(".whl") for name in wheels)


def test_the_benchmark_met_its_bar() -> None:
    held = json.loads((ROOT / "benchmarks/results/report.json").read_text(encoding="utf-8"))
    for name, row in held["formats"].items():
        if name.startswith("pdf"):
            assert row["seconds"] <= held["pdf_bar_seconds"]
