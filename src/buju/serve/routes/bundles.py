"""Finished bundles: tables, numbers for maps, layers, reports."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, Response

from buju.serve import frames
from buju.serve.bundle_layers import bundle_layer, names
from buju.serve.files import geojson
from buju.serve.state import Service, service
from buju.study import Bundle

router = APIRouter(prefix="/api/v1/bundles", tags=["bundles"])
Served = Annotated[Service, Depends(service)]
_TYPES = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# A report is one page with its own scripts and styles, which may ask nothing of anybody.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'; sandbox allow-scripts "
    "allow-modals allow-popups"
)


def _listed(name: str, bundle: Bundle) -> dict[str, Any]:
    zh = str(bundle.manifest["study"])
    return {
        "bundle": name,
        "title_zh": zh,
        "title_en": str(bundle.manifest.get("title_en") or zh),
        "year": bundle.manifest["year"],
        "scenarios": bundle.manifest["scenarios"],
    }


@router.get("")
def all_bundles(served: Served) -> dict[str, Any]:
    """Every bundle."""
    if served.shown is not None:
        return {"bundles": [_listed("bundle", served.bundle("bundle"))]}
    folders = served.workspace.path / "runs"
    found = [n for n in served.workspace.names("runs") if (folders / n / "manifest.json").is_file()]
    return {"bundles": [_listed(name, served.bundle(name)) for name in found]}


@router.get("/{bundle}")
def one(bundle: str, served: Served) -> dict[str, Any]:
    """A bundle: its manifest, and what can be asked of it."""
    found = served.bundle(bundle)
    listed = [n for n in found.names if "place" in found.manifest["tables"][n]["columns"]]
    return _listed(bundle, found) | {
        "manifest": found.manifest,
        "layers": names(found),
        "values": listed,
        "reports": list(_TYPES),
    }


@router.get("/{bundle}/tables")
def tables(bundle: str, served: Served) -> dict[str, Any]:
    """The tables of a bundle."""
    found = served.bundle(bundle).manifest["tables"]
    keys = ("title_zh", "title_en", "rows", "basis", "note_zh", "note_en")
    return {
        "tables": [
            {"name": name}
            | {key: meta[key] for key in keys}
            | {"values": "place" in meta["columns"]}
            for name, meta in found.items()
        ]
    }


@router.get("/{bundle}/tables/{table}")
def rows(
    bundle: str,
    table: str,
    served: Served,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
    format: Literal["json", "csv"] = "json",
) -> Any:
    """Rows of a table."""
    return frames.page(frames.of_bundle(served.bundle(bundle), table), offset, limit, format)


@router.get("/{bundle}/values/{table}.json")
def numbers(bundle: str, table: str, request: Request, served: Served) -> dict[str, Any]:
    """Columns of numbers by place; query parameters choose, such as `scenario`."""
    shown = frames.of_bundle(served.bundle(bundle), table)
    return frames.values(shown, dict(request.query_params), {})


@router.get("/{bundle}/layers/{layer}.geojson")
def shapes(bundle: str, layer: str, request: Request, served: Served) -> Response:
    """A map layer of the bundle's GeoPackage."""
    found = served.bundle(bundle)
    folder = served.space.path / "cache" / bundle if served.space else None
    return geojson(request, bundle_layer(found, layer, folder))


@router.get("/{bundle}/report.{format}")
def report(
    bundle: str,
    format: Literal["html", "docx", "xlsx", "pdf"],
    served: Served,
    language: Literal["zh", "en", "both"] = "both",
) -> Response:
    """The report as a page, Word document, workbook or PDF; made when first asked for."""
    found = served.bundle(bundle)
    file = served.renderer.report(found, format, language)
    headers = {"content-security-policy": _PAGE_POLICY} if format == "html" else {}
    shown = None if format == "html" else _file_name(served, bundle, found, language, format)
    return FileResponse(file, media_type=_TYPES[format], filename=shown, headers=headers)


def _file_name(served: Service, name: str, bundle: Bundle, language: str, format: str) -> str:
    """The name of a downloaded report: study, language and the day of the run."""
    if served.shown is not None:
        words = served.shown.name
    else:
        words = re.sub(r"-[0-9a-f]{6}$", "", served.job(name).study)
    if words in ("", "id", "bundle"):  # a title without Latin letters makes no id
        words = str(bundle.manifest["study"])
    stem = re.sub(r"[^\w]+", "-", words).strip("-")[:60] or "buju"
    written = (bundle.path / "manifest.json").stat().st_mtime
    day = datetime.fromtimestamp(written).astimezone().date()
    return f"{stem}-report-{language}-{day}.{format}"
