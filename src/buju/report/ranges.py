"""Values with their intervals on one scale, a row each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Format, Text
from buju.report.records import Figure
from buju.report.svg import element, label, lines

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 520.0, 190.0, 22.0, 12.0, 34.0


@dataclass(frozen=True)
class Row:
    """A value and what it may be; NaN bounds where there is no interval."""

    name: Text
    value: float
    low: float = math.nan
    high: float = math.nan
    colour: str = "#17497f"


def ranges(rows: Sequence[Row], *, title: Text, unit: Text, format: Format) -> Figure:
    """Points on a common scale that holds zero, with a bar for each interval."""
    shown = [row for row in rows if math.isfinite(row.value)]
    ends = [x for r in shown for x in (r.value, r.low, r.high) if math.isfinite(x)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    step = _step(high - low or 1.0)
    first, last = math.floor(low / step), max(math.ceil(high / step), math.floor(low / step) + 1)
    room = _WIDTH - _LEFT - _RIGHT

    def at(x: float) -> float:
        return _LEFT + (x / step - first) / (last - first) * room

    bottom = _TOP + _ROW * len(shown)
    body = [_axis(at, first, last, step, bottom, format)]
    for k, row in enumerate(shown):
        body.append(_row(row, at, _TOP + _ROW * (k + 0.5), format))
    body.append(label(unit, _LEFT, round(bottom + 32, 1), font_size=10.5))
    bounded = any(math.isfinite(row.low) for row in shown)
    caption = (
        Text("点为基准参数下的值，横线为抽样区间。", "Dot: the study's parameters; bar: the draws.")
        if bounded
        else Text("没有抽样，没有区间。", "No draws, no interval.")
    )
    said = [
        Text(f"{r.name.zh} {format.write(r.value).zh}", f"{r.name.en} {format.write(r.value).en}")
        for r in shown
    ]
    alt = title + Text("：", ": ")
    alt += Text("；".join(t.zh for t in said), "; ".join(t.en for t in said))
    return Figure("".join(body), (_WIDTH, bottom + 42), title, alt, caption)


def _row(row: Row, at: object, y: float, format: Format) -> str:
    assert callable(at)
    words, _ = lines(row.name, 4, y - 14, width=_LEFT - 16, size=10.5)
    mark = ""
    if math.isfinite(row.low) and math.isfinite(row.high):
        bar = f"M{at(row.low):.1f} {y:.1f}H{at(row.high):.1f}"
        caps = "".join(f"M{at(x):.1f} {y - 4:.1f}v8" for x in (row.low, row.high))
        mark = element("path", d=bar + caps, fill="none", stroke=row.colour, stroke_width=1.6)
    dot = element("circle", cx=round(at(row.value), 1), cy=y, r=4, fill=row.colour)
    figure = format.write(row.value)
    near = round(min(at(row.value), _WIDTH - 60), 1)
    return words + mark + dot + label(figure, near, y - 7, font_size=9.5, text_anchor="middle")


def _axis(at: object, first: int, last: int, step: float, bottom: float, format: Format) -> str:
    assert callable(at)
    found = []
    for k in range(first, last + 1):
        x = round(at(k * step), 1)
        strong = k == 0
        found.append(
            element(
                "path",
                d=f"M{x} {_TOP}V{bottom:.1f}",
                stroke="#444" if strong else "#ddd",
                stroke_width=1.1 if strong else 0.7,
            )
        )
        tick = format.write(k * step)
        found.append(label(tick, x, round(bottom + 15, 1), font_size=10, text_anchor="middle"))
    return "".join(found)


def _step(span: float) -> float:
    size = 10.0 ** math.floor(math.log10(span))
    return next(size * k for k in (0.1, 0.2, 0.5, 1.0, 2.0) if span / (size * k) <= 6)
