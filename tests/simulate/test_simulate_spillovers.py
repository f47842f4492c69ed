"""Spillovers that fade with time: against Newton in levels, by hand, and their refusals.

Tolerance 2e-9 in logs: the referee differentiates by finite differences and stops at 1e-13.
"""

from dataclasses import replace

import numpy as np
import pytest
from economies import economy, solve_levels, surroundings, with_origins
from test_simulate_switches import agree, as_shocks, change, without_commuting

from buju.errors import ParameterError
from buju.simulate import Baseline, CommutingTrade, Gravity, Shocks, counterfactual

PLAIN = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0}
FADE = {"spillover": 0.07, "spillover_decay": 0.05}
NICE = {"amenity_spillover": 0.06, "amenity_spillover_decay": 0.1}
CROWD = {"amenity_spillover": -0.2, "amenity_spillover_decay": 0.03}


@pytest.mark.parametrize(
    "more",
    [
        FADE,
        NICE,
        FADE | CROWD | {"delta": 0.4, "nu": 0.03},
        FADE | NICE | {"closure": "open", "delta": 0.2},
        FADE | NICE | {"closure": "fixed", "trade": "crs"},
    ],
    ids=["productivity", "amenity", "crowding", "open", "stay"],
)
def test_agrees_with_newton_on_all_pairs(more) -> None:
    base, model = surroundings(economy(8, seed=5)), CommutingTrade(**(PLAIN | more))
    faster = base.minutes * np.random.default_rng(9).uniform(0.5, 1.2, size=(8, 8))
    expected = solve_levels(model, base, numeraire="gdp", minutes=faster, **change(8))
    found = counterfactual(model, base, as_shocks(change(8), minutes=faster), numeraire="gdp")
    agree(found, expected)
    off = counterfactual(CommutingTrade(**(PLAIN | {k: v for k, v in more.items()
                                                    if "spill" not in k})),
                         base, as_shocks(change(8)), numeraire="gdp")  # fmt: skip
    assert np.abs(np.log(off.wage / found.wage)).max() > 1e-3


def test_groups_agree_too() -> None:
    base = surroundings(with_origins(economy(8, seed=5)))
    model = CommutingTrade(**(PLAIN | FADE | NICE))
    expected = solve_levels(model, base, numeraire="mean_wage", **change(8))
    agree(counterfactual(model, base, as_shocks(change(8))), expected)


def test_steep_decay_is_the_local_elasticity() -> None:
    """Nobody else is near: the density around a place is its own."""
    base = surroundings(economy(8, seed=5))
    base = replace(base, minutes=np.where(np.eye(8, dtype=bool), 0.0, np.inf))
    far = CommutingTrade(**PLAIN, spillover=0.07, spillover_decay=1.0)
    one = counterfactual(far, base, as_shocks(change(8)))
    other = counterfactual(CommutingTrade(**PLAIN, nu=0.07), base, as_shocks(change(8)))
    assert one.wage == pytest.approx(other.wage, rel=1e-9)
    assert one.welfare == pytest.approx(other.welfare, rel=1e-9)


def test_twins_by_hand() -> None:
    """Twins that come nearer: each gains what the density alone gives, to the power of goods."""
    twins = Baseline(
        commuting=[[0.4, 0.1], [0.1, 0.4]], trade=[[0.7, 0.3], [0.3, 0.7]], wage=[1, 1],
        income=[1, 1], jobs=[50, 50], residents=[50, 50], minutes=[[0, 30], [30, 0]], area=[2, 2],
    )  # fmt: skip
    model = CommutingTrade(**PLAIN, spillover=0.1, spillover_decay=np.log(2) / 10)
    found = counterfactual(model, twins, Shocks(minutes=[[0, 10], [10, 0]]))
    assert found.welfare == pytest.approx(((1 + 1 / 2) / (1 + 1 / 8)) ** (0.1 * 0.6), rel=1e-12)
    nice = CommutingTrade(**PLAIN, amenity_spillover=0.1, amenity_spillover_decay=np.log(2) / 10)
    found = counterfactual(nice, twins, Shocks(minutes=[[0, 10], [10, 0]]))
    assert found.welfare == pytest.approx(((1 + 1 / 2) / (1 + 1 / 8)) ** 0.1, rel=1e-12)
    assert found.wage == pytest.approx([1, 1], rel=1e-12)


def test_the_unit_of_area_does_not_matter() -> None:
    base, model = surroundings(economy(6, seed=2)), CommutingTrade(**(PLAIN | FADE | NICE))
    a = counterfactual(model, base, as_shocks(change(6)))
    b = counterfactual(model, replace(base, area=base.area * 1e6), as_shocks(change(6)))
    assert b.residents == pytest.approx(a.residents, rel=1e-9)


def test_refusals_name_the_remedy() -> None:
    base, model = economy(4), CommutingTrade(**(PLAIN | FADE))
    with pytest.raises(ParameterError, match=r"spillover: the baseline has no minutes and no area"):
        counterfactual(model, base, Shocks())
    with pytest.raises(ParameterError, match=r"no area; add them with dataclasses\.replace"):
        counterfactual(model, replace(base, minutes=np.ones((4, 4))), Shocks())
    with pytest.raises(ParameterError, match="spillover_decay = 0: give how fast it fades"):
        CommutingTrade(**PLAIN, spillover=0.1)
    with pytest.raises(ParameterError, match="no spillover of this model fades"):
        counterfactual(CommutingTrade(**PLAIN), base, Shocks(minutes=np.ones((4, 4))))
    with pytest.raises(ParameterError, match="Gravity has no spillovers that fade"):
        counterfactual(
            Gravity.helpman(alpha=0.7, sigma=5), without_commuting(4), Shocks(minutes=np.eye(4))
        )
    with pytest.raises(ParameterError, match="minutes from '0' to '0' is inf"):
        cut = np.full((2, 2), np.inf)
        Baseline(trade=np.full((2, 2), 0.5), wage=[1, 1], income=[1, 1], jobs=[1, 1],
                 residents=[1, 1], minutes=cut)  # fmt: skip
    far = replace(surroundings(base), minutes=np.full((4, 4), 1e6))
    with pytest.raises(ParameterError, match="nothing is near 'P0', 'P1'"):
        counterfactual(model, far, Shocks())
