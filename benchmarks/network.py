"""Routing by size, and a rail scenario on top of routed roads, in a fresh process for each size.

Writes `results/network.json`. A planar synthetic road network with two and a half arcs a node;
five rail lines of twelve stations. Seconds depend on the machine and what else runs on it.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from buju.network import Hubs, Router, Trains, shortest_times

HERE = Path(__file__).parent
SIZES = (200_000, 1_000_000)
ENDS, RUNS, SAMPLE = 1000, 5, 10


def roads(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tails, heads and minutes: a spanning tree and the shortest further neighbours, both ways."""
    draw = np.random.default_rng(n)
    at = draw.random((n, 2)) * 500 * np.sqrt(n / 200_000)
    corners = Delaunay(at).simplices
    pairs = np.unique(np.sort(np.vstack([corners[:, [k, k - 1]] for k in range(3)])), axis=0)
    km = np.linalg.norm(at[pairs[:, 0]] - at[pairs[:, 1]], axis=1)
    tree = minimum_spanning_tree(coo_matrix((km, pairs.T), shape=(n, n))).tocoo()
    in_tree = np.isin(pairs @ [n, 1], tree.row.astype(np.int64) * n + tree.col)
    rest = np.flatnonzero(~in_tree)
    rest = rest[np.argsort(km[rest])][: n * 5 // 4 - in_tree.sum()]
    kept = np.concatenate([np.flatnonzero(in_tree), rest])
    minutes = 72 * km[kept] / draw.choice([40, 60, 80, 100], len(kept))
    one, other = pairs[kept].T
    return np.r_[one, other], np.r_[other, one], np.r_[minutes, minutes]


def rail(draw: np.random.Generator) -> Trains:
    """Five lines of twelve stations each; the street nodes come first."""
    vehicles = 60 + np.arange(60)
    street = np.arange(60)
    on = np.delete(np.arange(59), np.arange(11, 59, 12))
    ride = draw.uniform(8, 20, len(on))
    tail = np.r_[street, vehicles, vehicles[on], vehicles[on + 1]]
    head = np.r_[vehicles, street, vehicles[on + 1], vehicles[on]]
    return Trains(tail, head, np.r_[draw.uniform(5, 20, 60), np.zeros(60), ride, ride], 120,
                  street, street)  # fmt: skip


def timed(call: object, runs: int = RUNS) -> tuple[float, float, object]:
    """Median wall and processor seconds, and the last answer."""
    wall, work, found = [], [], None
    for _ in range(runs):
        begun, used = time.perf_counter(), time.process_time()
        found = call()  # type: ignore[operator]
        wall.append(time.perf_counter() - begun)
        work.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(work), found


def measure(n: int) -> dict[str, object]:
    """All figures of one size."""
    tail, head, minutes = roads(n)
    draw = np.random.default_rng(1)
    ends, stations = np.split(draw.choice(n, ENDS + 60, replace=False), [ENDS])
    build, _, router = timed(lambda: Router(tail, head, minutes, engine="cch"), 1)
    query, work, fast = timed(lambda: router.times(ends, ends))
    few = ends[:SAMPLE]
    scipy, _, exact = timed(lambda: shortest_times(tail, head, minutes, few, ends), 1)
    exact_roads = Router(tail, head, minutes, engine="scipy")
    hubs = Hubs.prepare(exact_roads, few, ends, stations)
    fast_hubs = Hubs.prepare(router, ends, ends, stations)
    trains = rail(draw)
    scenario, scenario_work, _ = timed(lambda: fast_hubs.times(trains))
    place = np.r_[stations, n + np.arange(60)]
    whole = shortest_times(np.r_[tail, place[trains.tail]], np.r_[head, place[trains.head]],
                           np.r_[minutes, trains.minutes], few, ends)  # fmt: skip
    return {
        "nodes": n,
        "arcs": len(tail),
        "origins_x_destinations": [ENDS, ENDS],
        "cch_build_s": round(build, 3),
        "cch_query_s": round(query, 4),
        "cch_query_cpu_s": round(work, 4),
        "cch_minus_scipy_max_min": float(np.abs(fast[:SAMPLE] - exact).max()),
        "scipy_s_a_source": round(scipy / SAMPLE, 4),
        "rail_scenario_s": round(scenario, 4),
        "rail_scenario_cpu_s": round(scenario_work, 4),
        "hubs_minus_dijkstra_max_min": float(np.abs(hubs.times(trains) - whole).max()),
        "pairs_faster_by_rail": float((whole < exact - 1e-9).mean()),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure every size in a process of its own and keep the figures."""
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
    result = {"machine": platform.platform(), "python": platform.python_version(), "rows": rows}
    (HERE / "results/network.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
