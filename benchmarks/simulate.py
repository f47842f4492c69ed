"""Counterfactuals by size: seconds, work and peak memory, in a fresh process for each size.

Writes `results/simulate.json`. Two changes of one synthetic economy, calibrated from totals: a fast
line (times along a corridor halved) and a border (all trade costs across a line doubled). Seconds
are medians of warm runs and depend on the machine and what else runs on it: processor seconds and
the load stand beside them. Memory counts inputs. `islands` are two halves tied by flows of 1e-9 of
income, solved exactly or refused; `parity` is the largest difference between NumPy and JAX.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from buju import simulate

HERE = Path(__file__).parent
SIZES = (117, 400, 1000, 3000)
RUNS = 5
MODEL = simulate.CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4.0, delta=0.25)


def economy(n: int) -> tuple[simulate.Costs, pd.DataFrame, np.ndarray, simulate.Baseline]:
    """Places clustered around a few cities, calibrated from totals."""
    draw = np.random.default_rng(n)
    centres = draw.random((max(3, n // 60), 2)) * 600
    places = centres[draw.integers(len(centres), size=n)] + draw.normal(size=(n, 2)) * 25
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    labels = [f"{i:04d}" for i in range(n)]
    minutes = pd.DataFrame(12 + 0.9 * away, index=labels, columns=labels)
    residents = np.exp(12 + 0.8 * draw.normal(size=n))
    jobs = residents * np.exp(0.2 * draw.normal(size=n))
    jobs *= residents.sum() / jobs.sum()
    costs = simulate.Costs(
        commuting=simulate.CostFunction.from_elasticity("exponential", 0.07, MODEL.epsilon),
        trade=simulate.CostFunction.from_elasticity("power", 1.29, MODEL.sigma - 1),
    )
    totals = simulate.Totals(
        residents=residents, jobs=jobs, wage=np.exp(0.2 * draw.normal(size=n)),
        minutes_commuting=minutes, minutes_trade=minutes,
    )  # fmt: skip
    return costs, minutes, places, simulate.calibrate(totals, MODEL, costs)


def changes(costs: simulate.Costs, minutes: pd.DataFrame, places: np.ndarray) -> dict[str, object]:
    """The two shocks."""
    x, y = places.T
    along = np.abs(y - np.median(y)) < 60
    faster = minutes.where(~np.logical_and.outer(along, along) | np.eye(len(x), dtype=bool),
                           minutes / 2)  # fmt: skip
    west = x < np.median(x)
    border = np.where(np.not_equal.outer(west, west), 2.0, 1.0)
    return {
        "fast line": simulate.Shocks(
            commuting_cost=costs.commuting.hat(minutes, faster).to_numpy(),
            trade_cost=costs.trade.hat(minutes, faster).to_numpy(),
        ),
        "border": simulate.Shocks(trade_cost=border),
    }


def timed(function: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Seconds and processor seconds of a first run and of `RUNS` more."""
    seconds, busy = [], []
    for _ in range(RUNS + 1):
        begun, worked = time.perf_counter(), time.process_time()
        function()
        seconds.append(time.perf_counter() - begun)
        busy.append(time.process_time() - worked)
    return seconds, busy


def islands() -> dict[str, object]:
    """Two halves of 60 places that exchange 1e-9 of income: how well their payments balance."""
    *_, whole = economy(120)
    far = np.not_equal.outer(*(np.arange(120) < 60,) * 2)
    cut = simulate.Shocks(
        trade_cost=np.where(far, 1e3, 1.0), commuting_cost=np.where(far, np.inf, 1.0)
    )
    found = simulate.counterfactual(MODEL, whole, cut, throw=False)
    flows = found.flows()
    people = (found.residents * whole.residents).sum()
    spent = (people * flows["commuting"] @ (whole.wage * found.wage))[:, None] * flows["trade"]
    return {
        "crossing_trade_over_income": float(spent[far].sum() / spent.sum()),
        "verdict": found.verdict,
        "block_balance": found.certificate.block_balance,
        "residual": found.certificate.residual,
        "error_bound": found.certificate.error_bound,
    }


