"""Tables of which projects to build, and when, under each budget of the study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from buju import decide
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.decide_draws import ALL, bounds, interval_words, outcomes
from buju.study.decision import Decision, decision, members
from buju.study.project_flows import Dated, annuity, cost_of, dated, later, outlay

GAP = 1e-6
_PARTITION = ("cluster", "circle")


@dataclass(frozen=True)
class Candidate:
    """A project that can be set against a budget."""

    project: str
    when: Dated
    cost: float
    assumed: bool
    annuity: float
    outlay: float


def tables(run: Run) -> dict[str, Table]:
    """Tables `portfolio`, `portfolio_summary`, `portfolio_front` and `portfolio_pairs`."""
    made = decision(run)
    several = candidates(made)
    if not made.asked.budgets or not several:
        return {}
    fitted = decide.fit_interactions(
        lambda codes: _yearly(made, codes), [c.project for c in several]
    )
    rows, sums, fronts = [], [], []
    for name, amount in made.asked.budgets.items():
        programme = _programme(made, several, fitted, amount)
        chosen = decide.select(programme, gap=GAP, verify=_full(made, several))
        often = _often(run, several, programme)
        rows.append(_projects(made, several, chosen, often).assign(budget=name, yearly=amount))
        sums.append({"budget": name, "yearly": amount} | _summary(run, made, programme, chosen))
        fronts.append(_front(programme).assign(budget=name))
    return {
        "portfolio": _table(run, pd.concat(rows, ignore_index=True)),
        "portfolio_summary": _sums(run, made, pd.DataFrame(sums)),
        "portfolio_front": _fronts(pd.concat(fronts, ignore_index=True)),
        "portfolio_pairs": _pairs(fitted),
    }


def candidates(made: Decision) -> list[Candidate]:
    """Projects with links, years, and a cost that is published whole or assumed by the study."""
    found = []
    table = made.run.region.projects
    for project in table[table["project"].isin(made.built)].to_dict("records"):
        code, when = str(project["project"]), dated(project)
        assumed = code in made.asked.assumed_costs
        partial = code in made.asked.partial_costs
        cost = made.asked.assumed_costs.get(code, np.nan if partial else cost_of(made, project))
        if when is None or not np.isfinite(cost):
            continue
        works = outlay(made, when, float(cost))
        found.append(Candidate(code, when, float(cost), assumed, annuity(made, when), works))
    return found


def _yearly(made: Decision, codes: tuple[str, ...]) -> float:
    """What a set of projects is worth a year, 1e8 CNY; nothing for none."""
    return float(made.gains(made.solve(codes))["amount"].sum()) if codes else 0.0


def _programme(
    made: Decision, several: list[Candidate], fitted: decide.Fitted, amount: float
) -> decide.Programme:
    """Benefits as present values when begun in the first year, less the present cost."""
    years = made.asked.years
    assert years is not None
    yearly = fitted.alone.set_index("project")["benefit"]
    by = {c.project: c for c in several}
    pairs = fitted.interactions
    weight = [
        min(by[a].annuity, by[b].annuity) for a, b in zip(pairs["a"], pairs["b"], strict=True)
    ]
    return decide.Programme(
        projects=pd.DataFrame(
            {
                "project": list(by),
                "cost": [c.cost for c in several],
                "benefit": [yearly[c.project] * c.annuity - c.outlay for c in several],
                "duration": [c.when.years for c in several],
                "balance": [_balance(made, c.project) for c in several],
            }
        ),
        budgets=dict.fromkeys(range(years[0], years[1] + 1), amount),
        interactions=pairs.assign(benefit=pairs["benefit"] * weight),
        schedule=made.asked.rate,
        carry_over=True,
    )


def _balance(made: Decision, project: str) -> float:
    """By how much a project narrows product per resident between cluster and circles: the fall of
    Theil's index, in millionths.
    """
    groups = made.run.region.place_groups
    parts = groups.loc[groups["kind"].isin(_PARTITION), "group"]
    elements = {str(g): members(made.run, str(g)) for g in parts}
    if len(elements) < 2:
        return 0.0
    index = decide.Inequality(elements)
    before, after = (
        float(index.of(e.model, e.state, e.world, e.baseline.labels))
        for e in (made.solve([]), made.solve([project]))
    )
    return 1e6 * (before - after)


def _full(made: Decision, several: list[Candidate]) -> Callable[[pd.DataFrame], float]:
    """The full model's answer for a choice: every year's set of open projects solved together."""
    by = {c.project: c for c in several}
    asked = made.asked
    assert asked.years is not None
    first = asked.years[0]

    def verify(chosen: pd.DataFrame) -> float:
        total, opened = 0.0, {}
        for code, start in zip(chosen["project"], chosen["start"], strict=True):
            wait = int(start) - first
            total -= by[code].outlay * later(made, wait)
            opened[code] = wait + by[code].when.years
        if not opened:
            return 0.0
        last = max(opened.values()) + asked.horizon
        gains = np.zeros(last)
        for year in range(last):
            on = sorted(c for c, o in opened.items() if o <= year < o + asked.horizon)
            gains[year] = _yearly(made, tuple(on))
        return total + decide.npv(gains, asked.rate)

    return verify


def _often(run: Run, several: list[Candidate], programme: decide.Programme) -> dict[str, float]:
    """How often each project is chosen over the draws; empty without draws."""
    drawn = outcomes(run)
    if drawn.empty:
        return {}
    benefits = pd.DataFrame(
        {c.project: drawn[c.project, ALL] * c.annuity - c.outlay for c in several}
    ).dropna()
    if benefits.empty:
        return {}
    found = decide.robust_choice(programme, benefits, gap=GAP).frequency
    return dict(zip(found["project"], found["chosen"].astype(float), strict=True))


def _projects(
    made: Decision, several: list[Candidate], chosen: decide.Portfolio, often: dict[str, float]
) -> pd.DataFrame:
    names = made.run.region.projects.set_index("project")
    by = {c.project: c for c in several}
    table = chosen.projects
    code = table["project"]
    return table.assign(
        name_zh=code.map(names["name_zh"]),
        name_en=code.map(names["name_en"]).fillna(code.map(names["name_zh"])),
        cost=[by[c].cost for c in code],
        cost_basis=["assumed" if by[c].assumed else "published" for c in code],
        often=[often.get(c, np.nan) for c in code],
        verdict="certified",
    ).rename(columns={"chinese": "reason_zh", "english": "reason_en"})


def _summary(
    run: Run, made: Decision, programme: decide.Programme, chosen: decide.Portfolio
) -> dict[str, Any]:
    proof = chosen.verification
    assert proof is not None
    more = decide.budget_values(programme, step=1.0, gap=GAP)
    lumps = decide.budget_values(programme, step=_lump(programme), gap=GAP)
    low, high = _interval(run, made, programme, chosen)
    return {
        "projects": ";".join(chosen.chosen["project"]),
        "spent": float(chosen.spending["spent"].sum()),
        "value": chosen.value,
        "bound": chosen.bound,
        "gap": chosen.gap,
        "status": chosen.status,
        "full_model": proof.full,
        "error": proof.error,
        "relative_error": proof.relative,
        "full_low": low,
        "full_high": high,
        "one_more": float(more["per_unit"].iloc[-1]),
        "lump": _lump(programme),
        "lump_per_unit": float(lumps["per_unit"].iloc[-1]),
        "lump_joins": str(lumps["joins"].iloc[-1]),
        "verdict": "certified",
    }


def _lump(programme: decide.Programme) -> float:
    """A tenth of the yearly budget, 1 at least: room for a whole project over some years."""
    return max(1.0, round(0.1 * max(programme.budgets.values())))


def _interval(
    run: Run, made: Decision, programme: decide.Programme, chosen: decide.Portfolio
) -> tuple[float, float]:
    """Of the chosen set's value over the draws, pairs held as they are; NaN without draws."""
    drawn = outcomes(run)
    if drawn.empty or chosen.chosen.empty:
        return np.nan, np.nan
    by = {c.project: c for c in candidates(made)}
    total = np.full(len(drawn), float(chosen.pairs["benefit"].sum()))
    for code, start in zip(chosen.chosen["project"], chosen.chosen["start"], strict=True):
        worth = drawn[code, ALL].to_numpy(np.float64) * by[code].annuity - by[code].outlay
        total = total + worth * later(made, int(start) - programme.years[0])
    return bounds(total, run.study.spec.simulate.draws.interval)


