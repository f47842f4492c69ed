"""Refusals of the API: what was wrong and what to do, in both languages, as problem+json."""

from __future__ import annotations

import logging
import re
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from buju.errors import BujuError
from buju.region.faults import Fault
from buju.serve.validation import words

_PATH = re.compile(
    r"(?<![\w.:/\\])(?:[A-Za-z]:)?(?:[\\/][^\s/\\'\"“”‘’：:,，；;()（）]+){2,}[\\/]?"
)
_FOLDERS: set[str] = set()
LOG = logging.getLogger("buju.serve")
TITLES = {
    400: ("请求无法理解", "The request cannot be understood"),
    401: ("需要登录", "A token is needed"),
    403: ("没有权限", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("该地址不接受此操作", "This address does not take this method"),
    409: ("与正在进行的工作冲突", "In conflict with work that goes on"),
    413: ("文件太大", "The file is too large"),
    415: ("文件格式不对", "Not a kind of file that is read here"),
    421: ("主机名不对", "Wrong host name"),
    422: ("内容有误", "The content has faults"),
    500: ("服务出错", "The service failed"),
    501: ("缺少可选组件", "An optional part is missing"),
    503: ("服务正忙", "The service is busy"),
}


class Problem(Exception):
    """A refusal: HTTP status, what is wrong and what to do in both languages, faults if any."""

    def __init__(
        self, status: int, chinese: str, english: str, *, faults: list[Fault] | None = None
    ) -> None:
        super().__init__(english)
        self.status, self.chinese, self.english = status, chinese, english
        self.faults = faults


def hide(folder: Path) -> None:
    """From now on messages leave this folder out, whatever signs its name holds."""
    _FOLDERS.update(f"{folder}{mark}" for mark in "/\\")


def without_paths(text: str) -> str:
    """A message without the service's folders: of a path only its last name stays.

    >>> without_paths("无法读写 /srv/office/ws/studies/a-1/study.yaml：没有权限")
    '无法读写 study.yaml：没有权限'
    >>> without_paths("10 km/h and/or /ws")
    '10 km/h and/or /ws'
    """
    for folder in sorted(_FOLDERS, key=len, reverse=True):
        text = text.replace(folder, "")
    return _PATH.sub(lambda found: re.split(r"[\\/]", found[0].rstrip("\\/"))[-1], text)


def fault_record(fault: Fault) -> dict[str, Any]:
    """A fault as JSON: its fields, and the whole of it as one line in each language."""
    return asdict(fault) | {
        "rule_en": fault.rule,
        "remedy_en": fault.remedy,
        "text_zh": fault.chinese,
        "text_en": fault.english,
    }


def body(problem: Problem, **more: Any) -> dict[str, Any]:
    """The members of a problem+json answer."""
    zh, en = TITLES.get(problem.status, TITLES[400])
    record: dict[str, Any] = {
        "type": "about:blank",
        "title": en,
        "title_zh": zh,
        "title_en": en,
        "status": problem.status,
        "detail": problem.english,
        "detail_zh": problem.chinese,
        "detail_en": problem.english,
    }
    if problem.faults is not None:
        record["faults"] = [fault_record(fault) for fault in problem.faults]
    return record | more


def answer(problem: Problem, **more: Any) -> JSONResponse:
    """A problem as an answer."""
    return JSONResponse(
        body(problem, **more), problem.status, media_type="application/problem+json"
    )


def of_error(error: BujuError, status: int = 422) -> Problem:
    """A refusal of a room below as a problem."""
    faults = getattr(error, "faults", None)
    zh, en = without_paths(error.chinese or error.english), without_paths(error.english)
    return Problem(status, zh, en, faults=faults)


def install(app: FastAPI) -> None:
    """Answer every failure of the app as problem+json."""

    @app.exception_handler(Problem)
    async def _problem(_request: Request, error: Problem) -> JSONResponse:
        return answer(error)

    @app.exception_handler(BujuError)
    async def _refusal(_request: Request, error: BujuError) -> JSONResponse:
        from buju.errors import MissingExtra

        return answer(of_error(error, 501 if isinstance(error, MissingExtra) else 422))

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        zh, en = words(error.errors())
        return answer(Problem(422, f"请求内容有误：{zh}", f"the request has faults: {en}"))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        path = request.url.path
        said = {
            404: (f"没有这个地址：{path}", f"there is nothing at {path}"),
            405: (
                f"{path} 不接受 {request.method}",
                f"{path} does not take {request.method}",
            ),
        }
        zh, en = said.get(error.status_code, (str(error.detail), str(error.detail)))
        found = answer(Problem(error.status_code, zh, en))
        found.headers.update(error.headers or {})
        return found

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        number = uuid.uuid4().hex[:12]
        LOG.error("%s %s failed, id %s", request.method, request.url.path, number, exc_info=error)
        zh = f"服务内部出错，编号 {number}；请把编号和启动窗口中的记录交给维护人员"
        en = f"the service failed, id {number}; hand the id and the service's log to its keeper"
        return answer(Problem(500, zh, en), id=number)
