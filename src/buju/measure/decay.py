"""How the weight of a destination falls with travel time.

Each decay is a frozen callable: minutes in, weights between 0 and 1 out. Infinite minutes, which
mean out of reach, weigh 0 under every decay; NaN and negative minutes are refused.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from buju.errors import ParameterError
from buju.measure.checks import Array, scalar


class Decay(ABC):
    """A weight that falls with time."""

    def __call__(self, minutes: npt.ArrayLike) -> Array:
        """Weights, in the shape of `minutes`; 0 where minutes are infinite.

        Raises
        ------
        ParameterError
            A time is NaN or negative.
        """
        time = np.asarray(minutes, dtype=np.float64)
        if time.size and not time.min() >= 0:  # NaN passes through a minimum
            raise ParameterError(
                "decay: a travel time is NaN or negative; give minutes of zero or more, "
                "or infinity where there is no way.",
                "时间衰减：出行时间为空或为负；不可达请填 inf。",
            )
        near = np.isfinite(time)
        if near.all():
            return np.asarray(self.weight(time), dtype=np.float64)[()]
        weights = self.weight(np.where(near, time, 0.0))
        return np.where(near, weights, 0.0)[()]

    @abstractmethod
    def weight(self, minutes: Array) -> Array:
        """Weights of finite minutes."""


@final
@dataclass(frozen=True)
class Cumulative(Decay):
    """1 up to a time, 0 beyond: what can be reached within `minutes`.

    Examples
    --------
    >>> Cumulative(60)([59, 60, 61]).tolist()
    [1.0, 1.0, 0.0]
    """

    minutes: float

    def __post_init__(self) -> None:
        scalar(self.minutes, name="Cumulative: minutes", least=0)

    def weight(self, minutes: Array) -> Array:
        """1 where t <= minutes, else 0."""
        return (minutes <= self.minutes).astype(np.float64)


@final
@dataclass(frozen=True)
class Exponential(Decay):
    """exp(-rate t), `rate` per minute.

    Examples
    --------
    >>> float(Exponential(0.05)(20).round(6))
    0.367879
    """

    rate: float

    def __post_init__(self) -> None:
        scalar(self.rate, name="Exponential: rate", least=0)

    def weight(self, minutes: Array) -> Array:
        """exp(-rate t)."""
        return np.exp(-self.rate * minutes)


@final
@dataclass(frozen=True)
class Power(Decay):
    """t**-exponent, and 1 below one minute, where the power would pass 1.

    Examples
    --------
    >>> Power(2)([0, 0.5, 1, 10]).round(4).tolist()
    [1.0, 1.0, 1.0, 0.01]
    """

    exponent: float

    def __post_init__(self) -> None:
        scalar(self.exponent, name="Power: exponent", least=0)

    def weight(self, minutes: Array) -> Array:
        """max(t, 1)**-exponent."""
        return np.asarray(np.maximum(minutes, 1.0) ** -float(self.exponent))


@final
@dataclass(frozen=True)
class Logistic(Decay):
    """An S-shaped fall, scaled to weigh 1 at t = 0.

    (1 + exp(-median k)) / (1 + exp((t - median) k)) with k = pi / (sd sqrt 3), so that `sd` is
    the standard deviation of the logistic distribution of acceptable times. Variant: with the
    factor that makes the weight at zero 1; Conveyal's curve leaves it out.

    Examples
    --------
    >>> Logistic(30, 10)([0, 30, 60]).round(4).tolist()
    [1.0, 0.5022, 0.0043]
    """

    median: float
    sd: float

    def __post_init__(self) -> None:
        scalar(self.median, name="Logistic: median", least=0)
        scalar(self.sd, name="Logistic: sd", above=0)

    def weight(self, minutes: Array) -> Array:
        """The scaled logistic survival function; `expit` keeps it from overflowing."""
        k = np.pi / (self.sd * np.sqrt(3.0))
        return np.asarray(expit((self.median - minutes) * k) / expit(self.median * k))


@final
@dataclass(frozen=True)
class Linear(Decay):
    """Falls from 1 at zero to 0 at `minutes`, along a straight line.

    Examples
    --------
    >>> Linear(60)([0, 15, 60, 90]).tolist()
    [1.0, 0.75, 0.0, 0.0]
    """

    minutes: float

    def __post_init__(self) -> None:
        scalar(self.minutes, name="Linear: minutes", above=0)

    def weight(self, minutes: Array) -> Array:
        """max(0, 1 - t / minutes)."""
        return np.maximum(0.0, 1.0 - minutes / self.minutes)


@final
@dataclass(frozen=True)
class Steps(Decay):
    """A weight for each zone of time; 0 beyond the last.

    The enhanced two-step floating catchment of Luo and Qi (2009) uses such zones.

    Attributes
    ----------
    zones
        (minutes up to which, weight), minutes rising, weights from 1 at most and never rising.

    Examples
    --------
    >>> Steps(((10, 1.0), (20, 0.68), (30, 0.22)))([0, 10, 15, 30, 31]).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """

    zones: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        limits = [scalar(limit, name="Steps: minutes", least=0) for limit, _ in self.zones]
        weights = [scalar(weight, name="Steps: weight", least=0) for _, weight in self.zones]
        rising = all(a < b for a, b in pairwise(limits))
        if not weights or weights[0] != 1 or not rising or sorted(weights)[::-1] != weights:
            raise ParameterError(
                f"Steps: zones {self.zones}; minutes must rise and weights fall from 1.",
                f"Steps 的分区 {self.zones} 有误：时间应递增，权重应从 1 递减。",
            )

    def weight(self, minutes: Array) -> Array:
        """The weight of the first zone that reaches so far."""
        limits = np.array([limit for limit, _ in self.zones])
        weights = np.array([weight for _, weight in self.zones] + [0.0])
        return np.asarray(weights[np.searchsorted(limits, minutes, side="left")])
