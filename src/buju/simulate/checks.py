"""Refusals of the room: each names the array, the place and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError

Array = npt.NDArray[np.float64]
NAMED = 5


def named(labels: Sequence[str], where: npt.NDArray[Any]) -> str:
    """The labels at the true entries of `where`, the first few of many.

    >>> named(["A", "B", "C"], np.array([True, False, True]))
    "'A', 'C'"
    """
    hits = np.flatnonzero(where)
    shown = ", ".join(repr(labels[i]) for i in hits[:NAMED])
    return shown if len(hits) <= NAMED else f"{shown} and {len(hits) - NAMED} more"


def parameter(name: str, value: float, *, above: float | None = None, least: float | None = None,
              below: float | None = None) -> float:  # fmt: skip
    """A finite number within bounds, or `ParameterError`.

    >>> parameter("sigma", 4, above=1)
    4.0
    """
    bounds = [
        f"> {above:g}" if above is not None else "",
        f">= {least:g}" if least is not None else "",
        f"< {below:g}" if below is not None else "",
    ]
    wanted = " and ".join(bound for bound in bounds if bound) or "finite"
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    fine = (
        np.isfinite(number)
        and (above is None or number > above)
        and (least is None or number >= least)
        and (below is None or number < below)
    )
    if not fine:
        raise ParameterError(f"{name} = {value!r}: must be a number {wanted}")
    return number


def choice(name: str, value: str, allowed: Sequence[str]) -> str:
    """One of the allowed words, or `ParameterError` that lists them."""
    if value not in allowed:
        raise ParameterError(f"{name} = {value!r}: choose one of {', '.join(map(repr, allowed))}")
    return value


def vector(
    name: str, value: npt.ArrayLike, labels: Sequence[str], *, positive: bool = True
) -> Array:
    """A finite vector with an entry a place, copied; positive unless said otherwise."""
    array = np.array(value, dtype=np.float64)
    if array.shape != (len(labels),):
        raise ParameterError(
            f"{name} has shape {array.shape}; expected one value for each of {len(labels)} places"
        )
    wrong = ~np.isfinite(array) | ((array <= 0) if positive else False)
    if wrong.any():
        first = array[np.argmax(wrong)]
        raise ParameterError(
            f"{name} at {named(labels, wrong)} is {first:g}; it must be finite"
            + (
                " and above 0: merge such a place with a neighbour or correct it"
                if positive
                else ""
            )
        )
    return array


def travel_times(name: str, value: npt.ArrayLike, labels: Sequence[str]) -> Array:
    """N×N minutes of at least 0, copied; inf between places without a way, never within one."""
    array = np.array(value, dtype=np.float64)
    n = len(labels)
    if array.shape != (n, n):
        raise ParameterError(f"{name} has shape {array.shape}; expected ({n}, {n})")
    wrong = ~(array >= 0) | (np.isinf(array) & np.eye(n, dtype=bool))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        raise ParameterError(
            f"{name} from {labels[i]!r} to {labels[j]!r} is {array[i, j]:g}; minutes must be at "
            "least 0 (inf: no way), and finite within a place"
        )
    return array


def square(name: str, value: npt.ArrayLike, labels: Sequence[str]) -> Array:
    """A finite non-negative N×N matrix, copied."""
    array = np.array(value, dtype=np.float64)
    n = len(labels)
    if array.shape != (n, n):
        raise ParameterError(f"{name} has shape {array.shape}; expected ({n}, {n})")
    wrong = ~(np.isfinite(array) & (array >= 0))
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        raise ParameterError(
            f"{name} from {labels[i]!r} to {labels[j]!r} is {array[i, j]:g}; "
            "shares must be finite and at least 0"
        )
    return array
