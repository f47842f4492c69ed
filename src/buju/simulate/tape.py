"""Derivatives for NumPy: one evaluation of a model, kept so that it can be pushed and pulled.

A model writes its equations once against an array namespace. Handed a `Traced` vector, the same
text leaves a record of its dozen-odd steps, each with its exact linear map. `Linearisation` replays
the record: forwards for a Jacobian product, backwards for a transposed one. Only vectors are kept;
the N×N kernels are read where they lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Push = Callable[..., Array]
Pull = Callable[[Array], tuple[Array, ...]]


@final
@dataclass(frozen=True)
class _Node:
    inputs: tuple[int, ...]
    shape: tuple[int, ...]
    push: Push
    pull: Pull
    product: tuple[Any, Array, bool] | None = None


@final
@dataclass
class Tape:
    """The steps of one evaluation in order."""

    nodes: list[_Node] = field(default_factory=list)
    quick: bool = True
    """Whether Jacobian products may read kernels in float32."""

    def leaf(self, value: Array) -> Traced:
        """A vector from which derivatives are taken."""
        return self._add(value, (), lambda: np.zeros(value.shape), lambda _: ())

    def _add(
        self,
        value: Array,
        inputs: tuple[int, ...],
        push: Push,
        pull: Pull,
        product: tuple[Any, Array, bool] | None = None,
    ) -> Traced:
        self.nodes.append(_Node(inputs, np.shape(value), push, pull, product))
        return Traced(self, len(self.nodes) - 1, np.asarray(value))


def _unbroadcast(value: Array, shape: tuple[int, ...]) -> Array:
    """Sum a cotangent over the axes along which its operand was repeated."""
    if value.shape == shape:
        return value
    while value.ndim > len(shape):
        value = value.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and value.shape[axis] != 1:
            value = value.sum(axis=axis, keepdims=True)
    return value


@final
@dataclass(frozen=True, eq=False)
class Traced:
    """An array with its place on a tape; arithmetic goes on to the tape."""

    tape: Tape
    index: int
    value: Array
    __array_ufunc__ = None  # NumPy arrays leave `array * traced` to us

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape

    def __array_namespace__(self, api_version: str | None = None) -> type[TapeNamespace]:
        return TapeNamespace

    def _unary(self, value: Array, slope: Any) -> Traced:
        return self.tape._add(value, (self.index,), lambda d: slope * d, lambda c: (slope * c,))

    def _binary(self, other: Any, value: Any, mine: Any, theirs: Any) -> Traced:
        """`mine` and `theirs` are the slopes with respect to either operand."""
        shape = self.shape
        if not isinstance(other, Traced):
            full = np.shape(value)
            return self.tape._add(
                value,
                (self.index,),
                lambda d: np.broadcast_to(mine * d, full),
                lambda c: (_unbroadcast(mine * c, shape),),
            )
        there = other.shape
        return self.tape._add(
            value,
            (self.index, other.index),
            lambda d, e: mine * d + theirs * e,
            lambda c: (_unbroadcast(mine * c, shape), _unbroadcast(theirs * c, there)),
        )

    def __add__(self, other: Any) -> Traced:
        one = np.float64(1.0)
        return self._binary(other, self.value + _plain(other), one, one)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Traced:
        one = np.float64(1.0)
        return self._binary(other, self.value - _plain(other), one, -one)

    def __rsub__(self, other: Any) -> Traced:
        return self._binary(other, _plain(other) - self.value, np.float64(-1.0), np.float64(1.0))

    def __neg__(self) -> Traced:
        return self._unary(-self.value, np.float64(-1.0))

    def __mul__(self, other: Any) -> Traced:
        there = _plain(other)
        return self._binary(other, self.value * there, there, self.value)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Traced:
        there = _plain(other)
        value = self.value / there
        return self._binary(other, value, 1 / there, -value / there)

    def __rtruediv__(self, other: Any) -> Traced:
        value = _plain(other) / self.value
        return self._binary(other, value, -value / self.value, 1 / self.value)

    def __matmul__(self, other: Array) -> Traced:
        def pull(c: Array) -> tuple[Array, ...]:
            return (c @ other.T if other.ndim == 2 else np.multiply.outer(c, other),)

        return self.tape._add(self.value @ other, (self.index,), lambda d: d @ other, pull)

    def __rmatmul__(self, other: Array) -> Traced:
        def pull(c: Array) -> tuple[Array, ...]:
            return (other.T @ c if other.ndim == 2 else np.multiply.outer(other, c),)

        return self.tape._add(other @ self.value, (self.index,), lambda d: other @ d, pull)

    def __getitem__(self, key: Any) -> Traced:
        shape = self.shape

        def pull(c: Array) -> tuple[Array, ...]:
            whole = np.zeros(shape)
            whole[key] = c
            return (whole,)

        return self.tape._add(self.value[key], (self.index,), lambda d: d[key], pull)

    def under(self, kernel: Any, transposed: bool) -> Traced:
        """The product kernel @ self, or its transpose's."""
        return self.tape._add(
            kernel.product(self.value, transposed),
            (self.index,),
            lambda d: kernel.product(d, transposed, quick=self.tape.quick),
            lambda c: (kernel.product(c, not transposed, quick=self.tape.quick),),
            (kernel, self.value, transposed),
        )


