"""Scenario edits on the invented strip: every figure counted by hand; refusals with their words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.errors import NetworkError
from buju.network import Impedance, Scenario, skims, station_minutes, times_matrix
from buju.network.stations import stations_of
from buju.region import read_region

STRIP = Path(__file__).parents[2] / "examples/strip/region"
EXACT = 1e-9
REGION = read_region(STRIP)
_OUTSIDE = REGION.outside_places.assign(area_km2=100.0)
REGION = replace(REGION, tables={**REGION.tables, "outside_places": _OUTSIDE})
RULE = Impedance()


def minutes(scenario, origin, destination, mode="all"):
    return times_matrix(
        REGION, scenario, mode=mode, origins=[origin], destinations=[destination]
    ).minutes[0, 0]


def test_an_added_road_shortens_by_hand():
    new = Scenario(add={"N1": {"from": "n990101", "to": "n990104", "mode": "road", "minutes": 30}})
    assert minutes(Scenario(), "990101", "990104", "road") == 66
    assert minutes(new, "990101", "990104", "road") == 30
    assert minutes(new, "990104", "990101", "road") == 30
    assert minutes(new, "990101", "990105", "road") == 52


def test_a_directed_addition_leads_one_way_only():
    edit = {"from": "n990101", "to": "n990104", "mode": "road", "minutes": 30, "directed": True}
    assert minutes(Scenario(add={"N1": edit}), "990101", "990104", "road") == 30
    assert minutes(Scenario(add={"N1": edit}), "990104", "990101", "road") == 66


def test_an_addition_opens_in_its_year():
    edit = {"from": "n990101", "to": "n990104", "mode": "road", "minutes": 30, "opened": "2027"}
    for date, expected in (("2027-12-30", 66), ("2027-12-31", 30)):
        assert minutes(Scenario(date=date, add={"N1": edit}), "990101", "990104", "road") == (
            expected
        )


def test_a_new_station_is_served():
    scenario = Scenario(
        nodes={"s990105": {"x_coord": 111.92, "y_coord": 38.01, "zone_id": "990105"}},
        add={
            "N1": {"from": "n990105", "to": "s990105", "mode": "road", "minutes": 5},
            "N2": {
                "from": "s990105",
                "to": "s990203",
                "mode": "rail",
                "facility_type": "conventional",
                "minutes": 12,
                "line": "R1",
            },
        },
    )
    ride = 5 + RULE.unknown_wait + RULE.board + 12 + 10
    assert minutes(scenario, "990105", "990203", "rail") == pytest.approx(ride, abs=EXACT)
    assert station_minutes(REGION, scenario, "s990105", "s990203") == 12
    assert stations_of(scenario.with_nodes(REGION), "990105") == ["s990105"]
    assert "s990105" not in set(REGION.nodes["node_id"])
    # R1 carries freight as well, and the new link of it does too.
    chosen = scenario.select(REGION).set_index("link_id")
    assert (chosen.loc["N2", "carries"], chosen.loc["N1", "carries"]) == ("both", "both")


def test_a_new_station_without_a_road_is_refused_where_people_are_routed():
    scenario = Scenario(
        nodes={"x": {"x_coord": 111.92, "y_coord": 38.01, "zone_id": "990105"}},
        add={"N": {"from": "x", "to": "s990203", "mode": "rail", "facility_type": "high_speed",
                   "minutes": 12}},
    )  # fmt: skip
    with pytest.raises(NetworkError, match="no road leads"):
        times_matrix(REGION, scenario)


def test_a_closed_line_leaves_the_road():
    closed = Scenario(without_lines=("R1",))
    road = times_matrix(REGION, closed, mode="road").minutes
    assert (times_matrix(REGION, closed).minutes == road).all()
    assert np.isinf(minutes(closed, "990103", "990203", "rail"))


def test_headways_are_half_waited():
    base = minutes(Scenario(), "990103", "990203", "rail")
    assert base == 20 + 50 + RULE.unknown_wait + RULE.board
    for headway, wait in ((10, 5.0), (30, 15.0), (600, RULE.longest_wait)):
        scenario = Scenario(lines={"R1": {"headway": headway}})
        found = minutes(scenario, "990103", "990203", "rail")
        assert found == pytest.approx(20 + 50 + wait + RULE.board, abs=EXACT)
    # Of the two links at the middle station the more frequent one decides.
    one = Scenario(links={"L16": {"headway": 10}})
    assert minutes(one, "990203", "990103", "rail") == pytest.approx(90, abs=EXACT)
    assert minutes(one, "990103", "990203", "rail") == base


def test_a_speed_is_sixty_times_length_over_speed():
    faster = Scenario(links={"L02": {"speed": 80}})
    assert minutes(faster, "990101", "990102", "road") == 15
    measured = Scenario(links={"L15": {"length": 100, "speed": 200}})
    assert station_minutes(REGION, measured, "s990103", "s990203") == 30
    line = Scenario(
        lines={"R1": {"speed": 100}}, links={"L15": {"length": 90}, "L16": {"length": 80}}
    )
    with pytest.raises(NetworkError, match=r"link L15: a speed needs a length"):
        line.select(REGION)


def test_an_upgrade_takes_the_new_class_and_its_fare():
    rule = Impedance(fares=(("expressway", 0.5),), value_of_time=30)
    upgraded = Scenario(links={"L02": {"facility_type": "expressway", "speed": 120}})
    ends = {"origins": ["990101"], "destinations": ["990102"], "mode": "road", "impedance": rule}
    found = skims(REGION, upgraded, **ends)
    assert (found["minutes"][0, 0], found["fare"][0, 0]) == (10, 10)
    assert times_matrix(REGION, upgraded, **ends).cost[0, 0] == 10 + 60 * 10 / 30
    own = Scenario(links={"L02": {"fare": 3}})
    assert skims(REGION, own, **ends)["fare"][0, 0] == 3
    assert skims(REGION, Scenario(), **ends)["fare"][0, 0] == 0


def test_an_opening_year_is_an_edit():
    early = Scenario(links={"L17": {"opened": "2020"}})
    assert (early.select(REGION)["link_id"] == "L17").any()
    late = Scenario(lines={"R1": {"opened": "2030"}})
    assert not (late.select(REGION)["line"] == "R1").any()
    shut = Scenario(links={"L01": {"closed": "2019"}})
    assert not (shut.select(REGION)["link_id"] == "L01").any()


def test_an_edit_of_a_link_comes_after_that_of_its_line():
    both = Scenario(lines={"R1": {"fare": 5}}, links={"L15": {"fare": 9}})
    fares = both.select(REGION).set_index("link_id")["fare"]
    assert (fares["L15"], fares["L16"]) == (9, 5)


LINKS = list(REGION.links["link_id"])
NODES = list(REGION.nodes["node_id"])
OFF = ~np.eye(12, dtype=bool)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(LINKS), max_size=4, unique=True), st.booleans())
def test_closing_never_speeds_up(closed, whole):
    scenario = Scenario(without=tuple(closed), without_lines=("R1",) if whole else ())
    try:
        after = times_matrix(REGION, scenario).minutes
    except NetworkError as error:  # a station was cut off from its place
        assert "no road leads" in str(error)
        return
    assert (after >= times_matrix(REGION, Scenario()).minutes - EXACT).all()


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from(NODES), min_size=2, max_size=2, unique=True),
    st.floats(0, 100),
    st.sampled_from(["class_1", "conventional", "high_speed"]),
    st.floats(1, 500),
)
def test_adding_never_slows(ends, travel, kind, headway):
    mode = "road" if kind == "class_1" else "rail"
    link = {"from": ends[0], "to": ends[1], "mode": mode, "facility_type": kind,
            "minutes": travel, "headway": headway}  # fmt: skip
    before = times_matrix(REGION, Scenario())
    after = times_matrix(REGION, Scenario(add={"N1": link}))
    assert (after.minutes <= before.minutes + EXACT).all()
    assert (after.cost <= before.cost + EXACT).all()


ROAD = {"from": "n990101", "to": "n990104", "mode": "road", "minutes": 30}
SPOT = {"x_coord": 111.9, "y_coord": 38.0}
WRONG = [
    ({"without_lines": ("R2",)}, "no line is called 'R2'. Did you mean 'R1'?", "的线路"),
    ({"lines": {"R1": {"minutes": 3}}}, "line R1: no editable column", "可编辑列"),
    ({"links": {"L02": {"speed": 0}}}, "speed 0 must be a number, above zero", "应为大于零的数"),
    ({"links": {"L02": {"minutes": -1}}}, "minutes -1 must be a number, zero or more", "不小于零"),
    ({"links": {"L02": {"headway": True}}}, "headway True must be a number", "headway True"),
    ({"links": {"L02": {"speed": 60, "minutes": 5}}}, "minutes and speed are both", "只能给一个"),
    ({"links": {"L02": {"opened": 2027}}}, "opened 2027 is no date", "不是日期"),
    ({"links": {"L02": {"facility_type": ""}}}, "facility_type '' must be a word", "应为文字"),
    ({"links": {"L15": {"speed": 100}}}, "a speed needs a length", "没有长度"),
    ({"add": {"L02": ROAD}}, "link L02 is in the region already", "区域中已有路段 L02"),
    ({"add": {"N": {**ROAD, "to": "n990109"}}}, "no node is called 'n990109'. Did you", "节点"),
    ({"add": {"N": {**ROAD, "to": "n990101"}}}, "leads from node n990101 to itself", "起点与终点"),
    ({"add": {"N": {**ROAD, "mode": "rial"}}}, "mode 'rial' must be road or rail", "mode 'rial'"),
    ({"add": {"N": {**ROAD, "mode": "rail"}}}, "facility_type must be given", "缺少 facility_type"),
    ({"add": {"N": {"from": "n990101"}}}, "to, mode, minutes (or length and speed)", "缺少 to"),
    ({"add": {"N": {**ROAD, "line": "R3"}}}, "no line is called 'R3'", "线路"),
    ({"add": {"N": {**ROAD, "directed": "no"}}}, "directed 'no' must be true or false", "directed"),
    ({"nodes": {"n990101": SPOT}}, "node n990101 is in the region already", "区域中已有节点"),
    ({"nodes": {"s": {"x_coord": 400_000, "y_coord": 38}}}, "in degrees, -180 to 180", "应为度"),
    ({"nodes": {"s": {**SPOT, "node_type": "seat"}}}, "must be station or junction", "node_type"),
    ({"nodes": {"s": {**SPOT, "zone_id": "990109"}}}, "no place is called '990109'", "地点"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "english", "chinese"), WRONG)
def test_what_cannot_be_edited_is_refused_in_words(edit, english, chinese):
    with pytest.raises(NetworkError) as caught:
        Scenario(name="new", **edit).select(REGION)
    assert english in caught.value.english
    assert chinese in caught.value.chinese
    assert "scenario 'new'" in caught.value.english


def test_equal_scenarios_have_one_hash_and_others_differ():
    one, other = (Scenario(add={"N": dict(ROAD)}, lines={"R1": {"fare": 1}}) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != replace(one, without_lines=("R1",))
