"""What the service is, signing in, the template, the shipped examples."""

from __future__ import annotations

import re
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

import buju
from buju.region.writing import write_together
from buju.serve.guard import COOKIE
from buju.serve.problems import Problem
from buju.serve.state import Service, service
from buju.serve.workspace import new_id

router = APIRouter(prefix="/api/v1", tags=["service"])
Served = Annotated[Service, Depends(service)]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Secret(BaseModel):
    """A token as its holder types it."""

    token: str = Field(max_length=200, examples=["buju_…"])


def example_folders() -> dict[str, Path]:
    """Shipped examples by id: beside the package when installed, else in the source tree."""
    here = Path(buju.__file__).parent
    for folder in (here / "examples", here.parents[1] / "examples"):
        found = {p.parent.name: p.parent for p in sorted(folder.glob("*/study.yaml"))}
        if found:
            return found
    return {}


@router.get("")
def root(request: Request, served: Served) -> dict[str, Any]:
    """What this service is and what it takes."""
    examples = []
    for name, folder in example_folders().items():
        spec = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
        zh = str(spec["study"])
        examples.append({"id": name, "title_zh": zh, "title_en": str(spec.get("title_en") or zh)})
    return {
        "name": "buju",
        "version": version("buju"),
        "workspace": _folder(served),
        "login": served.entry.login,
        "role": request.scope.get("buju_role"),
        "read_only": served.entry.read_only,
        "limits": {"upload_bytes": served.entry.upload_bytes},
        "examples": examples if served.space else [],
        "worker": {"alive": bool(served.supervisor and served.supervisor.alive)},
    }


def _folder(served: Service) -> str:
    """Where the work lies: the whole path for who sits at this machine, its name for others."""
    found = served.space.path if served.space else served.shown
    if found is None:
        return ""
    return found.name if served.entry.login else str(found)


@router.get("/session")
def session(request: Request, served: Served) -> dict[str, Any]:
    """Whether a token is needed, and what the caller may do."""
    return {"login": served.entry.login, "role": request.scope.get("buju_role")}


@router.post("/session")
def sign_in(secret: Secret, served: Served) -> Response:
    """Sign in with a token; a cookie that no script can read keeps it."""
    role = "administrator"
    if served.entry.login and served.entry.tokens is not None:
        found = served.entry.tokens.role(secret.token.strip())
        if found is None:
            raise Problem(
                401,
                "令牌无效或已撤销；请向管理员索取新令牌",
                "the token is unknown or revoked; ask the administrator for another",
            )
        role = found
    answer = JSONResponse({"login": served.entry.login, "role": role})
    if served.entry.login:
        answer.set_cookie(COOKIE, secret.token.strip(), httponly=True, samesite="strict")
    return answer


@router.delete("/session")
def sign_out() -> Response:
    """Sign out."""
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


@router.get("/template.xlsx")
def template() -> Response:
    """The Excel template: one sheet a table, each column explained."""
    from buju.region.template import workbook

    name = 'attachment; filename="buju-template.xlsx"'
    return Response(workbook(), media_type=_XLSX, headers={"content-disposition": name})


@router.post("/examples/{name}", status_code=201)
def open_example(name: str, served: Served) -> dict[str, str]:
    """Open a copy of a shipped example as a region and a study."""
    space, folder = served.workspace, example_folders().get(name)
    if folder is None:
        raise Problem(404, f"没有示例“{name}”", f"there is no example '{name}'")
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    spec = yaml.safe_load(text)
    title, title_en = str(spec["study"]), str(spec.get("title_en") or "")
    with tempfile.TemporaryDirectory(dir=space.path) as aside:
        data = Path(aside) / "data"
        shutil.copytree(folder / "region", data)
        taken = space.take_region(
            data, title=title, title_en=title_en, file=f"{name}/", original=None, name=""
        )
        region = taken["region"]
    study = new_id(name)
    line = f"region: ../../regions/{region}/data"
    (space.path / "studies" / study).mkdir()
    if (folder / "ledger").is_dir():  # receipts that the study shows
        shutil.copytree(folder / "ledger", space.path / "studies" / study / "ledger")
    changed = re.sub(r"(?m)^region:.*$", line, text)
    write_together(space.path / "studies" / study, {"study.yaml": changed.encode()})
    return {"region": region, "study": study}
