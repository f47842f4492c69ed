"""Labour-market areas under other thresholds: how many areas each pair of thresholds leaves."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from buju import measure
from buju.measure.delineation.flows import flow_matrix
from buju.measure.delineation.labour_market import self_containment
from buju.study.bundle import Table
from buju.study.context import Run

_CONTAINED = (
    *((0.6667, 0.75), (0.75, 0.8), (0.8, 0.85), (0.85, 0.9)),
    *((0.9, 0.95), (0.95, 0.98), (0.97, 0.99)),
)
_SIZES = ((1_000.0, 10_000.0), (100_000.0, 200_000.0), (200_000.0, 500_000.0))
"""Pairs beside the study's own: from what is usual to what would leave a dozen areas."""


def labour_areas(run: Run, flows: pd.DataFrame) -> Table:
    """Table `labour_areas`: the study's thresholds and others, with the areas they leave.

    Parameters
    ----------
    flows
        Commuters between counties.
    """
    spec = run.study.spec.measure
    asked = (spec.labour_self_containment, spec.labour_size)
    pairs = list(dict.fromkeys([asked, *product(_CONTAINED, _SIZES)]))
    rows = [_row(flows, contained, size, (contained, size) == asked) for contained, size in pairs]
    frame = pd.DataFrame(rows).sort_values(["least", "target", "least_size"], ignore_index=True)
    alone, residents = _alone(flows)
    low = spec.labour_self_containment[0]
    enough, middle = int((alone >= low).sum()), float(np.median(alone))
    least, most = residents.min(), spec.labour_size[1]
    return Table(
        frame,
        "劳动力市场区：换用其他门槛",
        "Labour-market areas under other thresholds",
        {
            "least": "share",
            "target": "share",
            "least_size": "person",
            "target_size": "person",
            "areas": "count",
            "valid": "count",
            "alone": "count",
            "largest": "count",
            "reserve": "count",
        },
        basis="modelled",
        note_zh=f"{len(alone)} 个县中有 {enough} 个单独就已留住 {low:.0%} 以上的就业居民和岗位"
        f"（中位 {middle:.0%}），最小的县也有 {least:,.0f} 人，"
        f"{'超过' if least > most else '不及'}规模目标 {most:,.0f} 人；门槛为通勤区由上千小单元"
        "组成的国家而定。通勤流为模型推算，自足率随衰减参数而变：门槛越高区越少，"
        "没有哪一行是“对的”。",
        note_en=f"{enough} of {len(alone)} counties by themselves keep {low:.0%} of their "
        f"residents and jobs (median {middle:.0%}), and the smallest has {least:,.0f} people, "
        f"{'above' if least > most else 'below'} the target size of {most:,.0f}: the usual "
        "thresholds were made for countries of thousands of small units. Commuting is modelled "
        "and containment follows its decay; higher thresholds leave fewer areas, and no row is "
        "the right one.",
    )


def _row(
    flows: pd.DataFrame, contained: tuple[float, float], size: tuple[float, float], asked: bool
) -> dict[str, object]:
    found = measure.labour_market_areas(
        flows,
        min_size=size[0],
        target_size=size[1],
        min_self_containment=contained[0],
        target_self_containment=contained[1],
    )
    areas, counties = found.attrs["areas"], found["area"].value_counts()
    return {
        "least": contained[0],
        "target": contained[1],
        "least_size": size[0],
        "target_size": size[1],
        "areas": len(areas),
        "valid": int(areas["valid"].sum()),
        "alone": int((counties == 1).sum()),
        "largest": int(counties.max()),
        "reserve": int(found["reserve"].sum()),
        "asked": asked,
    }


def _alone(flows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Self-containment of every county by itself, and its employed residents."""
    _, matrix = flow_matrix(flows)
    out, into = matrix.sum(axis=1), matrix.sum(axis=0)
    return self_containment(out, into, np.diag(matrix).copy()), out
