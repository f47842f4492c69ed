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
_NEGATIVE = ("#f9d9ad", "#ee9d43", "#b35806")
_POSITIVE = ("#cfe3f1", "#78b2d8", "#1f5f9f")
_NEUTRAL = "#f4f4f4"
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


def diverging_classes(values: Sequence[float]) -> Classes:
    """Orange below zero, blue above, the same limits on both sides; grey white near zero.

    Limits are the 30 %, 60 % and 85 % quantiles of the sizes of the changes that are not zero.
    Outer classes that hold nothing are left out.

    >>> diverging_classes([-4, -2, 0, 1, 2, 3]).breaks
    (-3.4, -2.4, -2.0, 2.0, 2.4)
    """
    finite = _finite(values)
    sizes = np.abs(finite[finite != 0])
    if not len(sizes):
        return Classes((), (_NEUTRAL,))
    limits = sorted({rounded(q) for q in np.quantile(sizes, [0.3, 0.6, 0.85])})
    breaks = (*(-limit for limit in reversed(limits)), *limits)
    shades = len(limits)
    colours = (*reversed(_NEGATIVE[-shades:]), _NEUTRAL, *_POSITIVE[-shades:])
    return _trimmed(Classes(breaks, colours), finite)


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


def _finite(values: Sequence[float]) -> np.ndarray:
    array = np.asarray(values, dtype=np.float64)
    return array[np.isfinite(array)]


def _trimmed(classes: Classes, values: np.ndarray) -> Classes:
    held = classes.of(values.tolist())
    first = min(k for k in held if k is not None)
    last = max(k for k in held if k is not None)
    return Classes(classes.breaks[first:last], classes.colours[first : last + 1])
