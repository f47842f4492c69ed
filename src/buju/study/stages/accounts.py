"""Stage `accounts`: energy and carbon, as far as figures were published."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import ParameterError, StudyError
from buju.study.assess_spec import AccountsSpec
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages.accounts_energy import balance_tables
from buju.study.stages.accounts_facilities import facility_tables
from buju.study.stages.accounts_input_output import input_output_tables
from buju.track import accounts

_TONNES = {"t": 1.0, "1e4 t": 1e4, "Mt": 1e6, "t CO2": 1.0, "Mt CO2": 1e6}


def stage(run: Run) -> dict[str, Table]:
    """Tables `accounts_*`; nothing where the study does not ask."""
    spec = run.study.spec.accounts
    if spec is None:
        run.leave_out(
            "accounts_factors",
            "研究文件没有 accounts 一节，没有要求能源与碳账户",
            "the study file has no section `accounts`: no accounts were asked for",
        )
        return {}
    _reasons(run)
    tables = {"accounts_factors": _factors()}
    if spec.targets:
        tables["accounts_targets"] = _targets(run, spec)
    if spec.published:
        tables["accounts_published"] = _published(run, spec)
    if spec.carbon is not None:
        tables |= _intensity(run, spec)
    if spec.budgets:
        tables["accounts_budgets"] = _budgets(run, spec)
    tables |= balance_tables(run, spec) | facility_tables(run, spec)
    return tables | input_output_tables(run, spec)


def _reasons(run: Run) -> None:
    """Why tables are not there; kept only where they are not."""
    balance = (
        "区域没有能源平衡表（energy_balance.csv）；没有公布的不估造",
        "the region has no energy balance (energy_balance.csv); nothing is made up",
    )
    for name in ("accounts_carbon", "accounts_energy"):
        run.leave_out(name, *balance)
    run.leave_out(
        "accounts_electricity",
        "没有用电量或当年电网因子（energy_balance.csv、grid_factors.csv）",
        "no use of electricity or no grid factor of its year (energy_balance, grid_factors)",
    )
    run.leave_out(
        "accounts_facilities",
        "区域没有设施表（facilities.csv）",
        "the region lists no facilities (facilities.csv)",
    )
    for name, key in (
        ("accounts_budgets", "budgets"), ("accounts_targets", "targets"),
        ("accounts_published", "published"), ("accounts_intensity", "carbon"),
    ):  # fmt: skip
        run.leave_out(
            name, f"研究没有要求（accounts.{key}）", f"the study asks for none (accounts.{key})"
        )


def _factors() -> Table:
    registry = accounts.read_factors()
    frame = registry.join(accounts.recompute(registry).drop(columns=["co2_kg", "coal_kgce"]))
    return Table(
        frame.reset_index(), "排放因子登记表", "Registry of emission factors",
        {"ncv_kj": "kJ a unit", "carbon_t_per_tj": "t C/TJ", "oxidation": "share",
         "co2_kg": "kg CO2 a unit", "recomputed_kg": "kg CO2 a unit", "low_kg": "kg CO2 a unit",
         "high_kg": "kg CO2 a unit", "coal_kgce": "kgce a unit"},
        "observed",
        note_zh="因子 = 热值 × 含碳量 × 氧化率 × 44/12，逐项复算到印出的小数位；无来源者不用。"
        "区间取 IPCC（2006）按全部氧化计的 95% 区间，必要时放宽到包含因子本身（in_range 为否）。",
        note_en="Factor = heat × carbon × oxidation × 44/12, recomputed to the printed decimals; "
        "none without a source. Ranges: IPCC (2006), complete oxidation, 95 %; widened to hold the "
        "factor where it lies outside (`in_range` no).",
    )  # fmt: skip


def _targets(run: Run, spec: AccountsSpec) -> Table:
    """The targets named, with what was reached; an unpublished figure stays empty."""
    rows = run.region.targets.set_index("target").loc[list(spec.targets)].reset_index()
    rows["state"] = [_state(row) for row in rows.to_dict("records")]
    rows["yearly_needed"] = [_needed(row) for row in rows.to_dict("records")]
    columns = ["target", "scope", "name_zh", "name_en", "unit", "baseline_year", "value", "year",
               "direction", "actual_value", "actual_year", "kind", "state", "yearly_needed",
               "source", "note"]  # fmt: skip
    return Table(
        rows[columns], "能源与碳的目标与实绩", "Targets of energy and carbon with outturns",
        {"yearly_needed": "share a year"},
        note_zh="没有公布的数值留空；公告、规划、实绩、研究各为一类，不混用。yearly_needed：到目标年尚需的"
        "年均变化，只在目标与实绩都是累计百分比时计算。",
        note_en="What was not published stays empty; announcements, plans, outturns and studies "
        "are kinds of their own. `yearly_needed`: the yearly change that still meets the target, "
        "where target and outturn are cumulative per cent.",
    )  # fmt: skip


def _state(row: dict[str, object]) -> str:
    """`met` or `missed` where target and outturn are published, else what is not."""
    value, actual = row["value"], row["actual_value"]
    if pd.isna(value) or pd.isna(actual):
        here = (not pd.isna(value), not pd.isna(actual))
        return {(True, False): "no outturn", (False, True): "no target"}.get(here, "neither")
    low = row["direction"] in ("down", "<=")
    reached = float(actual) <= float(value) if low else float(actual) >= float(value)  # type: ignore[arg-type]
    return "met" if reached else "missed"


def _needed(row: dict[str, object]) -> float:
    figures = [row[key] for key in ("value", "actual_value", "year", "actual_year")]
    if any(pd.isna(x) for x in figures) or row["unit"] != "percent":
        return float("nan")
    value, actual, year, at = (float(x) for x in figures)  # type: ignore[arg-type]
    left = int(year - at)
    if left < 1:
        return float("nan")
    return accounts.required_yearly_change(value / 100, actual / 100, left)


def _published(run: Run, spec: AccountsSpec) -> Table:
    table, names = run.region.indicators, run.region.indicator_definitions.set_index("indicator")
    rows = table[table["indicator"].isin(spec.published)].reset_index(drop=True)
    frame = rows[["place", "year", "indicator", "value", "source"]].assign(
        unit=rows["indicator"].map(names["unit"]),
        name_zh=rows["indicator"].map(names["name_zh"]),
        name_en=rows["indicator"].map(names["name_en"]),
    )
    frame["order"] = frame["indicator"].map({name: k for k, name in enumerate(spec.published)})
    frame = frame.sort_values(["place", "year", "order"]).drop(columns="order")
    return Table(
        frame.reset_index(drop=True), "已公布的能耗数字", "Published figures of energy", {},
        "observed", note_zh="原公布数，未作换算。", note_en="As published.",
    )  # fmt: skip


def _intensity(run: Run, spec: AccountsSpec) -> dict[str, Table]:
    """Carbon per product at constant prices, place by place; places without figures are named."""
    assert spec.carbon is not None and spec.base_year is not None
    table = run.region.indicators
    places = run.region.level(spec.level)
    unit = run.region.indicator_definitions.set_index("indicator").loc[spec.carbon, "unit"]
    tonnes = _TONNES.get(str(unit))
    if tonnes is None:
        raise StudyError(
            f"accounts.carbon: indicator {spec.carbon!r} is in {unit!r}; give one in "
            f"{', '.join(_TONNES)}",
            f"accounts.carbon：指标 {spec.carbon!r} 的单位 {unit!r} 应为 {'、'.join(_TONNES)} 之一",
        )
    parts, without = [], []
    for row in places[["place", "name_zh", "name_en"]].to_dict("records"):
        mine = table[table["place"] == row["place"]]
        series = {
            name: mine[mine["indicator"] == name].set_index("year")["value"]
            for name in (spec.carbon, spec.product, spec.growth)
        }
        try:
            nominal = float(series[spec.product].get(spec.base_year, np.nan))
            product = accounts.constant_price_gdp(
                nominal, series[spec.growth], base_year=spec.base_year
            )
            found = accounts.intensity(series[spec.carbon], product)
        except ParameterError as error:
            without.append(f"{row['name_zh']}：{error.chinese}")
            continue
        # product is in 1e8 yuan, which is 1e4 times 1e4 yuan
        found["intensity"] *= tonnes / 1e4
        parts.append(found.rename_axis("year").reset_index().assign(**row))
    columns = ["place", "name_zh", "name_en", "year", "amount", "product", "intensity", "change",
               "cumulative"]  # fmt: skip
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    lack = f"缺数据：{'；'.join(without)}" if without else ""
    return {
        "accounts_intensity": Table(
            frame[columns], "单位生产总值的二氧化碳排放（不变价）",
            "Carbon dioxide per unit of product at constant prices",
            {"amount": str(unit), "product": f"1e8 CNY at prices of {spec.base_year}",
             "intensity": "t/1e4 CNY", "change": "share", "cumulative": "share"},
            note_zh=f"生产总值按 {spec.base_year} 年价格，由公布的不变价增长率逐年推算；排放为 "
            f"{spec.carbon}，按排放地计，含外送电力的电厂。{lack}",
            note_en=f"Product at prices of {spec.base_year}, chained by published real growth; "
            f"emissions `{spec.carbon}`, where emitted, power for other regions included. "
            f"{len(without)} places lack figures.",
        )
    }  # fmt: skip


def _budgets(run: Run, spec: AccountsSpec) -> Table:
    """Paths of the budgets asked for, year by year, with what was emitted."""
    table = run.region.indicators
    parts = []
    for asked in spec.budgets:
        mine = table[(table["place"] == asked.place) & (table["indicator"] == asked.indicator)]
        emitted = mine.set_index("year")["value"]
        base = float(emitted.get(asked.base_year, np.nan))
        try:
            path = accounts.target_path(
                asked.base_year, base, asked.target_year, asked.target, shape=asked.shape
            )
            found = accounts.carbon_budget(path, emitted)
        except ParameterError as error:
            parts.append(pd.DataFrame([{"place": asked.place, "state_zh": error.chinese,
                                        "state_en": error.english}]))  # fmt: skip
            continue
        parts.append(found.table.reset_index().assign(
            place=asked.place, indicator=asked.indicator, target=asked.target,
            target_year=asked.target_year, budget=found.budget, spent=found.spent,
            remaining=found.remaining, runs_out=found.runs_out, source=asked.source,
            state_zh="", state_en="",
        ))  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)
    return Table(
        frame, "碳预算：路径与实际", "Carbon budgets: path and outturn", {},
        note_zh="预算为基年之后路径之和；runs_out：按最近一年排放继续，预算用完的年份。",
        note_en="The budget is the sum of the path after the base year; `runs_out`: the year it is "
        "used up if the latest emissions go on.",
    )  # fmt: skip