def parity(n: int = 400) -> dict[str, object]:
    """Largest relative differences between NumPy and JAX of one economy's hats and derivatives."""
    costs, minutes, places, baseline = economy(n)
    shocks = changes(costs, minutes, places)["fast line"]
    one, two = (
        simulate.counterfactual(MODEL, baseline, shocks, backend=b) for b in ("numpy", "jax")
    )
    slopes, other = (simulate.gradient(one, backend=b) for b in ("numpy", "jax"))
    names = ("wage", "rent", "price", "residents", "jobs")
    return {
        "places": n,
        "hats": max(float(np.abs(getattr(two, k) / getattr(one, k) - 1).max()) for k in names),
        "derivatives": max(float(np.abs(other[k] - slopes[k]).max()) for k in slopes),
        "accelerator": "none at hand; JAX on its CPU device",
    }


def measure(n: int) -> dict[str, object]:
    """All figures of one size."""
    begun = time.perf_counter()
    costs, minutes, places, baseline = economy(n)
    result: dict[str, object] = {"places": n, "calibrate_s": round(time.perf_counter() - begun, 4)}
    for name, shocks in changes(costs, minutes, places).items():
        found = simulate.counterfactual(MODEL, baseline, shocks)
        seconds, busy = timed(partial(simulate.counterfactual, MODEL, baseline, shocks))
        slopes, slopes_busy = timed(partial(simulate.gradient, found))
        tracemalloc.start()
        simulate.counterfactual(MODEL, baseline, shocks)
        peak = tracemalloc.get_traced_memory()[1] + sum(
            a.nbytes for a in (baseline.commuting, baseline.trade,
                               np.asarray(shocks.commuting_cost), np.asarray(shocks.trade_cost))
        )  # fmt: skip
        tracemalloc.stop()
        c = found.certificate
        result[name] = {
            "first_s": round(seconds[0], 4),
            "warm_median_s": round(statistics.median(seconds[1:]), 4),
            "warm_median_processor_s": round(statistics.median(busy[1:]), 4),
            "gradient_first_s": round(slopes[0], 4),
            "gradient_s": round(statistics.median(slopes[1:]), 4),
            "gradient_processor_s": round(statistics.median(slopes_busy[1:]), 4),
            "gradient_over_solve": round(
                statistics.median(slopes_busy[1:]) / statistics.median(busy[1:]), 2
            ),
            "evaluations": c.evaluations,
            "jacobian_products": c.products,
            "peak_memory_mib": round(peak / 2**20, 1),
            "peak_over_8_n2_bytes": round(peak / (8 * n * n), 2),
            "residual": c.residual,
            "gap": round(c.gap, 4),
            "error_bound": c.error_bound,
            "welfare": round(found.welfare, 8),
        }
    return result


def main() -> None:
    """Measure every size in a process of its own and keep the figures."""
    if sys.argv[1:] == ["parity"]:
        print(json.dumps(parity()))
        return
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    rows = []
    for n in SIZES:
        done = subprocess.run(
            [sys.executable, __file__, str(n)], capture_output=True, text=True, check=True
        )
        rows.append(json.loads(done.stdout))
        print(json.dumps(rows[-1], indent=1))
    load = round(os.getloadavg()[0], 2)
    alike = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, "parity"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    result = {
        "what": "one counterfactual, kernels and certificate included; warm median of 5",
        "memory": "up to 200 places the certificate forms the Jacobian of the 2N unknowns (4 times "
        "8 N2 bytes), its factors and those of a shifted one: at most some 10 MiB there; from 200 "
        "on it works by products, unless they do not settle the gap of an economy of up to 500",
        "model": MODEL.switches(),
        "sizes": rows,
        "islands": islands(),
        "parity": json.loads(alike.stdout),
        "load": load,
        "cores": os.cpu_count(),
        "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "unset"),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    (HERE / "results/simulate.json").write_text(
        json.dumps(result, indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
