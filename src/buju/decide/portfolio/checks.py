"""What a programme may not say: gathered and told together."""

from __future__ import annotations

import graphlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buju.decide.faults import Faults, columns, one_price_year

if TYPE_CHECKING:
    from buju.decide.portfolio.programme import Programme

OF = ("projects", "cost", "benefit")
BEYOND = ("refused", "unbudgeted")
PROJECT = ("project", "项目")


def check(programme: Programme) -> None:
    """Refuse a programme with faults, naming all of them; see `Programme`."""
    columns(programme.projects, "projects", ["project", "cost", "benefit"])
    columns(programme.interactions, "interactions", ["a", "b", "benefit"])
    columns(programme.prerequisites, "prerequisites", ["project", "needs"])
    columns(programme.quotas, "quotas", ["region", "of", "least", "most"])
    if programme.shares is not None:
        columns(programme.shares, "shares", ["project", "region", "share"])
    if programme.outlays is not None:
        columns(programme.outlays, "outlays", ["project", "year", "cost"])
    faults = Faults()
    _budgets(programme, faults)
    _projects(programme, faults)
    faults.raise_any()
    _pairs(programme, faults)
    _prerequisites(programme, faults)
    _exclusions(programme, faults)
    _shares(programme, faults)
    _quotas(programme, faults)
    _outlays(programme, faults)
    faults.raise_any()


def _budgets(programme: Programme, faults: Faults) -> None:
    if programme.beyond not in BEYOND:
        faults.add(
            f"beyond is '{programme.beyond}'; {' or '.join(BEYOND)} are known",
            f"beyond 为 '{programme.beyond}'；可用：{'、'.join(BEYOND)}",
        )
    years = sorted(int(year) for year in programme.budgets)
    if not years:
        faults.add("budgets: no year has one; give {2027: 100.0}", "budgets：没有任何年份的预算")
        return
    gaps = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    if gaps:
        faults.add(
            f"budgets: {gaps[0]} has none between {years[0]} and {years[-1]}; write 0 where there "
            "is no money",
            f"budgets：{years[0]} 至 {years[-1]} 之间缺少 {gaps[0]} 年；没有资金的年份请写 0",
        )
    for year, amount in programme.budgets.items():
        if not (np.isfinite(amount) and amount >= 0):
            faults.add(
                f"budgets: {year} has {amount}; 0 or more is expected",
                f"budgets：{year} 年为 {amount}；应为不小于 0 的数",
            )


def _projects(programme: Programme, faults: Faults) -> None:
    table = programme.projects
    for code, times in Counter(table["project"].astype(str)).items():
        if times > 1:
            faults.add(
                f"projects: '{code}' stands {times} times; keep one row",
                f"projects：'{code}' 出现 {times} 次；请保留一行",
            )
    remedy = (
        "a cost that is not known cannot be set against a budget: find it or leave the project out",
        "成本不明的项目无法与预算比较：请查明或去掉该项目",
    )
    faults.numbers(table, "projects", "project", "cost", least=0.0, remedy=remedy)
    faults.numbers(table, "projects", "project", "benefit")
    one_price_year(table, "projects", "project", faults)
    if "duration" in table.columns:
        given = table.dropna(subset=["duration"])
        faults.numbers(given, "projects", "project", "duration", least=1.0)
        whole = pd.to_numeric(given["duration"], errors="coerce")
        for code in given.loc[whole != np.floor(whole), "project"]:
            faults.add(
                f"projects, project '{code}': duration must be whole years",
                f"projects，项目 '{code}'：duration 应为整年",
            )
    if {"earliest", "latest"} <= set(table.columns):
        turned = (table["earliest"] > table["latest"]).fillna(False).astype(bool)
        for code in table.loc[turned, "project"]:
            faults.add(
                f"projects, project '{code}': earliest lies after latest",
                f"projects，项目 '{code}'：earliest 晚于 latest",
            )


def _pairs(programme: Programme, faults: Faults) -> None:
    table = programme.interactions
    where = ("interactions", "interactions")
    ends = [str(code) for column in ("a", "b") for code in table[column]]
    faults.unknown(where, PROJECT, ends, programme.codes)
    pairs = [tuple(sorted(map(str, p))) for p in zip(table["a"], table["b"], strict=True)]
    for (a, b), times in Counter(pairs).items():
        if a == b:
            faults.add(
                f"interactions: '{a}' with itself; put that into its benefit",
                f"interactions：'{a}' 与自身；请计入其 benefit",
            )
        elif times > 1:
            faults.add(
                f"interactions: '{a}' with '{b}' stands {times} times, in either order; keep one",
                f"interactions：'{a}' 与 '{b}' 出现 {times} 次（不分先后）；请保留一行",
            )
    faults.numbers(table, "interactions", "a", "benefit")


