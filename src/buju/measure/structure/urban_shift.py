"""How urban shares moved between two years."""

from __future__ import annotations

import pandas as pd

from buju.errors import SchemaError
from buju.measure.structure.population_shift import checked_members, group_sums, same_places
from buju.measure.tables import table


def urban_shift(first: pd.DataFrame, last: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Urban share (城镇化率) of each element of the layout in two years.

    Parameters
    ----------
    first, last
        One row a place: `place`, `people`, `urban` (persons, urban at most people), the same
        places in both years.
    groups
        Members: `group`, `place` and, if any belongs in part, `weight` (0 to 1).

    Returns
    -------
    DataFrame
        One row a group, in order of appearance: `group`, `first_people`, `first_urban`,
        `first_share`, the same for `last`, and `share_points` (percentage points). The share of a
        group without people is NaN.

    Raises
    ------
    SchemaError
        A column or value is missing or repeated, more urban than all people, different places in
        the two years, or a member that is not among them.

    References
    ----------
    Own definition.

    Examples
    --------
    >>> first = pd.DataFrame({"place": ["A", "B"], "people": [100, 100], "urban": [80, 20]})
    >>> last = pd.DataFrame({"place": ["A", "B"], "people": [150, 50], "urban": [135, 15]})
    >>> groups = pd.DataFrame({"group": ["all", "all", "core"], "place": ["A", "B", "A"]})
    >>> table = urban_shift(first, last, groups)
    >>> table[["group", "first_share", "last_share", "share_points"]].round(3).to_numpy().tolist()
    [['all', 0.5, 0.75, 25.0], ['core', 0.8, 0.9, 10.0]]
    """
    years = {
        name: table(frame, name=name, key=["place"], values=["people", "urban"]).set_index("place")
        for name, frame in (("first", first), ("last", last))
    }
    for name, year in years.items():
        over = year.index[year["urban"] > year["people"]]
        if len(over):
            raise SchemaError(
                f"{name}: place '{over[0]}' has more urban residents than residents "
                f"({len(over)} such); check that both columns count the same people.",
                f"{name}：{over[0]} 的城镇人口大于总人口。",
            )
    same_places(years["first"]["people"], years["last"]["people"])
    members = checked_members(groups, years["first"].index)
    columns = {}
    for name, year in years.items():
        people, urban = (group_sums(members, year[column]) for column in ("people", "urban"))
        columns[f"{name}_people"], columns[f"{name}_urban"] = people, urban
        columns[f"{name}_share"] = urban / people.where(people > 0)
    result = pd.DataFrame(columns)
    result["share_points"] = 100.0 * (result["last_share"] - result["first_share"])
    return result.rename_axis("group").reset_index()
