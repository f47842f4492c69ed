"""Checks of sectors and ties on Shanxi's tables: what they say, and when they do not know."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from buju.errors import StudyError
from buju.study import load_study
from buju.study.claims import industry, ties
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
    found = industry.value_added(run, kind="tertiary", first=2015, last=2020)
    assert found.verdict == "supported"


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


def test_ties_do_not_grow_between_equal_networks(run):
    same = {"first": "2024-12-31", "last": "2024-12-31"}
    found = ties.tie_growth(run, groups=["north_circle"], partners=["central_cluster"], **same)
    assert (found.verdict, found.value) == ("contradicted", 0)
    found = ties.access_gain(run, origin="140200", destinations=["110000"], **same)
    assert (found.verdict, found.value) == ("contradicted", 0)


def test_access_gained_by_every_destination_or_not_at_all(run):
    dates = {"first": "2019-10-31", "last": "2024-12-31"}
    assert ties.access_gain(run, origin="140200", destinations=["110000"], **dates).value > 0
    both = ties.access_gain(run, origin="140900", destinations=["110000", "610100"], **dates)
    assert both.verdict == "contradicted"


def test_a_road_that_carries_the_announced_minutes_cannot_confirm_them(run):
    asked = {"origin": "140100", "destination": "140900", "date": "2024-12-31"}
    assert ties.road_time(run, minutes=90, **asked).verdict == "no data"
    assert ties.road_time(run, minutes=30, **asked).verdict == "contradicted"


def test_without_censuses_and_districts_nothing_is_decided(run):
    bare = replace(run, tables={k: t for k, t in run.tables.items() if k == "counties"})
    for found in (
        industry.districts_shift(bare),
        industry.density_and_growth(bare),
        ties.place_shift(bare, place="140100", direction="up"),
        ties.circle_growth(bare, core="140100", first="2019-10-31", last="2024-12-31"),
        industry.sector_quotient(bare, place="140106", sector="finance"),
    ):
        assert found.verdict == "no data"
        assert np.isnan(found.value)
