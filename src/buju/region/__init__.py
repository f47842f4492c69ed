"""A region is a folder of checked tables.

The names below are loaded when first used, so that a room which needs the schema alone does not
pay for maps.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from buju.region.dates import is_open, opened_by
    from buju.region.faults import Fault
    from buju.region.model import Region
    from buju.region.polygons import boundaries
    from buju.region.reading import Examination, check_region, examine_region, read_region
    from buju.region.template import write_template
    from buju.region.writing import write_region

_HOME = {
    "Examination": "reading",
    "Fault": "faults",
    "Region": "model",
    "boundaries": "polygons",
    "check_region": "reading",
    "examine_region": "reading",
    "is_open": "dates",
    "opened_by": "dates",
    "read_region": "reading",
    "write_region": "writing",
    "write_template": "template",
}

__all__ = [
    "Examination",
    "Fault",
    "Region",
    "boundaries",
    "check_region",
    "examine_region",
    "is_open",
    "opened_by",
    "read_region",
    "write_region",
    "write_template",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"buju.region.{_HOME[name]}"), name)
    raise AttributeError(f"module 'buju.region' has no attribute '{name}'")
