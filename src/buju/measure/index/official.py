"""Scores as offices compute them: attainment of targets and the coefficient of efficacy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError
from buju.measure.checks import Array, choice, numbers

DECAY = -np.log(0.6)  # so that the exponential form is 60 at one end and 100 at the other


def target_attainment(
    actual: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    direction: int = 1,
    lower_is_better: Literal["target_over_actual", "two_minus"] = "target_over_actual",
    cap: float | None = None,
) -> Array:
    """How much of a target was reached (目标完成率); 1 is the target itself.

    Parameters
    ----------
    actual, target
        Figures in one unit; targets above zero.
    direction
        +1 where more is better: actual / target. -1 where less is.
    lower_is_better
        The form for direction -1: target / actual, or 2 - actual / target. They differ: at twice
        the target the first gives 0.5 and the second 0.
    cap
        Most that counts, None for no cap. State it with the result.

    Returns
    -------
    array
        Attainment (dimensionless), of the shape of `actual`; NaN where `actual` is.

    Raises
    ------
    ParameterError
        A target that is zero or negative (a rate cannot be formed), or an actual of zero or less
        under target / actual.

    References
    ----------
    Practice of 晋政发〔2011〕7号, whose published composite of 121.44 % shows no cap.

    Examples
    --------
    >>> target_attainment([110, 90], 100).round(2).tolist()
    [1.1, 0.9]
    >>> target_attainment(0.8, 0.5, direction=-1, lower_is_better="two_minus").round(2).item()
    0.4
    """
    choice(lower_is_better, ("target_over_actual", "two_minus"), name="lower_is_better")
    done, goal = np.broadcast_arrays(numbers(actual, "actual"), numbers(target, "target"))
    if not (goal > 0).all():
        raise ParameterError(
            f"target {goal[~(goal > 0)].flat[0]:g}: a rate of attainment needs a target above "
            "zero; compare differences, or use the coefficient of efficacy.",
            "目标值必须大于零才能计算完成率；请改用差值或功效系数。",
        )
    if direction > 0:
        share = done / goal
    elif lower_is_better == "two_minus":
        share = 2 - done / goal
    else:
        if (done <= 0).any():
            raise ParameterError(
                f"actual {done[done <= 0].flat[0]:g}: target / actual needs figures above zero; "
                "use lower_is_better='two_minus'.",
                "实际值必须大于零；请改用 2 − 实际/目标。",
            )
        share = goal / done
    return np.asarray(share if cap is None else np.minimum(share, cap))


def efficacy(
    x: npt.ArrayLike,
    not_allowed: npt.ArrayLike,
    satisfactory: npt.ArrayLike,
    *,
    form: Literal["linear", "exponential"] = "linear",
) -> Array:
    """Coefficient of efficacy (功效系数): 60 at the not-allowed value, 100 at the satisfactory one.

    Linear: 60 + 40 t with t = (x - x_s) / (x_h - x_s). Exponential: 60 exp(B t), B = -ln 0.6.
    Where less is better the satisfactory value is the smaller one. Nothing is cut off: beyond the
    two values the score runs on.

    Parameters
    ----------
    x
        Figures.
    not_allowed, satisfactory
        x_s and x_h, in the unit of `x`; they must differ.
    form
        "linear" or "exponential".

    Returns
    -------
    array
        Scores; NaN where `x` is.

    Raises
    ------
    ParameterError
        The two values are equal, or not numbers.

    References
    ----------
    Efficacy coefficient method of enterprise performance assessment in China (功效系数法).

    Examples
    --------
    >>> efficacy([2, 4, 3], 2, 4).tolist()
    [60.0, 100.0, 80.0]
    >>> efficacy([2, 4, 3], 2, 4, form="exponential").round(2).tolist()
    [60.0, 100.0, 77.46]
    """
    low, high = numbers(not_allowed, "not_allowed"), numbers(satisfactory, "satisfactory")
    return efficacy_array(numbers(x, "x"), low, high, form=form, codes=())


def efficacy_array(
    x: Array, not_allowed: Array, satisfactory: Array, *, form: str, codes: Sequence[str]
) -> Array:
    """`efficacy` on arrays (..., m) with the indicators' codes for messages."""
    choice(form, ("linear", "exponential"), name="form")
    span = np.asarray(satisfactory - not_allowed)
    if (span == 0).any() or not np.isfinite(span).all():
        k = int(np.flatnonzero(~(np.abs(np.atleast_1d(span)) > 0))[0])
        which = f" of '{codes[k]}'" if codes else ""
        raise ParameterError(
            f"the not-allowed and the satisfactory value{which} are equal; give two values.",
            f"功效系数{which}的不允许值与满意值相等，请给出两个不同的值。",
        )
    share = (x - not_allowed) / span
    return np.asarray(60 + 40 * share if form == "linear" else 60 * np.exp(DECAY * share))
