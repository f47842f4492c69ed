"""Certificates against other makers: OpenSSL's, a time-stamp authority's, a token's."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from buju.attest.certificate import FileKey, check_chain, verify_signature
from buju.attest.certificate.authority import Authority
from buju.attest.certificate.keys import pack_key
from buju.attest.refusal import Refused, catalogue

AT = 1_790_000_000.0


def run(line: str, folder: Path) -> None:
    subprocess.run(line.split(), cwd=folder, check=True, capture_output=True)


def refused(code: str):
    return pytest.raises(Refused, match=f"{code}: ")


def test_every_code_has_words_in_both_languages() -> None:
    for english, chinese in catalogue().values():
        assert english
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_chain_agrees_with_the_verifier_of_cryptography() -> None:
    from datetime import UTC, datetime

    from cryptography.x509 import verification

    root = Authority.create("root", AT - 86400)
    middle = root.subordinate("middle", AT - 3600)
    leaf = middle.issue("zhang", ec.generate_private_key(ec.SECP256R1()).public_key(), AT - 60)
    path = check_chain([leaf, middle.certificate], [root.certificate], AT)
    assert path == [leaf, middle.certificate, root.certificate]
    permissive = verification.ExtensionPolicy.permit_all()
    strict = verification.ExtensionPolicy.webpki_defaults_ca()
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store([root.certificate]))
        .time(datetime.fromtimestamp(AT, UTC))
        .extension_policies(ee_policy=permissive, ca_policy=strict)
        .build_client_verifier()
    )
    assert verifier.verify(leaf, [middle.certificate]).chain == path


def test_authority_is_restored_with_what_it_revoked() -> None:
    root = Authority.create("root", AT)
    root.revoke(7, AT, invalid_since=AT - 5)
    root.crl(AT)
    again = Authority.restored(root.stored(b"secret"), b"secret")
    assert (again.certificate, again.revoked, again.number) == (root.certificate, root.revoked, 1)


def test_file_key_signs_and_a_wrong_pin_is_refused() -> None:
    root, key = Authority.create("root", AT), ec.generate_private_key(ec.SECP256R1())
    leaf = root.issue("zhang", key.public_key(), AT)
    packed = pack_key(key, leaf, [root.certificate], "1234")
    opened = FileKey(packed, "1234")
    assert opened.certificates == [leaf, root.certificate]
    assert verify_signature(leaf.public_key(), opened.sign(b"m"), b"m")
    assert not verify_signature(leaf.public_key(), opened.sign(b"m"), b"n")
    with refused("pin"):
        FileKey(packed, "4321")
    with refused("size"):
        FileKey(bytes(10_000_000), "1234")


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not on this machine")
def test_sm2_certificates_of_openssl(tmp_path: Path) -> None:
    pytest.importorskip("gmalglib")
    from buju.attest.certificate.sm import sm2_issued, sm2_public_key, sm2_sign, sm2_verify

    identifier = "-sigopt distid:1234567812345678"
    run("openssl ecparam -genkey -name SM2 -noout -out ca.key", tmp_path)
    run(f"openssl req -new -x509 -sm3 -key ca.key -subj /CN=ca -out ca.pem {identifier}", tmp_path)
    run("openssl ecparam -genkey -name SM2 -noout -out x.key", tmp_path)
    run(f"openssl req -new -sm3 -key x.key -subj /CN=x -out x.csr {identifier}", tmp_path)
    run(
        "openssl x509 -req -sm3 -in x.csr -CA ca.pem -CAkey ca.key -set_serial 5 -out x.pem "
        f"-vfyopt distid:1234567812345678 {identifier}",
        tmp_path,
    )
    ca, leaf = (
        x509.load_pem_x509_certificate((tmp_path / name).read_bytes())
        for name in ("ca.pem", "x.pem")
    )
    assert sm2_issued(leaf, ca)
    assert not sm2_issued(ca, leaf)
    shown = subprocess.run(
        ["openssl", "ec", "-in", "x.key", "-text", "-noout"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    ).stdout.decode()
    lines = shown.split("priv:")[1].split("pub:")[0]
    private = bytes.fromhex("".join(lines.split()).replace(":", ""))[-32:]
    signature = sm2_sign(private, b"m")
    assert sm2_verify(sm2_public_key(leaf), signature, b"m")
    assert not sm2_verify(sm2_public_key(leaf), signature, b"n")
    assert not sm2_verify(sm2_public_key(leaf), b"junk", b"m")
    # OpenSSL accepts the signature made here.
    (tmp_path / "m").write_bytes(b"m")
    (tmp_path / "sig").write_bytes(signature)
    run("openssl x509 -in x.pem -pubkey -noout -out x.pub", tmp_path)
    run(
        "openssl pkeyutl -verify -pubin -inkey x.pub -in m -rawin -digest sm3 -sigfile sig "
        "-pkeyopt distid:1234567812345678",
        tmp_path,
    )


TSA = """
[tsa]
default_tsa = one
[one]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
crypto_device = builtin
ess_cert_id_alg = sha256
"""


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not on this machine")
def test_attack_22_time_stamps(tmp_path: Path) -> None:
    pytest.importorskip("rfc3161_client")
    import time

    from buju.attest.certificate.timestamps import check_timestamp, request

    now = time.time()
    root, key = Authority.create("TSA root", now - 3600), ec.generate_private_key(ec.SECP256R1())
    leaf = _stamping_certificate(root, key, now)
    pem = serialization.Encoding.PEM
    (tmp_path / "tsa.pem").write_bytes(leaf.public_bytes(pem))
    (tmp_path / "tsa.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "serial").write_text("01")
    (tmp_path / "tsa.cnf").write_text(TSA)
    (tmp_path / "q").write_bytes(request(b"checkpoint"))
    run("openssl ts -reply -config tsa.cnf -section one -queryfile q -out r", tmp_path)
    token = (tmp_path / "r").read_bytes()
    roots = [root.certificate.public_bytes(pem).decode()]
    assert abs(check_timestamp(token, b"checkpoint", roots).timestamp() - now) < 60
    with refused("timestamp"):
        check_timestamp(token, b"another checkpoint", roots)
    with refused("timestamp-old"):
        check_timestamp(token, b"checkpoint", roots, not_before=now + 3600)
    other = Authority.create("other", now - 3600).certificate.public_bytes(pem).decode()
    with refused("timestamp"):
        check_timestamp(token, b"checkpoint", [other])
    with refused("timestamp"):
        check_timestamp(b"junk", b"checkpoint", roots)


def _stamping_certificate(root: Authority, key: ec.EllipticCurvePrivateKey, now: float):
    from datetime import timedelta

    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    from buju.attest.certificate.authority import moment

    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tsa")]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(99)
        .not_valid_before(moment(now - 600))
        .not_valid_after(moment(now) + timedelta(days=9))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root.key, hashes.SHA256())
    )
