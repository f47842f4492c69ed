"""Checks of sectors and ties on Shanxi's tables: what they say, and when they do not know."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import StudyError
from buju.study import load_study
from buju.study.claims import gathering, industry, plans, ties, travel
from buju.study.claims import layout as layout_checks
from buju.study.context import Run
from buju.study.stages import layout, measure

SHANXI = Path(__file__).parents[2] / "examples/shanxi"


@pytest.fixture(scope="module")
def run() -> Run:
    found = Run(load_study(SHANXI))
    for stage in (layout.stage, measure.stage):
        found.tables |= stage(found)
    return found


def test_a_share_above_the_regions_is_supported_and_one_below_contradicted(run):
    assert industry.kind_share(run, place="140106", kind="tertiary").verdict == "supported"
    assert industry.kind_share(run, place="140106", kind="primary").verdict == "contradicted"


def test_a_share_of_a_prefecture_is_that_of_its_counties(run):
    found = industry.kind_share(run, place="140100", kind="tertiary")
    jobs = run.region.employment
    jobs = jobs[(jobs["year"] == 2020) & jobs["place"].str.match("1401(?!00)")]
    services = run.region.sectors.query("kind == 'tertiary'")["sector"]
    expected = jobs.loc[jobs["sector"].isin(services), "jobs"].sum() / jobs["jobs"].sum()
    assert found.value == pytest.approx(expected)


def test_a_place_that_is_not_listed_is_refused(run):
    with pytest.raises(StudyError, match="999999"):
        industry.kind_share(run, place="999999", kind="tertiary")
    with pytest.raises(StudyError, match="999999"):
        ties.place_shift(run, place="999999", direction="up")


def test_a_quotient_of_few_sampled_jobs_decides_nothing(run):
    sector = "international_organisations"
    assert industry.sector_quotient(run, place="140106", sector=sector).verdict == "no data"
    assert industry.sector_quotient(run, place="140106", sector="finance").value > 3


def test_value_added_of_a_year_with_gaps_is_no_data(run):
    assert industry.value_added(run, kind="tertiary", first=1999, last=2023).verdict == "no data"
    asked = {"kind": "tertiary", "first": 2015, "last": 2020}
    assert industry.value_added(run, **asked).verdict == "supported"
    back = {"kind": "tertiary", "first": 2020, "last": 2015}
    assert industry.value_added(run, **back).verdict == "contradicted"
    # Growth says nothing of the make-up inside services; a fall contradicts both halves.
    assert industry.value_added(run, **asked, grade=True).verdict == "no data"
    assert industry.value_added(run, **back, grade=True).verdict == "contradicted"


def test_shares_of_prefectures_shift_to_zero_in_all(run):
    prefectures = run.frame("counties")["prefecture"].unique()
    moved = [ties.place_shift(run, place=p, direction="up").value for p in prefectures]
    assert sum(moved) == pytest.approx(0, abs=1e-9)


def test_a_circle_of_a_date_that_was_not_computed_is_no_data(run):
    found = ties.circle_growth(run, core="140900", first="2019-10-31", last="2024-12-31")
    assert (found.verdict, found.value) == ("supported", 1296315)
    assert ties.circle_growth(
        run, core="140900", first="1999-01-01", last="2024-12-31"
    ).verdict == ("no data")


def test_ties_do_not_grow_between_equal_networks_and_decide_nothing(run):
    same = {"first": "2024-12-31", "last": "2024-12-31"}
    found = ties.tie_growth(run, groups=["north_circle"], partners=["central_cluster"], **same)
    assert (found.verdict, found.value) == ("no data", 0)
    found = ties.access_gain(run, origin="140200", destinations=["110000"], **same)
    assert (found.verdict, found.value) == ("no data", 0)
    dates = {"first": "2019-10-31", "last": "2024-12-31"}
    assert ties.access_gain(run, origin="140200", destinations=["110000"], **dates).value > 0


def test_access_of_all_counties_is_their_mean_by_residents(run):
    dates = {"first": "2019-10-31", "last": "2024-12-31"}
    counties = run.frame("counties")["place"].tolist()
    people = run.region.places.set_index("place")["residents"].reindex(counties).to_numpy()
    means = [
        (run.between(run.dated(d), counties, ["110000"]).minutes[:, 0] * people).sum()
        / people.sum()
        for d in dates.values()
    ]
    found = ties.access_gain(run, destinations=["110000"], **dates)
    assert found.value == pytest.approx(means[0] - means[1])


def test_pull_without_observed_shopping_decides_nothing(run):
    found = ties.trade_area(run, centre="140100")
    assert found.verdict == "no data"
    assert 0 < found.value < 1


def test_a_way_decides_only_where_all_of_it_was_measured(run):
    asked = {"origin": "140100", "destination": "140900", "date": "2024-12-31"}
    assert travel.road_time(run, minutes=90, **asked).verdict == "no data"
    assert travel.road_time(run, minutes=30, **asked).verdict == "no data"
    sure = with_tables(run, links=run.region.links.assign(minutes_basis="measured"))
    assert travel.road_time(sure, minutes=90, **asked).verdict == "supported"
    assert travel.road_time(sure, minutes=30, **asked).verdict == "contradicted"


def with_tables(run: Run, **tables) -> Run:
    """The same run on a region some of whose tables are others."""
    region = replace(run.region, tables={**run.region.tables, **tables})
    return replace(run, study=replace(run.study, region=region), _routed={}, _kept={})


def test_factors_that_part_ways_have_no_one_answer(run):
    assert gathering.factors_shift(run, place="140100").verdict == "no data"
    table = run.region.indicators
    people = table[table["indicator"] == "population_year_end"]
    others = ("employed_urban_units", "deposits_outstanding", "loans_outstanding")
    like = [people.assign(indicator=name) for name in others]
    alike = with_tables(run, indicators=pd.concat([people, *like]))
    assert gathering.factors_shift(alike, place="140100").verdict == "supported"
    assert gathering.factors_shift(alike, place="140900").verdict == "contradicted"


def test_size_and_density_may_contradict_and_never_confirm(run):
    assert gathering.size_and_output(run).verdict == "no data"
    assert gathering.density_and_growth(run).verdict == "no data"
    places = run.region.places
    size = places[places["kind"] == "district"].groupby("parent")["residents"].sum()
    gdp = places["residents"] / places["place"].map(size)
    upturned = with_tables(run, places=places.assign(gdp=gdp))
    assert gathering.size_and_output(upturned).verdict == "contradicted"


def test_elements_are_counted_and_lie_as_they_are_called(run):
    north, south = "north_circle", "south_circle"
    named = layout_checks.groups_named
    assert named(run, kind="circle", expected=3, north_first=[north, south]).verdict == "supported"
    assert (
        named(run, kind="circle", expected=3, north_first=[south, north]).verdict == "contradicted"
    )
    assert named(run, kind="circle", expected=4, north_first=[]).verdict == "contradicted"


def test_counties_that_no_element_holds_are_counted_and_named(run):
    parent = "one_cluster_two_zones_three_circles"
    assert layout_checks.groups_cover(run, parent=parent).verdict == "supported"
    rows = run.region.place_group_members
    bare = with_tables(run, place_group_members=rows[rows["group"] != "north_circle"])
    found = layout_checks.groups_cover(bare, parent=parent)
    assert found.verdict == "contradicted"
    assert found.value < 117
    assert "none" in found.en


def test_named_projects_need_a_row_and_a_source(run):
    assert plans.projects_listed(run, projects=["P01", "P02"], expected=2).verdict == "supported"
    assert plans.projects_listed(run, projects=["P01"], expected=2).verdict == "contradicted"
    with pytest.raises(StudyError, match="P999"):
        plans.projects_listed(run, projects=["P999"], expected=1)


def test_without_censuses_and_districts_nothing_is_decided(run):
    bare = replace(run, tables={k: t for k, t in run.tables.items() if k == "counties"})
    for found in (
        gathering.density_and_growth(bare),
        ties.place_shift(bare, place="140100", direction="up"),
        ties.circle_growth(bare, core="140100", first="2019-10-31", last="2024-12-31"),
        industry.sector_quotient(bare, place="140106", sector="finance"),
    ):
        assert found.verdict == "no data"
        assert np.isnan(found.value)
