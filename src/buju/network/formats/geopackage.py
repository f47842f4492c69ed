"""A network as a GeoPackage: layers `nodes` (points) and `links` (lines), as GIS programs show."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from buju.network.formats.rows import LINK, NODE, Rows, checked, columns, fail


def write_geopackage(rows: Rows, path: str | Path) -> Path:
    """Write nodes and links with straight geometry, WGS84; `read_geopackage` reads them back."""
    path = Path(path)
    points = shapely.points(rows.nodes["x_coord"], rows.nodes["y_coord"])
    at = pd.Series(points, index=rows.nodes["node_id"])
    ends = [at.loc[rows.links[c]].to_numpy() for c in ("from_node_id", "to_node_id")]
    coordinates = np.stack([shapely.get_coordinates(side) for side in ends], axis=1)
    lines = shapely.linestrings(coordinates)
    path.unlink(missing_ok=True)
    for name, table, shapes in (("nodes", rows.nodes, points), ("links", rows.links, lines)):
        frame = gpd.GeoDataFrame(table, geometry=list(shapes), crs="EPSG:4326")
        frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    return path


def read_geopackage(path: str | Path, *, nodes: str = "nodes", links: str = "links") -> Rows:
    """Nodes and links of a GeoPackage; coordinates come from the points, in WGS84.

    Parameters
    ----------
    nodes, links
        Names of the layers. Links need `link_id`, `from_node_id`, `to_node_id`, `mode` and
        `minutes`, or `length` (km) and `free_speed` (km/h).

    Raises
    ------
    NetworkError
        A layer or column is missing, a layer has no coordinate system or no points, or the
        checks that all formats share.
    """
    path = Path(path)
    if not path.is_file():
        fail(path, "no such file", "没有这个文件")
    there = list(pyogrio.list_layers(path)[:, 0])
    for layer in (nodes, links):
        if layer not in there:
            fail(path, f"has no layer {layer!r}; its layers are {', '.join(there)}",
                 f"没有图层 {layer!r}；现有 {'、'.join(there)}")  # fmt: skip
    points, lines = (gpd.read_file(path, layer=x, engine="pyogrio") for x in (nodes, links))
    columns(f"{path.name}, layer {nodes}", points, ["node_id"])
    columns(f"{path.name}, layer {links}", lines, ["link_id", "from_node_id", "to_node_id", "mode"])
    if points.crs is None:
        fail(path, f"layer {nodes!r} has no coordinate system; set it in the GIS program",
             f"图层 {nodes!r} 没有坐标系")  # fmt: skip
    if not (points.geometry.geom_type == "Point").all():
        fail(path, f"layer {nodes!r} must hold single points", f"图层 {nodes!r} 应为点")
    places = points.to_crs("EPSG:4326").geometry
    table = pd.DataFrame(lines.drop(columns="geometry")).reindex(columns=LINK)
    speed = table["free_speed"].astype("float64")
    by_speed = 60 * table["length"].astype("float64") / speed.where(speed > 0)
    table["minutes"] = table["minutes"].astype("float64").fillna(by_speed)
    table["directed"] = table["directed"].fillna(False).astype(bool)
    for column, default in (
        ("carries", "both"),
        ("status", "operating"),
        ("minutes_basis", "derived"),
    ):
        table[column] = table[column].fillna(default)
    frame = pd.DataFrame(points.drop(columns="geometry")).reindex(columns=NODE)
    frame = frame.assign(x_coord=places.x, y_coord=places.y)
    frame["node_type"] = frame["node_type"].fillna("junction")
    return checked(path, frame, table)
