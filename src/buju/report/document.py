"""Sections as one sequence of numbered records, as a printed document shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.layout import said
from buju.report.records import Figure, Grid, Record, TableContent
from buju.report.results import Results
from buju.report.section import Section

LABELS = {"figure": Text("图", "Figure"), "table": Text("表", "Table")}
FOOT = Text("仅供分析", "For analysis only")
CONTENTS = Text("目录", "Contents")
BASIS = {
    "observed": Text("实测", "observed"),
    "computed": Text("计算", "computed"),
    "modelled": Text("模型", "modelled"),
}


@dataclass(frozen=True)
class Piece:
    """A record with its running number; a grid's figures are numbered one by one.

    Attributes
    ----------
    number
        Of the table or of the first figure; 0 for words.
    """

    record: Record
    number: int = 0


@dataclass(frozen=True)
class Document:
    """What a report says, in order.

    Attributes
    ----------
    title, subtitle
        Of the whole.
    sections
        Title and pieces of every section.
    """

    title: Text
    subtitle: Text
    sections: Sequence[tuple[Text, Sequence[Piece]]]

    @property
    def figures(self) -> list[Figure]:
        """All figures in the order of their numbers."""
        return [f for _, pieces in self.sections for p in pieces for f in figures_of(p.record)]

    @property
    def tables(self) -> list[TableContent]:
        """All tables in the order of their numbers."""
        pieces = [p for _, pieces in self.sections for p in pieces]
        return [p.record for p in pieces if isinstance(p.record, TableContent)]


def document(results: Results, sections: Sequence[Section]) -> Document:
    """All sections of a bundle's report, tables and figures numbered through."""
    manifest = results.manifest
    filled, figures, tables = [], 0, 0
    for section in sections:
        pieces = []
        for record in section.records(results):
            if isinstance(record, TableContent):
                tables += 1
                pieces.append(Piece(record, tables))
            else:
                pieces.append(Piece(record, figures + 1 if figures_of(record) else 0))
                figures += len(figures_of(record))
        filled.append((section.title, pieces))
    return Document(
        Text(str(manifest["study"]), str(manifest.get("title_en") or manifest["study"])),
        Text(
            f"基准年 {manifest['year']} · 仅供分析 · buju {manifest.get('buju', '')}",
            f"Base year {manifest['year']} · for analysis only · buju {manifest.get('buju', '')}",
        ),
        filled,
    )


def figures_of(record: Record) -> list[Figure]:
    """The figures of a record: one, several or none."""
    if isinstance(record, Figure):
        return [record]
    return list(record.figures) if isinstance(record, Grid) else []


def source_line(table: TableContent, language: str) -> str:
    """Basis, place in the bundle, keys of the data's sources, and the note, in one line."""
    zh = language == "zh"
    parts = []
    if table.basis in BASIS:
        parts.append(("依据：" if zh else "Basis: ") + said(BASIS[table.basis], language))
    parts.append(("出处：" if zh else "Source: ") + table.source)
    if table.keys:
        parts.append(("数据来源：" if zh else "Data: ") + ", ".join(table.keys))
    if said(table.note, language):
        parts.append(said(table.note, language).replace("`", ""))
    return " · ".join(parts)


def languages(language: str) -> Iterator[str]:
    """The parts of a printed report: `both` is the Chinese one followed by the English one."""
    yield from ("zh", "en") if language == "both" else (language,)
