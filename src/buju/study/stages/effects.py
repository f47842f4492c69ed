"""Tables of what the equilibrium says: places, elements, certificates, beside what was observed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.draws import OUTCOMES, Draws
from buju.study.intervals import interval_note, summary
from buju.study.model import DrawSpec
from buju.study.stages.layout import named

LONG_RUN_ZH = "长期结果，与同一区域没有该项目时相比，并非预测。"
LONG_RUN_EN = "Long run, relative to the same region without the project; no forecast."
_BOUNDS = ("low", "median", "high")
_TOLD = (*_BOUNDS, "direction", "point")


def effects(economy: pd.DataFrame, solved: dict[str, Any], drawn: Draws, asked: DrawSpec) -> Table:
    """Change of every place under every scenario, with its interval over the draws."""
    frames = []
    for scenario, equilibrium in solved.items():
        frame = pd.DataFrame({"scenario": scenario, "place": economy["place"]})
        for name in OUTCOMES:
            frame[f"{name}_change"] = getattr(equilibrium, name) - 1
        frame["residents_persons"] = economy["residents"] * frame["residents_change"]
        frame["jobs_persons"] = economy["jobs"] * frame["jobs_change"]
        for name in OUTCOMES:
            told = summary(drawn.hats[name][scenario], asked, getattr(equilibrium, name))
            frame = frame.join(_interval(told, name))
        frames.append(frame.assign(verdict=equilibrium.verdict))
    shares = [f"{name}_change" for name in OUTCOMES]
    bounds = [f"{name}_{bound}" for name in OUTCOMES for bound in _BOUNDS]
    told = [f"{name}_{what}" for name in OUTCOMES for what in _TOLD]
    columns = ["scenario", "place", *shares, "residents_persons", "jobs_persons", *told, "verdict"]
    found = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    note = interval_note(asked, found)
    return Table(
        found,
        "各情景下各地的变化",
        "Change of every place by scenario",
        dict.fromkeys([*shares, *bounds], "share")
        | {"residents_persons": "person", "jobs_persons": "person"},
        basis="modelled",
        note_zh=LONG_RUN_ZH + "工资、地租、物价以平均工资为计价单位。" + note[0],
        note_en=LONG_RUN_EN + " Money in units of the mean wage. " + note[1],
    )


def _interval(found: pd.DataFrame, name: str) -> pd.DataFrame:
    return found[list(_TOLD)].add_prefix(f"{name}_")


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
                change = _ratio(persons, level.sum())
                row |= {f"{name}_persons": persons, f"{name}_change": change}
                hats = _ratio(drawn.hats[name][scenario] @ level, level.sum())
                told = summary(hats[:, None], asked, [1 + change])
                row |= _interval(told, name).iloc[0].to_dict()
            rows.append(row | {"verdict": frame["verdict"].iloc[0]})
    shares = [f"{n}_{b}" for n in ("residents", "jobs") for b in ("change", *_BOUNDS)]
    columns = ["scenario", "group", "name_zh", "name_en", "kind"]
    for name in ("residents", "jobs"):
        columns += [f"{name}_{c}" for c in ("persons", "change", *_TOLD)]
    found = pd.DataFrame(rows, columns=[*columns, "verdict"])
    note = interval_note(asked, found)
    return Table(
        found,
        "各情景下布局要素的变化",
        "Change of the elements of the layout by scenario",
        dict.fromkeys(shares, "share") | {"residents_persons": "person", "jobs_persons": "person"},
        basis="modelled",
        note_zh=LONG_RUN_ZH + note[0],
        note_en=LONG_RUN_EN + " " + note[1],
    )


def _ratio(part: Any, whole: float) -> Any:
    return part / whole if whole else part * np.nan


def beside(run: Run, changes: pd.DataFrame, drawn: Draws, asked: DrawSpec) -> Table:
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
    base = economy["residents"].reindex(counties).to_numpy()
    inside = economy.index.get_indexer(counties)
    weights = np.array([_weights(region, group, counties) for group in frame["group"]])
    weights = weights.reshape(len(frame), len(counties))
    for scenario, rows in changes.groupby("scenario", sort=False):
        moved = rows.set_index("place")["residents_change"].reindex(counties).to_numpy()
        frame[f"model_{scenario}"] = _points(1 + moved, base, weights)[0]
        hats = drawn.hats["residents"][str(scenario)][:, inside]
        shifts = _points(hats, base, weights)
        told = summary(1 + shifts / 100, asked, 1 + frame[f"model_{scenario}"] / 100)
        for bound in ("low", "high"):
            frame[f"model_{scenario}_{bound}"] = 100 * told[bound].to_numpy()
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


def _weights(region: Any, group: str, counties: pd.Series) -> np.ndarray:
    """Share of each county that counts for an element."""
    members = region.members(group).set_index("place")["weight"]
    return counties.map(members).fillna(0.0).to_numpy(dtype=np.float64)


def _points(hats: np.ndarray, base: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Change of elements' shares of all residents, points, (draws, elements)."""
    new = np.atleast_2d(hats) * base
    moved: np.ndarray = 100 * (new / new.sum(axis=1, keepdims=True) - base / base.sum())
    return moved @ weights.T


def certificates(solved: dict[str, Any], drawn: Draws, asked: DrawSpec) -> Table:
    """One row an equilibrium: its verdict and what stands behind it."""
    rows = []
    for scenario, equilibrium in solved.items():
        proof = equilibrium.certificate
        drawn_welfare = drawn.welfare[scenario][:, None]
        welfare = summary(drawn_welfare, asked, [equilibrium.welfare]).iloc[0]
        rows.append(
            {
                "scenario": scenario,
                "verdict": equilibrium.verdict,
                "welfare_change": float(equilibrium.welfare) - 1,
                **{f"welfare_{bound}": float(welfare[bound]) for bound in _BOUNDS},
                "welfare_direction": str(welfare["direction"]),
                "welfare_point": str(welfare["point"]),
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
    columns = ["scenario", "verdict", "welfare_change", *(f"welfare_{told}" for told in _TOLD)]
    columns += ["draws", "draws_refused", "residual", "gap", "error_bound", "block_balance"]
    columns += ["homogeneity", "numeraire", "uniqueness"]
    return Table(
        pd.DataFrame(rows, columns=columns),
        "求解证书",
        "Certificates",
        dict.fromkeys(["welfare_change", *(f"welfare_{bound}" for bound in _BOUNDS)], "share")
        | {"residual": "log points", "error_bound": "log wage"},
        basis="modelled",
        note_zh="certified 表示方程已解到所述精度，不表示模型为真。",
        note_en="`certified` says that the equations are solved to that accuracy, not that the "
        "model is true.",
    )
