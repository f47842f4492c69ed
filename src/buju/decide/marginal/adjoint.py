"""Derivatives of any outcome by every kernel and vector of an equilibrium: one transposed solve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.decide.marginal.outcomes import Outcome
from buju.errors import NotCertified, ParameterError
from buju.simulate import Equilibrium
from buju.simulate.gradient import GAP, RELATIVE, VECTORS
from buju.simulate.kernel import Diagonal
from buju.simulate.linearise import Factor, Linearisation
from buju.simulate.problem import Problem
from buju.simulate.solvers.krylov import gmres

Floats = npt.NDArray[np.float64]
MONEY = 1e-7
"""How much of an outcome's slope may lie along the numeraire: rounding, no more."""


@final
@dataclass(frozen=True)
class Slopes:
    """Derivatives of an outcome.

    Attributes
    ----------
    value
        The outcome at the equilibrium.
    vectors
        By the log of productivity, of housing, (N,).
    factors
        By kernels, as outer products.
    """

    value: float
    vectors: dict[str, Floats]
    factors: tuple[Factor, ...]
    model: Any
    world: Any

    def by_kernel(self, name: str) -> Floats:
        """By the log of each entry of a kernel ("K", "T", "M", "near_jobs", "near_homes")."""
        kernel = getattr(self.world, name)
        mine = [f for f in self.factors if f.kernel is kernel]
        shape = kernel.matrix.shape
        if not mine:
            return np.zeros(shape)
        left = np.concatenate([_columns(f.left) for f in mine], axis=1)
        right = np.concatenate([_columns(f.right) for f in mine], axis=1)
        if isinstance(kernel, Diagonal):
            return np.diag(kernel.diagonal * (left * right).sum(axis=1))
        found: Floats = left @ right.T
        found *= kernel.matrix
        return found

    def by_shock(self, name: str) -> Floats:
        """By the log of a hat: "productivity", "housing" (N,); amenity by residence (N,);
        "commuting_cost", "trade_cost", (N, N); "migration_cost", (O, N).
        """
        if name in self.vectors:
            return self.vectors[name]
        kernel, exponent = self.model.kernel_exponents[name]
        found = exponent * self.by_kernel(kernel)
        return found.sum(axis=1) if name == "amenity" else found


def slopes(equilibrium: Equilibrium, outcome: Outcome) -> Slopes:
    """Derivatives of an outcome by everything that enters an equilibrium.

    With F(x, t) = 0 and an outcome g(x, t): transpose(dF/dx) y = dg/dx is solved once; then dg/dt
    is the partial dg/dt less y · dF/dt, for all t alike.

    Raises
    ------
    NotCertified
        The equilibrium is not certified, or its gap is too small.
    ParameterError
        The outcome depends on the numeraire, or the model has no such outcome.

    Examples
    --------
    >>> from buju.decide import Welfare
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> now = counterfactual(CommutingTrade(alpha=0.7, epsilon=3, sigma=4), twins, Shocks())
    >>> slopes(now, Welfare()).by_shock("commuting_cost").round(6).tolist()
    [[-0.4, -0.1], [-0.1, -0.4]]
    """
    _require_firm(equilibrium)
    model, world, state = equilibrium.model, equilibrium.world, equilibrium.state
    labels = equilibrium.baseline.labels
    problem = Problem(model, world)
    known = [name for name in VECTORS if getattr(world, name, None) is not None]
    known = known if model.name == "commuting-trade" else known[:1]
    inputs = {name: np.asarray(getattr(world, name)) for name in known}

    def measured(x: Any, **fields: Any) -> Any:
        return outcome.of(model, x, replace(world, **fields) if fields else world, labels)

    one = Linearisation(measured, state, inputs, quick=False)
    direct = one.pull(np.float64(1.0))  # type: ignore[arg-type]
    _require_real(problem, direct.point, outcome)
    line = Linearisation(problem.residual, state, inputs, quick=False)
    through = line.pull(-_transposed(problem, line, direct.point))
    return Slopes(
        float(one.value),
        {name: inputs[name] * (direct.inputs[name] + through.inputs[name]) for name in inputs},
        (*direct.factors, *through.factors),
        model,
        world,
    )


def _require_firm(equilibrium: Equilibrium) -> None:
    if equilibrium.verdict != "certified" or equilibrium.certificate.gap < GAP:
        raise NotCertified(
            f"the equilibrium is {equilibrium.verdict!r} with a gap of "
            f"{equilibrium.certificate.gap:.2g} (at least {GAP:g}); what a small change is worth "
            "would be noise. Solve for a certified equilibrium first",
            "均衡未获认证或条件过差，边际价值不可信；请先得到认证的均衡",
            equilibrium=equilibrium,
        )


def _require_real(problem: Problem, slope: Floats, outcome: Outcome) -> None:
    along = abs(problem.direction @ slope)
    if along > MONEY * max(1.0, float(np.abs(slope).sum())):
        raise ParameterError(
            f"{outcome.name[0]} depends on the numeraire (by {along:.2g}), so it has no derivative "
            "of its own; with housing='nominal' choose 'real', otherwise divide by a price or sum",
            f"{outcome.name[1]} 依赖计价物，没有确定的导数；请除以价格或总额",
        )


def _transposed(problem: Problem, line: Linearisation, right: Floats) -> Floats:
    """y with Jᵀ y = right, the numeraire's eigenvalue moved away from zero."""

    def product(y: Floats) -> Floats:
        moved: Floats = line.pull(y).point - problem.pin * (problem.direction @ y)
        return moved

    found = gmres(product, right, relative=RELATIVE, limit=200)
    miss = np.linalg.norm(product(found) - right)
    if miss <= 100 * RELATIVE * np.linalg.norm(right):
        return found
    matrix: Any = problem.dense_jacobian(line)
    exact: Floats = np.linalg.solve(matrix.T, right)
    return exact


def _columns(x: Floats) -> Floats:
    return x[:, None] if x.ndim == 1 else x
