"""Tables of what a minute saved on each link and line is worth, on the networks asked for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from buju import decide
from buju.decide.marginal.link_values import resolved
from buju.network import Scenario, link_usage
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.decision import Decision, decision

_UNIT = "1e8 CNY/year per min"
_NO_INTERVAL_ZH = "为基准参数下的边际值，没有区间。"
_NO_INTERVAL_EN = "Marginal values at the study's own parameters, no interval."


def tables(run: Run) -> dict[str, Table]:
    """Tables `link_values`, `line_values` and, where links were solved again, `link_checks`."""
    links, lines, checks = [], [], []
    for name in decision(run).asked.networks:
        one, line, check = _valued(run, name)
        links.append(one)
        lines.append(line)
        checks.append(check)
    found = {
        "link_values": _links(run, pd.concat(links, ignore_index=True)),
        "line_values": _lines(run, pd.concat(lines, ignore_index=True)),
    }
    if decision(run).asked.solved_again:
        found["link_checks"] = _checks(pd.concat(checks, ignore_index=True))
    return found


def _valued(run: Run, name: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    made = decision(run)
    economy, network = made.network_economy(run.study.scenarios[name])
    outcome = _home_welfare(made)
    found = decide.link_values(economy, network, of=outcome)
    income, count = made.home_income, made.asked.solved_again
    access = _access(made, economy, network)
    columns = ["link_id", "name", "line", "mode", "from_node_id", "to_node_id", "minutes"]
    links = found.links[columns].assign(
        value=income * found.links["per_minute_saved"],
        per_percent=income * found.links["per_percent"],
        people=income * found.links["people"],
        freight=income * found.links["freight"],
        access=found.links["link_id"].map(access).fillna(0.0).astype(float)
        if access is not None
        else np.nan,
    )
    lines = found.lines.assign(
        per_minute_saved=income * found.lines["per_minute_saved"],
        per_percent=income * found.lines["per_percent"],
    ).rename(columns={"per_minute_saved": "value"})
    again = resolved(economy, network, list(links["link_id"][:count]), of=outcome)
    checks = pd.DataFrame(
        {
            "link_id": links["link_id"][:count],
            "name": links["name"][:count],
            "value": links["value"][:count],
            "solved_again": income * again["per_minute_saved"] if count else [],
            "relative_difference": found.links["per_minute_saved"][:count]
            / again["per_minute_saved"]
            - 1
            if count
            else [],
        }
    )
    stamped = [t.assign(network=name, verdict=found.verdict) for t in (links, lines, checks)]
    return stamped[0], stamped[1], stamped[2]


def _home_welfare(made: Decision) -> decide.Welfare:
    """Welfare of the region's people; of all where everybody moves freely and gains alike."""
    if made.world.prepared.baseline.origins is None:
        return decide.Welfare()
    inside = made.people.loc[made.home, "place"]
    return decide.Welfare(dict.fromkeys(inside, 1.0))


def _access(
    made: Decision, economy: decide.NetworkEconomy, network: Scenario
) -> Mapping[str, float] | None:
    """By how many minutes the region's mean resident comes nearer to the place asked for, when a
    link gets a minute faster: the share of residents whose fastest way there uses it.
    """
    target = made.asked.access_to
    if target is None:
        return None
    inside = made.people[made.home]
    share = inside["residents"] / inside["residents"].sum()
    weights = pd.DataFrame({target: share.to_numpy()}, index=list(inside["place"]))
    used = link_usage(economy.region, network, weights)
    return dict(zip(used["link_id"], used["usage"], strict=True))


def _links(run: Run, frame: pd.DataFrame) -> Table:
    target = decision(run).asked.access_to
    names = run.region.outside_places.set_index("place")
    inside = run.region.places.set_index("place")
    where = ("", "")
    if target is not None:
        table = names if target in names.index else inside
        where = (str(table.loc[target, "name_zh"]), str(table.loc[target, "name_en"]))
    frame.insert(0, "network", frame.pop("network"))
    return Table(
        frame,
        "路段快一分钟的价值",
        "What a minute saved on each link is worth",
        {
            "minutes": "min",
            "value": _UNIT,
            "per_percent": "1e8 CNY/year",
            "people": _UNIT,
            "freight": _UNIT,
            "access": "min per min",
        },
        basis="modelled",
        note_zh="value：该路段双向各快一分钟，区域居民福利每年增加多少（相当收入，"
        f"{decision(run).price_year} 年价格）；由一次伴随求解得到，只适用于小变化。"
        f"access：区域居民前往{where[0]}平均缩短的分钟数，即最快路线经过该路段的居民份额。"
        + _NO_INTERVAL_ZH,
        note_en="value: what the region's people gain a year when the link gets a minute faster "
        f"both ways, as income at prices of {decision(run).price_year}; one adjoint solve, small "
        f"changes only. access: minutes by which the mean resident comes nearer to {where[1]}, the "
        "share of residents whose fastest way uses the link. " + _NO_INTERVAL_EN,
    )


def _lines(run: Run, frame: pd.DataFrame) -> Table:
    names = run.region.lines.set_index("line")
    for column in ("name_zh", "name_en"):
        frame[column] = frame["line"].map(names[column])
    frame["name_en"] = frame["name_en"].fillna(frame["name_zh"])
    kept = ["network", "line", "name_zh", "name_en", "links", "minutes", "value", "per_percent"]
    return Table(
        frame[[*kept, "verdict"]],
        "线路快一分钟的价值",
        "What a minute saved on each line is worth",
        {"minutes": "min", "value": _UNIT, "per_percent": "1e8 CNY/year"},
        basis="modelled",
        note_zh="全线共快一分钟，按各段时间分摊。" + _NO_INTERVAL_ZH,
        note_en="A minute off the whole line, spread over its links by their minutes. "
        + _NO_INTERVAL_EN,
    )


def _checks(frame: pd.DataFrame) -> Table:
    frame.insert(0, "network", frame.pop("network"))
    return Table(
        frame,
        "边际值与重新求解之比较",
        "Marginal values beside solving again",
        {"value": _UNIT, "solved_again": _UNIT, "relative_difference": "share"},
        basis="modelled",
        note_zh="价值最大的路段：改动时间后重新计算路线并求解，中心差分。",
        note_en="The links worth most: times changed, routed and solved again, central "
        "differences.",
    )
