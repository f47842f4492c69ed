"""The multimodal network of the invented strip: hand-counted times, scenarios, refusals."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import NetworkError
from buju.network import (
    Impedance,
    Scenario,
    estimated_roads,
    fit,
    great_circle_km,
    min_plus,
    reach_table,
    station_links,
    station_minutes,
    times,
    times_matrix,
)
from buju.region import read_region

STRIP = Path(__file__).parents[2] / "examples/strip/region"
EXACT = 1e-9
DWELL = dict(Impedance().dwell)["locomotive"]
FREE = Impedance(
    board=0, unknown_wait=0, longest_wait=0, dwell=(("multiple_unit", 0), ("locomotive", 0))
)


@pytest.fixture(scope="module")
def region():
    found = read_region(STRIP)
    outside = found.outside_places.assign(area_km2=100.0)
    return replace(found, tables=dict(found.tables) | {"outside_places": outside})


def edited(region, table, **columns):
    frame = region.tables[table].assign(**columns)
    return replace(region, tables=dict(region.tables) | {table: frame})


def links(region, *rows):
    """The region with exactly these links: (id, from, to, mode, kind, minutes, carries)."""
    frame = pd.DataFrame(
        rows,
        columns=[
            "link_id",
            "from_node_id",
            "to_node_id",
            "mode",
            "facility_type",
            "minutes",
            "carries",
        ],
    )
    full = frame.reindex(columns=region.links.columns).assign(directed=False, status="operating")
    tables = dict(region.tables) | {"links": full.astype({"project": "str", "opened": "str"})}
    return replace(region, tables=tables)


def test_road_times_add_up(region):
    matrix = times_matrix(region, mode="road")
    row = dict(zip(matrix.columns, matrix.minutes[matrix.rows.index("990101")], strict=True))
    assert row["990104"] == 3 * 22
    assert row["980100"] == 55


def test_a_ride_pays_access_boarding_and_half_the_headway_once(region):
    start, end = "990103", "990203"
    rail = times_matrix(region, mode="rail", origins=[start], destinations=[end])
    ride, access, wait = 50, 10 + 10, Impedance().unknown_wait + Impedance().board
    assert rail.minutes[0, 0] == pytest.approx(ride + access + wait, abs=EXACT)
    weighed = ride + access + Impedance().wait_weight * wait
    assert rail.cost[0, 0] == pytest.approx(weighed, abs=EXACT)


def test_all_modes_are_the_faster_of_road_and_rail(region):
    road, rail, both = (times_matrix(region, mode=m).minutes for m in ("road", "rail", "all"))
    off = ~np.eye(len(road), dtype=bool)
    assert (both[off] <= np.minimum(road, rail)[off] + EXACT).all()


def test_rail_means_at_least_one_ride(region):
    neighbours = times_matrix(region, mode="rail", origins=["990101"], destinations=["990102"])
    assert neighbours.minutes[0, 0] > 22


def test_ride_road_ride_is_found_and_equals_the_hub_algebra(region):
    apart = links(
        region,
        ("A", "s990103", "s990203", "rail", "conventional", 10, "both"),
        ("B", "n990101", "s990103", "road", "access", 5, "both"),
        ("C", "s990203", "n990204", "road", "access", 7, "both"),
        ("D", "n990204", "s970100", "road", "access", 4, "both"),
        ("E", "s970100", "n990205", "rail", "conventional", 9, "both"),
        ("F", "n990205", "n990201", "road", "class_1", 3, "both"),
    )
    found = times_matrix(apart, impedance=FREE, origins=["990101"], destinations=["990201"])
    assert found.minutes[0, 0] == pytest.approx(5 + 10 + 7 + 4 + 9 + 3, abs=EXACT)
    inf = np.inf
    access = [[5, inf, inf, inf]]
    stations = [[0, 10, 21, 30], [10, 0, 11, 20], [21, 11, 0, 9], [30, 20, 9, 0]]
    egress = [[inf], [inf], [inf], [3]]
    assert min_plus(access, stations, egress)[0, 0] == found.minutes[0, 0]


def test_what_carries_passengers_only_never_changes_goods(region):
    base = times_matrix(region, Scenario(), mode="goods")
    built = times_matrix(region, Scenario(projects=("P1",)), mode="goods")
    assert (base.minutes == built.minutes).all()
    people = [times_matrix(region, s).minutes for s in (Scenario(), Scenario(projects=("P1",)))]
    assert (people[1] < people[0]).any()


def test_goods_use_a_line_that_carries_both(region):
    rule = Impedance(goods_terminal=1)
    access = region.links["carries"].where(region.links["facility_type"] != "access", "both")
    freight = edited(region, "links", carries=access)
    goods = times_matrix(freight, mode="goods", impedance=rule).minutes
    assert (goods < times_matrix(region, mode="road").minutes - EXACT).any()


@pytest.mark.parametrize(
    ("date", "there"),
    [("2015-06-30", False), ("2015-07-30", False), ("2015-07-31", True), ("2015", True)],
)
def test_an_incomplete_opening_date_counts_from_its_last_day(region, date, there):
    chosen = Scenario(date=date).select(region)
    assert ("L16" in set(chosen["link_id"])) is there


def test_a_project_is_there_whatever_the_date(region):
    assert "L17" not in set(Scenario(date="2020").select(region)["link_id"])
    assert "L17" in set(Scenario(date="2020", projects=("P1",)).select(region)["link_id"])
    assert "L17" in set(Scenario(date="2027").select(region)["link_id"])


def test_links_can_be_edited_and_left_out(region):
    faster = times_matrix(region, Scenario(links={"L02": {"minutes": 1}}), mode="road")
    assert faster.minutes[faster.rows.index("990101"), faster.rows.index("990102")] == 1
    cut = times_matrix(region, Scenario(without=("L02",)), mode="road")
    assert ("990101", "990102") in cut.unreachable()


def test_unreachable_pairs_are_infinite_and_named(region):
    frame = times(region, Scenario(without=("L01",)))
    assert ("980100", "990101") in frame.attrs["unreachable"]
    lost = frame.set_index(["origin", "destination"]).loc[("980100", "990101")]
    assert np.isinf(lost["minutes"])


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (Scenario(projects=("P9",)), "no project is called 'P9'"),
        (Scenario(without=("L0",)), "no link is called 'L0'"),
        (Scenario(links={"L99": {"minutes": 3}}), "no link is called 'L99'"),
        (Scenario(links={"L01": {"minuets": 3}}), "Did you mean 'minutes'"),
        (Scenario(links={"L01": {"minutes": -3}}), "minutes -3 must be a number, zero or more"),
        (Scenario(links={"L01": {"carries": "coal"}}), "carries 'coal' must be"),
        (Scenario(date="27-3"), "'27-3' is not a date"),
    ],
)
def test_scenarios_refuse_what_the_region_does_not_have(region, scenario, words):
    with pytest.raises(NetworkError, match=words):
        scenario.check(region)


def test_a_project_without_links_is_refused(region):
    bare = edited(region, "links", project=pd.Series([None] * len(region.links), dtype="str"))
    with pytest.raises(NetworkError, match="project P1 has no links, so it changes no travel time"):
        Scenario(projects=("P1",)).check(bare)


def test_a_place_without_a_seat_node_is_named(region):
    with pytest.raises(NetworkError, match="place 990999 has no seat node"):
        times_matrix(region, origins=["990999"])


def test_a_place_without_an_area_is_named(region):
    bare = edited(region, "outside_places", area_km2=np.nan)
    with pytest.raises(NetworkError, match="place 980100 has no area_km2"):
        times_matrix(bare)


def test_an_unknown_mode_is_refused(region):
    with pytest.raises(NetworkError, match="mode 'boat' is unknown"):
        times_matrix(region, mode="boat")


def test_station_times_leave_out_access_and_the_first_wait(region):
    assert station_minutes(region, Scenario(), "s990103", "s970100") == 50 + DWELL + 45


def test_changing_the_class_of_train_costs_a_boarding(region):
    mixed = links(
        region,
        ("A", "s990103", "s990203", "rail", "conventional", 50, "both"),
        ("B", "s990203", "s970100", "rail", "high_speed", 20, "passengers"),
    )
    rule = Impedance()
    found = station_minutes(mixed, Scenario(), "s990103", "s970100")
    assert found == 50 + rule.board + rule.unknown_wait + 20
    alone = station_minutes(mixed, Scenario(), "s990103", "s970100", service="locomotive")
    assert np.isinf(alone)


def test_fit_compares_like_with_like(region):
    rows = pd.DataFrame(
        {
            "origin": ["s990103", "s990103"],
            "destination": ["s990203", "s970100"],
            "minutes": [48.0, 100.0],
            "kind": "measured",
            "service_class": "locomotive",
            "as_of": "2019-10",
            "used_as_link": [True, False],
        }
    )
    measured = rows.reindex(columns=region.od_times.columns)
    told = replace(region, tables=dict(region.tables) | {"od_times": measured})
    result = fit(told, date="2019-10-31")
    assert result.pairs["modelled"].tolist() == [50, 95 + DWELL]
    summary = result.summary.set_index(["comparison", "sample"])
    assert summary.loc[("same class", "all"), "median_relative"] == pytest.approx(
        (2 / 48 + (DWELL - 5) / 100) / 2
    )
    assert summary.loc[("same class", "all, independent"), "pairs"] == 1
    with pytest.raises(NetworkError, match="no measured pair by 2010"):
        fit(told, date="2010")


def test_estimated_roads_are_the_gabriel_graph():
    rng = np.random.default_rng(3)
    seats = pd.DataFrame({"node_id": [f"n{k}" for k in range(25)]})
    seats["x_coord"], seats["y_coord"] = 112 + rng.random(25), 37 + rng.random(25)
    found = set(estimated_roads(seats)[["from_node_id", "to_node_id"]].itertuples(index=False))
    x, y = seats["x_coord"].to_numpy(), seats["y_coord"].to_numpy()
    for i in range(25):
        for j in range(i + 1, 25):
            d = great_circle_km(x[i], y[i], x[j], y[j]) ** 2
            others = [k for k in range(25) if k not in (i, j)]
            free = all(
                great_circle_km(x[i], y[i], x[k], y[k]) ** 2
                + great_circle_km(x[j], y[j], x[k], y[k]) ** 2
                >= d * (1 - 1e-9)
                for k in others
            )
            assert ((f"n{i}", f"n{j}") in found) is free


def test_estimated_roads_refuse_two_seats_at_one_point():
    seats = pd.DataFrame({"node_id": ["a", "b"], "x_coord": [112.0] * 2, "y_coord": [37.0] * 2})
    with pytest.raises(NetworkError, match="nodes a and b lie at one point"):
        estimated_roads(seats)


def test_reach_needs_a_station(region):
    with pytest.raises(NetworkError, match="place 990100 has no station"):
        reach_table(region, Scenario(), "990100")


def test_the_links_of_a_way_add_up_to_its_minutes(region):
    way = station_links(region, Scenario(), "s990103", "s970100")
    assert way["link_id"].tolist() == ["L15", "L16"]
    assert way["minutes"].sum() + DWELL == station_minutes(region, Scenario(), "s990103", "s970100")
    assert station_links(region, Scenario(without=("L15", "L13")), "s990103", "s990203").empty
