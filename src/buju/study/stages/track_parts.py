"""Why a quantity changed: scale, structure and intensity, by the logarithmic mean Divisia index."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju import track
from buju.errors import StudyError
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.track_spec import DecomposeSpec

FACTORS = {
    "scale": ("总量（规模）", "scale: output of all"),
    "structure": ("结构（各地份额）", "structure: shares of places"),
    "intensity": ("强度（单位产出）", "intensity: per unit of output"),
    "total": ("合计", "total"),
}


def tables(run: Run) -> dict[str, Table]:
    """Tables `change_parts`, `change_places` and `change_dropped`, where they are asked for."""
    asked = run.study.spec.track.decompose
    if asked is None:
        return {}
    both, dropped = _both(run, asked)
    first, last = both
    names = ["scale", "structure", "intensity"]
    added = track.lmdi(first, last, names)
    times = track.lmdi(first, last, names, form="multiplicative")
    parts = pd.DataFrame({"factor": added["factor"], "effect": added["effect"]})
    words = [FACTORS[name] for name in parts["factor"]]
    parts = parts.assign(
        factor_zh=[w[0] for w in words], factor_en=[w[1] for w in words], ratio=times["effect"]
    ).assign(quantity=asked.quantity, first_year=asked.first, last_year=asked.last)
    places = added.set_index("factor").drop(columns="effect").T.rename_axis("place").reset_index()
    definition = run.region.indicator_definitions.set_index("indicator").loc[asked.quantity]
    zh, en = definition["name_zh"], definition["name_en"]
    unit = str(definition["unit"])
    note_zh = (
        f"对数平均迪氏指数（LMDI-I），加法与乘法；产出按 {asked.first} 年价格，由各年实际增速推得。"
        "各部分之和等于总变化，没有余项；只作描述，不说明原因。"
    )
    note_en = (
        "Logarithmic mean Divisia index (LMDI-I), additive and multiplicative; output at prices of "
        f"{asked.first}, from yearly real growth. Parts sum to the change; they describe and do "
        "not explain."
    )
    span = f"{asked.first}–{asked.last}"
    return {
        "change_parts": Table(
            parts, f"{zh}变化的分解（{span}）", f"{en}: parts of the change, {span}",
            {"effect": unit, "ratio": "ratio"}, "computed", note_zh, note_en,
        ),
        "change_places": Table(
            places, f"{zh}变化的分解：各地（{span}）", f"{en}: parts by place, {span}",
            dict.fromkeys([*names, "total"], unit), "computed", note_zh, note_en,
        ),
        "change_dropped": Table(
            dropped, "未参与分解的地点", "Places left out of the decomposition", basis="observed"
        ),
    }  # fmt: skip


def _both(run: Run, asked: DecomposeSpec) -> tuple[tuple[pd.DataFrame, pd.DataFrame], pd.DataFrame]:
    """Factors of every place in both years, and the places that lack a figure."""
    places = list(run.region.level(asked.level)["place"])
    rows = run.region.indicators
    rows = rows[rows["place"].isin(places)]

    def wide(indicator: str) -> pd.DataFrame:
        one = rows[rows["indicator"] == indicator]
        return one.pivot(index="place", columns="year", values="value").reindex(places)

    quantity, output, growth = (wide(n) for n in (asked.quantity, asked.output, asked.growth))
    years = range(asked.first + 1, asked.last + 1)
    grown = growth.reindex(columns=list(years)) / 100 + 1
    before = output.reindex(columns=[asked.first])[asked.first]
    after = before * grown.prod(axis=1, skipna=False)
    held = quantity.reindex(columns=[asked.first, asked.last])
    known = pd.concat([held, before, after], axis=1).notna().all(axis=1).to_numpy()
    dropped = pd.DataFrame({"place": np.asarray(places)[~known]}).assign(
        reason_zh=f"{asked.first} 或 {asked.last} 年缺少数量、产出或其间某年增速",
        reason_en="lacks the quantity, output or a year's growth between the two years",
    )
    if not known.any():
        raise StudyError(
            f"track.decompose: no place has {asked.quantity}, {asked.output} and {asked.growth} "
            f"from {asked.first} to {asked.last}; choose other years",
            f"track.decompose：没有地点在 {asked.first}—{asked.last} 年数据齐全；请另选年份",
        )
    ends = [
        _factors(held.loc[known, year], real[known])
        for year, real in ((asked.first, before), (asked.last, after))
    ]
    return (ends[0], ends[1]), dropped


def _factors(quantity: pd.Series, output: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scale": float(output.sum()),
            "structure": output / output.sum(),
            "intensity": quantity / output,
        }
    )
