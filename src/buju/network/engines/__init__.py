"""Routing engines behind one interface: arcs in, least times out."""

from __future__ import annotations

import difflib
from typing import Protocol

import numpy as np

from buju.errors import NetworkError
from buju.network.engines import cch, dijkstra
from buju.network.engines.arcs import Arcs

Array = np.ndarray


class Engine(Protocol):
    """Least times from each origin to each destination, (O, D); infinity where there is no way."""

    def __call__(self, arcs: Arcs, origins: Array, destinations: Array) -> Array:
        """Route."""
        ...


ENGINES: dict[str, Engine] = {"scipy": dijkstra.route, "cch": cch.route}


def engine(name: str) -> Engine:
    """The engine of that name.

    Raises
    ------
    NetworkError
        No engine has the name.
    """
    if name not in ENGINES:
        near = difflib.get_close_matches(name, ENGINES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise NetworkError(f"no engine is called {name!r}; there are {', '.join(ENGINES)}.{hint}")
    return ENGINES[name]
