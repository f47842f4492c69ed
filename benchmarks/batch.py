"""A thousand scenarios of one economy of 128 places, in turn and by processes.

Writes `results/batch.json`. Each scenario scales productivity and one line's commuting and trade
costs; the answers of both ways are compared bit by bit. Peers: none of the public toolkits solves
batches; one by one is the peer.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from buju.simulate import Baseline, CommutingTrade, Shocks, batch, counterfactual
from buju.simulate.balance import balance

PLACES, SCENARIOS = 128, 1000
MODEL = CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, delta=0.25)


def economy() -> Baseline:
    """A synthetic economy of clustered places."""
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 300, (PLACES, 2))
    minutes = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 10
    names = [str(k) for k in range(PLACES)]
    residents = np.exp(rng.normal(0, 0.7, PLACES))
    jobs = residents * np.exp(rng.normal(0, 0.2, PLACES))
    jobs *= residents.sum() / jobs.sum()
    wage = np.exp(rng.normal(0, 0.3, PLACES))
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


def scenarios() -> list[Shocks]:
    """Productivity of every place by a little, and one line faster."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(SCENARIOS):
        line = rng.choice(PLACES, 6, replace=False)
        cost = np.ones((PLACES, PLACES))
        cost[np.ix_(line, line)] = rng.uniform(0.85, 1.0)
        np.fill_diagonal(cost, 1.0)
        productivity = np.exp(rng.normal(0, 0.02, PLACES))
        found.append(Shocks(productivity=productivity, commuting_cost=cost, trade_cost=cost))
    return found


def main() -> None:
    """Time, compare, keep."""
    base, shocks = economy(), scenarios()
    counterfactual(MODEL, base, shocks[0])
    start = time.perf_counter()
    alone = [counterfactual(MODEL, base, shock) for shock in shocks]
    in_turn = time.perf_counter() - start
    with ProcessPoolExecutor(2, get_context("spawn")) as executor:
        list(executor.map(abs, range(8)))
        batch(MODEL, base, shocks[:16], executor=executor)
        start = time.perf_counter()
        together = batch(MODEL, base, shocks, executor=executor)
        spread = time.perf_counter() - start
    gap = max(abs(a.welfare - b.welfare) for a, b in zip(alone, together, strict=True))
    states = max(np.abs(a.state - b.state).max() for a, b in zip(alone, together, strict=True))
    result = {
        "what": f"{SCENARIOS} counterfactuals at N = {PLACES}, each with its certificate",
        "one_by_one_seconds": round(in_turn, 2),
        "batch_two_processes_seconds": round(spread, 2),
        "ratio": round(in_turn / spread, 2),
        "largest_difference_of_states": float(states),
        "largest_difference_of_welfare": float(gap),
        "certified": sum(e.verdict == "certified" for e in together),
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
