"""Stages of a run, in the order they go: each takes the run and returns tables."""

from __future__ import annotations

from collections.abc import Callable

from buju.study.bundle import Table
from buju.study.context import Run
from buju.study.stages import (
    accounts,
    assess,
    attested,
    backtest,
    claims,
    decide,
    definitions,
    findings,
    layout,
    markets,
    measure,
    network,
    simulate,
    structure,
    track,
)

STAGES: dict[str, Callable[[Run], dict[str, Table]]] = {
    "attested": attested.stage,
    "layout": layout.stage,
    "network": network.stage,
    "measure": measure.stage,
    "structure": structure.stage,
    "simulate": simulate.stage,
    "decide": decide.stage,
    "definitions": definitions.stage,
    "backtest": backtest.stage,
    "markets": markets.stage,
    "assess": assess.stage,
    "accounts": accounts.stage,
    "track": track.stage,
    "claims": claims.stage,
    "findings": findings.stage,
}
