"""Studies and their scenarios."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from buju.errors import BujuError
from buju.region import Region
from buju.serve.problems import Problem, of_error
from buju.serve.state import Service, service
from buju.serve.workspace import new_id
from buju.study import load_study
from buju.study.model import ScenarioSpec

router = APIRouter(prefix="/api/v1/studies", tags=["studies"])
Served = Annotated[Service, Depends(service)]

# Ranges round the values of the literature that docs/explanation/commuting-trade.md names.
_RANGES = {
    "alpha": [0.5, 0.7],
    "epsilon": [2.5, 6.8],
    "sigma": [3, 6],
    "commuting_decay": [3.5, 5.5],
    "trade_elasticity": [0.8, 1.6],
}


class NewStudy(BaseModel):
    """A study to make of a region."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"region": "shanxi-1a2b3c"}]})
    region: str
    title: str = Field("", max_length=200)


@router.post("", status_code=201)
def make(asked: NewStudy, served: Served) -> dict[str, Any]:
    """A study with the base scenario and everything else by default."""
    state = served.workspace.region_state(asked.region)
    region = served.region(asked.region)
    name = new_id(asked.region.rpartition("-")[0] or asked.region)
    content = {
        "study": asked.title.strip() or str(state["title"]),
        "region": f"../../regions/{asked.region}/data",
        "year": int(region.places["year"].max()),
        "scenarios": {"base": {}},
        "measure": {"cores": _cores(region), "first_year": 2010},
        "simulate": {"draws": {"count": 200, **_RANGES}},
    }
    served.workspace.write_study(name, content)
    try:
        load_study(served.workspace.study_file(name))
    except BujuError:  # what a study needs beyond tables without faults, such as GDP
        shutil.rmtree(served.workspace.folder("studies", name))
        raise
    return item(served, name)


def _cores(region: Region) -> list[str]:
    """The places that elements name as their core and that have one seat in the network."""
    nodes = region.nodes
    seats = nodes.loc[nodes["node_type"] == "seat", "zone_id"].value_counts()
    return sorted(c for c in set(region.place_groups["core"].dropna()) if seats.get(c) == 1)


@router.get("")
def all_studies(served: Served) -> dict[str, Any]:
    """Every study."""
    return {"studies": [item(served, name) for name in served.workspace.names("studies")]}


def item(served: Service, name: str) -> dict[str, Any]:
    """A study as listed."""
    content = yaml.safe_load(served.workspace.study_file(name).read_text(encoding="utf-8"))
    zh, year = str(content["study"]), int(content["year"])
    changed = served.workspace.study_file(name).stat().st_mtime
    scenarios = [
        {
            "scenario": key,
            "title_zh": str((spec or {}).get("title_zh") or key),
            "title_en": str((spec or {}).get("title_en") or key),
        }
        for key, spec in content["scenarios"].items()
    ]
    return {
        "study": name,
        "region": served.workspace.study_region(name),
        "title_zh": zh,
        "title_en": str(content.get("title_en") or zh),
        "year": year,
        "changed": datetime.fromtimestamp(changed, UTC).isoformat(timespec="milliseconds"),
        "date": str(content.get("date") or f"{year}-12-31"),
        "scenarios": scenarios,
        "draws": bool(((content.get("simulate") or {}).get("draws") or {}).get("count")),
    }


@router.get("/{study}")
def one(study: str, served: Served) -> dict[str, Any]:
    """A study with every default written out, and its scenarios."""
    file = served.workspace.study_file(study)
    spec = load_study(file).spec.model_dump(mode="json")
    return item(served, study) | {"resolved": spec, "specs": spec["scenarios"]}


@router.delete("/{study}", status_code=204)
def remove(study: str, served: Served) -> Response:
    """Remove a study; its finished bundles stay."""
    folder = served.workspace.folder("studies", study)
    served.refuse_while_running(served.workspace.study_region(study))
    shutil.rmtree(folder)
    return Response(status_code=204)


@router.put("/{study}/scenarios/{name}")
def save(study: str, name: str, scenario: ScenarioSpec, served: Served) -> dict[str, Any]:
    """Save a scenario into the study file; refused where it names what the region lacks."""
    if name == "base":
        raise Problem(
            409,
            "base 是比较的基准，不能替换；请另取名称",
            "`base` is what others are compared with and cannot be replaced; take another name",
        )
    given = scenario.model_dump(mode="json", exclude_unset=True)
    return _changed(served, study, lambda scenarios: scenarios | {name: given})


@router.delete("/{study}/scenarios/{name}")
def drop(study: str, name: str, served: Served) -> dict[str, Any]:
    """Remove a scenario."""
    content = yaml.safe_load(served.workspace.study_file(study).read_text(encoding="utf-8"))
    if name not in content["scenarios"] or name == "base":
        raise Problem(404, f"没有可删除的情景：{name}", f"there is no scenario '{name}' to remove")
    return _changed(
        served, study, lambda scenarios: {k: v for k, v in scenarios.items() if k != name}
    )


def _changed(served: Service, study: str, change: Any) -> dict[str, Any]:
    file = served.workspace.study_file(study)
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["scenarios"] = change(content["scenarios"])
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    with tempfile.TemporaryDirectory(prefix="check-", dir=file.parents[1]) as aside:
        trial = Path(aside) / "study.yaml"  # at the same depth, so that `region` leads there
        trial.write_text(text, encoding="utf-8")
        try:
            load_study(trial)
        except BujuError as refusal:
            raise of_error(refusal) from refusal
    served.workspace.write_study(study, content)
    return item(served, study)
