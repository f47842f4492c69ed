"""Projects by stage as bars, and their dates as bars on a line of years."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.records import Figure
from buju.report.svg import element, extent, label, lines

_WIDTH, _ROW, _LEFT, _RIGHT = 560.0, 30.0, 130.0, 150.0
_HERE, _REACHED, _UNKNOWN, _PAST = "#17497f", "#b9d0e6", "#c4c8cd", "#b3322c"
BASES = {
    "actual": (Text("已完工", "completed"), "#1b8a4b"),
    "planned": (Text("到计划完工", "to the planned end"), "#5b8fc1"),
    "open": (Text("在进行，无计划完工", "under way, no planned end"), "#d98e04"),
}


@dataclass(frozen=True)
class Stage:
    """A stage: projects in it, projects in it or beyond (None: not established)."""

    name: Text
    here: int
    reached: int | None
    tail: Text


def stage_bars(stages: Sequence[Stage], *, title: Text, caption: Text) -> Figure:
    """A bar a stage: dark for projects that stand in it, pale for those in it or beyond."""
    most = max([1, *(max(s.here, s.reached or 0) for s in stages)])
    room = _WIDTH - _LEFT - _RIGHT
    body = []
    for k, stage in enumerate(stages):
        y = 8 + _ROW * k
        words = label(stage.name, _LEFT - 8, y + 15, font_size=12, text_anchor="end")
        widths = [room * n / most for n in (stage.reached or 0, stage.here)]
        fill = _HERE if stage.reached is not None else _UNKNOWN
        bars = [
            element("rect", x=_LEFT, y=y, width=round(w, 1), height=20, fill=f)
            for w, f in zip(widths, (_REACHED, fill), strict=True)
        ]
        end = _LEFT + max(widths) + 6
        body += [words, *bars, label(stage.tail, round(end, 1), y + 15, font_size=11)]
    y = 22 + _ROW * len(stages)
    body.append(_legend(y))
    said = [f"{s.name.zh} {s.here}" for s in stages], [f"{s.name.en} {s.here}" for s in stages]
    alt = title + Text("：" + "、".join(said[0]), ": " + ", ".join(said[1]))
    return Figure("".join(body), (_WIDTH, y + 14), title, alt, caption)


def _legend(y: float) -> str:
    found, at = [], _LEFT
    for fill, words in (
        (_HERE, Text("处于该阶段", "in the stage")),
        (_REACHED, Text("该阶段或更后", "in it or beyond")),
        (_UNKNOWN, Text("未查明", "not established")),
    ):
        found.append(element("rect", x=at, y=y - 9, width=12, height=12, fill=fill))
        found.append(label(words, at + 17, y + 1, font_size=11))
        at += 34 + max(extent(words.zh), extent(words.en)) * 11
    return "".join(found)


@dataclass(frozen=True)
class Bar:
    """A project's works: from and to a day, and what the end rests on."""

    name: Text
    begins: datetime.date
    ends: datetime.date
    basis: str


def schedule(bars: Sequence[Bar], today: datetime.date, *, title: Text, caption: Text) -> Figure:
    """A bar a project on a common line of years, with the day of looking."""
    first = min(bar.begins.year for bar in bars)
    last = max(today, *(bar.ends for bar in bars)).year + 1
    left, width, row = 210.0, 680.0, 36.0
    room = width - left - 14

    def at(day: datetime.date) -> float:
        passed = (day - datetime.date(first, 1, 1)).days
        whole = (datetime.date(last, 1, 1) - datetime.date(first, 1, 1)).days
        return round(left + room * passed / whole, 1)

    bottom = 10 + row * len(bars)
    body = []
    for year in range(first, last + 1):
        x = at(datetime.date(year, 1, 1))
        body.append(element("path", d=f"M{x} 6V{bottom}", stroke="#e2e2e2"))
        if year < last:
            middle = at(datetime.date(year, 7, 1))
            tick = Text.same(year)
            body.append(label(tick, middle, bottom + 15, font_size=10.5, text_anchor="middle"))
    for k, bar in enumerate(bars):
        y = 10 + row * k
        words, _ = lines(bar.name, 2, y + 1, width=left - 12, size=10.5)
        tip = element("title", f"{bar.begins} – {bar.ends}")
        span = max(at(bar.ends) - at(bar.begins), 2.0)
        place = {"x": at(bar.begins), "y": y + 4, "width": round(span, 1), "height": 16, "rx": 2}
        body += [words, element("rect", tip, **place, fill=BASES[bar.basis][1])]
        if bar.basis == "planned" and bar.ends < today:
            past = f"M{at(bar.ends)} {y + 12}H{at(today)}"
            body.append(element("path", d=past, stroke=_PAST, stroke_dasharray="4 3"))
    x = at(today)
    body.append(element("path", d=f"M{x} 4V{bottom}", stroke="#b3322c", stroke_width=1.5))
    said = Text(f"查看日 {today}", f"looked at {today}")
    turned = "end" if x > width - 90 else "middle"
    body.append(label(said, x, bottom + 30, font_size=10.5, fill="#b3322c", text_anchor=turned))
    body.append(_bases(bottom + 50, 20.0))
    alt = title + Text(f"，{len(bars)} 个项目", f", {len(bars)} projects")
    return Figure("".join(body), (width, bottom + 62), title, alt, caption)


def _bases(y: float, at: float) -> str:
    found = []
    for words, fill in BASES.values():
        found.append(element("rect", x=at, y=y - 9, width=16, height=11, fill=fill))
        found.append(label(words, at + 21, y + 1, font_size=11))
        at += 38 + max(extent(words.zh), extent(words.en)) * 11
    past = Text("计划日期已过，无完工记录", "planned date passed, none on record")
    found.append(element("path", d=f"M{at} {y - 4}h18", stroke=_PAST, stroke_dasharray="4 3"))
    found.append(label(past, at + 23, y + 1, font_size=11))
    return "".join(found)
