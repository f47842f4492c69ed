"""A record of one evaluation of a model: its steps, each with its exact linear map.

A model writes its equations once against an array namespace. Handed a `Traced` vector, the same
text leaves a record of its dozen-odd steps, each with its exact linear map. `Linearisation` replays
the record: forwards for Jacobian products, one direction or many side by side, backwards for a
transposed one. Only vectors are kept; the N×N kernels are read where they lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Push = Callable[..., Any]
"""(whether tangents have a last axis of directions, each input's tangent) -> tangent; None is 0."""
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
        return self._add(value, (), lambda _: None, lambda _: ())

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


def _wide(slope: Any, many: bool) -> Any:
    """A slope as it multiplies tangents: beside an axis of directions where there are many."""
    return slope[..., None] if many and slope.ndim else slope


def _spread(tangent: Array, shape: tuple[int, ...], many: bool) -> Array:
    """A tangent repeated to the shape of a value."""
    full = (*shape, tangent.shape[-1]) if many else shape
    return tangent if tangent.shape == full else np.broadcast_to(tangent, full)


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
        return self.tape._add(
            value, (self.index,), lambda many, d: _wide(slope, many) * d, lambda c: (slope * c,)
        )

    def _binary(self, other: Any, value: Any, mine: Any, theirs: Any) -> Traced:
        """`mine` and `theirs` are the slopes with respect to either operand."""
        shape, full = self.shape, np.shape(value)
        if not isinstance(other, Traced):
            return self.tape._add(
                value,
                (self.index,),
                lambda many, d: _spread(_wide(mine, many) * d, full, many),
                lambda c: (_unbroadcast(mine * c, shape),),
            )
        there = other.shape

        def push(many: bool, d: Array | None, e: Array | None) -> Array:
            if e is None:
                return _spread(_wide(mine, many) * d, full, many)
            if d is None:
                return _spread(_wide(theirs, many) * e, full, many)
            both: Array = _wide(mine, many) * d
            return both + _wide(theirs, many) * e

        return self.tape._add(
            value,
            (self.index, other.index),
            push,
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

        def push(many: bool, d: Array) -> Array:
            pushed: Array = np.tensordot(d, other, axes=(len(shape) - 1, 0)) if many else d @ other
            return np.moveaxis(pushed, len(shape) - 1, -1) if many else pushed

        shape = self.shape
        return self.tape._add(self.value @ other, (self.index,), push, pull)

    def __rmatmul__(self, other: Array) -> Traced:
        def pull(c: Array) -> tuple[Array, ...]:
            return (other.T @ c if other.ndim == 2 else np.multiply.outer(other, c),)

        def push(many: bool, d: Array) -> Array:
            pushed: Array = np.tensordot(other, d, axes=(other.ndim - 1, 0)) if many else other @ d
            return pushed

        return self.tape._add(other @ self.value, (self.index,), push, pull)

    def __getitem__(self, key: Any) -> Traced:
        shape = self.shape

        def pull(c: Array) -> tuple[Array, ...]:
            whole = np.zeros(shape)
            whole[key] = c
            return (whole,)

        def push(many: bool, d: Array) -> Array | None:
            part: Array = d[key]
            return part if not many or part.any() else None

        return self.tape._add(self.value[key], (self.index,), push, pull)

    def under(self, kernel: Any, transposed: bool) -> Traced:
        """The product kernel @ self, or its transpose's."""
        return self.tape._add(
            kernel.product(self.value, transposed),
            (self.index,),
            lambda many, d: _through(kernel, d, transposed, many, self.tape.quick),
            lambda c: (kernel.product(c, not transposed, quick=self.tape.quick),),
            (kernel, self.value, transposed),
        )


def _through(kernel: Any, d: Array, transposed: bool, many: bool, quick: bool) -> Array:
    """A kernel's product with tangents; all axes but the first are columns."""
    if not many or d.ndim == 2:
        found: Array = kernel.product(d, transposed, quick=quick)
        return found
    flat: Array = kernel.product(d.reshape(len(d), -1), transposed, quick=quick)
    return flat.reshape(len(flat), *d.shape[1:])


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

        over = tuple(range(len(shape))) if axis is None else axis % len(shape)
        return x.tape._add(
            np.asarray(x.value.sum(axis=axis)), (x.index,), lambda _, d: d.sum(axis=over), pull
        )

    @staticmethod
    def concat(parts: list[Traced]) -> Traced:
        """Vectors one after the other."""
        shapes = [part.shape for part in parts]
        cuts = np.cumsum([shape[0] for shape in shapes])[:-1]
        return parts[0].tape._add(
            np.concatenate([part.value for part in parts]),
            tuple(part.index for part in parts),
            lambda _, *d: np.concatenate(_filled(d, shapes)),
            lambda c: tuple(np.split(c, cuts)),
        )

    @staticmethod
    def stack(parts: list[Traced], *, axis: int) -> Traced:
        """Vectors side by side."""
        shapes = [part.shape for part in parts]
        return parts[0].tape._add(
            np.stack([part.value for part in parts], axis=axis),
            tuple(part.index for part in parts),
            lambda _, *d: np.stack(_filled(d, shapes), axis=axis),
            lambda c: tuple(np.moveaxis(c, axis, 0)),
        )


def _filled(tangents: tuple[Array | None, ...], shapes: list[tuple[int, ...]]) -> list[Array]:
    """Tangents with zeros where there is none; at least one is there."""
    some = next(d for d in tangents if d is not None)
    directions = some.shape[-1:] if some.ndim > len(shapes[0]) else ()
    return [
        np.zeros((*shape, *directions)) if d is None else d
        for d, shape in zip(tangents, shapes, strict=True)
    ]
