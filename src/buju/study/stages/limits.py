"""Tables of what a zone can host when water and land are limited, and what the limits cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju import decide
from buju.errors import StudyError
from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.decide_spec import CapSpec, LimitSpec
from buju.study.decision import Decision, decision, members

_COLUMNS = [
    "case", "cap", "title_zh", "title_en", "unit", "most", "use_before", "use_without", "use",
    "spare", "binds", "price", "worth", "zone_residents", "zone_residents_free", "zone_jobs",
    "residual", "unique", "verdict",
]  # fmt: skip


def tables(run: Run) -> dict[str, Table]:
    """Table `limits`; none where the study asks for no limits."""
    made = decision(run)
    asked = made.asked.limits
    if asked is None:
        return {}
    rows: list[dict[str, Any]] = []
    for case, held in asked.cases.items():
        rows += _case(run, made, asked, case, held)
    return {"limits": _table(run, made, asked, pd.DataFrame(rows)[_COLUMNS])}


def _case(
    run: Run, made: Decision, asked: LimitSpec, case: str, held: dict[str, str]
) -> list[dict[str, Any]]:
    caps, before = [], {}
    for name, more in held.items():
        cap, now = _cap(run, made, asked.zone, name, asked.caps[name])
        extra = asked.caps[name].more[more] if more else 0.0
        caps.append(decide.Cap(name, cap.most + extra, cap.per_resident, cap.per_job, cap.unit))
        before[name] = now
    share = _shares(made, members(run, asked.zone))
    hat = 1 + share * (asked.lever - 1)
    economy = decide.ArrayEconomy(made.world.model, made.world.prepared.baseline)
    found = decide.limited(economy, caps, hats={"productivity": hat})
    free = economy.solve(None, productivity=hat)
    b = found.equilibrium.baseline
    told = {
        "zone_residents": _grown(share, b.residents, found.equilibrium.residents),
        "zone_residents_free": _grown(share, b.residents, free.residents),
        "zone_jobs": _grown(share, b.jobs, found.equilibrium.jobs),
        "residual": found.residual,
        "unique": found.unique,
    }
    money = 1e8 * float(made.people["gdp"].sum() / (b.wage @ b.jobs))
    rows = []
    for row in found.caps.to_dict("records"):
        name = row["cap"]
        more = held[name]
        words = asked.caps[name]
        rows.append(
            row
            | told
            | {
                "case": case,
                "title_zh": (words.title_zh or name) + (f"，{more}" if more else ""),
                "title_en": (words.title_en or name) + (f", {more}" if more else ""),
                "use_before": before[name],
                "use_without": row["without"],
                "price": money * row["price"],
                "worth": 1e8 * made.income * row["worth"],
            }
        )
    return rows


def _shares(made: Decision, inside: Any) -> np.ndarray:
    return np.array([inside.get(place, 0.0) for place in made.world.places])


def _grown(share: np.ndarray, level: Any, hat: np.ndarray) -> float:
    weight = share * np.asarray(level)
    return float((weight * (hat - 1)).sum() / weight.sum())


def _cap(run: Run, made: Decision, zone: str, name: str, cap: CapSpec) -> tuple[decide.Cap, float]:
    """The cap of a zone's counties, and what they use in the baseline."""
    inside = members(run, zone)
    homes = {place: share * _rate(run, name, cap, place) for place, share in inside.items()}
    jobs = {place: share * cap.per_job for place, share in inside.items() if cap.per_job}
    people = made.people.set_index("place")
    b = made.world.prepared.baseline
    at = {label: k for k, label in enumerate(b.labels)}
    now = sum(use * float(b.residents[at[place]]) for place, use in homes.items())
    now += sum(use * float(b.jobs[at[place]]) for place, use in jobs.items())
    assert set(inside) <= set(people.index)
    return decide.Cap(name, now if cap.most is None else cap.most, homes, jobs, cap.unit), now


def _rate(run: Run, name: str, cap: CapSpec, place: str) -> float:
    """Use of one resident of a county: the number given, or the newest of an indicator."""
    if not isinstance(cap.per_resident, str):
        return float(cap.per_resident)
    table = run.region.indicators
    mine = table[(table["indicator"] == cap.per_resident) & (table["place"] == place)]
    if mine.empty:
        raise StudyError(
            f"decide.limits.caps.{name}: county {place} has no indicator {cap.per_resident!r} in "
            "indicators.csv; add it or write a number",
            f"decide.limits.caps.{name}：indicators.csv 中 {place} 没有指标 {cap.per_resident!r}；"
            "请补充或写明数值",
        )
    return float(mine.sort_values("year")["value"].iloc[-1])


def _table(run: Run, made: Decision, asked: LimitSpec, frame: pd.DataFrame) -> Table:
    names = run.region.place_groups.set_index("group")
    zh = str(names.loc[asked.zone, "name_zh"])
    en = str(names.loc[asked.zone, "name_en"]) if pd.notna(names.loc[asked.zone, "name_en"]) else zh
    sources = "；".join(cap.source for cap in asked.caps.values() if cap.source)
    return Table(
        frame,
        f"承载力上限：{zh}",
        f"Limits on what the {en} can host",
        {
            "zone_residents": "share",
            "zone_residents_free": "share",
            "zone_jobs": "share",
            "price": "CNY",
            "worth": "CNY",
        },
        basis="modelled",
        note_zh=f"区内生产率 {asked.lever - 1:+.1%} 时的长期结果。未写明供给的，上限取基准用量"
        "（即假定现在没有余量；现状供水与用地数据未公布）。price：使用量恰好不超上限的影子价格（元/单位，"
        "不返还）；worth：再多一单位供给对全体居民福利的价值；residual 为互补条件的残差。"
        f"用量定额来源：{sources}。没有区间。",
        note_en=f"Long run with the zone's productivity {asked.lever - 1:+.1%}. Where no supply is "
        "stated the limit is use in the baseline (as if nothing were spare now: present supply was "
        "not published). price: the shadow price at which use just fits, CNY for a unit, returned "
        "to nobody; worth: of one further unit to everybody's welfare; residual: of the "
        f"complementarity conditions. Rates of use: {sources}. No interval.",
    )
