"""One transposed solve gives the derivative of an outcome by everything that enters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
Outcome = Callable[[Any, Any, Any], Any]
"""(model, state, world) -> one number, in the array-API subset that models use."""
VECTORS = ("productivity", "housing")
RELATIVE = 1e-10
"""Residual of the transposed solve, relative."""
GAP = 1e-6
"""Below this gap derivatives are mostly noise."""
MONEY = 1e-7
"""How much of an outcome's slope may lie along the numeraire: rounding, no more."""
STEP = 1e-5
"""Step in an elasticity: its square and rounding over it are both near 1e-10."""


@final
@dataclass(frozen=True)
class Sensitivity:
    """Derivatives of one outcome, those by N² costs left as outer products.

    Attributes
    ----------
    value
        The outcome at the equilibrium.
    vectors
        By the log of a vector shock ("productivity", "housing"), (N,).
    factors
        By kernels: the derivative by the log of a kernel's entry [n, i] is kernel[n, i] times the
        sum over its factors of left[n] · right[i].
    multipliers
        What a unit of each equation's residual takes from the outcome, (M,).
    """

    value: float
    vectors: dict[str, Array]
    factors: tuple[Factor, ...] = field(repr=False)
    multipliers: Array = field(repr=False)
    equilibrium: Equilibrium = field(repr=False)
    outcome: Outcome = field(repr=False)

    @property
    def model(self) -> Any:
        """The equilibrium's model."""
        return self.equilibrium.model

    @property
    def world(self) -> Any:
        """The equilibrium's kernels and vectors."""
        return self.equilibrium.world

    def outer(self, kernel: str) -> tuple[Array, Array]:
        """All factors of a kernel side by side: (left, right), (N, k) each; its uses add up."""
        held = getattr(self.world, kernel)
        mine = [factor for factor in self.factors if factor.kernel is held]
        rows, columns = held.matrix.shape
        left = [np.empty((rows, 0)), *(_columns(factor.left) for factor in mine)]
        right = [np.empty((columns, 0)), *(_columns(factor.right) for factor in mine)]
        return np.concatenate(left, axis=1), np.concatenate(right, axis=1)

    def by_kernel(self, name: str, exponent: float = 1.0) -> Array:
        """By the log of each entry of a kernel ("K", "T", "M", "near_jobs", "near_homes").

        With an exponent: by the log of what enters the kernel to that power.
        """
        kernel, (left, right) = getattr(self.world, name), self.outer(name)
        if isinstance(kernel, Diagonal):
            return np.diag(exponent * kernel.diagonal * (left * right).sum(axis=1))
        slopes: Array = left @ (exponent * right.T)
        slopes *= kernel.matrix
        return slopes

    def matrix(self, shock: str) -> Array:
        """By the log of a matrix shock, (N, N) or (O, N)."""
        kernel, exponent = self.model.kernel_exponents[shock]
        return self.by_kernel(kernel, exponent)

    def by_shock(self, name: str) -> Array:
        """By the log of a hat as studies give it.

        By place, (N,), for productivity, housing and amenity; by pair for costs.
        """
        if name in self.vectors:
            return self.vectors[name]
        found = self.matrix(name)
        return found.sum(axis=1) if name == "amenity" else found

    def by_parameter(self, name: str) -> float:
        """By an elasticity itself, the shares observed at baseline held as they are.

        From evaluations of the equations at the equilibrium with the elasticity moved by 1e-5 to
        either side, or to the inner side where its range ends; good to about 1e-8.
        """
        choice("wrt", name, self.model.elasticities)
        now = float(getattr(self.model, name))
        step = STEP * max(1.0, abs(now))
        try:
            return (self._moved(name, now + step) - self._moved(name, now - step)) / (2 * step)
        except ParameterError:
            here, one, two = (self._moved(name, now + by) for by in (0.0, step, 2 * step))
            return (4 * one - 3 * here - two) / (2 * step)

    def _moved(self, name: str, value: float) -> float:
        """The outcome less multipliers times residuals with another elasticity, state held."""
        e = self.equilibrium
        model = replace(e.model, **{name: value})
        world = replace(model.world(e.baseline, e.shocks), blocks=e.world.blocks)
        residual: Array = Problem(model, world).residual(e.state)
        return float(self.outcome(model, e.state, world)) - float(self.multipliers @ residual)


