"""The front door: what an economy becomes when something changes in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import NotCertified, ParameterError
from buju.simulate.backend import problem as make_problem
from buju.simulate.certificate import (
    ERROR,
    RESIDUAL,
    VERDICTS,
    Certificate,
    certify,
)
from buju.simulate.checks import choice, named
from buju.simulate.conditioning import NOT_HELD, Conditioning, conditioning
from buju.simulate.connection import one_way
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.multistart import Searched, require_starts, search
from buju.simulate.problem import Problem
from buju.simulate.solvers import Ladder, NewtonKrylov, Reached, Solver

Array = npt.NDArray[np.float64]
LOOK_FOR_BLOCKS = 0.05
"""A gap below this makes us look for weak blocks: well-tied economies stand at 0.3 and more."""


@final
@dataclass(frozen=True)
class Equilibrium:
    """An economy after a change, in hats (new over old), with the verdict on it.

    Attributes
    ----------
    wage, income, rent, price, residents, jobs
        Hats by place, (N,). `income` is mean earnings of residents, rents shared out included,
        `price` the price index of goods. Nominal ones are stated in the certificate's numeraire.
    welfare
        Hat of expected utility, in units of real consumption: 1.01 is worth 1 % more of it. Where
        groups differ, the geometric mean over people.
    verdict
        "certified" or why not; see `buju.simulate.VERDICTS`.
    certificate
        What the verdict rests on.
    welfare_by_group
        The same hat by group, (G,): one where all move freely, origin groups, or residences.
    others
        States of other certified solutions, where further starts were asked for and found any.
    """

    wage: Array
    income: Array
    rent: Array
    price: Array
    residents: Array
    jobs: Array
    welfare: float
    verdict: str
    certificate: Certificate
    welfare_by_group: Array
    model: Any = field(repr=False)
    baseline: Baseline = field(repr=False)
    shocks: Shocks = field(repr=False)
    state: Array = field(repr=False)
    world: Any = field(repr=False)
    others: tuple[Array, ...] = field(default=(), repr=False)

    @property
    def payment(self) -> float:
        """What each worker receives of all rents, in the unit of the baseline's wages and the
        certificate's numeraire; 0 where rents stay local.
        """
        return (
            self.baseline.payment * float(np.exp(self.state[-1])) if self.baseline.payment else 0.0
        )

    def flows(self) -> dict[str, Array]:
        """New commuting and trade shares, (N, N), `[n, i]`, rebuilt from the solution."""
        rebuilt: dict[str, Array] = self.model.flows(self.state, self.world)
        return rebuilt

    def tables(self) -> dict[str, pd.DataFrame]:
        """`places` (hats by place), `summary` (one row); each row carries the verdict."""
        places = pd.DataFrame({"place": list(self.baseline.labels)})
        for name in ("wage", "income", "rent", "price", "residents", "jobs"):
            places[name] = getattr(self, name)
        places["verdict"] = self.verdict
        c = self.certificate
        summary = pd.DataFrame(
            {
                "welfare": [self.welfare],
                "verdict": [self.verdict],
                "residual": [c.residual],
                "gap": [c.gap],
                "error_bound": [c.error_bound],
                "block_balance": [c.block_balance],
                "numeraire": [c.numeraire],
                "uniqueness": [c.uniqueness],
            }
        )
        return {"places": places, "summary": summary}


def counterfactual(
    model: Any,
    baseline: Baseline,
    shocks: Shocks,
    *,
    numeraire: str = "mean_wage",
    solver: Solver | None = None,
    backend: str = "numpy",
    throw: bool = True,
    start: Array | None = None,
    starts: int = 0,
    seed: int = 0,
) -> Equilibrium:
    """The equilibrium that a change leads to, or a refusal.

    Parameters
    ----------
    model
        `CommutingTrade(...)` or another model of this room.
    baseline, shocks
        The economy and what changes in it.
    numeraire
        "mean_wage": the unweighted mean over places of the level of wages stays what it was;
        "gdp": the sum of wages earned stays.
    solver
        How to look; the default ladder picks by itself.
    backend
        "numpy", or "jax" (extra `jax`): the same equations compiled, on an accelerator where JAX
        has one; the first call for a size takes seconds to compile.
    throw
        Raise unless the verdict is "certified"; with False the best state is returned, with its
        verdict.
    start
        State to start from, (2N,): another equilibrium's `.state`.
    starts, seed
        How many further random starts to try once an answer is certified, and what draws them. The
        certificate's `searched` tells what they found; other solutions make the verdict
        "several_equilibria", and their states stand in `others`. One solution from many starts is
        evidence, not proof.

    Returns
    -------
    Equilibrium

    Raises
    ------
    NotCertified
        The verdict is not "certified"; the exception's `equilibrium` is what was reached.
    ParameterError
        A shock does not fit, or an argument is not one of the words.

    Examples
    --------
    >>> from buju.simulate import Baseline, CommutingTrade, Shocks
    >>> twins = Baseline(commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]],
    ...                  wage=[1, 1], income=[1, 1], jobs=[50, 50], residents=[50, 50])
    >>> model = CommutingTrade(alpha=0.7, epsilon=3, sigma=4)
    >>> better = counterfactual(model, twins, Shocks(productivity=[1.1, 1.1]))
    >>> round(better.welfare, 6) == round(1.1**0.7, 6), better.verdict
    (True, 'certified')
    """
    choice("numeraire", numeraire, ("mean_wage", "gdp"))
    choice("backend", backend, ("numpy", "jax"))
    require_starts(starts)
    with np.errstate(all="ignore"):  # overflow is met by the verdict "diverged"
        problem = make_problem(model, model.world(baseline, shocks), backend)
        begin = _start(model, problem, start)
        apart = one_way(model, problem.world)
        if apart.any():
            return _refused(problem, baseline, shocks, begin, numeraire, apart, throw)
        look = solver or Ladder()
        state, verdict, certificate = _solved(problem, begin, look, numeraire, baseline.miss)
        others: tuple[Array, ...] = ()
        if starts and verdict == "certified":
            words, others = _searched(problem, backend, state, look, numeraire, starts, seed)
            certificate = replace(certificate, searched=words)
            verdict = "several_equilibria" if others else verdict
        result = _equilibrium(problem, baseline, shocks, state, verdict, certificate, others)
    if throw and verdict != "certified":
        raise NotCertified(*_message(result), equilibrium=result)
    return result


def _start(model: Any, problem: Problem, start: Array | None) -> Array:
    default: Array = model.start(problem.world)
    if start is None:
        return default
    given = np.asarray(start, dtype=np.float64)
    if given.shape != default.shape or not np.isfinite(given).all():
        raise ParameterError(f"start: expected {default.shape} finite numbers, got {given.shape}")
    return given


def _solved(
    problem: Problem, begin: Array, look: Solver, numeraire: str, miss: float
) -> tuple[Array, str, Certificate]:
    """Where a start leads, with the verdict on it."""
    reached, held = _firm(problem, look(problem, begin))
    state = reached.state + _numeraire(problem, reached.state, numeraire)
    verdict, certificate = certify(problem, reached, state, held, numeraire, miss)
    return state, verdict, certificate


def _searched(
    problem: Problem,
    backend: str,
    first: Array,
    look: Solver,
    numeraire: str,
    starts: int,
    seed: int,
) -> Searched:
    """Other starts on the same scenario, each on a problem of its own."""

    def solve(begin: Array) -> tuple[Array, bool]:
        fresh = make_problem(problem.model, problem.world, backend)
        state, verdict, _ = _solved(fresh, begin, look, numeraire, 0.0)
        return state, verdict == "certified"

    return search(solve, first, starts=starts, seed=seed)


def _firm(problem: Problem, reached: Reached) -> tuple[Reached, Conditioning]:
    """Conditioning at the state; where it is loose, find weak blocks and finish in their terms."""
    line = problem.linearise(reached.state)
    if not np.isfinite(line.value).all():
        return reached, NOT_HELD
    held = conditioning(problem, line)
    if held.gap < LOOK_FOR_BLOCKS and problem.deflate(reached.state):
        again = NewtonKrylov()(problem, reached.state)
        reached = Reached(again.state, again.residual, reached.rungs + again.rungs)
        held = conditioning(problem, problem.linearise(reached.state))
    return reached, held


def _numeraire(problem: Problem, state: Array, numeraire: str) -> Array:
    """The move along the free direction that keeps the chosen sum of money."""
    world, model = problem.world, problem.model
    hats = model.hats(state, world)
    weight = world.wage if numeraire == "mean_wage" else world.wage * world.jobs
    jobs = 1.0 if numeraire == "mean_wage" else hats["jobs"]
    shift = np.log(weight.sum() / (weight * jobs * hats["wage"]).sum())
    move: Array = shift * problem.direction
    return move


def _equilibrium(
    problem: Problem,
    baseline: Baseline,
    shocks: Shocks,
    state: Array,
    verdict: str,
    certificate: Certificate,
    others: tuple[Array, ...] = (),
) -> Equilibrium:
    hats = problem.model.hats(state, problem.world)
    return Equilibrium(
        **hats,
        welfare=float(np.exp(problem.model.log_welfare(state, problem.world))),
        verdict=verdict,
        certificate=certificate,
        welfare_by_group=problem.model.welfare_by_group(state, problem.world),
        model=problem.model,
        baseline=baseline,
        shocks=shocks,
        state=state,
        world=problem.world,
        others=others,
    )


def _refused(
    problem: Problem,
    baseline: Baseline,
    shocks: Shocks,
    state: Array,
    numeraire: str,
    apart: npt.NDArray[np.bool_],
    throw: bool,
) -> Equilibrium:
    """The answer where money cannot go round: the start, with the verdict 'disconnected'."""
    nowhere = Reached(state, float("inf"), ())
    _, certificate = certify(problem, nowhere, state, NOT_HELD, numeraire, baseline.miss)
    result = _equilibrium(problem, baseline, shocks, state, "disconnected", certificate)
    if throw:
        raise NotCertified(
            "disconnected: no money goes from the rest of the economy to "
            f"{named(baseline.labels, apart)} and back, by trade or by wages. Their price level is "
            "not determined; simulate the parts separately, or give the cut pairs a high but "
            "finite cost",
            f"经济体不连通：{named(baseline.labels, apart)} 与其余地方没有往来，"
            "相对价格水平无法确定；请分开模拟，或给被切断的地点对一个很高但有限的成本",
            equilibrium=result,
        )
    return result


def _message(e: Equilibrium) -> tuple[str, str]:
    c = e.certificate
    worst = int(np.argmax(np.abs(np.nan_to_num(e.model.step(e.state, e.world)[: e.baseline.size]))))
    tried = ", ".join(f"{name} ({count})" for name, count, _ in c.rungs)
    advice = {
        "ill_conditioned": "the answer hangs on ties too weak for float64, or spillovers are "
        "close to running away: look at certificate.gap and .blocks, cut the tie, or lower nu",
        "iteration_limit": "try a smaller change and use its .state as `start`, or another solver",
        "diverged": "no equilibrium was found near: look for shocks far from 1 or spillovers that "
        "exceed dispersion",
        "several_equilibria": f"the first is what the baseline leads to, and further starts found "
        f"others ({c.searched}): report all of them (`.others` are their states, each a `start`), "
        "or weaken spillovers",
    }.get(e.verdict, "")
    return (
        f"{e.verdict}: {VERDICTS[e.verdict]}. Residual {c.residual:.2g} (at most {RESIDUAL:g}), "
        f"error bound {c.error_bound:.2g} (at most {ERROR:g}), gap {c.gap:.2g}; largest excess "
        f"demand at {e.baseline.labels[worst]!r}; tried {tried or 'nothing'}. Next: {advice}. With "
        "throw=False the state is returned with its verdict",
        f"均衡未获认证（{e.verdict}）：残差 {c.residual:.2g}，误差界 {c.error_bound:.2g}，"
        f"最大偏差地点 {e.baseline.labels[worst]}",
    )
