"""What forecasts of short panels are worth: known truths, the cities of Shanxi, time."""

from __future__ import annotations

import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from buju import track

ROOT = Path(__file__).parents[1]
RESULT = Path(__file__).parent / "results/track.json"
sys.path.insert(0, str(ROOT / "tests/track"))

from panels import drawn  # noqa: E402

PANELS = 200
TRUTHS = {
    "persistence 0.4": {},
    "persistence 0": {"persistence": 0.0},
    "persistence 0.7": {"persistence": 0.7},
    "uneven variances": {"uneven": 0.4},
    "weak common shock": {"shared": 0.3},
    "11 places x 9 years": {"places": 11, "years": 9},
}


def recovery(truth: dict[str, float]) -> dict[str, float]:
    """Coverage and scores over panels of 48 places x 17 years unless said otherwise."""
    first = 5 if truth.get("years") == 9 else 8
    parts = [
        track.backtest(drawn(seed, **truth), target=8.0, least_years=first, draws=1024).summary
        for seed in range(PANELS)
    ]
    rows = pd.concat(parts).groupby("method")[["coverage", "coverage_95", "crps", "brier_skill"]]
    mean, error = rows.mean(), rows.sem()
    return {
        "80 % interval covers (bar 0.77 to 0.83)": round(mean.coverage["pooled"], 4),
        "its standard error": round(error.coverage["pooled"], 4),
        "95 % interval covers": round(mean.coverage_95["pooled"], 4),
        "CRPS": round(mean.crps["pooled"], 4),
        "CRPS of each place's own mean (bar: above)": round(mean.crps["own_mean"], 4),
        "own mean's 80 % interval covers": round(mean.coverage["own_mean"], 4),
        "Brier skill, mean over panels": round(mean.brier_skill["pooled"], 4),
    }


def shanxi() -> dict[str, object]:
    """The eleven cities, 2015 to 2023, and the target of 8 %."""
    table = pd.read_csv(ROOT / "examples/shanxi/region/indicators.csv", dtype={"place": str})
    cities = table["place"].str.endswith("00") & (table["place"] != "140000")
    panel = table[(table["indicator"] == "gdp_growth_real") & cities]
    found = track.backtest(panel, target=8.0)
    row = found.summary.set_index("method").loc["pooled"]
    names = ["forecasts", "origins", "crps", "skill", "difference_errors", "coverage",
             "coverage_95", "brier", "brier_skill"]  # fmt: skip
    told = {name: round(float(row[name]), 4) for name in names}
    before = track.target_probability(panel[panel["year"] <= 2021], 8.0, places=["140900"]).table
    chance = round(float(before["probability"].iloc[0]), 3)
    return {**told, "said": found.en, "P(Xinzhou 8 % in 2022), known to 2021": chance}


def speed() -> dict[str, float]:
    took = {}
    for places, years in ((48, 17), (337, 24)):
        panel = drawn(0, places, years)
        began = time.process_time()
        track.target_probability(panel, 8.0)
        took[f"chance and record, {places} x {years}, s"] = round(time.process_time() - began, 2)
    rng = np.random.default_rng(0)
    first, last = (pd.DataFrame(rng.uniform(1, 9, (100_000, 3)), columns=list("abc")) for _ in "12")
    began = time.process_time()
    parts = track.lmdi(first, last, list("abc"))["effect"]
    took["LMDI, 100,000 categories, s"] = round(time.process_time() - began, 2)
    took["LMDI residual over change"] = float(abs(parts[:3].sum() - parts[3]) / abs(parts[3]))
    return took


def main() -> None:
    figures = {
        "machine": platform.processor() or platform.machine(),
        f"recovery, {PANELS} panels each": {name: recovery(t) for name, t in TRUTHS.items()},
        "Shanxi, 11 cities x 9 years": shanxi(),
        "time": speed(),
    }
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
