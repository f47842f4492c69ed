"""What tracking refuses: one type for each kind of bad input, to be told apart by a caller."""

from __future__ import annotations

from buju.errors import ParameterError, SchemaError


class NoBaseline(ParameterError):
    """A target without the figure it starts from, so that no path leads to it."""


class MixedKinds(SchemaError):
    """Announced, planned, observed and studied figures in one series."""


class MixedPrices(SchemaError):
    """Growth at current prices beside growth at constant prices."""


class Fractions(SchemaError):
    """Figures that look like fractions (0.08) where per cent (8) are meant."""


class TooShort(SchemaError):
    """A panel with too few years or places to say anything of."""
