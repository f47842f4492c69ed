"""Witnesses that lie, stop, are killed, or whose clock is wrong."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "attest"))
from ledger_rig import KEY, ORIGIN, WITNESSES, Rig

from buju.attest import ledger
from buju.attest.ledger import LedgerRefused
from buju.attest.ledger.gather import post, request_body

LEAVES = [ledger.leaf_hash(b"%d" % i) for i in range(400)]


def nodes(level: int, index: int) -> bytes:
    return ledger.root(LEAVES[index << level : (index + 1) << level])


def body(old: int, size: int) -> bytes:
    text = ledger.format_checkpoint(ORIGIN, size, ledger.root(LEAVES[:size]))
    note = ledger.sign_note(text, [KEY.signer])
    return request_body(old, ledger.consistency_proof(old, size, nodes), note)


class Process:
    """A witness as a process of its own."""

    def __init__(self, folder: Path) -> None:
        key = folder / "w.key"
        folder.mkdir(exist_ok=True)
        key.write_text(WITNESSES[0].signer)
        line = [
            sys.executable,
            "-W",
            "error",
            "-m",
            "buju.attest.ledger.witness",
            str(folder / "w"),
        ]
        self.process = subprocess.Popen(
            [*line, "--key", str(key), "--log", KEY.verifier],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.process.communicate()[1]

    def ask(self, data: bytes) -> tuple[int, bytes]:
        return post(self.url + "/add-checkpoint", data, 5)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()


def test_a_witness_killed_keeps_what_it_has_signed(tmp_path: Path) -> None:
    first = Process(tmp_path / "a")
    assert [first.ask(body(0, 5))[0], first.ask(body(5, 8))[0]] == [200, 200]
    first.kill()
    again = Process(tmp_path / "a")
    assert again.ask(body(5, 6)) == (409, b"8\n")
    assert again.ask(body(0, 3)) == (409, b"8\n")
    assert again.ask(body(8, 9))[0] == 200
    again.kill()


def test_a_witness_killed_while_it_answers_never_forgets_an_answer(tmp_path: Path) -> None:
    acknowledged = 0
    for round_ in range(4):
        process = Process(tmp_path / "a")
        status, size = process.ask(body(0, 1)) if not acknowledged else process.ask(body(0, 300))
        known = int(size) if status == 409 else 1
        assert known >= acknowledged, "a cosignature was given and forgotten"
        killer = threading.Timer(0.01 + 0.02 * round_, process.kill)
        killer.start()
        try:
            while known < 399:
                status, _ = process.ask(body(known, known + 1))
                assert status == 200
                known += 1
                acknowledged = known
        except OSError:
            pass
        killer.join()


@contextmanager
def fake(answer: Callable[[str, bytes], tuple[int, bytes]]) -> Iterator[str]:
    """A server in a witness's place."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._send(answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            self._send(answer(self.path, b""))

        def _send(self, found: tuple[int, bytes]) -> None:
            self.send_response(found[0])
            self.send_header("Content-Length", str(len(found[1])))
            self.end_headers()
            self.wfile.write(found[1])

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def claims_more(path: str, data: bytes) -> tuple[int, bytes]:
    return (409, b"999\n") if data else (404, b"")


def claims_a_fork(path: str, data: bytes) -> tuple[int, bytes]:
    return (422, b"not an extension\n") if data else (404, b"")


def signs_junk(path: str, data: bytes) -> tuple[int, bytes]:
    key = base64.b64decode(WITNESSES[2].verifier.split("+", 2)[2])
    name, identity = WITNESSES[2].verifier.split("+")[:2]
    line = base64.b64encode(bytes.fromhex(identity) + bytes(72)).decode()
    assert len(key) == 33
    return 200, f"— {name} {line}\n".encode()


def with_liars(rig: Rig, urls: dict[int, str], k: int = 2) -> ledger.Trust:
    members = [
        (f"w{i}", WITNESSES[i].verifier, urls.get(i, server.url))
        for i, server in enumerate(rig.servers)
    ]
    trust = ledger.Trust(ledger.make_policy(KEY.verifier, members, k))
    trust.write(rig.path / "log" / "trust.json")
    return trust


@pytest.mark.parametrize("lie", [claims_more, claims_a_fork, signs_junk])
def test_one_liar_without_proof_only_counts_as_absent(tmp_path: Path, lie) -> None:
    rig = Rig(tmp_path)
    rig.create(entries=3).close()
    with fake(lie) as url:
        trust = with_liars(rig, {2: url})
        with rig.open() as log:
            gathered = log.gather()
            assert gathered.final and set(gathered.failed) == {"w2"}
            found = ledger.verify_receipt(log.receipt(1), trust)
            assert found.final and set(found.cosigned) == {"w0", "w1"}
            assert log.append([b"the log goes on"]) == [3]
    rig.close()


def test_so_many_claims_that_no_quorum_is_left_stop_the_log(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.create(entries=3).close()
    with fake(claims_more) as url:
        with_liars(rig, {1: url, 2: url})
        with pytest.raises(LedgerRefused, match="rolled-back"):
            rig.open()
        assert ledger.Audit(rig.path / "log" / "audit.jsonl").lines()[-1]["code"] == "rolled-back"
    rig.close()


def test_one_witness_that_shows_the_logs_own_signature_stops_it(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.create(entries=3).close()
    text = ledger.format_checkpoint(ORIGIN, 9, ledger.root(LEAVES[:9]))
    larger = ledger.sign_note(text, [KEY.signer]).encode()
    page = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"

    def truthful(path: str, data: bytes) -> tuple[int, bytes]:
        return (409, b"9\n") if data else ((200, larger) if path == page else (404, b""))

    with fake(truthful) as url:
        with_liars(rig, {2: url})
        with pytest.raises(LedgerRefused, match="rolled-back"):
            rig.open()
    rig.close()


def test_attack_22_a_witness_clock_ahead(tmp_path: Path) -> None:
    """An hour ahead: refused, named, nothing final; five minutes are borne."""
    rig = Rig(tmp_path, 2, 2)
    rig.servers.append(
        ledger.serve_witness(
            ledger.Witness(
                tmp_path / "w2", WITNESSES[2].signer, [KEY.verifier], lambda: time.time() + 3600
            )
        )
    )
    members = [(f"w{i}", WITNESSES[i].verifier, s.url) for i, s in enumerate(rig.servers)]
    rig.trust = ledger.Trust(ledger.make_policy(KEY.verifier, members, 3))
    with rig.create() as log:
        log.append([b"one"])
        with pytest.raises(LedgerRefused, match="w2"):
            log.gather()
        assert log.audit.lines()[-1]["code"] == "clock" and log.size == 1
    rig.servers.pop().close()
    rig.close()
