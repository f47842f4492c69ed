"""Which links a network has: on a date, with projects built, with edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, final

import pandas as pd

from buju.errors import NetworkError
from buju.network import edits
from buju.network.edits import known
from buju.region import Region, is_open

Edits = Mapping[str, Mapping[str, Any]]


@final
@dataclass(frozen=True)
class Scenario:
    """A network as it stands on a date, and what is changed in it.

    A link is there when it has opened by `date` and is not yet closed, or when its project is
    among `projects`, whatever the date; links named in `without`, and those of lines named in
    `without_lines`, are not.

    Parameters
    ----------
    name
        What to call it.
    date
        Day (or month or year, which stand for their last day).
    projects
        Codes of projects taken as built.
    links
        Edits by link: {"S01": {"minutes": 30}}. `minutes`, `length` (km), `speed` (km/h; minutes
        become 60 × length / speed), `headway` (min), `fare` (CNY), `carries`, `facility_type`
        (an upgrade), `opened` and `closed` can be edited.
    without
        Links taken out.
    lines
        Edits of every link of a line; the same but `minutes` and `length`. An edit of a single
        link is made after them.
    without_lines
        Lines closed whole.
    add
        New links by id: {"N1": {"from": "a", "to": "b", "mode": "rail", "facility_type":
        "high_speed", "minutes": 20}}; `line`, `directed`, `name` and all that can be edited may
        be given too. Roads carry both and rail carries what its line does, or passengers, unless
        said otherwise. With `opened` they are there from then on, otherwise always.
    nodes
        New stations by id: {"st": {"x_coord": 112.5, "y_coord": 37.9, "zone_id": "140105"}},
        in WGS84 degrees; `node_type` is station unless it is junction.
    """

    name: str = "base"
    date: str = "2020-12-31"
    projects: tuple[str, ...] = ()
    links: Edits = field(default_factory=dict)
    without: tuple[str, ...] = ()
    lines: Edits = field(default_factory=dict)
    without_lines: tuple[str, ...] = ()
    add: Edits = field(default_factory=dict)
    nodes: Edits = field(default_factory=dict)

    def __hash__(self) -> int:
        made = tuple(
            (key, tuple(sorted(edit.items())))
            for table in (self.links, self.lines, self.add, self.nodes)
            for key, edit in table.items()
        )
        return hash((self.name, self.date, self.projects, self.without, self.without_lines, made))

    def _where(self, english: str = "", chinese: str = "") -> tuple[str, str]:
        return f"scenario {self.name!r}{english}", f"情景 {self.name}{chinese}"

    def check(self, region: Region) -> None:
        """Refuse dates that are none, and projects, links or edits the region does not have.

        Raises
        ------
        NetworkError
            The message names what is unknown and the nearest name.
        """
        where = self._where()
        edits.check_date(where, self.date, "date")
        known(where, ("project", "项目"), self.projects, region.projects["project"])
        links = region.links
        for project in self.projects:
            if not (links["project"] == project).any():
                raise NetworkError(
                    f"{where[0]}: project {project} has no links, so it changes no travel time; "
                    "give its links in links.csv (column 'project') or leave it out",
                    f"{where[1]}：项目 {project} 没有路段，不会改变旅行时间",
                )
        self._check_new(region)
        there = [*links["link_id"], *self.add]
        known(where, ("link", "路段"), [*self.links, *self.without], there)
        for link, edit in self.links.items():
            here = self._where(f", link {link}", f"，路段 {link}")
            edits.check_edit(here, edit, edits.EDITABLE)
        self._check_lines(region)

    def _check_lines(self, region: Region) -> None:
        asked = [*self.lines, *self.without_lines]
        known(self._where(), ("line", "线路"), asked, region.lines["line"])
        with_links = set(region.links["line"].dropna()) | {e.get("line") for e in self.add.values()}
        for line in asked:
            if line not in with_links:
                raise NetworkError(
                    f"scenario {self.name!r}: line {line} has no links, so nothing would change; "
                    "name the line in links.csv (column 'line')",
                    f"情景 {self.name}：线路 {line} 没有路段，不会有任何变化",
                )
        for line, edit in self.lines.items():
            here = self._where(f", line {line}", f"，线路 {line}")
            edits.check_edit(here, edit, edits.OF_LINES)

    def _check_new(self, region: Region) -> None:
        _refuse_taken(self._where(), ("node", "节点"), self.nodes, region.nodes["node_id"])
        zones = [*region.places["place"], *region.outside_places["place"]]
        for node, edit in self.nodes.items():
            here = self._where(f", new node {node}", f"，新增节点 {node}")
            known(here, ("column", "列"), edit, edits.OF_NODES)
            _check_point(here, edit)
            known(here, ("place", "地点"), [z for z in [edit.get("zone_id")] if z], zones)
        _refuse_taken(self._where(), ("link", "路段"), self.add, region.links["link_id"])
        nodes = [*region.nodes["node_id"], *self.nodes]
        for link, edit in self.add.items():
            here = self._where(f", added link {link}", f"，新增路段 {link}")
            edits.check_edit(here, edit, edits.OF_ADDED)
            ends = [edit[end] for end in edits.ENDS if end in edit]
            known(here, ("node", "节点"), ends, nodes)
            known(
                here,
                ("line", "线路"),
                [edit["line"]] if "line" in edit else [],
                region.lines["line"],
            )
            if len(ends) == 2 and ends[0] == ends[1]:
                raise NetworkError(
                    f"{here[0]}: it leads from node {ends[0]} to itself",
                    f"{here[1]}：起点与终点相同（{ends[0]}）",
                )

    def with_nodes(self, region: Region) -> Region:
        """The region with this scenario's new nodes after its own."""
        if not self.nodes:
            return region
        self.check(region)
        rows = [{"node_id": n, "node_type": "station"} | dict(e) for n, e in self.nodes.items()]
        nodes = pd.concat([region.nodes, _like(region.nodes, rows)], ignore_index=True)
        return replace(region, tables={**region.tables, "nodes": nodes})

    def select(self, region: Region) -> pd.DataFrame:
        """The links that are there, with the edits made; new ones after the region's own."""
        self.check(region)
        links = region.links
        if self.add:
            rows = edits.added_rows(self._where(), self.add, region.lines)
            links = pd.concat([links, _like(links, rows)], ignore_index=True)
        links = edits.apply_edits(self._where(), links, self._edits(links))
        there = is_open(links["opened"], self.date, links["closed"])
        # A planned link without a date would count as always open; it waits for its project.
        there &= ~(links["opened"].isna() & (links["status"] != "operating"))
        there |= links["project"].isin(self.projects)
        there &= ~links["link_id"].isin(self.without) & ~links["line"].isin(self.without_lines)
        return links[there].reset_index(drop=True)

    def _edits(self, links: pd.DataFrame) -> list[tuple[str, Mapping[str, Any]]]:
        """Speeds of new links first, then edits of lines, then those of single links."""
        new = [(link, {"speed": e["speed"]}) for link, e in self.add.items() if "speed" in e]
        of_line = [
            (link, edit)
            for line, edit in self.lines.items()
            for link in links.loc[links["line"] == line, "link_id"]
        ]
        return [*new, *of_line, *self.links.items()]


