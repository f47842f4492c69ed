"""Layers of a bundle's GeoPackage as GeoJSON."""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from buju.serve.layers import collection, simplified
from buju.serve.problems import Problem
from buju.serve.workspace import write_json
from buju.study import Bundle


def names(bundle: Bundle) -> list[str]:
    """Names of the layers; none where the bundle has no GeoPackage."""
    file = bundle.path / "region.gpkg"
    return _layers(file, file.stat().st_mtime_ns) if file.is_file() else []


@cache
def _layers(file: Path, _changed: int) -> list[str]:
    return [str(name) for name in pyogrio.list_layers(file)[:, 0]]


def frame(bundle: Bundle, layer: str) -> gpd.GeoDataFrame:
    """A layer with all its attributes."""
    known = names(bundle)
    if layer not in known:
        raise Problem(
            404,
            f"结果中没有图层“{layer}”；可选：{'、'.join(known)}",
            f"the bundle has no layer '{layer}'; it has {', '.join(known)}",
        )
    return pyogrio.read_dataframe(bundle.path / "region.gpkg", layer=layer)


def bundle_layer(bundle: Bundle, layer: str, folder: Path | None) -> Path:
    """The GeoJSON file of a layer, kept in `folder` or among temporary files."""
    stamp = f"{bundle.path} {(bundle.path / 'manifest.json').stat().st_mtime_ns} {layer}"
    digest = hashlib.sha256(stamp.encode()).hexdigest()[:16]
    place = folder or Path(tempfile.gettempdir()) / f"buju-{digest}"
    file = place / f"{layer}-{digest}.geojson"
    if layer not in names(bundle) or not file.is_file():
        found = simplified(frame(bundle, layer))
        content: dict[str, Any] = collection(found, [c for c in found if c != "geometry"])
        content["approval"] = str(bundle.manifest["region"].get("map_approval_number") or "")
        place.mkdir(parents=True, exist_ok=True)
        write_json(file, content)
    return file
