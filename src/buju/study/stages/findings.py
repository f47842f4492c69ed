"""Stage `findings`: what a reader should know first, in words, every number from a table."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from buju.study.bundle import Table
from buju.study.context import Run

Sentence = tuple[str, str]


def stage(run: Run) -> dict[str, Table]:
    """Table `findings`: the sentences that the run's tables allow, in Chinese and English."""
    said = [words for say in _SAYINGS for words in [say(run)] if words is not None]
    rows = [{"number": n, "zh": zh, "en": en} for n, (zh, en) in enumerate(said, start=1)]
    frame = pd.DataFrame(rows, columns=["number", "zh", "en"])
    return {"findings": Table(frame, "主要发现", "Main findings")}


def _people(run: Run) -> Sentence | None:
    if "population_shift" not in run.tables:
        return None
    shift = run.frame("population_shift")
    parts = _partition(run, shift)
    if parts.empty:
        return None
    up = parts.loc[parts["share_points"].idxmax()]
    down = parts.loc[parts["share_points"].idxmin()]
    counties = run.frame("county_shift")
    losing, total = int((counties["change"] < 0).sum()), len(counties)
    years = f"{up['first_year']}→{up['last_year']}"
    return (
        f"{years} 年，{up['name_zh']}占全域人口的份额上升最多"
        f"（{up['share_points']:+.2f} 个百分点），"
        f"{down['name_zh']}变化为 {down['share_points']:+.2f} 个百分点；"
        f"{total} 个县中 {losing} 个人口减少。",
        f"{years}: {up['name_en']} gained most in share of the region's residents "
        f"({up['share_points']:+.2f} points), {down['name_en']} "
        f"{down['share_points']:+.2f}; {losing} of {total} counties lost people.",
    )


def _partition(run: Run, shift: pd.DataFrame) -> pd.DataFrame:
    kinds = run.region.place_groups.set_index("group")["kind"]
    return shift[shift["group"].map(kinds).isin(["cluster", "circle"])]


def _reach(run: Run) -> Sentence | None:
    if "reach" not in run.tables:
        return None
    table = run.frame("reach")
    asked = run.study.spec.network
    dates = [label for label in asked.reach_dates if label in set(table["network"])]
    if not dates:
        return None
    table = table.assign(door=table["door_minutes"] <= asked.reach_minutes)
    counted = table[table["network"].isin(dates)].groupby("network", sort=False)
    inside, total, door = counted["within"].sum(), counted.size(), counted["door"].sum()
    last = table[(table["network"] == dates[-1]) & ~table["within"]]
    origin = run.region.places.set_index("place").loc[asked.reach_from]
    zh = "；".join(
        f"{date} 为 {inside[date]}/{total[date]}（门到门 {door[date]}/{total[date]}）"
        for date in dates
    )
    en = "; ".join(
        f"{date}: {inside[date]} of {total[date]} ({door[date]} door to door)" for date in dates
    )
    far_zh, far_en = "、".join(last["name_zh"]) or "无", ", ".join(last["name_en"]) or "none"
    return (
        f"{origin['name_zh']}站到站 {asked.reach_minutes:g} 分钟可达的地级市：{zh}；"
        f"仍超出的：{far_zh}。",
        f"Prefecture seats within {asked.reach_minutes:g} min of {origin['name_en']}, station to "
        f"station: {en}; still beyond: {far_en}.",
    )


def _gains(run: Run) -> Sentence | None:
    table = run.frame("effects")
    inside = table["place"].isin(run.frame("counties")["place"])
    certified = table[inside & (table["verdict"] == "certified")]
    if certified.empty:
        return None
    names = run.frame("counties").set_index("place")
    zh, en = [], []
    for name, rows in certified.groupby("scenario", sort=False):
        title = run.study.spec.scenarios[str(name)]
        if rows["residents_change"].abs().max() < _NOTHING:
            zh.append(f"{title.title_zh or name}：没有变化")
            en.append(f"{title.title_en or name}: no change")
            continue
        most, least = (rows.loc[pick(rows["residents_change"])] for pick in _ENDS)
        who = [(_change(row, names, 0), _change(row, names, 1)) for row in (most, least)]
        zh.append(f"{title.title_zh or name}：" + "，".join(w[0] for w in who))
        en.append(f"{title.title_en or name}: " + ", ".join(w[1] for w in who))
    return (
        "模型结果（长期，与同一区域没有该项目时相比，并非预测）——" + "；".join(zh) + "。",
        "Model, long run, relative to the same region without the project, no forecast: "
        + "; ".join(en)
        + ".",
    )


_ENDS: tuple[Callable[[pd.Series], int], ...] = (pd.Series.idxmax, pd.Series.idxmin)
_NOTHING = 1e-6
_UNCERTAIN = ("方向不确定", "direction uncertain")
_OUTSIDE = ("数值在区间之外", "the figure lies outside its interval")


