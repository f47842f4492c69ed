"""Growth targets: forecast before their year and from the end of the record, beside what came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import track
from buju.errors import StudyError
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.track_spec import GrowthSpec
from buju.track.targets import LIKELY, UNLIKELY

_GROWTH = {"value", "target_value", "outcome", "median", "low", "high", "low_half", "high_half"}
_RATES = ("percent", "percent/year")


def tables(run: Run) -> dict[str, Table]:
    """Tables `growth_*` for the targets that `track.growth` names; none without it."""
    asked = run.study.spec.track.growth
    if asked is None:
        return {}
    panel = growth_panel(run, asked.indicator, asked.level)
    found: dict[str, list[pd.DataFrame]] = {}
    left_out: list[tuple[str, int, str, str]] = []
    for name in asked.targets:
        target = _target(run, name, asked)
        years = sorted({int(target["year"]) - 1, int(panel["year"].max())})
        for known_to in years:
            known = panel[panel["year"] <= known_to]
            if known.empty or int(known["year"].max()) != known_to:
                continue
            try:
                parts = _forecast(known, panel, target, asked)
            except track.TooShort as refused:
                if known_to == years[-1]:
                    raise
                left_out.append((name, known_to, refused.chinese, refused.english))
                continue
            for key, frame in parts.items():
                found.setdefault(key, []).append(frame)
        found.setdefault("growth_record", []).append(_record(run, target, asked))
    read = track.read_panel(panel, least_years=asked.least_years, small_growth=asked.small_growth)
    found["growth_dropped"] = [read.dropped]
    columns = ["target", "known_to", "reason_zh", "reason_en"]
    found["growth_left_out"] = [pd.DataFrame(left_out, columns=columns)]
    joined = {key: pd.concat(parts, ignore_index=True) for key, parts in found.items()}
    return {key: _described(key, frame, asked) for key, frame in joined.items()}


def chances(found: dict[str, Table]) -> dict[str, float]:
    """Forecast chance of targets whose year is still to come, by target."""
    if "growth_forecast" not in found:
        return {}
    rows = found["growth_forecast"].frame
    rows = rows[rows["asked"] & rows["outcome"].isna() & (rows["year"] == rows["target_year"])]
    return {str(k): float(v) for k, v in rows.groupby("target")["probability"].min().items()}


def growth_panel(run: Run, indicator: str, level: str) -> pd.DataFrame:
    """Observed growth of all places of a level: `place`, `year`, `value`, `prices`."""
    rows, places = run.region.indicators, set(run.region.level(level)["place"])
    rows = rows[(rows["indicator"] == indicator) & rows["place"].isin(places)]
    kinds = np.where(rows["basis"] == "observed", "observed", rows["basis"])
    prices = run.region.indicator_definitions.set_index("indicator")["prices"][indicator]
    return pd.DataFrame(
        {"place": rows["place"], "year": rows["year"].astype(int), "value": rows["value"]}
    ).assign(kind=kinds, prices=prices)


def _target(run: Run, name: str, asked: GrowthSpec) -> pd.Series:
    """The row of a target that a rate of growth can be compared with."""
    row = run.region.targets.set_index("target", drop=False).loc[name]
    fits = row["indicator"] == asked.indicator and row["unit"] in _RATES
    if not fits or row["kind"] not in ("seed", "plan") or pd.isna(row["value"] + row["year"]):
        raise StudyError(
            f"track.growth.targets: {name} is {row['indicator']} ({row['unit']}), kind "
            f"{row['kind']}, value {row['value']}, year {row['year']}; a seed or plan target of "
            f"{asked.indicator} in per cent with a value and a year is needed",
            f"track.growth.targets：{name} 的指标为 {row['indicator']}（{row['unit']}），"
            f"类别 {row['kind']}，目标值 {row['value']}，年份 {row['year']}；"
            f"应为 {asked.indicator} 的公告或规划目标（%），且有目标值和年份",
        )
    return row


def _forecast(
    known: pd.DataFrame, panel: pd.DataFrame, target: pd.Series, asked: GrowthSpec
) -> dict[str, pd.DataFrame]:
    """All tables of one forecast."""
    known_to = int(known["year"].max())
    year = max(int(target["year"]), known_to + 1)
    prices = None if pd.isna(target["prices"]) else str(target["prices"])
    outlook = track.target_probability(
        known,
        float(target["value"]),
        year=year,
        direction="<=" if target["direction"] in ("<=", "down") else ">=",
        level=asked.interval,
        least_years=asked.least_years,
        prices=prices,
        small_growth=asked.small_growth,
    )
    head = {"target": target["target"], "known_to": known_to}
    table = outlook.table.rename(columns={"target": "target_value"})
    came = panel[panel["year"] == year].set_index("place")["value"]
    outcome = table["place"].map(came)
    table = table.assign(
        target_year=int(target["year"]),
        asked=table["place"].isin(str(target["places"]).split(";")),
        outcome=outcome,
        met=pd.array(
            [None if pd.isna(v) else track.meets(v, target["value"], target["direction"])
             for v in outcome], dtype="boolean"),
        light=np.select([table["probability"] >= LIKELY, table["probability"] >= UNLIKELY],
                        ["green", "amber"], "red"),
    )  # fmt: skip
    history = known[["place", "year", "value"]].sort_values(["place", "year"])
    path = pd.concat([history, outlook.path], ignore_index=True)
    record = outlook.backtest
    summary = record.summary.assign(
        level=asked.interval, zh=record.zh, en=record.en, dropped=len(record.dropped)
    )
    parts = {
        "growth_forecast": table,
        "growth_path": path,
        "growth_number": outlook.number,
        "growth_backtest": summary,
        "growth_backtest_rows": record.forecasts,
    }
    return {key: _headed(frame, head) for key, frame in parts.items()}


def _headed(frame: pd.DataFrame, head: dict[str, object]) -> pd.DataFrame:
    return frame.assign(**head)[[*head, *(c for c in frame.columns if c not in head)]]


def _record(run: Run, target: pd.Series, asked: GrowthSpec) -> pd.DataFrame:
    """Published growth of the target's places and of its element's counties, beside the target."""
    near = set(str(target["places"]).split(";"))
    if not pd.isna(target["group"]):
        near |= set(run.region.members(target["group"])["place"])
    rows = run.region.indicators
    rows = rows[(rows["indicator"] == asked.indicator) & rows["place"].isin(near)]
    rows = rows[rows["year"] >= int(target["year"]) - 1].sort_values(["place", "year"])
    prices = run.region.indicator_definitions.set_index("indicator")["prices"][asked.indicator]
    outturns = pd.DataFrame(
        {
            "place": rows["place"],
            "year": rows["year"].astype(int),
            "value": rows["value"],
            "kind": rows["basis"].to_numpy(),
            "indicator": rows["indicator"],
            "unit": target["unit"],
            "prices": prices if not pd.isna(target["prices"]) else pd.NA,
            "source": rows["source"],
            "note": rows["note"],
        }
    )
    found = track.beside(target, outturns).drop(columns=["kind", "indicator", "unit", "prices"])
    in_year = found["year"] == int(target["year"])
    return _headed(found.assign(in_year=in_year), {"target": target["target"]})


_TITLES = {
    "growth_forecast": ("增速目标的预测", "Growth targets: forecast"),
    "growth_path": ("增速：实绩与预测分布", "Growth: record and forecast"),
    "growth_number": ("达标地点个数的概率", "How many places meet the target"),
    "growth_backtest": ("预测的历史表现", "What such forecasts were worth"),
    "growth_backtest_rows": ("回溯检验的各次预测", "Every forecast of the back-test"),
    "growth_record": ("增速目标与已公布实绩", "Growth target beside published outturns"),
    "growth_dropped": ("未使用的观测值", "Observations left out"),
    "growth_left_out": ("未能作出的预测", "Forecasts that could not be made"),
}


def _described(name: str, frame: pd.DataFrame, asked: GrowthSpec) -> Table:
    zh, en = _TITLES[name]
    units = {c: "percent/year" for c in frame if c in _GROWTH}
    units |= {"probability": "share", "hit_rate": "share", "gap": "points"}
    notes = {
        "growth_forecast": (
            f"各地共享年度冲击并向自身均值收敛的面板模型；区间为 {asked.interval:.0%}。"
            "known_to 为作预测时已知的最后一年。没有计入任何项目的影响。",
            "Places share yearly shocks and return to means of their own; the interval is "
            f"{asked.interval:.0%}. known_to: last year known when it was made. No effect of any "
            "project is in it.",
        ),
        "growth_record": (
            "经济区自身的增速没有公布；所列为其所在市和已公布增速的成员县，只与增速比较。",
            "The element's own growth was not published: its city and members with published "
            "growth stand here, growth rates beside growth rates.",
        ),
        "growth_backtest": (
            "每个起点只用当时已知的数。difference_errors 为与各地自身均值的 CRPS 之差除以其标准误"
            "（按起点计），绝对值小于 2 时不能分高下；Brier 技巧以此前达标率为准。",
            "From every origin with what was known then. difference_errors: difference in CRPS "
            "from each place's own mean over its standard error between origins; below 2 neither "
            "is better. Brier skill is against the hit rate so far.",
        ),
    }
    note = notes.get(name, ("", ""))
    plain = ("growth_record", "growth_dropped", "growth_left_out")
    basis = "observed" if name in plain else "modelled"
    units = {column: unit for column, unit in units.items() if column in frame}
    return Table(frame, zh, en, units, basis, *note)
