"""Rasters as grids: what is read, and every way in which a file is no grid of 1 km cells."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from buju.errors import MissingExtra, ParameterError
from buju.measure import degree_of_urbanisation, read_grids, urbanisation_of_units

rasterio = pytest.importorskip("rasterio")
CORNER = (9_600_000.0, 4_600_000.0)
"""Mollweide metres near Taiyuan."""


def written(path: Path, values, *, crs="ESRI:54009", cell=1000.0, corner=CORNER, **more) -> Path:
    bands = np.atleast_3d(np.asarray(values, dtype=float).T).T
    place = rasterio.Affine(cell, 0, corner[0], 0, -cell, corner[1])
    kept = {"driver": "GTiff", "dtype": "float64", "crs": crs, "transform": place} | more
    _, rows, columns = bands.shape
    with rasterio.open(path, "w", height=rows, width=columns, count=len(bands), **kept) as file:
        file.write(bands)
    return path


@pytest.fixture
def town(tmp_path: Path) -> dict[str, Path]:
    people = np.zeros((4, 6))
    people[1:3, 1:5] = 7000
    return {
        "population": written(tmp_path / "people.tif", people, nodata=-200, compress="LZW"),
        "land": written(tmp_path / "land.tif", np.ones((4, 6)), compress="deflate"),
    }


def test_grids_come_as_they_were_written_and_are_classified(town, tmp_path):
    built = written(tmp_path / "built.tif", np.full((4, 6), 1e5))
    grids = read_grids(**town, built=built, built_unit="m2")
    assert grids.population[1, 1] == 7000
    np.testing.assert_allclose(grids.built, 0.1)
    assert not grids.outside.any()
    found = degree_of_urbanisation(grids.population, grids.land, grids.built)
    assert (found == 3).sum() == 8


def test_centres_of_cells_are_where_pyproj_puts_them(town):
    lon, lat = read_grids(**town).centres()
    from pyproj import Transformer

    there = Transformer.from_crs("EPSG:4326", "ESRI:54009", always_xy=True)
    x, y = there.transform(lon[2, 3], lat[2, 3])
    assert (x, y) == pytest.approx((CORNER[0] + 3500, CORNER[1] - 2500), abs=0.01)


def test_cells_without_data_are_refused_or_set_outside_by_choice(town, tmp_path):
    gap = np.ones((4, 6))
    gap[3, 5] = -200
    people = written(tmp_path / "gap.tif", gap, nodata=-200)
    with pytest.raises(ParameterError, match=r"no data in 1 cells.*row 3, column 5"):
        read_grids(people, town["land"])
    grids = read_grids(people, town["land"], missing="outside")
    assert grids.outside.sum() == 1
    assert (grids.population[3, 5], grids.land[3, 5]) == (0, 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"crs": None}, "has no system of coordinates.*a_srs"),
        ({"crs": "EPSG:4326", "cell": 0.01, "corner": (112, 38)}, "counts in degree.*gdalwarp"),
        ({"cell": 100.0}, "cells of 100 m by 100 m; 1000 m"),
        ({"crs": "EPSG:3857", "corner": (12_500_000, 4_600_000)}, r"on the ground instead of 1"),
        ({"crs": "EPSG:2229", "corner": (6_500_000, 1_800_000)}, "counts in US survey foot"),
        ({"transform": rasterio.Affine(1000, 5, 0, 5, -1000, 0)}, "turned or upside down"),
        ({"transform": rasterio.Affine(1000, 0, 0, 0, 1000, 0)}, "turned or upside down"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_file_that_is_no_grid_of_square_kilometres_is_refused(town, tmp_path, change, words):
    people = written(tmp_path / "odd.tif", np.ones((4, 6)), **change)
    with pytest.raises(ParameterError, match=words) as caught:
        read_grids(people, town["land"])
    assert "odd.tif" in str(caught.value)
    assert caught.value.chinese


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"values": np.ones((4, 5))}, r"\(4, 5\) cells instead of \(4, 6\)"),
        ({"corner": (CORNER[0] + 1000, CORNER[1])}, "corner"),
        ({"crs": "EPSG:8857", "corner": (9_600_000, 4_600_000)}, "system"),
    ],
)
def test_grids_that_do_not_lie_on_each_other_are_refused(town, tmp_path, change, words):
    land = written(tmp_path / "other.tif", **{"values": np.ones((4, 6)), **change})
    with pytest.raises(ParameterError, match=words):
        read_grids(town["population"], land)


def test_a_projection_true_to_area_within_its_zone_passes(tmp_path):
    at = {"crs": "EPSG:4546", "corner": (480_000.0, 4_200_000.0)}  # CGCS2000, 111° E
    people = written(tmp_path / "a.tif", np.ones((3, 3)), **at)
    assert read_grids(people, people).population.sum() == 9


def test_files_that_are_none_are_refused(town, tmp_path):
    with pytest.raises(ParameterError, match="there is no file"):
        read_grids(tmp_path / "none.tif", town["land"])
    text = tmp_path / "text.tif"
    text.write_text("no raster", encoding="utf-8")
    with pytest.raises(ParameterError, match="cannot be read as a raster"):
        read_grids(text, town["land"])
    two = written(tmp_path / "two.tif", np.ones((2, 4, 6)))
    with pytest.raises(ParameterError, match="has 2 bands"):
        read_grids(two, town["land"])
    with pytest.raises(ParameterError, match="land_unit 'ha'"):
        read_grids(**town, land_unit="ha")


def test_without_the_extra_its_name_is_told(town, monkeypatch):
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(MissingExtra, match=r"buju\[raster\]"):
        read_grids(**town)


# Units


def test_level_1_by_hand():
    classes = np.array([[3, 3, 2, 1], [2, 2, 1, 1]])
    people = np.array([[500, 0, 300, 200], [400, 100, 501, 0]])
    units = np.array([[0, 0, 0, 0], [1, 1, 1, 1]])
    found = urbanisation_of_units(classes, people, np.ones((2, 4)), units).set_index("unit")
    assert found["class"].tolist() == [3, 1]  # exactly half is a city; more than half is rural
    assert found["margin"].tolist() == pytest.approx([0.0, 501 / 1001 - 0.5])
    assert found.loc[0, ["share_3", "share_2", "share_1"]].tolist() == [0.5, 0.3, 0.2]


@pytest.mark.parametrize(
    ("shares", "new", "old"),
    [
        ({30: 50, 11: 50}, 30, 30),
        ({23: 50, 21: 30, 12: 20}, 23, 23),
        ({30: 20, 23: 30, 21: 50}, 23, 21),
        ({22: 60, 21: 20, 12: 20}, 22, 22),
        ({22: 30, 21: 50, 12: 20}, 21, 21),
        ({22: 52, 12: 48}, 22, 22),
        ({13: 40, 21: 10, 12: 50}, 13, 12),
        ({11: 50, 12: 30, 13: 20}, 11, 11),
        ({12: 60, 11: 20, 13: 20}, 12, 12),
    ],
)
def test_level_2_by_the_rules_of_2024_and_2021(shares, new, old):
    classes = np.array([list(shares)])
    people, ones = np.array([list(shares.values())], dtype=float), np.ones((1, len(shares)))
    for rules, expected in (("2024", new), ("2021", old)):
        found = urbanisation_of_units(classes, people, ones, 0 * ones, rules=rules)
        assert found["class"].tolist() == [expected]


def test_a_unit_without_people_is_judged_by_land():
    found = urbanisation_of_units([[3, 1]], [[0, 0]], [[0.9, 0.3]], [[7, 7]])
    assert found[["unit", "class", "by"]].to_numpy().tolist() == [[7, 3, "land"]]


@settings(max_examples=50)
@given(
    arrays(np.int64, (6, 6), elements=st.sampled_from([30, 23, 22, 21, 13, 12, 11])),
    arrays(np.int64, (6, 6), elements=st.integers(0, 5000)),
    arrays(np.int64, (6, 6), elements=st.integers(-1, 3)),
)
def test_every_unit_has_one_class_and_keeps_its_people(classes, people, units):
    if (units < 0).all():
        units[0, 0] = 0
    found = urbanisation_of_units(classes, people, np.ones((6, 6)), units)
    assert found["unit"].tolist() == np.unique(units[units >= 0]).tolist()
    assert found["residents"].sum() == people[units >= 0].sum()
    shares = found.filter(like="share_").sum(axis=1)
    np.testing.assert_allclose(shares, 1)
    nested = {30: 3, 23: 2, 22: 2, 21: 2, 13: 1, 12: 1, 11: 1}
    assert found["class"].map(nested).tolist() == found["level1"].tolist()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"classes": [[3, 30]]}, "codes of one level"),
        ({"units": [[-1, -1]]}, "no cell inside any unit"),
        ({"units": [[0.5, 0]]}, "units is 0.5"),
        ({"population": [[-1, 1]]}, "population is -1"),
        ({"land": [[1, 1, 1]]}, r"land has shape \(1, 3\)"),
        ({"population": [[0, 0]], "land": [[0, 0]]}, "unit 0 has neither"),
        ({"rules": "2020"}, "rules '2020'"),
    ],
)
def test_units_refuse(change, words):
    good = {
        "classes": [[3, 1]],
        "population": [[1, 1]],
        "land": [[1, 1]],
        "units": [[0, 0]],
        "rules": "2024",
    }
    with pytest.raises(ParameterError, match=words):
        urbanisation_of_units(**{**good, **change})
