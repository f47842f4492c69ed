"""The answer to a what-if as the page reads it, with its verdict in plain words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from buju.study import PreparedStudy, WhatIf

_VERDICTS = {
    "certified": (
        "方程组已解到所述精度，结果可用；这不表示模型本身为真。",
        "The equations are solved to the stated accuracy and the answer can be used; "
        "that does not make the model true.",
    ),
}


def figure(value: Any, digits: int = 7) -> float | None:
    """A number as JSON carries it: so many significant digits, None for what is missing.

    >>> figure(0.123456789), figure(float("nan"))
    (0.1234568, None)
    """
    number = float(value)
    return float(f"{number:.{digits}g}") if math.isfinite(number) else None


def figures(values: Any) -> list[float | None]:
    """Numbers as JSON carries them."""
    return [figure(value) for value in values]


def words(values: Any) -> list[str | None]:
    """Words, None where there is none."""
    return [None if pd.isna(value) or value == "" else str(value) for value in values]


def result(study: PreparedStudy, answer: WhatIf, draws: int, *, final: bool) -> dict[str, Any]:
    """What changes where, as lists in the order of `places`; shares are fractions."""
    changes = answer.effects.set_index("place")
    base = answer.baseline.set_index("place").reindex(changes.index)
    inside = set(study.run.region.level("county")["place"])
    change = {
        name: changes[f"{name}_change"] for name in ("residents", "jobs", "wage", "rent", "price")
    }
    levels = {name: base[name] for name in ("residents", "jobs", "wage")}
    after = {name: level * (1 + change[name]) for name, level in levels.items()}
    persons = ("residents", "jobs")
    return {
        "stage": "full" if final else "point",
        "places": list(changes.index),
        "inside": [place in inside for place in changes.index],
        "before": {name: figures(level) for name, level in levels.items()},
        "after": {name: figures(level) for name, level in after.items()},
        "change": {name: figures(values) for name, values in change.items()},
        "difference": {name: figures(changes[f"{name}_persons"]) for name in persons},
        **{
            bound: {name: figures(changes[f"{name}_{bound}"]) for name in change}
            for bound in ("low", "median", "high")
        },
        **{
            told: {name: words(changes[f"{name}_{told}"]) for name in change}
            for told in ("direction", "point")
        },
        "units": {"residents": "person", "jobs": "person", "wage": "1e4 CNY per job"},
        "groups": records(answer.groups),
        "welfare": _welfare(answer),
        "certificate": certificate(answer.certificate.iloc[0].to_dict()),
        "minutes_changed": records(answer.minutes_changed),
        "draws": draws if final else 0,
        "draws_asked": draws,
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as objects, numbers rounded and missing values None."""
    return [
        {str(key): cell(value) for key, value in row.items()} for row in frame.to_dict("records")
    ]


def cell(value: Any) -> Any:
    """One value as JSON carries it."""
    if value is None or value is pd.NA or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return bool(value)
    if isinstance(value, int) or type(value).__name__.startswith(("int", "uint")):
        return int(value)
    if isinstance(value, float) or type(value).__name__.startswith("float"):
        return figure(value)
    return str(value)


def _welfare(answer: WhatIf) -> dict[str, Any]:
    row = answer.certificate.iloc[0]
    return {
        "change": figure(row["welfare_change"]),
        **{bound: figure(row[f"welfare_{bound}"]) for bound in ("low", "median", "high")},
        **{told: words([row[f"welfare_{told}"]])[0] for told in ("direction", "point")},
    }


def certificate(row: dict[str, Any]) -> dict[str, Any]:
    """The verdict, its plain words in both languages, and what it rests on."""
    verdict = str(row["verdict"])
    zh, en = _VERDICTS.get(
        verdict,
        (
            f"没有得到可认证的解（{verdict}），数字不可使用；请减小改动后再试。",
            f"No certified solution ({verdict}): do not use the numbers; try a smaller change.",
        ),
    )
    names = ("residual", "gap", "error_bound", "block_balance", "homogeneity")
    return {"verdict": verdict, "words_zh": zh, "words_en": en} | {
        name: figure(row[name]) for name in names
    }
