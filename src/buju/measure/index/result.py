"""What an index came to, with every step kept and a log from which each can be had again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from buju.measure.index.indicators import Indicators
from buju.measure.index.rank import rank
from buju.measure.index.spec import Spec


@dataclass(frozen=True)
class IndexResult:
    """Steps, scores and all that was decided on the way; made by `composite`."""

    indicators: Indicators
    spec: Spec
    steps: dict[str, pd.DataFrame]
    """"denominated", "imputed", "screened", "treated", "normalised", "aggregated"."""
    weights: pd.DataFrame
    """code, parent, level, weight (within its siblings), share (of the index)."""
    imputed: pd.DataFrame
    """unit, (year,) indicator, value, method: every cell that was filled."""
    unfilled: pd.DataFrame
    """unit, (year,) indicator: cells still missing, whose weight went to their siblings."""
    dropped: pd.DataFrame
    """unit, (year,) availability, reason."""
    treated: pd.DataFrame
    """indicator, (year,) method, points, skewness and kurtosis before and after."""
    notes: tuple[str, ...]
    log: tuple[dict[str, Any], ...]
    """One entry a step: name, settings, SHA-256 of its table."""

    @property
    def scores(self) -> pd.DataFrame:
        """Every aggregate a column, the lowest level first; units (or year and unit) as index."""
        return self.steps["aggregated"][list(self.indicators.tree.aggregates)]

    @property
    def index(self) -> pd.Series[Any]:
        """Scores of the root."""
        return self.scores[self.indicators.tree.root]

    def ranks(
        self,
        *,
        decimals: int | None = None,
        ties: Literal["min", "max", "average", "dense"] = "min",
    ) -> pd.DataFrame:
        """Places by every aggregate, 1 best, within each year; see `rank`."""
        scores = self.scores
        if not self.indicators.panel:
            return _ranked(scores, decimals, ties)
        parts = [_ranked(part, decimals, ties) for _, part in scores.groupby(level="year")]
        return pd.concat(parts).reindex(scores.index)

    def to_json(self) -> str:
        """Spec and log as text to be stored with a publication; `replay` reads it."""
        log = {"spec": self.spec.plain(), "steps": list(self.log), "notes": list(self.notes)}
        return json.dumps(log, ensure_ascii=False, indent=1)


def digest(frame: pd.DataFrame) -> str:
    """SHA-256 of a table: its labels and the bits of its numbers."""
    labels = json.dumps([list(map(str, frame.index)), list(map(str, frame.columns))])
    # adding zero makes -0.0 and 0.0 one; NaN has one form here
    cells = np.where(frame.isna(), np.nan, frame.to_numpy(dtype="<f8") + 0.0)
    return hashlib.sha256(labels.encode() + cells.astype("<f8").tobytes()).hexdigest()


def _ranked(scores: pd.DataFrame, decimals: int | None, ties: Any) -> pd.DataFrame:
    places = rank(scores.to_numpy(), decimals=decimals, ties=ties)
    frame = pd.DataFrame(places, index=scores.index, columns=scores.columns)
    return frame if ties == "average" or frame.isna().any(axis=None) else frame.astype("int64")
