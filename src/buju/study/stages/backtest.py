"""Stage `backtest`: the model against what happened, also where it loses.

People: the economy is calibrated to the first census and its network, the network of the base date
is put in, and the people it moves are compared with the people who moved. The model knows only of
the lines that opened; everything else that happened in those years is not in it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.network import Scenario, station_links
from buju.simulate.regional import MODELLED, modelled_jobs, sampled
from buju.study.bundle import Table
from buju.study.census import POPULATION, census
from buju.study.context import Run
from buju.study.economy import economy
from buju.study.world import calibrate


def stage(run: Run) -> dict[str, Table]:
    """Tables `backtest_times`, `backtest_people` and `backtest_summary`, where data allow."""
    tables = {}
    if "announced" in run.tables:
        tables["backtest_times"] = _times(run)
    first = run.study.spec.measure.first_year
    counted = not sampled(run.region, first).empty and _outside_then(run, first) is not None
    if "county_shift" in run.tables and counted:
        tables |= _people(run)
    return tables


def _outside_then(run: Run, year: int) -> pd.DataFrame | None:
    """People of outside places at the first census; None where the tables do not have them all."""
    if run.study.spec.simulate.outside == "none":
        return pd.DataFrame(columns=["place", "residents"])
    outside = pd.DataFrame(run.region.outside_places[["place", "residents_2010"]])
    known = year == 2010 and (outside["residents_2010"] > 0).all()
    return outside.rename(columns={"residents_2010": "residents"}) if known else None


def _times(run: Run) -> Table:
    frame = run.frame("announced").copy()
    ways = [
        station_links(run.region, Scenario(date=day), origin, destination)
        for origin, destination, day in zip(
            frame["origin"], frame["destination"], frame["as_of"], strict=True
        )
    ]
    frame["independent"] = [bool((way["minutes_basis"] == "measured").all()) for way in ways]
    return Table(
        frame,
        "线路开通后的旅行时间：公布与路网",
        "Times after openings: announced and routed",
        {"announced": "min", "modelled": "min", "relative": "share"},
        basis="modelled",
        note_zh="independent 为否：途经路段并非全部实测，时间可能取自公布值本身，吻合不构成检验。",
        note_en="Not `independent`: not every link of the way was measured, so its minutes may be "
        "the announcement's own, and agreement is no test.",
    )


def _people(run: Run) -> dict[str, Table]:
    first, last = run.study.spec.measure.first_year, run.study.spec.year
    then = _economy_then(run, first)
    before = Scenario(name="before", date=f"{first}-12-31")
    world = calibrate(run, run.study.spec.simulate, then, before)
    found = world.solve(run, run.study.scenarios["base"], throw=False)
    shift = run.frame("county_shift").set_index("place")
    hats = pd.Series(found.residents, index=then["place"]).reindex(shift.index)
    predicted = shift["first"] * hats
    whole = shift["last"].sum() / shift["first"].sum()
    frame = pd.DataFrame(
        {
            "place": shift.index,
            "first": shift["first"].to_numpy(),
            "observed": shift["last"].to_numpy(),
            "no_change": (shift["first"] * whole).to_numpy(),
            "model": (predicted * shift["last"].sum() / predicted.sum()).to_numpy(),
        }
    )
    if found.verdict != "certified":
        frame["model"] = np.nan
    return {
        "backtest_people": Table(
            frame,
            f"人口回溯检验：{first} 年标定，预测 {last} 年",
            f"Back-test of people: calibrated to {first}, {last} predicted",
            dict.fromkeys(["first", "observed", "no_change", "model"], "person"),
            basis="modelled",
            note_zh="各法总人口均按实际总数缩放，只比较分布。模型只知道其间开通的线路；"
            "人均产出结构取基准年。",
            note_en="Totals are scaled to the observed total, so that only the distribution is "
            "compared. The model knows only the lines that opened; output per job is the base "
            "year's.",
        ),
        "backtest_summary": _summary(run, frame, found.verdict),
    }


def _economy_then(run: Run, year: int) -> pd.DataFrame:
    """The economy of the first census, with the base year's output per job."""
    now = economy(run).set_index("place")
    counties = pd.DataFrame(run.region.level("county")[["place", "parent"]])
    counties["residents"] = counties["place"].map(census(run, POPULATION, year))
    counties["jobs"] = modelled_jobs(run.region, counties, year)
    frame = counties[["place", "residents", "jobs"]]
    outside = _outside_then(run, year)
    if outside is not None and len(outside):
        frame = pd.concat([frame, outside.assign(jobs=outside["residents"])], ignore_index=True)
    per_job = frame["place"].map(now["gdp"] / now["jobs"])
    return frame.assign(gdp=per_job * frame["jobs"], jobs_basis=MODELLED, gdp_basis=MODELLED)


def _summary(run: Run, frame: pd.DataFrame, verdict: str) -> Table:
    names = {"no_change": ("份额不变", "shares stay"), "model": ("模型", "model")}
    growth = frame["observed"] / frame["first"] - 1
    rows = []
    for name, (zh, en) in names.items():
        expected = frame[name] / frame["first"] - 1
        varied = expected.max() - expected.min() > 1e-9
        rows.append(
            {
                "method": name,
                "method_zh": zh,
                "method_en": en,
                "mean_absolute_error": float((frame[name] - frame["observed"]).abs().mean()),
                "mean_absolute_growth_error": float((expected - growth).abs().mean()),
                "rank_correlation": _rank_correlation(expected, growth) if varied else np.nan,
                "verdict": verdict if name == "model" else "",
            }
        )
    rows.append(_trend(run, frame))
    return Table(
        pd.DataFrame(rows),
        "人口回溯检验：模型与简单方法",
        "Back-test of people: the model beside simple methods",
        {"mean_absolute_error": "person", "mean_absolute_growth_error": "share"},
        basis="modelled",
        note_zh="误差小者为优；模型输给简单方法时照样列出。趋势外推需要更早一次普查。",
        note_en="Smaller errors are better; shown also where the model loses. A trend needs an "
        "earlier census.",
    )


def _rank_correlation(one: pd.Series, other: pd.Series) -> float:
    return float(one.rank().corr(other.rank()))


def _trend(run: Run, frame: pd.DataFrame) -> dict[str, object]:
    """The growth of the decade before carried on, where the region has that census."""
    first, last = run.study.spec.measure.first_year, run.study.spec.year
    earlier = census(run, POPULATION, first - (last - first))
    row: dict[str, object] = {
        "method": "trend",
        "method_zh": "趋势外推（缺少更早的普查）" if earlier.empty else "趋势外推",
        "method_en": "trend (no earlier census)" if earlier.empty else "trend",
        "mean_absolute_error": np.nan,
        "mean_absolute_growth_error": np.nan,
        "rank_correlation": np.nan,
        "verdict": "",
    }
    if earlier.empty:
        return row
    then = frame.set_index("place")
    expected = then["first"] ** 2 / earlier.reindex(then.index)
    expected *= then["observed"].sum() / expected.sum()
    growth = [t / then["first"] - 1 for t in (expected, then["observed"])]
    return row | {
        "mean_absolute_error": float((expected - then["observed"]).abs().mean()),
        "mean_absolute_growth_error": float((growth[0] - growth[1]).abs().mean()),
        "rank_correlation": _rank_correlation(*growth),
    }
