"""How the weights of groups moved between two years."""

from __future__ import annotations

import pandas as pd

from buju.errors import SchemaError
from buju.measure.checks import FEW
from buju.measure.tables import require_columns, table


def population_shift(first: pd.DataFrame, last: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Where people or jobs gathered between two years, by element of the layout.

    Parameters
    ----------
    first, last
        One row a place: `place`, `value` (people or jobs, >= 0), the same places in both years;
        all of them together are the whole that shares refer to. Bring both years to one set of
        boundaries first.
    groups
        Members: `group`, `place`, and `weight` (share of the place that belongs, 0 to 1) if any
        place belongs in part. Groups may overlap, so their shares need not sum to 1.

    Returns
    -------
    DataFrame
        One row a group, in order of appearance: `group`, `first`, `last`, `change` (in the unit of
        `value`), `growth` (change over first; NaN where first is 0), `first_share`, `last_share`
        and `share_points` (last less first share, in percentage points).

    Raises
    ------
    SchemaError
        A column or value is missing or repeated, the years hold different places, a member is
        not among them, a weight is above 1, or a year sums to zero.

    References
    ----------
    Own definition.

    Examples
    --------
    >>> first = pd.DataFrame({"place": ["A", "B", "C"], "value": [100, 200, 100]})
    >>> last = pd.DataFrame({"place": ["A", "B", "C"], "value": [180, 200, 20]})
    >>> groups = pd.DataFrame({"group": ["core", "rim", "rim"], "place": ["A", "B", "C"]})
    >>> shift = population_shift(first, last, groups)
    >>> shift[["group", "change", "first_share", "last_share", "share_points"]].round(3)
      group  change  first_share  last_share  share_points
    0  core    80.0         0.25        0.45          20.0
    1   rim   -80.0         0.75        0.55         -20.0
    """
    years = {
        name: table(frame, name=name, key=["place"], values=["value"]).set_index("place")["value"]
        for name, frame in (("first", first), ("last", last))
    }
    same_places(years["first"], years["last"])
    members = checked_members(groups, years["first"].index)
    sums = {name: group_sums(members, values) for name, values in years.items()}
    for name, values in years.items():
        if not values.sum() > 0:
            raise SchemaError(f"{name} sums to zero, so it has no shares.", f"{name} 合计为零。")
    share = {name: sums[name] / values.sum() for name, values in years.items()}
    change = sums["last"] - sums["first"]
    result = pd.DataFrame(
        {
            "first": sums["first"],
            "last": sums["last"],
            "change": change,
            "growth": change / sums["first"].where(sums["first"] > 0),
            "first_share": share["first"],
            "last_share": share["last"],
            "share_points": 100.0 * (share["last"] - share["first"]),
        }
    )
    return result.rename_axis("group").reset_index()


def same_places(first: pd.Series[float], last: pd.Series[float]) -> None:
    """Refuse two years that do not hold the same places."""
    odd = sorted(set(first.index) ^ set(last.index))
    if odd:
        shown = ", ".join(f"{x} ({'first' if x in first.index else 'last'})" for x in odd[:FEW])
        raise SchemaError(
            f"{len(odd)} places stand in one year only: {shown}; bring both years to the same "
            "boundaries.",
            f"{len(odd)} 个地点只出现在一个年份：{shown}；请统一到同一区划。",
        )


def checked_members(groups: pd.DataFrame, places: pd.Index) -> pd.DataFrame:
    """`group`, `place`, `weight` with known places and weights up to 1."""
    require_columns(groups, ["group", "place"], name="groups")
    weighed = groups if "weight" in groups.columns else groups.assign(weight=1.0)
    members = table(weighed, name="groups", key=["group", "place"], values=["weight"])
    unknown = members[~members["place"].isin(places)]
    heavy = members[members["weight"] > 1]
    if len(unknown) or len(heavy):
        row = (unknown if len(unknown) else heavy).iloc[0]
        fault = "has no value" if len(unknown) else f"weighs {row['weight']:g}, more than 1,"
        raise SchemaError(
            f"groups: place '{row['place']}' of group '{row['group']}' {fault} "
            f"({max(len(unknown), len(heavy))} such rows); correct the member or add the place.",
            f"groups：要素 {row['group']} 的成员 {row['place']} 无数据或权重大于 1。",
        )
    return members


def group_sums(members: pd.DataFrame, values: pd.Series[float]) -> pd.Series[float]:
    """Weighted sums of `values` by group, in order of appearance."""
    amounts = members["weight"] * values.reindex(members["place"]).to_numpy()
    return amounts.groupby(members["group"], sort=False).sum()
