"""The Shanxi example's places, network and measured times add up and hang together."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from buju.network import Scenario
from buju.network.roads import estimated_roads
from buju.region import Region, read_region

FOLDER = Path(__file__).parents[2] / "examples" / "shanxi" / "region"
RESIDENTS = 34_915_616  # census of 1 November 2020, Shanxi
OVER_SEA = {("130300", "370600")}  # neighbours across the Bohai Sea, without a road
ROUNDED = 0.051  # lengths and minutes are written with one decimal
GDP_ROUNDED = 0.025  # published GDP of counties, prefectures and province is rounded on its own


@pytest.fixture(scope="module")
def shanxi() -> Region:
    return read_region(FOLDER)


def test_counties_prefectures_and_province_have_the_census_residents(shanxi: Region):
    places = shanxi.places
    assert places["level"].value_counts().to_dict() == {
        "county": 117,
        "prefecture": 11,
        "province": 1,
    }
    assert (places.groupby("level")["residents"].sum() == RESIDENTS).all()
    counties = places[places["level"] == "county"].groupby("parent")["residents"].sum()
    prefectures = places[places["level"] == "prefecture"].set_index("place")["residents"]
    pd.testing.assert_series_equal(counties, prefectures, check_names=False, check_index_type=False)


def test_county_gdp_adds_up_to_the_published_prefectures(shanxi: Region):
    places = shanxi.places
    counties = places[places["level"] == "county"]
    assert counties["gdp_basis"].value_counts().to_dict() == {"modelled": 100, "observed": 17}
    sums = counties.groupby("parent")["gdp"].sum()
    published = places[places["level"] == "prefecture"].set_index("place")["gdp"]
    np.testing.assert_allclose(sums, published[sums.index], atol=GDP_ROUNDED)


def test_xiongan_is_counted_once(shanxi: Region):
    outside = shanxi.outside_places.set_index("place")
    assert len(outside) == 69
    both = outside.loc[["130600", "133100"]]
    assert both["residents"].sum() == 11_544_036  # Baoding in the census of 2020
    assert both["residents_2010"].sum() == 11_194_382  # Baoding in the census of 2010
    assert outside.index[outside["gdp"].isna()].tolist() == ["133100"]


def test_every_place_has_a_seat_and_seats_are_apart(shanxi: Region):
    nodes = shanxi.nodes
    seats = nodes[nodes["node_type"] == "seat"]
    assert len(seats) == 117 + 11 + 69
    assert not seats.duplicated(["x_coord", "y_coord"]).any()
    stations = nodes[nodes["node_type"] == "station"]
    assert len(stations) == 60
    assert stations.loc[stations["zone_id"].isna(), "node_id"].tolist() == ["R-suide"]


def test_estimated_roads_follow_their_rule(shanxi: Region):
    nodes = shanxi.nodes
    seats = nodes[nodes["node_type"] == "seat"]
    outside = list(shanxi.outside_places["place"])
    rule = estimated_roads(seats, outside=outside, longest_km=400.0)
    pairs = list(zip(rule["from_node_id"], rule["to_node_id"], strict=True))
    rule = rule[[pair not in OVER_SEA for pair in pairs]]
    rows = shanxi.links[shanxi.links["facility_type"] == "estimated_road"]
    ends = ["from_node_id", "to_node_id"]
    assert rows[ends].to_numpy().tolist() == rule[ends].to_numpy().tolist()
    np.testing.assert_allclose(rows["length"], rule["length"], atol=ROUNDED)
    np.testing.assert_allclose(rows["minutes"], rule["minutes"], atol=ROUNDED)


@pytest.mark.parametrize("date", ["2019-10-31", "2020-12-31", "2027-12-31"])
def test_the_network_is_one_component(shanxi: Region, date: str):
    links = Scenario(date=date).select(shanxi)
    index = {node: k for k, node in enumerate(shanxi.nodes["node_id"])}
    tail, head = (links[c].map(index).to_numpy() for c in ("from_node_id", "to_node_id"))
    graph = coo_matrix((np.ones(len(links)), (tail, head)), shape=(len(index), len(index)))
    assert connected_components(graph, directed=False)[0] == 1


def test_stopping_trains_take_the_section_and_three_minutes_a_stop(shanxi: Region):
    links = shanxi.links
    stopping = links[links["facility_type"].str.endswith("_stopping", na=False)]
    section = stopping["link_id"].str.extract(r"H(\d\d)-", expand=False)
    whole = stopping.groupby(section)["minutes"].sum()
    stops = stopping.groupby(section).size() - 1
    express = links.set_index("link_id")["minutes"]
    names = ["S29-2019" if number == "29" else f"S{number}" for number in whole.index]
    slack = ROUNDED * (stops + 1)
    assert ((whole - express[names].to_numpy() - 3 * stops).abs() <= slack).all()


def test_what_carries_passengers_only_is_what_multiple_units_and_stops_serve(shanxi: Region):
    links = shanxi.links
    rail = links[links["mode"] == "rail"]
    passengers = set(rail.loc[rail["carries"] == "passengers", "facility_type"])
    assert passengers == {"high_speed", "high_speed_stopping", "conventional_stopping"}
    assert set(rail.loc[rail["carries"] == "both", "facility_type"]) == {"conventional"}
    assert (links.loc[links["mode"] == "road", "carries"] == "both").all()


def test_measured_times_are_those_of_the_timetable(shanxi: Region):
    times = shanxi.od_times
    measured = times[times["kind"] == "measured"]
    assert measured.groupby(["origin", "destination"]).ngroups == 141
    assert (measured["service_class"] == "multiple_unit").sum() == 50
    assert set(measured["as_of"]) == {"2019-10"}
    assert len(times) - len(measured) == 13
    fastest = measured.groupby(["origin", "destination"])["minutes"].min()
    assert fastest[("R-taiyuan", "R-beijing")] == 147
    assert fastest[("R-datong", "R-beijing")] == 346


def test_measured_sections_are_marked_as_no_independent_test(shanxi: Region):
    """A link and a measured pair of one class with one figure are the same observation."""
    links, times = shanxi.links, shanxi.od_times
    rail = links[(links["mode"] == "rail") & (links["minutes_basis"] == "measured")]
    of_link = {
        (frozenset((row.from_node_id, row.to_node_id)), row.facility_type, row.minutes)
        for row in rail.itertuples()
    }
    kinds = {"multiple_unit": "high_speed", "locomotive": "conventional"}
    measured = times[times["kind"] == "measured"]
    same = [
        (frozenset((row.origin, row.destination)), kinds[row.service_class], row.minutes) in of_link
        for row in measured.itertuples()
    ]
    assert sum(same) == 26
    assert measured.loc[same, "used_as_link"].all()


def test_the_events_of_the_network_have_their_dates(shanxi: Region):
    opened = shanxi.links.set_index("link_id")["opened"]
    assert opened["S09"] == "2019-12-30"
    assert opened["S25"] == "2020-12-12"
    assert opened["S23"] == "2020-12-27"
    assert opened["R021"] == "2022-09-30"
    assert opened["S06"] == "2024-12-31"
    projects = shanxi.links.groupby("project")["link_id"].count().to_dict()
    assert projects["P01"] == 5
    assert projects["P05"] == 1
    assert set(projects) == {"P01", "P02", "P05"}
