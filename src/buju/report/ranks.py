"""Charts of ranks: intervals, the share of draws at each rank, and profiles of scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Text, is_missing
from buju.report.records import Figure
from buju.report.svg import clean, element, extent, label, lines

_ROW, _SIZE, _PAD = 24.0, 12.0, 8.0
_BLUE, _PALE, _MARK = "#1f5f9f", "#c9d9ea", "#b35806"
_SCALE = ("#f7fbff", "#deebf7", "#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c")


@dataclass(frozen=True)
class Interval:
    """A named row with its value, its interval and a further mark where there is one."""

    name: Text
    value: float
    low: float
    high: float
    mark: float | None = None


def rank_intervals(
    rows: Sequence[Interval], *, title: Text, value: Text, mark: Text | None = None
) -> Figure:
    """One row a place: the interval as a bar, the base rank as a dot, 1 at the left.

    Parameters
    ----------
    value, mark
        What the dot and the further mark are called in the caption.
    """
    left = _margin([row.name for row in rows])
    n = max(1, len(rows))
    step = max(26.0, min(44.0, 480.0 / n))
    width, height = left + step * n + 14, 34 + _ROW * len(rows) + 8
    body = [_rank_axis(n, left, step, height)]
    for k, row in enumerate(rows):
        y = 34 + _ROW * (k + 0.5)
        x, low, high = (round(left + step * (v - 0.5), 1) for v in (row.value, row.low, row.high))
        body.append(label(row.name, left - _PAD, y + 4, font_size=_SIZE, text_anchor="end"))
        tip = element("title", clean(f"{row.name.zh} {row.value:g} ({row.low:g}–{row.high:g})"))
        bar = {"x": round(low - 5, 1), "y": y - 5.5, "width": round(high - low + 10, 1)}
        body.append(element("rect", tip, **bar, height=11, rx=5.5, fill=_PALE))
        body.append(element("circle", cx=x, cy=y, r=5, fill=_BLUE))
        if row.mark is not None and not is_missing(row.mark):
            at = round(left + step * (row.mark - 0.5), 1)
            cross = f"M{at - 4} {y - 4}L{at + 4} {y + 4}M{at - 4} {y + 4}L{at + 4} {y - 4}"
            body.append(element("path", d=cross, stroke=_MARK, stroke_width=1.8))
    caption = value + Text("为圆点，横条为名次的 5%—95%。", " is the dot; the bar is 5 to 95 %.")
    if mark is not None:
        caption += Text("叉号为", " The cross is ") + mark + Text("。", ".")
    return Figure(
        "".join(body), (width, height), title, title + Text("。", ". ") + caption, caption
    )


def _rank_axis(n: int, left: float, step: float, height: float) -> str:
    found = []
    for rank in range(1, n + 1):
        x = round(left + step * (rank - 0.5), 1)
        found.append(element("path", d=f"M{x} 28V{height - 6:.1f}", stroke="#e3e3e3"))
        found.append(label(Text.same(rank), x, 20, font_size=11, text_anchor="middle"))
    return "".join(found)


def heat_strip(
    rows: Sequence[Text],
    columns: Sequence[Text],
    shares: Sequence[Sequence[float | None]],
    *,
    title: Text,
    caption: Text,
    percent: bool = True,
    slanted: bool = False,
) -> Figure:
    """A cell for each row and column, darker the larger, with its figure inside.

    Parameters
    ----------
    shares
        Values from 0 to 1 (`percent`) or 0 to 100; None or NaN leaves a cell empty.
    slanted
        Whether long heads of columns are broken into lines above the cells.
    """
    left = _margin(rows)
    wide = 66.0 if slanted else 38.0
    head = 64.0 if slanted else 26.0
    width = left + wide * len(columns) + _PAD
    height = head + _ROW * len(rows) + _PAD
    body = []
    for k, column in enumerate(columns):
        middle = left + wide * (k + 0.5)
        if slanted:
            markup, _ = lines(column, middle, 0, width=wide - 4, size=10.0, text_anchor="middle")
            body.append(markup)
        else:
            body.append(label(column, middle, 18, font_size=11, text_anchor="middle"))
    top = 1.0 if percent else 100.0
    for r, (name, values) in enumerate(zip(rows, shares, strict=True)):
        y = head + _ROW * r
        body.append(label(name, left - _PAD, y + 16, font_size=_SIZE, text_anchor="end"))
        for k, value in enumerate(values):
            body.append(_cell(value, left + wide * k, y, wide, top, percent))
    alt = title + Text("。", ". ") + caption
    return Figure("".join(body), (width, height), title, alt, caption)


def _cell(value: float | None, x: float, y: float, wide: float, top: float, percent: bool) -> str:
    if is_missing(value) or value is None:
        return element("rect", x=x, y=y, width=wide - 1, height=_ROW - 1, fill="#fafafa")
    share = max(0.0, min(1.0, value / top))
    place = min(len(_SCALE) - 1, int(share * len(_SCALE)))
    box = element("rect", x=x, y=y, width=wide - 1, height=_ROW - 1, fill=_SCALE[place])
    if percent and share < 0.005:
        return box
    words = f"{100 * share:.0f}" if percent else f"{value:.0f}"
    ink = "#fff" if place >= 4 else "#222"
    return box + element(
        "text", clean(words), x=round(x + wide / 2, 1), y=y + 16, font_size=11,
        text_anchor="middle", fill=ink,
    )  # fmt: skip


def _margin(names: Sequence[Text]) -> float:
    widest = max((max(extent(n.zh), extent(n.en)) for n in names), default=4.0)
    return widest * _SIZE + 2 * _PAD
