"""A map of counties coloured by class or by category, with its legend and what the law asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from buju.report.formats import Format, Text
from buju.report.maps.base import WIDTH, Base, tooltip
from buju.report.maps.classes import NEUTRAL, Classes
from buju.report.maps.overlays import Overlay
from buju.report.records import Figure
from buju.report.svg import element, extent, label, lines

_NOTHING = Text("", "")
_MISSING = "url(#missing)"
_ROW, _SWATCH, _SIZE = 17.0, 11.0, 10.5


@dataclass(frozen=True)
class Outline:
    """Counties to be framed together on top of the colours, with their name for the legend."""

    places: Sequence[str]
    name: Text
    dash: str | None = None
    colour: str = "#111111"


@dataclass(frozen=True)
class Entry:
    """One line of a legend."""

    mark: str
    text: Text


def value_map(
    base: Base,
    values: Mapping[Any, float],
    names: Mapping[str, Text],
    classes: Classes,
    *,
    title: Text,
    unit: Text,
    format: Format,
    overlays: Sequence[Overlay] = (),
) -> Figure:
    """Counties coloured by the class of a value.

    Parameters
    ----------
    values
        By place; a place that is not there, or is NaN or infinite, is hatched.
    names
        By place, for the tooltips.
    overlays
        Railways, lines of projects and other shapes on top of the colours.
    """
    numbers = [values.get(place, float("nan")) for place in base.places]
    held = classes.of(numbers)
    fills = {
        place: _MISSING if k is None else classes.colours[k]
        for place, k in zip(base.places, held, strict=True)
    }
    tips = {
        place: f"{_both(names.get(place, Text.same(place)))}: {format.write(value).en}"
        for place, value in zip(base.places, numbers, strict=True)
    }
    entries = [
        Entry(_box(classes.colours[k]), range_words(classes, k, format) + _count(held.count(k)))
        for k in classes.legend(held)
    ]
    if None in held:
        missing = Text("无数据", "no data") + _count(held.count(None))
        entries.append(Entry(_box(_MISSING), missing))
    alt = described(title, unit, entries)
    return _figure(base, fills, tips, entries, title, unit, alt, (), overlays)


def category_map(
    base: Base,
    categories: Mapping[Any, str],
    legend: Mapping[str, Text],
    colours: Mapping[str, str],
    names: Mapping[str, Text],
    *,
    title: Text,
    outlines: Sequence[Outline] = (),
    overlays: Sequence[Overlay] = (),
    caption: Text = _NOTHING,
) -> Figure:
    """Counties coloured by category; places without one are hatched."""
    held = [categories.get(place, "") for place in base.places]
    fills = {place: colours.get(c, _MISSING) for place, c in zip(base.places, held, strict=True)}
    tips = {
        place: _both(names.get(place, Text.same(place)))
        + (f": {_both(legend[c])}" if c in legend else "")
        for place, c in zip(base.places, held, strict=True)
    }
    entries = [Entry(_box(colours[c]), legend[c] + _count(held.count(c))) for c in legend]
    without = sum(c not in colours for c in held)
    if without:
        entries.append(Entry(_box(_MISSING), Text("无", "none") + _count(without)))
    unit = Text("括号内为县数", "Counties in brackets")
    alt = described(title, unit, entries)
    return _figure(base, fills, tips, entries, title, unit, alt, outlines, overlays, caption)


def _figure(
    base: Base,
    fills: Mapping[str, str],
    tips: Mapping[str, str],
    entries: list[Entry],
    title: Text,
    unit: Text,
    alt: Text,
    outlines: Sequence[Outline],
    overlays: Sequence[Overlay],
    caption: Text = _NOTHING,
    over: str = "",
) -> Figure:
    layers = [_areas(fills, tips), element("use", href="#prefecture-edges"), over]
    for overlay in overlays:
        layers += [element("use", href=f"#{shape}") for shape in overlay.ids]
        entries = [*entries, Entry(_stroke(overlay.style), overlay.name)]
    for outline in outlines:
        layers.append(_framed(base, outline))
        entries = [*entries, Entry(_dashed(outline), outline.name)]
    layers += [base.names, _scale_bar(base)]
    legend, height = _legend(entries, unit, base.height + 6)
    small, more = _imprint(base, height)
    return Figure(
        body="".join(layers) + legend + small,
        size=(WIDTH, round(height + more + 4)),
        title=title,
        alt=alt,
        caption=caption,
        shared=base.defs,
    )


def figure(
    base: Base,
    fills: Mapping[str, str],
    entries: list[Entry],
    title: Text,
    unit: Text,
    alt: Text,
    over: str,
    caption: Text | None = None,
) -> Figure:
    """A map of plainly coloured counties with other marks over them, and its legend."""
    tips = dict.fromkeys(fills, "")
    said = _NOTHING if caption is None else caption
    return _figure(base, fills, tips, entries, title, unit, alt, (), (), said, over)


def _areas(fills: Mapping[str, str], tips: Mapping[str, str]) -> str:
    uses = (
        element("use", tooltip(tips[place]) if tips[place] else "", href=f"#c-{place}", fill=fill)
        for place, fill in fills.items()
    )
    return element("g", "".join(uses), class_="cs")


def _framed(base: Base, outline: Outline) -> str:
    return element(
        "path",
        d=base.outline(outline.places),
        fill="none",
        stroke=outline.colour,
        stroke_width=2.2,
        stroke_dasharray=outline.dash,
        stroke_linejoin="round",
    )


def _box(fill: str) -> str:
    return element("rect", width=16, height=_SWATCH, fill=fill, stroke="#777", stroke_width=0.5)


def _stroke(class_: str) -> str:
    return element("path", d=f"M0 {_SWATCH / 2:g}h16", class_=class_)


def _dashed(outline: Outline) -> str:
    return element(
        "path",
        d=f"M0 {_SWATCH / 2:g}h16",
        stroke=outline.colour,
        stroke_width=2.2,
        stroke_dasharray=outline.dash,
    )


def range_words(classes: Classes, k: int, format: Format) -> Text:
    """The limits of a class, in words for a legend."""
    low = format.write(classes.breaks[k - 1]) if k else None
    high = format.write(classes.breaks[k]) if k < len(classes.breaks) else None
    if low and high:
        return Text(f"{low.zh} – {high.zh}", f"{low.en} – {high.en}")
    if high:
        return Text(f"< {high.zh}", f"< {high.en}")
    if low:
        return Text(f"≥ {low.zh}", f"≥ {low.en}")
    unchanged = classes.colours == (NEUTRAL,)
    return Text("无变化", "no change") if unchanged else Text("全部", "all")


def _count(number: int) -> Text:
    return Text(f"（{number}）", f" ({number})")


def _legend(entries: list[Entry], unit: Text, top: float) -> tuple[str, float]:
    """Entries in two columns under the map, or in one where a name needs the room."""
    markup = label(unit, 8, top + 10, font_size=_SIZE, font_weight="bold") if unit.en else ""
    y = top = top + (17 if unit.en else 2)
    widest = max(max(extent(e.text.zh), extent(e.text.en)) for e in entries) * _SIZE
    columns = 2 if widest < WIDTH / 2 - 34 else 1
    room = WIDTH / columns - 34
    rows = -(-len(entries) // columns)
    bottom = top
    for k, entry in enumerate(entries):
        x = 8 + (k // rows) * WIDTH / 2
        y = top if k % rows == 0 else y
        words, height = lines(entry.text, 22, -4.5, width=room, size=_SIZE)
        markup += element("g", entry.mark + words, transform=f"translate({x:g} {y:g})")
        y += max(_ROW, height + 4)
        bottom = max(bottom, y)
    return markup, bottom


def _imprint(base: Base, top: float) -> tuple[str, float]:
    """What every map prints: for analysis only, basis of boundaries, approval number."""
    english = base.note.en[:1].upper() + base.note.en[1:]
    words = Text(
        f"仅供分析。审图号：{base.approval.zh}。{base.note.zh}。",
        f"For analysis only. Map approval number (审图号): {base.approval.en}. {english}.",
    )
    return lines(words, 8, top, width=WIDTH - 16, size=8.5, fill="#444")


def _scale_bar(base: Base) -> str:
    wanted = 70 / base.units_per_km
    steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    km = max((s for s in steps if s <= wanted), default=1)
    length = km * base.units_per_km
    right, y = WIDTH - 8, base.height - 6
    bar = f"M{right - length:.1f} {y - 4:.1f}v4h{length:.1f}v-4"
    return element("path", d=bar, fill="none", stroke="#222", stroke_width=1) + label(
        Text.same(f"{km} km"), round(right - length / 2, 1), round(y - 6, 1), class_="sb"
    )


def _both(name: Text) -> str:
    return name.zh if name.zh == name.en else f"{name.zh} {name.en}"


def described(title: Text, unit: Text, entries: list[Entry]) -> Text:
    """A map in words, for readers who do not see it."""

    def said(language: str) -> str:
        parts = "; ".join(getattr(e.text, language) for e in entries)
        return f"{getattr(title, language)} ({getattr(unit, language)}): {parts}"

    return Text(said("zh"), said("en"))
