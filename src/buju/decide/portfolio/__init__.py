"""Choices among projects under budgets: selection, its price, its rivals and its robustness."""

from buju.decide.portfolio.budget_values import budget_values
from buju.decide.portfolio.conflict import Infeasible
from buju.decide.portfolio.front import LeastServed, pareto_front
from buju.decide.portfolio.interactions import Fitted, fit_interactions
from buju.decide.portfolio.programme import Programme
from buju.decide.portfolio.robust import RobustChoice, robust_choice
from buju.decide.portfolio.select import Portfolio, Verification, select
from buju.decide.portfolio.solver import NoChoice

__all__ = [
    "Fitted",
    "Infeasible",
    "LeastServed",
    "NoChoice",
    "Portfolio",
    "Programme",
    "RobustChoice",
    "Verification",
    "budget_values",
    "fit_interactions",
    "pareto_front",
    "robust_choice",
    "select",
]
