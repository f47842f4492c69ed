"""The files of a new site: log, CA, terminal, trust file, and the key that seals them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from buju.attest import ledger
from buju.attest.certificate.authority import Authority
from buju.attest.protocol.files import write_private
from buju.attest.protocol.state import SCHEMA

TERMINAL = "terminal-1"


def make_files(
    folder: Path,
    origin: str,
    pad: str,
    witnesses: Sequence[tuple[str, str, str]],
    quorum: int,
    stamps: tuple[Sequence[str], str],
    clock: Callable[[], float],
) -> None:
    """Write everything `Site` reads; arguments as those of `Site.create`."""
    keys = ledger.generate_key(origin, kind="log")
    ledger.Log.create(folder, origin, keys.signer, clock=clock, schema=SCHEMA).close()
    private = folder / "private"
    private.mkdir(mode=0o700, exist_ok=True)
    secret = secrets.token_bytes(32)
    write_private(private / "log.key", keys.signer.encode())
    terminal = Ed25519PrivateKey.generate()
    write_private(private / "terminal.key", terminal.private_bytes_raw())
    authority = Authority.create(f"{origin} CA", clock() - 3600)
    write_private(private / "ca.json", json.dumps(authority.stored(secret)).encode())
    trust = ledger.Trust.read(folder / "trust.json")
    policy = (
        ledger.make_policy(keys.verifier, witnesses=list(witnesses), k=quorum)
        if witnesses
        else trust.policy
    )
    replace(
        trust,
        policy=policy,
        terminals={TERMINAL: _pem(terminal.public_key())},
        authorities=(certificate_text(authority.certificate),),
        more={**trust.more, "pad": pad}
        | ({"timestamp_roots": list(stamps[0])} if stamps[0] else {}),
    ).write(folder / "trust.json")
    if stamps[1]:
        write_private(folder / "tsa.url", stamps[1].encode())
    # The site key comes last: a folder without it is not a site, so `init` can be repeated.
    write_private(private / "site.key", secret)


def _pem(key: object) -> str:
    data: bytes = key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return data.decode()


def certificate_text(certificate: object) -> str:
    """PEM."""
    data: bytes = certificate.public_bytes(serialization.Encoding.PEM)  # type: ignore[attr-defined]
    return data.decode()
