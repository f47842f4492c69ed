"""Records as a Word document with real styles, fields, captions and tables."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from buju.errors import missing_extra
from buju.report.document import (
    CONTENTS,
    FOOT,
    LABELS,
    Document,
    Piece,
    figures_of,
    languages,
)
from buju.report.drawings import pngs
from buju.report.layout import said
from buju.report.records import Callout, Figure, Heading, Items, Paragraph, TableContent
from buju.report.svg import ILLEGAL
from buju.report.word_styles import field, footer, set_up, turn
from buju.report.word_table import captioned_table

_FIXED = datetime.datetime(1980, 1, 1)
_PAIR_MM, _SINGLE_MM = 82.0, 108.0


def word(document: Document, language: str) -> bytes:
    """The document as .docx, the same bytes for the same document.

    Headings are Word's own, with outline levels; captions count by SEQ fields; the table of
    contents is a field that Word fills with page numbers when it is updated.

    Raises
    ------
    MissingExtra
        The extra `office` is not installed.
    MissingFont
        The figures would lack their Chinese names.
    """
    try:
        import docx
    except ImportError as error:
        raise missing_extra("office", "python-docx, which writes Word documents") from error
    chosen = list(languages(language))
    file = docx.Document()
    set_up(file, chosen[0])
    properties = file.core_properties
    properties.title = clean(said(document.title, chosen[0]))
    properties.author = properties.last_modified_by = "buju"
    properties.comments = ""
    properties.created = properties.modified = _FIXED
    for lang in chosen:
        if lang != chosen[0]:
            file.add_paragraph().paragraph_format.page_break_before = True
        _Part(file, document, lang).write()
    footer(file, " · ".join(said(FOOT, lang) for lang in chosen))
    held = io.BytesIO()
    file.save(held)
    return _fixed_times(held.getvalue())


def clean(words: str) -> str:
    """Words without the characters that XML may not hold."""
    return ILLEGAL.sub("", words)


def _fixed_times(content: bytes) -> bytes:
    """The archive with every file dated 1980, so that only content tells two reports apart."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return held.getvalue()


class _Part:
    """The whole report in one language, being written."""

    def __init__(self, file: Any, document: Document, language: str) -> None:
        self.file, self.document, self.language = file, document, language
        self.across = False
        self.mark = 0

    def say(self, text: Any) -> str:
        return clean(said(text, self.language))

    def write(self) -> None:
        self.drawn = pngs(self.document.figures, self.language)
        self.file.add_paragraph(self.say(self.document.title), style="Title")
        self.file.add_paragraph(self.say(self.document.subtitle), style="Subtitle")
        self._contents()
        for title, pieces in self.document.sections:
            self._upright()
            self.file.add_heading(self.say(title), 1)
            for piece in pieces:
                self._piece(piece)
        self._upright()

    def _contents(self) -> None:
        """A field that lists the headings; until Word fills it, it holds their words."""
        self.file.add_paragraph(self.say(CONTENTS), style="TOC Heading")
        titles = [self.say(title) for title, _ in self.document.sections]
        for k, title in enumerate(titles):
            paragraph = self.file.add_paragraph(style="toc 1")
            if k == 0:
                field(paragraph, r'TOC \o "1-2" \h \z \u', None)
            paragraph.add_run(title)
            if k == len(titles) - 1:
                field(paragraph, None, None)

    def _upright(self) -> None:
        if self.across:
            turn(self.file, across=False)
            self.across = False

    def _piece(self, piece: Piece) -> None:
        record = piece.record
        if isinstance(record, TableContent):
            self.across = captioned_table(
                self.file, record, piece.number, self.language, across=self.across
            )
            return
        self._upright()
        if isinstance(record, Heading):
            self.file.add_heading(self.say(record.text), record.level - 1)
        elif isinstance(record, Paragraph):
            self.file.add_paragraph(self.say(record.text))
        elif isinstance(record, Callout):
            self.file.add_paragraph(self.say(record.text), style=f"buju {record.kind}")
        elif isinstance(record, Items):
            self._items(record)
        else:
            self._figures(figures_of(record), piece.number)

    def _items(self, record: Items) -> None:
        """A list; numbers are written out, so that each list begins with one."""
        for k, item in enumerate(record.items, start=1):
            if record.numbered:
                self.file.add_paragraph(f"{k}. {self.say(item)}", style="buju numbered")
            else:
                self.file.add_paragraph(self.say(item), style="List Bullet")

    def _figures(self, figures: Sequence[Figure], number: int) -> None:
        if len(figures) == 1:
            self._figure(self.file.add_paragraph(), self.file.add_paragraph, figures[0], number)
            return
        rows = -(-len(figures) // 2)
        grid = self.file.add_table(rows, 2)
        for k, figure in enumerate(figures):
            cell = grid.cell(k // 2, k % 2)
            self._figure(cell.paragraphs[0], cell.add_paragraph, figure, number + k, _PAIR_MM)
            # Otherwise a heading, the whole grid and what follows would have to share a page.
            cell.paragraphs[0].paragraph_format.keep_with_next = False

    def _figure(
        self, paragraph: Any, add: Any, figure: Figure, number: int, wide: float = _SINGLE_MM
    ) -> None:
        from docx.shared import Mm

        paragraph.style = self.file.styles["buju figure"]
        picture = paragraph.add_run().add_picture(
            io.BytesIO(self.drawn[number - 1]), width=Mm(wide)
        )
        shown = picture._inline.docPr
        shown.set("descr", self.say(figure.alt))
        shown.set("name", f"figure {number}")
        caption = add(style="Caption")
        label = said(LABELS["figure"], self.language)
        caption.add_run(f"{label} ")
        field(caption, f"SEQ {label} \\* ARABIC", str(number))
        caption.add_run("  " + self.say(figure.title)).bold = True
        if said(figure.caption, self.language):
            caption.add_run("  " + self.say(figure.caption))
