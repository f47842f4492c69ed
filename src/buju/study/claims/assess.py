"""Checks of rankings, energy and carbon: from the assessment and the accounts of the run."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.study.claims.register import Finding, check, decided
from buju.study.context import Run

_NAN = float("nan")
_ENERGY_UNITS = ("tce", "1e4 tce", "kWh", "1e4 kWh", "1e8 kWh", "GJ")


@check
def ranking_published(run: Run) -> Finding:
    """Does an assessment put the places in order, and how firmly could one?

    Supported where an official order of all places is in the tables; the value is the share of
    pairs of places whose order in the study's own index holds in nine draws of ten. That the
    order follows from indicators alone is then not shown, and the evidence says so.
    """
    if "assess_summary" not in run.tables:
        return _not_asked("assess")
    row = run.frame("assess_summary").iloc[0]
    share = float(row["settled"])
    zh = f"本研究的对照指数（非官方）中 {share:.0%} 的城市对先后稳定"
    en = f"in the index of this study (not official) the order of {share:.0%} of pairs is settled"
    if "assess_official" not in run.tables:
        return Finding("no data", share, f"没有公布的官方次序；{zh}", f"no official order; {en}")
    order = run.frame("assess_official")
    year, rho = int(order["official_year"].iloc[0]), float(order["correlation"].iloc[0])
    return decided(
        True,
        share,
        f"{year} 年度官方公布了 {len(order)} 市次序，未公布得分；{zh}，与官方次序秩相关 {rho:.2f}",
        f"an official order of {len(order)} cities was published for {year}, without scores; {en}; "
        f"its rank correlation with the official order is {rho:.2f}",
    )


@check
def first_tier(run: Run, *, place: str) -> Finding:
    """Was a place in the first group of an assessment whose indicators were not published?

    No data whatever the study's own index says; the chance to be among the first k is evidence.
    """
    if "assess_scores" not in run.tables:
        return _not_asked("assess")
    row = run.frame("assess_scores").set_index("place").loc[place]
    among = [c for c in row.index if str(c).startswith("among_")]
    chances_zh = "、".join(f"前 {c[6:]} 位 {row[c]:.1%}" for c in among)
    chances_en = ", ".join(f"first {c[6:]}: {row[c]:.1%}" for c in among)
    low, high = row["p05"], row["p95"]
    return Finding(
        "no data",
        float(row["rank"]),
        f"考核指标、权重和各市得分未公布；非官方对照指数中列第 {row['rank']:.0f}"
        f"（5%—95% 为 {low:.0f}—{high:.0f}），{chances_zh}",
        f"indicators, weights and scores were not published; in the index of this study it ranks "
        f"{row['rank']:.0f} ({low:.0f} to {high:.0f}), chance of {chances_en}",
    )


@check
def facilities_zero(run: Run, *, place: str) -> Finding:
    """Do the zero-carbon facilities of a place emit nothing net, by their hourly balance?"""
    if "accounts_facilities" not in run.tables:
        return _not_asked("accounts")
    table = run.frame("accounts_facilities")
    mine = table[table["place"] == place]
    unknown = mine[mine["verdict"] == "not known"]
    if mine.empty or len(unknown):
        lacks = unknown["lacks_zh"].iloc[0] if len(unknown) else "设施"
        lacks_en = unknown["lacks_en"].iloc[0] if len(unknown) else "the facilities"
        return Finding(
            "no data",
            _NAN,
            f"{len(mine)} 处设施中 {len(unknown)} 处缺{lacks}，收支无从计算",
            f"{len(unknown)} of {len(mine)} facilities lack {lacks_en}: no balance can be drawn up",
        )
    net = float(mine["net_t"].sum())
    zero = bool((mine["verdict"] != "not zero").all())
    kinds = "、".join(sorted(set(mine["verdict"])))
    return decided(
        zero, net, f"净排放合计 {net:,.1f} 吨（{kinds}）", f"net emissions {net:,.1f} t ({kinds})"
    )


@check
def coal_balance(run: Run, *, place: str) -> Finding:
    """Is coal used more efficiently? Needs two years of a coal balance of the place.

    Carbon per product is told as evidence where it is known; it also moves with what a place
    makes, and power for others, so it decides nothing about coal.
    """
    balance = run.region.energy_balance
    mine = balance[(balance["place"] == place) & (balance["fuel"] == "raw_coal")]
    years = sorted(mine["year"].unique())
    zh, en = _carbon_trend(run, place)
    if len(years) < 2 or "accounts_intensity" not in run.tables:
        return Finding(
            "no data", _NAN,
            f"没有公布两个年份的煤炭平衡，不能判定；{zh}",
            f"no coal balance of two years was published; {en}",
        )  # fmt: skip
    product = run.frame("accounts_intensity").set_index(["place", "year"])["product"]
    burned = mine[mine["use"].isin(["final", "power", "heat", "conversion"])]
    per = burned.groupby("year")["amount"].sum() / product.loc[place].reindex(years)
    change = float(per[years[-1]] / per[years[0]] - 1)
    return decided(
        change < 0,
        100 * change,
        f"{years[0]}→{years[-1]} 年单位生产总值用煤变化 {change:+.1%}；是否更清洁另需排放监测",
        f"coal per product {years[0]} to {years[-1]}: {change:+.1%}; cleaner is another question",
    )


def _carbon_trend(run: Run, place: str) -> tuple[str, str]:
    if "accounts_intensity" not in run.tables:
        return "碳账户未计算", "no carbon account was asked for"
    table = run.frame("accounts_intensity")
    mine = table[table["place"] == place].sort_values("year")
    if mine.empty:
        return "该地没有排放数据", "no emissions are known there"
    first, last = mine.iloc[0], mine.iloc[-1]
    change = float(last["cumulative"])
    years = f"{int(first['year'])}→{int(last['year'])}"
    return (
        f"旁证：{years} 年单位生产总值二氧化碳排放（含外送电力）变化 {change:+.1%}",
        f"beside it: CO2 per product {years}, power for others included, {change:+.1%}",
    )


@check
def electricity_switch(run: Run, *, place: str, product: str) -> Finding:
    """Does green power lower the emissions of a tonne of a product?

    By the account of electricity the change is minus kWh a tonne times the grid factor: below
    zero wherever both are above it and the green power is additional. Without the two published
    figures the size is not known, and that the power is additional is never shown by an account.
    """
    account = run.frame("accounts_electricity") if "accounts_electricity" in run.tables else None
    known = account is not None and bool((account["place"] == place).any())
    zh = "没有公布吨产品电耗、" if known else "没有公布吨产品电耗、当年电网因子、"
    en = "electricity a tonne" if known else "electricity a tonne, the grid factor"
    return Finding(
        "no data", _NAN,
        f"{zh}绿电是否新增：按电力账户，降幅 = 吨电耗 × 电网因子，方向为降，"
        f"幅度不能计算（{product}）",
        f"{en} and whether the power is additional were not published; by the account the fall is "
        f"kWh a tonne times the grid factor: its direction is down, its size is not known",
    )  # fmt: skip


@check
def energy_sent(run: Run, *, origin: str, destination: str) -> Finding:
    """Does one place send energy to another, by observed flows of goods named as energy?"""
    flows = run.region.flows
    goods = flows[
        (flows["kind"] == "goods")
        & (flows["workplace"] == origin)
        & (flows["residence"] == destination)
    ]
    energy = goods[goods["unit"].isin(_ENERGY_UNITS)]
    if energy.empty:
        return Finding(
            "no data", _NAN,
            "没有公布两地之间的能源流量；模型的贸易不分能源，不能代替观测",
            "no flow of energy between the two was published; trade of the model knows no energy "
            "and is no observation",
        )  # fmt: skip
    amount = float(energy["value"].sum())
    unit = str(energy["unit"].iloc[0])
    return decided(amount > 0, amount, f"观测流量 {amount:g} {unit}", f"observed {amount:g} {unit}")


@check
def intensity_trend(run: Run, *, target: str) -> Finding:
    """What became of energy per product, where a policy was said to help?

    The published outturn is evidence of what happened. That the policy caused it is not testable
    by an account, so the verdict is no data.
    """
    if "accounts_targets" not in run.tables:
        return _not_asked("accounts")
    table = run.frame("accounts_targets").set_index("target")
    row = table.loc[target]
    actual, value = row["actual_value"], row["value"]
    if pd.isna(actual):
        return Finding("no data", _NAN, "实绩未公布", "the outturn was not published")
    aim_zh = "" if pd.isna(value) else f"，目标 {value:g}%（{int(row['year'])} 年）"
    aim_en = "" if pd.isna(value) else f", target {value:g} % by {int(row['year'])}"
    return Finding(
        "no data",
        float(actual) if np.isfinite(actual) else _NAN,
        f"万元生产总值能耗到 {int(row['actual_year'])} 年累计 {actual:g}%{aim_zh}；"
        "变化与试点的因果没有数据可判",
        f"energy per product to {int(row['actual_year'])}: {actual:g} %{aim_en}; whether the pilot "
        "caused it no figures can tell",
    )


def _not_asked(section: str) -> Finding:
    return Finding(
        "no data", _NAN, f"研究文件没有 {section} 一节", f"the study has no section {section}"
    )
