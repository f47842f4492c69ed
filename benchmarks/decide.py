"""Choices under budgets, link values and targets: seconds, gaps and errors.

Writes `results/decide.json`. `python benchmarks/decide.py portfolio` runs one part and keeps the
others' figures. Seconds depend on the machine and on what else runs on it; processor seconds less.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from buju import decide
from buju.decide.marginal.adjoint import slopes
from buju.decide.marginal.link_values import resolved
from buju.study import prepare_study

HERE = Path(__file__).parent
RUNS = 3
LIMIT = 20.0
"""Seconds after which a choice is returned with the gap it has."""


def timed(work: Callable[[], object], runs: int = RUNS) -> tuple[object, dict[str, float]]:
    """The last result, and medians of wall and processor seconds."""
    wall, cpu, found = [], [], None
    for _ in range(runs):
        begun, busy = time.perf_counter(), time.process_time()
        found = work()
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - busy)
    seconds = {"wall_s": statistics.median(wall), "cpu_s": statistics.median(cpu)}
    return found, {name: round(value, 3) for name, value in seconds.items()}


def programme(seed: int = 0, schedule: float = 0.0) -> decide.Programme:
    """200 projects, 300 interactions of both signs, 5 budgets, 20 exclusions, 20 prerequisites."""
    draw = np.random.default_rng(seed)
    codes = [f"P{k:03d}" for k in range(200)]
    cost = np.round(draw.lognormal(0.5, 0.8, 200), 2)
    projects = pd.DataFrame(
        {
            "project": codes,
            "cost": cost,
            "benefit": np.round(cost * draw.uniform(0.4, 2.2, 200), 3),
            "duration": draw.integers(1, 4, 200),
            "region": draw.choice([f"R{k}" for k in range(11)], 200),
        }
    )
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < 300:
        i, j = sorted(draw.choice(200, 2, replace=False).tolist())
        pairs.add((i, j))
    several = draw.permutation(200)
    return decide.Programme(
        projects=projects,
        budgets={2027 + t: float(np.round(cost.sum() * 0.09, 1)) for t in range(5)},
        interactions=pd.DataFrame(
            [(codes[i], codes[j], round(float(draw.normal(0, 0.5)), 3)) for i, j in sorted(pairs)],
            columns=["a", "b", "benefit"],
        ),
        exclusions=[[codes[i], codes[j]] for i, j in several[:40].reshape(20, 2)],
        prerequisites=pd.DataFrame(
            [(codes[max(i, j)], codes[min(i, j)], 1) for i, j in several[40:80].reshape(20, 2)],
            columns=["project", "needs", "lag"],
        ),
        schedule=schedule,
    )


def portfolio() -> dict[str, object]:
    """Ten drawn programmes of the size asked for; five of them with later starts discounted."""
    rows = []
    for seed in range(10):
        for schedule in (0.0, 0.08) if seed < 5 else (0.0,):
            asked = programme(seed, schedule)
            found, seconds = timed(
                lambda asked=asked: decide.select(asked, gap=1e-4, time_limit=LIMIT), 1
            )
            assert isinstance(found, decide.Portfolio)
            rows.append(
                {
                    "seed": seed,
                    "rate": schedule,
                    **seconds,
                    "value": round(found.value, 4),
                    "gap": float(f"{found.gap:.3g}"),
                    "chosen": len(found.chosen),
                    "status": found.status,
                }
            )
    plain = [r for r in rows if not r["rate"]]
    return {
        "what": "select: 200 projects, 300 interactions, 5 yearly budgets, 20 exclusions, "
        "20 prerequisites with a lag of a year, gap 1e-4, reasons included; at most 20 s",
        "median_wall_s": statistics.median(r["wall_s"] for r in plain),
        "largest_wall_s": max(r["wall_s"] for r in plain),
        "within_10_s": sum(r["wall_s"] <= 10 for r in plain),
        "of": len(plain),
        "largest_gap": max(r["gap"] for r in plain),
        "discounted_median_wall_s": statistics.median(r["wall_s"] for r in rows if r["rate"]),
        "discounted_largest_gap": max(r["gap"] for r in rows if r["rate"]),
        "runs": rows,
    }


def shanxi() -> decide.NetworkEconomy:
    """The Shanxi study's own costs, elasticities and groups."""
    study = prepare_study(HERE.parent / "examples/shanxi")
    world = study.world
    return decide.NetworkEconomy(
        region=study.run.region,
        base=world.base,
        model=world.model,
        costs=world.costs,
        baseline=world.prepared.baseline,
        solver=world.solver,
    )


