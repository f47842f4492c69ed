"""A small site in one folder: ledger, own CA, one terminal, officers' keys and templates.

```
DIR/
├── ledger.sqlite, public/, trust.json, audit.jsonl     the ledger's own (see `attest.ledger`)
├── private/      log key, terminal key, site key, CA; mode 0700, never to be published
└── officers/NAME/  consent.json · certificate.pem · key.p12 · template.bin
```
Large sites keep the log, the CA, the terminals and the officers' cards apart; `attest chain` shows
how the same parts run as separate processes.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from buju.attest import ledger, vein
from buju.attest.certificate.authority import Authority
from buju.attest.certificate.keys import FileKey, Signer, pack_key
from buju.attest.protocol.canonical import canonical, parse_strict
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.files import DurableCounts, write_private
from buju.attest.protocol.payloads import check_payload, written_time
from buju.attest.protocol.server import ATTEMPTS, SCHEMA, Accepted, Server
from buju.attest.protocol.submission import Submission
from buju.attest.protocol.terminal import PLACEMENTS, CaptureTerminal, sign_submission
from buju.attest.refusal import refusal
from buju.errors import BujuError

TERMINAL = "terminal-1"
_NAME = re.compile(r"[\w.-]{1,64}")
_BURSTS = 3
_SETS = 10


class Site:
    """A small site; every act of `buju attest` is a method."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.clock = clock
        if not (folder / "private" / "site.key").is_file():
            raise refusal("officer", f"{folder}: run `buju attest init --ledger {folder}` first")
        self._secret = (folder / "private" / "site.key").read_bytes()

    @classmethod
    def create(
        cls,
        folder: Path,
        origin: str,
        *,
        pad: str = "none",
        witnesses: Sequence[tuple[str, str, str]] = (),
        quorum: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> Site:
        """A new ledger with its CA and terminal; writes the trust file.

        Parameters
        ----------
        pad
            Least presentation-attack level that is accepted, `none` or `basic`. Recordings
            (image folders) can only reach `none`.
        witnesses
            Name, verifier key and address of each; `quorum` of them make an entry final.
        """
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
            authorities=(_certificate_text(authority.certificate),),
            more={**trust.more, "pad": pad},
        ).write(folder / "trust.json")
        # The site key comes last: a folder without it is not a site, so `init` can be repeated.
        write_private(private / "site.key", secret)
        return cls(folder, clock)

    def authority(self) -> Authority:
        """The site's CA."""
        stored = json.loads((self.folder / "private" / "ca.json").read_text())
        return Authority.restored(stored, self._secret)

    def _keep_authority(self, authority: Authority) -> None:
        stored = json.dumps(authority.stored(self._secret)).encode()
        write_private(self.folder / "private" / "ca.json", stored)

    def lists(self) -> tuple[list[bytes], list[bytes]]:
        """A current revocation list of the site's CA, kept in `crl.der` and renewed in time."""
        authority = self.authority()
        data = authority.crl(self.clock() - 60)
        self._keep_authority(authority)
        return [data], []

    def log(self, *, write: bool = True) -> ledger.Log:
        """The ledger; with `write` it is checked whole, locked and able to sign."""
        signer = (self.folder / "private" / "log.key").read_text() if write else None
        return ledger.Log.open(self.folder, signer, clock=self.clock, schema=SCHEMA)

    @contextmanager
    def server(self) -> Iterator[Server]:
        """A server on this ledger, closed afterwards."""
        with self.log() as log:
            yield Server(log, lists=self.lists, clock=self.clock)

    def terminal(self) -> CaptureTerminal:
        """The site's capture terminal; its counts and digests survive restarts."""
        private = self.folder / "private"
        key = Ed25519PrivateKey.from_private_bytes((private / "terminal.key").read_bytes())
        return CaptureTerminal(TERMINAL, key, self._matcher(), clock=self.clock)

    def _matcher(self) -> vein.Terminal:
        private = self.folder / "private"
        least = ledger.Trust.read(self.folder / "trust.json").more.get("pad", "basic")
        return vein.Terminal(
            _derived(self._secret, b"vein"),
            require=least,
            limit=ATTEMPTS * PLACEMENTS,
            attempts=DurableCounts(private / "attempts.json"),
            seen=DurableCounts(private / "seen.json"),
            revoked=set(_lines(private / "revoked.txt")),
        )

    def officer(self, name: str) -> Path:
        """The folder of an officer's files.

        Raises
        ------
        Refused
            `officer` for a name that is no file name.
        """
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise refusal("officer", f"{name[:64]!r}: letters, digits, '_', '-', '.' only")
        return self.folder / "officers" / name

    def enrol(self, name: str, finger: str, consent: Consent) -> Path:
        """Record consent, capture the finger, issue key and certificate. Consent comes first.

        Raises
        ------
        Refused
            `consent-missing`, `consent-withdrawn`; `officer` when the name is taken.
        VeinRefused
            The finger cannot be enrolled; nothing but the consent record is kept.
        """
        consent.require(name)
        folder = self.officer(name)
        if (folder / "template.bin").exists():
            raise refusal("officer", f"{name!r} is enrolled already; withdraw first")
        write_private(folder / "consent.json", consent.data())
        key, authority = ec.generate_private_key(ec.SECP256R1()), self.authority()
        certificate = authority.issue(name, key.public_key(), self.clock() - 60)
        fingerprint = certificate.fingerprint(hashes.SHA256())
        template = self._capture(finger, fingerprint)
        pin = secrets.token_urlsafe(12)
        write_private(folder / "key.p12", pack_key(key, certificate, [authority.certificate], pin))
        write_private(self.folder / "private" / f"{name}.pin", pin.encode())
        write_private(folder / "certificate.pem", _certificate_text(certificate).encode())
        write_private(folder / "template.bin", bytes(template))
        self.audit().line("enrolled", officer=name, certificate=fingerprint.hex())
        return folder

    def _capture(self, finger: str, fingerprint: bytes) -> vein.ProtectedTemplate:
        """A template of three bursts that agree; a set that does not is taken again."""
        sensor, matcher = vein.open_sensor(finger), self._matcher()
        for attempt in range(1, _SETS + 1):
            try:
                bursts = [sensor.capture(secrets.token_bytes(32)) for _ in range(_BURSTS)]
                return matcher.enrol(bursts, fingerprint)
            except vein.VeinRefused as refused:
                if refused.code != "vein-quality" or attempt == _SETS:
                    raise
        raise AssertionError("unreachable")

    def signer(self, name: str, pin: str | None = None) -> Signer:
        """An officer's key, opened with the PIN given or the one this site keeps."""
        folder, kept = self.officer(name), self.folder / "private" / f"{name}.pin"
        if not (folder / "key.p12").is_file():
            raise refusal("officer", name)
        if pin is None and not kept.is_file():
            raise refusal("pin", "give --pin-file")
        return FileKey.read(folder / "key.p12", kept.read_text() if pin is None else pin)

    def sign(self, name: str, finger: str, payload: bytes, nonce: bytes) -> Submission:
        """Capture and sign on behalf of an officer who is present."""
        folder, signer = self.officer(name), self.signer(name)
        Consent.read(folder / "consent.json").require(name)
        if not (folder / "template.bin").is_file():
            raise refusal("vein-missing", f"{name} has no template")
        statement, signature = self.terminal().state(
            vein.open_sensor(finger),
            (folder / "template.bin").read_bytes(),
            signer.certificates[0],
            payload,
            nonce,
        )
        return sign_submission(payload, statement, signature, signer)

    def submit(
        self, name: str, finger: str, payload: bytes, keep: Callable[[Submission], None]
    ) -> Accepted:
        """The whole way in one process; `keep` gets the submission before it is handed in."""
        data = canonical(payload)
        check_payload(parse_strict(data))
        with self.server() as server:
            try:
                submission = self.sign(name, finger, data, server.nonce())
            except BujuError as refused:
                code = getattr(refused, "code", "refused")
                self.audit().line(code, officer=name, size=server.log.size)
                raise
            keep(submission)
            return server.submit(submission.text().encode())

    def withdraw(self, name: str) -> None:
        """End an officer's consent: template deleted, certificate revoked, log kept."""
        folder = self.officer(name)
        if not (folder / "consent.json").is_file():
            raise refusal("officer", name)
        consent = Consent.read(folder / "consent.json")
        at = self.clock()
        template = folder / "template.bin"
        if template.is_file():
            identity = vein.ProtectedTemplate.parse(template.read_bytes()).id
            revoked = [*_lines(self.folder / "private" / "revoked.txt"), identity]
            write_private(self.folder / "private" / "revoked.txt", "\n".join(revoked).encode())
            template.unlink()
        authority = self.authority()
        authority.revoke(self.signer(name).certificates[0].serial_number, at)
        self._keep_authority(authority)
        write_private(folder / "consent.json", replace(consent, withdrawn=written_time(at)).data())
        self.audit().line("consent-withdrawn", officer=name)

    def log_policy_has_witnesses(self) -> bool:
        """Whether the trust file names witnesses."""
        return bool(ledger.Trust.read(self.folder / "trust.json").policy.witnesses)

    def audit(self) -> ledger.Audit:
        """The audit lines of this site."""
        return ledger.Audit(self.folder / "audit.jsonl", self.clock)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, b"buju/site/" + purpose).derive(secret)


def _lines(path: Path) -> list[str]:
    return path.read_text().split() if path.is_file() else []


def _pem(key: object) -> str:
    data: bytes = key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return data.decode()


def _certificate_text(certificate: object) -> str:
    data: bytes = certificate.public_bytes(serialization.Encoding.PEM)  # type: ignore[attr-defined]
    return data.decode()
