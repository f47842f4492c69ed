"""buju (布局): makes a regional development layout executable.

The public names below are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0.dev0"

_HOME = {
    "read_region": "buju.region",
    "check_region": "buju.region",
    "Region": "buju.region",
    "Fault": "buju.region",
    "run_study": "buju.study",
    "load_study": "buju.study",
    "Bundle": "buju.study",
    "render": "buju.report",
}
_ROOMS = (
    "region",
    "network",
    "measure",
    "simulate",
    "decide",
    "track",
    "match",
    "study",
    "report",
    "errors",
    "units",
)

__all__ = [*_HOME, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"buju.{name}")
    raise AttributeError(f"module 'buju' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
