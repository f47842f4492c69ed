"""Attacks 27 (tokens) and 31 (secrets in what leaves): code, log size, audit line, grep."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rfc8785")
sys.path.insert(0, str(Path(__file__).parents[1] / "attest"))
import draws
from cryptography.hazmat.primitives import serialization
from desk import READING

from buju.attest.certificate import FileKey, key_of, verify_signature
from buju.attest.certificate.tokens import TokenKey, find_library
from buju.attest.protocol import officers
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.manifest import attested_rows, sign_manifest
from buju.attest.protocol.reading import read_receipt
from buju.attest.protocol.site import Site
from buju.errors import BujuError

FINGERS = {"li": "generator:42", "zhang": "generator:7"}
SOFTHSM = find_library()
PIN, WRONG = "73501946", "00918273"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    with pytest.MonkeyPatch.context() as patch:
        draws.fix(patch, __name__)
        made = Site.create(tmp_path_factory.mktemp("site") / "L", "example.com/site", pad="basic")
        for name, finger in FINGERS.items():
            officers.enrol(made, name, finger, Consent.of_generator(name, made.clock()))
    return made


@pytest.fixture(autouse=True)
def fixed_draws(
    request: pytest.FixtureRequest, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws.fix(monkeypatch, request.node.name)


def submit(site: Site, name: str = "li", finger: str = FINGERS["li"], amount: int = 1) -> Any:
    payload = json.dumps(READING | {"raw_coal": amount}).encode()
    return site.submit(name, finger, payload, lambda submission: None)


def refused(site: Site, code: str, **way: Any) -> str:
    """Code, log size and audit line of a refused submission; its whole traceback."""
    with site.log(write=False) as log:
        size = log.size
    before = len(site.audit().lines())
    with pytest.raises(BujuError) as caught:
        submit(site, **way)
    assert getattr(caught.value, "code", "") == code, str(caught.value)
    with site.log(write=False) as log:
        assert log.size == size
    assert [line["code"] for line in site.audit().lines()[before:]] == [code]
    return whole(caught.value)


def whole(error: BaseException) -> str:
    """A traceback with causes, contexts and local names, as a careless service would log it."""
    said = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(said.format()) + "".join(traceback.format_exception(error)) + repr(error)


# -- 27


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site) -> Callable[[str], TokenKey]:
    """A SoftHSM token with a P-256 key; opened with the PIN given."""
    pkcs11 = pytest.importorskip("pkcs11")
    if SOFTHSM is None or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM2 is not on this machine")
    from pkcs11 import Attribute, KeyType, ObjectClass
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

    tokens = tmp_path / "tokens"
    tokens.mkdir()
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    line = f"softhsm2-util --init-token --free --label card --so-pin 99990000 --pin {PIN}"
    subprocess.run(line.split(), check=True, capture_output=True)
    pkcs11.lib(str(SOFTHSM)).reinitialize()
    token = pkcs11.lib(str(SOFTHSM)).get_token(token_label="card")
    with token.open(user_pin=PIN, rw=True) as session:
        curve = encode_named_curve_parameters("secp256r1")
        parameters = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True
        )
        public, private = parameters.generate_keypair(store=True, label="li")
        der = encode_ec_public_key(public)
        with pytest.raises(pkcs11.exceptions.AttributeSensitive):
            _ = private[Attribute.VALUE]
        assert private.object_class is ObjectClass.PRIVATE_KEY
    key = serialization.load_der_public_key(der)
    leaf = site.authority().issue("li", key, site.clock() - 60)
    return lambda pin: TokenKey(str(SOFTHSM), "card", "li", pin, [leaf])


def test_attack_27_a_token_signs_and_its_key_stays(card: Callable[[str], TokenKey]) -> None:
    held = card(PIN)
    assert verify_signature(key_of(held.certificates[0]), held.sign(b"m"), b"m")
    assert PIN not in repr(held)


def test_attack_27_wrong_pin_three_times_and_a_locked_token(
    site: Site, card: Callable[[str], TokenKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "_card", card(WRONG), raising=False)
    monkeypatch.setattr(type(site), "signer", lambda self, name: self._card)
    monkeypatch.setattr(type(site), "sign", _sign_with_card)
    for _ in range(3):
        assert WRONG not in refused(site, "pin")
    # SoftHSM2 does not lock; a card that does says PinLocked, whatever PIN is then given.
    import pkcs11

    class Locked:
        @contextmanager
        def open(self, **_: object) -> Any:
            raise pkcs11.exceptions.PinLocked
            yield

    monkeypatch.setattr(site, "_card", card(PIN))
    library = type("Library", (), {"get_token": lambda self, **_: Locked()})()
    monkeypatch.setattr(pkcs11, "lib", lambda path: library)
    assert "PinLocked" in refused(site, "pin")


def _sign_with_card(self: Site, name: str, finger: str, payload: bytes, nonce: bytes) -> Any:
    """What `Site.sign` does after the finger has matched."""
    from buju.attest.protocol.terminal import sign_submission

    return sign_submission(payload, b"statement", b"signature", self.signer(name))


def test_attack_27_the_token_is_taken_out_while_signing(
    site: Site, card: Callable[[str], TokenKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pkcs11

    monkeypatch.setattr(site, "_card", card(PIN), raising=False)
    monkeypatch.setattr(type(site), "signer", lambda self, name: self._card)
    monkeypatch.setattr(type(site), "sign", _sign_with_card)
    for gone in (pkcs11.exceptions.DeviceRemoved, pkcs11.exceptions.TokenNotPresent,
                 pkcs11.exceptions.SessionHandleInvalid):  # fmt: skip

        class Key:
            def sign(self, *_: object, wrong: type[Exception] = gone, **__: object) -> bytes:
                raise wrong

        class Session:
            def get_key(self, **_: object) -> Key:
                return Key()

        class Token:
            @contextmanager
            def open(self, **_: object) -> Any:
                yield Session()

        library = type("Library", (), {"get_token": lambda self, **_: Token()})()
        monkeypatch.setattr(pkcs11, "lib", lambda path, library=library: library)
        assert PIN not in refused(site, "token")
    monkeypatch.undo()


def test_attack_27_the_tokens_files_are_gone(
    card: Callable[[str], TokenKey], tmp_path: Path
) -> None:
    """SoftHSM's store is deleted under a library that has already listed the token."""
    held = card(PIN)
    held.sign(b"m")
    shutil.rmtree(tmp_path / "tokens")
    with pytest.raises(BujuError) as caught:
        held.sign(b"m")
    assert getattr(caught.value, "code", "") in {"token", "key-missing"}
    assert PIN not in whole(caught.value)


