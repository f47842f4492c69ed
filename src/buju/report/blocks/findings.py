"""What a reader should know first."""

from __future__ import annotations

from buju.report.formats import Text
from buju.report.records import Items, Record
from buju.report.results import Results
from buju.report.section import Part, Section


def _findings(results: Results) -> list[Record]:
    rows = results.frame("findings").itertuples()
    return [Items([Text(str(row.zh), str(row.en)) for row in rows], numbered=True)]


SECTION = Section(
    "findings",
    Text("主要发现", "Main findings"),
    [Part(Text("主要发现", "main findings"), {"findings": ("number", "zh", "en")}, _findings)],
)
