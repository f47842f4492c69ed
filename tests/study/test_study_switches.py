"""Switches of the model that a study file can turn: each reaches the solver, defaults unchanged."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from buju.errors import StudyError
from buju.study import prepare_study
from buju.study.economy import economy
from buju.study.world import calibrate

STRIP = Path(__file__).parents[2] / "examples/strip"
BETTER = {"zones": {"990103": {"productivity": "+3%"}}}


def asked(folder, **simulate):
    study = yaml.safe_load((STRIP / "study.yaml").read_text(encoding="utf-8"))
    study |= {"region": str(STRIP / "region"), "simulate": simulate}
    file = folder / "study.yaml"
    file.write_text(yaml.safe_dump(study, allow_unicode=True), encoding="utf-8")
    return prepare_study(file)


def people(study):
    return study.what_if(BETTER).effects["residents_change"].to_numpy()


def test_land_in_common_changes_the_answer(tmp_path):
    common = asked(tmp_path, land="portfolio")
    assert common.world.prepared.baseline.payment > 0
    assert np.abs(people(common) - people(prepare_study(STRIP))).max() > 1e-9


def test_spillovers_fade_with_the_scenarios_times(tmp_path):
    near = asked(tmp_path, outside="none", spillover=0.05, spillover_decay=0.02)
    plain = asked(tmp_path, outside="none")
    assert near.world.prepared.baseline.minutes is not None
    assert np.abs(people(near) - people(plain)).max() > 1e-9


def test_further_starts_leave_the_answer(tmp_path):
    again = asked(tmp_path, starts=2)
    assert again.run.study.spec.simulate.starts == 2
    assert (people(again) == people(prepare_study(STRIP))).all()


def test_a_spillover_needs_its_decay(tmp_path):
    with pytest.raises(StudyError, match="spillover needs spillover_decay"):
        asked(tmp_path, spillover=0.05)


def test_a_place_without_area_is_named(tmp_path):
    run = asked(tmp_path, spillover=0.05, spillover_decay=0.02).run
    outside = run.region.outside_places.assign(area_km2=np.nan)
    tables = dict(run.region.tables) | {"outside_places": outside}
    region = replace(run.region, tables=tables)
    bare = replace(run, study=replace(run.study, region=region))
    with pytest.raises(StudyError, match=r"outside_places.csv: .* no area_km2 .*980100") as caught:
        calibrate(bare, bare.study.spec.simulate, economy(bare), bare.study.scenarios["base"])
    assert "请补面积" in caught.value.chinese
