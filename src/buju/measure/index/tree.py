"""The tree of an index as data: indicators, what they belong to, what each row says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.measure.tables import require_columns

DIRECTIONS = {"1": 1, "1.0": 1, "+1": 1, "up": 1, "-1": -1, "-1.0": -1, "down": -1}
VETO = re.compile(r"^\s*(<=|>=|<|>|==)\s*(-?\d+(?:\.\d+)?)\s*$")


@dataclass(frozen=True)
class Node:
    """One row of the tree; an indicator has level 1 and no children."""

    code: str
    parent: str
    level: int
    direction: int = 1
    """+1 where more is better, -1 where less is."""
    weight: float = 1.0
    """Relative to its siblings."""
    name: str = ""
    unit: str = ""
    target: float = float("nan")
    denominator: str = ""
    scale: float = 1.0
    classes: tuple[str, ...] = ()
    """Classes of units this row is used for; empty means all."""
    veto: str = ""
    """For example '>= 3': a unit whose value meets it is barred from the top grade."""


@dataclass(frozen=True)
class Tree:
    """A checked tree: one root, no cycle, every parent there."""

    nodes: tuple[Node, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Node]:
        """Rows by their code."""
        return {node.code: node for node in self.nodes}

    @cached_property
    def indicators(self) -> tuple[str, ...]:
        """Codes of the leaves, in the order given."""
        parents = {node.parent for node in self.nodes}
        return tuple(node.code for node in self.nodes if node.code not in parents)

    @cached_property
    def aggregates(self) -> tuple[str, ...]:
        """Codes of what is formed, lowest level first."""
        leaves = set(self.indicators)
        formed = [node for node in self.nodes if node.code not in leaves]
        return tuple(node.code for node in sorted(formed, key=lambda node: node.level))

    @cached_property
    def root(self) -> str:
        """Code of the index itself."""
        return next(node.code for node in self.nodes if not node.parent)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes of the rows directly under `code`, in the order given."""
        return tuple(node.code for node in self.nodes if node.parent == code)

    def leaves(self, code: str) -> tuple[str, ...]:
        """Indicators at or under `code`."""
        below = self.children(code)
        return (code,) if not below else tuple(x for child in below for x in self.leaves(child))

    def without(self, code: str) -> Tree:
        """The tree less one element and all under it; a parent left without children goes too."""
        gone = {code}
        while True:
            more = {
                node.code for node in self.nodes
                if node.code not in gone and (
                    node.parent in gone
                    or ((kids := self.children(node.code)) and all(kid in gone for kid in kids))
                )
            }  # fmt: skip
            if not more:
                return Tree(tuple(node for node in self.nodes if node.code not in gone))
            gone |= more

    def table(self) -> pd.DataFrame:
        """The rows as a table, the form `read_tree` accepts."""
        rows = [{**vars(node), "classes": ";".join(node.classes)} for node in self.nodes]
        return pd.DataFrame(rows)


def read_tree(rows: pd.DataFrame | Sequence[Mapping[str, Any]], *, name: str = "tree") -> Tree:
    """A tree from its rows, checked.

    Parameters
    ----------
    rows
        Columns `code` and `parent` (empty for the index itself). Optional: `level` (1 for
        indicators; found from the tree where absent), `direction` (1 or up, -1 or down; needed
        for indicators), `weight`, `name`, `unit`, `target`, `denominator` (column an indicator is
        divided by), `scale` (factor after the division), `classes` (";"-separated), `veto`
        (a comparison such as ">= 3").

    Returns
    -------
    Tree
        The rows in the order given.

    Raises
    ------
    SchemaError
        A repeated code, an unknown parent, a cycle, none or several roots, a level above its
        parent's, an indicator without direction, a negative or missing weight, a veto that cannot
        be read.

    Examples
    --------
    >>> tree = read_tree([
    ...     {"code": "jobs", "parent": "life", "direction": 1, "weight": 2},
    ...     {"code": "smog", "parent": "life", "direction": -1, "weight": 1},
    ...     {"code": "life", "parent": "", "direction": 1, "weight": 1},
    ... ])
    >>> tree.indicators, tree.root, tree.by_code["life"].level
    (('jobs', 'smog'), 'life', 2)
    """
    frame = rows.copy() if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    require_columns(frame, ["code", "parent"], name=name)
    plain = [{key: row[key] for key in frame.columns} for row in frame.to_dict("records")]
    parents = {_text(row["code"]): _text(row["parent"]) for row in plain}
    _check_shape(plain, parents, name)
    levels = _levels(plain, parents, name)
    formed = set(parents.values())
    nodes = tuple(_node(row, levels, formed, name) for row in plain)
    _check_weights(nodes, name)
    return Tree(nodes)


