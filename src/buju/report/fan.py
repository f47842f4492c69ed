"""A record of years with the distribution of what follows: bands, a target, what came."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.records import Figure
from buju.report.svg import element, label

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 400.0, 290.0, 44.0, 16.0, 34.0, 44.0
_INK, _WIDE, _NARROW, _AIM, _CAME = "#17497f", "#c9dcee", "#8fb7da", "#b3322c", "#c77700"


@dataclass(frozen=True)
class Ahead:
    """A year of a forecast: the median, a wide and a narrow interval."""

    year: int
    median: float
    low: float
    high: float
    low_half: float
    high_half: float


@dataclass(frozen=True)
class _Plane:
    first: int
    last: int
    bottom: float
    top: float

    def x(self, year: float) -> float:
        share = (year - self.first) / max(self.last - self.first, 1)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def line(self, points: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{self.x(a):.1f} {self.y(b):.1f}" for a, b in points)


def fan(
    record: Sequence[tuple[int, float]],
    ahead: Sequence[Ahead],
    came: Sequence[tuple[int, float]],
    *,
    target: float,
    title: Text,
    caption: Text,
) -> Figure:
    """A line of the record, bands of the forecast, a dashed line at the target, dots of outcomes.

    `record` has one year or more and comes before `ahead`; figures are per cent.
    """
    values = [v for _, v in (*record, *came)] + [v for a in ahead for v in (a.low, a.high)]
    low, high = min([0.0, target, *values]), max([target, *values])
    step = _step(high - low)
    years = [year for year, _ in record] + [a.year for a in ahead]
    plane = _Plane(
        years[0], years[-1], step * math.floor(low / step), step * math.ceil(high / step + 0.2)
    )
    start = record[-1]
    body = [_axes(plane, step)]
    body.append(_band(plane, start, ahead, "low", "high", _WIDE))
    body.append(_band(plane, start, ahead, "low_half", "high_half", _NARROW))
    middle = [start, *((a.year, a.median) for a in ahead)]
    body.append(
        element("path", d=plane.line(middle), fill="none", stroke=_INK, stroke_dasharray="4 3")
    )
    aim = f"M{_LEFT:.1f} {plane.y(target):.1f}H{_WIDTH - _RIGHT:.1f}"
    body.append(element("path", d=aim, stroke=_AIM, stroke_width=1.4, stroke_dasharray="7 4"))
    words = Text(f"目标 {target:g}%", f"target {target:g} %")
    above = round(plane.y(target) - 5, 1)
    body.append(label(words, _LEFT + 4, above, font_size=11, fill=_AIM, font_weight=700))
    body.append(element("path", d=plane.line(record), fill="none", stroke=_INK, stroke_width=2))
    body += [_dot(plane, year, value, _INK, _INK) for year, value in record]
    body += [_dot(plane, year, value, "#fff", _CAME) for year, value in came]
    alt = title + Text("；", "; ") + caption
    return Figure("".join(body), (_WIDTH, _HEIGHT), title, alt, caption)


def _band(
    plane: _Plane, start: tuple[int, float], ahead: Sequence[Ahead], low: str, high: str, fill: str
) -> str:
    upper = [start, *((a.year, float(getattr(a, high))) for a in ahead)]
    lower = [(a.year, float(getattr(a, low))) for a in reversed(ahead)]
    return element("path", d=plane.line([*upper, *lower]) + "Z", fill=fill)


def _dot(plane: _Plane, year: int, value: float, fill: str, stroke: str) -> str:
    at = {"cx": round(plane.x(year), 1), "cy": round(plane.y(value), 1)}
    tip = element("title", f"{year}: {value:.1f} %")
    return element("circle", tip, **at, r=3.4, fill=fill, stroke=stroke, stroke_width=1.8)


def _axes(plane: _Plane, step: float) -> str:
    found = []
    for k in range(round((plane.top - plane.bottom) / step) + 1):
        value = plane.bottom + k * step
        y = round(plane.y(value), 1)
        zero = abs(value) < step / 1e6
        grid = f"M{_LEFT:.1f} {y}H{_WIDTH - _RIGHT:.1f}"
        found.append(element("path", d=grid, stroke="#777" if zero else "#e2e2e2"))
        tick = Text.same(f"{value:g}")
        found.append(label(tick, _LEFT - 6, y + 4, font_size=10.5, text_anchor="end"))
    every = max(1, math.ceil((plane.last - plane.first) / 8))
    for year in range(plane.last, plane.first - 1, -every):
        at = (round(plane.x(year), 1), _HEIGHT - _BOTTOM + 16)
        found.append(label(Text.same(year), *at, font_size=10.5, text_anchor="middle"))
    unit = Text("实际增速，%", "real growth, %")
    found.append(label(unit, _LEFT, _TOP - 14, font_size=10.5))
    return "".join(found)


def _step(span: float) -> float:
    size = 10.0 ** math.floor(math.log10(span or 1.0))
    return next(size * k for k in (0.1, 0.2, 0.5, 1.0, 2.0) if (span or 1.0) / (size * k) <= 7)
