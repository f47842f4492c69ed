"""Typed pieces of a report: what is said, apart from how a page, a sheet or a document shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from buju.report.formats import Format, Text, Value
from buju.report.svg import FONT, element

__all__ = [
    "Callout",
    "Column",
    "Figure",
    "Grid",
    "Heading",
    "Items",
    "Paragraph",
    "Record",
    "TableContent",
    "Text",
]


@dataclass(frozen=True)
class Heading:
    """A heading inside a section; level 3 stands below the section's own heading."""

    text: Text
    level: int = 3


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in both languages."""

    text: Text


@dataclass(frozen=True)
class Items:
    """A list, numbered or not."""

    items: Sequence[Text]
    numbered: bool = False


@dataclass(frozen=True)
class Callout:
    """What must not be overlooked: `note`, `warning`, or `omitted` for a part without its data."""

    text: Text
    kind: str = "note"


@dataclass(frozen=True)
class Column:
    """A column's head, its unit and how its values are written."""

    title: Text
    format: Format
    unit: Text = field(default_factory=lambda: Text("", ""))


@dataclass(frozen=True)
class TableContent:
    """A table before it is written out.

    Attributes
    ----------
    rows
        Values, not words, one tuple a row in the order of the columns; `Refused` where a number
        exists and must not be shown.
    basis
        `observed`, `computed` or `modelled`; empty where the table holds no figures.
    source
        Where in the bundle the rows stand.
    filter_by
        Position of a column whose values a reader may choose among; None for no choice.
    unfolded
        Whether a long table stands open on the screen; in print all of them do.
    keys
        Keys of the region's `sources` that the figures rest on, where the bundle states them.
    """

    title: Text
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    basis: str
    source: str
    note: Text = field(default_factory=lambda: Text("", ""))
    filter_by: int | None = None
    unfolded: bool = False
    keys: Sequence[str] = ()


@dataclass(frozen=True)
class Figure:
    """A drawing as SVG.

    Attributes
    ----------
    body
        Content of the `svg` element; texts of class `zh` and `en` stand for the languages.
    size
        Width and height of its view box.
    alt
        What a reader who does not see it needs to know.
    shared
        Definitions that the body refers to and that several figures share: text of a `defs`.
    """

    body: str
    size: tuple[float, float]
    title: Text
    alt: Text
    caption: Text
    shared: str = ""

    def standalone(self, language: str) -> str:
        """The drawing as a file of its own in one language, `zh` or `en`."""
        other = "en" if language == "zh" else "zh"
        chosen = element("style", f".{other}{{display:none}}text{{font-family:{FONT}}}")
        width, height = self.size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}">{chosen}'
            f"<defs>{self.shared}</defs>{self.body}</svg>"
        )


@dataclass(frozen=True)
class Grid:
    """Figures to be compared, side by side."""

    figures: Sequence[Figure]


Record: TypeAlias = Heading | Paragraph | Items | Callout | TableContent | Figure | Grid
