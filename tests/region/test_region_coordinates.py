"""Coordinate systems: known offsets, round trips, refusals.

Tolerances: conversions are exact to 1e-9 degrees (0.1 mm); against the open formula's published
use the offsets in Shanxi are 480 to 630 m.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from strip import strip

from buju.errors import SchemaError
from buju.region import check_region, read_region, write_region
from buju.region.coordinates import (
    bd09_to_gcj02,
    extent,
    from_gcj02,
    gcj02_to_bd09,
    system,
    to_gcj02,
    to_wgs84,
)

LON = st.floats(73.6, 134.7)
LAT = st.floats(16.8, 53.5)


@given(LON, LAT)
def test_gcj02_there_and_back(lon: float, lat: float) -> None:
    back = from_gcj02(*to_gcj02([lon], [lat]))
    assert np.allclose(np.ravel(back), [lon, lat], rtol=0, atol=1e-9)


@given(LON, LAT)
def test_bd09_there_and_back(lon: float, lat: float) -> None:
    back = bd09_to_gcj02(*gcj02_to_bd09([lon], [lat]))
    assert np.allclose(np.ravel(back), [lon, lat], rtol=0, atol=1e-9)


def test_known_offsets() -> None:
    # Tiananmen, and Taiyuan's seat: the distances usually reported for these places.
    lon, lat = np.array([116.391, 112.5489]), np.array([39.9075, 37.8706])
    there = to_gcj02(lon, lat)
    metres = Geod(ellps="WGS84").inv(lon, lat, *there)[2]
    assert 500 < metres[0] < 620
    assert 482 < metres[1] < 626
    assert there[0][0] == pytest.approx(116.39724, abs=2e-5)
    assert there[1][0] == pytest.approx(39.90890, abs=2e-5)


# WGS84 and GCJ-02 of one point in each of three cities, from the test data of the public
# eviltransform library, which takes 6378137 m for the axis: 2e-7 degrees apart at most.
PUBLISHED = [
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
]


@pytest.mark.parametrize(("lon", "lat", "gcj_lon", "gcj_lat"), PUBLISHED)
def test_published_pairs(lon: float, lat: float, gcj_lon: float, gcj_lat: float) -> None:
    there = np.ravel(to_gcj02([lon], [lat]))
    assert np.allclose(there, [gcj_lon, gcj_lat], rtol=0, atol=2e-7)


def test_no_offset_outside_the_area() -> None:
    lon, lat = to_gcj02([2.35, 139.7], [48.86, 35.7])
    assert lon.tolist() == [2.35, 139.7] and lat.tolist() == [48.86, 35.7]


@pytest.mark.parametrize("code", [4513, 4526, 4534, 4547, 4554])
def test_zones_agree_with_pyproj(code: int) -> None:
    west, _, east, _ = extent(f"EPSG:{code}")
    lon, lat = (west + east) / 2, 37.5
    x, y = Transformer.from_crs(4490, code, always_xy=True).transform(lon, lat)
    back = to_wgs84([x], [y], f"EPSG:{code}")
    assert np.allclose(np.ravel(back), [lon, lat], rtol=0, atol=1e-9)


def test_missing_stays_missing() -> None:
    for declared in ("WGS84", "GCJ-02", "BD-09"):
        lon, lat = to_wgs84([np.nan, 112.0], [np.nan, 37.0], declared)
        assert np.isnan([lon[0], lat[0]]).all() and np.isfinite([lon[1], lat[1]]).all()


def test_other_systems_are_refused() -> None:
    assert system("EPSG:3857") == "" and system("beijing54") == ""
    with pytest.raises(SchemaError, match="Declare WGS84"):
        to_wgs84([0.0], [0.0], "EPSG:3857")


@pytest.mark.parametrize("declared", ["GCJ-02", "BD-09", "EPSG:4546", "EPSG:4490"])
def test_region_in_a_declared_system_is_read_in_wgs84(tmp_path: Path, declared: str) -> None:
    forward = {
        "GCJ-02": to_gcj02,
        "BD-09": lambda x, y: gcj02_to_bd09(*to_gcj02(x, y)),
        "EPSG:4546": Transformer.from_crs(4490, 4546, always_xy=True).transform,
        "EPSG:4490": lambda x, y: (x, y),
    }[declared]
    tables = strip()
    for name, (a, b) in {"places": ("lon", "lat"), "outside_places": ("lon", "lat"),
                         "nodes": ("x_coord", "y_coord")}.items():  # fmt: skip
        x, y = forward(tables[name][a].to_numpy(), tables[name][b].to_numpy())
        tables[name] = tables[name].assign(**{a: x, b: y})
    write_region(tables, tmp_path, buju={"coordinates": declared})
    assert check_region(tmp_path) == []
    region = read_region(tmp_path)
    assert np.allclose(region.places["lon"], strip()["places"]["lon"], rtol=0, atol=1e-6)
    assert np.allclose(region.nodes["y_coord"], strip()["nodes"]["y_coord"], rtol=0, atol=1e-6)
    assert np.allclose(region.places.geometry.x, region.places["lon"])
    assert region.places.crs.to_epsg() == 4326


@pytest.mark.parametrize("declared", ["EPSG:4546", "EPSG:4490"])
def test_exchanged_axes_are_named(tmp_path: Path, declared: str) -> None:
    tables = strip()
    if declared == "EPSG:4546":
        forward = Transformer.from_crs(4490, 4546, always_xy=True).transform
        for name, (a, b) in {"places": ("lon", "lat"), "outside_places": ("lon", "lat"),
                             "nodes": ("x_coord", "y_coord")}.items():  # fmt: skip
            x, y = forward(tables[name][a].to_numpy(), tables[name][b].to_numpy())
            tables[name] = tables[name].assign(**{a: x, b: y})
    places = tables["places"]
    tables["places"] = places.assign(lon=places["lat"], lat=places["lon"])
    write_region(tables, tmp_path, buju={"coordinates": declared})
    faults = check_region(tmp_path)
    assert [f.check for f in faults] == ["coordinates_swapped"] * 12
    assert faults[0].row == 2 and "northing" in faults[0].remedy
