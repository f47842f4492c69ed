"""Finger vein: one of two factors, decided in the terminal. Synthetic data only was ever tried."""

from buju.attest.vein.matching import score
from buju.attest.vein.pattern import Pattern, extract
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.synthetic import synthetic

__all__ = ["Pattern", "VeinRefused", "extract", "score", "synthetic"]
