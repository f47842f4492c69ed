"""A map of links coloured by the class of a value, the counties behind them in grey."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from buju.report.formats import Format, Text
from buju.report.maps.base import Base, tooltip
from buju.report.maps.choropleth import Entry, described, figure, range_words
from buju.report.maps.classes import NEUTRAL, Classes
from buju.report.records import Figure
from buju.report.svg import element

_LAND = "#ececec"
_THIN, _THICK = 0.9, 4.2


def link_map(
    base: Base,
    links: gpd.GeoDataFrame,
    values: Mapping[str, float],
    classes: Classes,
    *,
    title: Text,
    unit: Text,
    format: Format,
    caption: Text | None = None,
) -> Figure:
    """Links drawn straight between their ends, stronger and darker where they are worth more.

    Parameters
    ----------
    links
        Columns `link_id`, `name`, geometry; those without a value are left out.
    values
        By link.
    """
    known = links[links["link_id"].map(lambda link: values.get(link) is not None)]
    numbers = [float(values[link]) for link in known["link_id"]]
    held = classes.of(numbers)
    paths = base.strokes(known)
    drawn = sorted(zip(held, paths, known["name"], numbers, strict=True), key=_order)
    marks = [
        element(
            "path",
            tooltip(f"{name}: {format.write(value).en}"),
            d=path,
            fill="none",
            stroke=classes.colours[k],
            stroke_width=width(classes, k),
            stroke_linecap="round",
        )
        for k, path, name, value in drawn
        if path and k is not None
    ]
    seen = [k for k, path in zip(held, paths, strict=True) if path]
    entries = [
        Entry(_sample(classes, k), range_words(classes, k, format)) for k in classes.legend(seen)
    ]
    land = dict.fromkeys(base.places, _LAND)
    alt = described(title, unit, entries)
    return figure(base, land, entries, title, unit, alt, "".join(marks), caption)


def _order(item: tuple[int | None, str, str, float]) -> int:
    return -1 if item[0] is None else item[0]


def width(classes: Classes, k: int) -> float:
    """Width of a class's line: thicker further from none, or from the least."""
    middle = classes.colours.index(NEUTRAL) if NEUTRAL in classes.colours else 0
    most = max(1, len(classes.colours) - 1 - middle)
    return _THIN + (_THICK - _THIN) * abs(k - middle) / most


def _sample(classes: Classes, k: int) -> str:
    return element(
        "path",
        d="M0 5.5h16",
        fill="none",
        stroke=classes.colours[k],
        stroke_width=width(classes, k),
    )
