"""The sections of the report in their order; add a file with a `SECTION` and name it here."""

from __future__ import annotations

from buju.report.blocks import (
    backtest,
    certificates,
    change,
    circles,
    claims,
    elements,
    equilibrium,
    findings,
    fit,
    method,
    reading,
    sources,
    specialisation,
    travel,
)
from buju.report.section import Section

SECTIONS: tuple[Section, ...] = (
    findings.SECTION,
    reading.SECTION,
    elements.SECTION,
    change.SECTION,
    travel.SECTION,
    fit.SECTION,
    circles.CIRCLES,
    circles.ATTRACTION,
    specialisation.SECTION,
    equilibrium.SECTION,
    backtest.SECTION,
    certificates.SECTION,
    claims.SECTION,
    sources.SECTION,
    method.SECTION,
)
