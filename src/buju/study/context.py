"""What the stages of one run share: the study, its networks routed once, and progress."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import pandas as pd

from buju.errors import MissingExtra, ParameterError
from buju.network import LabelledMatrix, Scenario, times_matrix
from buju.region import Region
from buju.study.bundle import Table
from buju.study.load import Study
from buju.study.openings import amended

Item = TypeVar("Item")
Result = TypeVar("Result")

Progress = Callable[[str, float], None]
"""Called with the name of what is being done and the share of the run that is done."""


class Executor(Protocol):
    """Anything with the `map` of `concurrent.futures.Executor`."""

    def map(self, function: Callable[[Item], Result], /, *items: list[Item]) -> Iterable[Result]:
        """Apply a function to items, in their order."""
        ...


def silent(_what: str, _share: float) -> None:
    """Progress that tells nobody."""


@dataclass
class Run:
    """One run of a study while it goes on.

    Attributes
    ----------
    tables
        Results so far, by name; later stages read what earlier ones wrote.
    left_out
        Why a table is not among them, in Chinese and English, by its name.
    files
        Further files of the bundle, by their path in it: workbooks that an office keeps.
    span
        Share of the whole run at which the present stage begins and ends.
    """

    study: Study
    progress: Progress = silent
    executor: Executor | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    left_out: dict[str, tuple[str, str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    span: tuple[float, float] = (0.0, 1.0)
    _routed: dict[tuple[Scenario, str], LabelledMatrix] = field(default_factory=dict)
    _kept: dict[Hashable, Any] = field(default_factory=dict)
    _own: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def region(self) -> Region:
        """The region of the study."""
        return self.study.region

    def map(
        self, function: Callable[[Item], Result], items: list[Item], what: str = ""
    ) -> list[Result]:
        """Apply a function to items, through the executor where one was given.

        With `what`, progress is told as the items are done.
        """
        found = (
            map(function, items) if self.executor is None else self.executor.map(function, items)
        )
        results = []
        for number, result in enumerate(found, start=1):
            results.append(result)
            if what:
                self.tell(what, number / len(items))
        return results

    def quiet(self) -> Run:
        """The same run for a worker: no progress, no executor, so that it can be sent there."""
        return replace(self, progress=silent, executor=None, _own={})

    def asking(self, study: Study) -> Run:
        """The same run with another study of the same region: what was routed is kept, and what is
        routed or written from now on stays out of this one.
        """
        return replace(
            self,
            study=study,
            tables=dict(self.tables),
            left_out=dict(self.left_out),
            _routed=dict(self._routed),
            _kept=dict(self._kept),
            _own={},
        )

    def kept(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """What `make` gives, made once for a key; for what hundreds of draws read and none change.

        The key says all that the result depends on, the region apart.
        """
        if key not in self._kept:
            self._kept[key] = make()
        found: Result = self._kept[key]
        return found

    def attempt(self, name: str, make: Callable[[], Table]) -> dict[str, Table]:
        """The table that `make` gives, by its name; none, and the reason kept, where the measure
        refuses the region's figures or an optional part is not installed.
        """
        try:
            return {name: make()}
        except (ParameterError, MissingExtra) as refusal:
            self.leave_out(name, refusal.chinese or refusal.english, refusal.english)
            return {}

    def leave_out(self, name: str, chinese: str, english: str) -> None:
        """Say why a table is not there."""
        self.left_out[name] = (chinese, english)

    def own(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """What `make` gives, made once for a key, and not sent to workers: calibrated economies."""
        if key not in self._own:
            self._own[key] = make()
        found: Result = self._own[key]
        return found

    def tell(self, what: str, share: float) -> None:
        """Say what is being done and how much of the present stage is done."""
        start, end = self.span
        self.progress(what, start + (end - start) * share)

    def minutes(self, scenario: Scenario, mode: str = "all") -> LabelledMatrix:
        """Times between all places, routed once for each network and mode."""
        key = (replace(scenario, name=""), mode)
        if key not in self._routed:
            self._routed[key] = times_matrix(*amended(self.region, scenario), mode=mode)
        return self._routed[key]

    def between(
        self, scenario: Scenario, origins: list[str], destinations: list[str]
    ) -> LabelledMatrix:
        """Times from some places to others, of any level that has seats in the network."""
        network = amended(self.region, scenario)
        return times_matrix(*network, origins=origins, destinations=destinations)

    def dated(self, date: str, projects: tuple[str, ...] = ()) -> Scenario:
        """The network as it stood on a date, with projects built."""
        return Scenario(name=date, date=date, projects=projects)

    def frame(self, name: str) -> pd.DataFrame:
        """Rows of a table written by an earlier stage."""
        return self.tables[name].frame
