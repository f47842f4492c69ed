"""The decay weights of a time matrix, formed a block of origins at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from buju.errors import ParameterError
from buju.measure.checks import Array, Labels, called, matrix

DecayFunction: TypeAlias = Callable[[Array], Array]
CELLS = 250_000  # of one block: 2 MB of float64, which a core keeps near itself


@dataclass(frozen=True)
class Weights:
    """f(c_ij), (O, D), known by its products with vectors and never held whole."""

    minutes: Array
    decay: DecayFunction
    origins: Labels = None
    destinations: Labels = None

    def of_origins(self, amounts: Array) -> Array:
        """sum_j f_ij amounts_j, (O,)."""
        total = np.empty(self.minutes.shape[0])
        for rows, block in self._blocks():
            total[rows] = block @ amounts
        return total

    def of_destinations(self, amounts: Array) -> Array:
        """sum_i amounts_i f_ij, (D,)."""
        total = np.zeros(self.minutes.shape[1])
        for rows, block in self._blocks():
            total += amounts[rows] @ block
        return total

    def whole(self) -> Array:
        """All weights at once, (O, D); for what needs them again and again."""
        return self._weigh(self.minutes, 0)

    def _blocks(self) -> Iterator[tuple[slice, Array]]:
        step = max(1, CELLS // max(1, self.minutes.shape[1]))
        for start in range(0, self.minutes.shape[0], step):
            rows = slice(start, start + step)
            yield rows, self._weigh(self.minutes[rows], start)

    def _weigh(self, minutes: Array, start: int) -> Array:
        weights = np.asarray(self.decay(minutes), dtype=np.float64)
        if weights.shape != minutes.shape:
            raise ParameterError(
                f"decay answers with shape {weights.shape} to minutes of shape {minutes.shape}; "
                "it has to weigh each time by itself.",
                "衰减函数返回的形状与输入不符。",
            )
        weights = np.where(np.isinf(minutes), 0.0, weights)
        bad = ~np.isfinite(weights) | (weights < 0)
        if bad.any():
            i, j = (int(k) for k in np.argwhere(bad)[0])
            raise ParameterError(
                f"decay gives {weights[i, j]} for {minutes[i, j]:g} min, from "
                f"{called(self.origins, start + i)} to {called(self.destinations, j)}; "
                "a weight is a finite number of zero or more.",
                f"衰减函数在 {minutes[i, j]:g} 分钟处给出无效权重。",
            )
        return weights


def weigh(minutes: Any, decay: DecayFunction) -> Weights:
    """Check a time matrix and a decay and hold them together.

    Raises
    ------
    ParameterError
        A time is NaN or negative, or `decay` is not a function of minutes.
    """
    if not callable(decay):
        raise ParameterError(
            f"decay is {decay!r}; give a function of minutes, such as decay.Cumulative(60).",
            f"decay 的值 {decay!r} 不是函数；例如写 decay.Cumulative(60)。",
        )
    array, origins, destinations = matrix(minutes, name="minutes")
    return Weights(array, decay, origins, destinations)


def per_unit(amount: Array, base: Array, what: str, labels: Labels) -> Array:
    """amount / base, and 0 where base is 0.

    Raises
    ------
    ParameterError
        A base is so small that the quotient leaves the range of floating point.
    """
    with np.errstate(over="ignore"):
        quotient = np.divide(amount, base, out=np.zeros_like(amount), where=base > 0)
    bad = np.flatnonzero(~np.isfinite(quotient))
    if bad.size:
        k = int(bad[0])
        raise ParameterError(
            f"{what} {called(labels, k)} is reached with a weight of {base[k]:.1e} only, too small "
            "to divide by; use a slower decay, or infinite minutes where nobody goes.",
            f"{what} {called(labels, k)} 的权重过小（{base[k]:.1e}），请改用较慢的衰减。",
        )
    return quotient