def sensitivity(
    equilibrium: Equilibrium,
    *,
    of: str | Outcome = "welfare",
    name: tuple[str, str] | None = None,
    backend: str = "numpy",
) -> Sensitivity:
    """What `gradient` computes, before it is spread over pairs: costs one transposed solve.

    With F(x, t) = 0 in equilibrium and an outcome g(x, t): solve transpose(dF/dx) y = dg/dx once;
    then dg/dt in all is the partial dg/dt less y · dF/dt, for all t alike.

    Parameters
    ----------
    of
        "welfare" or "workers", as for `gradient`, or a function of (model, state, world) that
        returns one number free of the numeraire.
    name
        What messages call the outcome, in English and in Chinese.
    backend
        "numpy", or "jax": products run compiled where JAX runs, and the function may use all of
        `jax.numpy`.

    Raises
    ------
    NotCertified, ParameterError
        As `gradient`.
    """
    english, chinese = name or ((of, of) if isinstance(of, str) else ("the outcome", "该结果"))
    _require_firm(equilibrium, english, chinese)
    model, world, state = equilibrium.model, equilibrium.world, equilibrium.state
    outcome = _known(of, model) if isinstance(of, str) else of
    lines = _lines(backend)
    one = lines(lambda x, w: outcome(model, x, w), world, state, vectors(model))
    direct = one.pull(np.float64(1.0))
    problem = Problem(model, world)
    _require_real(problem, direct.point, english, chinese)
    line = lines(problem, world, state, vectors(model))
    multipliers = _transposed_solve(problem, line, direct.point)
    through = line.pull(-multipliers)
    by = {
        key: np.asarray(getattr(world, key)) * (direct.inputs[key] + through.inputs[key])
        for key in vectors(model)
    }
    factors = (*direct.factors, *through.factors)
    return Sensitivity(float(one.value), by, factors, multipliers, equilibrium, outcome)


def vectors(model: Any) -> tuple[str, ...]:
    """Vector shocks that a model knows."""
    return VECTORS if model.name == "commuting-trade" else VECTORS[:1]


def _lines(backend: str) -> Callable[..., Any]:
    choice("backend", backend, ("numpy", "jax"))
    if backend == "numpy":
        return _plain_line
    from buju.simulate.pullback import JaxPullback

    return JaxPullback


def _plain_line(function: Any, world: Any, state: Array, names: tuple[str, ...]) -> Linearisation:
    """The value and derivatives of a problem's residual, or of a function of (state, world)."""

    def measured(x: Any, **fields: Any) -> Any:
        found = (
            function.residual(x, **fields)
            if isinstance(function, Problem)
            else function(x, replace(world, **fields))
        )
        return found if hasattr(found, "tape") else x[0] * 0.0 + found

    inputs = {name: np.asarray(getattr(world, name)) for name in names}
    return Linearisation(measured, state, inputs, quick=False)


def _known(of: str, model: Any) -> Outcome:
    choice("of", of, ("welfare", "workers"))
    if of == "welfare":
        return lambda m, x, w: m.log_welfare(x, w)
    if getattr(model, "closure", "closed") != "open":
        raise ParameterError("of='workers': their number is given unless closure='open'")
    return lambda m, x, w: x[2 * w.size]


def _require_firm(equilibrium: Equilibrium, english: str, chinese: str) -> None:
    if equilibrium.verdict == "certified" and equilibrium.certificate.gap >= GAP:
        return
    raise NotCertified(
        f"derivatives of {english}: the equilibrium is {equilibrium.verdict!r} with a gap of "
        f"{equilibrium.certificate.gap:.2g} (at least {GAP:g}); what a small change is worth would "
        "be noise. Solve for a certified equilibrium first",
        f"{chinese} 的导数：均衡未获认证或条件过差，边际值不可信；请先得到认证的均衡",
        equilibrium=equilibrium,
    )


def _require_real(problem: Problem, slope: Array, english: str, chinese: str) -> None:
    along = abs(problem.direction @ slope)
    if along > MONEY * max(1.0, float(np.abs(slope).sum())):
        raise ParameterError(
            f"{english} depends on the numeraire (by {along:.2g}), so it has no derivative of its "
            "own; with housing='nominal' choose 'real', otherwise divide by a price or a sum",
            f"{chinese} 依赖计价物，没有确定的导数；请除以价格或总额",
        )


def _transposed_solve(problem: Problem, line: Any, right: Array) -> Array:
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


def _columns(x: Array) -> Array:
    return x[:, None] if x.ndim == 1 else x
