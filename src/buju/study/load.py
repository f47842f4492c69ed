"""Reading a study file: every default resolved, every name checked before anything is computed."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from buju.errors import StudyError
from buju.match.markets import Market
from buju.network import Scenario
from buju.region import Region, read_region
from buju.study import openings, yaml_file
from buju.study.asked import require_asked
from buju.study.faults import refusal
from buju.study.inputs import require_inputs
from buju.study.ledgers import attest_files
from buju.study.markets import market_files, read_markets
from buju.study.model import ScenarioSpec, StudyFile


@dataclass(frozen=True)
class Study:
    """A study whose file and region have been read and agree.

    Attributes
    ----------
    path
        The study file.
    spec
        Its contents with every default filled in.
    region
        The region it speaks of.
    scenarios
        Network scenarios by name, `base` first.
    markets
        Markets by the name of their folder.
    """

    path: Path
    spec: StudyFile
    region: Region
    scenarios: dict[str, Scenario]
    markets: dict[str, Market] = field(default_factory=dict)

    def resolved(self) -> str:
        """The study as YAML with every default written out."""
        content = self.spec.model_dump(mode="json")
        return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)

    def inputs(self) -> dict[str, str]:
        """SHA-256 of every input file, by its name relative to the study file."""
        folder = self.spec.region.as_posix().rstrip("/")
        own = {self.path.name: hashlib.sha256(self.path.read_bytes()).hexdigest()}
        own |= attest_files(self)
        grids = self.spec.measure.grids
        named = [
            *(self.spec.assess.filled if self.spec.assess else ()),
            *(grids.files if grids else ()),
        ]
        for name in named:
            content = (self.path.parent / name).read_bytes()
            own[name.as_posix()] = hashlib.sha256(content).hexdigest()
        region = {f"{folder}/{name}": digest for name, digest in self.region.files.items()}
        return own | region | market_files(self.spec, self.markets)


def study_file(path: str | Path) -> Path:
    """The study file that a path means: the file itself, or `study.yaml` in a folder."""
    path = Path(path)
    found = path / "study.yaml" if path.is_dir() else path
    if not found.is_file():
        raise StudyError(
            f"{found}: no such study file; `buju new DIR` writes a region to start from",
            f"{found}：没有这个研究文件；可用 `buju new DIR` 新建区域模板",
        )
    return found


def load_study(path: str | Path) -> Study:
    """Read a study file and its region; refuse anything that is unknown or contradicts itself.

    Parameters
    ----------
    path
        `study.yaml`, or the folder that holds it.

    Raises
    ------
    StudyError
        The file is no YAML mapping, has an unknown key, or names what the region lacks.
    RegionError
        The region's tables have faults, or places lack residents, GDP or a seat; all are listed.
    """
    file = study_file(path)
    spec = _parse(file)
    region = read_region(file.parent / spec.region)
    _check_year(file, spec, region)
    _check_names(file, spec, region)
    require_inputs(file, spec, region)
    require_asked(file, spec, region)
    scenarios = {
        name: _network_scenario(name, item, spec)
        for name, item in sorted(spec.scenarios.items(), key=lambda pair: pair[0] != "base")
    }
    for scenario in scenarios.values():
        openings.check(region, scenario)
    return Study(file, spec, region, scenarios, read_markets(file, spec, region))


def _parse(file: Path) -> StudyFile:
    document = yaml_file.read(file)
    try:
        return StudyFile.model_validate(document.content)
    except ValidationError as error:
        raise refusal(str(file), error, StudyFile, document) from error


def _network_scenario(name: str, item: ScenarioSpec, spec: StudyFile) -> Scenario:
    default = spec.date or f"{spec.year}-12-31"
    date = f"{item.year}-12-31" if item.year is not None else item.date or default
    edits = ("projects", "links", "without", "lines", "without_lines", "add", "nodes")
    return Scenario(name=name, date=date, **{edit: getattr(item, edit) for edit in edits})


def with_scenario(study: Study, name: str, content: Mapping[str, Any]) -> Study:
    """The study with its base and one other scenario, which need not stand in the file.

    Parameters
    ----------
    content
        As a scenario in the file: `projects`, `year`, `links`, `zones`, ...

    Raises
    ------
    StudyError, NetworkError
        The scenario has an unknown key, or names what the region lacks.
    """
    try:
        item = ScenarioSpec.model_validate(dict(content))
    except ValidationError as error:
        raise refusal(f"scenario {name!r}", error, ScenarioSpec) from error
    base = study.spec.scenarios["base"]
    # `decide` names scenarios of the file, and a question asked about one scenario is none of them.
    update = {"scenarios": {"base": base, name: item}, "decide": None}
    spec = study.spec.model_copy(update=update)
    _check_names(study.path, spec, study.region)
    scenario = _network_scenario(name, item, spec)
    openings.check(study.region, scenario)
    scenarios = {"base": study.scenarios["base"], name: scenario}
    return replace(study, spec=spec, scenarios=scenarios)


def _check_year(file: Path, spec: StudyFile, region: Region) -> None:
    years = sorted({int(year) for year in region.level("county")["year"]})
    if years != [spec.year]:
        raise StudyError(
            f"{file.name}, year: the study says {spec.year}, the counties of places.csv "
            f"{', '.join(map(str, years))}; make them one year",
            f"{file.name}，year：研究为 {spec.year} 年，地点表（places）各县为 "
            f"{'、'.join(map(str, years))} 年；请统一",
        )


def _measure_names(
    spec: StudyFile, region: Region, places: list[str]
) -> list[tuple[str, str, list[str]]]:
    """What the settings of the measures name: where, the name, and what is known."""
    measure = spec.measure
    asked = [("measure.cores", core, places) for core in measure.cores]
    if measure.poles_of is not None:
        asked.append(("measure.poles_of", measure.poles_of, list(region.level("county")["place"])))
    for date, projects in measure.core_projects.items():
        asked.append(("measure.core_projects", date, list(measure.core_dates)))
        known = list(region.projects["project"])
        asked += [(f"measure.core_projects.{date}", project, known) for project in projects]
    return asked


def _decide_names(
    spec: StudyFile, region: Region, places: list[str]
) -> list[tuple[str, str, list[str]]]:
    """What the section `decide` names: where, the name, and what is known."""
    decide = spec.decide
    if decide is None:
        return []
    projects, groups = list(region.projects["project"]), list(region.place_groups["group"])
    asked = [("decide.networks", name, list(spec.scenarios)) for name in decide.networks]
    asked += [("decide.zones", zone, groups) for zone in decide.zones]
    costed = (*decide.partial_costs, *decide.assumed_costs)
    asked += [("decide.partial_costs or assumed_costs", name, projects) for name in costed]
    asked += [("decide.sharing.project", case.project, projects) for case in decide.sharing]
    if decide.access_to is not None:
        asked.append(("decide.access_to", decide.access_to, places))
    if decide.limits is not None:
        asked.append(("decide.limits.zone", decide.limits.zone, groups))
    return asked


def _track_names(spec: StudyFile, region: Region) -> list[tuple[str, str, list[str]]]:
    """What the section `track` names: where, the name, and what is known."""
    track, targets = spec.track, list(region.targets["target"])
    indicators, tags = list(region.indicator_definitions["indicator"]), list(region.tags["tag"])
    asked = [("track.reach", name, targets) for name in track.reach]
    asked += [("track.cumulative", name, targets) for name in track.cumulative]
    if track.growth is not None:
        asked += [("track.growth.targets", name, targets) for name in track.growth.targets]
        asked.append(("track.growth.indicator", track.growth.indicator, indicators))
    if track.decompose is not None:
        parts = (track.decompose.quantity, track.decompose.output, track.decompose.growth)
        asked += [("track.decompose", name, indicators) for name in parts]
    if track.cooperation is not None:
        heads = (track.cooperation.items, track.cooperation.fields)
        asked += [("track.cooperation", name, tags) for name in heads]
    return asked


def _check_names(file: Path, spec: StudyFile, region: Region) -> None:
    places = [*region.places["place"], *region.outside_places["place"]]
    areas = [*region.place_groups["group"], *places]
    asked: list[tuple[str, str, list[str]]] = []
    for name, item in spec.scenarios.items():
        asked += [(f"scenarios.{name}.zones", zone, areas) for zone in item.zones]
    asked += _measure_names(spec, region, places)
    asked += _decide_names(spec, region, places)
    asked += _track_names(spec, region)
    if spec.network.reach_from is not None:
        asked.append(("network.reach_from", spec.network.reach_from, places))
    for where, value, known in asked:
        if value not in known:
            near = difflib.get_close_matches(value, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise StudyError(
                f"{file.name}, {where}: the region has nothing called {value!r}.{hint}",
                f"{file.name}，{where}：区域中没有 {value!r}。"
                + (f"是否指 {near[0]!r}？" if near else ""),
            )
