"""Figures beyond a bound that the planner takes by name: the word `accept` of a region."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from buju.region.faults import Findings
from buju.region.inputs.folder import Given
from buju.region.nearest import nearest
from buju.region.schema import Bound, bounds, tables

SUM = "sum_of_counties"


@dataclass(frozen=True)
class Accepted:
    """Names of checks, each with the codes it is waived for; no codes: for all."""

    waived: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, given: Given, frames: Mapping[str, pd.DataFrame], found: Findings) -> Accepted:
        """What the region's descriptor or its sheet 说明 accepts; unknown names are faults."""
        word = given.package.get("accept", "")
        text = ";".join(map(str, word)) if isinstance(word, list) else str(word or "")
        waived: dict[str, set[str]] = {}
        for part in filter(None, (p.strip() for p in re.split(r"[;；,，、\n]+", text))):
            name, *codes = part.split()
            table = _table_of(name)
            known = set() if not table else set(frames[table][tables()[table].key[0]].dropna())
            if not table or not set(codes) <= known:
                near = nearest(name, [*(b.name for b in bounds().values() if b.accept), SUM])
                near = "" if table else near
                found.add("accept_unknown", file=given.described, value=part, near=near)
                continue
            waived.setdefault(name, set()).update(codes or {"*"})
        return cls({name: frozenset(codes) for name, codes in waived.items()})

    def holds(self, name: str, code: str) -> bool:
        """Whether a check is waived for a code."""
        codes = self.waived.get(name, frozenset())
        return code in codes or "*" in codes

    def note(self, found: Findings, bound: Bound, code: str, value: str) -> None:
        """Say that a figure beyond its bound was taken as given."""
        found.note(
            f"{bound.table} {code}：{bound.what_zh}为 {value}，超出常见范围，按 accept 采用",
            f"{bound.table} {code}: {bound.what_en} is {value}, beyond what is usual; taken by "
            "`accept`",
        )


def _table_of(name: str) -> str:
    if name == SUM:
        return "places"
    bound = bounds().get(name)
    return bound.table if bound is not None and bound.accept else ""
