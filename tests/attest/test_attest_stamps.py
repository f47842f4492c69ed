"""RFC 3161 time stamps from the command line, with OpenSSL as the authority."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytest.importorskip("rfc8785")
pytest.importorskip("rfc3161_client")
from desk import READING
from test_attest_protocol import buju

from buju.attest.ledger import Trust
from buju.attest.protocol.reading import read_receipt
from buju.attest.verify import main as verify
from buju.errors import BujuError

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl, the time-stamp authority, is not on this machine"
)
CONFIG = """
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamp authority in a folder: `openssl ts`, behind HTTP."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "cnf").write_text(CONFIG)
        (folder / "serial").write_text("01")
        key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config cnf"
        self.run(f"req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=root -extensions ca")
        self.run(f"req -new {key} -keyout tsa.key -out tsa.csr -subj /CN=tsa")
        self.run(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 9 -days 30 -out tsa.pem "
            "-extfile cnf -extensions leaf"
        )

    def run(self, line: str) -> None:
        subprocess.run(["openssl", *line.split()], cwd=self.folder, check=True, capture_output=True)

    def answer(self, query: bytes) -> bytes:
        (self.folder / "q").write_bytes(query)
        self.run("ts -reply -config cnf -section one -queryfile q -out r")
        return (self.folder / "r").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture(scope="module")
def address(authority: Authority) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            data = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def ready(folder: Path, authority: Authority, *more: object) -> tuple[Path, Path]:
    """A ledger that believes the authority, with one officer; the folder and a payload."""
    ledger, payload = folder / "L", folder / "p.json"
    root = authority.folder / "ca.pem"
    line = ("init", "--ledger", ledger, "--origin", "example.com/l", "--tsa-root", root)
    assert buju(*line, *more) == 0
    assert buju("enrol", "--ledger", ledger, "--officer", "li", "--finger", "generator:42") == 0
    payload.write_text(json.dumps(READING))
    return ledger, payload


def submit(ledger: Path, payload: Path, out: Path) -> None:
    line = ("submit", "--ledger", ledger, "--officer", "li", "--finger", "generator:42")
    assert buju(*line, "--payload", payload, "--out", out) == 0


def test_a_stamp_is_asked_for_and_verifies_offline(
    tmp_path: Path, authority: Authority, address: str
) -> None:
    ledger, payload = ready(tmp_path, authority, "--tsa", address)
    out, trust_file = tmp_path / "r.json", tmp_path / "L" / "trust.json"
    submit(ledger, payload, out)
    assert buju("verify", out, "--trust", trust_file) == 0
    assert verify([str(out), "--trust", str(trust_file)]) == 0
    found = read_receipt(out.read_bytes(), trust_file)
    assert found.stamped is not None and abs(found.stamped - time.time()) < 60
    assert str(found.summary()["time_stamp"]).endswith("Z")
    receipt = json.loads(out.read_text())
    token = bytearray(base64.b64decode(receipt["timestamp"]))
    token[-5] ^= 1
    submit(ledger, rewritten(payload, 7), tmp_path / "other.json")
    other = json.loads((tmp_path / "other.json").read_text())
    for broken in (
        receipt | {"timestamp": base64.b64encode(token).decode()},
        receipt | {"timestamp": base64.b64encode(b"junk").decode()},
        receipt | {"timestamped": other["timestamped"]},
        receipt | {"timestamp": other["timestamp"]},
        receipt | {"timestamped": None},
    ):
        with pytest.raises(BujuError):
            read_receipt(json.dumps(broken).encode(), trust_file)
        (tmp_path / "broken.json").write_text(json.dumps(broken))
        assert verify([str(tmp_path / "broken.json"), "--trust", str(trust_file)]) == 1
    # Where the trust file names no authority, a stamp is not read and not claimed.
    trust = Trust.read(trust_file)
    bare = replace(trust, more={k: v for k, v in trust.more.items() if k != "timestamp_roots"})
    assert read_receipt(out.read_bytes(), bare).stamped is None


