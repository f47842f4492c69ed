"""From the region's figures to the indicators of an index: year, cover, what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from buju.errors import StudyError
from buju.measure.index import Indicators, make_indicators, read_tree
from buju.region import Region
from buju.study.assess_spec import AssessSpec
from buju.study.filling import read_filled

_BELOW = " ÷"
UNOFFICIAL = "非官方考核 / not an official assessment"


@dataclass(frozen=True)
class Assembled:
    """Indicators of an index with what became of each element of its system.

    Attributes
    ----------
    data
        Those that cover enough.
    elements
        One row an indicator of the system: code, parent, name_zh, name_en, indicator, denominator,
        unit (of the figure, before division), direction, weight, year, covered, places, used,
        state, source, note. `state`: `used`, `few` (figures for too few places), `none` (an
        indicator without figures) or `unnamed` (no indicator at all).
    groups
        The system's groups: code, name_zh, name_en, parent.
    """

    data: Indicators
    elements: pd.DataFrame
    groups: pd.DataFrame


def chosen_places(region: Region, spec: AssessSpec) -> list[str]:
    """Codes of the places that are ranked, in the order of `places`."""
    every = list(region.level(spec.level)["place"])
    return [place for place in every if not spec.places or place in spec.places]


def figures(region: Region, spec: AssessSpec, folder: Any) -> pd.DataFrame:
    """Indicators of the region and those filled in, one table."""
    columns = ["place", "year", "indicator", "value"]
    filled = read_filled([folder / file for file in spec.filled], region)
    own = region.indicators[columns]
    return pd.concat([own, filled[columns]], ignore_index=True) if len(filled) else own


def elements(
    region: Region, spec: AssessSpec, table: pd.DataFrame, index: str, year: int
) -> pd.DataFrame:
    """Every leaf of a system with the year and cover of its figures; see `Assembled`."""
    rows = region.index_trees
    rows = rows[rows["index"] == index]
    places = chosen_places(region, spec)
    units = region.indicator_definitions.set_index("indicator")["unit"]
    leaves = rows[rows["kind"] == "indicator"]
    found = []
    for row in leaves.to_dict("records"):
        at, covered = _latest(table, row, places, spec, year)
        share = covered / len(places)
        named = not pd.isna(row["indicator"])
        used = named and at is not None and share >= spec.cover
        state = "used" if used else "few" if covered else "none" if named else "unnamed"
        found.append(row | {
            "unit": str(units[row["indicator"]]) if named else "", "year": at,
            "covered": covered, "places": len(places), "used": used, "state": state,
        })  # fmt: skip
    frame = pd.DataFrame(found)
    frame["year"] = frame["year"].astype("Int64")
    return frame.drop(columns=["index", "kind"])


def assemble(
    region: Region, spec: AssessSpec, table: pd.DataFrame, *, year: int | None = None
) -> Assembled:
    """The indicators of the study's system as the index takes them.

    Raises
    ------
    StudyError
        No indicator covers enough places.
    """
    asked = spec.year if year is None else year
    listed = elements(region, spec, table, spec.index, asked)
    used = listed[listed["used"]]
    if used.empty:
        raise StudyError(
            f"assess.index {spec.index!r}: no indicator has figures of {asked - spec.years_back} "
            f"to {asked} for {spec.cover:.0%} of the places; fill the sheet or lower assess.cover",
            f"assess.index {spec.index!r}：没有一项指标覆盖 {spec.cover:.0%} 的地点；请填报或降低 "
            "assess.cover",
        )
    rows = region.index_trees
    rows = rows[rows["index"] == spec.index]
    groups = rows[rows["kind"] == "group"]
    kept = _with_ancestors(set(used["code"]), rows)
    places = chosen_places(region, spec)
    values, below = {}, {}
    for row in used.to_dict("records"):
        values[row["code"]] = _column(table, row["indicator"], int(row["year"]), places)
        if not pd.isna(row["denominator"]):
            below[row["code"] + _BELOW] = _column(
                table, row["denominator"], int(row["year"]), places
            )
    tree = read_tree(
        [_node(row, row["code"] + _BELOW in below) for row in rows.to_dict("records")
         if row["code"] in kept],
        name=f"index_trees.csv, {spec.index}",
    )  # fmt: skip
    names = region.places.set_index("place")["name_zh"].reindex(places)
    data = make_indicators(
        tree, pd.DataFrame(values, index=places),
        denominators=pd.DataFrame(below, index=places) if below else None,
        names=names, small_percent="note",
        notes=(UNOFFICIAL, *mixed_prices(used, region.indicator_definitions)),
    )  # fmt: skip
    shown = groups[["code", "parent", "name_zh", "name_en", "weight", "note"]]
    return Assembled(data, listed, shown.reset_index(drop=True))


def mixed_prices(used: pd.DataFrame, definitions: pd.DataFrame) -> tuple[str, ...]:
    """A note where rates of growth at constant and at current prices stand in one index.

    Parameters
    ----------
    used
        Elements with their `indicator` and `unit`.
    definitions
        `indicator_definitions`; `prices` says which.
    """
    prices = definitions.set_index("indicator")["prices"]
    rates = used[used["unit"].isin(["percent", "percent/year"]) & used["denominator"].isna()]
    found = {
        kind: [str(i) for i in rates["indicator"] if prices.get(i) == kind]
        for kind in ("constant", "current")
    }
    if not all(found.values()):
        return ()
    constant, current = (", ".join(found[kind]) for kind in ("constant", "current"))
    return (
        f"growth at constant prices ({constant}) stands beside growth at current prices "
        f"({current}); taken as given / 不变价与现价增长率并列：{constant}；{current}",
    )


def _latest(
    table: pd.DataFrame, row: dict[str, Any], places: list[str], spec: AssessSpec, year: int
) -> tuple[int | None, int]:
    """The latest year whose cover is enough, else the one with the most; and its places."""
    if pd.isna(row["indicator"]):
        return None, 0
    window = table[table["year"].between(year - spec.years_back, year)]
    years = sorted(window.loc[window["indicator"] == row["indicator"], "year"].unique())
    best: tuple[int | None, int] = (None, 0)
    for at in reversed(years):
        there = _column(table, row["indicator"], int(at), places).notna()
        if not pd.isna(row["denominator"]):
            there &= _column(table, row["denominator"], int(at), places) > 0
        covered = int(there.sum())
        if covered >= spec.cover * len(places):
            return int(at), covered
        if covered > best[1]:
            best = int(at), covered
    return best


def _column(table: pd.DataFrame, indicator: str, year: int, places: list[str]) -> pd.Series[float]:
    rows = table[(table["indicator"] == indicator) & (table["year"] == year)]
    return rows.set_index("place")["value"].reindex(places)


def _node(row: dict[str, Any], divided: bool) -> dict[str, Any]:
    plain = {k: None if pd.isna(row[k]) else row[k] for k in ("direction", "weight", "scale")}
    return {
        "code": row["code"], "parent": "" if pd.isna(row["parent"]) else row["parent"],
        "direction": plain["direction"], "name": row["name_zh"],
        "weight": 1.0 if plain["weight"] is None else plain["weight"],
        "denominator": row["code"] + _BELOW if divided else "",
        "scale": 1.0 if plain["scale"] is None else plain["scale"],
    }  # fmt: skip


def _with_ancestors(codes: set[str], rows: pd.DataFrame) -> set[str]:
    parents = dict(zip(rows["code"], rows["parent"], strict=True))
    kept = set(codes)
    for code in codes:
        above = parents[code]
        while not pd.isna(above) and above not in kept:
            kept.add(above)
            above = parents.get(above, pd.NA)
    return kept
