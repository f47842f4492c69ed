"""Step 1: divide what grows with size by what measures size."""

from __future__ import annotations

from buju.measure.checks import Array
from buju.measure.index.plan import Plan


def denominate(x: Array, plan: Plan) -> Array:
    """Indicators over their denominators times their scale, (layers, units, m).

    A missing denominator makes the cell missing.
    """
    return x / plan.divisor if plan.spec.denominate else x
