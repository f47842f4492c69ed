"""Every claim of the announcement with the verdict its check gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from buju.report.content import UNITS, Show, shown, words
from buju.report.formats import Text, is_missing
from buju.report.records import Record
from buju.report.results import Results
from buju.report.section import Part, Section

VERDICTS = {
    "supported": Text("得到支持", "supported"),
    "contradicted": Text("与数据不符", "contradicted"),
    "no data": Text("缺少数据", "no data"),
    "not testable": Text("无法检验", "not testable"),
    "open": Text("尚待核验", "open"),
}


def _claims(results: Results) -> list[Record]:
    frame = results.frame("claims")
    columns = [
        Show("claim", "编号", "Code"),
        Show("statement_zh", "论断", "Claim"),
        Show("value", "所称数值", "Number claimed", "general"),
        Show("computed", "计算值", "Number computed", "general"),
        Show("unit", "单位", "Unit", through=words(UNITS)),
        Show("verdict", "结论", "Verdict", through=words(VERDICTS)),
        Show("evidence_zh", "依据或原因", "Evidence or reason"),
    ]
    table = shown(results, "claims", columns, filter_by="verdict")
    rows = [
        (row[0], _statement(record), *row[2:6], _evidence(record))
        for row, record in zip(table.rows, frame.to_dict("records"), strict=True)
    ]
    return [replace(table, rows=rows, unfolded=True)]


def _statement(record: Mapping[Any, Any]) -> Text:
    return Text(str(record["statement_zh"]), str(record["statement_en"]))


def _evidence(record: Mapping[Any, Any]) -> Text:
    """What the check found, and in what sense the claim was read or why it stays open."""
    found = Text(str(record["evidence_zh"]), str(record["evidence_en"]))
    if is_missing(record["reason"]):
        return found
    reason = Text.split(record["reason"])
    return found + Text("。", ". ") + reason if found.zh else reason


SECTION = Section(
    "claims",
    Text("公告论断核验", "Claims of the announcement"),
    [
        Part(
            Text("论断核验", "claims"),
            {
                "claims": (
                    "claim",
                    "statement_zh",
                    "statement_en",
                    "value",
                    "unit",
                    "verdict",
                    "computed",
                    "evidence_zh",
                    "evidence_en",
                    "reason",
                )
            },
            _claims,
        )
    ],
)
