"""Tables of the zones as levers, with and without inferred members, and what flips."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.decide_draws import bounds, interval_words, outcomes
from buju.study.decision import Decision, decision
from buju.study.levers import OUTCOMES, Case, cases, moved, shares
from buju.study.levers import outcomes as measured

_FLIP_ZH = {
    "welfare": "全域居民福利",
    "welfare_rest": "区外居民福利",
    "zone_residents": "区内人口",
    "zone_jobs": "区内就业",
    "zone_product": "区内实际产出",
    "rest_residents": "其余各县人口",
    "rest_jobs": "其余各县就业",
    "rest_product": "其余各县实际产出",
}
_FLIP_EN = {
    "welfare": "welfare of the region's people",
    "welfare_rest": "welfare outside the zones",
    "zone_residents": "residents of the zone",
    "zone_jobs": "jobs of the zone",
    "zone_product": "real product of the zone",
    "rest_residents": "residents of the rest",
    "rest_jobs": "jobs of the rest",
    "rest_product": "real product of the rest",
}


def tables(run: Run) -> dict[str, Table]:
    """Tables `zone_levers` and `zone_flips`."""
    made = decision(run)
    every = cases(run)
    if not every:
        return {}
    rows = [_row(run, made, case) for case in every]
    frame = pd.DataFrame(rows)
    return {"zone_levers": _table(run, made, frame), "zone_flips": _flips(frame)}


def _row(run: Run, made: Decision, case: Case) -> dict[str, Any]:
    found = moved(run, made, case)
    told = measured(run, made, case, found)
    drawn, asked = outcomes(run), run.study.spec.simulate.draws
    inside = shares(run, case, made.world.places) * made.home
    gdp = float((made.people["gdp"] * inside).sum())
    row: dict[str, Any] = {
        "zones": ";".join(case.zones),
        "inferred_members": case.inferred,
        "counties": int((inside > 0).sum()),
        "zone_gdp": gdp,
        "welfare_money": told["welfare"] * made.home_income,
        "per_push": told["welfare"] * made.home_income / (gdp * (made.asked.lever - 1)),
    }
    for name in OUTCOMES:
        row[name] = told[name]
        several = drawn[case.name, name] if len(drawn) else np.array([])
        low, high = bounds(several, asked.interval)
        row[f"{name}_low"], row[f"{name}_high"] = low, high
        row[f"{name}_direction"] = _direction(np.asarray(several, dtype=np.float64), asked.flip)
    return row | {"verdict": found.verdict}


def _direction(values: np.ndarray, flip: float) -> str:
    known = values[np.isfinite(values)]
    if not len(known):
        return "not drawn"
    up = float((known > 0).mean())
    return "uncertain" if min(up, 1 - up) > flip else "up" if up > 0.5 else "down"


def _table(run: Run, made: Decision, frame: pd.DataFrame) -> Table:
    zh, en = interval_words(run)
    push = made.asked.lever - 1
    shares_of = [c for c in frame if c.startswith(OUTCOMES) and not c.endswith("_direction")]
    shares_of = [c for c in shares_of if c != "welfare_money"]
    return Table(
        frame,
        "两区作为政策杠杆",
        "The zones as levers",
        dict.fromkeys(shares_of, "share")
        | {
            "counties": "count",
            "zone_gdp": "1e8 CNY",
            "welfare_money": "1e8 CNY/year",
            "per_push": "CNY per CNY",
        },
        basis="modelled",
        note_zh=f"区内生产率变化 {push:+.1%}，部分纳入的县按权重；长期结果，不含提高生产率的代价。"
        "per_push：区域居民福利除以（区内生产总值×变化率），使大小不同的区可比。" + zh,
        note_en=f"Productivity of the zone changed by {push:+.1%}, counties partly inside by their "
        "weight; long run, and what raises productivity has no cost here. per_push: welfare of the "
        "region's people over (the zone's GDP times the change), so that zones of different size "
        "compare. " + en,
    )


def _flips(frame: pd.DataFrame) -> Table:
    rows: list[dict[str, Any]] = []
    both = frame.pivot_table(
        index="zones", columns="inferred_members", values=list(OUTCOMES), aggfunc="first"
    )
    for zones in dict.fromkeys(frame["zones"]):
        for name in OUTCOMES:
            row = both.loc[zones, name]
            if False not in row or not np.isfinite(row.get(False, np.nan)):
                continue
            rows.append(
                {
                    "question": "sign",
                    "zones": zones,
                    "outcome": name,
                    "outcome_zh": _FLIP_ZH[name] + "的变化方向",
                    "outcome_en": "direction of " + _FLIP_EN[name],
                    "with_inferred": float(row[True]),
                    "announced_only": float(row[False]),
                    "flips": bool(np.sign(row[True]) != np.sign(row[False])),
                }
            )
    rows += _orders(frame)
    columns = [
        "question", "zones", "outcome", "outcome_zh", "outcome_en", "with_inferred",
        "announced_only", "flips",
    ]  # fmt: skip
    return Table(
        pd.DataFrame(rows, columns=columns).assign(verdict="certified"),
        "只用公布成员时，哪些结论会改变",
        "What flips when only the announced members count",
        {"with_inferred": "share", "announced_only": "share"},
        basis="modelled",
        note_zh="order：前一区的福利效果减后一区的，每单位推动力（per_push）或合计（welfare）。"
        "没有区间。",
        note_en="order: effect of the first zone less that of the second, in total (welfare) or "
        "for each unit of push (per_push). No interval.",
    )


def _orders(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Whether the order of single zones changes, by the whole effect and by effect for each push.

    A zone without inferred members counts with the members it has.
    """
    single = frame[~frame["zones"].str.contains(";")]
    rows = []
    for one, other in combinations(dict.fromkeys(single["zones"]), 2):
        for name, zh, en in (
            ("welfare", "全域福利效果的大小次序", "order of the whole effect on welfare"),
            ("per_push", "单位推动力福利效果的次序", "order of the effect for each push"),
        ):
            full, sure = (
                [_value(single, zone, name, inferred) for zone in (one, other)]
                for inferred in (True, False)
            )
            if full == sure:
                continue
            gap, other_gap = full[0] - full[1], sure[0] - sure[1]
            rows.append(
                {
                    "question": "order",
                    "zones": f"{one};{other}",
                    "outcome": name,
                    "outcome_zh": zh,
                    "outcome_en": en,
                    "with_inferred": gap,
                    "announced_only": other_gap,
                    "flips": bool(np.sign(gap) != np.sign(other_gap)),
                }
            )
    return rows


def _value(single: pd.DataFrame, zone: str, name: str, inferred: bool) -> float:
    rows = single[single["zones"] == zone].set_index("inferred_members")[name]
    return float(rows[inferred] if inferred in rows.index else rows.iloc[0])