def _plain(x: Any) -> Any:
    return x.value if isinstance(x, Traced) else np.asarray(x, dtype=np.float64)


class TapeNamespace:
    """The functions of the array-API standard that models use, for traced arrays."""

    float64 = np.float64

    @staticmethod
    def exp(x: Any) -> Any:
        """Exponential."""
        if not isinstance(x, Traced):
            return np.exp(x)
        value = np.exp(x.value)
        return x._unary(value, value)

    @staticmethod
    def log(x: Any) -> Any:
        """Natural logarithm."""
        if not isinstance(x, Traced):
            return np.log(x)
        return x._unary(np.log(x.value), 1 / x.value)

    @staticmethod
    def sum(x: Any, *, axis: int | None = None) -> Any:
        """Sum over all elements or one axis."""
        if not isinstance(x, Traced):
            return np.sum(x, axis=axis)
        shape = x.shape

        def pull(c: Array) -> tuple[Array, ...]:
            spread = c if axis is None else np.expand_dims(c, axis)
            return (np.broadcast_to(spread, shape),)

        return x.tape._add(
            np.asarray(x.value.sum(axis=axis)), (x.index,), lambda d: d.sum(axis=axis), pull
        )

    @staticmethod
    def concat(parts: list[Traced]) -> Traced:
        """Vectors one after the other."""
        cuts = np.cumsum([part.shape[0] for part in parts])[:-1]
        return parts[0].tape._add(
            np.concatenate([part.value for part in parts]),
            tuple(part.index for part in parts),
            lambda *d: np.concatenate(d),
            lambda c: tuple(np.split(c, cuts)),
        )

    @staticmethod
    def stack(parts: list[Traced], *, axis: int) -> Traced:
        """Vectors side by side."""
        return parts[0].tape._add(
            np.stack([part.value for part in parts], axis=axis),
            tuple(part.index for part in parts),
            lambda *d: np.stack(d, axis=axis),
            lambda c: tuple(np.moveaxis(c, axis, 0)),
        )


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
        """Jacobian times `tangent`, the named inputs held fixed."""
        self.products += 1
        known: list[Any] = [None] * len(self.tape.nodes)
        known[0] = tangent
        for index, node in enumerate(self.tape.nodes):
            parts = [known[i] for i in node.inputs]
            if all(part is None for part in parts):
                continue
            filled = [
                np.zeros(self.tape.nodes[i].shape) if part is None else part
                for i, part in zip(node.inputs, parts, strict=True)
            ]
            known[index] = node.push(*filled)
        result: Array = known[self._out]
        return result

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
