"""A desk for protocol tests: log, CA, terminal key and an officer, without a finger.

The vein's own tests show what a terminal accepts; here its signed statement is what matters.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from buju.attest import ledger
from buju.attest.certificate.authority import Authority
from buju.attest.certificate.keys import sign_with
from buju.attest.protocol.canonical import canonical, payload_hash
from buju.attest.protocol.messages import (
    LIFETIME,
    Statement,
    officer_message,
    statement_hash,
    statement_message,
)
from buju.attest.protocol.server import SCHEMA, Server, certificate_name
from buju.attest.protocol.submission import Submission

PEM = serialization.Encoding.PEM
START = 1_790_000_000.0
READING: dict[str, Any] = {
    "schema": "coal-output/v1",
    "agency": "energy",
    "time": "2026-09-21T00:00:00Z",
    "mine": "M01",
    "period": "2026-08",
    "raw_coal": 120000,
    "method": "weighed",
    "synthetic": True,
}


def text(certificate: Any) -> str:
    return certificate.public_bytes(PEM).decode()


class Desk:
    """`now` is the clock of everything on the desk."""

    def __init__(self, folder: Path, pad: str = "none") -> None:
        self.folder, self.now = folder, START
        self.keys = ledger.generate_key("example.com/log", kind="log")
        ledger.Log.create(
            folder, "example.com/log", self.keys.signer, clock=self.clock, schema=SCHEMA
        ).close()
        self.terminal = Ed25519PrivateKey.generate()
        public = self.terminal.public_key().public_bytes(
            PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.ca = Authority.create("Test CA", START - 86400)
        trust = ledger.Trust.read(folder / "trust.json")
        replace(
            trust,
            terminals={"t1": public.decode()},
            authorities=(text(self.ca.certificate),),
            more={"pad": pad},
        ).write(folder / "trust.json")
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.officer = self.ca.issue("zhang", self.key.public_key(), START - 3600)
        self.lists: Callable[[], Any] = lambda: ([self.ca.crl(self.now - 60)], [])
        self.open()

    def clock(self) -> float:
        return self.now

    def open(self) -> None:
        self.log = ledger.Log.open(self.folder, self.keys.signer, clock=self.clock, schema=SCHEMA)
        self.server = Server(self.log, lists=lambda: self.lists(), clock=self.clock, grain=0)

    def reopen(self) -> None:
        self.log.close()
        self.open()

    @property
    def trust(self) -> ledger.Trust:
        return ledger.Trust.read(self.folder / "trust.json")

    def statement(self, payload: bytes, **changes: Any) -> tuple[bytes, bytes]:
        nonce = changes.pop("nonce", None) or self.server.nonce().hex()
        key = changes.pop("key", self.terminal)
        issued = int(self.now)
        fields: dict[str, Any] = {
            "payload_sha256": payload_hash(payload).hex(),
            "nonce": nonce,
            "certificate_sha256": certificate_name(self.officer),
            "terminal": "t1",
            "algorithm": "buju-vein/1",
            "decision": "match",
            "pad": "basic",
            "issued": issued,
            "expires": issued + LIFETIME,
        }
        data = Statement(**(fields | changes)).data()
        return data, key.sign(statement_message(data))

    def submission(
        self,
        reading: dict[str, Any] = READING,
        *,
        key: Any = None,
        certificates: Any = None,
        statement: tuple[bytes, bytes] | None = None,
        **changes: Any,
    ) -> Submission:
        payload = canonical(json.dumps(reading).encode())
        data, signature = statement or self.statement(payload, **changes)
        message = officer_message(payload_hash(payload), statement_hash(data))
        certificates = [self.officer] if certificates is None else certificates
        return Submission(
            payload,
            data,
            signature,
            sign_with(key or self.key, message),
            tuple(text(one) for one in certificates),
        )

    def submit(self, submission: Submission) -> Any:
        return self.server.submit(submission.text().encode())
