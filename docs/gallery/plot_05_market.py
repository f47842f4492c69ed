"""
A market in which nobody wants to swap
======================================

Firms name the loan products they would take, products see firms by a score and have places.
Deferred acceptance gives the assignment that no pair wants to leave.
"""

# %%
# Six invented firms, three products; -1 where a firm names no further one.

import numpy as np
import pandas as pd

from buju.match import assign, blocking_pairs, clear_auction, deferred_acceptance

choices = np.array([[0, 1, -1], [0, 2, 1], [0, 1, 2], [1, 0, -1], [1, 2, -1], [0, -1, -1]])
scores = np.array(
    [[0.9, 0.4, np.nan], [0.7, 0.6, 0.5], [0.8, 0.9, 0.3], [0.5, 0.6, np.nan],
     [0.7, 0.8, np.nan], [0.2, np.nan, np.nan]]
)  # fmt: skip
quotas = np.array([2, 1, 2])
found = deferred_acceptance(choices, scores, quotas)
print("product of each firm:", found.match.tolist())
print("why not:", found.reason.tolist())

# %%
# No firm and product prefer each other to what they have: that can be checked, and is.

print("pairs that would leave:", len(blocking_pairs(choices, scores, quotas, found.match)))

# %%
# The assignment of largest total value is another one; choose openly which is wanted.

value = np.full((6, 3), np.nan)
for firm, row in enumerate(choices):
    for rank, product in enumerate(row):
        if product >= 0:
            value[firm, product] = scores[firm, rank]
best = assign(value, quotas)
print("product of each firm:", best.match.tolist(), "total value", round(best.value, 2))

# %%
# Allowances clear at one price: the most volume, then the least left over.

bids = pd.DataFrame({"order": ["b1", "b2", "b3"], "price": [60, 55, 50], "quantity": [40, 30, 30]})
offers = pd.DataFrame({"order": ["o1", "o2"], "price": [45, 54], "quantity": [50, 40]})
clearing = clear_auction(bids, offers)
print(f"price {clearing.price}, volume {clearing.volume}")
