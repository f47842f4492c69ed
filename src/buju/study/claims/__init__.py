"""Claims of an announcement, each decided by a function or left open with its reason."""

from buju.study.claims import (
    assess,
    decide,
    gathering,
    industry,
    layout,
    plans,
    ties,
    track,
    travel,
    trust,
)
from buju.study.claims.register import CHECKS, Finding, decide_claims

__all__ = [
    "CHECKS",
    "Finding",
    "assess",
    "decide",
    "decide_claims",
    "gathering",
    "industry",
    "layout",
    "plans",
    "ties",
    "track",
    "travel",
    "trust",
]
