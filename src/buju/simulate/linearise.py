"""Derivatives for NumPy: one evaluation of a model, kept so that it can be pushed and pulled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.simulate.tape import Tape, Traced

Array = npt.NDArray[np.float64]
DIRECTIONS = 128
"""Columns of a Jacobian that are computed side by side: their tangents stay in the cache."""


@final
class Linearisation:
    """A function's value at a point, with products of its Jacobian and of the transpose.

    Parameters
    ----------
    function
        Takes one vector (or a dict of vectors beside it, see `inputs`) and returns one vector.
    point
        Where to evaluate, (M,).
    inputs
        Named arrays that are passed on as keywords and may be differentiated too.
    quick
        Let products read kernels in float32 where a copy is kept; the value never does.

    Examples
    --------
    >>> line = Linearisation(lambda x: x * x, np.array([1.0, 3.0]))
    >>> line.value.tolist(), line.push(np.ones(2)).tolist()
    ([1.0, 9.0], [2.0, 6.0])
    """

    def __init__(
        self,
        function: Callable[..., Traced],
        point: Array,
        inputs: dict[str, Array] | None = None,
        *,
        quick: bool = True,
    ) -> None:
        self.tape = Tape(quick=quick)
        leaf = self.tape.leaf(point)
        named = {name: self.tape.leaf(value) for name, value in (inputs or {}).items()}
        self._names = {name: traced.index for name, traced in named.items()}
        out = function(leaf, **named)
        self.point = point
        self.value: Array = out.value
        self._out = out.index
        self.products = 0

    def push(self, tangent: Array) -> Array:
        """Jacobian times `tangent`, (M,), or times each column of (M, k); inputs held fixed."""
        many = tangent.ndim == 2
        self.products += tangent.shape[1] if many else 1
        known: list[Any] = [None] * len(self.tape.nodes)
        known[0] = tangent
        for index, node in enumerate(self.tape.nodes):
            parts = [known[i] for i in node.inputs]
            if any(part is not None for part in parts):
                known[index] = node.push(many, *parts)
            if many:
                for i in self._ending.get(index, ()):
                    known[i] = None
        result: Array = known[self._out]
        return np.zeros((len(self.value), *tangent.shape[1:])) if result is None else result

    def matrix(self) -> Array:
        """The Jacobian, (M, M), from products with a few directions at a time."""
        size, half = len(self.point), len(self.point) // 2
        found = np.empty((len(self.value), size))
        cuts = sorted({*range(0, half, DIRECTIONS), *range(half, size, DIRECTIONS), size})
        for begin, end in pairwise(cuts):
            some = np.zeros((size, end - begin))
            some[range(begin, end), range(end - begin)] = 1.0
            found[:, begin:end] = self.push(some)
        return found

    @cached_property
    def _ending(self) -> dict[int, list[int]]:
        """Which tangents nobody reads after a step."""
        last: dict[int, int] = {}
        for index, node in enumerate(self.tape.nodes):
            last |= dict.fromkeys(node.inputs, index)
        ends: dict[int, list[int]] = {}
        for i, index in last.items():
            if i != self._out:
                ends.setdefault(index, []).append(i)
        return ends

    def pull(self, cotangent: Array) -> Pulled:
        """Transposed Jacobian times `cotangent`, for the point, the inputs and the kernels."""
        self.products += 1
        known: list[Any] = [None] * len(self.tape.nodes)
        known[self._out] = cotangent
        factors: list[Factor] = []
        for index in range(len(self.tape.nodes) - 1, -1, -1):
            node, c = self.tape.nodes[index], known[index]
            if c is None or not node.inputs:
                continue
            if node.product is not None:
                kernel, x, transposed = node.product
                left, right = (x, c) if transposed else (c, x)
                factors.append(Factor(kernel, left, right))
            for i, part in zip(node.inputs, node.pull(c), strict=True):
                known[i] = part if known[i] is None else known[i] + part
        zero = np.zeros(self.tape.nodes[0].shape)
        return Pulled(
            zero if known[0] is None else known[0],
            {
                name: np.zeros(self.tape.nodes[i].shape) if known[i] is None else known[i]
                for name, i in self._names.items()
            },
            factors,
        )


@final
@dataclass(frozen=True)
class Factor:
    """One outer product in the derivative with respect to a kernel: left · rightᵀ."""

    kernel: Any
    left: Array
    right: Array


@final
@dataclass(frozen=True)
class Pulled:
    """Derivatives of one scalar: by the point, by named inputs, by kernels (as factors)."""

    point: Array
    inputs: dict[str, Array]
    factors: list[Factor]
