"""Cost-benefit appraisal: flows, measures, risk, and what benefits a change has."""

from buju.decide.appraisal.appraise import Appraisal, appraise
from buju.decide.appraisal.benefits import break_even_trips, rule_of_half, welfare_benefit
from buju.decide.appraisal.bias import OptimismBias, biases, optimism_bias
from buju.decide.appraisal.flows import at_prices, stream
from buju.decide.appraisal.measures import payback
from buju.decide.appraisal.risk import Risk

__all__ = [
    "Appraisal",
    "OptimismBias",
    "Risk",
    "appraise",
    "at_prices",
    "biases",
    "break_even_trips",
    "optimism_bias",
    "payback",
    "rule_of_half",
    "stream",
    "welfare_benefit",
]
