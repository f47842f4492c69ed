"""Rows of a region's tables of nodes and links, checked, whatever format they came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
import pandas as pd

from buju.errors import NetworkError

NODE = ["node_id", "name", "x_coord", "y_coord", "node_type", "zone_id"]
LINK = [
    "link_id",
    "name",
    "from_node_id",
    "to_node_id",
    "directed",
    "mode",
    "facility_type",
    "length",
    "free_speed",
    "minutes",
    "minutes_basis",
    "fare",
    "headway",
    "carries",
    "line",
    "status",
    "opened",
]
NUMBERS = ("x_coord", "y_coord", "length", "free_speed", "minutes", "fare", "headway")


@final
@dataclass(frozen=True)
class Rows:
    """Rows for `nodes.csv` and `links.csv` of a region; see the reference of tables.

    Coordinates are WGS84 degrees, lengths km, speeds km/h, times minutes.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame


def checked(where: Path | str, nodes: pd.DataFrame, links: pd.DataFrame) -> Rows:
    """Rows with every column of the two tables, after the checks that every format shares.

    Raises
    ------
    NetworkError
        An id that stands twice, a link to an unknown node, coordinates that are no degrees, or
        minutes that are negative or missing; the message names the file, the row and the remedy.
    """
    nodes, links = _typed(nodes.reindex(columns=NODE)), _typed(links.reindex(columns=LINK))
    for name, ids in (("node", nodes["node_id"]), ("link", links["link_id"])):
        if ids.duplicated().any():
            fail(where, f"{name} {ids[ids.duplicated()].iloc[0]} stands twice; ids must differ",
                 f"{ids[ids.duplicated()].iloc[0]} 重复出现")  # fmt: skip
    for end in ("from_node_id", "to_node_id"):
        lost = links[~links[end].isin(nodes["node_id"])]
        if len(lost):
            link, node = lost[["link_id", end]].iloc[0]
            fail(where, f"link {link} names node {node}, which the nodes do not have "
                 f"({len(lost)} such link(s)); add the node or correct the id",
                 f"路段 {link} 的节点 {node} 不存在（共 {len(lost)} 条）")  # fmt: skip
    _check_degrees(where, nodes)
    minutes = links["minutes"].to_numpy(dtype=np.float64)
    bad = ~(minutes >= 0) | np.isinf(minutes)
    if bad.any():
        link, value = links.loc[bad, ["link_id", "minutes"]].iloc[0]
        fail(where, f"link {link} has {value} minutes ({int(bad.sum())} such link(s)); they must "
             "be zero or more: give minutes, or a length and a speed above zero",
             f"路段 {link} 的时间为 {value}，应不小于零；请给出时间，或长度与速度")  # fmt: skip
    return Rows(nodes.reset_index(drop=True), links.reset_index(drop=True))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    kinds = {c: "float64" if c in NUMBERS else "str" for c in table.columns if c != "directed"}
    return table.astype(kinds)


def _check_degrees(where: Path | str, nodes: pd.DataFrame) -> None:
    x, y = (nodes[c].to_numpy(dtype=np.float64) for c in ("x_coord", "y_coord"))
    bad = ~((np.abs(x) <= 180) & (np.abs(y) <= 90))
    if bad.any():
        k = int(np.flatnonzero(bad)[0])
        fail(where, f"node {nodes['node_id'].iloc[k]} lies at ({x[k]}, {y[k]}), which are no "
             "degrees; say which system the coordinates are in (argument `crs`)",
             f"节点 {nodes['node_id'].iloc[k]} 的坐标（{x[k]}，{y[k]}）不是经纬度；"
             "请用参数 crs 说明坐标系")  # fmt: skip


def columns(where: Path | str, frame: pd.DataFrame, needed: list[str]) -> None:
    """Refuse a table that lacks a column."""
    for column in needed:
        if column not in frame:
            have = ", ".join(map(str, frame.columns))
            fail(where, f"column {column!r} is missing; the file has {have}",
                 f"缺少列 {column!r}")  # fmt: skip


def numbers(where: Path | str, values: pd.Series) -> pd.Series:
    """Text as numbers, empty as NaN; refuses what is none.

    Raises
    ------
    NetworkError
        Names the file, the column, the row (counted from the header as 1) and the text.
    """
    found = pd.to_numeric(values, errors="coerce").astype("float64")
    bad = found.isna() & values.notna() & (values.astype(str).str.strip() != "")
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        text = values.iloc[row]
        fail(where, f"column {values.name!r}, row {row + 2}: {text!r} is no number",
             f"“{values.name}”列第 {row + 2} 行：{text!r} 不是数字")  # fmt: skip
    return found


def fail(where: Path | str, english: str, chinese: str) -> Any:
    """Raise a NetworkError that names the file."""
    name = where.name if isinstance(where, Path) else where
    raise NetworkError(f"{name}: {english}", f"{name}：{chinese}")
