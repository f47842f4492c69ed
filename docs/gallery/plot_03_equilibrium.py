"""
A certified equilibrium and its derivatives
===========================================

Where people and jobs go when one place becomes more productive, what the certificate says, and the
derivative of welfare with respect to every cost from one more solve.
"""

# %%
# A ring of twenty places: people commute, goods are traded, both fall with distance.

import matplotlib.pyplot as plt
import numpy as np

from buju.errors import BujuError
from buju.simulate import Baseline, CommutingTrade, Shocks, counterfactual, gradient

N = 20
apart = np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
apart = np.minimum(apart, N - apart)
commuting = np.exp(-1.2 * apart)
commuting /= commuting.sum()
trade = np.exp(-0.4 * apart)
trade /= trade.sum(axis=1, keepdims=True)
even = np.ones(N)
baseline = Baseline(
    commuting=commuting, trade=trade, wage=even, income=even, jobs=even * 50, residents=even * 50
)
model = CommutingTrade(alpha=0.7, epsilon=3.3, sigma=4)

# %%
# Orientation is `[n, i]` everywhere: residence or buyer n, workplace or seller i.

better = np.ones(N)
better[5] = 1.10
found = counterfactual(model, baseline, Shocks(productivity=better))
certificate = found.certificate
print(
    found.verdict,
    f"residual {certificate.residual:.1e}, error at most {certificate.error_bound:.1e}",
)

# %%
# Jobs gather where productivity rose; some of the people who take them live next door.

figure, axes = plt.subplots(figsize=(8, 3.6))
axes.plot((found.jobs - 1) * 100, marker="o", label="jobs")
axes.plot((found.residents - 1) * 100, marker="s", label="residents")
axes.axhline(0, color="0.7", linewidth=0.8)
axes.set_xticks(range(N))
axes.set_xlabel("place on the ring")
axes.set_ylabel("change, %")
axes.legend(frameon=False)
figure.tight_layout()

# %%
# All 2N² derivatives of welfare cost about one solve. A cheaper way to work raises welfare by the
# share of people who use it, so the derivatives by commuting costs sum to minus one.

slopes = gradient(found, of="welfare", wrt=("commuting_cost", "trade_cost"))
print(f"sum over commuting costs: {slopes['commuting_cost'].sum():.9f}")

# %%
# What cannot be resolved is refused, with the place and the remedy; there is no number to misuse.

try:
    Baseline(
        commuting=commuting * 2, trade=trade, wage=even, income=even, jobs=even, residents=even
    )
except BujuError as refusal:
    print(refusal)
