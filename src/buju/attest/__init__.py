"""Who signed which bytes, and when: finger vein, certificate, ledger. Knows nothing of regions.

The rooms load when first used: `ledger` and `verify` need `cryptography` alone, `vein` needs NumPy,
`protocol` needs `rfc8785`. All come with `pip install 'buju[attest]'`.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

__all__ = ["anchors", "certificate", "ledger", "protocol", "stores", "vein"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"buju.attest.{name}")
    raise AttributeError(f"module 'buju.attest' has no attribute {name!r}")
