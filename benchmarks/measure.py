"""Access, degree of urbanisation and labour-market areas by size: seconds, and memory beside.

Writes `results/measure.json`. Memory is what a call adds to its inputs at its peak, from a run of
its own under `tracemalloc`, which NumPy tells of its arrays. Seconds depend on the machine and on
what else runs on it; processor seconds less.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter

from buju import measure
from buju.measure import decay

HERE = Path(__file__).parent
RUNS = 3
DECAYS = {
    "cumulative": decay.Cumulative(60),
    "exponential": decay.Exponential(0.05),
    "power": decay.Power(1.5),
    "logistic": decay.Logistic(60, 20),
    "linear": decay.Linear(60),
    "steps": decay.Steps(((15, 1.0), (30, 0.68), (60, 0.22))),
}


def timed(work: Callable[[], object], runs: int = RUNS) -> tuple[object, dict[str, float]]:
    """The last result; median wall and processor seconds; memory at the peak of another run."""
    wall, cpu, found = [], [], None
    for _ in range(runs):
        begun, busy = time.perf_counter(), time.process_time()
        found = work()
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - busy)
    tracemalloc.start()
    work()
    added = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    seconds = {"wall_s": statistics.median(wall), "cpu_s": statistics.median(cpu)}
    said = {name: round(value, 3) for name, value in seconds.items()}
    return found, said | {"added_mib": round(added, 1)}


def places(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places on a plane of 500 km and their residents, from a log-normal law."""
    draw = np.random.default_rng(count)
    return draw.uniform(0, 500, (count, 2)), draw.lognormal(10, 1, count)


def access(count: int = 10_000) -> list[dict[str, object]]:
    """Every decay from every place to every place; a tenth of the pairs have no way."""
    at, people = places(count)
    minutes = np.empty((count, count))
    for row, start in enumerate(at):
        minutes[row] = np.hypot(*(at - start).T)  # a kilometre a minute
    cut = np.random.default_rng(1).random(count) < 0.1
    minutes[:, cut] = np.inf
    rows: list[dict[str, object]] = []
    for name, fall in DECAYS.items():
        _, spent = timed(lambda fall=fall: measure.accessibility(minutes, people, fall))
        rows.append({"measure": "accessibility", "decay": name} | spent)
    fall = DECAYS["exponential"]
    for name in ("two_step_floating_catchment", "spatial_availability"):
        method = getattr(measure, name)
        _, spent = timed(lambda method=method: method(minutes, people, people, fall), 1)
        rows.append({"measure": name, "decay": "exponential"} | spent)
    held = round(minutes.nbytes / 2**20)
    return [{"origins_x_destinations": [count, count], "matrix_mib": held} | row for row in rows]


def urbanisation(side: int = 1000) -> dict[str, object]:
    """Cells with towns of all sizes, lakes and buildings, level 2 with every rule."""
    draw = np.random.default_rng(side)
    people = sum(
        weight * gaussian_filter((draw.random((side, side)) < share).astype(float), spread)
        for weight, share, spread in ((2e6, 1e-4, 5.0), (1e5, 1e-3, 2.0), (200, 0.3, 1.0))
    )
    land = (gaussian_filter(draw.random((side, side)), 6.0) > 0.47).astype(float)
    people = np.where(land > 0, people, 0.0)
    built = np.minimum(land, people / 20_000)
    found, spent = timed(
        lambda: measure.degree_of_urbanisation(people, land, built, level=2), runs=5
    )
    codes, counts = np.unique(found, return_counts=True)
    cells = {str(code): int(n) for code, n in zip(codes, counts, strict=True)}
    return {"cells": [side, side], "level": 2, "cells_by_code": cells} | spent


def labour_markets(rate: float, count: int = 400) -> dict[str, object]:
    """Gravity flows between places; how many areas are valid, and how many took reserves."""
    at, people = places(count)
    km = np.linalg.norm(at[:, None] - at[None], axis=2)
    flows = np.outer(people, people) * np.exp(-rate * km) * np.where(np.eye(count), 3.0, 1.0)
    flows *= (people / flows.sum(axis=1))[:, None]
    code = [f"P{k:03d}" for k in range(count)]
    table = pd.DataFrame(
        {
            "residence": np.repeat(code, count),
            "workplace": np.tile(code, count),
            "commuters": np.round(flows.ravel()),
        }
    )
    table = table[table["commuters"] > 0]
    found, spent = timed(
        lambda: measure.labour_market_areas(
            table,
            min_size=1_000,
            target_size=10_000,
            min_self_containment=0.6667,
            target_self_containment=0.75,
        )
    )
    areas = found.attrs["areas"]
    unsound = areas[~areas["valid"] & (areas["reserve_places"] == 0)]
    assert unsound.empty, unsound
    return {
        "places": count,
        "decay_per_km": rate,
        "flows": len(table),
        "areas": len(areas),
        "valid": int(areas["valid"].sum()),
        "not_valid_and_listed_with_reserve_places": int((~areas["valid"]).sum()),
    } | spent


def main() -> None:
    """Measure all and keep the figures."""
    result = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "degree_of_urbanisation": urbanisation(),
        "labour_market_areas": [labour_markets(rate) for rate in (0.03, 0.05, 0.08)],
        "access": access(),
    }
    text = json.dumps(result, indent=1) + "\n"
    (HERE / "results/measure.json").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
