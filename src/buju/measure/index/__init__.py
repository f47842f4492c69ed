"""Composite indices: who ranks where, by which choices, and how firmly."""

from buju.measure.index.ahp import Ahp, ahp_weights
from buju.measure.index.assessment import Assessment, assess, year_on_year
from buju.measure.index.attainment import attainment
from buju.measure.index.audit import (
    correlation_table,
    cronbach,
    effective_weights,
    principal_components,
    strengths,
    without_each,
)
from buju.measure.index.benefit_of_the_doubt import benefit_of_the_doubt
from buju.measure.index.composite import composite, replay
from buju.measure.index.data_weights import critic_weights, entropy_weights
from buju.measure.index.export import export_workbook
from buju.measure.index.indicators import Indicators, make_indicators
from buju.measure.index.movement import Movement, what_would_move
from buju.measure.index.official import efficacy, target_attainment
from buju.measure.index.rank import rank
from buju.measure.index.read_coin_tool import coin_tool_goalposts, read_coin_tool
from buju.measure.index.read_coinr import read_coinr
from buju.measure.index.read_tidy import read_sdmx_csv, read_tidy
from buju.measure.index.result import IndexResult
from buju.measure.index.robustness import Robustness, robustness
from buju.measure.index.smaa import Smaa, smaa
from buju.measure.index.spec import Spec, read_spec
from buju.measure.index.topsis import topsis
from buju.measure.index.tree import Node, Tree, read_tree

__all__ = [
    "Ahp",
    "Assessment",
    "IndexResult",
    "Indicators",
    "Movement",
    "Node",
    "Robustness",
    "Smaa",
    "Spec",
    "Tree",
    "ahp_weights",
    "assess",
    "attainment",
    "benefit_of_the_doubt",
    "coin_tool_goalposts",
    "composite",
    "correlation_table",
    "critic_weights",
    "cronbach",
    "effective_weights",
    "efficacy",
    "entropy_weights",
    "export_workbook",
    "make_indicators",
    "principal_components",
    "rank",
    "read_coin_tool",
    "read_coinr",
    "read_sdmx_csv",
    "read_spec",
    "read_tidy",
    "read_tree",
    "replay",
    "robustness",
    "smaa",
    "strengths",
    "target_attainment",
    "topsis",
    "what_would_move",
    "without_each",
    "year_on_year",
]
