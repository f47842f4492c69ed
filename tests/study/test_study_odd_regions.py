"""Small and odd regions run to a report; what cannot be computed is left out with its reason."""

import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "region"))
from odd import YEAR, odd_region, write_study

from buju.report import render
from buju.study import run_study

ODD = {
    "three counties": {},
    "one county": {"residents": (300_000,)},
    "two counties": {"residents": (300_000, 200_000)},
    "three equal prefectures": {"residents": (1e5, 1e5, 1e5), "prefectures": 3},
    "equal counties": {"residents": (1e5,) * 7},
    "no prefecture": {"prefectures": 0},
    "prefectures without counties": {"parents": False},
    "employment, no jobs": {"jobs": "employment"},
    "jobs and employment": {"jobs": "both", "groups": True},
    "outside places": {"outside": 2},
    "layout": {"groups": True},
    "rail": {"rail": True, "outside": 1, "prefectures": 3, "jobs": "employment"},
    "eight equal prefectures": {"residents": (1e5,) * 8, "prefectures": 8},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A function that runs an odd region and returns its bundle and its Chinese page."""

    def go(tables, **more):
        folder = tmp_path_factory.mktemp("odd")
        bundle = run_study(write_study(folder, tables, **more))
        return bundle, render(bundle, language="both").read_text(encoding="utf-8")

    return go


def _scenarios(tables):
    county = tables["places"].query("level == 'county'")["place"].iloc[0]
    return {"base": {}, "up": {"zones": {county: {"productivity": "+3%"}}}}


@pytest.mark.parametrize("name", list(ODD))
def test_an_odd_region_runs_to_a_report(run, name):
    tables = odd_region(**ODD[name])
    bundle, page = run(tables, scenarios=_scenarios(tables))
    assert bundle.frame("certificates")["verdict"].tolist() == ["certified"]
    assert "虚构小区域" in page
    assert set(bundle.manifest["left_out"]).isdisjoint(bundle.names)


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # each example is a whole run: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.integers(2_000, 2_000_000), min_size=1, max_size=9),
    st.integers(0, 4),
    st.sampled_from(["given", "employment", "both"]),
    st.integers(0, 2),
    st.booleans(),
    st.booleans(),
)
def test_whatever_an_office_has_runs(run, residents, prefectures, jobs, outside, groups, rail):
    tables = odd_region(
        tuple(residents),
        prefectures=min(prefectures, len(residents)),
        jobs=jobs,
        outside=outside,
        groups=groups,
        rail=rail and len(residents) + outside > 1,
    )
    bundle, _ = run(tables, scenarios=_scenarios(tables))
    assert bundle.frame("certificates")["verdict"].tolist() == ["certified"]


def test_equal_prefectures_have_no_rank_size_and_the_report_says_why(run):
    tables = odd_region((1e5,) * 8, prefectures=8)
    bundle, page = run(tables)
    assert "rank_size" not in bundle.names
    said = bundle.manifest["left_out"]["rank_size"]
    assert "需要至少三个规模不等的地点（现有 8 个）" in said["zh"]
    assert "three or more places of unequal size" in said["en"]

    assert "需要至少三个规模不等的地点" in page


def test_an_exponent_of_few_cities_is_not_printed(run):
    tables = odd_region((3e5, 299_000, 298_000), prefectures=3)
    bundle, page = run(tables)
    assert "rank_size" not in bundle.names
    assert "只有 3 个地级市；少于 8 个时" in page
    assert "the region has 3 prefectures; below 8" in page


@pytest.mark.parametrize("cores", [["990101"], ["990101", "990102"], ["990100"]])
def test_cores_of_a_small_region(run, cores):
    tables = odd_region(groups=True)
    tables["nodes"].loc[len(tables["nodes"])] = ["p", 111.0, 38.01, "seat", "990100"]
    row = ["P1", "p", "n990101", "road", 5.0, "both", "estimate", "operating"]
    tables["links"].loc[len(tables["links"])] = row
    bundle, _ = run(tables, measure={"cores": cores})
    assert set(bundle.frame("circles")["core"]) == set(cores)


def test_a_core_without_gdp_has_no_field(run):
    tables = odd_region(groups=True)
    tables["nodes"].loc[len(tables["nodes"])] = ["p", 111.0, 38.01, "seat", "990100"]
    row = ["P1", "p", "n990101", "road", 5.0, "both", "estimate", "operating"]
    tables["links"].loc[len(tables["links"])] = row
    tables["places"].loc[0, "gdp"] = None
    bundle, page = run(tables, measure={"cores": ["990100"]})
    assert "attraction" not in bundle.names
    assert bundle.manifest["left_out"]["attraction"]["zh"] in page


def test_a_census_of_some_counties_is_left_out_and_named(run):
    tables = odd_region(groups=True)
    rows = [("990101", 2010, "population_census", 2e5), ("990101", YEAR, "population_census", 3e5)]
    tables["indicators"] = pd.DataFrame(rows, columns=["place", "year", "indicator", "value"])
    tables["indicator_definitions"] = pd.DataFrame(
        {
            "indicator": ["population_census"],
            "name_zh": ["普查人口"],
            "name_en": ["Census"],
            "unit": ["person"],
        }
    )
    bundle, page = run(tables)
    assert "county_shift" not in bundle.names
    assert "缺少 2 个县 2010 年的普查人口" in page
    assert "no population_census of 2010 for 2 counties, first 990102" in page


def test_a_first_year_that_is_not_earlier_is_left_out(run):
    tables = odd_region(year=2010, groups=True)
    bundle, _ = run(tables)
    assert "2010）不早于研究年份" in bundle.manifest["left_out"]["county_shift"]["zh"]


def test_an_element_without_members(run):
    tables = odd_region(groups=True)
    tables["place_group_members"] = tables["place_group_members"].query("group == 'g1'")
    bundle, _ = run(tables, scenarios=_scenarios(tables))
    assert bundle.frame("elements").set_index("group").loc["g2", "counties"] == 0
