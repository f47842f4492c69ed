"""The economy of a study as a table: people, jobs and income by place, each with its basis."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import StudyError
from buju.study.context import Run

OBSERVED, MODELLED = "observed", "modelled"


def economy(run: Run, scaled_in: str | None = None) -> pd.DataFrame:
    """People, jobs and income per job of every place that the equilibrium holds.

    Jobs by workplace that the region does not give are modelled: the sampled employed residents of
    each county, scaled within its prefecture so that jobs sum to residents there, since net
    commuting then stays within prefectures, or within the region (`simulate.jobs_scaled_in`). An
    outside place has as many jobs as residents. A place without GDP gets that of another per head,
    where the study says of which (`simulate.gdp_per_head_of`).

    Parameters
    ----------
    scaled_in
        "prefecture" or "region"; what the study says where nothing is given.

    Returns
    -------
    DataFrame
        One row a county, then one an outside place where the study has them: `place`, `residents`,
        `jobs` (persons; both sum to the same), `gdp` (1e8 CNY), `jobs_basis`, `gdp_basis`.

    Raises
    ------
    StudyError
        A place has no GDP, a county no employment to model its jobs from, or no jobs at all.
    """
    frame = _inside(run, scaled_in or run.study.spec.simulate.jobs_scaled_in)
    if run.study.spec.simulate.outside == "cities":
        frame = pd.concat([frame, _outside(run)], ignore_index=True)
    return _checked(_with_gdp(frame, run.study.spec.simulate.gdp_per_head_of))


def _inside(run: Run, scaled_in: str) -> pd.DataFrame:
    counties = run.region.level("county")
    frame = pd.DataFrame(counties[["place", "name_zh", "parent", "residents", "gdp", "gdp_basis"]])
    given = counties["jobs"].notna()
    if given.any() and not given.all():
        missing = counties.loc[~given, "place"].iloc[0]
        raise StudyError(
            f"places.csv gives jobs for {given.sum()} counties and none for {(~given).sum()}, "
            f"first {missing}; give all of them, or none so that they are modelled",
            f"places.csv 中 {(~given).sum()} 个县没有就业人数，首个为 {missing}；"
            "请全部填写或全部留空",
        )
    if given.all():
        scale = frame["residents"].sum() / counties["jobs"].sum()
        return frame.assign(jobs=counties["jobs"] * scale, jobs_basis=OBSERVED)
    jobs = modelled_jobs(run, frame, run.study.spec.year, scaled_in)
    return frame.assign(jobs=jobs, jobs_basis=MODELLED)


def modelled_jobs(
    run: Run, counties: pd.DataFrame, year: int, scaled_in: str = "prefecture"
) -> pd.Series:
    """The sampled employed of a year, scaled so that they sum to residents in each prefecture.

    Parameters
    ----------
    counties
        Columns `place`, `parent`, `residents`.

    Raises
    ------
    StudyError
        A county has no employment above zero in that year.
    """
    sample = counties["place"].map(sampled(run, year))
    lacking = counties["place"][~(sample > 0)]
    if len(lacking):
        raise StudyError(
            f"{len(lacking)} counties have neither jobs (places.csv) nor employment of {year} "
            f"(employment.csv) above zero, first {lacking.iloc[0]}; add one of them",
            f"{len(lacking)} 个县既无就业人数也无 {year} 年分行业就业，首个为 {lacking.iloc[0]}",
        )
    above = counties["parent"].fillna("")
    if scaled_in == "region":
        above = above.where(above == "", "")
    rate = counties.groupby(above)["residents"].sum() / sample.groupby(above).sum()
    return sample * above.map(rate)


def sampled(run: Run, year: int) -> pd.Series:
    """Employed persons counted in a year by place, over all sectors."""
    table = run.region.employment
    return table[table["year"] == year].groupby("place")["jobs"].sum()


def _outside(run: Run) -> pd.DataFrame:
    outside = pd.DataFrame(run.region.outside_places[["place", "name_zh", "residents", "gdp"]])
    return outside.assign(
        jobs=outside["residents"], jobs_basis="equal to residents", gdp_basis=OBSERVED
    )


def _with_gdp(frame: pd.DataFrame, like: dict[str, str]) -> pd.DataFrame:
    """Fill the GDP of places the study names with another's GDP per head."""
    at = frame.set_index("place")
    for place, other in like.items():
        for name in (place, other):
            if name not in at.index:
                raise StudyError(f"simulate.gdp_per_head_of: {name!r} is no place of the economy")
        if at.loc[place, "gdp"] > 0:
            raise StudyError(
                f"simulate.gdp_per_head_of: {place} has a GDP of its own "
                f"({at.loc[place, 'gdp']:g}); take it out of the list"
            )
        per_head = at.loc[other, "gdp"] / at.loc[other, "residents"]
        at.loc[place, "gdp"] = per_head * at.loc[place, "residents"]
        at.loc[place, "gdp_basis"] = f"per head of {other}"
    return at.reset_index()


def _checked(frame: pd.DataFrame) -> pd.DataFrame:
    lacking = frame[~(frame["gdp"] > 0)]
    if len(lacking):
        first = lacking.iloc[0]
        raise StudyError(
            f"{len(lacking)} places have no GDP above zero, first {first['place']} "
            f"({first['name_zh']}); give `gdp`, or say in the study whose GDP per head to take: "
            "simulate.gdp_per_head_of",
            f"{len(lacking)} 个地点没有生产总值，首个为 {first['place']}（{first['name_zh']}）",
        )
    people, jobs = frame["residents"].sum(), frame["jobs"].sum()
    if not np.isclose(people, jobs, rtol=1e-12):
        raise StudyError(f"jobs sum to {jobs:.0f} and residents to {people:.0f}; they must agree")
    return frame[["place", "residents", "jobs", "gdp", "jobs_basis", "gdp_basis"]]
