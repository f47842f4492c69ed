"""Rail scenarios in milliseconds: roads routed once, trains joined on in the (min, +) algebra."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from buju.errors import NetworkError
from buju.network.algebra import min_plus
from buju.network.engines import dijkstra
from buju.network.engines.arcs import Arcs
from buju.network.routing import Router

Array = np.ndarray


@final
@dataclass(frozen=True)
class Trains:
    """The line-level graph of trains: boarding, riding, dwelling and alighting as arcs.

    Nodes count from 0. `enter[s]` is where people who come by road to station s stand, `leave[s]`
    where those stand who alighted there; they may be one node or, where a change costs another
    wait than a first boarding, two.
    """

    tail: Array
    head: Array
    minutes: Array
    nodes: int
    enter: Array
    leave: Array


@final
@dataclass(frozen=True)
class Hubs:
    """Road times between origins, stations and destinations, ready for any trains.

    Attributes
    ----------
    road
        Origins to destinations by road, (O, D).
    access, egress
        Origins to stations, (O, S), and stations to destinations, (S, D).
    between
        Stations to stations by road, (S, S).
    """

    road: Array
    access: Array
    between: Array
    egress: Array

    @classmethod
    def prepare(cls, roads: Router, origins: Any, destinations: Any, stations: Any) -> Hubs:
        """Route the roads, once.

        Parameters
        ----------
        roads
            The road network.
        origins, destinations, stations
            Nodes of it, (O,), (D,) and (S,).

        Raises
        ------
        NetworkError
            A node is not in the network.
        """
        starts, ends = (np.concatenate([np.atleast_1d(side), np.atleast_1d(stations)]).astype(int)
                        for side in (origins, destinations))  # fmt: skip
        whole = roads.times(starts, ends)
        o, d = np.size(origins), np.size(destinations)
        return cls(whole[:o, :d], whole[:o, d:], whole[o:, d:], whole[o:, :d])

    def closure(self, trains: Trains) -> Array:
        """Least minutes between stations with at least one boarding, (S, S).

        Between two rides people may go by road from one station to another: closing over rides
        alone would miss such ways.

        Raises
        ------
        NetworkError
            Trains name another number of stations, or have negative minutes.
        """
        size = len(self.between)
        if not len(trains.enter) == len(trains.leave) == size:
            raise NetworkError(
                f"trains have {len(trains.enter)} and {len(trains.leave)} stations, the roads were "
                f"routed for {size}; prepare the hubs for the stations of all scenarios",
                f"列车的车站数（{len(trains.enter)}）与道路预算的车站数（{size}）不一致",
            )
        i, j = np.nonzero(np.isfinite(self.between) & ~np.eye(size, dtype=bool))
        arcs = Arcs.checked(
            np.concatenate([trains.tail, trains.leave[i]]),
            np.concatenate([trains.head, trains.leave[j]]),
            np.concatenate([trains.minutes, self.between[i, j]]),
            trains.nodes,
        )
        return dijkstra.route(arcs, trains.enter, trains.leave)

    def times(self, trains: Trains | None, *, ridden: bool = False) -> Array:
        """Least minutes from origins to destinations, (O, D): min(R, A ⊗ T* ⊗ E).

        Parameters
        ----------
        trains
            None: by road alone.
        ridden
            Whether a way must have a boarding in it.

        Raises
        ------
        NetworkError
            As in `closure`.

        References
        ----------
        Carré (1971), An algebra for network routing problems, IMA J. of Applied Mathematics 7(3).
        """
        if trains is None:
            return np.full_like(self.road, np.inf) if ridden else self.road.copy()
        by_rail = min_plus(self.access, self.closure(trains), self.egress)
        return by_rail if ridden else np.minimum(self.road, by_rail)
