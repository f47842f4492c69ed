"""Small changes of an equilibrium: what outcomes gain from them, by link and by lever."""

from buju.decide.marginal.economy import NetworkEconomy
from buju.decide.marginal.link_values import LinkValues, link_values
from buju.decide.marginal.outcomes import Inequality, Outcome, Product, Residents, Welfare

__all__ = [
    "Inequality",
    "LinkValues",
    "NetworkEconomy",
    "Outcome",
    "Product",
    "Residents",
    "Welfare",
    "link_values",
]
