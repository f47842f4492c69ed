"""What lies within the time limit of the core cities, drawn date by date."""

from __future__ import annotations

import pandas as pd

from buju.report.content import Show, shown
from buju.report.formats import Text
from buju.report.maps.base import area_colours
from buju.report.maps.choropleth import category_map
from buju.report.maps.overlays import RAIL, isochrones_of
from buju.report.records import Figure, Grid, Heading, Record
from buju.report.results import Results
from buju.report.section import Part


def _maps(results: Results) -> list[Record]:
    table = results.table("isochrones")
    frame = table.frame.copy()
    frame["date"] = frame["date"].astype(str)
    limit = f"{frame['minutes'].iloc[0]:g}"
    columns = [
        Show("core", "核心城市", "Core city", through=results.place_both),
        Show("date", "路网日期", "Network of"),
        Show("projects", "含规划项目", "With planned projects"),
        Show("km2", "圈内面积", "Area inside", "count"),
        Show("change", "比前一日期", "Since the date before", "signed_count"),
    ]
    return [
        Heading(Text(f"{limit} 分钟等时圈", f"What lies within {limit} minutes")),
        Grid([_map(results, rows, limit) for _, rows in frame.groupby("date", sort=False)]),
        shown(results, "isochrones", columns),
    ]


def _map(results: Results, rows: pd.DataFrame, limit: str) -> Figure:
    """Counties whose seat lies inside, by the nearest core, and the polygons on top of them."""
    date, built = rows["date"].iloc[0], str(rows["projects"].iloc[0])
    circles = results.frame("circles")
    circles = circles[circles["date"].astype(str) == date]
    inside = circles[circles["nearest"] & circles["inside"]].set_index("place")["core"].astype(str)
    cores = list(rows["core"].astype(str))
    when = Text(f"{date} 路网", f"network of {date}")
    if built:
        when += Text(f"（含规划项目 {built}）", f" (with planned {built})")
    polygons = Text(f"{limit} 分钟等时圈（示意）", f"within {limit} minutes, sketch")
    return category_map(
        results.base,
        inside.to_dict(),
        {core: results.place(core) for core in cores},
        area_colours(results, cores),
        results.place_names,
        title=Text(f"核心城市 {limit} 分钟圈，", f"{limit} minutes round the core cities, ") + when,
        overlays=[isochrones_of(results.layers["isochrones"], date, polygons), RAIL],
        caption=Text(
            "颜色：驻地在圈内的县，按最近的核心城市；阴影：门到门所及之地。",
            "Colours: counties whose seat lies inside, by the nearest core; shade: what is reached "
            "from door to door.",
        ),
    )


PART = Part(
    Text("等时圈图", "maps of what lies within the limit"),
    {
        "isochrones": ("core", "date", "projects", "minutes", "km2", "change"),
        "circles": ("date", "place", "core", "inside", "nearest"),
        "counties": ("place",),
    },
    _maps,
)