def _front(programme: decide.Programme) -> pd.DataFrame:
    front = decide.pareto_front(replace(programme), "balance", points=6, gap=GAP)
    return front[["first", "second", "projects", "starts"]].assign(verdict="certified")


def _table(run: Run, frame: pd.DataFrame) -> Table:
    kept = [
        "budget", "yearly", "project", "name_zh", "name_en", "cost", "cost_basis", "chosen",
        "start", "gain", "often", "reason", "reason_zh", "reason_en", "verdict",
    ]  # fmt: skip
    zh, en = interval_words(run)
    return Table(
        frame[kept],
        "三档预算下的项目组合",
        "Projects chosen under each budget",
        {"yearly": "1e8 CNY/year", "cost": "1e8 CNY", "gain": "1e8 CNY", "often": "share"},
        basis="modelled",
        note_zh="只包括线路在路网中、成本可用的项目；其余项目效益未计算，不参与比较。"
        "gain：单独纳入时净现值的变化（不计约束）；often：在各次抽样中入选的比例。结余可结转。"
        + zh,
        note_en="Only projects with links in the network and a usable cost; the benefit of others "
        "is not modelled, so they are not compared. gain: change of net present value if added, "
        "rules apart; often: share of draws in which it is chosen. What is left is carried over. "
        + en,
    )


