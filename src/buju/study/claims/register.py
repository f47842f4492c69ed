"""The checks that decide claims of an announcement, by the name a claims table gives."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from buju.errors import StudyError
from buju.study.context import Run

Verdict = Literal["supported", "contradicted", "no data"]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes
    ----------
    verdict
        `supported`, `contradicted`, or `no data` where the tables cannot say.
    value
        The number computed, in the unit of the claim; NaN where there is none.
    zh, en
        The evidence in one sentence.
    """

    verdict: Verdict
    value: float
    zh: str
    en: str


Check = Callable[..., Finding]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check under its own name."""
    CHECKS[function.__name__] = function
    return function


def decided(supported: bool, value: float, zh: str, en: str) -> Finding:
    """A finding that is supported or contradicted."""
    return Finding("supported" if supported else "contradicted", float(value), zh, en)


def undecided(value: float, zh: str, en: str) -> Finding:
    """A number beside a claim that it cannot decide; the sentence says what is lacking."""
    return Finding("no data", float(value), zh, en)


def lacking(zh: str, en: str) -> Finding:
    """A finding that the tables cannot give."""
    return Finding("no data", float("nan"), zh, en)


def decide_claims(run: Run) -> pd.DataFrame:
    """Every claim with the verdict its check gives now.

    Claims without a check keep the verdict their row states, which then can only be `open`,
    `no data` or `not testable`.

    Raises
    ------
    StudyError
        A row names an unknown check, gives unfit arguments, or states a verdict that nothing
        computes.
    """
    claims = run.region.claims
    found = [_decide(run, row) for row in claims.to_dict("records")]
    columns = ["verdict", "computed", "evidence_zh", "evidence_en"]
    return claims.drop(columns="verdict").join(pd.DataFrame(found, columns=columns))


def _decide(run: Run, row: dict[str, Any]) -> tuple[str, float, str, str]:
    name, claim = row["check"], row["claim"]
    if pd.isna(name):
        if row["verdict"] in ("supported", "contradicted"):
            raise StudyError(
                f"claims.csv, claim {claim}: verdict {row['verdict']!r} without a check; "
                "name the check that computes it, or say open, no data or not testable",
                f"claims.csv，论断 {claim}：没有核验函数却给出结论",
            )
        return row["verdict"], float("nan"), "", ""
    if name not in CHECKS:
        near = difflib.get_close_matches(name, CHECKS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise StudyError(f"claims.csv, claim {claim}: no check is called {name!r}.{hint}")
    found = CHECKS[name](run, **_arguments(row))
    return found.verdict, found.value, found.zh, found.en


def _arguments(row: dict[str, Any]) -> dict[str, Any]:
    text = "{}" if pd.isna(row["arguments"]) else row["arguments"]
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise StudyError(
            f"claims.csv, claim {row['claim']}, column 'arguments': {text!r} is no JSON ({error})"
        ) from error
    if not isinstance(content, dict):
        raise StudyError(f"claims.csv, claim {row['claim']}: 'arguments' must be a JSON object")
    return content