def links() -> dict[str, object]:
    """Every link of Shanxi: seconds beside those of a solve, and the ten largest solved again."""
    economy = shanxi()
    line = replace(economy.base, name="line", projects=("P01",))

    def routed() -> object:
        forget(economy)
        return economy.solve(line)

    forget(economy)
    economy.solve(line)
    _, solve = timed(routed, 9)
    now, bare = timed(lambda: economy.solve(line), 9)
    found, values = timed(lambda: decide.link_values(economy, line, equilibrium=now), 9)
    _, adjoint = timed(lambda: slopes(now, decide.Welfare()), 9)
    assert isinstance(found, decide.LinkValues)
    largest = found.links["per_minute_saved"].abs().sort_values(ascending=False).index[:10]
    top = found.links.loc[largest]
    again = resolved(economy, line, list(top["link_id"]))
    miss = np.abs(top["per_minute_saved"].to_numpy() / again["per_minute_saved"].to_numpy() - 1)
    return {
        "what": "worth of a minute saved on every link of the Shanxi network with the first line "
        "built; a solve routes people and freight on a new network and finds the equilibrium",
        "places": len(economy.places),
        "links": len(found.links),
        "solve": solve,
        "equilibrium_alone": bare,
        "link_values": values,
        "adjoint_alone": adjoint,
        "over_solve": round(values["wall_s"] / solve["wall_s"], 2),
        "ten_largest_relative_difference": float(f"{miss.max():.2g}"),
    }


def forget(economy: decide.NetworkEconomy) -> None:
    """Times of other networks than the base's, so that the next solve routes again."""
    for key in [k for k in economy._times if k[0] != economy.base]:
        del economy._times[key]


def targets() -> dict[str, object]:
    """Levers of a zone and of a line in Shanxi: equilibria solved, and the target solved again."""
    economy = shanxi()
    rows = economy.region.members("taixin_zone")
    zone = dict(zip(rows["place"], rows["weight"], strict=True))
    line = replace(economy.base, name="line", projects=("P01",))
    own = economy.region.links
    built = decide.Speed(links=tuple(own.loc[own["project"] == "P01", "link_id"]))
    asked = [
        (decide.Hat("productivity", zone), decide.RealProduct(zone), 1.05, economy.base),
        (decide.Hat("productivity", zone), decide.Residents(zone), 1.03, economy.base),
        (decide.Hat("housing", zone), decide.Residents(zone), 1.02, economy.base),
        (decide.Hat("amenity", zone), decide.Residents(zone), 1.10, economy.base),
        (decide.Hat("migration_cost", zone), decide.Residents(zone), 1.02, economy.base),
        (built, decide.Welfare(zone), 1.000002, line),
    ]
    found = []
    for lever, outcome, level, scenario in asked:
        answer, seconds = timed(
            lambda a=(economy, outcome, level, lever), s=scenario: decide.reach_target(
                *a, scenario=s
            ),
            3,
        )
        assert isinstance(answer, decide.Reached)
        ends = []
        for s in (0.0, float(np.log(answer.factor))):
            at, hats = lever.moved(economy, scenario, s)
            e = economy.solve(at, **hats)
            ends.append(float(outcome.of(e.model, e.state, e.world, e.baseline.labels)))
        again = float(np.exp(ends[1] - ends[0]))
        found.append(
            {
                "lever": lever.name[0],
                "outcome": outcome.name[0],
                "target": level,
                "factor": round(answer.factor, 6),
                "solves": answer.solves,
                "missed_when_solved_again": float(f"{abs(again / level - 1):.2g}"),
                **seconds,
            }
        )
    return {
        "what": "reach_target on Shanxi, each target solved again from a cold start",
        "most_solves": max(r["solves"] for r in found),
        "largest_miss": max(r["missed_when_solved_again"] for r in found),
        "runs": found,
    }


PARTS: dict[str, Callable[[], dict[str, object]]] = {
    "portfolio": portfolio,
    "links": links,
    "targets": targets,
}


def main() -> None:
    """Measure the parts named, all of them by default, and keep the figures."""
    path = HERE / "results/decide.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in sys.argv[1:] or PARTS:
        kept[name] = PARTS[name]()
        print(json.dumps({name: kept[name]}, indent=1))
    kept["machine"] = {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
