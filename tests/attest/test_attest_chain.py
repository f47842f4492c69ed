"""Eight processes on loopback: one reading's way, and what four agencies withstand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("rfc8785")

from buju.attest import ledger
from buju.attest.protocol import chain as chains
from buju.attest.protocol import http

LIMIT = 2.0  # seconds, terminal to offline verdict


def test_chain_from_terminal_to_offline_receipt(tmp_path: Path) -> None:
    with chains.Chain(tmp_path / "chain", liar=True) as chain:
        chain.send(chains.reading(1))  # the first one also loads the vein's tables
        way = chain.send(chains.reading(2))
        assert way.verdict == "final"
        assert way.seconds <= LIMIT
        assert len(way.cosigned) >= chains.QUORUM

        chain.stop("witness-1")
        one_stopped = chain.send(chains.reading(3))
        assert one_stopped.verdict == "final"
        assert "energy" not in one_stopped.cosigned

        fork = chain.fork()
        honest = chain.send(chains.reading(4))
        assert honest.verdict == "final"
        note, gathered, refused = fork.publish(b"another history")
        assert gathered is None or not gathered.final
        assert refused is not None or gathered is not None
        mine = http.call(chain.ports["api"], "/checkpoint")["checkpoint"]
        trust = ledger.Trust.read(chain.folder / "reader" / "trust.json")
        assert not trust.policy.final({one.name for one in _cosigners(note, trust)})
        (evidence,) = ledger.find_split([mine, note], list(trust.policy.log_keys))
        assert "fork" in evidence.describe() or evidence.kind

        chain.stop("witness-2")
        two_stopped = chain.send(chains.reading(5))
        assert two_stopped.verdict == "not final"
        audit = (chain.folder / "site" / "audit.jsonl").read_text().splitlines()
        assert json.loads(audit[-1])["final"] is False


def _cosigners(note: str, trust: ledger.Trust) -> list[ledger.policy.Member]:
    signed = {
        one.name for one in ledger.open_note(note, list(trust.policy.witness_keys)).signatures
    }
    return [one for one in trust.policy.witnesses if one.key.split("+")[0] in signed]
