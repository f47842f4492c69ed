"""The economy of a region as a table, and as a baseline: people, jobs and income by place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.network import Scenario, times_matrix
from buju.region import Region
from buju.simulate.calibrate import Costs
from buju.simulate.costs import CostFunction
from buju.simulate.economy import Baseline
from buju.simulate.prepare import prepare

OBSERVED, MODELLED = "observed", "modelled"
COMMUTING_DECAY, TRADE_ELASTICITY = 4.43, 1.29
"""Falls of commuting and of trade with distance between counties: Monte, Redding and Rossi-Hansberg
(2018), https://doi.org/10.1257/aer.20151507; taken here for minutes."""


def regional_economy(
    region: Region,
    *,
    year: int,
    outside: bool = True,
    scaled_in: str = "prefecture",
    gdp_per_head_of: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """People, jobs and income of every place of a region, and of the places outside it.

    Jobs by workplace that the region does not give are modelled: the sampled employed residents of
    each county, scaled within its prefecture so that jobs sum to residents there, since net
    commuting then stays within prefectures. An outside place has as many jobs to a resident as the
    region has.

    Parameters
    ----------
    region
        Its places, outside places and, where jobs are not given, employment.
    year
        Year of the employment.
    outside
        Whether outside places take part.
    scaled_in
        "prefecture", or "region" where net commuting between prefectures is thought large.
    gdp_per_head_of
        {place without GDP: place whose GDP per head it takes}.

    Returns
    -------
    DataFrame
        One row a county, then one an outside place: `place`, `residents`, `jobs` (persons), `gdp`
        (1e8 CNY), `jobs_basis`, `gdp_basis`.

    Raises
    ------
    ParameterError
        A place has no GDP, jobs are given for some counties only, or a county has no employment to
        model its jobs from.
    """
    frame = _inside(region, year, scaled_in)
    if outside and len(region.outside_places):
        frame = pd.concat([frame, _outside(region, frame)], ignore_index=True)
    return _checked(_with_gdp(frame, gdp_per_head_of or {}))


def regional_baseline(region: Region, model: Any, costs: Costs | None = None) -> Baseline:
    """A baseline calibrated to a region's totals on its network at the end of the base year.

    Outside places whose GDP is known take part (the baseline's labels say which), but nobody
    crosses the region's border daily. Costs fall with minutes as between counties in the literature
    where none are given.
    """
    year = int(region.level("county")["year"].max())
    people = regional_economy(region, year=year, outside=False)
    beyond = _outside(region, people)
    people = pd.concat([people, beyond[beyond["gdp"] > 0]], ignore_index=True)
    base = Scenario(date=f"{year}-12-31")
    travel, freight = (times_matrix(region, base, mode=mode) for mode in ("all", "goods"))
    places = list(people["place"])
    minutes = pd.DataFrame(travel.minutes, travel.rows, travel.columns).loc[places, places]
    goods = pd.DataFrame(freight.minutes.T, freight.columns, freight.rows).loc[places, places]
    return prepare(
        people,
        within_borders(region, minutes),
        goods,
        model=model,
        costs=costs or _default_costs(model),
    ).baseline


def within_borders(region: Region, minutes: pd.DataFrame) -> pd.DataFrame:
    """Minutes of daily trips: infinite across the region's border.

    An outside place stands for a whole prefecture at one point, so that its jobs are not all where
    its seat is: people there work there, and nobody crosses the border daily.
    """
    outside = minutes.index.isin(region.outside_places["place"])
    crossing = (outside[:, None] | outside[None]) & ~np.eye(len(minutes), dtype=bool)
    return minutes.mask(crossing, np.inf)


def _default_costs(model: Any) -> Costs:
    falls = CostFunction.from_elasticity
    return Costs(
        commuting=falls("power", COMMUTING_DECAY, model.epsilon),
        trade=falls("power", TRADE_ELASTICITY, model.sigma - 1),
    )


def _inside(region: Region, year: int, scaled_in: str) -> pd.DataFrame:
    counties = region.level("county")
    frame = pd.DataFrame(counties[["place", "name_zh", "parent", "residents", "gdp", "gdp_basis"]])
    given = counties["jobs"].notna()
    if given.any() and not given.all():
        missing = counties.loc[~given, "place"].iloc[0]
        raise ParameterError(
            f"places.csv gives jobs for {given.sum()} counties and none for {(~given).sum()}, "
            f"first {missing}; give all of them, or none so that they are modelled",
            f"places.csv 中 {(~given).sum()} 个县没有就业人数，首个为 {missing}；"
            "请全部填写或全部留空",
        )
    if given.all():
        return frame.assign(jobs=counties["jobs"], jobs_basis=OBSERVED)
    jobs = modelled_jobs(region, frame, year, scaled_in)
    return frame.assign(jobs=jobs, jobs_basis=MODELLED)


def modelled_jobs(
    region: Region, counties: pd.DataFrame, year: int, scaled_in: str = "prefecture"
) -> pd.Series:
    """The sampled employed of a year, scaled so that they sum to residents in each prefecture.

    Parameters
    ----------
    counties
        Columns `place`, `parent`, `residents`.

    Raises
    ------
    ParameterError
        A county has no employment above zero in that year.
    """
    sample = counties["place"].map(sampled(region, year))
    lacking = counties["place"][~(sample > 0)]
    if len(lacking):
        raise ParameterError(
            f"{len(lacking)} counties have neither jobs (places.csv) nor employment of {year} "
            f"(employment.csv) above zero, first {lacking.iloc[0]}; add one of them",
            f"{len(lacking)} 个县既无就业人数也无 {year} 年分行业就业，首个为 {lacking.iloc[0]}",
        )
    above = counties["parent"].fillna("")
    if scaled_in == "region":
        above = above.where(above == "", "")
    rate = counties.groupby(above)["residents"].sum() / sample.groupby(above).sum()
    return sample * above.map(rate)


def sampled(region: Region, year: int) -> pd.Series:
    """Employed persons counted in a year by place, over all sectors."""
    table = region.employment
    return table[table["year"] == year].groupby("place")["jobs"].sum()


def _outside(region: Region, inside: pd.DataFrame) -> pd.DataFrame:
    """Outside places, with the region's ratio of jobs to residents."""
    outside = pd.DataFrame(region.outside_places[["place", "name_zh", "residents", "gdp"]])
    ratio = inside["jobs"].sum() / inside["residents"].sum()
    return outside.assign(
        jobs=outside["residents"] * ratio,
        jobs_basis="in the region's ratio to residents",
        gdp_basis=OBSERVED,
    )


def _with_gdp(frame: pd.DataFrame, like: Mapping[str, str]) -> pd.DataFrame:
    """Fill the GDP of places the study names with another's GDP per head."""
    at = frame.set_index("place")
    for place, other in like.items():
        for name in (place, other):
            if name not in at.index:
                raise ParameterError(f"gdp_per_head_of: {name!r} is no place of the economy")
        if at.loc[place, "gdp"] > 0:
            raise ParameterError(
                f"gdp_per_head_of: {place} has a GDP of its own "
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
        raise ParameterError(
            f"{len(lacking)} places have no GDP above zero, first {first['place']} "
            f"({first['name_zh']}); give `gdp`, or say in the study whose GDP per head to take: "
            "gdp_per_head_of",
            f"{len(lacking)} 个地点没有生产总值，首个为 {first['place']}（{first['name_zh']}）",
        )
    return frame[["place", "residents", "jobs", "gdp", "jobs_basis", "gdp_basis"]]
