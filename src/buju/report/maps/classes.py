"""Class breaks and colours that colour-blind readers and photocopiers can tell apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SEQUENTIAL = {
    2: ("#c7e4f2", "#2c5f9e"),
    3: ("#e3f1c6", "#5bb6c1", "#2b4c94"),
    4: ("#f3f7c3", "#8fd0b4", "#3b92bd", "#2b3d8c"),
    5: ("#fbfbc8", "#b0deb5", "#57b9c3", "#3079b8", "#28307f"),
    6: ("#fbfbc8", "#c9e8b4", "#84cbba", "#41a5c2", "#2e67ad", "#232a74"),
}
_ORANGE = ("#fbe3c2", "#f3b867", "#d97b16", "#8f4200")
_BLUE = ("#d6e7f3", "#94c2e0", "#4a8fc7", "#17497f")
NEUTRAL = "#f4f4f4"
CATEGORIES = (
    "#a6cfe8",
    "#f3b867",
    "#9ed1b4",
    "#d9b3d3",
    "#f1e58a",
    "#c6a98c",
    "#8fa3c9",
    "#e59a8c",
)


@dataclass(frozen=True)
class Classes:
    """Half-open classes [b0, b1), [b1, b2) and so on, the outer ones without a limit.

    Attributes
    ----------
    breaks
        Inner limits, ascending, (K - 1,).
    colours
        One colour a class, (K,).
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]

    def digits(self, scale: float = 1.0) -> int:
        """Decimals that tell the limits apart when they are printed times `scale`.

        >>> Classes((-0.034, 0.0025), ("a", "b", "c")).digits(scale=100)
        2
        """
        printed = [limit * scale for limit in self.breaks]
        return next((d for d in range(6) if all(_stands(x, d) for x in printed)), 6)

    def legend(self, held: Sequence[int | None]) -> range:
        """Classes to print: all between the outermost that hold a value."""
        there = [k for k in held if k is not None]
        return range(min(there), max(there) + 1) if there else range(0)

    def of(self, values: Sequence[float]) -> list[int | None]:
        """The class of every value; None for a missing or infinite one.

        >>> Classes((0.0, 5.0), ("a", "b", "c")).of([-1, 0, 4.9, 5, float("nan")])
        [0, 1, 1, 2, None]
        """
        return [
            int(np.searchsorted(self.breaks, value, side="right")) if math.isfinite(value) else None
            for value in values
        ]


def quantile_classes(values: Sequence[float], count: int = 5) -> Classes:
    """Classes that hold about the same number of places, limits rounded to two figures.

    Where values repeat so often that limits coincide, fewer classes remain.

    >>> quantile_classes([1, 2, 3, 4, 5, 6, 7, 8], 4).breaks
    (2.8, 4.5, 6.2)
    """
    finite = _finite(values)
    if not len(finite):
        return Classes((), (SEQUENTIAL[2][0],))
    wanted = np.quantile(finite, np.linspace(0, 1, count + 1)[1:-1])
    breaks = sorted({rounded(b) for b in wanted if finite.min() < rounded(b) <= finite.max()})
    size = len(breaks) + 1
    return Classes(tuple(breaks), SEQUENTIAL[max(size, 2)][:size])


def diverging_classes(values: Sequence[float], *, less_is_better: bool = False) -> Classes:
    """Blue for the better side of zero, orange for the worse, the same limits on both sides.

    Changes below a thousandth of the largest count as none. Of the others the limits are the 50 %
    and 85 % quantiles of their sizes and a tenth of the first, below which there is hardly any
    change (grey white): a sign is seen wherever it means something. Where the largest is more than
    thirty times the median, limits are powers of ten, so that colours tell orders of magnitude.

    Parameters
    ----------
    less_is_better
        Blue below zero, as for minutes.

    Examples
    --------
    >>> diverging_classes([-4, -2, 0, 1, 2, 3]).breaks
    (-3.4, -2.0, -0.2, 0.2, 2.0, 3.4)
    >>> diverging_classes([0.138, -0.0003, -0.0003, -0.0002, 0.002]).breaks[4:]
    (0.0001, 0.001, 0.01, 0.1)
    """
    limits = _limits(np.abs(_finite(values)))
    breaks = (*(-limit for limit in reversed(limits)), *limits)
    below, above = (_BLUE, _ORANGE) if less_is_better else (_ORANGE, _BLUE)
    shades = len(limits)
    colours = (*reversed(below[-shades:]), NEUTRAL, *above[-shades:]) if shades else (NEUTRAL,)
    return Classes(breaks, colours)


def _limits(sizes: np.ndarray) -> list[float]:
    most = sizes.max(initial=0.0)
    sizes = sizes[sizes > most / 1000]
    if not len(sizes):
        return []
    half, high = np.quantile(sizes, [0.5, 0.85])
    if most > 30 * half:
        top = math.floor(math.log10(most))
        return [rounded(10.0**power, 1) for power in range(top - 3, top + 1)]
    return sorted({rounded(half / 10, 1), rounded(half), rounded(high)})


def fixed_classes(breaks: Sequence[float]) -> Classes:
    """Classes with limits that mean something by themselves, such as half hours."""
    return Classes(tuple(breaks), SEQUENTIAL[max(2, len(breaks) + 1)])


def rounded(value: float, figures: int = 2) -> float:
    """A limit that a legend can print.

    >>> rounded(0.034567), rounded(1234.0), rounded(0.0)
    (0.035, 1200.0, 0.0)
    """
    if not value:
        return 0.0
    return round(float(value), figures - 1 - math.floor(math.log10(abs(value))))


def _stands(value: float, digits: int) -> bool:
    return math.isclose(round(value, digits), value, rel_tol=1e-9)


def _finite(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    return array[np.isfinite(array)]
