"""What a change is judged by: welfare, a place's people or product, balance between elements.

Each outcome is a function of an equilibrium that does not depend on the numeraire.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, final, runtime_checkable

import numpy as np
import numpy.typing as npt

from buju.errors import ParameterError

Floats = npt.NDArray[np.float64]
Weights = Mapping[str, float]
"""{place: share of it that counts}; 1 for the whole place."""


@runtime_checkable
class Outcome(Protocol):
    """One number of an equilibrium, written for plain and traced states alike."""

    @property
    def name(self) -> tuple[str, str]:
        """What it is called, in English and in Chinese."""
        ...

    @property
    def logged(self) -> bool:
        """Whether the number is a log, so that a level relative to the baseline is a difference."""
        ...

    @abstractmethod
    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state; `labels` name the places."""
        ...


class _Logged:
    """An outcome that is the log of a level."""

    @property
    def logged(self) -> bool:
        """True."""
        return True


@final
@dataclass(frozen=True)
class Welfare(_Logged):
    """Mean over people of log welfare: 0.01 is worth one per cent of real consumption.

    Parameters
    ----------
    places
        Whose welfare: groups registered there, or residents where nobody moves home. None: all.
    """

    places: Weights | None = None

    @property
    def name(self) -> tuple[str, str]:
        """What it is called."""
        if self.places is None:
            return "log welfare of all", "全体福利（对数）"
        return (
            f"log welfare of {len(self.places)} places",
            f"{len(self.places)} 个地点居民福利（对数）",
        )

    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state."""
        if self.places is None:
            return model.log_welfare(state, world)
        homes = getattr(model.quantities(state, world), "homes", None)
        weight = weights_of(self.places, labels)
        if homes is None or homes.totals.shape != (len(labels),):
            raise ParameterError(
                "Welfare of some places: everybody moves freely here, so all gain the same; ask "
                "for Welfare() of all, give the baseline origin groups by place, or "
                "closure='fixed'",
                "按地点的福利：模型中人人自由迁移，福利变化处处相同；请改用 Welfare()，"
                "或在基期中按户籍地分组，或令 closure='fixed'",
            )
        people = weight * homes.weights
        xp = state.__array_namespace__()
        return xp.sum(people / people.sum() * xp.log(homes.totals)) / model.epsilon


@final
@dataclass(frozen=True)
class Residents(_Logged):
    """Log of the residents of one or more places."""

    places: Weights

    @property
    def name(self) -> tuple[str, str]:
        """What it is called."""
        return f"log residents of {_few(self.places)}", f"{_few(self.places)} 居民（对数）"

    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state."""
        residents = _residents(model.quantities(state, world))
        if isinstance(residents, np.ndarray) and not isinstance(state, np.ndarray):
            raise ParameterError(
                "Residents: with closure='fixed' nobody moves home, so no change is worth any",
                "Residents：closure='fixed' 时无人迁移，居民不变",
            )
        return _log_sum(state, residents, weights_of(self.places, labels))


@final
@dataclass(frozen=True)
class Product(_Logged):
    """Log of the GDP of one or more places as a share of all places' GDP.

    A share, since the level in money depends on the numeraire: it is the log of GDP with the sum
    over all places held.
    """

    places: Weights

    @property
    def name(self) -> tuple[str, str]:
        """What it is called."""
        return (
            f"log share of GDP of {_few(self.places)}",
            f"{_few(self.places)} 生产总值份额（对数）",
        )

    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state."""
        gdp = _product(model.quantities(state, world), state, world)
        weight = weights_of(self.places, labels)
        return _log_sum(state, gdp, weight) - _log_sum(state, gdp, np.ones(len(labels)))


@final
@dataclass(frozen=True)
class RealProduct(_Logged):
    """Log of the GDP of one or more places, each deflated by what goods cost there."""

    places: Weights

    @property
    def name(self) -> tuple[str, str]:
        """What it is called."""
        return f"log real GDP of {_few(self.places)}", f"{_few(self.places)} 实际生产总值（对数）"

    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state."""
        q, xp = model.quantities(state, world), state.__array_namespace__()
        if not hasattr(q, "log_goods"):
            raise ParameterError(
                f"RealProduct: model '{model.name}' has no price of goods; use Product",
                f"RealProduct：模型 '{model.name}' 没有商品价格；请用 Product",
            )
        real = _product(q, state, world) / xp.exp(q.log_goods)
        return _log_sum(state, real, weights_of(self.places, labels))


