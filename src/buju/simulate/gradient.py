"""Derivatives of welfare by everything that can change, from one transposed solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.errors import NotCertified, ParameterError
from buju.simulate.equilibrium import Equilibrium
from buju.simulate.problem import Problem
from buju.simulate.solvers.krylov import gmres
from buju.simulate.tape import Factor, Linearisation, Pulled

Array = npt.NDArray[np.float64]
VECTORS = ("productivity", "housing")
LEAST_GAP = 1e-4
"""Below this gap the equilibrium hardly has a derivative: small shocks move it far."""


@final
@dataclass(frozen=True)
class Sensitivity:
    """d ln welfare by logs of kernels and vectors, kernels as outer products.

    Attributes
    ----------
    vectors
        By ln of each vector shock, (N,).
    factors
        {kernel name: (left (N, k), right (N, k))}: the derivative by ln kernel is
        kernel * (left @ right.T).
    """

    vectors: dict[str, Array]
    factors: dict[str, tuple[Array, Array]]
    model: Any
    world: Any

    def matrix(self, shock: str) -> Array:
        """d ln welfare / d ln hat for a shock by pairs, (N, N), `[n, i]`."""
        name, exponent = self.model.kernel_exponents[shock]
        if name not in self.factors:
            raise ParameterError(f"wrt {shock!r}: the equilibrium has no such kernel")
        left, right = self.factors[name]
        by_log: Array = getattr(self.world, name).matrix * (left @ right.T)
        by_log *= exponent
        return by_log


def gradient(
    equilibrium: Equilibrium,
    *,
    of: str = "welfare",
    wrt: Sequence[str] = ("commuting_cost", "trade_cost"),
) -> dict[str, Array]:
    """How log welfare moves with the log of each hat, at an equilibrium.

    Parameters
    ----------
    equilibrium
        Certified.
    of
        "welfare".
    wrt
        Any of "commuting_cost", "trade_cost", "amenity", "migration_cost" (matrices, `[n, i]`),
        "productivity", "housing" (vectors).

    Returns
    -------
    dict
        d ln welfare / d ln hat by name. In a closed economy commuting costs sum to -1, amenities to
        1/epsilon, and trade costs to minus what productivity sums to.

    Raises
    ------
    NotCertified
        The equilibrium is not certified, or is held too loosely to have a derivative.
    ParameterError
        An unknown name; welfare that depends on the numeraire (nominal housing).

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> now = counterfactual(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins, Shocks())
    >>> gradient(now)["commuting_cost"].round(6).tolist()
    [[-0.4, -0.1], [-0.1, -0.4]]
    """
    if of != "welfare":
        raise ParameterError(f"of = {of!r}: only 'welfare' has a derivative here")
    known = (*VECTORS, *equilibrium.model.kernel_exponents)
    unknown = [name for name in wrt if name not in known]
    if unknown:
        raise ParameterError(f"wrt = {unknown}: choose among {', '.join(known)}")
    found = sensitivity(equilibrium)
    return {name: found.vectors[name] if name in VECTORS else found.matrix(name) for name in wrt}


def sensitivity(equilibrium: Equilibrium) -> Sensitivity:
    """The adjoint solution behind `gradient`, with kernel derivatives left as factors.

    With F(x, t) = 0 in equilibrium and W(x, t), solve transpose(dF/dx) y = dlnW/dx; then
    dlnW/dt = partial lnW/dt - y . dF/dt.
    """
    _check(equilibrium)
    model, world, state = equilibrium.model, equilibrium.world, equilibrium.state
    problem = Problem(model, world)
    inputs = {name: getattr(world, name) for name in VECTORS}
    with np.errstate(all="ignore"):
        line = Linearisation(problem.residual, state, inputs, quick=False)
        direct = _welfare(model, world, state, inputs).pull(np.ones(()))

        def transposed(y: Array) -> Array:
            return line.pull(y).point - problem.pin * (problem.direction @ y)

        adjoint = gmres(transposed, direct.point, relative=1e-12, limit=150)
        through = line.pull(-adjoint)
    vectors = {
        name: (direct.inputs[name] + through.inputs[name]) * inputs[name] for name in VECTORS
    }
    return Sensitivity(vectors, _collect(world, direct, through), model, world)


def _welfare(model: Any, world: Any, state: Array, inputs: dict[str, Array]) -> Linearisation:
    def function(x: Any, **named: Any) -> Any:
        return model.log_welfare(x, replace(world, **named))

    return Linearisation(function, state, inputs, quick=False)


def _collect(world: Any, *pulled: Pulled) -> dict[str, tuple[Array, Array]]:
    """Outer products by the kernel they belong to, side by side."""
    found: dict[str, tuple[Array, Array]] = {}
    for name in ("K", "T", "M"):
        kernel = getattr(world, name, None)
        mine: list[Factor] = [f for p in pulled for f in p.factors if f.kernel is kernel]
        if kernel is not None and mine:
            found[name] = (
                np.hstack([_columns(f.left) for f in mine]),
                np.hstack([_columns(f.right) for f in mine]),
            )
    return found


def _columns(x: Array) -> Array:
    return x[:, None] if x.ndim == 1 else x


def _check(e: Equilibrium) -> None:
    if e.verdict != "certified" or e.certificate.gap < LEAST_GAP:
        raise NotCertified(
            f"gradient: the equilibrium is {e.verdict} with gap {e.certificate.gap:.2g}; a "
            f"derivative needs 'certified' and a gap of at least {LEAST_GAP:g}",
            equilibrium=e,
        )
    if not e.model.homogeneous:
        raise ParameterError(
            "gradient: with housing='nominal' welfare depends on the numeraire; use housing='real'"
        )
