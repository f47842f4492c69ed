"""Two-sided markets: who gets what, by which rule, and why the others do not.

Arrays in, records out. A stable assignment is not the one of largest total, and neither is a
price: choose openly.
"""

from buju.match.assignment import Assignment, assign
from buju.match.auction import Clearing, clear_auction
from buju.match.stable import Matching, blocking_pairs, deferred_acceptance

__all__ = [
    "Assignment",
    "Clearing",
    "Matching",
    "assign",
    "blocking_pairs",
    "clear_auction",
    "deferred_acceptance",
]
