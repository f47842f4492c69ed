"""People, jobs and income of the invented strip, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from buju.errors import ParameterError
from buju.study.context import Run
from buju.study.economy import economy
from buju.study.load import load_study

STRIP = Path(__file__).parents[2] / "examples/strip"


@pytest.fixture(scope="module")
def study():
    return load_study(STRIP)


def run_with(study, **tables):
    changed = {name: edit(study.region.tables[name]) for name, edit in tables.items()}
    region = replace(study.region, tables=dict(study.region.tables) | changed)
    return Run(replace(study, region=region))


def no_jobs(places):
    return places.assign(jobs=np.nan)


def test_given_jobs_stay_as_given_and_outside_places_take_the_ratio(study):
    frame = economy(Run(study)).set_index("place")
    counties = study.region.level("county").set_index("place")
    assert (frame.loc[counties.index, "jobs"] == counties["jobs"]).all()
    outside = frame.drop(counties.index)
    ratio = counties["jobs"].sum() / counties["residents"].sum()
    assert (outside["jobs"] / outside["residents"]).to_numpy() == pytest.approx(ratio)
    assert set(frame["jobs_basis"]) == {"observed", "in the region's ratio to residents"}


def test_modelled_jobs_keep_sample_shares_inside_a_prefecture(study):
    run = run_with(study, places=no_jobs)
    frame = economy(run).set_index("place")
    table = run.region.employment
    sample = table[table["year"] == 2020].groupby("place")["jobs"].sum()
    counties = run.region.level("county").set_index("place")
    for _, group in counties.groupby("parent"):
        jobs = frame.loc[group.index, "jobs"]
        assert jobs.sum() == pytest.approx(group["residents"].sum(), rel=1e-12)
        ratio = jobs / sample[group.index]
        assert ratio.max() == pytest.approx(ratio.min(), rel=1e-12)
    assert set(frame.loc[counties.index, "jobs_basis"]) == {"modelled"}


def test_a_place_can_take_the_gdp_per_head_of_another(study):
    def cut(places):
        return places.assign(gdp=places["gdp"].where(places["place"] != "990104"))

    run = run_with(study, places=cut)
    spec = run.study.spec
    filled = spec.simulate.model_copy(update={"gdp_per_head_of": {"990104": "990105"}})
    told = Run(replace(run.study, spec=spec.model_copy(update={"simulate": filled})))
    frame = economy(told).set_index("place")
    per_head = frame["gdp"] / frame["residents"]
    assert per_head["990104"] == pytest.approx(per_head["990105"], rel=1e-12)
    assert frame.loc["990104", "gdp_basis"] == "per head of 990105"
    whole = Run(replace(study, spec=told.study.spec))
    with pytest.raises(ParameterError, match="990104 has a GDP of its own"):
        economy(whole)


def test_a_county_without_gdp_is_named(study):
    def cut(places):
        return places.assign(gdp=places["gdp"].where(places["place"] != "990104"))

    with pytest.raises(ParameterError, match="1 places have no GDP above zero, first 990104"):
        economy(run_with(study, places=cut))


def test_jobs_given_for_some_counties_only_are_refused(study):
    def cut(places):
        return places.assign(jobs=places["jobs"].where(places["place"] != "990104"))

    with pytest.raises(ParameterError, match="none for 1, first 990104"):
        economy(run_with(study, places=cut))


def test_a_county_without_any_employment_is_named(study):
    def cut(employment):
        return employment[employment["place"] != "990203"]

    with pytest.raises(ParameterError, match=r"1 counties have neither jobs .* first 990203"):
        economy(run_with(study, places=no_jobs, employment=cut))