# -- 31


def secrets_of(site: Site) -> list[bytes]:
    """Every secret of the site, in the spellings in which one could leak."""
    private = site.folder / "private"
    raw = [
        (private / "terminal.key").read_bytes(),
        (private / "site.key").read_bytes(),
        *((site.officer(name) / "template.bin").read_bytes() for name in FINGERS),
        *((site.officer(name) / "key.p12").read_bytes() for name in FINGERS),
    ]
    found = [(private / "log.key").read_bytes(), *(p.read_bytes() for p in private.glob("*.pin"))]
    for name in FINGERS:
        key: Any = site.signer(name)
        number = key._key.private_numbers().private_value
        found += [str(number).encode(), f"{number:x}".encode()]
    for one in raw:
        found += [one, one.hex().encode(), base64.b64encode(one), repr(one).encode()]
    return found


def leaks(site: Site, text: str | bytes) -> list[bytes]:
    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    return [secret[:12] for secret in secrets_of(site) if secret in data]


def test_attack_31_the_grep_would_notice(site: Site) -> None:
    pin = (site.folder / "private" / "li.pin").read_text()
    assert leaks(site, f"wrong PIN {pin}")
    assert leaks(site, (site.folder / "private" / "site.key").read_bytes().hex())


def plain(error: BaseException) -> str:
    """A traceback as Python prints it, with causes and contexts."""
    return "".join(traceback.format_exception(error)) + repr(error) + str(error)


