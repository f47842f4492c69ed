"""The index: a panel of all cities and ten thousand replications. Writes `results/index.json`.

Wall seconds and CPU seconds are medians of five runs in this process; peak memory is that of the
process during one more run, less what it held before. The bars: 10,000 replications of 51 units by
49 indicators with every choice varying in 5 s and 1 GiB; 337 cities by 60 indicators by 10 years in
2 s.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from buju.measure import index
from buju.study.assessing import assemble, figures
from buju.study.load import load_study

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples/shanxi"
RUNS = 5
BASE = {
    "impute": {"method": "group_mean", "group": "region"},
    "screen": {"min_availability": 0.9},
    "treat": {"method": "winsorise"},
    "normalise": {"method": "min_max", "lower": 1, "upper": 100},
    "aggregate": {"method": "arithmetic"},
}
VARY = {
    "impute": [{"method": "group_mean", "group": "region"}, {"method": "median"}],
    "treat.max_points": [1, 3, 5],
    "normalise": [{"method": "min_max", "lower": 1, "upper": 100}, {"method": "rank"},
                  {"method": "z_score", "mean": 50, "sd": 5}],
    "weight": {"noise": 0.25, "levels": [1, 2, 3]},
    "aggregate": [{"method": "arithmetic"}, {"method": "geometric"}],
    "indicators": {"noise": 0.02},
}  # fmt: skip


def case(units: int, indicators: int, years: int = 0) -> index.Indicators:
    """Skewed, correlated figures with 3 % of the cells missing, in three levels."""
    draw = np.random.default_rng(units)
    codes = [f"x{j:02d}" for j in range(indicators)]
    rows = [
        {"code": c, "parent": f"p{j % 8}", "direction": 1 if j % 3 else -1}
        for j, c in enumerate(codes)
    ]
    rows += [{"code": f"p{k}", "parent": f"s{k % 2}"} for k in range(8)]
    rows += [{"code": "s0", "parent": "i"}, {"code": "s1", "parent": "i"},
             {"code": "i", "parent": ""}]  # fmt: skip
    n = units * max(years, 1)
    x = np.exp(draw.normal(size=(n, indicators)) * draw.uniform(0.2, 1.2, indicators)
               + 0.3 * draw.normal(size=(n, 1)))  # fmt: skip
    x[draw.random(x.shape) < 0.03] = np.nan
    labels = [f"u{k:03d}" for k in range(units)]
    rows_index = pd.Index(labels)
    if years:
        rows_index = pd.MultiIndex.from_product([range(2011, 2011 + years), labels])
    groups = pd.DataFrame({"region": (list("abc") * n)[:n]}, index=rows_index)
    values = pd.DataFrame(x, index=rows_index, columns=codes)
    return index.make_indicators(index.read_tree(rows), values, groups=groups)


def shanxi() -> tuple[index.Indicators, dict[str, object]]:
    """Indicators and spec of the assessment of the example."""
    study = load_study(EXAMPLE)
    spec = study.spec.assess
    table = figures(study.region, spec, EXAMPLE)
    return assemble(study.region, spec, table).data, {**spec.steps, "vary": spec.vary}


def measure(what: str, work: Callable[[], object], bar: str) -> dict[str, object]:
    """Median wall and CPU seconds, and peak memory of Python and its arrays."""
    walls, cpus = [], []
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    row = {
        "what": what, "wall_s": round(statistics.median(walls), 3),
        "least_wall_s": round(min(walls), 3), "cpu_s": round(statistics.median(cpus), 3),
        "peak_memory_mib": round(peak / 2**20, 1), "bar": bar,
    }  # fmt: skip
    print(json.dumps(row))
    return row


def main() -> None:
    """Measure the cases and keep the figures."""
    asem, cities, eleven = case(51, 49), case(337, 60, 10), shanxi()
    spec = {**BASE, "vary": VARY}
    result = {
        "rows": [
            measure("composite, 51 x 49", lambda: index.composite(asem, BASE), "none"),
            measure(
                "10,000 replications, 51 x 49, every choice varying, and Sobol shares "
                "(13,000 runs of the index)",
                lambda: index.robustness(asem, spec, draws=10_000, seed=1), "5 s, 1 GiB",
            ),
            measure("composite, 337 x 60 x 10 years", lambda: index.composite(cities, BASE), "2 s"),
            measure(
                "10,000 replications, eleven cities of Shanxi, 13 indicators, as in the study",
                lambda: index.robustness(*eleven, draws=10_000, seed=2020), "5 s",
            ),
            measure(
                "what would move a unit up one place, 51 x 49",
                lambda: index.what_would_move(asem, BASE, "u001", 1), "none",
            ),
            measure(
                "SMAA, 200,000 weightings, 51 x 8",
                lambda: index.smaa(np.random.default_rng(0).random((51, 8)), draws=200_000, seed=0),
                "none",
            ),
            measure(
                "benefit of the doubt, 51 x 8",
                lambda: index.benefit_of_the_doubt(
                    np.random.default_rng(0).uniform(1, 100, (51, 8))
                ), "none",
            ),
        ],
        "cores": os.cpu_count(), "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "unset"),
        "machine": platform.machine(), "python": platform.python_version(),
        "numpy": np.__version__,
    }  # fmt: skip
    text = json.dumps(result, indent=2) + "\n"
    (HERE / "results/index.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
