"""Ways to a fixed point. Each solver is a frozen record; called, it moves a state and reports.

`Ladder` is the default. A solver never decides what counts as an answer: the certificate does.
"""

from buju.simulate.solvers.anderson import Anderson, Damped
from buju.simulate.solvers.chord import Chord, prefactored
from buju.simulate.solvers.dense_newton import DenseNewton
from buju.simulate.solvers.ladder import Ladder
from buju.simulate.solvers.newton_krylov import NewtonKrylov
from buju.simulate.solvers.record import Reached, Rung, Solver

__all__ = [
    "Anderson",
    "Chord",
    "Damped",
    "DenseNewton",
    "Ladder",
    "NewtonKrylov",
    "Reached",
    "Rung",
    "Solver",
    "prefactored",
]
