"""The index beside an official order, where one was published."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from buju.errors import StudyError
from buju.measure import index
from buju.study.assess_spec import AssessSpec
from buju.study.assessing import assemble
from buju.study.bundle import Table
from buju.study.context import Run


def official(
    run: Run, spec: AssessSpec, table: pd.DataFrame, firm: index.Robustness
) -> dict[str, Table]:
    """Table `assess_official`: the latest official order, the index now and as of then."""
    if spec.compare is None:
        return {}
    rows = table[(table["indicator"] == spec.compare) & table["place"].isin(firm.base.index)]
    years = rows.groupby("year")["place"].nunique()
    years = years[years == len(firm.base)]
    if years.empty:
        return {}
    year = int(years.index.max())
    order = rows[rows["year"] == year].set_index("place")["value"].reindex(firm.base.index)
    frame = pd.DataFrame({
        "official_year": year, "official_rank": order, "index_year": spec.year,
        "index_rank": firm.base, "p05": firm.intervals["p05"], "p95": firm.intervals["p95"],
    })  # fmt: skip
    frame["inside"] = frame["official_rank"].between(frame["p05"], frame["p95"])
    frame["index_rank_then"], used = _then(run, spec, table, year, frame.index)
    now, then = (
        float(stats.spearmanr(frame["official_rank"], frame[column]).statistic)
        if frame[column].notna().all() else float("nan")
        for column in ("index_rank", "index_rank_then")
    )  # fmt: skip
    frame["correlation"], frame["correlation_then"] = now, then
    frame = frame.sort_values("official_rank").rename_axis("place").reset_index()
    inside = int(frame["inside"].sum())
    return {
        "assess_official": Table(
            frame, f"与 {year} 年度官方次序的比较", f"Beside the official order of {year}", {},
            note_zh=f"官方只公布次序，指标、权重和年份不同，不要求一致。秩相关：{spec.year} 年"
            f"指数 {now:.2f}；用 {year} 年及以前的 {used} 项指标重算为 {then:.2f}。官方次序"
            f"落在名次区间内的有 {inside} 个。",
            note_en=f"The order alone was published; indicators, weights and years differ, so "
            f"agreement is not expected. Rank correlation: {now:.2f} with the index of "
            f"{spec.year}; {then:.2f} with the {used} indicators of {year} or before. {inside} "
            "official places lie inside the rank intervals.",
        )
    }  # fmt: skip


def _then(
    run: Run, spec: AssessSpec, table: pd.DataFrame, year: int, places: pd.Index
) -> tuple[pd.Series, int]:
    """Ranks by the same system with the figures of that year; missing where there are none."""
    try:
        made = assemble(run.region, spec, table, year=year)
    except StudyError:
        return pd.Series(float("nan"), index=places), 0
    ranks = index.composite(made.data, spec.steps).ranks()[made.data.tree.root]
    return ranks.reindex(places).astype(float), int(made.elements["used"].sum())
