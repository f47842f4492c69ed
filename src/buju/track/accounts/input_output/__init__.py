"""Regional input-output: coefficients by location quotients, balancing, multipliers, linkages."""

from buju.track.accounts.input_output.multipliers import (
    Multipliers,
    ghosh_inverse,
    leontief_inverse,
    linkages,
    multipliers,
    technical_coefficients,
)
from buju.track.accounts.input_output.quotients import (
    Method,
    cross_quotients,
    flegg_quotients,
    region_size,
    regional_coefficients,
    simple_quotients,
)
from buju.track.accounts.input_output.ras import Balanced, ras

__all__ = [
    "Balanced",
    "Method",
    "Multipliers",
    "cross_quotients",
    "flegg_quotients",
    "ghosh_inverse",
    "leontief_inverse",
    "linkages",
    "multipliers",
    "ras",
    "region_size",
    "regional_coefficients",
    "simple_quotients",
    "technical_coefficients",
]