def rewritten(payload: Path, amount: int) -> Path:
    payload.write_text(json.dumps(READING | {"raw_coal": amount}))
    return payload


def test_stamped_by_hand_where_there_is_no_network(tmp_path: Path, authority: Authority) -> None:
    ledger, payload = ready(tmp_path, authority)
    submit(ledger, payload, tmp_path / "r.json")
    query, answer, out = tmp_path / "q.tsq", tmp_path / "a.tsr", tmp_path / "stamped.json"
    line = ("stamp", "--ledger", ledger, "--entry", 0)
    assert buju(*line) == 2
    assert buju(*line, "--query", query) == 0
    submit(ledger, rewritten(payload, 8), tmp_path / "more.json")  # the log grows meanwhile
    answer.write_bytes(authority.answer(query.read_bytes()))
    assert buju(*line, "--answer", answer, "--out", out) == 0
    found = read_receipt(out.read_bytes(), ledger / "trust.json")
    assert found.stamped is not None
    assert read_receipt((tmp_path / "r.json").read_bytes(), ledger / "trust.json").stamped is None
    assert buju(*line, "--answer", answer, "--out", out) == 1  # asked and answered once


def test_an_answer_over_other_bytes_is_refused(tmp_path: Path, authority: Authority) -> None:
    from buju.attest.certificate.timestamps import request

    ledger, payload = ready(tmp_path, authority)
    submit(ledger, payload, tmp_path / "r.json")
    answer = tmp_path / "a.tsr"
    line = ("stamp", "--ledger", ledger, "--entry", 0)
    assert buju(*line, "--query", tmp_path / "q.tsq") == 0
    answer.write_bytes(authority.answer(request(b"other bytes")))
    assert buju(*line, "--answer", answer, "--out", tmp_path / "s.json") == 1
    assert not (tmp_path / "s.json").exists()


def test_attack_22_a_stamp_older_than_the_statement(tmp_path: Path, authority: Authority) -> None:
    """The entry says it is of an hour from now; the stamp is of now."""
    from desk import Desk, text

    from buju.attest.certificate.authority import Authority as Officers
    from buju.attest.certificate.timestamps import request
    from buju.attest.protocol.server import stamped_text
    from buju.attest.refusal import Refused

    desk = Desk(tmp_path / "ledger")
    desk.log.close()
    desk.now = time.time() + 3600
    desk.ca = Officers.create("Now CA", time.time() - 3600)
    desk.officer = desk.ca.issue("zhang", desk.key.public_key(), time.time() - 60)
    trust = replace(
        desk.trust,
        authorities=(text(desk.ca.certificate),),
        more={"pad": "none", "timestamp_roots": [(authority.folder / "ca.pem").read_text()]},
    )
    trust.write(desk.folder / "trust.json")
    desk.open()
    accepted = desk.submit(desk.submission())
    proof = desk.log.receipt(0)
    answer = authority.answer(request(stamped_text(proof)))
    with pytest.raises(Refused, match="timestamp-old"):
        desk.server.add_stamp(0, proof, answer)
    receipt = json.loads(accepted.receipt)
    stamp = {"timestamp": base64.b64encode(answer).decode(), "timestamped": proof}
    with pytest.raises(Refused, match="timestamp-old"):
        read_receipt(json.dumps(receipt | stamp).encode(), desk.trust)
    desk.log.close()


def test_an_authority_that_does_not_answer_is_told_not_hidden(
    tmp_path: Path, authority: Authority
) -> None:
    ledger, payload = ready(tmp_path, authority, "--tsa", "http://127.0.0.1:9/")
    submit(ledger, payload, tmp_path / "r.json")
    lines = [json.loads(one) for one in (ledger / "audit.jsonl").read_text().splitlines()]
    assert [one["why"] for one in lines if one["code"] == "timestamp-absent"] == ["timestamp"]
    assert json.loads((tmp_path / "r.json").read_text())["timestamp"] is None
    assert buju("init", "--ledger", tmp_path / "M", "--origin", "m", "--tsa", "http://x") == 2
