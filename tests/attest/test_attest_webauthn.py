"""The non-biometric alternative, end to end: labelled everywhere, never taken for a vein."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rfc8785")
pytest.importorskip("webauthn")
from authenticator import PRESENT, Authenticator, url64
from desk import READING, Desk
from test_attest_protocol import buju

from buju.attest.certificate import certificate_name
from buju.attest.certificate.keys import pack_key
from buju.attest.certificate.webauthn import registered
from buju.attest.protocol.canonical import canonical, payload_hash
from buju.attest.protocol.messages import LABEL, Alternative
from buju.attest.protocol.reading import read_receipt
from buju.attest.protocol.server import Duplicate
from buju.attest.protocol.submission import Submission
from buju.attest.protocol.terminal import sign_alternative
from buju.attest.verify import main as verify
from buju.errors import BujuError


class KeyOnDesk:
    """The desk officer's key as a signer."""

    def __init__(self, desk: Desk) -> None:
        from buju.attest.certificate import FileKey

        self._key = FileKey(pack_key(desk.key, desk.officer, [], "1"), "1")
        self.certificates = [desk.officer]

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class WebDesk(Desk):
    """A desk whose officer has an authenticator."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, pad="basic")
        self.device = Authenticator()
        challenge = b"c" * 32
        from buju.attest.certificate.webauthn import creation_options

        answer = self.device.create(creation_options("zhang", challenge, "example.com"))
        self.identity, credential = registered(
            answer,
            challenge,
            site="example.com",
            origin="https://example.com",
            certificate_sha256=certificate_name(self.officer),
        )
        trust = self.trust
        known = {self.identity: credential.fields()}
        replace(trust, more={**trust.more, "webauthn": known}).write(self.folder / "trust.json")
        self.reopen()

    def alternative(self, amount: int = 1, assertion: str | None = None, **said: Any) -> Submission:
        payload = canonical(json.dumps(READING | {"raw_coal": amount}).encode())
        answer = assertion or self.device.get(payload_hash(payload), **said)
        nonce = self.server.nonce()
        signer = KeyOnDesk(self)
        return sign_alternative(payload, answer, self.identity, nonce, int(self.now), signer)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[WebDesk]:
    made = WebDesk(tmp_path / "ledger")
    yield made
    made.log.close()


def refused(desk: Desk, submission: Submission, code: str) -> BujuError:
    size, lines = desk.log.size, len(desk.log.audit.lines())
    with pytest.raises(BujuError) as caught:
        desk.submit(submission)
    assert getattr(caught.value, "code", "") == code, str(caught.value)
    assert desk.log.size == size
    assert [line["code"] for line in desk.log.audit.lines()[lines:]] == [code]
    return caught.value


def test_labelled_in_entry_receipt_and_verdict(
    desk: WebDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = desk.submit(desk.alternative()).receipt
    entry = json.loads(desk.log.entry(0))
    assert entry["factor"] == LABEL
    assert not {"terminal", "pad", "statement_signature"} & set(entry)
    assert json.loads(receipt)["second_factor"] == LABEL
    found = read_receipt(receipt.encode(), desk.trust)
    assert (found.factor, found.pad) == (LABEL, "none")
    assert found.summary()["second_factor"] == LABEL
    path = tmp_path / "r.json"
    path.write_text(receipt)
    assert verify([str(path), "--trust", str(desk.folder / "trust.json")]) == 0
    shown = capsys.readouterr().out
    assert f"second factor: {LABEL}" in shown
    vein = desk.submit(desk.submission(READING | {"raw_coal": 9})).receipt
    assert read_receipt(vein.encode(), desk.trust).factor == "finger vein (pad basic)"


def test_replay_duplicate_and_counter(desk: WebDesk) -> None:
    first = desk.alternative()
    receipt = desk.submit(first).receipt
    again = refused(desk, first, "duplicate")
    assert isinstance(again, Duplicate) and again.receipt == receipt
    # The same assertion under a new nonce, signed by the officer again.
    refused(desk, desk.alternative(assertion=first.assertion), "webauthn-counter")
    desk.device.counter -= 1
    refused(desk, desk.alternative(2), "webauthn-counter")
    desk.reopen()
    desk.device.counter -= 1
    refused(desk, desk.alternative(3), "webauthn-counter")
    desk.device.counter = 40
    assert desk.submit(desk.alternative(4)).index == 1


def test_an_authenticator_without_counter_is_stopped_by_its_bytes(desk: WebDesk) -> None:
    desk.device.step = 0
    first = desk.alternative()
    assert desk.submit(first).index == 0
    refused(desk, desk.alternative(assertion=first.assertion), "webauthn-counter")
    assert desk.submit(desk.alternative(2)).index == 1


def test_other_payload_no_verification_wrong_page(desk: WebDesk) -> None:
    other = desk.device.get(hashlib.sha256(b"another payload").digest())
    refused(desk, desk.alternative(assertion=other), "webauthn-payload")
    desk.device.flags = PRESENT
    refused(desk, desk.alternative(), "webauthn-unverified")
    desk.device.flags = PRESENT | 0x04
    for said in ({"origin": "https://evil.example"}, {"type": "webauthn.create"},
                 {"crossOrigin": True}):  # fmt: skip
        refused(desk, desk.alternative(**said), "webauthn")
    desk.device.site = "evil.example"
    refused(desk, desk.alternative(), "webauthn")
    desk.device.site = "example.com"
    stranger = Authenticator()
    answer = stranger.get(payload_hash(canonical(json.dumps(READING | {"raw_coal": 1}).encode())))
    refused(desk, desk.alternative(assertion=answer), "webauthn")
    for junk in ("", "[1]", '{"response": 3}', '{"response": {"clientDataJSON": "e30="}}'):
        if junk:
            refused(desk, desk.alternative(assertion=junk), "webauthn")
    refused(desk, desk.alternative(assertion="{" + " " * 20_000 + "}"), "size")


def test_it_does_not_pass_as_a_vein_nor_free_a_locked_finger(desk: WebDesk) -> None:
    whole = desk.alternative()
    refused(desk, replace(whole, assertion=None), "vein-missing")
    vein = desk.submission()
    assert whole.statement is not None and vein.statement is not None
    mixed = replace(vein, assertion=whole.assertion)
    refused(desk, mixed, "malformed")
    refused(desk, replace(vein, statement_signature=None, assertion=whole.assertion), "malformed")
    for _ in range(5):
        refused(desk, desk.submission(decision="no-match"), "vein-mismatch")
    assert desk.submit(desk.alternative()).index == 0
    refused(desk, desk.submission(READING | {"raw_coal": 5}), "vein-locked")


def test_unknown_credential_stale_nonce_and_foreign_certificate(desk: WebDesk) -> None:
    whole = desk.alternative()
    desk.now += 61
    refused(desk, whole, "stale")
    known = desk.identity
    desk.identity = "00" * 17
    refused(desk, desk.alternative(), "webauthn-unknown")
    desk.identity = known
    trust = desk.trust
    row = dict(trust.more["webauthn"][known], certificate_sha256="00" * 32)
    replace(trust, more={**trust.more, "webauthn": {known: row}}).write(desk.folder / "trust.json")
    desk.reopen()
    refused(desk, desk.alternative(), "identity-mismatch")


def test_a_changed_receipt_is_refused(desk: WebDesk) -> None:
    receipt = json.loads(desk.submit(desk.alternative()).receipt)
    relabelled = {key: value for key, value in receipt.items() if key != "second_factor"}
    moved = json.loads(receipt["assertion"])
    moved["response"]["signature"] = url64(b"other")
    statement = Alternative.parse(base64.b64decode(receipt["statement"]))
    later = replace(statement, issued=statement.issued + 1).data()
    for broken in (
        relabelled,
        receipt | {"second_factor": "finger vein"},
        receipt | {"assertion": json.dumps(moved)},
        receipt | {"assertion": 7},
        receipt | {"statement": base64.b64encode(later).decode()},
        receipt | {"statement_signature": base64.b64encode(b"x").decode()},
    ):
        with pytest.raises(BujuError):
            read_receipt(json.dumps(broken).encode(), desk.trust)
    bare = replace(desk.trust, more={})
    with pytest.raises(BujuError, match="webauthn-unknown"):
        read_receipt(json.dumps(receipt).encode(), bare)


def test_the_assertion_check_agrees_with_another_implementation(desk: WebDesk) -> None:
    import webauthn
    from cryptography.hazmat.primitives import serialization
    from webauthn.helpers.exceptions import WebAuthnException

    from buju.attest.certificate.webauthn import check_assertion, credential_of

    credential = credential_of(desk.trust.more, desk.identity)
    public = serialization.load_pem_public_key(credential.key.encode()).public_numbers()
    import cbor2

    cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"),
                        -3: public.y.to_bytes(32, "big")})  # fmt: skip
    wanted = b"w" * 32
    cases = [desk.device.get(wanted), desk.device.get(b"v" * 32)]
    cases.append(desk.device.get(wanted, origin="https://evil.example"))
    desk.device.flags = PRESENT
    cases.append(desk.device.get(wanted))
    verdicts = []
    for answer in cases:
        try:
            found = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=wanted,
                expected_rp_id="example.com",
                expected_origin="https://example.com",
                credential_public_key=cose,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
            theirs: int | None = found.new_sign_count
        except WebAuthnException:
            theirs = None
        try:
            ours: int | None = check_assertion(answer, wanted, credential).counter
        except BujuError:
            ours = None
        verdicts.append((ours, theirs))
    assert verdicts == [(1, 1), (None, None), (None, None), (None, None)]


def test_the_command_line_way_without_a_finger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, device = tmp_path / "L", Authenticator()
    line = ("--ledger", ledger, "--officer", "wang")
    assert buju("init", "--ledger", ledger, "--origin", "example.com/l", "--pad", "basic") == 0
    assert buju("register", *line, "--page", "http://example.com") == 1
    capsys.readouterr()
    assert buju("register", *line, "--page", "https://example.com") == 0
    answer, payload, out = tmp_path / "a.json", tmp_path / "p.json", tmp_path / "r" / "r.json"
    answer.write_text(device.create(capsys.readouterr().out))
    assert buju("register", *line, "--response", answer) == 0
    assert not (ledger / "officers" / "wang" / "consent.json").exists()
    payload.write_text(json.dumps(READING))
    capsys.readouterr()
    assert buju("challenge", *line, "--payload", payload) == 0
    asked = json.loads(capsys.readouterr().out)
    digest = hashlib.sha256(canonical(payload.read_bytes())).digest()
    assert asked["challenge"] == url64(digest) and asked["userVerification"] == "required"
    answer.write_text(device.get(asked["challenge"]))
    way = ("--payload", payload, "--out", out)
    assert buju("submit", *line, "--assertion", answer, *way) == 0
    capsys.readouterr()
    assert buju("verify", out, "--trust", ledger / "trust.json") == 0
    assert LABEL in capsys.readouterr().out
    assert buju("submit", *line, "--assertion", answer, *way) == 1
    assert "webauthn-counter" in capsys.readouterr().err
    assert buju("submit", *line, "--finger", "generator:7", *way) == 1
    assert "consent-missing" in capsys.readouterr().err
    assert buju("withdraw", *line) == 0
    answer.write_text(device.get(asked["challenge"]))
    assert buju("submit", *line, "--assertion", answer, *way) == 1
    assert "webauthn-unknown" in capsys.readouterr().err