def _like(table: pd.DataFrame, rows: list[Any]) -> pd.DataFrame:
    """Rows as a table with the columns and types of another."""
    return pd.DataFrame(rows).reindex(columns=table.columns).astype(table.dtypes.to_dict())


def _refuse_taken(where: tuple[str, str], what: tuple[str, str], new: Edits, there: Any) -> None:
    for name in set(new) & set(there):
        raise NetworkError(
            f"{where[0]}: {what[0]} {name} is in the region already; edit it, or take another id",
            f"{where[1]}：区域中已有{what[1]} {name}；请改为编辑，或另取代码",
        )


def _check_point(where: tuple[str, str], edit: Mapping[str, Any]) -> None:
    for column, most in (("x_coord", 180), ("y_coord", 90)):
        value = edit.get(column)
        if not isinstance(value, int | float) or not -most <= value <= most:
            raise NetworkError(
                f"{where[0]}: {column} {value!r} must be given in degrees, {-most} to {most}",
                f"{where[1]}：{column} {value!r} 应为度，介于 {-most} 与 {most} 之间",
            )
    kind = edit.get("node_type", "station")
    if kind not in ("station", "junction"):
        raise NetworkError(
            f"{where[0]}: node_type {kind!r} must be station or junction; a place has one seat, "
            "and a scenario does not move it",
            f"{where[1]}：node_type {kind!r} 应为 station 或 junction",
        )
