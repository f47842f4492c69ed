"""Map layers: geometry once, simplified, as GeoJSON kept on disk; attributes come apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from buju.region import Region, boundaries
from buju.serve.problems import Problem
from buju.serve.whatif import cell
from buju.serve.workspace import write_json

LAYERS = ("counties", "prefectures", "links", "outside", "elements")
_DEGREES = 0.0015  # about 150 m: below a pixel where a county fills the screen
_GRID = 1e-5
_VERSION = "1"


def layer(region: Region, name: str) -> dict[str, Any]:
    """A layer as a FeatureCollection with `basis` and notes beside its features."""
    if name not in LAYERS:
        raise Problem(
            404,
            f"没有图层“{name}”；可选：{'、'.join(LAYERS)}",
            f"no layer is called '{name}'; the layers are {', '.join(LAYERS)}",
        )
    return _MAKERS[name](region)


def cached(region_of: Callable[[], Region], name: str, folder: Path, stamp: str) -> Path:
    """The file of a layer, made where it is absent; `stamp` tells one state of data from another.

    The file's name holds a digest of what it was made from, which serves as ETag.
    """
    digest = hashlib.sha256(f"{_VERSION} {stamp} {name}".encode()).hexdigest()[:16]
    file = folder / f"{name}-{digest}.geojson"
    if name not in LAYERS or not file.is_file():
        found = layer(region_of(), name)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(file, found)
    return file


def frame(region: Region, name: str) -> gpd.GeoDataFrame:
    """A layer's features with all their attributes and full geometry, for GIS programs."""
    if name in ("counties", "prefectures"):
        level = "county" if name == "counties" else "prefecture"
        rows = region.level(level).drop(columns="geometry")
        shapes = boundaries(region, level)
        found = shapes[["place", "geometry"]].merge(rows, on="place", how="left")
        return gpd.GeoDataFrame(found, geometry="geometry", crs="EPSG:4326")
    if name == "links":
        return _links(region, list(region.links.columns))
    if name == "outside":
        return region.outside_places
    return _elements(region)


def collection(
    found: gpd.GeoDataFrame, columns: list[str], ids: Iterable[int] | None = None, **beside: Any
) -> dict[str, Any]:
    """Features with these properties, numbered from 0 or by `ids`, and members beside them."""
    shapes = shapely.set_precision(found.geometry.to_numpy(), _GRID, mode="pointwise")
    rows = found[columns].to_dict("records")
    numbers = range(len(rows)) if ids is None else [int(number) for number in ids]
    features = [
        {
            "type": "Feature",
            "id": number,
            "properties": {str(key): cell(value) for key, value in row.items()},
            "geometry": json.loads(shapely.to_geojson(shape)) if shape else None,
        }
        for number, row, shape in zip(numbers, rows, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features} | beside


def simplified(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Borders that neighbours share stay shared, so no slivers appear."""
    shapes = found.geometry.to_numpy()
    polygons = shapely.get_type_id(shapes)
    if len(shapes) and ((polygons == 3) | (polygons == 6)).all():
        shapes = shapely.coverage_simplify(shapes, _DEGREES)
    return found.set_geometry(gpd.GeoSeries(shapes, found.index, crs=found.crs))


def _areas(region: Region, level: str) -> dict[str, Any]:
    places = region.places.set_index("place")
    below = region.level("county")["parent"]
    if level != "county" and not below.isin(places.index[places["level"] == level]).any():
        return collection(gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"), [])  # no county has one
    shapes = boundaries(region, level)
    found = shapes[["place", "geometry"]].join(places[["name_zh", "name_en", "parent"]], on="place")
    above = places[["name_zh", "name_en"]].add_prefix("prefecture_")
    found["prefecture"] = found["parent"]
    found = found.join(above, on="prefecture").rename(
        columns={"prefecture_name_zh": "prefecture_zh", "prefecture_name_en": "prefecture_en"}
    )
    columns = ["place", "name_zh", "name_en", "prefecture", "prefecture_zh", "prefecture_en"]
    note = str(shapes.attrs.get("note", ""))
    zh, _, en = note.partition(" / ")
    beside: dict[str, Any] = {
        "basis": str(shapes.attrs.get("basis", "")),
        "note_zh": zh,
        "note_en": en or zh,
        "approval": str(region.package.get("map_approval_number") or ""),
    }
    return collection(simplified(gpd.GeoDataFrame(found, crs="EPSG:4326")), columns, **beside)


def _links(region: Region, columns: list[str]) -> gpd.GeoDataFrame:
    nodes = region.nodes.set_index("node_id")[["x_coord", "y_coord"]]
    links = region.links
    ends = [nodes.reindex(links[c]).to_numpy() for c in ("from_node_id", "to_node_id")]
    lines = [shapely.LineString([a, b]) for a, b in zip(*ends, strict=True)]
    return gpd.GeoDataFrame(pd.DataFrame(links[columns]), geometry=lines, crs="EPSG:4326")


def _link_layer(region: Region) -> dict[str, Any]:
    columns = ["link_id", "name", "mode", "facility_type", "minutes", "line", "status", "opened"]
    columns += ["project", "from_node_id", "to_node_id", "carries", "closed"]
    return collection(_links(region, columns), columns)


def _outside(region: Region) -> dict[str, Any]:
    return collection(region.outside_places, ["place", "name_zh", "name_en"])


def _elements(region: Region) -> gpd.GeoDataFrame:
    shapes = boundaries(region, "county").set_index("place").geometry
    rows, areas = [], []
    for row in region.place_groups.to_dict("records"):
        members = region.members(row["group"])["place"]
        inside = shapes.reindex(members).dropna()
        if len(inside):
            rows.append(row)
            areas.append(shapely.union_all(inside.to_numpy()))
    frame = pd.DataFrame(rows, columns=region.place_groups.columns)
    return gpd.GeoDataFrame(frame, geometry=areas, crs="EPSG:4326")


def _element_layer(region: Region) -> dict[str, Any]:
    found = _elements(region)
    shapes = shapely.simplify(found.geometry.to_numpy(), _DEGREES)
    found = found.set_geometry(gpd.GeoSeries(shapes, found.index, crs=found.crs))
    return collection(found, ["group", "name_zh", "name_en", "kind", "parent"])


_MAKERS: dict[str, Callable[[Region], dict[str, Any]]] = {
    "counties": lambda region: _areas(region, "county"),
    "prefectures": lambda region: _areas(region, "prefecture"),
    "links": _link_layer,
    "outside": _outside,
    "elements": _element_layer,
}
