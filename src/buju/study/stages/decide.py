"""Stage `decide`: link values, appraisal, portfolio, levers, shares, limits, where asked for."""

from __future__ import annotations

from collections.abc import Callable

from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages import appraisal, levers, limits, link_values, portfolio, sharing

PARTS: dict[str, Callable[[Run], dict[str, Table]]] = {
    "link values": link_values.tables,
    "appraisal": appraisal.tables,
    "portfolio": portfolio.tables,
    "levers": levers.tables,
    "sharing": sharing.tables,
    "limits": limits.tables,
}


def stage(run: Run) -> dict[str, Table]:
    """Tables of every part that the study's section `decide` asks for; none without one."""
    if run.study.spec.decide is None:
        return {}
    found: dict[str, Table] = {}
    for number, (name, part) in enumerate(PARTS.items(), start=1):
        found |= part(run)
        run.tables |= found
        run.tell(name, number / len(PARTS))
    return found
