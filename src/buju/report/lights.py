"""Traffic lights as rows: colour and shape both say which, so that neither is needed alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.records import Figure
from buju.report.svg import element, label, lines

_WIDTH, _LEFT, _NAME, _RULE = 640.0, 34.0, 300.0, 350.0
COLOURS = {"green": "#1b8a4b", "amber": "#d98e04", "red": "#b3322c", "grey": "#9aa0a6"}
NAMES = {
    "green": Text("绿", "green"),
    "amber": Text("黄", "amber"),
    "red": Text("红", "red"),
    "grey": Text("灰", "grey"),
}


@dataclass(frozen=True)
class Lamp:
    """A target's light: what it is about, its figures, and the rule that gave the light."""

    light: str
    name: Text
    figures: Text
    rule: Text


def lamps(rows: Sequence[Lamp], *, title: Text, caption: Text) -> Figure:
    """One row a target: light, name over its figures, rule."""
    body, y = [], 6.0
    for k, row in enumerate(rows):
        if k:
            body.append(element("path", d=f"M0 {y - 4:.1f}H{_WIDTH}", stroke="#e2e2e2"))
        name, tall = lines(row.name, _LEFT, y - 2, width=_NAME, size=12, font_weight=700)
        rule, other = lines(row.rule, _RULE, y - 2, width=_WIDTH - _RULE - 8, size=11)
        body += [_mark(row.light, 16.0, y + 14), name, rule]
        body.append(label(row.figures, _LEFT, y + tall + 13, font_size=10.5, fill="#4d5560"))
        y += max(tall + 24, other + 10)
    said = [
        Text(f"{r.name.zh} {NAMES[r.light].zh}", f"{r.name.en} {NAMES[r.light].en}") for r in rows
    ]
    alt = title + Text("：", ": ")
    alt += Text("；".join(t.zh for t in said), "; ".join(t.en for t in said))
    return Figure("".join(body), (_WIDTH, y), title, alt, caption)


def _mark(light: str, x: float, y: float) -> str:
    """A circle for green, a triangle for amber, a square for red, a ring for grey."""
    fill = COLOURS[light]
    if light == "green":
        return element("circle", cx=x, cy=y, r=8, fill=fill)
    if light == "amber":
        return element("path", d=f"M{x} {y - 9}l10 17h-20z", fill=fill)
    if light == "red":
        return element("rect", x=x - 7.5, y=y - 7.5, width=15, height=15, fill=fill)
    return element("circle", cx=x, cy=y, r=7, fill="none", stroke=fill, stroke_width=2.5)
