"""The adjoint on JAX: one evaluation of any function of an economy, pulled back to all inputs.

Derivatives by a kernel's N² entries are never formed. Each product with a kernel has a zero added
to it: the cotangent of that zero, beside what the kernel was multiplied by, is the outer product
that `tape` keeps under NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.simulate.backend import Skeleton, jax, numbers, skeleton
from buju.simulate.kernel import _Factor
from buju.simulate.linearise import Factor, Pulled
from buju.simulate.problem import Problem

Array = npt.NDArray[np.float64]
Use = tuple[str, bool]
"""(kernel's field, whether transposed), one a product, in the order of the text."""


@final
class _Tapped(_Factor):
    """A kernel on the device whose products leave a note of what they multiplied."""

    def __init__(self, name: str, values: Any, noted: list[tuple[Use, Any]], zeros: Any) -> None:
        self.name, self.values, self.noted, self.zeros = name, values, noted, zeros

    @property
    def diagonal(self) -> Any:
        """What a diagonal kernel keeps; a full kernel's own diagonal."""
        return self.values if self.values.ndim == 1 else self.values.diagonal()

    def product(self, x: Any, transposed: bool, *, quick: bool = False) -> Any:
        """The product with a vector or a narrow matrix, and a zero."""
        self.noted.append(((self.name, transposed), x))
        if self.values.ndim == 1:
            found = self.values * x if x.ndim == 1 else self.values[:, None] * x
        else:
            found = (self.values.T if transposed else self.values) @ x
        return found if self.zeros is None else found + next(self.zeros)


@final
class JaxPullback:
    """A function's value at a state with the transpose of its Jacobian; see `Linearisation`.

    Parameters
    ----------
    function
        A `Problem`, for its residual, or a function of (state, world).
    world, state
        Where to evaluate.
    names
        Vector fields of the world that are differentiated too.
    """

    def __init__(self, function: Any, world: Any, state: Array, names: tuple[str, ...]) -> None:
        self.world, self.point, self.names = world, state, names
        arrays, library = numbers(world), jax()
        fixed = {key: a for key, a in arrays.items() if key not in names}
        kernels = tuple(key for key in fixed if isinstance(getattr(world, key), _Factor))
        if isinstance(function, Problem):
            forward, uses, shapes, back = _residual(
                function.model, skeleton(world), kernels, names, len(state)
            )
        else:
            forward, uses, shapes, back = _pieces(
                _on(function, world, kernels), arrays, names, len(state), compiled=False
            )
        self._back, self.uses = back, uses
        with library.enable_x64(True):
            zeros = [library.numpy.zeros(shape) for shape in shapes]
            inputs = {key: library.numpy.asarray(arrays[key]) for key in names}
            device = {key: library.numpy.asarray(a) for key, a in fixed.items()}
            value, self._pull, held = forward(library.numpy.asarray(state), inputs, zeros, device)
        self.value: Array = np.asarray(value, dtype=np.float64)
        self._held = [np.asarray(x, dtype=np.float64) for x in held]

    def pull(self, cotangent: Array) -> Pulled:
        """Transposed Jacobian times `cotangent`, for the state, the inputs and the kernels."""
        library = jax()
        with library.enable_x64(True):
            by_state, by_inputs, by_zeros = self._back(
                self._pull, library.numpy.asarray(cotangent, dtype=np.float64)
            )
        factors = []
        for (name, transposed), x, c in zip(self.uses, self._held, by_zeros, strict=True):
            cotangents = np.asarray(c, dtype=np.float64)
            left, right = (x, cotangents) if transposed else (cotangents, x)
            factors.append(Factor(getattr(self.world, name), left, right))
        by = {key: np.asarray(value, dtype=np.float64) for key, value in by_inputs.items()}
        return Pulled(np.asarray(by_state, dtype=np.float64), by, factors)

    def matrix(self) -> Array:
        """The Jacobian, (M, M), a row at a time."""
        return np.stack([self.pull(row).point for row in np.eye(len(self.value))])


def _on(function: Any, world: Any, kernels: tuple[str, ...]) -> Any:
    """The function of (state, fields) with the world's numbers put in, and its kernels' notes."""

    def measured(state: Any, fields: dict[str, Any], zeros: Iterator[Any] | None) -> Any:
        noted: list[tuple[Use, Any]] = []
        put = {k: _Tapped(k, v, noted, zeros) if k in kernels else v for k, v in fields.items()}
        found = (
            function.residual(state, **put)
            if isinstance(function, Problem)
            else function(state, replace(world, **put))
        )
        return jax().numpy.asarray(found), noted

    return measured


@lru_cache(maxsize=32)
def _residual(
    model: Any, held: Skeleton, kernels: tuple[str, ...], names: tuple[str, ...], size: int
) -> Any:
    """A residual's pieces, compiled once for a model and its world's shapes."""
    measured = _on(Problem(model, held.world), held.world, kernels)
    return _pieces(measured, numbers(held.world), names, size, compiled=True)


def _pieces(
    measured: Any, arrays: dict[str, Array], names: tuple[str, ...], size: int, *, compiled: bool
) -> Any:
    """How to evaluate and keep, what is multiplied by kernels, and how to pull back."""
    library = jax()
    with library.enable_x64(True):
        uses, shapes = _uses(measured, arrays, size)

    def forward(state: Any, inputs: Any, zeros: Any, device: Any) -> Any:
        def value(x: Any, given: Any, added: Any) -> Any:
            found, noted = measured(x, device | given, iter(added))
            return found, [by for _, by in noted]

        return library.vjp(value, state, inputs, zeros, has_aux=True)

    def back(pull: Any, cotangent: Any) -> Any:
        return pull(cotangent)

    if compiled:
        return library.jit(forward), uses, shapes, library.jit(back)
    return forward, uses, shapes, back


def _uses(
    measured: Any, arrays: dict[str, Array], size: int
) -> tuple[tuple[Use, ...], list[tuple[int, ...]]]:
    """Which kernels the text multiplies by, in order, and the shapes of the products."""
    library = jax()
    found: list[tuple[Use, tuple[int, ...]]] = []

    def look(state: Any, fields: Any) -> Any:
        value, noted = measured(state, fields, None)
        found[:] = [(use, x.shape) for use, x in noted]
        return value

    shape = library.ShapeDtypeStruct
    fields = {key: shape(a.shape, np.float64) for key, a in arrays.items()}
    library.eval_shape(look, shape((size,), np.float64), fields)
    shapes = []
    for (name, transposed), x in found:
        kernel = arrays[name].shape
        rows = kernel[0] if len(kernel) == 1 or not transposed else kernel[1]
        shapes.append((rows, *x[1:]))
    return tuple(use for use, _ in found), shapes
