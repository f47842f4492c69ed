"""A study kept warm: read, routed and calibrated once, then asked again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, final

import numpy as np
import pandas as pd

from buju.errors import StudyError
from buju.study import draws as drawing
from buju.study.context import Progress, Run, silent
from buju.study.economy import economy
from buju.study.load import load_study, with_scenario
from buju.study.model import DrawSpec
from buju.study.stages import effects, layout, simulate
from buju.study.world import World, calibrate

NAME = "what-if"
"""What the one scenario is called in the tables of an answer."""


@final
@dataclass(frozen=True)
class WhatIf:
    """The answer to one question.

    Attributes
    ----------
    effects
        One row a place, the columns of the bundle's table `effects`; intervals are NaN without
        draws.
    groups
        One row an element of the layout, as `group_effects`.
    certificate
        One row, as `certificates`.
    minutes_changed
        One row each for travel of people and freight of goods: `mode`, `pairs` (how many changed),
        `faster`, `slower`, `median_change`, `largest_change` (min, after less before), and between
        which places the largest is.
    baseline
        What the effects are changes of: people, jobs, GDP and wage by place.
    """

    effects: pd.DataFrame
    groups: pd.DataFrame
    certificate: pd.DataFrame
    minutes_changed: pd.DataFrame
    baseline: pd.DataFrame


@final
@dataclass
class PreparedStudy:
    """A study read, routed on its base network and calibrated; `what_if` asks it.

    Drawn economies are calibrated when an answer first asks for draws, and kept: they do not depend
    on the scenario. They take about 40 N² bytes each with origin groups.
    """

    run: Run
    people: pd.DataFrame
    world: World
    _drawn: list[World | None] = field(default_factory=list)

    def what_if(
        self, scenario: Mapping[str, Any], *, draws: int = 0, progress: Progress = silent
    ) -> WhatIf:
        """Effects of one scenario, the same numbers as `run_study` with it in the file.

        Parameters
        ----------
        scenario
            The keys of a scenario in the study file: `date` or `year`, `projects`, `without`,
            `links` ({id: {minutes, carries, opened}}), `zones` ({element or place: {productivity,
            amenity}}).
        draws
            How many of the study's draws the intervals rest on; 0 gives a point answer.
        progress
            Called with what is being done and the share that is done. An exception that it raises
            stops the work and reaches the caller; the study stays fit for the next question.

        Raises
        ------
        StudyError, NetworkError
            The scenario is none, or draws are asked of a study without ranges to draw from.
        NotCertified
            The equilibrium could not be certified; there is no answer then.
        """
        progress("check", 0.0)
        asked = self._asked(draws)
        study = with_scenario(self.run.study, NAME, scenario)
        settings = study.spec.simulate.model_copy(update={"draws": asked})
        study = replace(study, spec=study.spec.model_copy(update={"simulate": settings}))
        run = self.run.asking(study)
        progress("network", 0.02)
        changed = _minutes_changed(run)
        progress("simulate", 0.05)
        solved = {NAME: simulate.solve(run, self.world, NAME)}
        drawn = self._draws(run, progress)
        found = effects.effects(self.people, solved, drawn, asked).frame
        answer = WhatIf(
            found,
            effects.group_effects(run, found, drawn, asked).frame,
            effects.certificates(solved, drawn, asked).frame,
            changed,
            run.frame("baseline"),
        )
        progress("done", 1.0)
        return answer

    def prepare_draws(self, count: int, progress: Progress = silent) -> None:
        """Calibrate the first `count` drawn economies, so that answers need not wait for them."""
        settings = self.run.study.spec.simulate
        specs = drawing.drawn_specs(settings.model_copy(update={"draws": self._asked(count)}))
        for number in range(len(self._drawn), count):
            progress("calibrate draws", number / count)
            self._drawn.append(drawing.drawn_world(self.run, self.people, number, specs[number]))

    def _asked(self, count: int) -> DrawSpec:
        asked = self.run.study.spec.simulate.draws.model_copy(update={"count": count})
        if count < 0 or isinstance(count, bool) or not isinstance(count, int):
            raise StudyError(
                f"draws = {count!r}: a whole number, 0 for a point answer",
                f"draws = {count!r}：应为整数，0 表示不抽样",
            )
        if count and not drawing.varies(asked):
            raise StudyError(
                f"{self.run.study.path}, simulate.draws: {count} draws are asked for, but the "
                "study gives no range to draw from, so that every interval would be a point; give "
                "ranges, as in `epsilon: [2.5, 6.8]`, or ask for draws=0",
                f"{self.run.study.path}，simulate.draws：没有给出抽样区间；"
                "请写明区间（如 `epsilon: [2.5, 6.8]`），或令 draws=0",
            )
        return asked

    def _draws(self, run: Run, progress: Progress) -> drawing.Draws:
        asked, places = run.study.spec.simulate, len(self.people)
        count = asked.draws.count
        self.prepare_draws(count, lambda what, share: progress(what, 0.1 + 0.4 * share))
        found = []
        for number, world in enumerate(self._drawn[:count]):
            progress("draws", 0.5 + 0.5 * number / count)
            found.append(drawing.answers(run, [NAME], world, places))
        return drawing.gathered(found, [NAME], places, drawing.drawn_specs(asked))


def prepare_study(path: str | Path, *, progress: Progress = silent) -> PreparedStudy:
    """Read a study, route its base network and calibrate its economy, for many questions.

    Parameters
    ----------
    path
        The study file, or the folder that holds `study.yaml`.
    progress
        As for `run_study`.

    Raises
    ------
    StudyError, RegionError
        The study or its tables have faults.

    Examples
    --------
    >>> warm = prepare_study("examples/strip")
    >>> answer = warm.what_if({"zones": {"990103": {"productivity": "+3%"}}})
    >>> answer.certificate["verdict"].tolist()
    ['certified']
    """
    progress("read", 0.0)
    run = Run(load_study(path))
    run.tables |= layout.stage(run)
    progress("network", 0.2)
    people = economy(run)
    world = calibrate(run, run.study.spec.simulate, people, run.study.scenarios["base"])
    run.tables["baseline"] = simulate.baseline(people, world)
    progress("done", 1.0)
    return PreparedStudy(run, people, world)


def _minutes_changed(run: Run) -> pd.DataFrame:
    """How times differ from the base network's, by what travels."""
    rows = []
    for name, mode in (("people", "all"), ("goods", "goods")):
        before, after = (run.minutes(run.study.scenarios[s], mode) for s in ("base", NAME))
        other = after.minutes != before.minutes
        row: dict[str, Any] = {"mode": name, "pairs": int(other.sum())}
        change = np.subtract(after.minutes, before.minutes, out=np.zeros(other.shape), where=other)
        row |= {"faster": int((change < 0).sum()), "slower": int((change > 0).sum())}
        row["median_change"] = float(np.median(change[other])) if other.any() else 0.0
        n, i = np.unravel_index(int(np.argmax(np.abs(change))), change.shape)
        some = bool(other.any())
        row["largest_change"] = float(change[n, i])
        row |= {
            "origin": before.rows[n] if some else "",
            "destination": before.columns[i] if some else "",
        }
        rows.append(row)
    return pd.DataFrame(rows)
