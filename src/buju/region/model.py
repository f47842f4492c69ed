"""The region as it stands in memory: checked tables that do not change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, final

import geopandas as gpd
import pandas as pd

from buju.errors import ParameterError
from buju.region.faults import meant
from buju.region.inputs import RawTable
from buju.region.nearest import nearest_code


@final
class FrozenTables(Mapping[str, pd.DataFrame]):
    """Tables by name. Each look-up gives a shallow copy, so that no caller changes another's."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._tables[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


@final
@dataclass(frozen=True, eq=False)
class Region:
    """A folder of checked tables.

    Parameters
    ----------
    path
        The folder or file it was read from.
    tables
        Every table of the schema by name, with every column; a table that was not given is
        empty. `places` and `outside_places` are GeoDataFrames of seat points in EPSG:4326, and
        all coordinates are WGS84 degrees whatever the files were in. Each table is an
        attribute as well: `region.links`.
    notes
        Remarks from reading, in Chinese and English.
    files
        SHA-256 of every file read, by its name within the folder.
    package
        The "buju" object of datapackage.json, with the coordinates as declared there.
    stands
        Where each table that was given stands: its file, sheet and the line of every row; no cells.
    """

    path: Path
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    package: Mapping[str, Any] = field(default_factory=dict)
    stands: Mapping[str, RawTable] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = ", ".join(f"{name}: {len(t)}" for name, t in self.tables.items() if len(t))
        return f"Region({str(self.path)!r}, {rows})"

    def __getattr__(self, name: str) -> pd.DataFrame:
        tables: Mapping[str, pd.DataFrame] = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(f"a region has no table or attribute '{name}'")

    @property
    def places(self) -> gpd.GeoDataFrame:
        """Places of the region at every level, with their seats, in file order."""
        return self.tables["places"]

    @property
    def outside_places(self) -> gpd.GeoDataFrame:
        """Places outside the region, with their seats, in file order."""
        return self.tables["outside_places"]

    def level(self, level: str = "county") -> gpd.GeoDataFrame:
        """The places of one level in file order, indexed from 0.

        Raises
        ------
        ParameterError
            The region has no place of that level.
        """
        places = self.places
        chosen = places[places["level"] == level]
        if chosen.empty:
            levels = ", ".join(dict.fromkeys(places["level"].dropna()))
            raise ParameterError(
                f"the region has no place of level '{level}'; its levels are {levels}",
                f"区域中没有“{level}”级地点；现有级别：{levels}",
            )
        return chosen.reset_index(drop=True)

    def members(self, group: str) -> pd.DataFrame:
        """The counties that belong to an element of the layout.

        A member above the county stands for all counties below it, with the member's weight;
        elements whose parent is `group` are united with it. A county named more than once
        keeps its largest weight, and counts as inferred only where every membership is.
        Members outside the region are not counties of it: their codes stand in
        `.attrs["outside"]`.

        Returns
        -------
        DataFrame
            Columns `place`, `weight` (share, 0 to 1), `inferred` (bool); counties in the order
            of `places`. Empty where the element has no members.

        Raises
        ------
        ParameterError
            No element has this code.
        """
        groups = self.tables["place_groups"]
        if group not in set(groups["group"]):
            names = dict(zip(groups["group"], groups["name_zh"].fillna(""), strict=True))
            english, chinese = meant(near := nearest_code(group, names), names.get(near, ""))
            raise ParameterError(
                f"place_groups has no element '{group}'. {english}".strip(),
                f"place_groups 中没有要素“{group}”。{chinese}",
            )
        rows = self.tables["place_group_members"]
        rows = rows[rows["group"].isin(_descending(groups, "group", group))]
        counties = self.places[self.places["level"] == "county"]["place"]
        above = self.ancestors()
        resolved = [
            (county, weight, inferred)
            for place, weight, inferred in zip(
                rows["place"], rows["weight"], rows["inferred"], strict=True
            )
            for county in counties
            if place in above[county]
        ]
        frame = pd.DataFrame(resolved, columns=["place", "weight", "inferred"])
        frame = frame.astype({"place": "str", "weight": "float64", "inferred": "bool"})
        united = frame.groupby("place").agg({"weight": "max", "inferred": "all"})
        order = [county for county in counties if county in united.index]
        result = united.loc[order].reset_index().astype({"place": "str"})
        outside = set(self.tables["outside_places"]["place"])
        result.attrs["outside"] = [place for place in rows["place"] if place in outside]
        return result

    def ancestors(self) -> dict[str, set[str]]:
        """Each place's code with the codes of itself and of all places above it."""
        places = self.places
        parent = dict(zip(places["place"], places["parent"].fillna(""), strict=True))
        above: dict[str, set[str]] = {}
        for place in parent:
            chain, at = {place}, parent[place]
            while at and at not in chain:
                chain.add(at)
                at = parent.get(at, "")
            above[place] = chain
        return above


def _descending(table: pd.DataFrame, key: str, top: str) -> set[str]:
    """`top` and everything whose chain of parents leads to it."""
    reached = {top}
    while True:
        below = set(table.loc[table["parent"].isin(reached), key]) - reached
        if not below:
            return reached
        reached |= below
