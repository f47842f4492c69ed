"""A calibrated economy together with the network its times come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, final

import numpy as np
import numpy.typing as npt
import pandas as pd

from buju.errors import ParameterError
from buju.network import Impedance, Scenario, times_matrix
from buju.region import Region
from buju.simulate import (
    Baseline,
    ComposedCost,
    CostFunction,
    Costs,
    Equilibrium,
    Shocks,
    counterfactual,
    prepare,
    regional_economy,
)
from buju.simulate.regional import within_borders

Floats = npt.NDArray[np.float64]
GOODS = "goods"
PEOPLE = "all"
KEPT = 8
"""Matrices of other scenarios that are kept, the newest."""


class Economy(Protocol):
    """What can be solved for hats, on its own network or another."""

    @property
    def base(self) -> Any:
        """The scenario of the baseline."""
        ...

    @property
    def model(self) -> Any:
        """The model that is solved."""
        ...

    @property
    def baseline(self) -> Baseline:
        """The economy as it is."""
        ...

    def solve(self, scenario: Any, *, start: Floats | None = None, **hats: Any) -> Equilibrium:
        """The certified equilibrium of a scenario with hats."""
        ...


@final
@dataclass(frozen=True)
class ArrayEconomy:
    """A model and a baseline without a network behind them."""

    model: Any
    baseline: Baseline
    base: None = None

    def solve(self, scenario: None, *, start: Floats | None = None, **hats: Any) -> Equilibrium:
        """The certified equilibrium with hats."""
        return counterfactual(self.model, self.baseline, Shocks(**hats), start=start)


@final
@dataclass(frozen=True, kw_only=True)
class NetworkEconomy:
    """Model, baseline and costs of an economy, with the region and scenario they were made from.

    Parameters
    ----------
    region, base
        The network of the baseline; `base` is the scenario at which the baseline was calibrated.
    model, baseline, costs
        As for `simulate.counterfactual` and `simulate.calibrate`; the baseline's labels are codes
        of places with a seat node. The costs must be those of the calibration.
    modes
        {part of a composed trade cost: mode of travel}. Goods go from seller to buyer; for any
        other part the buyer travels to the seller. A trade cost that is not composed is "goods".
    borders
        Whether nobody commutes across the region's border, as in a study.
    impedance
        Boarding, waiting and the like.
    solver
        As for `counterfactual`.

    Raises
    ------
    ParameterError
        A part of the trade cost has no mode.
    """

    region: Region
    base: Scenario
    model: Any
    baseline: Baseline
    costs: Costs
    modes: Mapping[str, str] = field(default_factory=lambda: {"goods": GOODS, "services": PEOPLE})
    borders: bool = True
    impedance: Impedance = field(default_factory=Impedance)
    solver: Any = None
    _times: dict[Any, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        lacking = [name for name in self.parts if name not in self.modes]
        if lacking:
            raise ParameterError(
                f"modes: part(s) {', '.join(lacking)} of the trade cost have none; say what each "
                "travels by, such as {'goods': 'goods', 'services': 'all'}",
                f"modes：贸易成本的部分 {'、'.join(lacking)} 未指定交通方式",
            )

    @classmethod
    def calibrated(
        cls,
        region: Region,
        base: Scenario,
        *,
        model: Any,
        costs: Costs,
        outside: bool = True,
        borders: bool = True,
        gdp_per_head_of: Mapping[str, str] | None = None,
    ) -> NetworkEconomy:
        """An economy calibrated to the region's totals on the network of a scenario.

        Parameters
        ----------
        outside, gdp_per_head_of
            As for `simulate.regional_economy`.

        Examples
        --------
        >>> from buju.region import read_region
        >>> from buju.simulate import CommutingTrade
        >>> falls = CostFunction.from_elasticity
        >>> costs = Costs(commuting=falls("power", 4.43, 3.3), trade=falls("power", 1.29, 3.0))
        >>> economy = NetworkEconomy.calibrated(
        ...     read_region("examples/strip/region"), Scenario(), costs=costs,
        ...     model=CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4))
        >>> round(economy.solve(Scenario()).welfare, 9)
        1.0
        """
        year = int(region.level("county")["year"].max())
        people = regional_economy(
            region, year=year, outside=outside, gdp_per_head_of=gdp_per_head_of
        )
        places = list(people["place"])

        def minutes(mode: str) -> pd.DataFrame:
            found = times_matrix(region, base, mode=mode, origins=places, destinations=places)
            return pd.DataFrame(found.minutes, index=places, columns=places)

        travel, freight = minutes(PEOPLE), minutes(GOODS).T
        composed = isinstance(costs.trade, ComposedCost)
        goods = {"goods": freight, "services": travel} if composed else freight
        commutes = within_borders(region, travel) if borders else travel
        baseline = prepare(people, commutes, goods, model=model, costs=costs).baseline
        return cls(
            region=region, base=base, model=model, baseline=baseline, costs=costs, borders=borders
        )

    @property
    def parts(self) -> dict[str, tuple[CostFunction, float]]:
        """Parts of the trade cost that count, each with its share."""
        trade = self.costs.trade
        whole = dict(trade.parts) if isinstance(trade, ComposedCost) else {GOODS: (trade, 1.0)}
        return {name: part for name, part in whole.items() if part[1] > 0}

    @property
    def places(self) -> list[str]:
        """Codes of the places, in the order of the baseline."""
        return list(self.baseline.labels)

    def minutes(self, scenario: Scenario, mode: str) -> pd.DataFrame:
        """Minutes from place (row) to place (column), routed once for each scenario and mode."""
        key = (scenario, mode)
        if key not in self._times:
            places = self.places
            found = times_matrix(
                self.region, scenario, mode=mode, origins=places, destinations=places,
                impedance=self.impedance,
            )  # fmt: skip
            for old in [k for k in self._times if k[0] != self.base][:-KEPT]:
                del self._times[old]
            self._times[key] = pd.DataFrame(found.minutes, index=places, columns=places)
        return self._times[key]

    def know(self, scenario: Scenario, mode: str, minutes: pd.DataFrame) -> None:
        """Take minutes between places (origins as index) that were routed already.

        Raises
        ------
        ParameterError
            They are not those of this economy's places.
        """
        if not (list(minutes.index) == self.places == list(minutes.columns)):
            raise ParameterError(
                "minutes: rows and columns must be the economy's places, in its order",
                "minutes：行与列须为该经济的地点，且次序一致",
            )
        self._times[scenario, mode] = minutes

    def commuting(self, scenario: Scenario) -> pd.DataFrame:
        """Minutes from residence (row) to workplace."""
        minutes = self.minutes(scenario, PEOPLE)
        return within_borders(self.region, minutes) if self.borders else minutes

    def trading(self, scenario: Scenario, part: str) -> pd.DataFrame:
        """Minutes between buyer (row) and seller of one part of trade."""
        minutes = self.minutes(scenario, self.modes[part])
        return minutes.T if part == GOODS else minutes

    def shocks(self, scenario: Scenario, **hats: Any) -> Shocks:
        """What another network changes, beside hats given."""
        parts = self.parts
        before, after = (
            {name: self.trading(s, name) for name in parts} for s in (self.base, scenario)
        )
        trade: Any = self.costs.trade
        if isinstance(trade, ComposedCost):
            full = list(trade.parts)
            before, after = ({k: t.get(k, next(iter(t.values()))) for k in full}
                             for t in (before, after))  # fmt: skip
            cost = trade.hat(before, after)
        else:
            cost = trade.hat(before[GOODS], after[GOODS])
        commutes = (self.commuting(s) for s in (self.base, scenario))
        fades = self.baseline.minutes is not None
        return Shocks(
            commuting_cost=self.costs.commuting.hat(*commutes).to_numpy(),
            trade_cost=cost.to_numpy(),
            minutes=self.minutes(scenario, PEOPLE).to_numpy() if fades else None,
            **hats,
        )

    def solve(self, scenario: Scenario, *, start: Floats | None = None, **hats: Any) -> Equilibrium:
        """The certified equilibrium on another network, with further hats."""
        return counterfactual(
            self.model, self.baseline, self.shocks(scenario, **hats), solver=self.solver,
            start=start,
        )  # fmt: skip
