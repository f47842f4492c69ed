"""The region divided by each definition, drawn; what the areas are called."""

from __future__ import annotations

from buju.report.formats import Text
from buju.report.maps.base import area_colours
from buju.report.maps.choropleth import category_map
from buju.report.maps.classes import CATEGORIES
from buju.report.maps.overlays import RAIL
from buju.report.records import Figure, Grid, Record
from buju.report.results import Results


def named(results: Results) -> dict[str, Text]:
    """Names of the definitions, in their order."""
    frame = results.frame("definition_methods")
    return {str(r.definition): Text(str(r.name_zh), str(r.name_en)) for r in frame.itertuples()}


def used(results: Results) -> list[str]:
    """Definitions that could be applied."""
    columns = results.frame("definitions").columns
    return [name for name in named(results) if name in columns]


def area_name(results: Results, code: str) -> Text:
    """An area's name: that of its element, or of its centre."""
    element = results.element(code)
    return element if element.zh != code else results.place(code)


def area_names(results: Results, codes: object) -> Text:
    """Names of areas whose codes are joined by semicolons."""
    names = [area_name(results, code) for code in str(codes).split(";") if code]
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def maps(results: Results) -> list[Record]:
    """A map of each definition but those under which counties stand alone."""
    return [Grid([_map(results, name) for name in used(results) if not _too_many(results, name)])]


def _too_many(results: Results, name: str) -> bool:
    """Whether nearly every county is an area of its own, so that a map shows nothing."""
    held = _held(results, name)
    return len(set(held.values())) > len(held) / 2


def _held(results: Results, name: str) -> dict[str, str]:
    frame = results.frame("definition_evidence")
    rows = frame[(frame["definition"] == name) & frame["area"].notna()]
    return dict(zip(rows["place"], rows["area"].astype(str), strict=True))


def _map(results: Results, name: str) -> Figure:
    held, title = _held(results, name), named(results)[name]
    areas = list(dict.fromkeys(held.values()))
    if len(areas) <= len(CATEGORIES):
        legend = {area: area_name(results, area) for area in areas}
        return category_map(
            results.base,
            held,
            legend,
            area_colours(results, areas),
            results.place_names,
            title=title,
        )
    shades = _shades(results, held)
    names = {
        place: words
        if place not in held
        else words + Text("：", ": ") + area_name(results, held[place])
        for place, words in results.place_names.items()
    }
    colours = {str(k): colour for k, colour in enumerate(CATEGORIES)}
    return category_map(
        results.base,
        {place: shades[area] for place, area in held.items()},
        {},
        colours,
        names,
        title=title + Text(f"：{len(areas)} 个区", f": {len(areas)} areas"),
        overlays=[RAIL],
        caption=Text(
            "颜色只用来区分相邻的区，同色不是同一区。",
            "Colours only tell neighbours apart; the same colour is not the same area.",
        ),
    )


def _shades(results: Results, held: dict[str, str]) -> dict[str, str]:
    """A colour for each area that none of its neighbours has, as far as the palette goes."""
    beside: dict[str, set[str]] = {area: set() for area in held.values()}
    if "neighbours" in results.bundle.names:
        for row in results.frame("neighbours").itertuples():
            one, two = held.get(str(row.place)), held.get(str(row.neighbour))
            if one and two and one != two:
                beside[one].add(two)
    found: dict[str, str] = {}
    for k, area in enumerate(beside):
        taken = {found[other] for other in beside[area] if other in found}
        free = [str(c) for c in range(len(CATEGORIES)) if str(c) not in taken]
        found[area] = free[k % len(free)] if free else str(k % len(CATEGORIES))
    return found
