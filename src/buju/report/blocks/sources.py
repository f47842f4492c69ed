"""Where the data come from."""

from __future__ import annotations

from buju.report.content import Show, either, shown
from buju.report.formats import Text
from buju.report.records import Record
from buju.report.results import Results
from buju.report.section import Part, Section


def _sources(results: Results) -> list[Record]:
    columns = [
        Show("source", "代号", "Key"),
        Show("publisher", "发布机构", "Publisher"),
        Show("title", "名称", "Title"),
        Show("date", "日期或版次", "Date"),
        Show("address", "网址", "Address", "code"),
        Show("note", "取用说明", "What was taken", through=either),
    ]
    return [shown(results, "sources", columns)]


SECTION = Section(
    "sources",
    Text("数据来源", "Sources"),
    [
        Part(
            Text("数据来源", "sources"),
            {"sources": ("source", "publisher", "title", "date", "address", "note")},
            _sources,
        )
    ],
)
