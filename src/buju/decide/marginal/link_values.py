"""What a minute saved on each link and line is worth, all from one transposed solve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry import LineString

from buju.decide.marginal.adjoint import slopes
from buju.decide.marginal.economy import PEOPLE, NetworkEconomy
from buju.decide.marginal.outcomes import Outcome, Welfare
from buju.errors import ParameterError
from buju.network import Scenario, link_usage
from buju.simulate import CostFunction, Equilibrium, Sensitivity

Floats = npt.NDArray[np.float64]


@final
@dataclass(frozen=True)
class LinkValues:
    """Worth of small changes of travel time.

    Attributes
    ----------
    links
        One row a link of the network: `link_id`, `name`, `line`, `mode`, `from_node_id`,
        `to_node_id`, `minutes`, `per_minute_saved` (rise of the outcome when the link gets one
        minute faster both ways; below zero where that lowers it), `per_percent` (when it gets one
        per cent faster), and what of `per_minute_saved` comes through people travelling and
        through freight: `people`, `freight`. Largest first.
    lines
        One row a line: `line`, `links`, `minutes`, `per_minute_saved` (a minute off the whole line,
        spread over its links by their minutes), `per_percent`.
    pairs
        {mode: worth of a minute saved between places, origins as index}.
    outcome
        What was asked, in English and in Chinese.
    value
        The outcome at the equilibrium.
    verdict
        Of the equilibrium: "certified".
    """

    links: pd.DataFrame
    lines: pd.DataFrame
    pairs: Mapping[str, pd.DataFrame]
    outcome: tuple[str, str]
    value: float
    verdict: str

    def map(self, economy: NetworkEconomy) -> gpd.GeoDataFrame:
        """The links as straight lines between their nodes, EPSG:4326, for a map."""
        nodes = economy.region.nodes.set_index("node_id")[["x_coord", "y_coord"]]
        ends = [
            nodes.loc[list(self.links[end])].to_numpy() for end in ("from_node_id", "to_node_id")
        ]
        lines = [LineString(pair) for pair in zip(*ends, strict=True)]
        return gpd.GeoDataFrame(self.links, geometry=lines, crs="EPSG:4326")


def link_values(
    economy: NetworkEconomy,
    scenario: Scenario | None = None,
    *,
    of: Outcome | None = None,
    equilibrium: Equilibrium | None = None,
) -> LinkValues:
    """Derivative of an outcome with respect to the minutes of every link.

    Exact for small changes where the fastest ways are unique: the route then needs no derivative
    (envelope theorem). Rank with it; for a large project route and solve again.

    Parameters
    ----------
    economy
        Model, baseline, costs and network.
    scenario
        At which network; the economy's base by default.
    of
        The outcome; `Welfare()` of all by default.
    equilibrium
        That of the scenario, if it has been solved already.

    Returns
    -------
    LinkValues

    Raises
    ------
    NotCertified
        The equilibrium is not certified or held too loosely.
    ParameterError
        The outcome does not fit the model, or the equilibrium belongs to another baseline.
    NetworkError
        The network cannot be routed.

    Notes
    -----
    dg/dt_l = Σ_pairs (dg/d ln cost)(d ln cost/dt) [l on the fastest way], for commuting, each part
    of trade, and densities that fade with time where the model has them. The first factor is one
    adjoint solve; the sum is one sweep over the tree of fastest ways from each origin.

    References
    ----------
    Allen and Arkolakis (2022), https://doi.org/10.1093/restud/rdac001, on the welfare of links;
    the adjoint: Griewank and Walther (2008), Evaluating Derivatives, chapter 15.

    Examples
    --------
    >>> from buju.region import read_region
    >>> from buju.simulate import CommutingTrade, Costs
    >>> falls = CostFunction.from_elasticity
    >>> costs = Costs(commuting=falls("power", 4.43, 3.3), trade=falls("power", 1.29, 3.0))
    >>> economy = NetworkEconomy.calibrated(
    ...     read_region("examples/strip/region"), Scenario(), costs=costs,
    ...     model=CommutingTrade(alpha=0.6, epsilon=3.3, sigma=4))
    >>> worth = link_values(economy).links
    >>> bool((worth["per_minute_saved"].diff().dropna() <= 0).all())
    True
    """
    at = scenario or economy.base
    now = equilibrium or economy.solve(at)
    if now.baseline is not economy.baseline:
        raise ParameterError(
            "equilibrium: it was solved from another baseline than the economy's; pass the one of "
            "economy.solve(scenario)",
            "equilibrium：其基期与 economy 不同；请用 economy.solve(scenario) 的结果",
        )
    outcome = of or Welfare()
    found = slopes(now, outcome)
    pairs = pair_values(economy, at, found)
    used = {
        mode: link_usage(
            economy.region, at, weights, mode=mode, impedance=economy.impedance
        ).set_index("link_id")["usage"]
        for mode, weights in pairs.items()
    }
    links = _by_link(economy, at, used)
    return LinkValues(links, _by_line(links), pairs, outcome.name, found.value, now.verdict)


def pair_values(
    economy: NetworkEconomy, scenario: Scenario, found: Sensitivity
) -> dict[str, pd.DataFrame]:
    """Rise of the outcome when a minute is saved from place (row) to place, by mode of travel."""
    n = len(economy.places)
    weights: dict[str, Floats] = {PEOPLE: np.zeros((n, n))}
    if "commuting_cost" in found.model.kernel_exponents:
        steepness = _steepness(economy.costs.commuting, economy.commuting(scenario))
        weights[PEOPLE] -= found.by_shock("commuting_cost") * steepness
    trade = found.by_shock("trade_cost")
    for name, (cost, share) in economy.parts.items():
        mode = economy.modes[name]
        saved = -share * trade * _steepness(cost, economy.trading(scenario, name))
        saved = saved.T if name == "goods" else saved
        weights[mode] = weights.get(mode, 0.0) + saved
    for kernel, decay in (
        ("near_jobs", "spillover_decay"),
        ("near_homes", "amenity_spillover_decay"),
    ):
        if getattr(found.world, kernel, None) is not None:
            weights[PEOPLE] += getattr(found.model, decay) * found.by_kernel(kernel)
    places = economy.places
    return {mode: pd.DataFrame(w, index=places, columns=places) for mode, w in weights.items()}


def _steepness(cost: CostFunction, minutes: pd.DataFrame) -> Floats:
    """d ln cost / d minute; zero where there is no way, and inside a place."""
    t = minutes.to_numpy(np.float64)
    if cost.form == "exponential":
        found = np.where(np.isfinite(t), cost.coefficient, 0.0)
    else:
        found = np.divide(cost.coefficient, t, out=np.zeros_like(t), where=np.isfinite(t) & (t > 0))
    np.fill_diagonal(found, 0.0)
    return found


def _by_link(
    economy: NetworkEconomy, scenario: Scenario, used: Mapping[str, pd.Series]
) -> pd.DataFrame:
    table = scenario.select(economy.region)
    kept = ["link_id", "name", "line", "mode", "from_node_id", "to_node_id", "minutes"]
    links = table[kept].reset_index(drop=True)
    ids = links["link_id"]
    people = ids.map(used[PEOPLE]).fillna(0.0).to_numpy(np.float64)
    freight = sum(
        (ids.map(u).fillna(0.0).to_numpy(np.float64) for mode, u in used.items() if mode != PEOPLE),
        start=np.zeros(len(ids)),
    )
    worth = people + freight
    links = links.assign(
        per_minute_saved=worth,
        per_percent=worth * links["minutes"].to_numpy(np.float64) / 100,
        people=people,
        freight=freight,
    )
    return links.sort_values("per_minute_saved", ascending=False, ignore_index=True, kind="stable")


def _by_line(links: pd.DataFrame) -> pd.DataFrame:
    groups = links.dropna(subset=["line"]).groupby("line", sort=False)
    lines = groups.agg(
        links=("link_id", "size"), minutes=("minutes", "sum"), per_percent=("per_percent", "sum")
    ).reset_index()
    minutes = lines["minutes"].to_numpy(np.float64)
    saved = np.divide(
        100 * lines["per_percent"].to_numpy(np.float64), minutes,
        out=np.zeros(len(lines)), where=minutes > 0,
    )  # fmt: skip
    lines.insert(3, "per_minute_saved", saved)
    return lines.sort_values("per_minute_saved", ascending=False, ignore_index=True, kind="stable")


def resolved(
    economy: NetworkEconomy,
    scenario: Scenario | None,
    links: list[str],
    *,
    of: Outcome | None = None,
    step: float = 0.05,
) -> pd.DataFrame:
    """The same worth by routing and solving again, a check of `link_values`.

    Central differences with a step and half of it, extrapolated: four solves a link.

    Parameters
    ----------
    links
        Ids; each must have more minutes than the step.
    step
        Minutes; small enough that no fastest way changes.

    Returns
    -------
    DataFrame
        `link_id`, `per_minute_saved`, `spread` (relative difference of the two steps' results;
        large where a fastest way changes within the step).
    """
    at, outcome = scenario or economy.base, of or Welfare()
    minutes = at.select(economy.region).set_index("link_id")["minutes"]
    start = economy.solve(at).state
    rows = []
    for link in links:
        if not minutes[link] > step:
            raise ParameterError(
                f"link {link} has {minutes[link]:g} minutes, not more than the step {step:g}",
                f"路段 {link} 只有 {minutes[link]:g} 分钟，不大于步长 {step:g}",
            )
        rough, fine = (
            (_outcome(economy, at, link, minutes[link] - h, outcome, start)
             - _outcome(economy, at, link, minutes[link] + h, outcome, start)) / (2 * h)
            for h in (step, step / 2)
        )  # fmt: skip
        worth = (4 * fine - rough) / 3
        spread = abs(fine - rough) / max(abs(worth), 1e-300)
        rows.append({"link_id": link, "per_minute_saved": worth, "spread": spread})
    return pd.DataFrame(rows)


def _outcome(
    economy: NetworkEconomy, at: Scenario, link: str, minutes: float, of: Outcome, start: Any
) -> float:
    edits = {**at.links, link: {**at.links.get(link, {}), "minutes": float(minutes)}}
    solved = economy.solve(replace(at, links=edits), start=start)
    return float(of.of(solved.model, solved.state, solved.world, solved.baseline.labels))
