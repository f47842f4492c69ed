"""Widths of a printed table's columns, size of its letters, and which way the page lies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.records import TableContent
from buju.report.svg import extent

UPRIGHT, ACROSS = 170.0, 257.0
"""Width of the text on A4 upright and across, in mm."""

_SIZES = (9.0, 8.0, 7.5, 7.0, 6.5, 6.0)
_MM_PER_POINT = 0.3528
_PADDING = 2.4
_UNBROKEN = 4.0
"""Chinese may break after any character, but no column is narrower than so many."""
_PIECES = re.compile(r"[\u2e80-\uffef]+|[^\s\u2e80-\uffef]+")


@dataclass(frozen=True)
class Layout:
    """The printed form of a table.

    Attributes
    ----------
    widths
        Of the columns, in mm.
    size
        Of the letters, in points.
    across
        Whether the page has to lie across.
    """

    widths: tuple[float, ...]
    size: float
    across: bool


def said(text: Text, language: str) -> str:
    """A text in one language, `zh` or `en`."""
    return text.zh if language == "zh" else text.en


def written(table: TableContent, language: str) -> list[list[str]]:
    """The cells of a table as words in one language."""
    return [
        [
            said(column.format.write(value), language)
            for value, column in zip(row, table.columns, strict=True)
        ]
        for row in table.rows
    ]


def lay_out(table: TableContent, language: str, cells: Sequence[Sequence[str]]) -> Layout:
    """The largest letters with which a table stands on A4, upright if it can.

    No word is cut; a column of codes (hashes, addresses), which may break anywhere, takes what the
    others leave.
    """
    needs = [_needs(table, k, language, cells) for k in range(len(table.columns))]
    for across, room in ((False, UPRIGHT), (True, ACROSS)):
        for size in _SIZES[: len(_SIZES) if across else 4]:
            widths = _share(needs, size * _MM_PER_POINT, room)
            if widths:
                return Layout(widths, size, across)
    least = [least for least, _ in needs]
    return Layout(tuple(ACROSS * n / sum(least) for n in least), _SIZES[-1], True)


def _needs(
    table: TableContent, k: int, language: str, cells: Sequence[Sequence[str]]
) -> tuple[float, float]:
    """The narrowest and the natural width of a column, in em."""
    column = table.columns[k]
    head = [said(column.title, language), said(column.unit, language)]
    body = [row[k] for row in cells]
    least = max((_unbreakable(words) for words in head), default=0.0)
    if column.format.kind == "code":
        least = max(least, 8.0)
    elif column.format.numeric:
        least = max([least, *(extent(words) for words in body)])
    else:
        least = max([least, *(_unbreakable(words) for words in body)])
    return least, max([least, *(extent(words) for words in (*head, *body))])


def _unbreakable(words: str) -> float:
    pieces = _PIECES.findall(words)
    return max((min(extent(p), _UNBROKEN) if _wide(p) else extent(p) for p in pieces), default=1.0)


def _wide(piece: str) -> bool:
    return piece[0] >= "\u2e80"


def _share(
    needs: Sequence[tuple[float, float]], em: float, room: float
) -> tuple[float, ...] | None:
    """Widths within the room: natural where all fit, else the least and a share of what is left."""
    least = [a * em * 1.04 + _PADDING for a, _ in needs]
    natural = [b * em * 1.04 + _PADDING for _, b in needs]
    if sum(natural) <= room:
        return tuple(natural)
    spare = room - sum(least)
    if spare < 0:
        return None
    wants = [min(b - a, room / 2) for a, b in zip(least, natural, strict=True)]
    return tuple(a + spare * w / sum(wants) for a, w in zip(least, wants, strict=True))
