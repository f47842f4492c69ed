"""What policy can move: productivity, land, amenity or the cost of moving in, and speed of lines.

A lever is one number s, 0 for "as it is"; its factor is exp(s).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, final

import numpy as np
import numpy.typing as npt

from buju.decide.marginal.economy import Economy, NetworkEconomy
from buju.decide.marginal.link_values import pair_values
from buju.decide.marginal.outcomes import Weights, weights_of
from buju.errors import ParameterError
from buju.network import Scenario, link_usage
from buju.simulate import Sensitivity

Floats = npt.NDArray[np.float64]
SHOCKS = {
    "productivity": "生产率",
    "housing": "土地与建筑面积",
    "amenity": "宜居度",
    "migration_cost": "迁入成本",
}


class Lever(Protocol):
    """One number that policy moves."""

    @property
    def name(self) -> tuple[str, str]:
        """What it is, in English and Chinese."""
        ...

    def moved(self, economy: Economy, scenario: Any, s: float) -> tuple[Any, dict[str, Any]]:
        """The scenario and hats when the lever stands at s."""
        ...

    def slope(self, economy: Economy, scenario: Any, found: Sensitivity, s: float) -> float:
        """Derivative of an outcome by s, at the scenario moved to s."""
        ...


@final
@dataclass(frozen=True)
class Hat:
    """Productivity, land ("housing"), amenity or cost of moving into places, all by one factor.

    A place that belongs to a zone in part changes in part: its hat is 1 + share · (factor - 1).

    Parameters
    ----------
    shock
        "productivity", "housing", "amenity" (the scale of tastes) or "migration_cost".
    places
        {place: share}.
    """

    shock: str
    places: Weights

    def __post_init__(self) -> None:
        if self.shock not in SHOCKS:
            raise ParameterError(
                f"lever '{self.shock}'; {', '.join(SHOCKS)} are known",
                f"政策工具 '{self.shock}'；可用：{'、'.join(SHOCKS)}",
            )

    @property
    def name(self) -> tuple[str, str]:
        """What it is."""
        where = f"{len(self.places)} places" if len(self.places) > 1 else next(iter(self.places))
        where_zh = f"{len(self.places)} 个地点" if len(self.places) > 1 else where
        return f"{self.shock} of {where}", f"{where_zh}的{SHOCKS[self.shock]}"

    def moved(self, economy: Economy, scenario: Any, s: float) -> tuple[Any, dict[str, Any]]:
        """The scenario and hats when the lever stands at s."""
        hat = self._hat(economy, s)
        if self.shock == "migration_cost":
            origins = economy.baseline.origins
            if origins is None:
                raise ParameterError(
                    "lever migration_cost: the baseline has no origin groups, so moving costs "
                    "nothing; give it groups (mobility: registered)",
                    "政策工具 migration_cost：基期没有户籍分组，请设 mobility: registered",
                )
            return scenario, {self.shock: np.tile(hat, (len(origins), 1))}
        return scenario, {self.shock: hat}

    def slope(self, economy: Economy, scenario: Any, found: Sensitivity, s: float) -> float:
        """Derivative of an outcome by s."""
        by_log = found.by_shock(self.shock)
        by_place = by_log.sum(axis=0) if by_log.ndim == 2 else by_log
        share = weights_of(self.places, economy.baseline.labels)
        return float(by_place @ (share * np.exp(s) / self._hat(economy, s)))

    def _hat(self, economy: Economy, s: float) -> Floats:
        share = weights_of(self.places, economy.baseline.labels)
        found: Floats = 1 + share * (np.exp(s) - 1)
        return found


@final
@dataclass(frozen=True)
class Speed:
    """Speed on lines or links: minutes of each are divided by the factor.

    Parameters
    ----------
    lines, links
        Codes; at least one of either.
    """

    lines: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def name(self) -> tuple[str, str]:
        """What it is."""
        what = ", ".join((*self.lines, *self.links))
        return f"speed of {what}", f"{what} 的速度"

    def moved(self, economy: Economy, scenario: Any, s: float) -> tuple[Any, dict[str, Any]]:
        """The scenario and hats when the lever stands at s."""
        minutes = self._minutes(economy, scenario)
        edits = {
            link: {**scenario.links.get(link, {}), "minutes": t * float(np.exp(-s))}
            for link, t in minutes.items()
        }
        return replace(scenario, links={**scenario.links, **edits}), {}

    def slope(self, economy: Economy, scenario: Any, found: Sensitivity, s: float) -> float:
        """Derivative of an outcome by s: minutes times the worth of a minute, over the links."""
        minutes = self._minutes(economy, scenario)
        assert isinstance(economy, NetworkEconomy)
        total = 0.0
        for mode, weights in pair_values(economy, scenario, found).items():
            used = link_usage(
                economy.region, scenario, weights, mode=mode, impedance=economy.impedance
            ).set_index("link_id")["usage"]
            total += sum(float(used.get(link, 0.0)) * t for link, t in minutes.items())
        return total

    def _minutes(self, economy: Economy, scenario: Scenario) -> dict[str, float]:
        """Minutes of the links that change, as they stand in a scenario."""
        if not isinstance(economy, NetworkEconomy):
            raise ParameterError(
                "lever Speed: this economy has no network; use a NetworkEconomy",
                "政策工具 Speed：该经济没有路网；请用 NetworkEconomy",
            )
        table = scenario.select(economy.region)
        mine = table["line"].isin(self.lines) | table["link_id"].isin(self.links)
        known = {*table["line"].dropna(), *table["link_id"]}
        lacking = [name for name in (*self.lines, *self.links) if name not in known]
        if lacking or not mine.any():
            raise ParameterError(
                f"lever Speed: the network of scenario '{scenario.name}' has no line or link "
                f"{', '.join(map(repr, lacking)) or '(none named)'}",
                f"政策工具 Speed：情景 '{scenario.name}' 的路网没有 "
                f"{'、'.join(lacking) or '（未给出）'}",
            )
        rows = table[mine]
        return dict(zip(rows["link_id"], rows["minutes"].astype(float), strict=True))