@final
@dataclass(frozen=True)
class Use(_Logged):
    """Log of what residents and jobs use together of something, such as water.

    Parameters
    ----------
    per_resident, per_job
        Use of one resident and of one job of each place, in the economy's order, (N,).
    """

    per_resident: tuple[float, ...]
    per_job: tuple[float, ...]

    @property
    def name(self) -> tuple[str, str]:
        """What it is called."""
        return "log of what is used", "用量（对数）"

    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state."""
        q, xp = model.quantities(state, world), state.__array_namespace__()
        homes, jobs = np.asarray(self.per_resident), np.asarray(self.per_job)
        return xp.log(xp.sum(homes * _residents(q)) + xp.sum(jobs * q.jobs_level))


@final
@dataclass(frozen=True)
class Inequality:
    """Theil index of GDP per resident between elements of the layout, weighted by GDP.

    0 where all are alike. Places in no element do not count; one in several counts in each.

    References
    ----------
    Theil (1967), Economics and Information Theory, chapter 4.
    """

    elements: Mapping[str, Weights] = field(default_factory=dict)

    @property
    def logged(self) -> bool:
        """False: the index itself."""
        return False

    @property
    def name(self) -> tuple[str, str]:
        """What it is called."""
        return (
            f"Theil index of GDP per resident between {len(self.elements)} elements",
            f"{len(self.elements)} 个要素间人均生产总值的泰尔指数",
        )

    def of(self, model: Any, state: Any, world: Any, labels: tuple[str, ...]) -> Any:
        """The number at a state."""
        if len(self.elements) < 2:
            raise ParameterError(
                "Inequality: two elements or more are needed", "Inequality：至少需要两个要素"
            )
        q, xp = model.quantities(state, world), state.__array_namespace__()
        inside = np.stack([weights_of(members, labels) for members in self.elements.values()])
        gdp, people = inside @ _product(q, state, world), inside @ _residents(q)
        earned, living = gdp / xp.sum(gdp), people / xp.sum(people)
        return xp.sum(earned * (xp.log(earned) - xp.log(living)))


def _few(places: Weights) -> str:
    names = list(places)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def weights_of(places: Weights, labels: tuple[str, ...]) -> Floats:
    """Shares of the places that count, (N,)."""
    unknown = [place for place in places if place not in labels]
    if unknown or not any(share > 0 for share in places.values()):
        raise ParameterError(
            f"outcome: the economy has no place {', '.join(map(repr, unknown[:5]))}"
            if unknown
            else "outcome: no place counts; give {place: 1.0}",
            f"结果指标：经济中没有地点 {'、'.join(unknown[:5])}"
            if unknown
            else "结果指标：没有计入任何地点",
        )
    found = np.zeros(len(labels))
    for place, share in places.items():
        found[labels.index(place)] = share
    return found


def _residents(q: Any) -> Any:
    """Residents, level; where nobody commutes they are those who work in a place."""
    return q.homes.residents if hasattr(q, "homes") else q.jobs_level


def _product(q: Any, state: Any, world: Any) -> Any:
    return world.wage * state.__array_namespace__().exp(q.log_wage) * q.jobs_level


def _log_sum(state: Any, level: Any, weight: Floats) -> Any:
    xp = state.__array_namespace__()
    return xp.log(xp.sum(weight * level))
