"""A small site in one folder: ledger, own CA, one terminal, officers' keys and templates.

```
DIR/
├── ledger.sqlite, public/, trust.json, audit.jsonl     the ledger's own (see `attest.ledger`)
├── private/      log key, terminal key, site key, CA; mode 0700, never to be published
└── officers/NAME/  consent.json · certificate.pem · key.p12 · template.bin · webauthn
```
How officers come and go stands in `officers`. Large sites keep the log, the CA, the terminals and
the officers' cards apart; `attest chain` shows how the same parts run as separate processes.
"""

from __future__ import annotations

import functools
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from buju.attest import ledger, vein
from buju.attest.certificate import timestamps
from buju.attest.certificate.authority import Authority
from buju.attest.certificate.keys import FileKey, Signer
from buju.attest.protocol.canonical import canonical, parse_strict
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.files import DurableCounts, write_private
from buju.attest.protocol.founding import TERMINAL, make_files
from buju.attest.protocol.payloads import check_payload
from buju.attest.protocol.server import ATTEMPTS, SCHEMA, Accepted, Server, stamped_text
from buju.attest.protocol.submission import Submission
from buju.attest.protocol.terminal import (
    PLACEMENTS,
    CaptureTerminal,
    sign_alternative,
    sign_submission,
)
from buju.attest.refusal import refusal
from buju.errors import BujuError

_NAME = re.compile(r"[\w.-]{1,64}")
_LIST_LIFE = 86400  # a list is good for a week and renewed daily, or at once when it changes


