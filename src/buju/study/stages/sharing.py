"""Tables of how several jurisdictions may share a project's cost and gain."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from buju import decide
from buju.errors import StudyError
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.decide_spec import SharingSpec
from buju.study.decision import Decision, decision
from buju.study.project_flows import annuity, cost_of, dated, outlay

EVERYBODY = "*"


def tables(run: Run) -> dict[str, Table]:
    """Tables `sharing`, `sharing_core` and `sharing_coalitions`; none without a case."""
    made = decision(run)
    shares, cores, worths = [], [], []
    for number, case in enumerate(made.asked.sharing):
        title = {
            "case": number,
            "project": case.project,
            "title_zh": case.title_zh or "、".join(case.parties),
            "title_en": case.title_en or ", ".join(case.parties),
        }
        net = _worths(made, case)
        worth = {key: max(0.0, row["net"]) for key, row in net.items()}
        every = tuple(case.parties)
        accrued = _accrued(net[every], every)
        found = decide.share(
            every, worth.__getitem__, accrued=accrued if net[every]["net"] >= 0 else None
        )
        shares.append(found.table.assign(**title))
        cores.append(found.core.assign(core_empty=found.core_empty, **title))
        worths += [title | {"coalition": "+".join(k)} | _plain(row) for k, row in net.items()]
    if not shares:
        return {}
    return _tables(pd.concat(shares), pd.concat(cores), pd.DataFrame(worths))


def _worths(made: Decision, case: SharingSpec) -> dict[tuple[str, ...], dict[str, Any]]:
    """Net present value of every coalition: the part of the line that lies among its members."""
    projects = made.run.region.projects.set_index("project", drop=False)
    if case.project not in made.built or not np.isfinite(projects.loc[case.project, "cost"]):
        raise StudyError(
            f"decide.sharing: project {case.project!r} has no links in the network or no cost, so "
            "there is nothing to share",
            f"decide.sharing：项目 {case.project!r} 没有线路或没有成本，无法分担",
        )
    project = projects.loc[case.project].to_dict()
    when = dated(project)
    if when is None:
        raise StudyError(
            f"decide.sharing: the years of project {case.project!r} are not known",
            f"decide.sharing：项目 {case.project!r} 的起止年份不明",
        )
    factor, works = annuity(made, when), outlay(made, when, cost_of(made, project))
    km = {party: case.km.get(party, 0.0) for party in case.parties}
    found = {}
    for size in range(1, len(case.parties) + 1):
        for inside in combinations(case.parties, size):
            benefits = _benefits(made, case, inside)
            cost = {p: works * km[p] / sum(km.values()) for p in inside}
            gains = {p: factor * benefits[p] for p in inside}
            found[inside] = {
                "benefit": sum(gains.values()),
                "cost": sum(cost.values()),
                "net": sum(gains.values()) - sum(cost.values()),
                "gains": gains,
                "costs": cost,
                "verdict": "certified",
            }
    return found


def _benefits(made: Decision, case: SharingSpec, inside: tuple[str, ...]) -> dict[str, float]:
    """Yearly gain of each party from the links whose ends both lie among a coalition's members.

    A node belongs to the party of its place; nodes of nobody are everybody's.
    """
    region = made.run.region
    zone = region.nodes.set_index("node_id")["zone_id"]
    links = region.links[region.links["project"] == case.project]
    ends = [
        links[c].map(zone).map(lambda p: _party(case, p)) for c in ("from_node_id", "to_node_id")
    ]
    closed = ~(ends[0].isin(inside) & ends[1].isin(inside))
    without = tuple(links.loc[closed, "link_id"])
    if len(without) == len(links):
        return dict.fromkeys(inside, 0.0)
    gains = made.gains(made.solve([case.project], without))
    party = gains["place"].map(lambda p: _party(case, p))
    return {p: float(gains.loc[party == p, "amount"].sum()) for p in inside}


def _party(case: SharingSpec, place: object) -> str:
    """Who speaks for a place: the party with its code, else the one that is everybody else."""
    rest = ""
    for party, codes in case.parties.items():
        if any(str(place).startswith(code) for code in codes if code != EVERYBODY):
            return party
        rest = party if EVERYBODY in codes else rest
    return rest


def _accrued(row: dict[str, Any], parties: tuple[str, ...]) -> dict[str, float]:
    return {p: row["gains"][p] - row["costs"][p] for p in parties}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("benefit", "cost", "net", "verdict")}


def _tables(shares: pd.DataFrame, cores: pd.DataFrame, worths: pd.DataFrame) -> dict[str, Table]:
    first = ["case", "project", "title_zh", "title_en"]
    shares = shares[first + [c for c in shares if c not in first]].reset_index(drop=True)
    cores = cores[first + [c for c in cores if c not in first]].reset_index(drop=True)
    money = {c: "1e8 CNY" for c in shares if c not in (*first, "party")}
    return {
        "sharing": Table(
            shares.assign(verdict="certified"),
            "成本与收益分担",
            "Sharing costs and gains",
            money,
            basis="modelled",
            note_zh="现值。alone：自己单独建设所得；accrued：各自收益减去按里程承担的成本；"
            "transfer：按该规则应从其他方收到的净额（负为付出）。合计净收益为负时不建，没有可分的。"
            "没有区间。",
            note_en="Present values. alone: what a party has by building its own part; accrued: "
            "its gain less its cost by length; transfer: what it receives from the others by the "
            "rule, below zero: pays. Where the sum is below zero nothing is built and there is "
            "nothing to share. No interval.",
        ),
        "sharing_core": Table(
            cores.assign(verdict="certified"),
            "分担方案是否稳定（核心检验）",
            "Whether a rule holds: the core test",
            {"excess": "1e8 CNY"},
            basis="modelled",
            note_zh="excess：最不满的联盟退出后可多得的数额；不大于零即无人有理由退出。",
            note_en="excess: what the coalition with most reason to leave would gain; zero or less "
            "means that nobody has one.",
        ),
        "sharing_coalitions": Table(
            worths,
            "各种联盟的收益与成本",
            "Gain and cost of every coalition",
            {"benefit": "1e8 CNY", "cost": "1e8 CNY", "net": "1e8 CNY"},
            basis="modelled",
            note_zh="联盟只能建两端都在成员境内的路段；净现值为负的联盟不建，价值为 0。没有区间。",
            note_en="A coalition builds the links whose ends both lie with members; one with a net "
            "present value below zero does not build and has 0. No interval.",
        ),
    }
