"""Method and limits table by table, the files that were read, and what was noted on the way."""

from __future__ import annotations

from buju.report.formats import Format, Text
from buju.report.records import Column, Heading, Items, Paragraph, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

BASIS = {
    "observed": Text("实测", "observed"),
    "computed": Text("计算", "computed"),
    "modelled": Text("模型", "modelled"),
}


def _limits(results: Results) -> list[Record]:
    rows = [
        (
            name,
            Text(meta["title_zh"], meta["title_en"]),
            BASIS.get(meta["basis"], Text.same(meta["basis"])),
            meta["rows"],
            Text(meta["note_zh"], meta["note_en"]),
        )
        for name, meta in results.manifest["tables"].items()
    ]
    return [
        Paragraph(
            Text(
                "下列各表随结果一并保存，可用任何能读 Parquet 的工具打开；"
                "每张表的方法与局限见末列。",
                "These tables are kept with the results and open in any tool that reads Parquet; "
                "the last column states their method and limits.",
            )
        ),
        TableContent(
            Text("数据表、依据与局限", "Tables, their basis and limits"),
            [
                Column(Text("表", "Table"), Format()),
                Column(Text("内容", "Content"), Format()),
                Column(Text("依据", "Basis"), Format()),
                Column(Text("行数", "Rows"), Format("number")),
                Column(Text("方法与局限", "Method and limits"), Format()),
            ],
            rows,
            "",
            "manifest.json",
        ),
    ]


def _inputs(results: Results) -> list[Record]:
    rows = [(name, digest) for name, digest in results.manifest["inputs"].items()]
    return [
        TableContent(
            Text("读入的文件", "Files that were read"),
            [
                Column(Text("文件", "File"), Format()),
                Column(Text("SHA-256", "SHA-256"), Format("code")),
            ],
            rows,
            "",
            "inputs.sha256",
            Text(
                "在研究文件所在文件夹运行 sha256sum -c 可核对。",
                "Check them with `sha256sum -c` in the folder of the study file.",
            ),
        )
    ]


def _notes(results: Results) -> list[Record]:
    notes = [Text.split(note) for note in results.manifest["notes"]]
    if not notes:
        return []
    return [Heading(Text("读取数据时的提示", "Noted while reading the data")), Items(notes)]


SECTION = Section(
    "method",
    Text("方法与局限、输入文件", "Method, limits and inputs"),
    [
        Part(Text("方法与局限", "method and limits"), {}, _limits),
        Part(Text("读入的文件", "inputs"), {}, _inputs),
        Part(Text("提示", "notes"), {}, _notes),
    ],
)