class Site:
    """A small site; every act of `buju attest` is a method."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.clock = clock
        if not (folder / "private" / "site.key").is_file():
            raise refusal("site", str(folder))
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
        stamps: tuple[Sequence[str], str] = ((), ""),
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
        stamps
            Roots (PEM) of the time-stamp authorities that are believed, and the address that is
            asked at each submission, or "" where stamps are fetched by hand.
        """
        make_files(folder, origin, pad, list(witnesses), quorum, stamps, clock)
        return cls(folder, clock)

    def authority(self) -> Authority:
        """The site's CA."""
        stored = json.loads((self.folder / "private" / "ca.json").read_text())
        return Authority.restored(stored, self._secret)

    def keep_authority(self, authority: Authority) -> None:
        """Write the CA's state, and end the list that is kept."""
        (self.folder / "crl.der").unlink(missing_ok=True)
        stored = json.dumps(authority.stored(self._secret)).encode()
        write_private(self.folder / "private" / "ca.json", stored)

    def lists(self) -> tuple[list[bytes], list[bytes]]:
        """A current revocation list of the site's CA, kept in `crl.der` and renewed in time."""
        kept, now = self.folder / "crl.der", self.clock()
        if kept.is_file():
            data = kept.read_bytes()
            issued = x509.load_der_x509_crl(data).last_update_utc.timestamp()
            if issued <= now < issued + _LIST_LIFE:
                return [data], []
        authority = self.authority()
        data = authority.crl(now - 60)
        self.keep_authority(authority)
        write_private(kept, data)
        return [data], []

    def log(self, *, write: bool = True, full: bool = False) -> ledger.Log:
        """The ledger; with `write` it is checked, with `full` whole, locked and able to sign."""
        signer = (self.folder / "private" / "log.key").read_text() if write else None
        return ledger.Log.open(self.folder, signer, clock=self.clock, schema=SCHEMA, full=full)

    @contextmanager
    def server(self) -> Iterator[Server]:
        """A server on this ledger, closed afterwards."""
        address = self.folder / "tsa.url"
        stamp = None
        if address.is_file():
            stamp = functools.partial(timestamps.ask, address.read_text(encoding="utf-8").strip())
        with self.log() as log:
            yield Server(log, lists=self.lists, stamp=stamp, clock=self.clock)

    def terminal(self) -> CaptureTerminal:
        """The site's capture terminal; its counts and digests survive restarts."""
        private = self.folder / "private"
        key = Ed25519PrivateKey.from_private_bytes((private / "terminal.key").read_bytes())
        return CaptureTerminal(TERMINAL, key, self.matcher(), clock=self.clock)

    def matcher(self) -> vein.Terminal:
        """The vein's part of the terminal."""
        private = self.folder / "private"
        least = ledger.Trust.read(self.folder / "trust.json").more.get("pad", "basic")
        return vein.Terminal(
            _derived(self._secret, b"vein"),
            require=least,
            limit=ATTEMPTS * PLACEMENTS,
            attempts=DurableCounts(private / "terminal.sqlite", "attempts"),
            seen=DurableCounts(private / "terminal.sqlite", "seen"),
            revoked=set(lines(private / "revoked.txt")),
        )

    def officer(self, name: str) -> Path:
        """The folder of an officer's files.

        Raises
        ------
        Refused
            `officer-name` for a name that is no file name.
        """
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise refusal("officer-name", repr(name[:64]))
        return self.folder / "officers" / name

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

    def sign_alternative(
        self, name: str, assertion: str, payload: bytes, nonce: bytes
    ) -> Submission:
        """Sign with a WebAuthn assertion over the payload's hash in the finger's place."""
        signer, registered = self.signer(name), self.officer(name) / "webauthn"
        if not registered.is_file():
            raise refusal("webauthn-unknown", name)
        credential = registered.read_text().strip()
        return sign_alternative(payload, assertion, credential, nonce, int(self.clock()), signer)

    def submit(
        self, name: str, finger: str, payload: bytes, keep: Callable[[Submission], None]
    ) -> Accepted:
        """The whole way in one process; `keep` gets the submission before it is handed in."""
        return self._submit(name, payload, keep, functools.partial(self.sign, name, finger))

    def submit_alternative(
        self, name: str, assertion: str, payload: bytes, keep: Callable[[Submission], None]
    ) -> Accepted:
        """As `submit`, with a WebAuthn assertion; labelled so in entry and receipt."""
        sign = functools.partial(self.sign_alternative, name, assertion)
        return self._submit(name, payload, keep, sign)

    def _submit(
        self,
        name: str,
        payload: bytes,
        keep: Callable[[Submission], None],
        sign: Callable[[bytes, bytes], Submission],
    ) -> Accepted:
        data = canonical(payload)
        check_payload(parse_strict(data))
        with self.server() as server:
            try:
                submission = sign(data, server.nonce())
            except BujuError as refused:
                code = getattr(refused, "code", "refused")
                self.audit().line(code, officer=name, size=server.log.size)
                raise
            keep(submission)
            return server.submit(submission.text().encode())

    def stamp_query(self, entry: int, path: Path) -> None:
        """Write a time-stamp query (RFC 3161, DER) over the checkpoint that proves an entry.

        The proof is kept beside the site's private files until `take_stamp` has the answer, since
        the log may have grown by then.
        """
        with self.log(write=False) as log:
            proof = log.receipt(entry)
        path.write_bytes(timestamps.request(stamped_text(proof)))
        write_private(self.folder / "private" / f"stamp-{entry}.tlog-proof", proof.encode())

    def take_stamp(self, entry: int, answer: bytes) -> str:
        """Check an authority's answer to `stamp_query`, keep it, return the receipt with it."""
        pending = self.folder / "private" / f"stamp-{entry}.tlog-proof"
        if not pending.is_file():
            raise refusal("timestamp", f"no query was written for entry {entry}")
        with self.server() as server:
            server.add_stamp(entry, pending.read_text(), answer)
            receipt = server.receipt(entry)
        pending.unlink()
        return receipt

    def log_key(self) -> str:
        """The log's verifier key, which witnesses are started with."""
        return str(ledger.Trust.read(self.folder / "trust.json").policy.log_keys[0])

    def log_policy_has_witnesses(self) -> bool:
        """Whether the trust file names witnesses."""
        return bool(ledger.Trust.read(self.folder / "trust.json").policy.witnesses)

    def audit(self) -> ledger.Audit:
        """The audit lines of this site."""
        return ledger.Audit(self.folder / "audit.jsonl", self.clock)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, b"buju/site/" + purpose).derive(secret)


def lines(path: Path) -> list[str]:
    """Words of a file; none where it is absent."""
    return path.read_text().split() if path.is_file() else []
