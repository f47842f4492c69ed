"""The web application: routes, guard, compression, the static page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.middleware.gzip import GZipMiddleware

from buju.serve import problems
from buju.serve.guard import Entry, Guard
from buju.serve.problems import Problem
from buju.serve.routes import bundles, features, regions, root, runs, studies
from buju.serve.state import Service
from buju.serve.supervisor import Supervisor
from buju.serve.workspace import Workspace
from buju.study import Bundle

STATIC = Path(__file__).parent / "static"
_UNBUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>buju</title>
<h1>网页尚未构建 / The page is not built</h1>
<p>在源码目录运行 <code>make web</code> 即可构建；API 已可使用：<a href="/api/v1">/api/v1</a></p>
<p><code>make web</code> in the source tree builds it. The API works:
<a href="/api/v1">/api/v1</a>, <a href="/api/v1/openapi.json">OpenAPI</a>.</p></html>"""


def create_app(
    workspace: str | Path | None = None,
    *,
    bundle: str | Path | None = None,
    entry: Entry | None = None,
    work: bool = True,
    static: Path = STATIC,
) -> FastAPI:
    """The application over a workspace, or over a single bundle that is only read.

    Parameters
    ----------
    workspace, bundle
        One of the two.
    entry
        Who may come in; this machine only, without login, by default.
    work
        Whether worker processes run while the application does.
    static
        The folder of the built page.
    """
    space = Workspace.open(workspace) if workspace is not None else None
    shown = Bundle.read(bundle).path if bundle is not None else None
    entry = entry or Entry(read_only=space is None)
    served = Service(space, entry, shown=shown)
    for folder in (space.path if space else None, shown.parent if shown else None):
        if folder is not None:
            problems.hide(folder)
    if space is not None and work:
        served.supervisor = Supervisor(space)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        if served.supervisor is not None:
            served.supervisor.start()
        try:
            yield
        finally:
            if served.supervisor is not None:
                served.supervisor.stop()
            served.renderer.close()

    app = FastAPI(
        title="buju",
        version=version("buju"),
        lifespan=life,
        docs_url=None,  # the page would fetch scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        description="布局 buju：区域、研究、运行与结果。Regions, studies, runs and bundles.",
    )
    app.state.service = served
    problems.install(app)
    for part in (root, regions, studies, runs, bundles, features):
        app.include_router(part.router)
    _page(app, static)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Guard, entry=entry)
    return app


def _page(app: FastAPI, static: Path) -> None:
    """The built page: its files by name, its index for every other address."""
    root_folder = static.resolve()

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        if path.startswith(("api/", "ogc/")):
            raise Problem(404, f"没有这个地址：/{path}", f"there is nothing at /{path}")
        file = (root_folder / path).resolve()
        if path and file.is_relative_to(root_folder) and file.is_file():
            kept = "public, max-age=31536000, immutable" if "assets/" in path else "no-cache"
            return FileResponse(file, headers={"cache-control": kept})
        if "." in path.rpartition("/")[2]:
            raise Problem(404, f"没有这个文件：/{path}", f"there is no file /{path}")
        index = root_folder / "index.html"
        if index.is_file():
            return FileResponse(index, headers={"cache-control": "no-cache"})
        return HTMLResponse(_UNBUILT)
