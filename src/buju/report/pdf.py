"""Records as PDF by typst; every word is passed as a string, so none of it is markup."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from buju.report.document import (
    CONTENTS,
    FOOT,
    LABELS,
    Document,
    Piece,
    figures_of,
    languages,
    source_line,
)
from buju.report.fonts import chinese_families, installed, typst_module
from buju.report.layout import lay_out, said, written
from buju.report.records import Callout, Figure, Heading, Items, Paragraph, TableContent
from buju.report.svg import ILLEGAL

_HEAD = """
#set document(title: {title}, author: "buju", date: none)
#set page(paper: "a4", margin: (x: 20mm, top: 20mm, bottom: 18mm))
#set text(font: ({serif}), size: 10.5pt)
#set par(justify: true, leading: 0.75em, spacing: 0.9em)
#show heading: set text(font: ({sans}))
#show heading.where(level: 1): set text(size: 16pt)
#show heading.where(level: 2): set text(size: 12.5pt)
#show heading: set block(above: 1.4em, below: 0.8em, sticky: true)
#let cap(words) = text(font: ({sans}), size: 9pt, weight: "bold", words)
#let src(words) = block(above: 0.5em, below: 1.4em, text(size: 7.5pt, fill: rgb("#4d5560"), words))
#let callout(colour, words) = block(width: 100%, inset: (x: 9pt, y: 6pt), fill: rgb("#f4f6f8"),
  stroke: (left: 3pt + rgb(colour)), words)
#let drawn(file, words, alternative, wide) = block(breakable: false, width: 100%, align(center)[
  #image(file, width: wide, alt: alternative)
  #v(-0.4em)
  #cap(words)])
"""
_COLOURS = {"note": "#1f5f9f", "warning": "#b35806", "omitted": "#8a8f96"}


def pdf(document: Document, language: str) -> bytes:
    """The document as PDF: A4, fonts embedded, the same bytes for the same document.

    Raises
    ------
    MissingExtra
        The extra `office` is not installed.
    MissingFont
        No Chinese font is installed.
    """
    typst = typst_module()
    serif, sans = chinese_families()
    chosen = list(languages(language))
    text = _HEAD.format(
        title=quoted(said(document.title, chosen[0])),
        serif=_listed(["Libertinus Serif", *serif]),
        sans=_listed(sans),
    )
    with tempfile.TemporaryDirectory(prefix="buju-pdf-") as name:
        folder = Path(name)
        for lang in chosen:
            for k, figure in enumerate(document.figures, start=1):
                file = folder / f"{k}-{lang}.svg"
                file.write_text(figure.standalone(lang), encoding="utf-8")
            text += _part(document, lang, first=lang == chosen[0])
        main = folder / "main.typ"
        main.write_text(text, encoding="utf-8")
        made = typst.compile(str(main), root=str(folder), font_paths=installed()[0], format="pdf")
    return bytes(made)


def quoted(words: str) -> str:
    r"""Words as a string of typst.

    >>> print(quoted('a "b" \\ #c'))
    "a \"b\" \\ #c"
    """
    kept = ILLEGAL.sub("", words).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + kept.replace("\r", "").replace("\n", " ") + '"'


def _listed(names: Sequence[str]) -> str:
    return "".join(f"{quoted(name)}, " for name in names)


def _part(document: Document, language: str, *, first: bool) -> str:
    """The whole report in one language."""
    code, region = ("zh", "cn") if language == "zh" else ("en", "gb")
    foot = f"text(size: 8pt, {quoted(said(FOOT, language))})"
    head = quoted(said(document.title, language))
    text = [
        "" if first else "#pagebreak()",
        f'#set text(lang: "{code}", region: "{region}")',
        f"#set page(footer: context align(center, {foot} + h(1em) + "
        'text(size: 8pt, counter(page).display("1 / 1", both: true))))',
        f'#align(center, text(size: 20pt, weight: "bold", {head}))',
        f"#align(center, {quoted(said(document.subtitle, language))})",
        f"#metadata(none) <begin-{language}>",
        f"#outline(title: {quoted(said(CONTENTS, language))}, depth: 1, target: "
        f"selector(heading).after(<begin-{language}>).before(<end-{language}>))",
    ]
    for title, pieces in document.sections:
        text.append(f"#heading(level: 1, {quoted(said(title, language))})")
        text += [_piece(piece, language) for piece in pieces]
    return "\n".join([*text, f"#metadata(none) <end-{language}>\n"])


def _piece(piece: Piece, language: str) -> str:
    record = piece.record
    if isinstance(record, Heading):
        return f"#heading(level: {record.level - 1}, {quoted(said(record.text, language))})"
    if isinstance(record, Paragraph):
        return f"#par({quoted(said(record.text, language))})"
    if isinstance(record, Callout):
        colour = _COLOURS.get(record.kind, _COLOURS["note"])
        return f'#callout("{colour}", {quoted(said(record.text, language))})'
    if isinstance(record, Items):
        kind = "enum" if record.numbered else "list"
        return f"#{kind}({_listed([said(item, language) for item in record.items])})"
    if isinstance(record, TableContent):
        return _table(record, piece.number, language)
    return _figures(figures_of(record), piece.number, language)


def _figures(figures: Sequence[Figure], number: int, language: str) -> str:
    """Figures two beside each other; a single one at a size that stays readable."""
    columns = min(2, len(figures))
    wide = "100%" if columns == 2 else "62%"
    cells = []
    for k, figure in enumerate(figures, start=number):
        words = f"{said(LABELS['figure'], language)} {k}  {said(figure.title, language)}"
        if said(figure.caption, language):
            words += "  " + said(figure.caption, language)
        alternative = quoted(said(figure.alt, language))
        cells.append(f'drawn("{k}-{language}.svg", {quoted(words)}, {alternative}, {wide})')
    return f"#grid(columns: {columns}, gutter: 6mm, {', '.join(cells)})"


def _table(table: TableContent, number: int, language: str) -> str:
    cells = written(table, language)
    layout = lay_out(table, language, cells)
    align = ", ".join("right" if c.format.numeric else "left" for c in table.columns)
    heads = []
    for column in table.columns:
        unit = said(column.unit, language)
        head = f'text(weight: "bold", {quoted(said(column.title, language))})'
        small = f" + linebreak() + text(size: 0.85em, {quoted(unit)})" if unit else ""
        heads.append(f"{{{head}{small}}}")
    codes = [column.format.kind == "code" for column in table.columns]
    body = (_cell(w, code) for row in cells for w, code in zip(row, codes, strict=True))
    words = f"{said(LABELS['table'], language)} {number}  {said(table.title, language)}"
    made = (
        f"#block(sticky: true, below: 0.5em, cap({quoted(words)}))\n"
        f"#{{set text(size: {layout.size}pt); set par(justify: false, leading: 0.45em); "
        f"table(columns: ({', '.join(f'{w:.2f}mm' for w in layout.widths)},), align: ({align},), "
        "inset: (x: 1.1mm, y: 0.8mm), stroke: (x, y) => (bottom: if y == 0 { 0.8pt } else { 0.3pt "
        '+ rgb("#d5dae0") }), fill: (x, y) => if y == 0 { rgb("#f4f6f8") }, '
        f"table.header({', '.join(heads)}), {', '.join(body)})}}\n"
        f"#src({quoted(source_line(table, language))})"
    )
    return f"#page(flipped: true)[\n{made}\n]" if layout.across else made


def _cell(words: str, code: bool) -> str:
    """A hash or an address may break after any character."""
    return quoted("\u200b".join(words) if code else words)
