"""SM2 officers in the server: certificates and lists made by OpenSSL, submissions by this code."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("rfc8785")
pytest.importorskip("gmalglib")
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from desk import READING, Desk, text

from buju.attest.certificate import certificate_name, check_chain, key_of
from buju.attest.certificate.sm import Sm2Key, Sm2Signer
from buju.attest.protocol.reading import read_receipt
from buju.attest.protocol.terminal import sign_submission
from buju.errors import BujuError

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl, which makes the certificates, is not here"
)
CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[officer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ca]
default_ca = one
[one]
database = index
crlnumber = number
default_md = sm3
default_crl_days = 7
policy = any
new_certs_dir = .
serial = serial
rand_serial = yes
[any]
commonName = supplied
"""
ID = "-sigopt distid:1234567812345678"


class Office:
    """An SM2 CA and one officer's SM2 key, made by OpenSSL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "cnf").write_text(CONFIG)
        (folder / "index").write_text("")
        (folder / "number").write_text("01")
        for name in ("ca", "x"):
            self.run(f"ecparam -genkey -name SM2 -noout -out {name}.key")
        self.run(
            f"req -new -x509 -sm3 -key ca.key -subj /CN=SM2-CA -days 900 -out ca.pem -config cnf "
            f"-extensions root {ID}"
        )
        self.run(f"req -new -sm3 -key x.key -subj /CN=zhang -out x.csr -config cnf {ID}")
        self.run(
            "ca -batch -config cnf -cert ca.pem -keyfile ca.key -in x.csr -out x.pem -days 300 "
            f"-extensions officer -notext -vfyopt distid:1234567812345678 {ID}"
        )
        self.root, self.officer = (
            x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
            for name in ("ca", "x")
        )

    def run(self, line: str) -> str:
        command = ["openssl", *line.split()]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        return done.stdout.decode()

    def private(self) -> bytes:
        shown = self.run("ec -in x.key -text -noout")
        digits = shown.split("priv:")[1].split("pub:")[0]
        return bytes.fromhex("".join(digits.split()).replace(":", "")).rjust(33, b"\0")[-32:]

    def crl(self) -> bytes:
        self.run(f"ca -gencrl -config cnf -cert ca.pem -keyfile ca.key -out crl.pem {ID}")
        read = x509.load_pem_x509_crl((self.folder / "crl.pem").read_bytes())
        return read.public_bytes(Encoding.DER)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("sm2") / "ca")


@pytest.fixture
def desk(tmp_path: Path, office: Office) -> Iterator[Desk]:
    made = Desk(tmp_path / "ledger")
    made.log.close()
    made.now = time.time() + 5
    trust = replace(made.trust, authorities=(text(office.root),))
    trust.write(made.folder / "trust.json")
    made.officer = office.officer
    first = office.crl()
    made.lists = lambda: ([first], [])
    made.open()
    yield made
    made.log.close()


def submission(desk: Desk, office: Office, amount: int, private: bytes | None = None):
    from buju.attest.protocol.canonical import canonical

    payload = canonical(json.dumps(READING | {"raw_coal": amount}).encode())
    statement, signature = desk.statement(payload)
    signer = Sm2Signer(private or office.private(), [office.officer])
    return sign_submission(payload, statement, signature, signer)


def refused(desk: Desk, one, code: str) -> None:
    size = desk.log.size
    with pytest.raises(BujuError) as caught:
        desk.submit(one)
    assert getattr(caught.value, "code", "") == code, str(caught.value)
    assert desk.log.size == size
    assert desk.log.audit.lines()[-1]["code"] == code


def test_an_sm2_officer_submits_and_the_receipt_verifies(desk: Desk, office: Office) -> None:
    assert isinstance(key_of(office.officer), Sm2Key)
    receipt = desk.submit(submission(desk, office, 1)).receipt
    found = read_receipt(receipt.encode(), desk.trust)
    assert (found.signed_by, found.payload["raw_coal"]) == ("CN=zhang", 1)
    content = json.loads(receipt)
    signature = bytearray(base64.b64decode(content["officer_signature"]))
    signature[-1] ^= 1
    broken = content | {"officer_signature": base64.b64encode(signature).decode()}
    with pytest.raises(BujuError):
        read_receipt(json.dumps(broken).encode(), desk.trust)


def test_wrong_key_altered_certificate_and_list(desk: Desk, office: Office) -> None:
    refused(desk, submission(desk, office, 2, b"\x07" * 32), "signature")
    der = bytearray(office.officer.public_bytes(Encoding.DER))
    der[-1] ^= 1
    forged = x509.load_der_x509_certificate(bytes(der))
    with pytest.raises(BujuError, match="cert-"):
        check_chain([forged], [office.root], desk.now)
    good = office.crl()
    bad = bytearray(good)
    bad[-1] ^= 1
    desk.lists = lambda: ([bytes(bad)], [])
    refused(desk, submission(desk, office, 3), "crl-signature")
    desk.lists = lambda: ([], [])
    refused(desk, submission(desk, office, 4), "crl-missing")


def test_a_revoked_sm2_certificate_and_an_old_list(desk: Desk, tmp_path: Path) -> None:
    other = Office(tmp_path / "other")
    trust = replace(desk.trust, authorities=(text(other.root),))
    trust.write(desk.folder / "trust.json")
    desk.officer = other.officer
    desk.reopen()
    old, newer = other.crl(), other.crl()
    desk.lists = lambda: ([newer], [])
    assert desk.submit(submission(desk, other, 5)).index == 0
    desk.lists = lambda: ([old], [])
    refused(desk, submission(desk, other, 6), "crl-rollback")
    other.run("ca -config cnf -cert ca.pem -keyfile ca.key -revoke x.pem")
    revoked = other.crl()
    desk.lists = lambda: ([revoked], [])
    desk.now = time.time() + 8
    refused(desk, submission(desk, other, 7), "cert-revoked")
    assert certificate_name(other.officer)


def test_without_the_extra_the_refusal_names_it(
    desk: Desk, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    whole = submission(desk, office, 8)
    monkeypatch.setitem(sys.modules, "gmalglib.sm2", None)
    with pytest.raises(BujuError, match=r"buju\[sm\]"):
        desk.submit(whole)
    assert desk.log.audit.lines()[-1]["code"] == "extra"
