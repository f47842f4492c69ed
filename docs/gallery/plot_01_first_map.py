"""
From tables to a map
====================

A region is a folder of tables, a study is one file, a run leaves a bundle. This page runs the
invented strip and ends in a map of who gains when one county becomes more productive.
"""

# %%
# Check the tables first. A fault names its file, row and column; here there is none.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import buju

STRIP = Path(buju.__file__).parents[2] / "examples/strip"
buju.check_region(STRIP / "region")

# %%
# Run the study. It is finished or it is not there: nothing is left half written.

folder = Path(tempfile.mkdtemp()) / "strip"
bundle = buju.run_study(STRIP, out=folder)
bundle.frame("certificates")[["scenario", "verdict", "residual", "error_bound"]]

# %%
# The scenario `zone` makes one county three per cent more productive. `certified` says that the
# equations were solved; it does not say that the model is right.

effects = bundle.frame("effects").query("scenario == 'zone'").set_index("place")
effects[["residents_change", "wage_change", "rent_change"]].mul(100).round(2)

# %%
# Counties have seats and, without a boundary file, the cells round them.

region = buju.read_region(STRIP / "region")
shapes = buju.region.boundaries(region).set_index("place")
shapes["change"] = effects["residents_change"] * 100
top = float(np.abs(shapes["change"]).max())
figure, axes = plt.subplots(figsize=(9, 3.2))
shapes.plot(
    "change",
    cmap="RdBu",
    vmin=-top,
    vmax=top,
    edgecolor="white",
    legend=True,
    ax=axes,
    legend_kwds={"label": "residents, % against no change", "shrink": 0.7},
)
axes.set_title(
    f"Three per cent more productivity in one county ({shapes.attrs.get('basis', 'cells')})"
)
axes.set_axis_off()
