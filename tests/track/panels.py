"""Panels of growth drawn from a known truth: places that differ, years that share a shock."""

import numpy as np
import pandas as pd


def drawn(
    seed: int,
    places: int = 48,
    years: int = 17,
    *,
    persistence: float = 0.4,
    between: float = 1.0,
    shared: float = 2.0,
    own: float = 1.5,
    uneven: float = 0.0,
    level: float = 5.0,
) -> pd.DataFrame:
    """g_rt = m_r + x_rt, x_rt = persistence x_r,t-1 + c_t + e_rt, per cent, long run before it."""
    rng = np.random.default_rng(seed)
    mean = level + between * rng.standard_normal(places)
    spread = own * np.exp(uneven * rng.standard_normal(places))
    before = 40
    x, values = np.zeros(places), []
    for year in range(before + years):
        shock = shared * rng.standard_normal()
        x = persistence * x + shock + spread * rng.standard_normal(places)
        if year >= before:
            values.append(mean + x)
    table = pd.DataFrame(np.transpose(values), columns=range(2001, 2001 + years))
    table.index = [f"P{k:03d}" for k in range(places)]
    return (
        table.rename_axis("place").reset_index().melt("place", var_name="year", value_name="value")
    )
