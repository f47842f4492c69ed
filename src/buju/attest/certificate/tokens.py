"""An officer's key in a PKCS#11 token: it signs inside and never leaves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from buju.attest.refusal import refusal
from buju.errors import missing_extra


def find_library(name: str = "libsofthsm2.so") -> Path | None:
    """A PKCS#11 library on this machine: `PKCS11_MODULE`, else by name where systems keep them."""
    named = os.environ.get("PKCS11_MODULE")
    if named:
        return Path(named) if Path(named).is_file() else None
    folders = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
    tails = (name, f"*/{name}", f"*/*/{name}")
    found = (one for folder in folders for tail in tails for one in sorted(Path(folder).glob(tail)))
    return next(found, None)


class TokenKey:
    """A P-256 key in a token, by token label and key label.

    The PIN opens one session for each signature and is not kept in any message. The token counts
    wrong PINs and locks; that is its own rule.
    """

    def __init__(
        self, library: str, token: str, label: str, pin: str, certificates: list[x509.Certificate]
    ) -> None:
        self._library, self._token, self._label, self._pin = library, token, label, pin
        self._certificates = certificates

    @property
    def certificates(self) -> list[x509.Certificate]:
        """The officer's certificate, then its issuers."""
        return list(self._certificates)

    def sign(self, message: bytes) -> bytes:
        """ECDSA with SHA-256, DER.

        Raises
        ------
        Refused
            `pin` for a wrong or locked PIN, `token` when it is absent or taken out meanwhile,
            `key-missing`.
        """
        try:
            import pkcs11
            from pkcs11 import Mechanism, ObjectClass
        except ImportError:
            raise missing_extra("pkcs11", "keys in tokens") from None
        with _refusals(pkcs11):
            session = pkcs11.lib(self._library).get_token(token_label=self._token)
            with session.open(user_pin=self._pin) as opened:
                key: Any = opened.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self._label)
                digest = hashlib.sha256(message).digest()
                raw = key.sign(digest, mechanism=Mechanism.ECDSA)
        half = len(raw) // 2
        return encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )

    def __repr__(self) -> str:
        return f"TokenKey({self._token!r}, {self._label!r})"


@contextmanager
def _refusals(pkcs11: Any) -> Iterator[None]:
    wrong = pkcs11.exceptions
    try:
        yield
    except (wrong.PinIncorrect, wrong.PinLocked, wrong.PinLenRange, wrong.PinInvalid) as error:
        raise refusal("pin", type(error).__name__) from None
    except (wrong.NoSuchKey, wrong.MultipleObjectsReturned):
        raise refusal("key-missing") from None
    except wrong.PKCS11Error as error:
        raise refusal("token", type(error).__name__) from None
