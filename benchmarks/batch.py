"""A thousand scenarios of one economy of 128 places: one by one, as a batch, by two processes.

Writes `results/batch.json`. Each scenario scales productivity and one line's commuting and trade
costs; the answers of all ways are compared. Peers: none of the public toolkits solves batches; one
by one is the peer.

Scenarios share one factored Jacobian; they are not stacked into arrays of three axes. `stacking`
measures why: even if the evaluations of 64 stacked scenarios cost nothing but their kernel
products, it would save the share of a scenario that stands there. The rest forms and factors each
scenario's own Jacobian for its certificate, which LAPACK does one matrix at a time.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from buju.simulate import (
    Baseline,
    CommutingTrade,
    Equilibrium,
    Shocks,
    batch,
    counterfactual,
    prefactored,
)
from buju.simulate.balance import balance
from buju.simulate.conditioning import conditioning
from buju.simulate.problem import Problem

PLACES, SCENARIOS = 128, 1000
REPEATS = 5
"""Of the run by processes, which depends most on what else the cores do; all are kept."""
EVALUATIONS_AFTER = 11
"""What the certificate and the outcomes evaluate after the solver is done."""
MODEL = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, delta=0.25)


def economy(places: int = PLACES) -> Baseline:
    """A synthetic economy of clustered places."""
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 300, (places, 2))
    minutes = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 10
    names = [str(k) for k in range(places)]
    residents = np.exp(rng.normal(0, 0.7, places))
    jobs = residents * np.exp(rng.normal(0, 0.2, places))
    jobs *= residents.sum() / jobs.sum()
    wage = np.exp(rng.normal(0, 0.3, places))
    people = balance(-0.07 * minutes, residents, jobs, names)
    income = people @ wage / people.sum(axis=1)
    goods = balance(
        -1.29 * np.log(minutes), income * people.sum(axis=1), wage * people.sum(axis=0), names
    )
    return Baseline(
        commuting=people / people.sum(),
        trade=goods / goods.sum(axis=1, keepdims=True),
        wage=wage,
        income=income,
        jobs=people.sum(axis=0),
        residents=people.sum(axis=1),
    )


def scenarios(places: int = PLACES, count: int = SCENARIOS) -> list[Shocks]:
    """Productivity of every place by a little, and one line faster."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(count):
        line = rng.choice(places, 6, replace=False)
        cost = np.ones((places, places))
        cost[np.ix_(line, line)] = rng.uniform(0.85, 1.0)
        np.fill_diagonal(cost, 1.0)
        productivity = np.exp(rng.normal(0, 0.02, places))
        found.append(Shocks(productivity=productivity, commuting_cost=cost, trade_cost=cost))
    return found


def stacking(places: int) -> dict[str, float]:
    """What stacking 64 scenarios could save at most, as a share of a scenario's seconds."""
    base, (shock,) = economy(places), scenarios(places, 1)
    solver = prefactored(MODEL, base)
    seconds = _median(lambda: counterfactual(MODEL, base, shock, solver=solver))
    found = counterfactual(MODEL, base, shock, solver=solver)
    problem, many = Problem(MODEL, found.world), 64
    line = problem.linearise(found.state)
    kernels = np.stack([found.world.T.matrix + k for k in range(many)])
    vectors = np.random.default_rng(0).random((many, places, 1))
    evaluation = _median(lambda: problem.value(found.state))
    # K twice, its transpose, T and its transpose: five products, all of them timed as plain ones
    products = 5 * _median(lambda: kernels @ vectors) / many
    jacobian = _median(line.matrix)
    certificate = _median(lambda: conditioning(problem, line))
    evaluations = found.certificate.rungs[0][1] + EVALUATIONS_AFTER
    return {
        "places": places,
        "scenario_ms": round(1e3 * seconds, 3),
        "evaluation_ms": round(1e3 * evaluation, 4),
        "its_products_stacked_ms": round(1e3 * products, 4),
        "evaluations": evaluations,
        "most_it_could_save": round(evaluations * (evaluation - products) / seconds, 3),
        "jacobian_ms": round(1e3 * jacobian, 3),
        "conditioning_with_jacobian_ms": round(1e3 * certificate, 3),
    }


def _median(function: Callable[[], object], runs: int = 31) -> float:
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def timed(function: Callable[[], list[Equilibrium]]) -> tuple[list[Equilibrium], dict[str, float]]:
    """What a function finds, its seconds, and this process's share of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = function()
    return found, {
        "seconds": round(time.perf_counter() - wall, 2),
        "processor_seconds": round(time.process_time() - cpu, 2),
    }


def main() -> None:
    """Time, compare, keep."""
    load = round(os.getloadavg()[0], 2)
    base, shocks = economy(), scenarios()
    counterfactual(MODEL, base, shocks[0])
    alone, one_by_one = timed(lambda: [counterfactual(MODEL, base, shock) for shock in shocks])
    together, in_turn = timed(lambda: batch(MODEL, base, shocks))
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        list(executor.map(abs, range(8)))
        batch(MODEL, base, shocks[:16], executor=executor)
        processes = []
        for _ in range(REPEATS):
            spread, taken = timed(lambda: batch(MODEL, base, shocks, executor=executor))
            processes.append(taken["seconds"])
    pairs = list(zip(alone, together, strict=True))
    result = {
        "what": f"{SCENARIOS} counterfactuals at N = {PLACES}, each with its certificate",
        "one_by_one": one_by_one,
        "batch": in_turn,
        "batch_two_processes": {"seconds": statistics.median(processes), "all": processes},
        "load_before": load,
        "solvers": sorted({rung[0] for one in together for rung in one.certificate.rungs}),
        "largest_difference_of_states": float(
            max(np.abs(a.state - b.state).max() for a, b in pairs)
        ),
        "largest_difference_of_welfare": max(abs(a.welfare - b.welfare) for a, b in pairs),
        "largest_relative_difference_of_gaps": max(
            abs(a.certificate.gap / b.certificate.gap - 1) for a, b in pairs
        ),
        "processes_equal_bit_by_bit": all(
            (a.state == b.state).all() for a, b in zip(together, spread, strict=True)
        ),
        "certified": sum(e.verdict == "certified" for e in together),
        "stacking": [stacking(places) for places in (PLACES, 186)],
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "unset"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    path = Path(__file__).parent / "results/batch.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
