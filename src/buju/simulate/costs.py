"""From minutes to costs: one object for calibration and scenarios, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.simulate.checks import choice, parameter

Array = npt.NDArray[np.float64]


@final
@dataclass(frozen=True, kw_only=True)
class CostFunction:
    """How minutes (or hours, or km) from n to i become a cost, at least in ratios.

    The only way to make costs for a baseline and hats for a scenario: form, coefficient and rule
    for a place's own time are fixed together.

    Parameters
    ----------
    form
        "exponential": cost = exp(coefficient · t); "power": cost = t**coefficient.
    coefficient
        Per unit of t, or exponent; > 0. See `from_elasticity` where an estimate speaks of flows.
    own
        Time within a place: "given" (the diagonal of the matrix), "half_nearest" (half the time to
        the nearest other place) or a number. Except with "given", a scenario leaves it as it was.

    Raises
    ------
    ParameterError
        A coefficient is not above 0, or a word is unknown.

    Examples
    --------
    >>> names = ["A", "B"]
    >>> slow = pd.DataFrame([[0, 60], [50, 0]], index=names, columns=names)
    >>> fast = pd.DataFrame([[0, 30], [50, 0]], index=names, columns=names)
    >>> cost = CostFunction(form="power", coefficient=0.5, own=20)
    >>> cost.hat(slow, fast).round(4).loc["A"].tolist()
    [1.0, 0.7071]
    """

    form: str
    coefficient: float
    own: str | float = "given"

    def __post_init__(self) -> None:
        choice("form", self.form, ("exponential", "power"))
        put = object.__setattr__
        put(self, "coefficient", parameter("coefficient", self.coefficient, above=0))
        if isinstance(self.own, str):
            choice("own", self.own, ("given", "half_nearest"))
        else:
            put(self, "own", parameter("own", self.own, least=0))

    @classmethod
    def from_elasticity(
        cls, form: str, elasticity: float, dispersion: float, own: str | float = "given"
    ) -> CostFunction:
        """The cost behind an estimated fall of flows.

        Parameters
        ----------
        elasticity
            Flows fall as exp(-elasticity · t) or t**-elasticity.
        dispersion
            epsilon for commuting, sigma - 1 for trade.

        Examples
        --------
        >>> CostFunction.from_elasticity("exponential", 0.07, 3.5).coefficient
        0.02
        """
        spread = parameter("dispersion", dispersion, above=0)
        return cls(form=form, coefficient=parameter("elasticity", elasticity) / spread, own=own)

    def log_cost(self, times: pd.DataFrame) -> pd.DataFrame:
        """ln cost from row to column, labelled; inf where there is no way.

        Parameters
        ----------
        times
            Square, the same labels on rows (from, residence, buyer) and columns; >= 0; inf where
            unreachable.

        Raises
        ------
        ParameterError
            Labels differ or repeat; a time is negative or missing; with "power", a time is 0.
        """
        labels = _square_labels(times)
        t = times.to_numpy(dtype=np.float64, copy=True)
        _check_times(t, labels)
        np.fill_diagonal(t, self._own(t, labels))
        if self.form == "exponential":
            cost = self.coefficient * t
        else:
            if (t == 0).any():
                n, i = np.argwhere(t == 0)[0]
                raise ParameterError(
                    f"times from {labels[n]!r} to {labels[i]!r} are 0, which a power cannot weigh; "
                    "give door-to-door times, and say `own=` for times within a place"
                )
            cost = self.coefficient * np.log(t)
        return pd.DataFrame(cost, index=labels, columns=labels)

    def hat(self, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
        """New cost over old by pair, labelled; inf where a pair is cut, 1 where it never met.

        Raises
        ------
        ParameterError
            The two do not have the same labels in the same order, or a pair that had no way gets
            one: its baseline flow is zero and no hat can lift it, so calibrate again with a way.
        """
        old, new = self.log_cost(before), self.log_cost(after)
        same_labels(old, new, "before", "after")
        a, b = old.to_numpy(), new.to_numpy(copy=True)
        if self.own != "given":
            np.fill_diagonal(b, np.diagonal(a))
        opened = np.isinf(a) & np.isfinite(b)
        if opened.any():
            n, i = np.argwhere(opened)[0]
            raise ParameterError(
                f"{old.index[n]!r} to {old.index[i]!r} had no way at baseline and gets one: a flow "
                "of zero stays zero whatever its hat. Give the baseline a slow way"
            )
        never = np.isinf(a) & np.isinf(b)
        change = np.zeros_like(a)
        np.subtract(b, a, out=change, where=~never)
        return pd.DataFrame(np.exp(change), index=old.index, columns=old.columns)

    def _own(self, t: Array, labels: pd.Index[str]) -> Array | float:
        if self.own == "given":
            own: Array = np.diagonal(t).copy()
            return own
        if self.own != "half_nearest":
            return float(self.own)
        if len(t) < 2:
            raise ParameterError("own='half_nearest' needs a second place; give a number")
        others = np.where(np.eye(len(t), dtype=bool), np.inf, t)
        nearest = np.minimum(others.min(axis=1), others.min(axis=0))
        if np.isinf(nearest).any():
            alone = labels[int(np.argmax(np.isinf(nearest)))]
            raise ParameterError(f"own='half_nearest': {alone!r} reaches nobody; give a number")
        half: Array = nearest / 2
        return half


@final
@dataclass(frozen=True)
class ComposedCost:
    """A cost made of several, each with its own times: ln d is their share-weighted mean.

    Freight and passenger times together: goods travel by one, services by the other.

    Parameters
    ----------
    parts
        {name: (cost function, share)}; shares sum to 1.

    Examples
    --------
    >>> names = ["A", "B"]
    >>> times = pd.DataFrame([[10.0, 40.0], [40.0, 10.0]], index=names, columns=names)
    >>> cost = ComposedCost({"goods": (CostFunction(form="power", coefficient=0.5), 0.6),
    ...                      "services": (CostFunction(form="power", coefficient=1.0), 0.4)})
    >>> halved = {"goods": times, "services": times / 2}
    >>> float(cost.hat({"goods": times, "services": times}, halved).loc["A", "B"].round(4))
    0.7579
    """

    parts: Mapping[str, tuple[CostFunction, float]]

    def __post_init__(self) -> None:
        shares = [parameter(f"share of {k!r}", s, least=0) for k, (_, s) in self.parts.items()]
        if abs(sum(shares) - 1) > 1e-12:
            raise ParameterError(f"shares of the cost's parts sum to {sum(shares):g}, not 1")

    def log_cost(self, times: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """ln cost; `times` holds a matrix for each part, all with the same labels."""
        self._complete(times)
        found = [(s * f.log_cost(times[k])) for k, (f, s) in self.parts.items() if s > 0]
        for other in found[1:]:
            same_labels(found[0], other, "one part's times", "another's")
        return sum(found[1:], start=found[0])

    def hat(
        self, before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
    ) -> pd.DataFrame:
        """New cost over old, as `CostFunction.hat`."""
        self._complete(before)
        self._complete(after)
        found = [f.hat(before[k], after[k]) ** s for k, (f, s) in self.parts.items() if s > 0]
        whole = found[0]
        for other in found[1:]:
            same_labels(whole, other, "one part's times", "another's")
            whole = whole * other
        return whole

    def _complete(self, times: Mapping[str, pd.DataFrame]) -> None:
        if set(times) != set(self.parts):
            raise ParameterError(
                f"times are given for {sorted(times)}; the cost has parts {sorted(self.parts)}"
            )


def same_labels(a: pd.DataFrame, b: pd.DataFrame, name_a: str, name_b: str) -> None:
    """Refuse two labelled matrices whose places differ or stand in another order."""
    if a.index.equals(b.index):
        return
    missing = [str(x) for x in a.index if x not in set(b.index)]
    extra = [str(x) for x in b.index if x not in set(a.index)]
    how = (
        f"only in {name_a}: {missing[:5]}; only in {name_b}: {extra[:5]}"
        if missing or extra
        else "the order differs: reindex one like the other"
    )
    raise ParameterError(f"{name_a} and {name_b} do not have the same places: {how}")


def _square_labels(times: pd.DataFrame) -> pd.Index[str]:
    if not isinstance(times, pd.DataFrame):
        raise ParameterError("times: a DataFrame labelled by place on rows and columns is needed")
    if not times.index.is_unique or not times.columns.is_unique:
        raise ParameterError("times: a place stands twice among the labels")
    if not times.index.equals(times.columns):
        odd = sorted(map(str, set(times.index) ^ set(times.columns)))[:5]
        raise ParameterError(
            f"times: rows and columns must hold the same places in the same order; differing: {odd}"
        )
    return times.index


def _check_times(t: Array, labels: pd.Index[str]) -> None:
    wrong = np.isnan(t) | (t < 0)
    if wrong.any():
        n, i = np.argwhere(wrong)[0]
        raise ParameterError(
            f"times from {labels[n]!r} to {labels[i]!r} are {t[n, i]:g}; they must be 0 or more, "
            "and inf where there is no way"
        )
