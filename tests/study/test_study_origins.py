"""Groups by place of registration: columns that sum, margins that hold, gaps that are named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import StudyError
from buju.study.context import Run
from buju.study.load import load_study
from buju.study.origins import OTHER_PROVINCE, SAME_PROVINCE, composition, groups
from buju.study.stages import layout

STRIP = Path(__file__).parents[2] / "examples/strip"
EXACT = 1e-12


@pytest.fixture(scope="module")
def run():
    study = load_study(STRIP)
    region = study.region
    counties = region.level("county")
    rows = [
        {"place": p, "year": 2020, "indicator": name, "value": share * people, "basis": "observed"}
        for name, share in ((SAME_PROVINCE, 0.1), (OTHER_PROVINCE, 0.02))
        for p, people in zip(counties["place"], counties["residents"], strict=True)
    ]
    table = pd.concat([region.tables["indicators"], pd.DataFrame(rows)], ignore_index=True)
    told = replace(region, tables=dict(region.tables) | {"indicators": table})
    run = Run(replace(study, region=told))
    run.tables |= layout.stage(run)
    return run


def places(run):
    return [*run.frame("counties")["place"], *run.region.outside_places["place"]]


def test_columns_sum_to_one_and_the_margins_hold(run):
    codes = places(run)
    shares = composition(run, codes, 1.0)
    inside = np.arange(len(codes)) < len(run.frame("counties"))
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=EXACT)
    off = shares - np.diag(np.diag(shares))
    np.testing.assert_allclose(off[inside].sum(axis=0)[inside], 0.1, atol=EXACT)
    np.testing.assert_allclose(off[~inside].sum(axis=0)[inside], 0.02, atol=EXACT)
    assert (off[:, ~inside] == 0).all()
    living, size = groups(shares, np.full(len(codes), 50.0))
    np.testing.assert_allclose(living.sum(axis=1), 1, atol=EXACT)
    np.testing.assert_allclose(living.T @ size, 50, rtol=EXACT)


def test_nearer_places_send_more_with_a_steeper_decay(run):
    codes = places(run)
    flat, steep = (composition(run, codes, decay) for decay in (0.0, 2.0))
    near, far, at = 1, 9, 0
    assert steep[near, at] / steep[far, at] > flat[near, at] / flat[far, at]


def test_a_missing_margin_is_named(run):
    table = run.region.tables["indicators"]
    cut = table[~((table["place"] == "990104") & (table["indicator"] == OTHER_PROVINCE))]
    region = replace(run.region, tables=dict(run.region.tables) | {"indicators": cut})
    broken = Run(replace(run.study, region=region), tables=run.tables)
    with pytest.raises(StudyError, match=f"lacks '{OTHER_PROVINCE}' in 1 counties, first 990104"):
        composition(broken, places(run), 1.0)


def test_more_movers_than_residents_are_refused(run):
    table = run.region.tables["indicators"].copy()
    here = (table["place"] == "990105") & (table["indicator"] == SAME_PROVINCE)
    table.loc[here, "value"] = 1e9
    region = replace(run.region, tables=dict(run.region.tables) | {"indicators": table})
    broken = Run(replace(run.study, region=region), tables=run.tables)
    with pytest.raises(StudyError, match="990105 counts more people registered elsewhere"):
        composition(broken, places(run), 1.0)
