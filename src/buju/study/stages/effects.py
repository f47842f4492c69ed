"""Tables of what the equilibrium says: places, elements, certificates, beside what was observed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.draws import Draws, summary
from buju.study.model import DrawSpec
from buju.study.stages.layout import named

LONG_RUN_ZH = "长期结果，与同一区域没有该项目时相比，并非预测。"
LONG_RUN_EN = "Long run, relative to the same region without the project; no forecast."
_CHANGES = {"residents": "residents", "jobs": "jobs", "wage": "wage", "rent": "rent"}


def effects(economy: pd.DataFrame, solved: dict[str, Any], drawn: Draws, asked: DrawSpec) -> Table:
    """Change of every place under every scenario, with its interval over the draws."""
    frames = []
    for scenario, equilibrium in solved.items():
        frame = pd.DataFrame({"scenario": scenario, "place": economy["place"]})
        for column, name in _CHANGES.items():
            frame[f"{column}_change"] = getattr(equilibrium, name) - 1
        frame["price_change"] = equilibrium.price - 1
        frame["residents_persons"] = economy["residents"] * frame["residents_change"]
        frame["jobs_persons"] = economy["jobs"] * frame["jobs_change"]
        for name in ("residents", "jobs"):
            interval = summary(getattr(drawn, name)[scenario], asked)
            frame = frame.join(_interval(interval, name))
        frames.append(frame.assign(verdict=equilibrium.verdict))
    shares = [f"{name}_change" for name in (*_CHANGES, "price")]
    bounds = [f"{name}_{bound}" for name in ("residents", "jobs") for bound in ("low", "high")]
    columns = ["scenario", "place", *shares, "residents_persons", "jobs_persons", *bounds]
    columns += ["residents_direction", "jobs_direction", "verdict"]
    return Table(
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns),
        "各情景下各地的变化",
        "Change of every place by scenario",
        dict.fromkeys([*shares, *bounds], "share")
        | {"residents_persons": "person", "jobs_persons": "person"},
        basis="modelled",
        note_zh=LONG_RUN_ZH + "工资、地租、物价以平均工资为计价单位。" + interval_note(asked)[0],
        note_en=LONG_RUN_EN + " Money in units of the mean wage. " + interval_note(asked)[1],
    )


def _interval(found: pd.DataFrame, name: str) -> pd.DataFrame:
    return found[["low", "high", "direction"]].add_prefix(f"{name}_")


def interval_note(asked: DrawSpec) -> tuple[str, str]:
    """What an interval is, in Chinese and English."""
    if not asked.count:
        return "没有抽样，未给出区间。", "No draws were made, so there are no intervals."
    return (
        f"区间为 {asked.count} 次抽样的中间 {asked.interval:.0%}；"
        f"符号在超过 {asked.flip:.0%} 的抽样中相反时，方向不确定。",
        f"Intervals hold the middle {asked.interval:.0%} of {asked.count} draws; the direction is "
        f"uncertain where the sign differs in more than {asked.flip:.0%} of them.",
    )


def group_effects(run: Run, changes: pd.DataFrame, drawn: Draws, asked: DrawSpec) -> Table:
    """Change of every element of the layout: its members' people and jobs summed."""
    region, economy = run.region, run.frame("baseline").set_index("place")
    rows = []
    for element in named(region.place_groups).to_dict("records"):
        members = region.members(element["group"]).set_index("place")["weight"]
        weight = pd.Series(economy.index.map(members), economy.index).fillna(0.0).to_numpy()
        for scenario, frame in changes.groupby("scenario", sort=False):
            row = {"scenario": scenario}
            row |= {key: element[key] for key in ("group", "name_zh", "name_en", "kind")}
            for name in ("residents", "jobs"):
                level = economy[name].to_numpy() * weight
                persons = float((frame[f"{name}_persons"].to_numpy() * weight).sum())
                hats = _ratio(getattr(drawn, name)[scenario] @ level, level.sum())
                row |= {f"{name}_persons": persons, f"{name}_change": _ratio(persons, level.sum())}
                row |= _interval(summary(hats[:, None], asked), name).iloc[0].to_dict()
            rows.append(row | {"verdict": frame["verdict"].iloc[0]})
    shares = [f"{n}_{b}" for n in ("residents", "jobs") for b in ("change", "low", "high")]
    columns = ["scenario", "group", "name_zh", "name_en", "kind"]
    for name in ("residents", "jobs"):
        columns += [f"{name}_{c}" for c in ("persons", "change", "low", "high", "direction")]
    return Table(
        pd.DataFrame(rows, columns=[*columns, "verdict"]),
        "各情景下布局要素的变化",
        "Change of the elements of the layout by scenario",
        dict.fromkeys(shares, "share") | {"residents_persons": "person", "jobs_persons": "person"},
        basis="modelled",
        note_zh=LONG_RUN_ZH + interval_note(asked)[0],
        note_en=LONG_RUN_EN + " " + interval_note(asked)[1],
    )


