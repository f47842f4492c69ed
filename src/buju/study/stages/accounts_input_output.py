"""Location quotients of the region against the nation, and multipliers where inputs are known."""

from __future__ import annotations

import pandas as pd

from buju.errors import ParameterError
from buju.study.assess_spec import AccountsSpec
from buju.study.bundle import Table
from buju.study.context import Run
from buju.track.accounts import input_output as io

_LACK = "accounts_multipliers"


def input_output_tables(run: Run, spec: AccountsSpec) -> dict[str, Table]:
    """Tables `accounts_quotients` and, with the nation's coefficients, `accounts_multipliers`.

    Jobs stand for output, as they do where a region has no accounts by sector.
    """
    run.leave_out(
        _LACK,
        "区域没有全国投入系数（input_output.csv），不能计算乘数",
        "the region has no input coefficients of the nation (input_output.csv): no multipliers",
    )
    nation = run.region.national_sectors
    nation = nation[(nation["year"] == run.study.spec.year) & (nation["jobs"] > 0)]
    jobs = run.region.employment
    places = set(run.region.level("county")["place"])
    mine = jobs[(jobs["year"] == run.study.spec.year) & jobs["place"].isin(places)]
    if nation.empty or mine.empty:
        run.leave_out(
            "accounts_quotients",
            "区域没有同年的分行业就业或全国分行业就业（national_sectors.csv）",
            "no jobs by sector of that year, or none of the nation (national_sectors.csv)",
        )
        return {}
    whole = nation.set_index("sector")["jobs"]
    region = mine.groupby("sector")["jobs"].sum().reindex(whole.index).fillna(0.0)
    tables = {"accounts_quotients": _quotients(run, region, whole)}
    if not run.region.input_output.empty:
        tables |= run.attempt(_LACK, lambda: _multipliers(run, region, whole, spec))
    return tables


def _quotients(run: Run, region: pd.Series, nation: pd.Series) -> Table:
    frame = pd.DataFrame({
        "jobs": region, "share": region / region.sum(), "national_share": nation / nation.sum(),
        "slq": io.simple_quotients(region, nation),
    })  # fmt: skip
    frame = frame.sort_values("slq", ascending=False).rename_axis("sector").reset_index()
    return Table(
        _named(run, frame), "行业区位商：区域与全国", "Location quotients against the nation",
        {"jobs": "person (sample)", "share": "share", "national_share": "share", "slq": "ratio"},
        note_zh=f"{run.study.spec.year} 年，全域各县合计；就业代替产出；区域就业占全国 "
        f"{region.sum() / nation.sum():.2%}。大于 1 表示该行业在本区域比全国更集中。",
        note_en=f"{run.study.spec.year}, all counties; jobs stand for output; the region has "
        f"{region.sum() / nation.sum():.2%} of the nation's. Above 1: more here than there.",
    )  # fmt: skip


def _multipliers(run: Run, region: pd.Series, nation: pd.Series, spec: AccountsSpec) -> Table:
    """Type I output multipliers by every method; FLQ and AFLQ for each delta."""
    rows = run.region.input_output
    latest = rows[rows["year"] == rows["year"].max()]
    sectors = [s for s in nation.index if s in set(latest["supplier"]) | set(latest["user"])]
    wide = latest.pivot(index="supplier", columns="user", values="coefficient")
    a = wide.reindex(index=sectors, columns=sectors)
    if a.isna().any(axis=None):
        at = a.stack(future_stack=True)
        supplier, user = at[at.isna()].index[0]
        raise ParameterError(
            f"input_output.csv has no coefficient from {supplier!r} to {user!r}; write 0 where "
            "nothing is bought",
            f"input_output.csv 缺少 {supplier!r} 对 {user!r} 的系数；没有投入的请填 0",
        )
    own, whole = region[sectors], nation[sectors]
    cases: list[tuple[io.Method, float | None]] = [("SLQ", None), ("CILQ", None)]
    cases += [("FLQ", delta) for delta in spec.delta] + [("AFLQ", delta) for delta in spec.delta]
    parts = []
    for method, delta in cases:
        local = io.regional_coefficients(
            a,
            own,
            whole,
            method=method,
            delta=0.0 if delta is None else delta,
        )
        output = io.multipliers(local).table["output_1"]
        parts.append(pd.DataFrame({
            "sector": output.index, "method": method, "delta": delta, "output": output.to_numpy(),
            "relative": (output / output.mean()).to_numpy(),
        }))  # fmt: skip
    frame = pd.concat(parts, ignore_index=True).astype({"delta": "float64"})
    return Table(
        _named(run, frame), "产出乘数（I 型）", "Output multipliers, type I", {},
        note_zh="本地系数 = 全国系数 × min(1, 区位商)；δ 没有定值，请看各值之间的差别。"
        "后向联系为乘数与均值之比，大于 1 为强。",
        note_en="Local coefficients = national ones × min(1, quotient); no delta is right, read "
        "the spread. Backward linkage: the multiplier over its mean, above 1 is strong.",
    )  # fmt: skip


def _named(run: Run, frame: pd.DataFrame) -> pd.DataFrame:
    names = run.region.sectors.set_index("sector")
    return frame.assign(
        sector_zh=frame["sector"].map(names["name_zh"]),
        sector_en=frame["sector"].map(names["name_en"]),
    )
