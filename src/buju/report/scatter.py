"""A scatter of two times with the line on which they agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.records import Figure
from buju.report.svg import clean, element, extent, label

_SIZE, _LEFT, _BOTTOM, _TOP = 440.0, 52.0, 62.0, 30.0


@dataclass(frozen=True)
class Series:
    """Points of one kind, with what a pointer shows over each."""

    title: Text
    colour: str
    shape: str
    points: Sequence[tuple[float, float]]
    tips: Sequence[str]


def scatter(series: Sequence[Series], *, title: Text, x: Text, y: Text) -> Figure:
    """Points on equal axes from zero; points that are not finite are counted in the caption."""
    finite = [p for s in series for p in s.points if all(map(math.isfinite, p))]
    top = max((max(p) for p in finite), default=1.0)
    step = _step(top)
    limit = step * math.ceil(top / step)
    plane = _Plane(limit)
    body = [_axes(plane, step, x, y)]
    at = _LEFT
    for one in series:
        body += [
            _mark(one, *plane.at(*point), tip)
            for point, tip in zip(one.points, one.tips, strict=True)
            if all(map(math.isfinite, point))
        ]
        words = one.title + Text(f"（{len(one.points)}）", f" ({len(one.points)})")
        body += [_mark(one, at + 6, 14.0, ""), label(words, at + 16, 18.0, font_size=11)]
        at += max(extent(words.zh), extent(words.en)) * 11 + 40
    left_out = sum(len(s.points) for s in series) - len(finite)
    caption = Text("虚线为两者相等。", "On the dashed line both are equal.")
    if left_out:
        caption += Text(f"{left_out} 对没有路线，未画。", f" {left_out} pairs without a way.")
    alt = title + Text(f"，{len(finite)} 个点；", f", {len(finite)} points; ") + caption
    return Figure("".join(body), (_SIZE, _SIZE), title, alt, caption)


@dataclass(frozen=True)
class _Plane:
    limit: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = _SIZE - _LEFT - 12
        up = _SIZE - _BOTTOM - _TOP
        return _LEFT + x / self.limit * across, _SIZE - _BOTTOM - y / self.limit * up


def _step(top: float) -> float:
    """A round distance between ticks that gives four to eight of them."""
    size = 10.0 ** math.floor(math.log10(top))
    return next(size * k for k in (0.2, 0.5, 1.0, 2.0) if top / (size * k) <= 8)


def _axes(plane: _Plane, step: float, x: Text, y: Text) -> str:
    found = []
    for k in range(round(plane.limit / step) + 1):
        value = k * step
        a, floor = plane.at(value, 0)
        _, b = plane.at(0, value)
        end, ceiling = plane.at(plane.limit, plane.limit)
        grid = f"M{a:.1f} {floor:.1f}V{ceiling:.1f}M{_LEFT:.1f} {b:.1f}H{end:.1f}"
        found.append(element("path", d=grid, stroke="#ddd", stroke_width=0.7))
        tick = Text.same(f"{value:,.0f}")
        found.append(label(tick, round(a, 1), floor + 15, font_size=10.5, text_anchor="middle"))
        found.append(label(tick, _LEFT - 6, b + 4, font_size=10.5, text_anchor="end"))
    (a, b), (c, d) = plane.at(0, 0), plane.at(plane.limit, plane.limit)
    line = f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}"
    found.append(element("path", d=line, stroke="#666", stroke_dasharray="5 4"))
    middle = (a + c) / 2
    found.append(label(x, middle, _SIZE - 22, font_size=11.5, text_anchor="middle"))
    turned = f"translate(13 {(b + d) / 2:.1f}) rotate(-90)"
    found.append(
        element("g", label(y, 0, 0, font_size=11.5, text_anchor="middle"), transform=turned)
    )
    return "".join(found)


def _mark(series: Series, x: float, y: float, tip: str) -> str:
    inner = element("title", clean(tip)) if tip else ""
    paint = {"fill": series.colour, "fill_opacity": 0.65}
    x, y = round(x, 1), round(y, 1)
    if series.shape == "circle":
        return element("circle", inner, cx=x, cy=y, r=3.6, **paint)
    side = 6.4
    turned = f"rotate(45 {x} {y})" if series.shape == "diamond" else None
    return element(
        "rect",
        inner,
        x=round(x - side / 2, 1),
        y=round(y - side / 2, 1),
        width=side,
        height=side,
        transform=turned,
        **paint,
    )
