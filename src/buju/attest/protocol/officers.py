"""Officers of a small site come and go: finger or WebAuthn key in, certificate out, withdrawal."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from buju.attest import ledger, vein
from buju.attest.certificate.keys import certificate_name, pack_key
from buju.attest.certificate.webauthn import creation_options, registered, request_options
from buju.attest.protocol.canonical import canonical, parse_strict, payload_hash
from buju.attest.protocol.consent import Consent
from buju.attest.protocol.factors import SKEW
from buju.attest.protocol.files import write_private
from buju.attest.protocol.founding import certificate_text
from buju.attest.protocol.payloads import check_payload, written_time
from buju.attest.protocol.site import Site, lines
from buju.attest.refusal import refusal

_BURSTS = 3
# A set of captures that do not agree is taken again; three such sets are a failure to enrol.
_SETS = 3


def enrol(site: Site, name: str, finger: str, consent: Consent) -> Path:
    """Record consent, capture the finger, issue key and certificate. Consent comes first.

    Raises
    ------
    Refused
        `consent-missing` (also for a record dated later than now), `consent-withdrawn`; `officer`
        when the name is taken.
    VeinRefused
        The finger cannot be enrolled (`vein-poor`: too few vessels); nothing but the consent record
        is kept.
    """
    sensor = vein.open_sensor(
        finger
    )  # a name that leads nowhere is refused before anything is kept
    consent.require(name)
    if consent.given > written_time(site.clock() + SKEW):
        raise refusal("consent-missing", f"given {consent.given}, after the enrolment")
    folder = site.officer(name)
    if (folder / "template.bin").exists():
        raise refusal("officer-enrolled", name)
    write_private(folder / "consent.json", consent.data())
    site.audit().line(
        "consent-recorded", officer=name, given=consent.given, document=consent.document_sha256
    )
    key, certificate = _new_certificate(site, name)
    template = _capture(site, sensor, bytes.fromhex(certificate_name(certificate)))
    _keep_key(site, name, key, certificate)
    write_private(folder / "template.bin", bytes(template))
    site.audit().line("enrolled", officer=name, certificate=certificate_name(certificate))
    return folder


def _new_certificate(site: Site, name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, site.authority().issue(name, key.public_key(), site.clock() - 60)


def _keep_key(
    site: Site, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> None:
    folder, pin = site.officer(name), secrets.token_urlsafe(12)
    packed = pack_key(key, certificate, [site.authority().certificate], pin)
    write_private(folder / "key.p12", packed)
    write_private(site.folder / "private" / f"{name}.pin", pin.encode())
    write_private(folder / "certificate.pem", certificate_text(certificate).encode())


def _capture(site: Site, sensor: vein.VeinSensor, fingerprint: bytes) -> vein.ProtectedTemplate:
    """A template of three bursts that agree; a set that does not is taken again.

    Captures of a finger with too few vessels agree by chance only, and others would match what was
    made of them: after `_SETS` sets it is a failure to enrol.
    """
    matcher = site.matcher()
    for _ in range(_SETS):
        with suppress(vein.CapturesDiffer):
            bursts = [sensor.capture(secrets.token_bytes(32)) for _ in range(_BURSTS)]
            return matcher.enrol(bursts, fingerprint)
    site.audit().line("vein-poor", certificate=fingerprint.hex())
    raise vein.VeinRefused(
        "vein-poor",
        f"{_SETS} sets of captures do not agree with themselves: too few vessels can be made out. "
        "Enrol another finger, or use the non-biometric way (buju attest register)",
        f"{_SETS} 组采集均互不一致：可辨认的静脉过少",
    )


def offer_registration(site: Site, name: str, address: str) -> str:
    """Options (JSON) for `navigator.credentials.create`: the non-biometric way's first step.

    `address` is that of the page that will ask, `https://host[:port]`. The challenge is kept until
    `register` has its answer.
    """
    host = _host(address)
    challenge = secrets.token_bytes(32)
    pending = {"challenge": challenge.hex(), "site": host, "origin": address}
    write_private(site.officer(name) / "registration.json", json.dumps(pending).encode())
    return creation_options(name, challenge, host)


def register(site: Site, name: str, response: str) -> str:
    """Take the answer to `offer_registration`; the credential's id, in hexadecimal.

    An officer without a valid certificate gets one, and needs no consent: no finger is used.
    The credential stands in the trust file from then on, so hand that on again.

    Raises
    ------
    Refused
        `webauthn`; `officer` when nothing was offered to this officer.
    """
    folder = site.officer(name)
    offered = folder / "registration.json"
    if not offered.is_file():
        raise refusal("webauthn-none", name)
    pending = json.loads(offered.read_text())
    key, certificate = None, _standing(site, name)
    if certificate is None:
        key, certificate = _new_certificate(site, name)
    identity, credential = registered(
        response,
        bytes.fromhex(pending["challenge"]),
        site=pending["site"],
        origin=pending["origin"],
        certificate_sha256=certificate_name(certificate),
    )
    if key is not None:
        _keep_key(site, name, key, certificate)
    path = site.folder / "trust.json"
    trust = ledger.Trust.read(path)
    known = {**trust.more.get("webauthn", {}), identity: credential.fields()}
    replace(trust, more={**trust.more, "webauthn": known}).write(path)
    write_private(folder / "webauthn", identity.encode())
    offered.unlink()
    site.audit().line("registered", officer=name, credential=identity)
    return identity


def ask_assertion(site: Site, name: str, payload: bytes) -> str:
    """Options (JSON) for `navigator.credentials.get` over one payload, in canonical form."""
    data = canonical(payload)
    check_payload(parse_strict(data))
    registered_id = site.officer(name) / "webauthn"
    if not registered_id.is_file():
        raise refusal("webauthn-unknown", name)
    identity = registered_id.read_text().strip()
    row = ledger.Trust.read(site.folder / "trust.json").more["webauthn"][identity]
    return request_options(payload_hash(data), row["site"], identity)


def _standing(site: Site, name: str) -> x509.Certificate | None:
    """The officer's certificate, unless there is none, it was revoked, or its time is over."""
    path = site.officer(name) / "certificate.pem"
    if not path.is_file():
        return None
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    revoked = certificate.serial_number in site.authority().revoked
    over = certificate.not_valid_after_utc.timestamp() < site.clock()
    return None if revoked or over else certificate


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
    if not secure or not parts.hostname or address != f"{parts.scheme}://{parts.netloc}":
        raise refusal("webauthn", f"{address}: the page's address is https://host[:port]")
    return parts.hostname


def withdraw(site: Site, name: str) -> None:
    """An officer goes: template deleted, certificate revoked, log kept.

    A consent that stands is marked as withdrawn; a WebAuthn credential ends with the certificate.
    """
    folder, at = site.officer(name), site.clock()
    if not (folder / "certificate.pem").is_file():
        raise refusal("officer", name)
    template = folder / "template.bin"
    if template.is_file():
        identity = vein.ProtectedTemplate.parse(template.read_bytes()).id
        kept = site.folder / "private" / "revoked.txt"
        write_private(kept, "\n".join([*lines(kept), identity]).encode())
        template.unlink()
    certificate = x509.load_pem_x509_certificate((folder / "certificate.pem").read_bytes())
    authority = site.authority()
    authority.revoke(certificate.serial_number, at)
    site.keep_authority(authority)
    (folder / "webauthn").unlink(missing_ok=True)
    if (folder / "consent.json").is_file():
        consent = Consent.read(folder / "consent.json")
        ended = replace(consent, withdrawn=consent.withdrawn or written_time(at))
        write_private(folder / "consent.json", ended.data())
    site.audit().line("consent-withdrawn", officer=name)
