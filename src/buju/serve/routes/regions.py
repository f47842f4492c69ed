"""Regions: uploaded, kept with their faults, corrected, shown."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from buju.region.schema import tables
from buju.serve import frames, uploads
from buju.serve.files import geojson
from buju.serve.layers import LAYERS, cached
from buju.serve.problems import Problem
from buju.serve.state import Service, service

router = APIRouter(prefix="/api/v1/regions", tags=["regions"])
Upload = Annotated[UploadFile, File(description=".xlsx, .xlsm, .zip of CSV files, or .gpkg")]
Served = Annotated[Service, Depends(service)]


@router.post("", status_code=201)
def upload(
    served: Served,
    file: Upload,
    name: Annotated[str, Form(max_length=200)] = "",
    coordinates: Annotated[str, Form(max_length=40)] = "",
) -> dict[str, Any]:
    """Make a region from a file; with faults it is kept as a draft that names each of them."""
    return _taken(served, file, (name, ""), coordinates)


@router.put("/{region}")
def correct(
    region: str,
    served: Served,
    file: Upload,
    coordinates: Annotated[str, Form(max_length=40)] = "",
) -> dict[str, Any]:
    """Replace a region's tables by a corrected file; refused while a run uses them."""
    known = served.workspace.region_state(region)
    served.refuse_while_running(region)
    titles = str(known["title"]), str(known["title_en"])
    return _taken(served, file, titles, coordinates, region)


def _taken(
    served: Service,
    file: UploadFile,
    titles: tuple[str, str],
    coordinates: str,
    region: str = "",
) -> dict[str, Any]:
    given = file.filename or ""
    suffix = uploads.kind_of(given)
    title = titles[0].strip()
    with tempfile.TemporaryDirectory(prefix=".upload-", dir=served.workspace.path) as aside:
        original, data = Path(aside) / f"file{suffix}", Path(aside) / "data"
        uploads.save(file.file, original)
        uploads.unpack(original, suffix, data, coordinates.strip())
        if region:
            served.refuse_while_running(region)
        state = served.workspace.take_region(
            data, title=title, title_en=titles[1], file=given, original=original, name=region
        )
    return _page(served, state)


@router.get("")
def all_regions(served: Served) -> dict[str, Any]:
    """Every region."""
    states = [served.workspace.region_state(name) for name in served.workspace.names("regions")]
    states.sort(key=lambda state: state["created"], reverse=True)
    return {
        "regions": [
            {
                "region": state["region"],
                "title_zh": state["title"],
                "title_en": state["title_en"],
                "state": state["state"],
                "faults": len(state["faults"]),
                "created": state["created"],
                "updated": state["updated"],
            }
            for state in states
        ]
    }


@router.get("/{region}")
def one(region: str, served: Served) -> dict[str, Any]:
    """A region: its tables, notes, faults and studies."""
    return _page(served, served.workspace.region_state(region))


def _page(served: Service, state: dict[str, Any]) -> dict[str, Any]:
    seen = served.examined(state["region"])
    listed = []
    for name, table in tables().items():
        rows = int(state["tables"].get(name, 0))
        if rows:
            shown = frames.of_region(seen, name)
            listed.append(
                {
                    "name": name,
                    "title_zh": table.title_zh,
                    "title_en": table.title_en,
                    "rows": rows,
                    "values": frames.has_values(shown),
                }
            )
    left = {key: state[key] for key in ("region", "state", "created", "updated", "file")}
    return left | {
        "title_zh": state["title"],
        "title_en": state["title_en"],
        "faults": state["faults"],
        "notes": state["notes"],
        "tables": listed,
        "layers": list(LAYERS) if state["state"] == "ready" else [],
        "studies": served.workspace.studies_of(state["region"]),
    }


class Titles(BaseModel):
    """What a region is to be called; the English title is the Chinese one where it is left out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title_zh": "山西 2020"}]})
    title_zh: str = Field(min_length=1, max_length=200)
    title_en: str = Field("", max_length=200)


@router.patch("/{region}")
def rename(region: str, titles: Titles, served: Served) -> dict[str, Any]:
    """Call a region otherwise; its id, data and studies stay."""
    served.workspace.folder("regions", region)
    zh = titles.title_zh.strip()
    if not zh:
        raise Problem(422, "title_zh：名称不能为空", "title_zh: a region needs a name")
    state = served.workspace.name_region(region, zh, titles.title_en.strip() or zh)
    return _page(served, state)


@router.delete("/{region}", status_code=204)
def remove(region: str, served: Served, studies: bool = False) -> Response:
    """Remove a region; with `studies`, its studies as well. Finished bundles stay."""
    folder = served.workspace.folder("regions", region)
    users = served.workspace.studies_of(region)
    if users and not studies:
        raise Problem(
            409,
            f"研究 {'、'.join(users)} 仍在使用该区域；请先删除这些研究，或连同研究一起删除",
            f"the studies {', '.join(users)} use the region; remove them first, or remove the "
            "region together with them",
        )
    served.refuse_while_running(region)
    for user in users:
        shutil.rmtree(served.workspace.folder("studies", user))
    shutil.rmtree(folder)
    return Response(status_code=204)


@router.get("/{region}/tables/{table}")
def rows(
    region: str,
    table: str,
    served: Served,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    format: Literal["json", "csv"] = "json",
) -> Any:
    """Rows of a table."""
    return frames.page(frames.of_region(served.examined(region), table), offset, limit, format)


@router.get("/{region}/values/{table}.json")
def numbers(region: str, table: str, request: Request, served: Served) -> dict[str, Any]:
    """Columns of numbers by place; query parameters choose among several rows a place."""
    seen = served.examined(region)
    named: dict[str, tuple[str, str, str]] = {}
    for source, key in (("indicator_definitions", "indicator"), ("sectors", "sector")):
        for row in seen.tables[source].to_dict("records"):
            zh = row.get("name_zh") or row[key]
            unit = row.get("unit")
            named[str(row[key])] = (
                str(zh),
                str(row.get("name_en") or zh),
                str(unit) if isinstance(unit, str) else "",
            )
    return frames.values(frames.of_region(seen, table), dict(request.query_params), named)


@router.get("/{region}/layers/{layer}.geojson")
def shapes(region: str, layer: str, request: Request, served: Served) -> Response:
    """A map layer: geometry and names; numbers come from `values`."""
    folder = served.workspace.folder("regions", region)
    stamp = str(served.workspace.region_state(region)["files"])
    return geojson(request, cached(lambda: served.region(region), layer, folder / "cache", stamp))
