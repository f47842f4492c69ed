"""
A ranking and how firm it is
============================

An index is a chain of choices. This page makes one for eight invented cities, varies the choices,
and shows ranks as intervals.
"""

# %%
# The tree is a table of rows; the figures are another.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from buju.measure import index

tree = [
    {"code": "income", "parent": "life", "level": 1, "direction": 1, "weight": 50, "unit": "CNY"},
    {"code": "air", "parent": "life", "level": 1, "direction": -1, "weight": 50, "unit": "ug/m3"},
    {"code": "output", "parent": "growth", "level": 1, "direction": 1, "weight": 60, "unit": "CNY"},
    {
        "code": "firms",
        "parent": "growth",
        "level": 1,
        "direction": 1,
        "weight": 40,
        "unit": "count",
    },
    {"code": "life", "parent": "index", "level": 2, "direction": 1, "weight": 50, "unit": ""},
    {"code": "growth", "parent": "index", "level": 2, "direction": 1, "weight": 50, "unit": ""},
    {"code": "index", "parent": None, "level": 3, "direction": 1, "weight": 1, "unit": ""},
]
rng = np.random.default_rng(7)
figures = pd.DataFrame(
    rng.lognormal(4, 0.4, (8, 4)),
    index=[f"City {letter}" for letter in "ABCDEFGH"],
    columns=["income", "air", "output", "firms"],
)
long = figures.rename_axis("unit").melt(
    ignore_index=False, var_name="indicator", value_name="value"
)
cities = index.read_tidy(long.reset_index(), tree)

# %%
# The base case: every step is kept, so that an office can follow a score by hand.

spec = {
    "normalise": {"method": "min_max", "lower": 1, "upper": 100},
    "weight": {"method": "given"},
    "aggregate": {"method": "arithmetic"},
}
result = index.composite(cities, spec)
result.scores.round(1)

# %%
# Ten thousand replications, every choice varied at once.

found = index.robustness(
    cities,
    {
        **spec,
        "vary": {
            "normalise": [
                spec["normalise"],
                {"method": "rank"},
                {"method": "z_score", "mean": 50, "sd": 10},
            ],
            "weight": {"noise": 0.25, "levels": [1, 2]},
            "indicators": {"noise": 0.05},
        },
    },
    draws=10_000,
    seed=1,
)

# %%
# A city whose interval spans five ranks has no rank to publish.

low, middle, high = np.quantile(found.ranks.to_numpy(), [0.05, 0.5, 0.95], axis=0)
order = np.argsort(middle)
names = found.ranks.columns[order]
rows = np.arange(len(names))
figure, axes = plt.subplots(figsize=(7, 3.6))
axes.hlines(rows, low[order], high[order], color="#4477aa", linewidth=6, alpha=0.5)
axes.plot(middle[order], rows, "o", color="#223355")
axes.set_yticks(rows, names)
axes.invert_yaxis()
axes.set_xlabel("rank: median and 90 % interval")
figure.tight_layout()

# %%
# Which choice matters most.

found.sobol.round(2)
