"""Travel times: who is in reach before and after, and how accessibility changes."""

from __future__ import annotations

import pandas as pd

from buju.report.content import Show, shown
from buju.report.formats import Format, Text, percent_digits
from buju.report.maps.choropleth import value_map
from buju.report.maps.classes import Classes, diverging_classes, fixed_classes, quantile_classes
from buju.report.records import Figure, Grid, Heading, Record
from buju.report.results import Results
from buju.report.section import Part, Section

_COUNTED = Text("；括号内为县数", "; counties in brackets")


def _reach(results: Results) -> list[Record]:
    columns = [
        Show("network", "路网", "Network", through=results.network),
        Show("destination", "地级市", "Prefecture seat", through=results.place_both),
        Show("minutes", "站到站", "Station to station", "number", 0),
        Show("within", "目标以内", "Within the target"),
        Show("door_minutes", "门到门", "Door to door", "number", 0),
        Show("road_minutes", "仅公路", "By road alone", "number", 0),
    ]
    return [
        Heading(Text("到各地级市的时间", "Times to the prefecture seats")),
        shown(results, "reach", columns, filter_by="network"),
    ]


def _core_maps(results: Results) -> list[Record]:
    """Minutes to the core city each county is nearest to, on the first and the last network."""
    frame = results.frame("circles")
    dates = list(dict.fromkeys(frame["date"]))
    nearest = frame[frame["nearest"]]
    by_date = {d: nearest[nearest["date"] == d].set_index("place")["minutes"] for d in dates}
    classes = fixed_classes((30.0, 60.0, 90.0, 120.0, 180.0))
    figures = [
        _minutes_map(results, by_date[date], classes, f"{date} 路网", f"network of {date}")
        for date in dict.fromkeys((dates[0], dates[-1]))
    ]
    if len(dates) > 1:
        gap = by_date[dates[-1]] - by_date[dates[0]]
        figures.append(
            _difference_map(
                results,
                gap,
                Text("到最近核心城市时间的变化", "Change of minutes to the nearest core city"),
                Text("分钟", "min"),
                Format("signed", 0),
            )
        )
    return [
        Heading(Text("到最近核心城市的时间", "Minutes to the nearest core city")),
        Grid(figures),
    ]


def _minutes_map(
    results: Results, minutes: pd.Series[float], classes: Classes, zh: str, en: str
) -> Figure:
    return value_map(
        results.base,
        minutes.to_dict(),
        results.place_names,
        classes,
        title=Text(f"到最近核心城市的分钟数，{zh}", f"Minutes to the nearest core city, {en}"),
        unit=Text("分钟", "min") + _COUNTED,
        format=Format("number", 0),
        rail=True,
    )


def _difference_map(
    results: Results, gap: pd.Series[float], title: Text, unit: Text, format: Format
) -> Figure:
    return value_map(
        results.base,
        gap.to_dict(),
        results.place_names,
        diverging_classes(gap.tolist()),
        title=title,
        unit=unit + _COUNTED,
        format=format,
    )


def _access(results: Results) -> list[Record]:
    frame = results.frame("access")
    found: list[Record] = [Heading(Text("各情景的可达性", "Accessibility by scenario"))]
    base = frame[frame["scenario"] == "base"].set_index("place")["mean_minutes"]
    for name, title in results.scenarios:
        rows = frame[frame["scenario"] == name].set_index("place")
        if not rows.empty:
            found.append(Grid(_access_maps(results, name, title, base, rows)))
    return found


def _access_maps(
    results: Results, name: str, title: Text, base: pd.Series[float], rows: pd.DataFrame
) -> list[Figure]:
    after = rows["mean_minutes"]
    classes = quantile_classes([*base, *after], 6)
    projects = results.projects(name)
    before_after = (
        (base, results.scenario("base"), ()),
        (after, title, projects),
    )
    figures = [
        value_map(
            results.base,
            values.to_dict(),
            results.place_names,
            classes,
            title=Text("平均旅行时间：", "Mean travel time: ") + network,
            unit=Text("分钟，按人口加权", "min, weighted by residents") + _COUNTED,
            format=Format("number", 0),
            projects=drawn,
        )
        for values, network, drawn in before_after
    ]
    change = rows["change"]
    return [
        *figures,
        value_map(
            results.base,
            change.to_dict(),
            results.place_names,
            diverging_classes(change.tolist()),
            title=Text("可达人口的变化：", "Change of accessible residents: ") + title,
            unit=Text("变化率", "change") + _COUNTED,
            format=Format("change", percent_digits(change)),
            projects=projects,
        ),
    ]


def _most_changed(results: Results) -> list[Record]:
    frame = results.frame("access")
    found: list[Record] = []
    for name, title in results.scenarios:
        rows = frame[(frame["scenario"] == name) & frame["change"].notna()]
        rows = rows.sort_values("change", ascending=False).head(10)
        columns = [
            Show("place", "县（市、区）", "County", through=results.place_both),
            Show("potential", "可达人口", "Accessible residents", "count"),
            Show("change", "较基准变化", "Change from base", "change"),
            Show("within_hour", "一小时内人口", "Residents within an hour", "count"),
            Show("mean_minutes", "平均旅行时间", "Mean travel time", "number", 1),
        ]
        head = Text("可达性提高最多的十县：", "Ten counties whose accessibility rises most: ")
        found.append(shown(results, "access", columns, rows=rows, title=head + title))
    return found


def _unreachable(results: Results) -> list[Record]:
    columns = [
        Show("scenario", "情景", "Scenario", through=results.scenario),
        Show("origin", "起点", "Origin", through=results.place_both),
        Show("destination", "终点", "Destination", through=results.place_both),
    ]
    return [shown(results, "unreachable", columns)]


_ACCESS = ("scenario", "place", "potential", "within_hour", "mean_minutes", "change")

SECTION = Section(
    "travel",
    Text("旅行时间与可达性", "Travel times and accessibility"),
    [
        Part(
            Text("到各地级市的时间", "times to the prefecture seats"),
            {"reach": ("network", "destination", "minutes", "within", "door_minutes")},
            _reach,
        ),
        Part(
            Text("到核心城市时间图", "maps of minutes to the core cities"),
            {"circles": ("date", "place", "minutes", "nearest"), "counties": ("place",)},
            _core_maps,
        ),
        Part(
            Text("可达性变化图", "maps of accessibility"),
            {"access": _ACCESS, "counties": ("place",)},
            _access,
        ),
        Part(Text("可达性变化表", "table of accessibility"), {"access": _ACCESS}, _most_changed),
        Part(
            Text("无法到达的地点对", "pairs without a way"),
            {"unreachable": ("scenario", "origin", "destination")},
            _unreachable,
        ),
    ],
)
