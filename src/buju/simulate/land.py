"""Who receives the rents: those of the place, or every worker alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.simulate.economy import AS_GIVEN, Baseline

Array = npt.NDArray[np.float64]


def land_payment(model: Any, wage: Array, jobs: Array) -> float:
    """What each worker receives where land is held in common; 0 where rents stay local.

    Rents are (1 - alpha) of all income, and goods cost what wages pay, so that rents are
    (1 - alpha) / alpha times all wages.

    Examples
    --------
    >>> from buju.simulate import CommutingTrade
    >>> common = CommutingTrade(alpha=0.75, epsilon=3, sigma=4, land="portfolio")
    >>> round(land_payment(common, np.array([1.0, 2.0]), np.array([10.0, 20.0])), 9)
    0.555555556
    """
    if getattr(model, "land", "local") == "local":
        return 0.0
    return (1 - model.alpha) / model.alpha * float(wage @ jobs / jobs.sum())


def require_payment(model: Any, baseline: Baseline) -> None:
    """Raise `ParameterError` unless the baseline pays out rents as the model says."""
    due = land_payment(model, baseline.wage, baseline.jobs)
    if abs(baseline.payment - due) <= AS_GIVEN * due:
        return
    how = (
        f"{model.name} with land='portfolio' and alpha = {model.alpha:g} pays"
        if due
        else f"{model.name} keeps rents where they are paid (land='local') and pays"
    )
    raise ParameterError(
        f"baseline: each worker receives {baseline.payment:.10g} of rents, but {how} {due:.10g}; "
        "calibrate the baseline with this model: buju.simulate.calibrate(data, model, costs)",
        f"基期每名劳动者所得地租为 {baseline.payment:.10g}，模型要求 {due:.10g}；"
        "请用该模型重新校准基期",
    )
