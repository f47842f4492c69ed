"""What a small change of any cost is worth: one transposed solve gives all N² derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.errors import NotCertified, ParameterError
from buju.simulate.checks import choice
from buju.simulate.equilibrium import Equilibrium
from buju.simulate.kernel import Diagonal
from buju.simulate.linearise import Factor, Linearisation
from buju.simulate.problem import Problem
from buju.simulate.solvers.krylov import gmres

Array = npt.NDArray[np.float64]
VECTORS = ("productivity", "housing")
RELATIVE = 1e-10
"""Residual of the transposed solve, relative."""
GAP = 1e-6
"""Below this gap derivatives are mostly noise."""


def gradient(
    equilibrium: Equilibrium,
    *,
    of: str = "welfare",
    wrt: Sequence[str] = ("commuting_cost", "trade_cost"),
) -> dict[str, Array]:
    """Derivatives of log welfare with respect to the log of every hat, at an equilibrium.

    An entry of -0.002 says: one per cent more cost on this pair lowers welfare by 0.002 per cent.
    They hold for small changes; solve again for large ones. Times through which spillovers fade are
    held as they are: a faster link's effect on density is not in the derivative by its cost.

    Parameters
    ----------
    equilibrium
        A certified one.
    of
        "welfare": the mean over people of log welfare; "workers": the log of how many there are,
        in an open economy.
    wrt
        Names of shocks: "commuting_cost", "trade_cost", "amenity", "migration_cost",
        "productivity", "housing".

    Returns
    -------
    dict of ndarray
        For each name (N, N) `[n, i]`, (O, N) for migration, or (N,).

    Raises
    ------
    NotCertified
        The equilibrium is not certified, or its gap is too small for derivatives to mean much.
    ParameterError
        The model has no such shock; housing is nominal, so that welfare hangs on the numeraire.

    Notes
    -----
    In a closed economy the derivatives by commuting cost sum to -1 and those by amenity to
    1/epsilon; those by trade cost to -(alpha + (1-alpha) delta/(1+delta)) with deflated housing, to
    -alpha with fixed housing, and those by productivity to the opposite number.

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> now = counterfactual(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins, Shocks())
    >>> gradient(now)["commuting_cost"].round(6).tolist()
    [[-0.4, -0.1], [-0.1, -0.4]]
    """
    found = sensitivity(equilibrium, of=of, wrt=wrt)
    return {name: found.matrix(name) if name in found.exponents else found.vectors[name]
            for name in wrt}  # fmt: skip


@final
@dataclass(frozen=True)
class Sensitivity:
    """Derivatives with the N² ones left as outer products: what link values are added up from.

    Attributes
    ----------
    vectors
        By name of a vector shock, (N,).
    factors
        {kernel: (left, right)}, (N, k) each: the derivative by the log of a kernel's entry [n, i]
        is kernel[n, i] · left[n] · right[i].
    exponents
        {matrix shock: (kernel, power with which its hat enters)}.
    world
        Holds the kernels.
    """

    vectors: dict[str, Array]
    factors: dict[str, tuple[Array, Array]]
    exponents: dict[str, tuple[str, float]]
    world: Any

    def matrix(self, shock: str) -> Array:
        """Derivatives by the log of a matrix shock, (N, N) or (O, N)."""
        name, exponent = self.exponents[shock]
        kernel, (left, right) = getattr(self.world, name), self.factors[name]
        if isinstance(kernel, Diagonal):
            return np.diag(exponent * kernel.diagonal * (left * right).sum(axis=1))
        slopes: Array = left @ (exponent * right.T)
        slopes *= kernel.matrix
        return slopes


def sensitivity(
    equilibrium: Equilibrium,
    *,
    of: str = "welfare",
    wrt: Sequence[str] = ("commuting_cost", "trade_cost"),
) -> Sensitivity:
    """What `gradient` computes, before it is spread over pairs; arguments and errors are the same.

    With F(x, t) = 0 in equilibrium and an outcome g(x, t): solve transpose(dF/dx) y = dg/dx once;
    then dg/dt in all is the partial dg/dt less y · dF/dt.
    """
    _check(equilibrium, of, wrt)
    model, world, state = equilibrium.model, equilibrium.world, equilibrium.state
    problem = Problem(model, world)
    inputs = {name: getattr(world, name) for name in wrt if name in VECTORS}

    def outcome(x: Any, **fields: Any) -> Any:
        if of == "workers":
            return x[2 * world.size]
        return model.log_welfare(x, replace(world, **fields) if fields else world)

    direct = Linearisation(outcome, state, inputs, quick=False).pull(np.float64(1.0))  # type: ignore[arg-type]
    line = Linearisation(problem.residual, state, inputs, quick=False)
    through = line.pull(-_transposed_solve(problem, line, direct.point))
    factors = [*direct.factors, *through.factors]
    exponents = {k: v for k, v in model.kernel_exponents.items() if k in wrt}
    return Sensitivity(
        {name: inputs[name] * (direct.inputs[name] + through.inputs[name]) for name in inputs},
        {kernel: _joined(getattr(world, kernel), factors) for kernel, _ in exponents.values()},
        exponents,
        world,
    )


def _check(equilibrium: Equilibrium, of: str, wrt: Sequence[str]) -> None:
    model = equilibrium.model
    choice("of", of, ("welfare", "workers"))
    if of == "workers" and getattr(model, "closure", "closed") != "open":
        raise ParameterError("of='workers': their number is given unless closure='open'")
    if equilibrium.verdict != "certified" or equilibrium.certificate.gap < GAP:
        raise NotCertified(
            f"gradient: the equilibrium is {equilibrium.verdict!r} with a gap of "
            f"{equilibrium.certificate.gap:.2g} (at least {GAP:g}); its derivatives would be "
            "noise. Solve for a certified equilibrium first",
            "均衡未获认证或条件过差，导数不可信",
            equilibrium=equilibrium,
        )
    if not model.homogeneous:
        raise ParameterError(
            "gradient: with housing='nominal' welfare depends on the numeraire; choose 'real'"
        )
    known = [
        k
        for k, (m, _) in model.kernel_exponents.items()
        if getattr(equilibrium.world, m, None) is not None
    ]
    for name in wrt:
        if name not in (*known, *_vectors(model)):
            choice("wrt", name, (*known, *_vectors(model)))


def _vectors(model: Any) -> tuple[str, ...]:
    return VECTORS if model.name == "commuting-trade" else ("productivity",)


def _transposed_solve(problem: Problem, line: Linearisation, right: Array) -> Array:
    """y with Jᵀ y = right, the numeraire's eigenvalue moved away from zero."""

    def transposed(y: Array) -> Array:
        moved: Array = line.pull(y).point - problem.pin * (problem.direction @ y)
        return moved

    found = gmres(transposed, right, relative=RELATIVE, limit=200)
    miss = np.linalg.norm(transposed(found) - right)
    if miss <= 100 * RELATIVE * np.linalg.norm(right):
        return found
    matrix: Any = problem.dense_jacobian(line)
    exact: Array = np.linalg.solve(matrix.T, right)
    return exact


def _joined(kernel: Any, factors: list[Factor]) -> tuple[Array, Array]:
    """All outer products of one kernel side by side: its uses add up."""
    mine = [factor for factor in factors if factor.kernel is kernel]
    left = np.concatenate([_columns(factor.left) for factor in mine], axis=1)
    right = np.concatenate([_columns(factor.right) for factor in mine], axis=1)
    return left, right


def _columns(x: Array) -> Array:
    return x[:, None] if x.ndim == 1 else x