def test_attack_31_tracebacks(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[BaseException] = []

    def collect(work: Callable[[], object]) -> None:
        with pytest.raises(BujuError) as caught:
            work()
        told.append(caught.value)

    packed = (site.officer("li") / "key.p12").read_bytes()
    collect(lambda: FileKey(packed, WRONG))
    collect(lambda: submit(site, finger=FINGERS["zhang"]))
    collect(lambda: submit(site, name="nobody"))
    own = site.officer("li") / "template.bin"
    kept = own.read_bytes()
    for broken in (kept[:40], kept[:-1] + bytes([kept[-1] ^ 1]), b""):
        own.write_bytes(broken)
        try:
            collect(lambda: submit(site))
        finally:
            own.write_bytes(kept)
    pin = site.folder / "private" / "li.pin"
    right = pin.read_text()
    pin.write_text(WRONG)
    try:
        collect(lambda: submit(site))
    finally:
        pin.write_text(right)
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError(5, "I/O error")))
    with pytest.raises((BujuError, OSError)) as caught:
        submit(site, amount=3)
    told.append(caught.value)
    monkeypatch.undo()
    assert len(told) == 8
    for error in told:
        assert not leaks(site, plain(error)), type(error)
        assert WRONG not in plain(error)


def test_attack_31_command_line_and_audit(site: Site, tmp_path: Path) -> None:
    payload = tmp_path / "p.json"
    payload.write_text(json.dumps(READING | {"raw_coal": 4}))
    base = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "buju", "attest", "submit"]
    if importlib.util.find_spec("buju.__main__") is None:
        base[5:7] = ["-c", "from buju.serve.cli import main; main()"]
    line = [*base, "--ledger", str(site.folder), "--officer", "li", "--payload", str(payload)]
    for finger, code in ((FINGERS["zhang"], 1), (FINGERS["li"], 0)):
        out = ["--finger", finger, "--out", str(tmp_path / "r.json")]
        done = subprocess.run([*line, *out], capture_output=True, check=False)
        assert done.returncode == code, done.stderr.decode()
        assert not leaks(site, done.stdout + done.stderr)
    for path in (tmp_path / "r.json", tmp_path / "submission.json", site.folder / "audit.jsonl"):
        assert not leaks(site, path.read_bytes()), path


def test_attack_31_a_rendered_report(site: Site, tmp_path: Path) -> None:
    """A signed bundle, rendered as a page, and the table of attested rows beside it."""
    from buju.report import render

    spec = importlib.util.spec_from_file_location(
        "report_fixture", Path(__file__).parents[1] / "report" / "conftest.py"
    )
    assert spec is not None and spec.loader is not None
    made: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    bundle = made.write_bundle(tmp_path / "bundle", made.all_tables())
    folder = tmp_path / "bundle"
    if not (folder / "inputs.sha256").exists():
        (folder / "inputs.sha256").write_text("")
    sign_manifest(folder, site.folder, officer="li", finger=FINGERS["li"], agency="planning")
    page = render(bundle, format="html", path=tmp_path / "report.html")
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    shutil.copy(folder / "receipt.json", receipts / "one.json")
    rows = attested_rows(receipts.iterdir(), site.folder / "trust.json")
    assert rows[0]["signed_by"] == "CN=li"
    import pandas as pd

    found = read_receipt((folder / "receipt.json").read_bytes(), site.folder / "trust.json")
    for text in (
        Path(page).read_text(encoding="utf-8"),
        pd.DataFrame(rows).to_html(),
        json.dumps(found.summary(), ensure_ascii=False),
        repr(found),
    ):
        assert not leaks(site, text)
