"""Step 3: units with too little data leave, by a stated share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.index.plan import Plan


def availability(x: Array) -> Array:
    """Share of indicators a unit has, (layers, units)."""
    return np.asarray((~np.isnan(x)).mean(axis=-1))


def screen(raw: Array, imputed: Array, plan: Plan) -> npt.NDArray[np.bool_]:
    """Which units stay, (layers, units).

    A unit absent from a layer does not stay, whatever the rule.
    """
    present = ~np.isnan(raw).all(axis=-1)
    rule = plan.spec.screen
    if rule is not None:
        share = availability(raw if rule.of == "raw" else imputed)
        enough = share >= rule.min_availability - 1e-12
        kept = np.isin(np.asarray(plan.units, dtype=str), np.asarray(rule.keep, dtype=str))
        present &= enough | kept
    if (present.sum(axis=-1) < 2).any():
        raise ParameterError(
            "fewer than two units have enough data, so there is nothing to compare; lower "
            "'screen.min_availability' or fill the data.",
            "有足够数据的单位不足两个，无法比较；请降低 screen.min_availability 或补充数据。",
        )
    return np.asarray(present)
