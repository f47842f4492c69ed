"""Ways leg by leg, reach, islands, and laws of the whole multimodal network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buju.errors import NetworkError
from buju.network import (
    Impedance,
    Scenario,
    fit,
    path,
    reach_table,
    station_links,
    station_matrix,
    station_minutes,
    times,
    times_matrix,
    within,
)
from buju.region import read_region

STRIP = Path(__file__).parents[2] / "examples/strip/region"
EXACT = 1e-9  # sums of the same few numbers in another order
LAWFUL = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def region():
    found = read_region(STRIP)
    return with_table(found, "outside_places", found.outside_places.assign(area_km2=100.0))


def with_table(region, name, frame):
    return replace(region, tables=dict(region.tables) | {name: frame})


def without_links(region, *ids):
    links = region.links
    return with_table(region, "links", links[~links["link_id"].isin(ids)].reset_index(drop=True))


def test_a_way_by_train_has_its_legs_in_order(region):
    way = path(region, Scenario(), "990103", "970100")
    assert way["leg"].tolist() == ["road", "board", "ride", "dwell", "ride", "road"]
    assert way["link_id"].dropna().tolist() == ["L12", "L15", "L16", "L14"]
    rule = Impedance()
    board, dwell = rule.board + rule.unknown_wait, dict(rule.dwell)["locomotive"]
    assert way["minutes"].tolist() == [10, board, 50, dwell, 45, 10]
    assert (way["from_node_id"].iloc[1:].to_numpy() == way["to_node_id"].iloc[:-1]).all()


def test_a_further_train_is_a_change(region):
    kinds = region.links["facility_type"].where(region.links["link_id"] != "L16", "high_speed")
    mixed = with_table(region, "links", region.links.assign(facility_type=kinds))
    assert "change" in set(path(mixed, Scenario(), "990103", "970100", mode="rail")["leg"])


@pytest.mark.parametrize("mode", ["all", "road", "rail", "goods"])
def test_legs_add_up_to_the_times(region, mode):
    matrix = times_matrix(region, mode=mode)
    for i, origin in enumerate(matrix.rows):
        for j, destination in enumerate(matrix.columns):
            way = path(region, None, origin, destination, mode=mode)
            assert way["minutes"].sum() == pytest.approx(matrix.minutes[i, j], abs=EXACT)


def test_where_no_way_leads_none_is_made_up(region):
    cut = Scenario(name="cut", without=("L01",))
    with pytest.raises(NetworkError, match=r"no way leads from 980100 to 990101 .*'cut'"):
        path(region, cut, "980100", "990101")


def test_a_network_in_two_pieces_names_the_smaller(region):
    assert times(region).attrs["islands"] == []
    broken = times(region, Scenario(without=("L03", "L16")))
    assert broken.attrs["islands"] == [("990101", "990102", "980100")]
    lonely = times(region, Scenario(without=("L01",)))
    assert lonely.attrs["islands"] == [("980100",)]


def test_a_station_that_no_road_leads_to_is_named(region):
    bare = without_links(region, "L13")
    words = "station s990203 serves place 990203 and has trains, but no road leads to it"
    for mode in ("all", "rail"):
        with pytest.raises(NetworkError, match=words):
            times_matrix(bare, mode=mode)
    assert np.isfinite(times_matrix(bare, mode="road").minutes).all()


def test_trains_may_pass_a_station_that_serves_no_place(region):
    nodes = region.nodes
    zone = nodes["zone_id"].where(nodes["node_id"] != "s990203")
    passing = without_links(with_table(region, "nodes", nodes.assign(zone_id=zone)), "L13")
    whole, found = (
        times_matrix(r, origins=["990103"], destinations=["970100"]).minutes
        for r in (region, passing)
    )
    assert whole == found


def test_within_counts_the_limit_itself(region):
    frame = times(region, mode="road")
    assert within(frame, "990101", 44) == ["990101", "990102", "990103"]
    assert within(frame, "990101", 43.9) == ["990101", "990102"]


@pytest.mark.parametrize(
    ("origin", "limit", "words"),
    [("999999", 60, "no origin '999999'"), ("990101", float("nan"), "must be >= 0")],
)
def test_within_refusals(region, origin, limit, words):
    with pytest.raises(NetworkError, match=words):
        within(times(region, mode="road"), origin, limit)


def test_reach_tells_trains_from_doors(region):
    table = reach_table(region, Scenario(), "990103", ["990203", "990104"], limit=60)
    assert table["minutes"].tolist() == [50, np.inf]  # 990104 has no station
    rule = Impedance()
    by_train = 10 + rule.board + rule.unknown_wait + 50 + 10
    assert table["door_minutes"].tolist() == [by_train, 22]
    assert table["road_minutes"].tolist() == [5 * 22, 22]
    assert table["within"].tolist() == [True, False]
    assert table["door_within"].tolist() == [False, True]


def test_from_a_station_to_itself_nobody_rides(region):
    assert station_minutes(region, Scenario(), "s990103", "s990103") == 0
    assert station_links(region, Scenario(), "s990103", "s990103").empty


def test_stations_and_services_must_be_known(region):
    with pytest.raises(NetworkError, match="no node 's99010'; did you mean 's990103'"):
        station_links(region, Scenario(), "s99010", "s990203")
    with pytest.raises(NetworkError, match="service 'emu' is unknown; there are any"):
        station_matrix(region, Scenario(), ["s990103"], service="emu")


def services(region, **columns):
    row = {"from_node_id": ["s990103"], "to_node_id": ["s990203"], "service_class": ["locomotive"]}
    frame = pd.DataFrame(row | columns)
    return with_table(region, "line_services", frame.reindex(columns=region.line_services.columns))


def first_wait(region):
    way = path(region, None, "990103", "990203", mode="rail")
    return way.loc[way["leg"] == "board", "minutes"].item() - Impedance().board


def test_trains_a_day_set_the_wait(region):
    often = services(region, carries=["passengers"], trains_per_day=[96.0])  # 48 each way in 16 h
    assert first_wait(often) == 0.5 * 60 * 16 / 48
    rare = services(region, carries=["passengers"], trains_per_day=[2.0])
    assert first_wait(rare) == Impedance().longest_wait


@pytest.mark.parametrize(("carries", "trains"), [("freight", 96.0), ("passengers", 0.0)])
def test_freight_trains_and_trains_that_do_not_run_tell_no_wait(region, carries, trains):
    told = services(region, carries=[carries], trains_per_day=[trains])
    assert first_wait(told) == Impedance().unknown_wait


def measured(region, *rows):
    columns = ["origin", "destination", "minutes", "kind", "service_class", "as_of", "used_as_link"]
    frame = pd.DataFrame(rows, columns=columns).reindex(columns=region.od_times.columns)
    return with_table(region, "od_times", frame.astype({"used_as_link": bool}))


def test_fit_names_the_worst_and_leaves_cars_out(region):
    told = measured(
        region,
        ("s990103", "s990203", 50.0, "measured", "locomotive", "2019-10", True),
        ("s990203", "s970100", 90.0, "measured", "locomotive", "2019-10", False),
        ("s990103", "s970100", 70.0, "measured", "car", "2019-10", False),
        ("s990103", "s970100", 40.0, "announced", "any", "2027", True),
    )
    result = fit(told, date="2019-10-31")
    assert result.pairs["service_class"].tolist() == ["locomotive"] * 2
    assert result.worst(1)["relative"].tolist() == [-0.5]
    assert result.announced["modelled"].tolist() == [35]
    assert result.announced["used_as_link"].tolist() == [True]
    free = Impedance(dwell=(("multiple_unit", 0), ("locomotive", 0)))
    assert fit(told, date="2019-10-31", impedance=free).pairs["modelled"].tolist() == [50, 45]


@given(data=st.data())
@LAWFUL
def test_a_faster_link_slows_no_pair(region, data):
    scenario = Scenario(date="2027")
    present = scenario.select(region).set_index("link_id")["minutes"]
    link = data.draw(st.sampled_from(sorted(present.index)))
    share = data.draw(st.floats(0, 1))
    faster = replace(scenario, links={link: {"minutes": float(present[link]) * share}})
    before, after = (times_matrix(region, s) for s in (scenario, faster))
    assert (after.minutes <= before.minutes + EXACT).all()
    assert (after.cost <= before.cost + EXACT).all()


@given(order=st.permutations(range(15)))
@LAWFUL
def test_the_order_of_nodes_changes_nothing(region, order):
    mixed = with_table(region, "nodes", region.nodes.iloc[order].reset_index(drop=True))
    whole, found = (times_matrix(r, Scenario(date="2027")) for r in (region, mixed))
    np.testing.assert_allclose(found.minutes, whole.minutes, rtol=0, atol=EXACT)
    np.testing.assert_allclose(found.cost, whole.cost, rtol=0, atol=EXACT)


@given(minutes=st.lists(st.floats(0, 90), min_size=17, max_size=17))
@LAWFUL
def test_links_both_ways_give_the_same_time_back(region, minutes):
    """No frequency is known here, so that boarding costs the same everywhere."""
    drawn = with_table(region, "links", region.links.assign(minutes=minutes))
    for mode in ("all", "road", "rail", "goods"):
        found = times_matrix(drawn, Scenario(date="2027"), mode=mode).minutes
        np.testing.assert_allclose(found, found.T, rtol=0, atol=EXACT)


def test_a_one_way_link_leads_one_way(region):
    one_way = region.links["directed"].where(region.links["link_id"] != "L01", True)
    directed = with_table(region, "links", region.links.assign(directed=one_way))
    matrix = times_matrix(
        directed, mode="road", origins=["980100", "990101"], destinations=["980100", "990101"]
    )
    assert matrix.minutes[0, 1] == 55
    assert np.isinf(matrix.minutes[1, 0])
