"""Travel times: who is in reach before and after, and how accessibility changes."""

from __future__ import annotations

import pandas as pd

from buju.report.content import Show, shown
from buju.report.formats import Format, Text
from buju.report.maps.choropleth import value_map
from buju.report.maps.classes import Classes, diverging_classes, fixed_classes, quantile_classes
from buju.report.maps.overlays import RAIL, of_scenario
from buju.report.records import Column, Figure, Grid, Heading, Record, TableContent
from buju.report.results import Results
from buju.report.section import Part, Section

_COUNTED = Text("；括号内为县数", "; counties in brackets")


def _reach(results: Results) -> list[Record]:
    """Networks side by side, then every figure of each."""
    columns = [
        Show("network", "路网", "Network", through=results.scenario),
        Show("destination", "地级市", "Prefecture seat", through=results.place_both),
        Show("minutes", "站到站", "Station to station", "number", 0),
        Show("within", "目标以内", "Within the target"),
        Show("door_minutes", "门到门", "Door to door", "number", 0),
        Show("road_minutes", "仅公路", "By road alone", "number", 0),
    ]
    rail = Text("站到站时间，各路网并列", "Station to station, networks side by side")
    door = Text("门到门时间，各路网并列", "Door to door, networks side by side")
    return [
        Heading(Text("到各地级市的时间", "Times to the prefecture seats")),
        _side_by_side(results, "minutes", rail),
        _side_by_side(results, "door_minutes", door),
        shown(results, "reach", columns, filter_by="network"),
    ]


def _side_by_side(results: Results, column: str, title: Text) -> TableContent:
    table = results.table("reach")
    networks = list(dict.fromkeys(table.frame["network"]))
    seats = list(dict.fromkeys(table.frame["destination"]))
    wide = table.frame.pivot(index="destination", columns="network", values=column)
    minutes = Text("分钟", "min")
    heads = [Column(results.scenario(n), Format("number"), minutes) for n in networks]
    return TableContent(
        Text(f"{table.title_zh}：", f"{table.title_en}: ") + title,
        [Column(Text("地级市", "Prefecture seat"), Format()), *heads],
        [(results.place_both(seat), *wide.loc[seat, networks]) for seat in seats],
        table.basis,
        "tables/reach.parquet",
        Text(table.note_zh, table.note_en),
    )


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
        unit=Text("分钟", "Minutes") + _COUNTED,
        format=Format("number", 0),
        overlays=[RAIL],
    )


def _difference_map(results: Results, gap: pd.Series[float], title: Text) -> Figure:
    classes = diverging_classes(gap.tolist(), less_is_better=True)
    return value_map(
        results.base,
        gap.to_dict(),
        results.place_names,
        classes,
        title=title,
        unit=Text("分钟", "Minutes") + _COUNTED,
        format=Format("signed", classes.digits()),
    )


def _access(results: Results) -> list[Record]:
    frame = results.frame("access")
    found: list[Record] = [Heading(Text("各情景的可达性", "Accessibility by scenario"))]
    base = frame[frame["scenario"] == "base"].set_index("place")["mean_minutes"]
    shown_ = [name for name, _ in results.scenarios]
    compared = frame[frame["scenario"].isin(shown_)]
    # The same classes in every scenario, so that their maps can be laid beside each other.
    levels = quantile_classes([*base, *compared["mean_minutes"]], 6)
    shades = diverging_classes(compared["change"].tolist())
    for name, title in results.scenarios:
        rows = frame[frame["scenario"] == name].set_index("place")
        if not rows.empty:
            maps = _access_maps(results, name, title, base, rows, levels, shades)
            found.append(Grid(maps))
    return found


def _access_maps(
    results: Results,
    name: str,
    title: Text,
    base: pd.Series[float],
    rows: pd.DataFrame,
    classes: Classes,
    shades: Classes,
) -> list[Figure]:
    after = rows["mean_minutes"]
    built = of_scenario(results, name)
    before_after = (
        (base, results.scenario("base"), ()),
        (after, title, built),
    )
    figures = [
        value_map(
            results.base,
            values.to_dict(),
            results.place_names,
            classes,
            title=Text("平均旅行时间：", "Mean travel time: ") + network,
            unit=Text("分钟，按人口加权", "Minutes, weighted by residents") + _COUNTED,
            format=Format("number", 0),
            overlays=drawn,
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
            shades,
            title=Text("可达人口的变化：", "Change of accessible residents: ") + title,
            unit=Text("变化率", "Change") + _COUNTED,
            format=Format("change", shades.digits(100)),
            overlays=built,
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
            Text("路网中没有无法到达的地点对。", "The network connects every pair of places."),
        ),
    ],
)