def _change(row: pd.Series, names: pd.DataFrame, language: int) -> str:
    """A place's change of residents with its interval, in Chinese (0) or English (1)."""
    county = names.loc[row["place"]]
    name = (
        f"{county['prefecture_zh']}{county['name_zh']}"
        if language == 0
        else f"{county['name_en']} ({county['prefecture_en']})"
    )
    words = f"{name}{('居民', ' residents')[language]} {row['residents_change']:+.1%}"
    if row["residents_direction"] == "not drawn":
        return words
    interval = f"{row['residents_low']:+.1%} – {row['residents_high']:+.1%}"
    said = [interval]
    if row["residents_direction"] == "uncertain":
        said.append(_UNCERTAIN[language])
    if row["residents_point"] in ("below", "above"):
        said.append(_OUTSIDE[language])
    return f"{words}（{'，'.join(said)}）" if language == 0 else f"{words} ({', '.join(said)})"


def _fit(run: Run) -> Sentence | None:
    if "fit_summary" not in run.tables:
        return None
    rows = run.frame("fit_summary")
    rows = rows[rows["comparison"] == "same class"].set_index("sample")
    emu, every = rows.loc["multiple_unit"], rows.loc["all"]
    told_zh, told_en = _backtest(run)
    return (
        f"路网时间与 {every['pairs']:.0f} 对实测最优直达列车时间相比（同类列车），"
        f"相对误差中位数 {every['median_relative']:.1%}；"
        f"其中 {emu['pairs']:.0f} 对动车为 {emu['median_relative']:.1%}。" + told_zh,
        f"Network times against {every['pairs']:.0f} best direct trains (same class of train): "
        "median relative error "
        f"{every['median_relative']:.1%}; {emu['median_relative']:.1%} on the "
        f"{emu['pairs']:.0f} multiple-unit pairs." + told_en,
    )


def _backtest(run: Run) -> Sentence:
    """How the model did on people who moved, beside shares that stay; empty where not tested."""
    if "backtest_summary" not in run.tables:
        return "", ""
    error = run.frame("backtest_summary").set_index("method")["mean_absolute_error"]
    if error[["model", "no_change"]].isna().any():
        return "", ""
    model, plain = error["model"], error["no_change"]
    return (
        f"人口回溯检验：模型平均绝对误差 {model:,.0f} 人，“份额不变”为 {plain:,.0f} 人。",
        f" Back-test of people: mean absolute error {model:,.0f} persons, {plain:,.0f} if shares "
        "stay.",
    )


def _claims(run: Run) -> Sentence | None:
    table = run.frame("claims")
    if table.empty:
        return None
    count = table["verdict"].value_counts()
    get = {name: int(count.get(name, 0)) for name in count.index}
    zh = {
        "supported": "得到支持",
        "contradicted": "与数据不符",
        "no data": "缺少数据",
        "not testable": "无法检验",
        "open": "尚待核验",
    }
    said_zh = "、".join(f"{get[name]} 条{words}" for name, words in zh.items() if name in get)
    said_en = ", ".join(f"{get[name]} {name}" for name in zh if name in get)
    return (
        f"公告的 {len(table)} 条数字与关系中：{said_zh}。",
        f"Of {len(table)} numbers and relations announced: {said_en}.",
    )


def _ranking(run: Run) -> Sentence | None:
    """The place the study looks at, with its interval; first and last where it looks at none."""
    spec = run.study.spec.assess
    if spec is None or "assess_scores" not in run.tables:
        return None
    scores = run.frame("assess_scores").set_index("place")
    used = int(run.frame("assess_summary")["used"].iloc[0])
    row = scores.loc[spec.focus] if spec.focus is not None else scores.iloc[0]
    among_zh = "、".join(f"列前 {k} 的比例 {row[f'among_{k}']:.1%}" for k in spec.first)
    among_en = ", ".join(f"among the first {k} in {row[f'among_{k}']:.1%}" for k in spec.first)
    return (
        f"按 {used} 项覆盖齐全的指标（非官方考核），{row['name_zh']}在 {len(scores)} 地中列第 "
        f"{row['rank']:.0f}，名次区间 {row['p05']:.0f}—{row['p95']:.0f}；{among_zh}。",
        f"On {used} indicators that cover all places (not an official assessment), "
        f"{row['name_en']} ranks {row['rank']:.0f} of {len(scores)}, interval "
        f"{row['p05']:.0f} to {row['p95']:.0f}; {among_en} of the draws.",
    )


_SAYINGS: tuple[Callable[[Run], Sentence | None], ...] = (
    _people,
    _reach,
    _gains,
    _fit,
    _ranking,
    _claims,
)
