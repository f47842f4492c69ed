"""Stage `layout`: the places of the study, and the elements of the layout summed from them."""

from __future__ import annotations

import pandas as pd

from buju.region import Region
from buju.study.bundle import Table
from buju.study.context import Run


def stage(run: Run) -> dict[str, Table]:
    """Tables `counties`, `elements` and `sources`."""
    region = run.region
    tables = {"counties": _counties(region), "elements": _elements(region)}
    if not region.sources.empty:
        tables["sources"] = Table(region.sources, "数据来源", "Sources", basis="observed")
    return tables


def _counties(region: Region) -> Table:
    counties = named(pd.DataFrame(region.level("county").drop(columns="geometry")))
    parents = named(region.places).set_index("place")
    frame = counties[["place", "name_zh", "name_en"]].assign(
        prefecture=counties["parent"],
        prefecture_zh=counties["parent"].map(parents["name_zh"]),
        prefecture_en=counties["parent"].map(parents["name_en"]),
    )
    kept = ["lon", "lat", "area_km2", "year", "residents", "gdp", "gdp_year", "gdp_basis"]
    frame = frame.join(counties[kept])
    groups = _groups_of_places(region)
    frame["groups"] = pd.array([groups.get(place, "") for place in frame["place"]], dtype="str")
    return Table(
        frame,
        "县（市、区）基本情况",
        "Counties",
        {"area_km2": "km²", "residents": "person", "gdp": "1e8 CNY"},
        basis="observed",
        note_zh="生产总值依据见 gdp_basis：observed 为公布值，"
        "modelled 为按行业就业推算后平衡到地级市公布值。",
        note_en="GDP: `gdp_basis` says whether it was published or downscaled from the prefecture.",
    )


def named(places: pd.DataFrame) -> pd.DataFrame:
    """Places or elements with their Chinese name where no English one was given."""
    return places.assign(name_en=places["name_en"].fillna(places["name_zh"]))


def _groups_of_places(region: Region) -> dict[str, str]:
    belongs: dict[str, list[str]] = {}
    for group in region.place_groups["group"]:
        for place in region.members(group)["place"]:
            belongs.setdefault(place, []).append(group)
    return {place: ";".join(groups) for place, groups in belongs.items()}


def _elements(region: Region) -> Table:
    counties = region.level("county").set_index("place")
    rows = []
    for element in named(region.place_groups).to_dict("records"):
        members = region.members(element["group"])
        inside = members[members["place"].isin(counties.index)]
        weight = inside["weight"].to_numpy()
        sums = {
            name: float((counties[name].reindex(inside["place"]).to_numpy() * weight).sum())
            for name in ("area_km2", "residents", "gdp")
        }
        rows.append(
            {key: element[key] for key in ("group", "name_zh", "name_en", "kind", "parent")}
            | {"counties": len(inside), "inferred": int(inside["inferred"].sum())}
            | sums
            | {
                key: element[key]
                for key in ("members_announced", "area_announced_km2", "residents_announced")
            }
        )
    columns = ["group", "name_zh", "name_en", "kind", "parent", "counties", "inferred"]
    columns += ["area_km2", "residents", "gdp", "members_announced", "area_announced_km2"]
    return Table(
        pd.DataFrame(rows, columns=[*columns, "residents_announced"]),
        "布局要素：成员合计与公布数",
        "Elements of the layout: sums of members beside what was announced",
        {
            "counties": "count",
            "area_km2": "km²",
            "residents": "person",
            "gdp": "1e8 CNY",
            "area_announced_km2": "km²",
            "residents_announced": "person",
        },
        note_zh="只合计区域内的县；部分纳入的县按权重计；推断的成员单列。",
        note_en="Only counties of the region are summed, partly included ones by their weight.",
    )
