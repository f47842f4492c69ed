"""Stage `assess`: who ranks where on the indicators there are, and how firmly."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from buju.measure import index
from buju.study.assess_spec import AssessSpec
from buju.study.assessing import Assembled, assemble, chosen_places, elements, figures
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.filling import sheet
from buju.study.stages.assess_official import official

MARK_ZH, MARK_EN = "非官方考核", "not an official assessment"
_KEPT = 0.9
"""The order of two places counts as settled where it holds in so many of the draws."""


def stage(run: Run) -> dict[str, Table]:
    """Tables `assess_*` and two workbooks; nothing where the study does not ask."""
    spec = run.study.spec.assess
    if spec is None:
        run.leave_out(
            "assess_summary",
            "研究文件没有 assess 一节，没有要求评价与排名",
            "the study file has no section `assess`: no ranking was asked for",
        )
        return {}
    table = figures(run.region, spec, run.study.path.parent)
    made = assemble(run.region, spec, table)
    result = index.composite(made.data, spec.steps)
    firm = index.robustness(
        made.data, {**spec.steps, "vary": spec.vary}, draws=spec.draws, seed=spec.seed
    )
    run.tell("assess", 0.6)
    names = run.region.places.set_index("place")[["name_zh", "name_en"]]
    tables = {
        "assess_summary": _summary(made, result, firm, spec),
        "assess_indicators": _indicators(made, result),
        "assess_scores": _scores(result, firm, spec, names),
        "assess_profile": _profile(made, result),
        "assess_acceptability": _acceptability(firm),
        "assess_choices": _choices(firm),
        "assess_shifts": _shifts(firm),
        "assess_left_out": _left_out(made, result),
    }
    _reasons(run, spec)
    tables |= _moves(made, result, spec, names)
    tables |= official(run, spec, table, firm)
    tables |= _templates(run, spec, table)
    rows = _to_fill(run, spec, table)
    tables["assess_to_fill"] = rows
    run.files["assess/to-fill.xlsx"] = sheet(rows.frame.to_dict("records"))
    run.files["assess/base-case.xlsx"] = _workbook(result)
    return tables


def _reasons(run: Run, spec: AssessSpec) -> None:
    """Why the parts that the study may ask for are not there; kept only where they are not."""
    run.leave_out(
        "assess_moves",
        "研究没有指定 assess.focus，或其名次已无上升余地",
        "the study names no assess.focus, or that place cannot rise so far",
    )
    run.leave_out(
        "assess_official",
        "没有覆盖全部地点的官方次序（assess.compare）",
        "no official order of all the places is in the tables (assess.compare)",
    )
    run.leave_out(
        "assess_template",
        "研究没有指定官方办法（assess.templates）",
        "the study names no official scheme (assess.templates)",
    )


def _summary(
    made: Assembled, result: index.IndexResult, firm: index.Robustness, spec: AssessSpec
) -> Table:
    states = made.elements["state"].value_counts()
    ranks = firm.ranks.to_numpy()
    first, second = np.triu_indices(ranks.shape[1], k=1)
    ahead = (ranks[:, first] < ranks[:, second]).mean(axis=0)
    behind = (ranks[:, first] > ranks[:, second]).mean(axis=0)
    row = {
        "index": spec.index, "year": spec.year, "places": len(result.scores),
        "elements": len(made.elements), "used": int(states.get("used", 0)),
        "few": int(states.get("few", 0)), "none": int(states.get("none", 0)),
        "unnamed": int(states.get("unnamed", 0)), "draws": spec.draws, "seed": spec.seed,
        "pairs": len(ahead), "settled": float((np.maximum(ahead, behind) >= _KEPT).mean()),
        "cronbach": index.cronbach(result),
    }  # fmt: skip
    return Table(
        pd.DataFrame([row]), f"评价概况（{MARK_ZH}）", f"The index at a glance ({MARK_EN})",
        {"settled": "share"},
        note_zh=f"settled：在 {_KEPT:.0%} 以上的抽样中先后不变的城市对所占比例。",
        note_en=f"`settled`: pairs of places whose order holds in {_KEPT:.0%} of the draws.",
    )  # fmt: skip


def _indicators(made: Assembled, result: index.IndexResult) -> Table:
    share = result.weights.set_index("code")["share"]
    frame = made.elements.assign(share=made.elements["code"].map(share))
    names = made.groups.set_index("code")
    for language in ("zh", "en"):
        frame[f"group_{language}"] = frame["parent"].map(names[f"name_{language}"])
    return Table(
        frame.reset_index(drop=True), "指标：年份、覆盖与权重",
        "Indicators: year, cover and weight", {"share": "share"},
        note_zh="每项指标取研究年份及以前、覆盖达到要求的最近一年；没有进入指数的逐项列出。",
        note_en="Each takes the latest year up to that of the study whose cover is enough; those "
        "outside the index are listed too.",
    )  # fmt: skip


def _scores(
    result: index.IndexResult, firm: index.Robustness, spec: AssessSpec, names: pd.DataFrame
) -> Table:
    root = result.indicators.tree.root
    frame = result.scores.rename(columns={root: "score"})
    frame.insert(0, "rank", result.ranks()[root])
    spread = firm.intervals[["median", "p05", "p95", "mean_shift"]]
    frame = frame.join(spread)
    for k in spec.first:
        frame[f"among_{k}"] = firm.probability_among(k)
    frame = frame.join(_without_weights(result.steps["normalised"], spec))
    frame.insert(0, "name_zh", names["name_zh"].reindex(frame.index))
    frame.insert(1, "name_en", names["name_en"].reindex(frame.index))
    frame = frame.rename_axis("place").reset_index()
    frame = frame.sort_values(["rank", "place"], kind="stable").reset_index(drop=True)
    chances = {f"among_{k}": "share" for k in spec.first} | {"first_any_weights": "share"}
    return Table(
        frame, f"得分、名次与名次区间（{MARK_ZH}）",
        f"Scores, ranks and rank intervals ({MARK_EN})", chances,
        note_zh=f"区间为 {spec.draws:,} 次抽样中名次的 5%—95%；每次同时改变标准化、权重、合成方法与"
        "指标误差。among_k：列前 k 位的比例。first_any_weights：权重任意时列第一的比例。"
        "best_weights：最有利权重下的相对得分（每项指标至少占 5%）。"
        f"指标和权重为本研究所设，{MARK_ZH}。",
        note_en=f"Intervals: 5 to 95 % of ranks in {spec.draws:,} draws, each with other scaling, "
        "weights, way of adding up and errors of the figures. `among_k`: share of draws among the "
        "first k. `first_any_weights`: share of all weightings that put it first. `best_weights`: "
        "relative score under the weights that favour it, each indicator at least 5 %. Indicators "
        f"and weights are those of this study: {MARK_EN}.",
    )  # fmt: skip


def _without_weights(normalised: pd.DataFrame, spec: AssessSpec) -> pd.DataFrame:
    """What holds under any weights, and under the most favourable; missing where it cannot be had.

    Both need every cell, the second scores above zero.
    """
    frame = pd.DataFrame(
        np.nan, index=normalised.index, columns=["first_any_weights", "best_weights"]
    )
    if normalised.notna().all(axis=None):
        any_weights = index.smaa(normalised, draws=spec.draws, seed=spec.seed)
        frame["first_any_weights"] = any_weights.rank_acceptability[1]
        least = min(0.05, 1 / normalised.shape[1])
        if (normalised > 0).all(axis=None):
            frame["best_weights"] = index.benefit_of_the_doubt(normalised, min_share=least)
    return frame


def _profile(made: Assembled, result: index.IndexResult) -> Table:
    tree = result.indicators.tree
    order = [code for code in tree.aggregates if code != tree.root] + list(tree.indicators)
    wide = result.steps["aggregated"][order]
    frame = (
        wide.rename_axis("place").reset_index().melt("place", var_name="code", value_name="score")
    )
    labels = pd.concat([made.groups, made.elements])[["code", "name_zh", "name_en"]]
    frame = frame.merge(labels, on="code", how="left", validate="many_to_one")
    frame["rank"] = frame.groupby("code")["score"].rank(ascending=False, method="min").astype(int)
    frame["group"] = ~frame["code"].isin(tree.indicators)
    return Table(
        frame, "各方面与各项指标的得分", "Scores by group and by indicator", {},
        note_zh="基准方案标准化后的得分，越高越好。",
        note_en="Normalised scores of the base case, higher is better.",
    )  # fmt: skip


def _acceptability(firm: index.Robustness) -> Table:
    frame = firm.rank_acceptability.rename_axis("place").reset_index()
    frame = frame.melt("place", var_name="rank", value_name="share")
    frame["rank"] = frame["rank"].astype(int)
    return Table(
        frame, "列各名次的抽样比例", "Share of draws at each rank", {"share": "share"},
        note_zh="与得分表同一组抽样。", note_en="The same draws as those of the scores.",
    )  # fmt: skip


def _choices(firm: index.Robustness) -> Table:
    frame = firm.sobol.reset_index()
    return Table(
        frame, "哪一项选择最要紧：索博尔份额", "Which choice matters: Sobol shares",
        dict.fromkeys(frame.columns[1:], "share"),
        note_zh="名次平均变动的方差中，由一项选择单独（first）和连同交互（total）造成的份额；"
        "附 90% 自助法区间。份额是估计值，可略超出 0—1。",
        note_en="Share of the variance of the mean rank shift that a choice causes alone (first) "
        "and with all it acts through (total), with 90 % bootstrap intervals. Estimates: they may "
        "leave 0 to 1 by their error.",
    )  # fmt: skip


def _shifts(firm: index.Robustness) -> Table:
    return Table(
        firm.one_at_a_time, "只改变一项选择时名次的变动", "Rank shifts by one choice at a time",
        {"mean_shift": "ranks", "greatest_shift": "ranks"},
        note_zh="其余选择保持基准方案。", note_en="All else as in the base case.",
    )  # fmt: skip


def _left_out(made: Assembled, result: index.IndexResult) -> Table:
    """Whatever does not stand in the index as it was given: elements, places, single cells."""
    gone = made.elements[~made.elements["used"]]
    parts = [pd.DataFrame({"what": "indicator", "code": gone["code"], "why": gone["state"]})]
    parts.append(pd.DataFrame({
        "what": "place", "code": result.dropped["unit"].astype(str), "why": result.dropped["reason"]
    }))  # fmt: skip
    for what, cells in (("filled cell", result.imputed), ("empty cell", result.unfilled)):
        why = cells.get("method", "missing")
        code = cells["unit"].astype(str) + " " + cells["indicator"].astype(str)
        parts.append(pd.DataFrame({"what": what, "code": code, "why": why}))
    treated = result.treated
    moved = treated[treated["method"].notna()] if "method" in treated else treated
    parts.append(pd.DataFrame({
        "what": "treated", "code": moved["indicator"].astype(str), "why": moved["method"]
    }))  # fmt: skip
    parts.append(pd.DataFrame({"what": "note", "code": "", "why": list(result.notes)}))
    frame = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True).astype(str)
    return Table(
        frame, "没有照原样进入指数的一切", "All that does not stand in the index as given", {},
        note_zh="few：覆盖不足；none：没有数据；unnamed：没有对应指标。",
        note_en="`few`: too few places; `none`: no figures; `unnamed`: no indicator.",
    )  # fmt: skip


def _moves(
    made: Assembled, result: index.IndexResult, spec: AssessSpec, names: pd.DataFrame
) -> dict[str, Table]:
    if spec.focus is None:
        return {}
    rank = int(result.ranks()[made.data.tree.root].loc[spec.focus])
    labels = made.elements.set_index("code")
    parts = []
    for k in spec.rise:
        if k >= rank:
            continue
        found = index.what_would_move(made.data, spec.steps, spec.focus, k)
        for how, table in (("alone", found.alone), ("together", found.together)):
            rows = table.rename_axis("code").reset_index()
            parts.append(rows.assign(places=k, how=how, rank=rank, wanted=found.wanted))
    columns = ["places", "how", "code", "name_zh", "name_en", "unit", "rank", "wanted", "now",
               "needed", "change", "in_sd", "reached", "within_observed"]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    for column in ("name_zh", "name_en"):
        frame[column] = frame["code"].map(labels[column])
    frame["unit"] = frame["code"].map(labels["unit"])
    zh, en = names.loc[spec.focus, "name_zh"], names.loc[spec.focus, "name_en"]
    return {
        "assess_moves": Table(
            frame.reindex(columns=columns),
            f"什么能使{zh}上升若干位",
            f"What would move {en} up",
            {"in_sd": "standard deviations"},
            note_zh=f"现列第 {rank} 位。alone：只改一项的最小变化；together：同时改变的最小组合。"
            "其余城市不变；这是算术，不表示能否做到、代价几何。",
            note_en=f"Now at place {rank}. `alone`: least change of one indicator; `together`: "
            "the least joint change found. Others stay as they are. Arithmetic: not whether it can "
            "be done, nor at what cost.",
        )
    }


def _templates(run: Run, spec: AssessSpec, table: pd.DataFrame) -> dict[str, Table]:
    if not spec.templates:
        return {}
    rows = run.region.index_trees
    titles = rows[rows["parent"].isna()].set_index("index")
    groups = rows.set_index(["index", "code"])
    parts = []
    for name in spec.templates:
        found = elements(run.region, spec, table, name, spec.year)
        found = found.drop(columns="weight").assign(template=name)
        for language in ("zh", "en"):
            found[f"group_{language}"] = [
                groups.loc[(name, parent), f"name_{language}"] for parent in found["parent"]
            ]
            found[f"title_{language}"] = titles.loc[name, f"name_{language}"]
        parts.append(found)
    return {
        "assess_template": Table(
            pd.concat(parts, ignore_index=True), "官方办法的指标：哪些有数据",
            "Indicators of the official scheme: which have figures here",
            note_zh="只列出指标与数据状况，不计算官方得分；没有读到名称的指标留空。",
            note_en="Indicators and their data alone; no official score is computed. Those whose "
            "name was not seen stay empty.",
        )
    }  # fmt: skip


def _to_fill(run: Run, spec: AssessSpec, table: pd.DataFrame) -> Table:
    """Places times indicators that some system names and that lack figures."""
    units = run.region.indicator_definitions.set_index("indicator")
    names = run.region.places.set_index("place")["name_zh"]
    places = chosen_places(run.region, spec)
    asked: dict[tuple[str, int], None] = {}
    for name in (spec.index, *spec.templates):
        listed = elements(run.region, spec, table, name, spec.year)
        for row in listed[~listed["used"] & listed["indicator"].notna()].to_dict("records"):
            asked[row["indicator"], spec.year if pd.isna(row["year"]) else int(row["year"])] = None
    there = set(zip(table["place"], table["indicator"], table["year"], strict=True))
    rows = [
        {"place": place, "name": names[place], "indicator": indicator,
         "title": units.loc[indicator, "name_zh"], "unit": units.loc[indicator, "unit"],
         "year": year}
        for indicator, year in asked for place in places
        if (place, indicator, year) not in there
    ]  # fmt: skip
    columns = ["place", "name", "indicator", "title", "unit", "year"]
    return Table(
        pd.DataFrame(rows, columns=columns), "待填的数字", "Figures to be filled in", {},
        note_zh="同样的行见结果文件夹中的 assess/to-fill.xlsx；填好后写入 assess.filled 再运行，"
        "指标即进入指数。",
        note_en="The same rows stand in assess/to-fill.xlsx of the bundle; filled in and named "
        "under assess.filled, they join the index in the next run.",
    )  # fmt: skip


def _workbook(result: index.IndexResult) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return index.export_workbook(result, Path(folder) / "base.xlsx").read_bytes()
