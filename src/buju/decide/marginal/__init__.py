"""Small changes of an equilibrium: what outcomes gain from them, by link and by lever."""

from buju.decide.marginal.economy import ArrayEconomy, NetworkEconomy
from buju.decide.marginal.levers import Hat, Lever, Speed
from buju.decide.marginal.link_values import LinkValues, link_values
from buju.decide.marginal.outcomes import (
    Inequality,
    Outcome,
    Product,
    RealProduct,
    Residents,
    Welfare,
)
from buju.decide.marginal.reach import GrowthTarget, Reached, reach_target
from buju.decide.marginal.search import NotReachable

__all__ = [
    "ArrayEconomy",
    "GrowthTarget",
    "Hat",
    "Inequality",
    "Lever",
    "LinkValues",
    "NetworkEconomy",
    "NotReachable",
    "Outcome",
    "Product",
    "Reached",
    "RealProduct",
    "Residents",
    "Speed",
    "Welfare",
    "link_values",
    "reach_target",
]
