"""The same equations on JAX: residuals and Jacobian products compiled, on whatever device it has.

JAX is imported here only, when first asked for. Everything is float64 through JAX's own context, so
that nothing else in the process changes its precision.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, final

import numpy as np
import numpy.typing as npt

from buju.errors import missing_extra
from buju.simulate.kernel import Diagonal, Kernel, _Factor
from buju.simulate.problem import Problem

Array = npt.NDArray[np.float64]


def jax() -> Any:
    """The library.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        return importlib.import_module("jax")
    except ImportError as error:
        raise missing_extra("jax", "backend='jax'") from error


@final
class _JaxKernel(_Factor):
    """A kernel on the device, or its diagonal."""

    def __init__(self, values: Any) -> None:
        self.values = values

    @property
    def diagonal(self) -> Any:
        """What `Diagonal` keeps; a full kernel's own diagonal."""
        return self.values if self.values.ndim == 1 else self.values.diagonal()

    def product(self, x: Any, transposed: bool, *, quick: bool = False) -> Any:
        """The product with a vector or a narrow matrix, always in float64."""
        if self.values.ndim == 1:
            return self.values * x if x.ndim == 1 else self.values[:, None] * x
        return (self.values.T if transposed else self.values) @ x


@final
@dataclass(frozen=True)
class JaxLine:
    """The residual at a state and products of its Jacobian; see `tape.Linearisation`."""

    point: Array
    value: Array
    push: Callable[[Array], Array]
    matrix: Callable[[], Array]
    """The Jacobian whole, (M, M)"""


@final
class JaxProblem(Problem):
    """A problem whose residual and Jacobian products run on JAX."""

    def value(self, state: Array) -> Array:
        """The residual at a state."""
        self.evaluations += 1
        residual, _, _, arrays = self._compiled()
        return float64(residual, state, arrays)

    def linearise(self, state: Array) -> Any:
        """The residual at a state with its derivative."""
        self.evaluations += 1
        residual, product, whole, arrays = self._compiled()
        value = float64(residual, state, arrays)
        return JaxLine(
            state,
            value,
            lambda x: float64(product, state, x, arrays),
            lambda: float64(whole, state, arrays).copy(),
        )

    def _compiled(self) -> tuple[Any, Any, Any, dict[str, Any]]:
        world = self.world
        if getattr(self, "_of", None) is not world:
            self._of = world
            library = jax()
            with library.enable_x64(True):
                self._arrays = {
                    name: library.numpy.asarray(values) for name, values in numbers(world).items()
                }
            self._made = _functions(self.model, skeleton(world), tuple(sorted(self._arrays)))
        return (*self._made, self._arrays)


class Skeleton:
    """A world without its numbers: what stays the same from scenario to scenario."""

    def __init__(self, world: Any, key: tuple[Any, ...]) -> None:
        self.world, self.key = world, key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Skeleton) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def skeleton(world: Any) -> Skeleton:
    """What compiled functions of a world depend on: shapes and everything that is no array."""
    shapes = tuple((name, values.shape) for name, values in sorted(numbers(world).items()))
    rest = tuple(
        (f.name, id(value) if f.name == "blocks" and value is not None else repr(value))
        for f in fields(world)
        if not isinstance(value := getattr(world, f.name), np.ndarray | _Factor)
    )
    return Skeleton(world, (type(world), shapes, rest))


def numbers(world: Any) -> dict[str, Array]:
    """Arrays and kernels of a world by field; a diagonal kernel as its diagonal."""
    found = {}
    for field in fields(world):
        value = getattr(world, field.name)
        if isinstance(value, Kernel):
            found[field.name] = value.matrix
        elif isinstance(value, Diagonal):
            found[field.name] = value.diagonal
        elif isinstance(value, np.ndarray):
            found[field.name] = value
    return found


@lru_cache(maxsize=32)
def _functions(model: Any, skeleton: Skeleton, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Residual, Jacobian product and Jacobian, compiled once for a model and its world's shapes."""
    library = jax()
    world = skeleton.world
    kernels = {name for name in names if isinstance(getattr(world, name), _Factor)}

    def residual(state: Any, arrays: dict[str, Any]) -> Any:
        put = {n: _JaxKernel(a) if n in kernels else a for n, a in arrays.items()}
        return Problem(model, world).residual(state, **put)

    def product(state: Any, x: Any, arrays: dict[str, Any]) -> Any:
        return library.jvp(lambda s: residual(s, arrays), (state,), (x,))[1]

    return library.jit(residual), library.jit(product), library.jit(library.jacfwd(residual))


def float64(function: Any, *arguments: Any) -> Array:
    """What a function of JAX gives in float64, as NumPy."""
    library = jax()
    with library.enable_x64(True):
        return np.asarray(function(*arguments), dtype=np.float64)


def problem(model: Any, world: Any, backend: str) -> Problem:
    """The problem of a scenario on a backend, "numpy" or "jax"."""
    return JaxProblem(model, world) if backend == "jax" else Problem(model, world)
