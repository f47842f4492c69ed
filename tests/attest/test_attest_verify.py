"""Two commands, one verifier: same verdict and the contract's exit codes, whatever is handed in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

pytest.importorskip("rfc8785")
from desk import Desk
from ledger_rig import WITNESSES
from test_attest_protocol import buju

from buju.attest import ledger
from buju.attest.verify import main


def alone(*arguments: object) -> int:
    """`python -m buju.attest.verify`; argparse ends wrong use with SystemExit."""
    try:
        return main([str(one) for one in arguments])
    except SystemExit as done:
        return int(done.code or 0)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, list[object]]]:
    """Exit code wanted and arguments, by name."""
    folder = tmp_path_factory.mktemp("verify")
    desk = Desk(folder / "L")
    receipt = desk.submit(desk.submission()).receipt
    trust, witness = desk.trust, WITNESSES[0]
    note = desk.log.checkpoint()
    text = note.rpartition("\n\n")[0] + "\n"
    line = ledger.sign_note(text, [witness.signer], now=int(desk.now)).rpartition("\n\n")[2]
    seen = json.loads(receipt)
    seen["proof"] = seen["proof"].rstrip("\n") + "\n" + line
    policy = ledger.make_policy(desk.keys.verifier, [("w", witness.verifier, "")], 1)
    files = {
        "receipt": receipt,
        "seen": json.dumps(seen),
        "altered": receipt.replace('"payload": "ey', '"payload": "eY'),
        "junk": "{",
        "nothing": "",
        "huge": "{" + " " * 9_000_000 + "}",
        "bare": seen["proof"],
        "trust": trust.text(),
        "quorum": replace(trust, policy=policy).text(),
        "badtrust": "{}",
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    desk.log.close()

    def line_of(receipt: str, trust: str) -> list[object]:
        return [folder / receipt, "--trust", folder / trust]

    return {
        "no witness": (0, line_of("receipt", "trust")),
        "final": (0, line_of("seen", "quorum")),
        "below the quorum": (1, line_of("receipt", "quorum")),
        "altered": (1, line_of("altered", "trust")),
        "junk": (1, line_of("junk", "trust")),
        "empty": (1, line_of("nothing", "trust")),
        "huge": (1, line_of("huge", "trust")),
        "bare proof, final": (0, line_of("bare", "quorum")),
        "bare proof, no witness": (0, line_of("bare", "trust")),
        "no such receipt": (1, line_of("absent", "trust")),
        "no such trust file": (1, line_of("receipt", "absent")),
        "no trust file": (1, line_of("receipt", "badtrust")),
        "no receipt named": (2, ["--trust", folder / "trust"]),
        "unknown option": (2, [*line_of("receipt", "trust"), "--nonsense"]),
    }


@pytest.mark.parametrize(
    "name",
    [
        "no witness", "final", "below the quorum", "altered", "junk", "empty", "huge",
        "bare proof, final", "bare proof, no witness", "no such receipt", "no such trust file",
        "no trust file", "no receipt named", "unknown option",
    ],
)  # fmt: skip
def test_exit_codes_agree(
    cases: dict[str, tuple[int, list[object]]], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted, arguments = cases[name]
    assert (alone(*arguments), buju("verify", *arguments)) == (wanted, wanted)
    shown = capsys.readouterr()
    if "no witness" in name:
        assert (shown.out + shown.err).count("QUORUM NONE") == 2
