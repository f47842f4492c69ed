"""Tables of every costed or modelled project: what it is worth, or why that is not said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju import decide
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.decide_draws import ALL, HOME, bounds, interval_words, outcomes
from buju.study.decision import Decision, decision, members
from buju.study.project_flows import Dated, annuity, cost_of, dated, flows, price_value

TRANSPORT = ("rail", "road")
_NOT_MODELLED = (
    "路网中没有该项目的线路：效益未计算",
    "benefit not modelled: no link of it is in the network",
)
_COST_UNKNOWN = ("成本不明", "cost unknown")


def tables(run: Run) -> dict[str, Table]:
    """Tables `appraisal` and `appraisal_elements`."""
    made = decision(run)
    rows, parts = [], []
    for project in run.region.projects.to_dict("records"):
        code = str(project["project"])
        modelled = code in made.built
        if not (modelled or pd.notna(project["cost"]) or project["type"] in TRANSPORT):
            continue
        row = _described(made, project)
        if modelled:
            told, elements = _appraised(run, made, project)
            row |= told
            parts.append(elements.assign(project=code, verdict=told["verdict"]))
        rows.append(row)
    return {"appraisal": _table(run, made, rows), "appraisal_elements": _elements(run, parts)}


def _described(made: Decision, project: dict[str, Any]) -> dict[str, Any]:
    known = pd.notna(project["cost"])
    partial = project["project"] in made.asked.partial_costs
    modelled = project["project"] in made.built
    notes = [_NOT_MODELLED] if not modelled else []
    notes += [_COST_UNKNOWN] if not known else []
    english = project["name_en"] if pd.notna(project["name_en"]) else project["name_zh"]
    stage = project["stage"] if pd.notna(project["stage"]) else ""
    return {
        "project": project["project"],
        "name_zh": project["name_zh"],
        "name_en": english,
        "type": project["type"],
        "stage": stage,
        "cost": project["cost"] if known else np.nan,
        "cost_basis": "unknown" if not known else "partial" if partial else "published",
        "cost_note": project["cost_note"] if pd.notna(project["cost_note"]) else "",
        "modelled": modelled,
        "note_zh": "；".join(zh for zh, _ in notes),
        "note_en": "; ".join(en for _, en in notes),
        "source": project["source"],
    }


def _appraised(
    run: Run, made: Decision, project: dict[str, Any]
) -> tuple[dict[str, Any], pd.DataFrame]:
    code = str(project["project"])
    found = made.solve([code])
    gains = made.gains(found)
    drawn = outcomes(run)
    asked = run.study.spec.simulate.draws
    yearly, at_home = float(gains["amount"].sum()), made.at_home(gains)
    told: dict[str, Any] = {
        "benefit": yearly,
        "benefit_home": at_home,
        "verdict": found.verdict,
        "interval": "draws" if len(drawn) else "none",
    }
    for name, key in (("benefit", ALL), ("benefit_home", HOME)):
        several = drawn[code, key] if len(drawn) else np.array([])
        told[f"{name}_low"], told[f"{name}_high"] = bounds(several, asked.interval)
    when = dated(project)
    if when is None:
        words = ("起止年份不明，未计算净现值", "years unknown: no net present value")
        return told | {"note_zh": words[0], "note_en": words[1]}, pd.DataFrame()
    partial = code in made.asked.partial_costs
    cost = np.nan if partial else cost_of(made, project)
    appraisal = decide.appraise(
        flows(made, when, cost, gains),
        base_year=when.start,
        price_year=made.price_year,
        schedule=made.asked.rate,
        elements=_members(run),
    )
    row = appraisal.summary.iloc[0]
    told |= {"base_year": when.start, "opened": when.opened, "denominator": row["denominator"]}
    told |= {name: row[name] for name in ("bcr", "enpv", "eirr", "payback")}
    told |= {"benefits_present": row["benefits"], "costs_present": row["costs"]}
    if len(drawn) and not partial and np.isfinite(cost):
        factor = annuity(made, when)
        values = factor * drawn[code, ALL].to_numpy(np.float64) - row["costs"]
        values = values[np.isfinite(values)]
        told["enpv_low"], told["enpv_high"] = bounds(values, asked.interval)
        told["enpv_positive"] = float((values > 0).mean()) if len(values) else np.nan
    if not appraisal.cost_known:
        told["break_even_cost"] = next(iter(appraisal.break_even_cost.values()))
        known = pd.notna(project["cost"])
        told["note_zh"] = "成本不明" + ("（公布数只含一部分）" if known else "")
        told["note_en"] = "cost unknown" + (" (the figure covers a part only)" if known else "")
    told |= _trips(run, made, project, when, cost)
    return told, appraisal.elements


def _members(run: Run) -> dict[str, dict[str, float]]:
    groups = run.region.place_groups
    return {str(group): dict(members(run, group)) for group in groups["group"]}


def _trips(
    run: Run, made: Decision, project: dict[str, Any], when: Dated, cost: float
) -> dict[str, Any]:
    """Trips a day between the project's ends at which time saved alone would pay for it."""
    nodes = run.region.nodes
    seats = set(nodes.loc[nodes["node_type"] == "seat", "zone_id"])
    ends = [p for p in str(project["places"]).split(";") if p in seats]
    if len(ends) < 2 or not np.isfinite(cost):
        return {}
    before, after = (
        run.between(made.network(projects), [ends[0]], [ends[-1]]).minutes[0, 0]
        for projects in ((), (project["project"],))
    )
    saved = float(before - after)
    told = {"from_place": ends[0], "to_place": ends[-1], "minutes_saved": saved}
    if not saved > 0:
        return told
    span = range(when.start, when.opened + 1)
    return told | {
        "break_even_trips": decide.break_even_trips(
            {year: cost / len(span) for year in span},
            saved,
            value_of_time=price_value(made) / 1e8,
            base_year=when.start,
            opening=when.opened + 1,
            last=when.opened + made.asked.horizon,
            schedule=made.asked.rate,
        )
    }


