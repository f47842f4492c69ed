"""Which places complement each other by what they specialise in (错位协同)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from buju.errors import SchemaError
from buju.measure.structure.krugman import krugman_specialisation
from buju.measure.structure.similarity import structural_similarity
from buju.measure.tables import table


def complementarity(employment: pd.DataFrame) -> pd.DataFrame:
    """Alike or complementary: every pair of places by the make-up of their jobs.

    A place has an excess in a sector where it has more jobs than its share of all jobs would give,
    a lack where it has fewer; excess and lack of a place are equally large. What one has in excess
    and the other lacks is matched, sector by sector. Complementarity is the matched jobs, both
    ways, over the most that the smaller excess allows.

    Parameters
    ----------
    employment
        One row a place and sector: `place`, `sector`, `jobs` (persons or a sample, >= 0); all
        places together are the reference. A place and sector that is absent has no jobs.

    Returns
    -------
    DataFrame
        One row a pair, in order of first appearance: `place`, `partner`, `similarity` (cosine of
        shares, 0 to 1), `krugman` (sum of absolute differences of shares, 0 to 2),
        `complementarity` (0 to 1; NaN where one of them has everyone's mix), `gives` and `takes`:
        the sector with most matched jobs that the first has in excess and the partner lacks, and
        the reverse (missing for none). Nothing here says that they trade.

    Raises
    ------
    SchemaError
        Columns missing, rows repeated, values negative, a place without jobs, or fewer than two
        places.

    References
    ----------
    Isard (1960), Methods of Regional Analysis, for excess employment; UNIDO (1979); Krugman (1991).

    Examples
    --------
    >>> jobs = pd.DataFrame({"place": list("AABB"), "sector": ["coal", "shops"] * 2,
    ...                      "jobs": [60, 40, 20, 80]})
    >>> complementarity(jobs).round(3).to_dict("records")[0]
    {'place': 'A', 'partner': 'B', 'similarity': 0.74, 'krugman': 0.8, 'complementarity': 1.0, \
'gives': 'coal', 'takes': 'shops'}
    """
    rows = table(employment, name="employment", key=["place", "sector"], values=["jobs"])
    wide = rows.pivot(index="place", columns="sector", values="jobs").fillna(0.0)
    wide = wide.loc[rows["place"].unique(), rows["sector"].unique()]
    total = wide.sum(axis=1)
    if len(wide) < 2 or not (total > 0).all():
        raise SchemaError(
            "complementarity compares places with jobs, two or more; leave out places without.",
            "互补性比较至少需要两个有就业的地点。",
        )
    shares = (wide.sum() / total.sum()).to_numpy()
    jobs = wide.to_numpy()
    excess = jobs - total.to_numpy()[:, None] * shares
    found = []
    for i, j in combinations(range(len(wide)), 2):
        give = np.minimum(excess[i].clip(min=0), (-excess[j]).clip(min=0))
        take = np.minimum(excess[j].clip(min=0), (-excess[i]).clip(min=0))
        most = 2 * min(excess[i].clip(min=0).sum(), excess[j].clip(min=0).sum())
        found.append(
            {
                "place": wide.index[i],
                "partner": wide.index[j],
                "similarity": structural_similarity(jobs[i], jobs[j]),
                "krugman": krugman_specialisation(jobs[i], jobs[j]),
                "complementarity": float(give.sum() + take.sum()) / most if most else np.nan,
                "gives": wide.columns[give.argmax()] if give.any() else np.nan,
                "takes": wide.columns[take.argmax()] if take.any() else np.nan,
            }
        )
    return pd.DataFrame(found).astype({"gives": "str", "takes": "str"})
