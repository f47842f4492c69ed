"""Routing engines behind one interface: arcs in, least times out."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Protocol

import numpy as np

from buju.errors import NetworkError
from buju.network.engines import cch, dijkstra
from buju.network.engines.arcs import Arcs

Array = np.ndarray

LARGE = 20_000
MANY = 150
"""From so many nodes and origins on, making a contraction order costs less than it saves."""


class Engine(Protocol):
    """A network made ready: minutes of its arcs in, least times of (O, D) out.

    The arcs stay; their minutes may differ from one question to the next. Infinite minutes take
    an arc out. Infinity where there is no way.
    """

    def __call__(self, minutes: Array, origins: Array, destinations: Array) -> Array:
        """Route."""
        ...


ENGINES: dict[str, Callable[[Arcs], Engine]] = {"scipy": dijkstra.Prepared, "cch": cch.Prepared}


def engine(name: str, arcs: Arcs, origins: int | None = None) -> Engine:
    """The engine of that name, made ready for some arcs.

    Parameters
    ----------
    name
        "scipy", "cch", or "auto": the hierarchy where the extra is installed and the network is
        large, SciPy otherwise.
    origins
        How many origins will be asked for; many where not said.

    Raises
    ------
    NetworkError
        No engine has the name.
    MissingExtra
        The engine's extra is not installed.
    """
    if name == "auto":
        large = arcs.nodes >= LARGE and (origins is None or origins >= MANY)
        name = "cch" if large and cch.available() else "scipy"
    if name not in ENGINES:
        near = difflib.get_close_matches(name, ENGINES, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise NetworkError(
            f"no engine is called {name!r}; there are auto, {', '.join(ENGINES)}.{hint}"
        )
    return ENGINES[name](arcs)


def route(name: str, arcs: Arcs, origins: Array, destinations: Array) -> Array:
    """Least times by the engine of that name, asked once."""
    made = engine(name, arcs, min(len(origins), len(destinations)))
    return made(arcs.minutes, origins, destinations)
