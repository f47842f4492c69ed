"""The certificate: whether a state is an answer, and how far from the truth it can be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.simulate.conditioning import Conditioning
from buju.simulate.problem import Problem
from buju.simulate.solvers.record import Reached, size

Array = npt.NDArray[np.float64]
RESIDUAL = 1e-10
ERROR = 1e-8
BALANCE = 1e-8
HOMOGENEITY = 1e-9
ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""A residual is not known better than this times the steepest exponent."""

VERDICTS = {
    "certified": "residual and error bound are within the limits",
    "ill_conditioned": "the equations hold, but pin the answer down too loosely to publish it",
    "iteration_limit": "the solver ended before the equations held",
    "diverged": "wages or prices left the range of numbers",
    "disconnected": "parts of the economy exchange no money; their price levels are not determined",
    "several_equilibria": "other starts lead to other certified solutions",
}


@final
@dataclass(frozen=True)
class Certificate:
    """What was checked at the state a solver reached.

    Attributes
    ----------
    residual
        Largest log excess demand or log price gap, weak blocks' balances included.
    gap
        min |1 - eigenvalue| of f(x) = x + residual(x), numeraire direction removed; of the deflated
        map where weak blocks were found.
    error_bound
        Largest error to expect in a log wage: (residual, at least its rounding) / gap, and not less
        than the Newton step that is left.
    block_balance
        Largest over weak blocks of |exports - imports + net cross-block earnings| / gross
        cross-block flow; 0 without weak blocks.
    blocks, weakest_cut
        How many weak blocks; smallest share of turnover that crosses an edge (1 without any).
    homogeneity
        Largest change of a residual or log quantity when money is worth a tenth less everywhere.
    welfare_spread
        Largest difference of log welfare between pairs of residence and workplace with flow.
    rightmost
        Largest real part of an eigenvalue of f; above 1, adjustment runs away from here.
    determinant_sign
        Sign of det(I - J), numeraire removed; 0 where N is too large to compute it.
    uniqueness
        "proved", "not proved" or "does not apply".
    searched
        What further starts found, "8 starts, one solution"; empty where none were asked for.
    """

    residual: float
    gap: float
    error_bound: float
    block_balance: float
    homogeneity: float
    numeraire: str
    welfare_spread: float
    rightmost: float
    determinant_sign: int
    uniqueness: str
    blocks: int
    weakest_cut: float
    baseline_miss: float
    iterations: int
    evaluations: int
    products: int
    rungs: tuple[tuple[str, int, float], ...]
    switches: dict[str, Any]
    searched: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a file."""
        return asdict(self)


def certify(
    problem: Problem,
    reached: Reached,
    state: Array,
    held: Conditioning,
    numeraire: str,
    miss: float,
) -> tuple[str, Certificate]:
    """The verdict on a state, and what it rests on."""
    model, world = problem.model, problem.world
    plain = size(model.step(state, world))
    residual = max(plain, size(problem.value(state)))
    floor = ROUNDING * model.steepness
    error = max(residual, floor) / held.gap if held.gap > 0 else float("inf")
    homogeneity = _homogeneity(problem, state)
    certificate = Certificate(
        residual=residual,
        gap=held.gap,
        error_bound=max(error, held.correction),
        block_balance=_block_balance(problem, state),
        homogeneity=homogeneity,
        numeraire=numeraire,
        welfare_spread=model.welfare_spread(state, world),
        rightmost=held.rightmost,
        determinant_sign=held.sign,
        uniqueness=model.uniqueness(world),
        blocks=0 if world.blocks is None else world.blocks.inside.shape[1],
        weakest_cut=1.0 if world.blocks is None else min(world.blocks.cuts),
        baseline_miss=miss,
        iterations=sum(rung.iterations for rung in reached.rungs),
        evaluations=problem.evaluations,
        products=problem.products,
        rungs=tuple((r.solver, r.iterations, r.residual) for r in reached.rungs),
        switches=model.switches(),
    )
    return _verdict(certificate, state, model.homogeneous), certificate


def _verdict(c: Certificate, state: Array, homogeneous: bool) -> str:
    if not (np.isfinite(c.residual) and np.isfinite(state).all()):
        return "diverged"
    if c.residual > RESIDUAL:
        return "iteration_limit"
    fine = (
        c.error_bound <= ERROR
        and c.block_balance <= BALANCE
        and (c.homogeneity <= HOMOGENEITY or not homogeneous)
    )
    return "certified" if fine else "ill_conditioned"


def _block_balance(problem: Problem, state: Array) -> float:
    blocks, model, world = problem.world.blocks, problem.model, problem.world
    if blocks is None:
        return 0.0
    q = model.quantities(state, world)
    flows = model.exchange(q, world, blocks.inside, np)
    return max(
        float(abs(credit - debit) / (credit + debit)) for credit, debit in blocks.balances(*flows)
    )


def _homogeneity(problem: Problem, state: Array) -> float:
    """Every nominal value times 1.1, wages at baseline included: nothing real may move."""
    model, world = problem.model, problem.world
    dearer = state + np.log(1.1) * (problem.direction != 0)
    before, after = model.step(state, world), model.step(dearer, world)
    old, new = model.hats(state, world), model.hats(dearer, world)
    real = [np.log(new[k] / old[k]) for k in ("jobs", "residents")]
    return max(size(after - before), *(size(change) for change in real))