_COLUMNS = (
    "project", "name_zh", "name_en", "type", "stage", "modelled", "cost", "cost_basis", "cost_note",
    "benefit", "benefit_low", "benefit_high", "benefit_home", "benefit_home_low",
    "benefit_home_high", "base_year", "opened", "benefits_present", "costs_present", "enpv",
    "enpv_low", "enpv_high", "enpv_positive", "bcr", "denominator", "eirr", "payback",
    "break_even_cost", "from_place", "to_place", "minutes_saved", "break_even_trips", "verdict",
    "interval", "note_zh", "note_en", "source",
)  # fmt: skip
_WORDS = ("denominator", "eirr", "from_place", "to_place", "verdict", "interval")


def _table(run: Run, made: Decision, rows: list[dict[str, Any]]) -> Table:
    frame = pd.DataFrame(rows).reindex(columns=list(_COLUMNS))
    for name in _WORDS:
        frame[name] = frame[name].astype(object).where(frame[name].notna(), "").astype(str)
    for name in ("base_year", "opened"):
        frame[name] = frame[name].astype("Int64")
    money = [c for c in _COLUMNS if c.startswith(("cost", "benefits_", "costs_", "enpv"))]
    money = [c for c in money if c not in ("cost_basis", "cost_note", "enpv_positive")]
    yearly = [c for c in _COLUMNS if c.startswith("benefit") and c != "benefits_present"]
    zh, en = interval_words(run)
    asked, regime = made.asked, str(made.asked.rate)
    hour = price_value(made)
    return Table(
        frame,
        "项目评价",
        "Appraisal of projects",
        dict.fromkeys([*money, "break_even_cost"], "1e8 CNY")
        | dict.fromkeys(yearly, "1e8 CNY/year")
        | {
            "enpv_positive": "share",
            "minutes_saved": "min",
            "break_even_trips": "trips/day",
            "payback": "year",
        },
        basis="modelled",
        note_zh=f"效益为均衡福利（相当收入，{made.price_year} 年价格），已含时间、地租和物价，"
        f"不再另加时间节省；没有客流数据，不按半数法则计算净现值，只给出盈亏平衡的日出行量"
        f"（每小时 {hour:.1f} 元：人均就业收入除以 {asked.hours:g} 小时）。"
        f"贴现 {regime}，运营 {asked.horizon} 年，年增长 {asked.growth:.1%}；"
        "公布成本按起止年份均摊，"
        f"未注明价格年份的视为 {made.price_year} 年价格；运营费用与残值未公布，未计。" + zh,
        note_en="Benefits are the equilibrium's welfare as income at prices of "
        f"{made.price_year}, with time, rents and prices in it; time saved is not added. No trips "
        "were counted, so there is no net present value by the rule of half, only the trips a day "
        f"at which it would break even (CNY {hour:.1f} an hour: income per job over "
        f"{asked.hours:g} hours). Discounting {regime}, {asked.horizon} years of use, growth "
        f"{asked.growth:.1%} a year; published costs are spread evenly and, where no price year is "
        f"stated, taken at prices of {made.price_year}; running costs and residual values were "
        "not published and are left out. " + en,
    )


def _elements(run: Run, parts: list[pd.DataFrame]) -> Table:
    columns = ["project", "element", "benefits", "verdict"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    frame = frame.reindex(columns=columns)
    return Table(
        frame,
        "效益落在哪些要素",
        "Which elements of the layout the benefits fall to",
        {"benefits": "1e8 CNY"},
        basis="modelled",
        note_zh="现值；按户籍地归入要素，要素可重叠；空白为不属于任何要素者（含区域外）；"
        "成本由谁承担未公布，不分摊。没有区间。",
        note_en="Present values by place of registration; elements overlap; an empty element holds "
        "everybody in none, outside the region too; who bears the cost was not published, so it "
        "is not parted. No interval.",
    )
