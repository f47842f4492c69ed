"""Skims and link usage on 200,000 nodes: processor seconds an origin, to 1,000 destinations.

Writes `results/usage.json`; the network is that of `network.py`. Seconds depend on the machine.
"""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path

import numpy as np

from buju.network.engines.arcs import Arcs
from buju.network.engines.trees import along, flows, trees
from network import roads

NODES, ORIGINS, DESTINATIONS, QUANTITIES = 200_000, 40, 1_000, 8
clock = time.process_time


def main() -> None:
    tail, head, minutes = roads(NODES)
    arcs = Arcs.checked(tail, head, minutes, NODES)
    draw = np.random.default_rng(1)
    origins, destinations = (draw.choice(NODES, n, replace=False) for n in (ORIGINS, DESTINATIONS))
    weights = draw.random((ORIGINS, DESTINATIONS))
    table = np.repeat(minutes[None], QUANTITIES, axis=0)
    spent, used, total = {"trees": 0.0, "usage": 0.0, "skims": 0.0}, np.zeros(len(tail)), 0.0
    since = clock()
    for rows, before, into in trees(arcs, origins):
        spent["trees"] += clock() - since
        since = clock()
        used += flows(before, into, destinations, weights[rows], len(tail))
        spent["usage"] += clock() - since
        since = clock()
        total += float((along(before, into, destinations, table)[0] * weights[rows]).sum())
        spent["skims"] += clock() - since
        since = clock()
    # What flows over the links times their minutes is what the journeys take: one law, two ways.
    assert abs(used @ minutes - total) < 1e-9 * total
    result = {
        "nodes": NODES,
        "arcs": len(tail),
        "origins": ORIGINS,
        "destinations": DESTINATIONS,
        "quantities": QUANTITIES,
        "cpu_seconds_an_origin": {k: round(v / ORIGINS, 4) for k, v in spent.items()},
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    path = Path(__file__).parent / "results/usage.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(path.read_text())


if __name__ == "__main__":
    main()
