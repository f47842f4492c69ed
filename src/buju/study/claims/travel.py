"""Checks of announced travel times against the routed network."""

from __future__ import annotations

import numpy as np

from buju.network import path, reach_table, station_links, station_minutes
from buju.study.claims.register import Finding, check, decided, undecided
from buju.study.context import Run
from buju.study.openings import amended

MARGIN = 1.10
"""An announced time is round: up to a tenth more than announced still supports it."""


@check
def travel_time(
    run: Run,
    *,
    origin: str,
    destination: str,
    minutes: float,
    date: str,
    projects: tuple[str, ...] = (),
) -> Finding:
    """Is the routed time between two nodes within a tenth of what was announced?

    A way over links that were not measured cannot confirm it, since their minutes may be the
    announcement's own: no data then.
    """
    scenario = run.dated(date, tuple(projects))
    modelled = station_minutes(run.region, scenario, origin, destination)
    if not np.isfinite(modelled):
        return Finding("no data", modelled, "网络中无法到达", "no route in the network")
    way = station_links(run.region, scenario, origin, destination)
    told = way[way["minutes_basis"] != "measured"]
    if len(told):
        names = "、".join(told["link_id"])
        return Finding(
            "no data",
            modelled,
            f"模型 {modelled:.0f} 分钟，但路段 {names} 并非实测，时间可能取自公布值，不能自证",
            f"routed {modelled:.0f} min, but link {names} was not measured: its "
            "minutes may be the announcement's own and cannot confirm it",
        )
    return decided(
        modelled <= minutes * MARGIN,
        modelled,
        f"模型最短 {modelled:.0f} 分钟（{date}），公布 {minutes:g} 分钟",
        f"routed {modelled:.0f} min ({date}), announced {minutes:g} min",
    )


@check
def reach_all(run: Run, *, origin: str, destinations: str, minutes: float, date: str) -> Finding:
    """Is every prefecture seat within the announced time of the origin, at that date?"""
    if destinations != "prefectures":
        raise ValueError(f"reach_all knows destinations 'prefectures', not {destinations!r}")
    table = reach_table(run.region, run.dated(date), origin)
    table = table[table["destination"] != origin]
    late = table[table["minutes"] > minutes].sort_values("minutes", ascending=False)
    names = run.region.places.set_index("place")
    who_zh = "、".join(
        f"{names['name_zh'][r.destination]} {r.minutes:.0f}" for r in late.itertuples()
    )
    who_en = ", ".join(
        f"{names['name_en'][r.destination]} {r.minutes:.0f}" for r in late.itertuples()
    )
    inside, total = len(table) - len(late), len(table)
    return decided(
        late.empty,
        table["minutes"].max(),
        f"{date}：{total} 个中有 {inside} 个在 {minutes:g} 分钟内"
        + (f"；超出：{who_zh}" if who_zh else ""),
        f"{date}: {inside} of {total} within {minutes:g} min"
        + (f"; beyond: {who_en}" if who_en else ""),
    )


@check
def road_time(run: Run, *, origin: str, destination: str, minutes: float, date: str) -> Finding:
    """Is the time by road between two seats within a tenth of what was announced?

    Only a way whose links were all measured decides. Links with published minutes may have the
    announcement's own, and estimated ones err by a tenth and more; an announcement may also mean
    other ends than the seats.
    """
    way = path(*amended(run.region, run.dated(date)), origin, destination, mode="road")
    links = run.region.links.set_index("link_id").loc[way["link_id"]]
    value, km = float(way["minutes"].sum()), float(links["length"].sum())
    zh = f"驻地之间公路 {km:.0f} km、{value:.0f} 分钟（{date}），公布 {minutes:g} 分钟"
    en = f"by road {km:.0f} km, {value:.0f} min from seat to seat ({date}), {minutes:g} announced"
    if (links["minutes_basis"] == "measured").all():
        return decided(value <= minutes * MARGIN, value, zh, en)
    told = links[links["minutes_basis"] == "published"]
    zh += "；沿途时间不是实测，不能判定"
    en += "; the way was not measured and decides nothing"
    if len(told):
        parts = float(told["length"].sum())
        zh += f"；公布时间的路段长 {parts:.0f} km，取自公布值，不能自证"
        en += f"; its {parts:.0f} km with published minutes cannot confirm themselves"
    return undecided(value, zh, en)
