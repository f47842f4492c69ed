"""CommutingTrade against a Newton on all pairs in levels, which shares no code with it.

Tolerance 2e-9 in logs: the referee differentiates by finite differences and stops at 1e-13.
"""

import numpy as np
import pytest
from economies import economy, solve_levels

from buju.simulate import CommutingTrade, Shocks, counterfactual

CLOSE = 2e-9
PLAIN = {"alpha": 0.6, "epsilon": 3.3, "sigma": 4.0}
VARIANTS = [
    {},
    {"trade": "crs"},
    {"delta": 0.8},
    {"nu": 0.05},
    {"housing": "fixed"},
    {"trade": "crs", "delta": 0.3, "nu": 0.1, "alpha": 0.75, "epsilon": 5.0, "sigma": 5.0},
]
HATS = ("wage", "income", "rent", "price", "residents", "jobs", "welfare")


def shocks(n, seed=3):
    """Asymmetric in every pair, so that a transposed matrix shows."""
    draw = np.random.default_rng(seed)
    return {
        "productivity": np.exp(0.2 * draw.normal(size=n)),
        "amenity": np.exp(0.2 * draw.normal(size=(n, n))),
        "kappa": np.exp(0.1 * draw.normal(size=(n, n))),
        "d": np.exp(0.1 * draw.normal(size=(n, n))),
    }


def as_shocks(s):
    return Shocks(
        productivity=s["productivity"], amenity=s["amenity"], commuting_cost=s["kappa"],
        trade_cost=s["d"],
    )  # fmt: skip


@pytest.mark.parametrize("numeraire", ["mean_wage", "gdp"])
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_agrees_with_newton_on_all_pairs(variant, numeraire) -> None:
    base, model = economy(9, seed=5), CommutingTrade(**(PLAIN | variant))
    change = shocks(9)
    expected = solve_levels(model, base, numeraire=numeraire, **change)
    found = counterfactual(model, base, as_shocks(change), numeraire=numeraire)
    for name in HATS:
        assert np.log(getattr(found, name)) == pytest.approx(np.log(expected[name]), abs=CLOSE), (
            name
        )


def test_nominal_housing_agrees_in_real_quantities() -> None:
    base = economy(9, seed=5)
    model = CommutingTrade(**PLAIN, delta=0.5, housing="nominal")
    change = shocks(9)
    expected = solve_levels(model, base, numeraire="gdp", **change)
    found = counterfactual(model, base, as_shocks(change), numeraire="gdp")
    for name in ("wage", "income", "residents", "jobs", "price"):
        assert np.log(getattr(found, name)) == pytest.approx(np.log(expected[name]), abs=CLOSE), (
            name
        )
    assert found.certificate.homogeneity > 0.01
