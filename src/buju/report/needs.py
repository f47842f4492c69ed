"""What a planner would fill in for a table that a run did not give: rows of `needs.csv`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from buju.report.formats import Text


@cache
def _needs() -> dict[str, Text]:
    with Path(__file__).with_name("needs.csv").open(encoding="utf-8", newline="") as file:
        return {row["table"]: Text(row["zh"], row["en"]) for row in csv.DictReader(file)}


def missing(name: str) -> Text:
    """Where to fill in what a table of the bundle needs; that it has no row, where that is unknown.

    >>> missing("jobs_shift").en
    'needs employment of both years for every county, and elements in place_groups'
    """
    found = _needs().get(name)
    return found or Text("本次研究没有所需的数据", "this study has no data for it")
