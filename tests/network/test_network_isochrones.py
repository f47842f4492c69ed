"""Polygons of what is within some minutes: a disc by hand, nested limits, refusals."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from buju.errors import NetworkError
from buju.network import Scenario, isochrones
from buju.region import read_region

REGION = read_region(Path(__file__).parents[2] / "examples/strip/region")
DISC = 0.01  # shapely's circle of 64 corners is 0.2 % smaller, the projection adds as much
ALONE = Scenario(without=("L01", "L02"))


def test_without_roads_it_is_a_disc():
    found = isochrones(REGION, ALONE, ["990101"], [15], mode="road", off_network_speed=24)
    assert found["km2"].iloc[0] == pytest.approx(np.pi * 6**2, rel=DISC)
    capped = isochrones(REGION, ALONE, ["990101"], [60], mode="road", farthest_km=3)
    assert capped["km2"].iloc[0] == pytest.approx(np.pi * 3**2, rel=DISC)


def test_limits_nest_and_hold_the_places_within():
    found = isochrones(REGION, None, ["990101", "990103"], [10, 30, 60])
    assert found[["origin", "minutes"]].to_numpy().tolist()[1] == ["990101", 30.0]
    for _, rows in found.groupby("origin"):
        shapes = list(rows.geometry)
        assert all(shapely.covers(b.buffer(1e-6), a) for a, b in pairwise(shapes))
    seats = REGION.places.set_index("place").geometry
    hour = found.iloc[2].geometry
    assert hour.covers(seats["990103"])  # 44 minutes along the road
    assert not hour.covers(seats["990104"])  # 66


def test_a_project_widens_what_a_train_reaches():
    base, built = (
        isochrones(REGION, s, ["990103"], [90]).geometry[0]
        for s in (Scenario(), Scenario(projects=("P1",)))
    )
    assert built.area > base.area
    assert built.covers(REGION.outside_places.set_index("place").geometry["970100"])


def test_a_given_system_agrees_with_the_centred_one():
    one = isochrones(REGION, None, ["990103"], [45])
    other = isochrones(REGION, None, ["990103"], [45], crs="EPSG:32649")
    assert other["km2"][0] == pytest.approx(one["km2"][0], rel=2e-2)


def test_refusals_in_words():
    for crs in ("EPSG:4326", "EPSG:4490"):
        with pytest.raises(NetworkError, match=r"(?s)以米为单位.*need metres, but EPSG:4"):
            isochrones(REGION, None, ["990103"], [45], crs=crs)
    with pytest.raises(NetworkError, match=r"minutes .* must be above zero"):
        isochrones(REGION, None, ["990103"], [0, 45])
    with pytest.raises(NetworkError, match=r"off_network_speed -3 must be above zero"):
        isochrones(REGION, None, ["990103"], [45], off_network_speed=-3)
