"""The sections of the report in their order; add a file with a `SECTION` and name it here."""

from __future__ import annotations

from buju.report.blocks import (
    attested,
    backtest,
    certificates,
    change,
    circles,
    claims,
    definitions,
    elements,
    equilibrium,
    findings,
    fit,
    method,
    reading,
    sources,
    specialisation,
    structure,
    tiers,
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
    definitions.SECTION,
    tiers.SECTION,
    specialisation.SECTION,
    structure.SECTION,
    equilibrium.SECTION,
    backtest.SECTION,
    certificates.SECTION,
    attested.SECTION,
    claims.SECTION,
    sources.SECTION,
    method.SECTION,
)
