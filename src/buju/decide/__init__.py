"""Choices from what was measured and simulated: discounting and appraisal."""

from buju.decide.discount import Regime, discount_factors, npv, regimes
from buju.decide.rate_of_return import irr_roots

__all__ = ["Regime", "discount_factors", "irr_roots", "npv", "regimes"]
