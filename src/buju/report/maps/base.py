"""The outlines that every map of a report shares, projected and simplified once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from buju.report.formats import Text
from buju.report.maps.classes import CATEGORIES
from buju.report.maps.overlays import STYLE, added_id, isochrone_id
from buju.report.results import MORE_LAYERS, Results
from buju.report.svg import clean, element, label

WIDTH, TALLEST = 360.0, 470.0
_MARGIN = 8.0
_STYLE = (
    ".cs use{stroke:#fff;stroke-width:.4}.pe{fill:none;stroke:#333;stroke-width:.9}"
    ".pn text{font-size:10px;text-anchor:middle;fill:#111;stroke:#fff;stroke-width:2.6px;"
    "paint-order:stroke;stroke-linejoin:round}.sb{font-size:9px;text-anchor:middle;fill:#222}"
) + STYLE
_BAR = 14.0
"""Room under the map for the scale bar."""
_OVERHANG = 6.0
_TOLERANCE = 0.8
_FINE = 0.25
"""Detail that is dropped, in units of the drawing: below what a printed page shows. Borders can
lose more than round shapes can before it is seen.
"""


@dataclass(frozen=True)
class Base:
    """Outlines in drawing units and what every map must print beside them.

    Attributes
    ----------
    places
        Codes of the counties that have an outline.
    height
        Height of the map without its legend; the width is `WIDTH`.
    units_per_km
        Drawing units for one kilometre.
    defs
        Definitions that the figures refer to.
    names
        Names of the prefectures at points inside them. They stand in every figure anew: rules that
        choose a language do not reach into the copies that `use` makes.
    shapes
        County outlines by code, in drawing units.
    approval
        The map approval number, or that there is none.
    note
        On what the boundaries rest.
    """

    places: tuple[str, ...]
    height: float
    units_per_km: float
    defs: str
    names: str
    shapes: dict[str, shapely.Geometry]
    approval: Text
    note: Text
    crs: str
    frame: _Frame

    def strokes(self, lines: gpd.GeoDataFrame) -> list[str]:
        """Path data of each line, cut to the drawing; empty where it lies outside."""
        window = shapely.box(0, 0, WIDTH, self.height - _BAR)
        placed = self.frame.place(lines.to_crs(self.crs).geometry.to_numpy())
        cut = shapely.intersection(placed, window)
        return [
            "".join(path_data(part) for part in shapely.get_parts(one) if part.length)
            if shapely.length(one) > 0
            else ""
            for one in cut
        ]

    def outline(self, places: Iterable[str]) -> str:
        """Path data of the outline of several counties together."""
        return path_data(shapely.union_all([self.shapes[p] for p in places if p in self.shapes]))


def base_of(results: Results) -> Base:
    """Project the bundle's map to a local equal-area plane and draw its outlines.

    The projection is Lambert's azimuthal equal-area one round the middle of the region, so that
    a county's share of the ink is its share of the land.
    """
    layers = results.layers
    counties = layers["counties"]
    crs = _local_crs(counties)
    counties = counties.to_crs(crs)
    counties = counties[counties.geometry.notna() & ~counties.geometry.is_empty]
    frame = _Frame.around(counties.total_bounds)
    simple = shapely.coverage_simplify(frame.place(counties.geometry.to_numpy()), _TOLERANCE)
    shapes = dict(zip(counties["place"], simple, strict=True))
    edges, names = _prefectures(results, shapes)
    defs = [
        element("style", _STYLE),
        _counties(shapes),
        edges,
        *_lines(layers["links"].to_crs(crs), frame, shapely.union_all(simple)),
        *_more({k: layers[k].to_crs(crs) for k in MORE_LAYERS if k in layers}, frame),
    ]
    return Base(
        places=tuple(shapes),
        height=frame.height,
        units_per_km=frame.scale * 1000,
        defs="".join(defs) + _hatch(),
        names=names,
        shapes=shapes,
        approval=_approval(results),
        note=_note(counties),
        crs=crs,
        frame=frame,
    )


@dataclass(frozen=True)
class _Frame:
    """Metres of the projection to units of the drawing, y downwards."""

    left: float
    top: float
    scale: float
    height: float

    @classmethod
    def around(cls, bounds: Sequence[float]) -> _Frame:
        west, south, east, north = bounds
        scale = min(
            (WIDTH - 2 * _MARGIN) / (east - west), (TALLEST - 2 * _MARGIN) / (north - south)
        )
        spare = WIDTH - (east - west) * scale
        height = (north - south) * scale + 2 * _MARGIN + _BAR
        return cls(west - spare / 2 / scale, north + _MARGIN / scale, scale, height)

    def place(self, geometries: Sequence[shapely.Geometry]) -> np.ndarray:
        matrix = np.array([self.scale, -self.scale])
        return np.asarray(
            shapely.transform(
                geometries, lambda xy: (xy - np.array([self.left, self.top])) * matrix
            )
        )


def _local_crs(counties: gpd.GeoDataFrame) -> str:
    west, south, east, north = counties.to_crs(4326).total_bounds
    return f"+proj=laea +lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f} +units=m"


def path_data(geometry: shapely.Geometry) -> str:
    """SVG path of polygons or lines, one decimal, steps relative to the point before.

    >>> path_data(shapely.LineString([(0, 0), (10, 0.5), (10, 5)]))
    'M0 0l10 .5 0 4.5'
    """
    data = []
    for part in shapely.get_parts(geometry):
        closed = part.geom_type == "Polygon"
        rings = [part.exterior, *part.interiors] if closed else [part]
        data += [_ring(shapely.get_coordinates(ring), closed=closed) for ring in rings]
    return "".join(data)


def _ring(points: np.ndarray, *, closed: bool) -> str:
    tenths = np.round(points * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if closed and len(steps) > 1:
        steps = steps[:-1]
    written = " ".join(f"{_tenth(x)} {_tenth(y)}" for x, y in steps)
    start = f"M{_tenth(tenths[0][0])} {_tenth(tenths[0][1])}"
    return start + (f"l{written}" if written else "") + ("z" if closed else "")


def _tenth(value: int) -> str:
    whole = f"{value / 10:g}"
    return re.sub(r"^(-?)0\.", r"\1.", whole)


def _counties(shapes: dict[str, shapely.Geometry]) -> str:
    paths = (element("path", id=f"c-{place}", d=path_data(s)) for place, s in shapes.items())
    return "".join(paths)


def _prefectures(results: Results, shapes: dict[str, shapely.Geometry]) -> tuple[str, str]:
    belongs = results.counties["prefecture"]
    edges, names = [], []
    for prefecture, members in belongs.groupby(belongs, sort=False):
        inside = [shapes[place] for place in members.index if place in shapes]
        if not inside:
            continue
        whole = shapely.union_all(inside)
        edges.append(path_data(whole))
        at = shapely.point_on_surface(whole)
        names.append(label(results.place(prefecture), round(at.x, 1), round(at.y, 1)))
    outlines = element("path", id="prefecture-edges", d="".join(edges), class_="pe")
    return outlines, element("g", "".join(names), class_="pn")


def _lines(links: gpd.GeoDataFrame, frame: _Frame, region: shapely.Geometry) -> list[str]:
    """Rail in operation inside the region, and the links of every project in the drawing."""
    running = links[(links["mode"] == "rail") & (links["status"] == "operating")]
    inside = _drawn(running, frame, shapely.buffer(region, _OVERHANG))
    drawn = [element("path", id="rail", class_="rl", d=inside)]
    window = shapely.box(0, 0, WIDTH, frame.height)
    projects = links[links["project"].fillna("") != ""]
    for code, rows in projects.groupby("project", sort=True):
        data = _drawn(rows, frame, window)
        drawn.append(element("path", id=f"p-{code}", class_="pl", d=data))
    return drawn


def _more(layers: dict[str, gpd.GeoDataFrame], frame: _Frame) -> list[str]:
    """Links that scenarios add, scenario by scenario, and what lies within reach of the cores."""
    window, drawn = shapely.box(0, 0, WIDTH, frame.height), []
    if "added_links" in layers:
        for scenario, rows in layers["added_links"].groupby("scenario", sort=True):
            data = _drawn(rows, frame, window)
            drawn.append(element("path", id=added_id(str(scenario)), class_="al", d=data))
    if "isochrones" in layers:
        shapes = frame.place(layers["isochrones"].geometry.to_numpy())
        simple = shapely.intersection(shapely.simplify(shapes, _FINE), window)
        drawn += [
            element("path", id=isochrone_id(k), class_="is", d=path_data(shape))
            for k, shape in enumerate(simple)
        ]
    return drawn


def _drawn(rows: gpd.GeoDataFrame, frame: _Frame, window: shapely.Geometry) -> str:
    if rows.empty:
        return ""
    cut = shapely.intersection(frame.place(rows.geometry.to_numpy()), window)
    cut = shapely.get_parts(cut)
    cut = cut[(shapely.get_type_id(cut) == 1) & ~shapely.is_empty(cut)]
    return "".join(path_data(line) for line in cut)


def _hatch() -> str:
    stripes = element("rect", width=5, height=5, fill="#e4e4e4")
    stripes += element("path", d="M0 0v5", stroke="#8a8a8a", stroke_width=1.6)
    return element(
        "pattern",
        stripes,
        id="missing",
        width=5,
        height=5,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )


def _approval(results: Results) -> Text:
    number = results.manifest["region"].get("map_approval_number") or ""
    return Text.same(number) if number else Text("未送审", "not submitted")


def _note(counties: gpd.GeoDataFrame) -> Text:
    if "boundary_note" not in counties or counties.empty:
        return Text("边界依据未注明", "basis of the boundaries not stated")
    chinese, _, english = str(counties["boundary_note"].iloc[0]).partition(" / ")
    # Every map says so by itself.
    chinese = chinese.removesuffix("，仅供分析")
    return Text(chinese, (english or chinese).removesuffix(", for analysis only"))


def colours_of(names: Sequence[str]) -> dict[str, str]:
    """Colours of categories, in their order; categories beyond the palette share its last one."""
    last = CATEGORIES[-1]
    return {n: CATEGORIES[k] if k < len(CATEGORIES) else last for k, n in enumerate(names)}


def area_colours(results: Results, areas: Sequence[str]) -> dict[str, str]:
    """Colours of areas; those named after core cities have the same colour on every map."""
    if "circles" in results.bundle.names:
        cores = list(dict.fromkeys(results.frame("circles")["core"].dropna().astype(str)))
        if set(areas) <= set(cores):
            return {core: c for core, c in colours_of(cores).items() if core in areas}
    return colours_of(areas)


def tooltip(words: str) -> str:
    """What a pointer shows over a shape."""
    return f"<title>{clean(words)}</title>"
