"""Markets at size: 100,000 firms x 400 products, a million orders."""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd

from buju.match import blocking_pairs, clear_auction, deferred_acceptance

RESULT = Path(__file__).parent / "results/match.json"


def stable(firms: int = 100_000, products: int = 400, choices: int = 10) -> dict[str, float]:
    rng = np.random.default_rng(0)
    keys = rng.random((firms, products), dtype=np.float32)
    wishes = np.argpartition(keys, choices, axis=1)[:, :choices]
    scores = rng.random((firms, choices))
    quotas = rng.integers(100, 300, products)
    took = {}
    for side in ("requests", "listings"):
        began = time.process_time()
        found = deferred_acceptance(wishes, scores, quotas, proposing=side)
        took[f"{side} propose, s"] = time.process_time() - began
        assert len(blocking_pairs(wishes, scores, quotas, found.match)) == 0
    return {**took, "placed": int((found.match >= 0).sum()), "blocking pairs": 0}


def auction(orders: int = 1_000_000) -> dict[str, float]:
    rng = np.random.default_rng(0)
    half = orders // 2
    sides = [
        pd.DataFrame(
            {
                "order": np.arange(half),
                "price": np.round(rng.normal(mean, 8, half).clip(1), 2),
                "quantity": rng.integers(1, 1000, half),
            }
        )
        for mean in (60, 62)
    ]
    began = time.process_time()
    result = clear_auction(*sides, reference_price=61.0)
    took = time.process_time() - began
    assert result.bids_filled.sum() == result.offers_filled.sum() == result.volume
    return {"clear, s": took, "volume": result.volume, "price": result.price}


def main() -> None:
    figures = {
        "machine": platform.processor() or platform.machine(),
        "stable, 100,000 x 400 x 10 (bar 5 s)": stable(),
        "auction, 1,000,000 orders (bar 3 s)": auction(),
    }
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