def _check_shape(plain: list[dict[str, Any]], parents: Mapping[str, str], name: str) -> None:
    codes = [_text(row["code"]) for row in plain]
    for code in codes:
        if not code:
            raise SchemaError(f"{name}: a row has no code; give one.", f"{name}：有一行缺少代码。")
        if codes.count(code) > 1:
            raise SchemaError(
                f"{name}: code '{code}' stands {codes.count(code)} times; keep one row.",
                f"{name}：代码 '{code}' 重复，请只保留一行。",
            )
    for code, parent in parents.items():
        if parent and parent not in parents:
            near = difflib.get_close_matches(parent, codes, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise SchemaError(
                f"{name}: the parent '{parent}' of '{code}' has no row of its own.{hint} "
                "Add the row or correct the parent.",
                f"{name}：'{code}' 的上级 '{parent}' 不存在，请补充或改正。",
            )
        path = [code]
        while parents[path[-1]]:
            path.append(parents[path[-1]])
            if path[-1] in path[:-1]:
                ring = " -> ".join(path)
                raise SchemaError(
                    f"{name}: a cycle, {ring}; an element cannot belong to itself. "
                    "Correct one parent of these.",
                    f"{name}：上下级成环（{ring}），请改正其中一个上级。",
                )
    roots = [code for code, parent in parents.items() if not parent]
    if len(roots) != 1:
        raise SchemaError(
            f"{name}: {len(roots)} rows have no parent ({', '.join(roots[:5])}); exactly one, the "
            "index itself, may.",
            f"{name}：应恰有一行没有上级（即总指数），现有 {len(roots)} 行。",
        )


def _levels(plain: list[dict[str, Any]], parents: Mapping[str, str], name: str) -> dict[str, int]:
    found: dict[str, int] = {}

    def level(code: str) -> int:
        if code not in found:
            below = [level(child) for child, parent in parents.items() if parent == code]
            found[code] = 1 + max(below, default=0)
        return found[code]

    for code in parents:
        level(code)
    for row in plain:
        code = _text(row["code"])
        given = _number(row.get("level"), name, code, "level")
        if np.isnan(given):
            continue
        if found[code] == 1 and given != 1:
            raise SchemaError(
                f"{name}: '{code}' stands at level {given:g} but nothing belongs to it; an "
                "indicator has level 1, and an aggregate needs indicators.",
                f"{name}：'{code}' 为第 {given:g} 级但没有下级；指标应为第 1 级。",
            )
        found[code] = int(given)
    for code, parent in parents.items():
        if parent and found[parent] <= found[code]:
            raise SchemaError(
                f"{name}: '{code}' (level {found[code]}) belongs to '{parent}' (level "
                f"{found[parent]}), which is not above it; correct a level or the parent.",
                f"{name}：'{code}' 的级别不低于其上级 '{parent}'，请改正。",
            )
    return found


def _node(row: dict[str, Any], levels: Mapping[str, int], formed: set[str], name: str) -> Node:
    code = _text(row["code"])
    leaf = code not in formed
    direction = DIRECTIONS.get(_text(row.get("direction")), 0)
    if leaf and not direction:
        raise SchemaError(
            f"{name}: indicator '{code}' has direction '{_text(row.get('direction'))}'; give 1 (or "
            "up) where more is better, -1 (or down) where less is, or leave the indicator out.",
            f"{name}：指标 '{code}' 缺少方向；越大越好填 1，越小越好填 -1。",
        )
    weight = 1.0 if "weight" not in row else _number(row["weight"], name, code, "weight")
    if np.isnan(weight) and not _text(row["parent"]):
        weight = 1.0
    scale = _number(row.get("scale"), name, code, "scale")
    veto = _text(row.get("veto"))
    if veto and not VETO.match(veto):
        raise SchemaError(
            f"{name}: veto '{veto}' of '{code}' is not a comparison such as '>= 3'.",
            f"{name}：'{code}' 的一票否优条件 '{veto}' 应写成 '>= 3' 的形式。",
        )
    return Node(
        code=code, parent=_text(row["parent"]), level=levels[code], direction=direction or 1,
        weight=weight, name=_text(row.get("name")), unit=_text(row.get("unit")),
        target=_number(row.get("target"), name, code, "target"),
        denominator=_text(row.get("denominator")), scale=1.0 if np.isnan(scale) else scale,
        classes=tuple(x.strip() for x in _text(row.get("classes")).split(";") if x.strip()),
        veto=veto,
    )  # fmt: skip


def _check_weights(nodes: tuple[Node, ...], name: str) -> None:
    for node in nodes:
        if not node.weight >= 0 or np.isinf(node.weight):
            raise SchemaError(
                f"{name}: the weight of '{node.code}' is {node.weight}; give zero or more for "
                "every row, or leave the column out for equal weights.",
                f"{name}：'{node.code}' 的权重为 {node.weight}；应为非负数，或整列省略（等权）。",
            )
    for parent in {node.parent for node in nodes if node.parent}:
        if sum(node.weight for node in nodes if node.parent == parent) <= 0:
            raise SchemaError(
                f"{name}: all weights under '{parent}' are zero; give one of them a weight.",
                f"{name}：'{parent}' 的下级权重全为零。",
            )


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return ""
    return str(value).strip()


def _number(value: Any, name: str, code: str, column: str) -> float:
    text = _text(value)
    if not text or text == "NA":
        return float("nan")
    try:
        return float(text)
    except ValueError as cause:
        raise SchemaError(
            f"{name}, row '{code}', column '{column}': '{text}' is not a number.",
            f"{name} 中 '{code}' 的 '{column}' 不是数字：'{text}'。",
        ) from cause