def _sums(run: Run, made: Decision, frame: pd.DataFrame) -> Table:
    zh, en = interval_words(run)
    money = ["spent", "value", "bound", "full_model", "error", "full_low", "full_high", "lump"]
    assert made.asked.years is not None
    first = made.asked.years[0]
    return Table(
        frame,
        "各档预算：净现值、上界与完整模型验证",
        "Each budget: net present value, bound, and the full model's check",
        dict.fromkeys(money, "1e8 CNY")
        | {
            "yearly": "1e8 CNY/year",
            "relative_error": "share",
            "one_more": "CNY per CNY",
            "lump_per_unit": "CNY per CNY",
        },
        basis="modelled",
        note_zh=f"净现值以 {first} 年初为基准；value 为两两近似，full_model 为对所选组合逐年求解的"
        "完整模型，error 为二者之差；one_more：每年各加 1 亿元时每亿元带来的净现值。" + zh,
        note_en=f"Net present values at the start of {first}; value adds up pairs, full_model "
        "solves each year's set of open projects, error is their difference; one_more: net "
        "present value for each unit when every year's budget grows by 1. " + en,
    )


def _fronts(frame: pd.DataFrame) -> Table:
    frame.insert(0, "budget", frame.pop("budget"))
    return Table(
        frame,
        "增长与均衡：没有其他组合在两方面都更好",
        "Growth against balance: choices that no other beats in both",
        {"first": "1e8 CNY", "second": "1e-6"},
        basis="modelled",
        note_zh="first 为净现值；second 为群与圈之间人均生产总值泰尔指数的下降（百万分之一），"
        "各项目单独求解后相加。没有区间。",
        note_en="first: net present value; second: fall of Theil's index of product per resident "
        "between cluster and circles, in millionths, each project solved alone and summed. No "
        "interval.",
    )


def _pairs(fitted: decide.Fitted) -> Table:
    return Table(
        fitted.interactions.assign(runs=fitted.runs, verdict="certified"),
        "项目之间的相互作用",
        "What pairs of projects bring beside the two alone",
        {"benefit": "1e8 CNY/year"},
        basis="modelled",
        note_zh="由完整模型对单个项目和项目对逐一求解的差分得到。没有区间。",
        note_en="Differences of the full model solved for single projects and pairs. No interval.",
    )
