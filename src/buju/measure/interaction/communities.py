"""Communities of flows: groups of places that exchange more than their sizes suggest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError, missing_extra
from buju.measure.checks import Array, scalar
from buju.measure.delineation.flows import flow_matrix


def communities(flows: pd.DataFrame, *, resolution: float = 1.0, seeds: int = 20) -> pd.DataFrame:
    """Groups of places of largest modularity, and how firmly each place belongs.

    Flows of both directions are added; trips inside a place are left out. The Leiden method runs
    once a seed; the best answer is returned, and the others tell how stable it is.

    Parameters
    ----------
    flows
        `residence`, `workplace` (codes), `commuters` (>= 0).
    resolution
        Above 1: more and smaller groups; below: fewer.
    seeds
        Number of runs.

    Returns
    -------
    DataFrame
        One row a place: `place`, `community` (its place with most flows) and `stability`: the
        share of pairs with other places, together or apart, on which the runs agree with this
        answer (1: all runs agree). `attrs["modularity"]` holds the modularity of each run, in
        the order of seeds.

    Raises
    ------
    MissingExtra
        NetworKit is not installed.
    ParameterError
        No flows between places, or fewer than one seed.

    References
    ----------
    Traag, Waltman and van Eck (2019), Scientific Reports 9 (Leiden); Newman and Girvan (2004),
    Physical Review E 69 (modularity).

    Examples
    --------
    >>> pairs = [("A", "B", 9), ("B", "A", 8), ("C", "D", 9), ("D", "C", 7), ("B", "C", 1)]
    >>> flows = pd.DataFrame(pairs, columns=["residence", "workplace", "commuters"])
    >>> communities(flows)["community"].tolist()
    ['B', 'B', 'C', 'C']
    """
    scalar(resolution, name="resolution", above=0)
    if seeds < 1:
        raise ParameterError(
            f"seeds is {seeds}; give at least 1.", f"seeds 为 {seeds}，应至少为 1。"
        )
    places, matrix = flow_matrix(flows)
    both = matrix + matrix.T
    np.fill_diagonal(both, 0.0)
    if not both.sum() > 0:
        raise ParameterError("flows has no trips between places.", "flows 没有地点之间的出行。")
    runs = np.stack([_leiden(both, resolution, seed) for seed in range(seeds)])
    scores = np.array([modularity(both, run, resolution) for run in runs])
    best = runs[scores.argmax()]
    strength = both.sum(axis=0)
    names = {}
    for group in np.unique(best):
        inside = np.flatnonzero(best == group)
        names[group] = str(places[inside[strength[inside].argmax()]])
    result = pd.DataFrame(
        {
            "place": places,
            "community": [names[group] for group in best],
            "stability": _stability(best, runs),
        }
    )
    result.attrs["modularity"] = scores.tolist()
    return result


def modularity(both: Array, groups: npt.NDArray[np.int64], resolution: float = 1.0) -> float:
    """Share of flow inside groups less what sizes alone would put there; flows both ways added."""
    total = both.sum()
    same = groups[:, None] == groups[None, :]
    strength = both.sum(axis=0)
    expected = resolution * np.outer(strength, strength) / total
    return float(((both - expected) * same).sum() / total)


def _leiden(both: Array, resolution: float, seed: int) -> npt.NDArray[np.int64]:
    try:
        import networkit
    except ImportError as cause:
        raise missing_extra("communities", "communities of flows") from cause
    heads, tails = np.nonzero(np.triu(both, 1))
    graph = networkit.GraphFromCoo(
        (both[heads, tails], (heads, tails)), n=len(both), weighted=True, directed=False
    )
    networkit.setNumberOfThreads(1)  # one thread: the same seed gives the same groups
    networkit.setSeed(seed, False)
    method = networkit.community.ParallelLeiden(
        graph, iterations=10, randomize=True, gamma=resolution
    )
    method.run()
    return np.array(method.getPartition().getVector(), dtype=np.int64)


def _stability(best: npt.NDArray[np.int64], runs: npt.NDArray[np.int64]) -> Array:
    together = best[:, None] == best
    agree = np.zeros(together.shape)
    for run in runs:
        agree += (run[:, None] == run) == together
    np.fill_diagonal(agree, 0.0)
    return np.asarray(agree.sum(axis=1) / (len(runs) * max(len(best) - 1, 1)))
