"""City clusters against presets of tiers, and cities by class of size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import measure
from buju.study.bundle import Table
from buju.study.census import URBAN, census
from buju.study.context import Run

_MEGA, _MILLION = 5e6, 1e6


def tier_tables(run: Run) -> dict[str, Table]:
    """Tables `cluster_tiers` and, where urban residents are known, `city_classes`."""
    cities = _cities(run)
    tables = {} if cities is None else {"city_classes": _classes(run, cities)}
    clusters = run.region.place_groups
    clusters = clusters[clusters["kind"].isin(["cluster", "circle"])]
    if not clusters.empty and run.study.spec.measure.tier_presets:
        tables["cluster_tiers"] = _tiers(run, list(clusters["group"]), cities)
    return tables


def _cities(run: Run) -> pd.Series | None:
    """Urban residents of the districts of each prefecture and of each county-level city."""
    urban = census(run, URBAN, run.study.spec.year)
    counties = run.region.level("county").set_index("place")
    kinds = counties["kind"].reindex(urban.index)
    if urban.empty or not kinds.isin(["district", "county_city"]).any():
        return None
    code = counties["parent"].reindex(urban.index).where(kinds == "district", urban.index)
    kept = kinds.isin(["district", "county_city"])
    return urban[kept].groupby(code[kept].to_numpy()).sum()


def _classes(run: Run, cities: pd.Series) -> Table:
    return Table(
        measure.city_classes(cities.sort_values(ascending=False)),
        "城市规模等级",
        "Cities by class of size",
        {"urban_residents": "person", "least": "person", "to_next": "person", "above": "person"},
        note_zh=f"{run.study.spec.year} 年普查：市辖区（合计）与县级市的城镇人口，"
        "代替未公布的城区常住人口；"
        "标未核实的界限没有见到原文。",
        note_en=f"Census of {run.study.spec.year}: urban residents of districts (summed) and of "
        "county-level cities stand for residents of the built-up city, which are not published; "
        "bounds `unverified` were not checked in print.",
    )


def _tiers(run: Run, groups: list[str], cities: pd.Series | None) -> Table:
    values = pd.concat([_values(run, group, cities) for group in groups], ignore_index=True)
    found = [
        measure.cluster_tiers(values, preset=preset)
        for preset in run.study.spec.measure.tier_presets
    ]
    names = run.region.place_groups.set_index("group")
    frame = pd.concat(found, ignore_index=True)
    frame.insert(1, "name_zh", frame["cluster"].map(names["name_zh"]))
    frame.insert(2, "name_en", frame["cluster"].map(names["name_en"]))
    years = "、".join(str(y) for y in run.frame("counties")["gdp_year"].dropna().unique())
    return Table(
        frame,
        "城市群等级：逐项指标、门槛与余量",
        "Tiers of city clusters, criterion by criterion",
        {"relative_margin": "share"},
        note_zh=f"人口为 {run.study.spec.year} 年，生产总值为 {years} 年；特大城市与百万人口城市"
        "按市辖区和县级市的城镇人口；缺数据的指标既不算达到也不算未达到；"
        "未核实的方案未见原文，仅供参考。",
        note_en=f"Residents of {run.study.spec.year}, GDP of {years}; mega cities and cities of a "
        "million by urban residents of districts and county-level cities; a criterion without "
        "data is neither met nor missed; unverified presets were not seen in print.",
    )


def _values(run: Run, group: str, cities: pd.Series | None) -> pd.DataFrame:
    """What is known of a cluster, by criterion."""
    members = run.region.members(group).set_index("place")["weight"]
    counties = run.frame("counties").set_index("place")
    members = members[members.index.isin(counties.index)]
    inside = counties.loc[members.index]
    total = {k: float((inside[k] * members).sum(skipna=False)) for k in _SUMMED}
    known = {
        "residents": total["residents"],
        "gdp": total["gdp"],
        "gdp_per_head": 1e8 * total["gdp"] / total["residents"],
        "gdp_per_km2": total["gdp"] / total["area_km2"],
        "residents_per_km2": total["residents"] / total["area_km2"],
        "core_gdp_share": _core_share(run, group, inside, members, total["gdp"]),
        "non_agricultural_share": _non_agricultural(run, set(inside["prefecture"])),
    }
    if cities is not None:
        urban = census(run, URBAN, run.study.spec.year).reindex(inside.index)
        known["urban_share"] = float((urban * members).sum(skipna=False)) / total["residents"]
        own = cities[cities.index.isin(set(inside.index) | set(inside["prefecture"]))]
        known["mega_cities"] = float((own >= _MEGA).sum())
        known["cities_over_1m"] = float((own >= _MILLION).sum())
    frame = pd.DataFrame({"criterion": list(known), "value": list(known.values())})
    return frame.assign(cluster=group)


_SUMMED = ("residents", "gdp", "area_km2")


def _core_share(run: Run, group: str, inside: pd.DataFrame, weight: pd.Series, gdp: float) -> float:
    core = run.region.place_groups.set_index("group").loc[group, "core"]
    mine = inside["prefecture"] == core
    return float((inside["gdp"] * weight)[mine].sum() / gdp) if mine.any() else np.nan


def _non_agricultural(run: Run, prefectures: set[str]) -> float:
    """Secondary and tertiary share of value added, latest year that all its prefectures have."""
    table = run.region.indicators
    names = ["va_primary", "va_secondary", "va_tertiary"]
    chosen = table[table["indicator"].isin(names) & table["place"].isin(prefectures)]
    wide = chosen.pivot_table(index="year", columns=["indicator", "place"], values="value")
    full = wide.dropna() if wide.shape[1] == len(names) * len(prefectures) else wide.head(0)
    if full.empty:
        return float("nan")
    latest = full.loc[full.index.max()].groupby("indicator").sum()
    return float(1 - latest["va_primary"] / latest.sum())
