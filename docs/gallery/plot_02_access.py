"""
Travel times and what is in reach
=================================

Shortest times on the roads and railways of a region, then how many people each county reaches, by
four ideas of how time deters.
"""

# %%
# Times from every county to every other one, with the railway and without it.

from pathlib import Path

import matplotlib.pyplot as plt

import buju
from buju.measure import accessibility, decay
from buju.network import times

STRIP = Path(buju.__file__).parents[2] / "examples/strip"
region = buju.read_region(STRIP / "region")
counties = region.level("county")["place"].tolist()


def matrix(mode):
    """Minutes, origins by destinations."""
    table = times(region, mode=mode).pivot(index="origin", columns="destination", values="minutes")
    return table.loc[counties, counties]


everything, roads = matrix("all"), matrix("road")
everything.iloc[:4, :4].round(0)

# %%
# A decay is an object with its numbers in it, so that two measures that should agree share one.

people = region.level("county")["residents"].to_numpy()
reach = {
    "within an hour": decay.Cumulative(60),
    "exponential": decay.Exponential(0.02),
    "logistic": decay.Logistic(median=45, sd=15),
    "power": decay.Power(1),
}
figure, axes = plt.subplots(figsize=(8, 4))
for name, falls in reach.items():
    whole = accessibility(everything.to_numpy(), people, falls)
    axes.plot(range(len(counties)), whole / people.sum() * 100, marker="o", label=name)
axes.set_xticks(range(len(counties)), counties, rotation=45)
axes.set_ylabel("people in reach, % of the region")
axes.legend(frameon=False)
figure.tight_layout()

# %%
# What the railway adds to an hour's reach, in people.

hour = decay.Cumulative(60)
gain = accessibility(everything.to_numpy(), people, hour) - accessibility(
    roads.to_numpy(), people, hour
)
dict(zip(counties, gain.astype(int).tolist(), strict=True))
