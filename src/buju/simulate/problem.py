"""One scenario as solvers see it: a residual, its derivative, and the free direction of money."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from buju.simulate.blocks import deflated, find_blocks
from buju.simulate.linearise import Linearisation

Array = npt.NDArray[np.float64]


class Model(Protocol):
    """What a model of this room supplies; see `models/commuting_trade.py` for one."""

    name: str

    def world(self, baseline: Any, shocks: Any) -> Any: ...  # noqa: D102
    def start(self, world: Any) -> Array: ...  # noqa: D102
    def numeraire_direction(self, world: Any) -> Array: ...  # noqa: D102
    def step(self, state: Any, world: Any) -> Any: ...  # noqa: D102
    def log_welfare(self, state: Any, world: Any) -> Any: ...  # noqa: D102


@dataclass
class Problem:
    """Find the state where `value` is zero, up to the numeraire.

    Attributes
    ----------
    direction
        The state's move when money changes its value, (M,).
    pin
        A functional, (M,), with pin @ direction = 1: steps keep it unchanged.
    """

    model: Any
    world: Any
    evaluations: int = 0
    products: int = 0
    direction: Array = field(init=False)
    pin: Array = field(init=False)

    def __post_init__(self) -> None:
        self.direction = self.model.numeraire_direction(self.world)
        n = self.world.size
        self.pin = np.zeros(len(self.direction))
        if self.direction.any():
            self.pin[:n] = 1 / self.direction[:n].sum()

    def residual(self, state: Any, **inputs: Any) -> Any:
        """Log excess demands and price gaps; weak blocks' means replaced by their balances.

        `inputs` stand in for fields of the world, so that derivatives by them can be taken.
        """
        world = replace(self.world, **inputs) if inputs else self.world
        blocks = world.blocks
        if blocks is None:
            return self.model.step(state, world)
        xp = state.__array_namespace__()
        q = self.model.quantities(state, world)
        plain = self.model.residual(q, world, xp)
        n = world.size
        flows = self.model.exchange(q, world, blocks.inside, xp)
        lack = blocks.levels(blocks.balances(*flows), xp)
        income = world.wage * xp.exp(q.log_wage) * q.jobs_level
        return xp.concat([deflated(blocks, plain[:n], income, lack), plain[n:]])

    def value(self, state: Array) -> Array:
        """The residual at a state."""
        self.evaluations += 1
        result: Array = self.residual(state)
        return result

    def linearise(self, state: Array) -> Linearisation:
        """The residual at a state with its derivative."""
        self.evaluations += 1
        return Linearisation(self.residual, state)

    def jacobian(self, line: Linearisation, x: Array) -> Array:
        """Jacobian times x, its zero eigenvalue (the numeraire) moved to minus one."""
        self.products += 1
        moved: Array = line.push(x) - self.direction * (self.pin @ x)
        return moved

    def dense_jacobian(self, line: Linearisation) -> Array:
        """The same as a matrix, (M, M)."""
        self.products += len(self.direction)
        matrix = line.matrix()
        matrix -= np.multiply.outer(self.direction, self.pin)
        return matrix

    def deflate(self, state: Array) -> bool:
        """Note the weak blocks of the economy at a state; True if there are new ones."""
        if self.world.blocks is not None or not hasattr(self.model, "exchange"):
            return False
        blocks = find_blocks(self.turnover(state), self.world.size)
        if blocks is None:
            return False
        self.world = replace(self.world, blocks=blocks)
        return True

    def turnover(self, state: Array) -> Any:
        """Multiply the symmetric matrix of money between places by vectors."""
        q = self.model.quantities(state, self.world)
        return lambda x: self.model.turnover(q, self.world, x)
