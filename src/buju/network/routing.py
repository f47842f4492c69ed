"""Least times on a bare network, whatever engine finds them."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from buju.errors import NetworkError
from buju.network.engines import dijkstra, route
from buju.network.engines import engine as engine_of
from buju.network.engines.arcs import Arcs, node_ids

Array = np.ndarray


def shortest_times(
    tail: Any, head: Any, minutes: Any, origins: Any, destinations: Any, *, engine: str = "scipy"
) -> Array:
    """Least time from each origin to each destination.

    Parameters
    ----------
    tail, head
        Node ids of each arc's ends, integers from 0, (A,).
    minutes
        Time of each arc, (A,), zero or more; of parallel arcs the fastest counts, and an arc of
        zero minutes is an arc. Infinity means that the arc is not there.
    origins, destinations
        Node ids, (O,) and (D,).
    engine
        "scipy" (exact, always there), "cch" (extra `fast`; rounds arcs to 1e-4 min or finer), or
        "auto" (the second on large networks where it is installed).

    Returns
    -------
    array
        Minutes, (O, D), float64; infinity where there is no way.

    Raises
    ------
    NetworkError
        Negative or NaN minutes, ids that are no nodes, lengths that differ, an unknown engine.
    MissingExtra
        The engine's extra is not installed.

    References
    ----------
    Dijkstra (1959), Numerische Mathematik 1; Dibbelt, Strasser and Wagner (2016), Customizable
    contraction hierarchies, ACM J. of Experimental Algorithmics 21.

    Examples
    --------
    >>> shortest_times([0, 1, 0], [1, 2, 2], [10, 0, 25], [0, 2], [2, 0]).tolist()
    [[10.0, 0.0], [0.0, inf]]
    """
    return route(engine, *_checked(tail, head, minutes, origins, destinations))


@final
class Router:
    """A network made ready once and asked many times, also with other minutes.

    Parameters
    ----------
    tail, head, minutes, engine
        As in `shortest_times`, whose errors it raises.
    nodes
        How many nodes there are; as many as the arcs name where not said.

    Examples
    --------
    >>> roads = Router([0, 1, 0], [1, 2, 2], [10, 0, 25])
    >>> roads.times([0], [2]).tolist(), roads.times([0], [2], minutes=[30, 0, 25]).tolist()
    ([[10.0]], [[25.0]])
    """

    def __init__(
        self,
        tail: Any,
        head: Any,
        minutes: Any,
        *,
        nodes: int | None = None,
        engine: str = "auto",
    ) -> None:
        self.arcs = Arcs.checked(tail, head, minutes, nodes)
        self._engine = engine_of(engine, self.arcs)

    def times(self, origins: Any, destinations: Any, *, minutes: Any = None) -> Array:
        """Least minutes from each origin to each destination, (O, D); infinity where no way is.

        Parameters
        ----------
        origins, destinations
            Node ids.
        minutes
            Other minutes of the same arcs, in their order; infinity takes an arc out.

        Raises
        ------
        NetworkError
            An id that is no node of the network; minutes that are negative, NaN or too few.
        """
        arcs = self.arcs
        if minutes is not None:
            arcs = Arcs.checked(arcs.tail, arcs.head, minutes, arcs.nodes)
        start, end = node_ids(origins, "origins"), node_ids(destinations, "destinations")
        for name, ids in (("origins", start), ("destinations", end)):
            if ids.size and ids.max() >= arcs.nodes:
                raise NetworkError(f"{name} names node {ids.max()} of {arcs.nodes} (from 0)")
        return self._engine(arcs.minutes, start, end)


def shortest_paths(
    tail: Any, head: Any, minutes: Any, origins: Any, destinations: Any
) -> list[Array | None]:
    """A fastest way from each origin to the destination that stands beside it.

    Parameters
    ----------
    tail, head, minutes
        As in `shortest_times`.
    origins, destinations
        Node ids, equally long: way k leads from `origins[k]` to `destinations[k]`.

    Returns
    -------
    list
        For each pair the positions of its arcs (the fastest of parallel ones) in the order of
        travel, so that `minutes[way].sum()` is its time; empty from a node to itself, None where
        there is no way.

    Raises
    ------
    NetworkError
        As in `shortest_times`; or origins and destinations are not equally long.

    Examples
    --------
    >>> ways = shortest_paths([0, 1, 0], [1, 2, 2], [10, 0, 25], [0, 2], [2, 0])
    >>> ways[0].tolist(), ways[1]
    ([0, 1], None)
    """
    arcs, start, end = _checked(tail, head, minutes, origins, destinations)
    if len(start) != len(end):
        raise NetworkError(
            f"shortest_paths pairs origins with destinations, but there are {len(start)} origins "
            f"and {len(end)} destinations"
        )
    return dijkstra.paths(arcs, start, end)


def _checked(
    tail: Any, head: Any, minutes: Any, origins: Any, destinations: Any
) -> tuple[Arcs, Array, Array]:
    start, end = node_ids(origins, "origins"), node_ids(destinations, "destinations")
    most = 1 + max([int(ids.max()) for ids in (start, end) if ids.size], default=-1)
    arcs = Arcs.checked(tail, head, minutes)
    return Arcs(arcs.tail, arcs.head, arcs.minutes, max(arcs.nodes, most)), start, end
