"""The kinds of market, as rows: what a listing and a request say, what excludes, what counts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from buju.errors import ParameterError
from buju.region.nearest import nearest
from buju.region.schema import Table, tables

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Rule:
    """One row of `rules.csv`.

    Attributes
    ----------
    name
        Code of the rule.
    kind
        `hard` excludes a pair, `score` counts for it.
    side
        Whose view a score is: `request` (how it sees listings) or `listing`.
    request, listing
        Columns compared; empty where the test needs one side alone.
    test
        Name of the test, as in `buju.match.eligibility` and `buju.match.scoring`.
    weight
        Of a score among those of its side.
    en, zh
        Why a pair is excluded, or what counts.
    """

    name: str
    kind: str
    side: str
    request: str
    test: str
    listing: str
    weight: float
    en: str
    zh: str


@dataclass(frozen=True)
class Preset:
    """A kind of market: its tables and, where two sides meet, its rules."""

    name: str
    schema: Mapping[str, Table]
    rules: tuple[Rule, ...]

    def hard(self) -> list[Rule]:
        """The rules that exclude."""
        return [rule for rule in self.rules if rule.kind == "hard"]

    def scores(self, side: str) -> list[Rule]:
        """The rules that count for one side."""
        return [rule for rule in self.rules if rule.kind == "score" and rule.side == side]


@cache
def presets() -> Mapping[str, Preset]:
    """Every kind of market by name.

    >>> sorted(presets())
    ['allowances', 'finance', 'floor-space', 'scenarios']
    """
    folders = sorted(path.parent for path in _FOLDER.glob("*/tables.csv"))
    return MappingProxyType({folder.name: _read(folder) for folder in folders})


def preset(name: str) -> Preset:
    """The kind of market of that name.

    Raises
    ------
    ParameterError
        There is none.
    """
    if name not in presets():
        near, known = nearest(name, presets()), ", ".join(presets())
        guess = f"; did you mean '{near}'?" if near else ""
        raise ParameterError(
            f"preset '{name}' is none of {known}{guess}",
            f"没有名为“{name}”的市场类型；可选：{known}",
        )
    return presets()[name]


def _read(folder: Path) -> Preset:
    file = folder / "rules.csv"
    rows = []
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    rules = [
        Rule(
            row["rule"],
            row["kind"],
            row["side"],
            row["request"],
            row["test"],
            row["listing"],
            float(row["weight"] or 0),
            row["en"],
            row["zh"],
        )
        for row in rows
    ]
    return Preset(folder.name, tables(folder), tuple(rules))
