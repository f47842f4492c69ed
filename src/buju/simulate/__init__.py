"""Arrays in, certified equilibrium out.

`counterfactual(model, baseline, shocks)` is the door; `calibrate` and `prepare` make a baseline.
"""

from buju.simulate.batch import batch
from buju.simulate.calibrate import Costs, Totals, calibrate
from buju.simulate.certificate import VERDICTS, Certificate
from buju.simulate.costs import ComposedCost, CostFunction
from buju.simulate.decay import Decay, estimate_decay
from buju.simulate.economy import Baseline, Shocks
from buju.simulate.equilibrium import Equilibrium, counterfactual
from buju.simulate.flows import Flows
from buju.simulate.gradient import gradient
from buju.simulate.invert import Fundamentals, invert
from buju.simulate.models.commuting_trade import CommutingTrade
from buju.simulate.models.gravity import Gravity
from buju.simulate.prepare import Prepared, prepare
from buju.simulate.regional import regional_economy
from buju.simulate.sensitivity import Sensitivity, sensitivity
from buju.simulate.solvers import Solver, prefactored

__all__ = [
    "VERDICTS",
    "Baseline",
    "Certificate",
    "CommutingTrade",
    "ComposedCost",
    "CostFunction",
    "Costs",
    "Decay",
    "Equilibrium",
    "Flows",
    "Fundamentals",
    "Gravity",
    "Prepared",
    "Sensitivity",
    "Shocks",
    "Solver",
    "Totals",
    "batch",
    "calibrate",
    "counterfactual",
    "estimate_decay",
    "gradient",
    "invert",
    "prefactored",
    "prepare",
    "regional_economy",
    "sensitivity",
]
