"""A table of the report as a table of Word: its head repeats, figures stand to the right."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from buju.report.document import LABELS, source_line
from buju.report.layout import Layout, lay_out, said, written
from buju.report.records import TableContent
from buju.report.svg import ILLEGAL
from buju.report.word_styles import field, turn

_TWIPS_PER_MM = 56.6929
_EDGE = '<w:{0} w:val="single" w:sz="{1}" w:space="0" w:color="{2}"/>'


def captioned_table(
    file: Any, table: TableContent, number: int, language: str, *, across: bool
) -> bool:
    """Caption, table and source line; returns whether the page lies across afterwards."""
    cells = written(table, language)
    layout = lay_out(table, language, cells)
    if layout.across != across:
        turn(file, across=layout.across)
    _caption(file, table, number, language)
    from docx.oxml import parse_xml

    body = file.element.body
    body.insert(len(body) - 1, parse_xml(_markup(table, language, cells, layout)))
    source = ILLEGAL.sub("", source_line(table, language))
    file.add_paragraph(source, style="buju source")
    return layout.across


def _caption(file: Any, table: TableContent, number: int, language: str) -> None:
    caption = file.add_paragraph(style="Caption")
    caption.paragraph_format.keep_with_next = True
    label = said(LABELS["table"], language)
    caption.add_run(f"{label} ")
    field(caption, f"SEQ {label} \\* ARABIC", str(number))
    caption.add_run("  " + ILLEGAL.sub("", said(table.title, language)))


def _markup(table: TableContent, language: str, cells: list[list[str]], layout: Layout) -> str:
    """The whole table as text: a call for every cell would take minutes."""
    from docx.oxml.ns import nsdecls

    widths = [round(w * _TWIPS_PER_MM) for w in layout.widths]
    right = [column.format.numeric for column in table.columns]
    codes = [column.format.kind == "code" for column in table.columns]
    size = round(layout.size * 2)
    heads = []
    for column, width, numeric in zip(table.columns, widths, right, strict=True):
        unit = said(column.unit, language)
        words = [said(column.title, language), *([f"({unit})"] if unit else [])]
        heads.append(_cell(words, width, size, numeric, head=True))
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>"]
    for row in cells:
        made = (
            _cell(["\u200b".join(w) if code else w], width, size, numeric)
            for w, width, numeric, code in zip(row, widths, right, codes, strict=True)
        )
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(made)}</w:tr>")
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    edges = _EDGE.format("top", 8, "333333") + _EDGE.format("bottom", 8, "333333")
    edges += _EDGE.format("insideH", 4, "D5DAE0")
    margins = "".join(f'<w:{s} w:w="57" w:type="dxa"/>' for s in ("left", "right"))
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )


def _cell(words: list[str], width: int, size: int, numeric: bool, *, head: bool = False) -> str:
    bold = "<w:b/>" if head else ""
    style = f'<w:rPr>{bold}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    side = '<w:jc w:val="right"/>' if numeric else '<w:jc w:val="left"/>'
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F4F6F8"/>' if head else ""
    runs = "<w:r><w:br/></w:r>".join(
        f'<w:r>{style}<w:t xml:space="preserve">{escape(ILLEGAL.sub("", w))}</w:t></w:r>'
        for w in words
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="20" w:after="20"/>{side}</w:pPr>{runs}</w:p></w:tc>'
    )
