"""Files as answers that a browser may keep until they change."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request, Response
from fastapi.responses import FileResponse


def geojson(request: Request, file: Path) -> Response:
    """A GeoJSON file; 304 where the caller has it. Its name changes with what it holds."""
    tag = f'"{file.stem}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    given = [part.strip().removeprefix("W/") for part in _tags(request)]
    if tag in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return FileResponse(file, media_type="application/geo+json", headers=headers)


def _tags(request: Request) -> list[str]:
    return request.headers.get("if-none-match", "").split(",")
