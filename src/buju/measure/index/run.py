"""All steps on arrays, once: a base case, a panel of years or a block of replications."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from buju.measure.checks import Array
from buju.measure.index.aggregate import aggregate
from buju.measure.index.denominate import denominate
from buju.measure.index.impute import impute
from buju.measure.index.normalise import normalise
from buju.measure.index.plan import Plan
from buju.measure.index.screen import screen
from buju.measure.index.treat import Treated, treat
from buju.measure.index.weight import weigh, within_families


@dataclass(frozen=True)
class Run:
    """What every step made, (layers, units, indicators); from `screened` on only `kept` units."""

    denominated: Array
    imputed: Array
    stays: npt.NDArray[np.bool_]
    """(layers, units)"""
    kept: npt.NDArray[np.intp]
    """Positions of the units that stay in some layer."""
    screened: Array
    treated: Treated
    normalised: Array
    weights: Array
    """(1 or layers, codes), each family summing to 1."""
    scores: Array
    """(layers, kept units, codes)"""
    plan: Plan
    """The plan with the kept units alone."""


def run(plan: Plan, x: Array, *, factors: Array | None = None) -> Run:
    """Every step in order.

    Parameters
    ----------
    plan
        Spec and tree over arrays.
    x
        Raw values, (layers, units, indicators).
    factors
        Multipliers of the weights found, (layers, codes), for replications.
    """
    denominated = denominate(x, plan)
    imputed = impute(denominated, plan)
    stays = screen(denominated, imputed, plan)
    kept = np.flatnonzero(stays.any(axis=0))
    if stays.all():
        screened, inner = imputed, plan
    else:
        screened = np.where(stays[:, kept, None], imputed[:, kept], np.nan)
        inner = replace(plan, units=plan.units[kept])
    treated = treat(screened, inner)
    normalised = normalise(treated.values, inner)
    weights = weigh(inner, normalised, treated.values)
    if factors is not None:
        weights = within_families(weights * factors, inner)
    scores = aggregate(normalised, weights, inner)
    return Run(denominated, imputed, stays, kept, screened, treated, normalised, weights, scores,
               inner)  # fmt: skip
