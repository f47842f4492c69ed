"""Choices from what was measured and simulated: appraisal, portfolios, link values, targets."""

from buju.decide.discount import Regime, discount_factors, npv, regimes
from buju.decide.marginal import (
    Inequality,
    LinkValues,
    NetworkEconomy,
    Product,
    Residents,
    Welfare,
    link_values,
)
from buju.decide.portfolio import (
    Fitted,
    Infeasible,
    LeastServed,
    NoChoice,
    Portfolio,
    Programme,
    RobustChoice,
    Verification,
    budget_values,
    fit_interactions,
    pareto_front,
    robust_choice,
    select,
)
from buju.decide.rate_of_return import irr_roots

__all__ = [
    "Fitted",
    "Inequality",
    "Infeasible",
    "LeastServed",
    "LinkValues",
    "NetworkEconomy",
    "NoChoice",
    "Portfolio",
    "Product",
    "Programme",
    "Regime",
    "Residents",
    "RobustChoice",
    "Verification",
    "Welfare",
    "budget_values",
    "discount_factors",
    "fit_interactions",
    "irr_roots",
    "link_values",
    "npv",
    "pareto_front",
    "regimes",
    "robust_choice",
    "select",
]