def _ratio(part: Any, whole: float) -> Any:
    return part / whole if whole else part * np.nan


def beside(run: Run, changes: pd.DataFrame) -> Table:
    """Observed shift of people and jobs between censuses, and the model's, by element."""
    region, economy = run.region, run.frame("baseline").set_index("place")
    counties = run.frame("counties")["place"]
    frame = named(region.place_groups)[["group", "name_zh", "name_en", "kind"]]
    for column, name in (
        ("observed_residents", "population_shift"),
        ("observed_jobs", "jobs_shift"),
    ):
        if name in run.tables:
            points = run.frame(name).set_index("group")["share_points"]
            frame[column] = frame["group"].map(points)
    base = economy["residents"].reindex(counties)
    for scenario, rows in changes.groupby("scenario", sort=False):
        new = base + rows.set_index("place")["residents_persons"].reindex(counties)
        moved = 100 * (new / new.sum() - base / base.sum())
        frame[f"model_{scenario}"] = [
            float((moved.reindex(m["place"]) * m.set_index("place")["weight"]).sum())
            for m in (region.members(group) for group in frame["group"])
        ]
    points = [c for c in frame.columns if c.startswith(("observed_", "model_"))]
    return Table(
        frame,
        "实际变化与模型变化对照（占全域份额，百分点）",
        "Observed shift beside the model's (points of the region's total)",
        dict.fromkeys(points, "points"),
        basis="modelled",
        note_zh="实际变化由许多原因造成，模型只含一个项目；两者并列供判断量级，不构成检验。",
        note_en="What was observed has many causes, the model one project: compare sizes only.",
    )


def certificates(solved: dict[str, Any], drawn: Draws, asked: DrawSpec) -> Table:
    """One row an equilibrium: its verdict and what stands behind it."""
    rows = []
    for scenario, equilibrium in solved.items():
        proof = equilibrium.certificate
        welfare = summary(drawn.welfare[scenario][:, None], asked).iloc[0]
        rows.append(
            {
                "scenario": scenario,
                "verdict": equilibrium.verdict,
                "welfare_change": float(equilibrium.welfare) - 1,
                "welfare_low": float(welfare["low"]),
                "welfare_high": float(welfare["high"]),
                "welfare_direction": str(welfare["direction"]),
                "draws": asked.count,
                "draws_refused": drawn.refused[scenario],
                "residual": float(proof.residual),
                "gap": float(proof.gap),
                "error_bound": float(proof.error_bound),
                "block_balance": float(proof.block_balance),
                "homogeneity": float(proof.homogeneity),
                "numeraire": proof.numeraire,
                "uniqueness": str(proof.uniqueness),
            }
        )
    columns = ["scenario", "verdict", "welfare_change", "welfare_low", "welfare_high"]
    columns += ["welfare_direction", "draws", "draws_refused", "residual", "gap", "error_bound"]
    columns += ["block_balance", "homogeneity", "numeraire", "uniqueness"]
    return Table(
        pd.DataFrame(rows, columns=columns),
        "求解证书",
        "Certificates",
        {
            "welfare_change": "share",
            "welfare_low": "share",
            "welfare_high": "share",
            "residual": "log points",
            "error_bound": "log wage",
        },
        basis="modelled",
        note_zh="certified 表示方程已解到所述精度，不表示模型为真。",
        note_en="`certified` says that the equations are solved to that accuracy, not that the "
        "model is true.",
    )