def _prerequisites(programme: Programme, faults: Faults) -> None:
    table = programme.prerequisites
    needs: dict[str, list[str]] = {}
    for project, needed in zip(table["project"], table["needs"], strict=True):
        needs.setdefault(str(project), []).append(str(needed))
    asked = [*needs, *(n for several in needs.values() for n in several)]
    faults.unknown(("prerequisites", "prerequisites"), PROJECT, asked, programme.codes)
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        circle = list(reversed(error.args[1]))
        faults.add(
            f"prerequisites run in a circle: {' needs '.join(circle)}; none of them could ever "
            "begin. Take one row out",
            f"前置关系成环：{' 依赖 '.join(circle)}；其中任何项目都无法开工，请删去一行",
        )
    if "lag" in table.columns:
        given = table.dropna(subset=["lag"])
        faults.numbers(given, "prerequisites", "project", "lag", least=0.0)
        lag = pd.to_numeric(given["lag"], errors="coerce")
        for code in given.loc[lag != np.floor(lag), "project"]:
            faults.add(
                f"prerequisites, project '{code}': lag must be whole years",
                f"prerequisites，项目 '{code}'：lag 应为整年",
            )


def _exclusions(programme: Programme, faults: Faults) -> None:
    for number, group in enumerate(programme.exclusions):
        names = [str(code) for code in group]
        where = (f"exclusions, group {number}", f"exclusions，第 {number} 组")
        faults.unknown(where, PROJECT, names, programme.codes)
        if isinstance(group, str) or len(set(names)) < 2:
            faults.add(
                f"{where[0]}: two different projects or more are expected",
                f"{where[1]}：应至少有两个不同的项目",
            )


def _shares(programme: Programme, faults: Faults) -> None:
    table = programme.shares
    if table is None:
        return
    names = table["project"].astype(str)
    faults.unknown(("shares", "shares"), PROJECT, names, programme.codes)
    faults.numbers(table, "shares", "project", "share", least=0.0)
    for code, total in table.groupby(names)["share"].sum().items():
        if abs(total - 1) > 1e-9:
            faults.add(
                f"shares: those of '{code}' sum to {total:g}; they must sum to 1",
                f"shares：'{code}' 的份额合计为 {total:g}，应为 1",
            )


def _quotas(programme: Programme, faults: Faults) -> None:
    table = programme.quotas
    if not len(table):
        return
    source = programme.projects if programme.shares is None else programme.shares
    there = source["region"].dropna().astype(str).unique() if "region" in source.columns else []
    regions = [str(region) for region in table["region"]]
    faults.unknown(("quotas", "quotas"), ("region", "区域"), regions, list(there))
    for row in table.to_dict("records"):
        region, of = row["region"], row["of"]
        least, most = (float(row[k]) if pd.notna(row[k]) else None for k in ("least", "most"))
        if of not in OF:
            faults.add(
                f"quotas, region '{region}': of is '{of}'; {', '.join(OF)} are known",
                f"quotas，区域 '{region}'：of 为 '{of}'；可用：{'、'.join(OF)}",
            )
        if least is None and most is None:
            faults.add(
                f"quotas, region '{region}': neither least nor most is given",
                f"quotas，区域 '{region}'：least 与 most 都未给出",
            )
        if least is not None and most is not None and least > most:
            faults.add(
                f"quotas, region '{region}': least {least:g} exceeds most {most:g}",
                f"quotas，区域 '{region}'：least {least:g} 大于 most {most:g}",
            )


def _outlays(programme: Programme, faults: Faults) -> None:
    table = programme.outlays
    if table is None:
        return
    names = table["project"].astype(str)
    faults.unknown(("outlays", "outlays"), PROJECT, names, programme.codes)
    for column in ("year", "cost"):
        faults.numbers(table, "outlays", "project", column, least=0.0)
    year = pd.to_numeric(table["year"], errors="coerce")
    for code in names[(year != np.floor(year)) & year.notna()]:
        faults.add(
            f"outlays, project '{code}': year must be whole, 0 for the year of start",
            f"outlays，项目 '{code}'：year 应为整数，开工当年为 0",
        )
    cost = programme.projects.set_index(programme.projects["project"].astype(str))["cost"]
    for code, total in table.groupby(names)["cost"].sum().items():
        if code in cost.index and abs(total - cost[code]) > 1e-9 * max(1.0, abs(cost[code])):
            faults.add(
                f"outlays: those of '{code}' sum to {total:g}, its cost is {cost[code]:g}",
                f"outlays：'{code}' 的分年支出合计 {total:g}，而成本为 {cost[code]:g}",
            )
