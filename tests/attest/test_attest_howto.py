"""The page `docs/how-to/attest.md` as a newcomer types it: every command, in order."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("rfc8785")
import draws

from buju.attest.protocol import http
from buju.errors import BujuError
from buju.serve import cli

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "attest.md"
START = [sys.executable, "-c", "from buju.serve.cli import main; main()"]


def blocks(language: str) -> list[str]:
    """Contents of the page's fenced blocks in one language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


def commands() -> list[tuple[str, int, str]]:
    """Line, exit code and the refusal's code; a line ends with `# 1 CODE` where it fails."""
    found = []
    for line in "".join(blocks("sh")).splitlines():
        line, _, note = line.partition("  #")
        code, _, word = note.strip().partition(" ")
        found.append((line.strip(), int(code or 0), word))
    return found


class Shell:
    """Runs the page's lines in this process; `&` starts a process of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys, self.names, self.running = capsys, {}, []  # type: ignore[var-annotated]
        self.ports = dict(zip(("8701", "8702", "8703"), map(str, http.free_ports(3)), strict=True))

    def __call__(self, line: str, code: int, word: str) -> None:
        for shown, free in self.ports.items():
            line = line.replace(shown, free)
        for name, value in self.names.items():
            line = line.replace(f"${name}", value)
        program, *arguments = shlex.split(line)
        assert program == "buju" and "$" not in line
        if arguments[-1] == "&":
            made = subprocess.Popen([*START, *arguments[:-1]], stdout=subprocess.PIPE, text=True)
            self.running.append(made)
            assert made.stdout is not None and made.stdout.readline()
            assert "127.0.0.1" in made.stdout.readline()  # the address, once it listens
            return
        with pytest.raises(SystemExit) as done:
            cli.main(arguments)
        shown = self.capsys.readouterr()
        assert int(done.value.code or 0) == code, f"{line}\n{shown.out}{shown.err}"
        if code:
            assert word in shown.err, f"{line}\n{shown.err}"
            assert re.search("[\u4e00-\u9fff]", shown.err), shown.err
        self._keep(arguments, shown.out)

    def _keep(self, arguments: list[str], shown: str) -> None:
        """What the page tells the reader to copy from the screen."""
        if arguments[1] == "witness":
            self.names[arguments[3]] = shown.split()[0]
        if arguments[1] == "init":
            self.names["LOG"] = re.search(r"log key.*: (\S+)", shown)[1]  # type: ignore[index]


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    draws.fix(monkeypatch, "how-to")
    monkeypatch.chdir(tmp_path)
    made = Shell(capsys)
    yield made
    for process in made.running:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_the_page_can_be_followed_from_top_to_bottom(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "reading.json").write_text(blocks("json")[0], encoding="utf-8")
    began = time.monotonic()
    for line, code, word in commands():
        shell(line, code, word)
    assert time.monotonic() - began < 600
    assert len(commands()) > 15
    section = blocks("yaml")[0]
    (tmp_path / "study.yaml").write_text(
        f"study: s\nregion: {PAGE.parents[2] / 'examples/strip/region'}\nyear: 2020\n"
        f"scenarios: {{base: {{}}}}\n{section}",
        encoding="utf-8",
    )
    from buju.study import load_study
    from buju.study.ledgers import require_ledger

    with pytest.raises(BujuError, match="not enrolled"):  # li has left by now
        require_ledger(load_study(tmp_path / "study.yaml"))


def test_every_payload_and_command_of_the_page_exists() -> None:
    assert len(blocks("json")) == 1 and len(blocks("yaml")) == 1
    assert {line.split()[2] for line, _, _ in commands()} == {
        "init", "enrol", "submit", "verify", "receipt", "audit", "witness", "withdraw"}  # fmt: skip
