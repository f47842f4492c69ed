"""The economy of a study as a table: people, jobs and income by place, each with its basis."""

from __future__ import annotations

import pandas as pd

from buju.simulate import regional_economy
from buju.study.context import Run


def economy(run: Run) -> pd.DataFrame:
    """The region's economy as the study asks for it; see `simulate.regional_economy`."""
    asked = run.study.spec.simulate
    return regional_economy(
        run.region,
        year=run.study.spec.year,
        outside=asked.outside == "cities",
        scaled_in=asked.jobs_scaled_in,
        gdp_per_head_of=asked.gdp_per_head_of,
    )
