"""What stands before every request: host names, origins, tokens, sizes, headers of answers."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from buju.serve.problems import Problem, answer
from buju.serve.tokens import ROLES, Tokens

COOKIE = "buju_token"
JSON_BYTES = 2_000_000
_DRAIN_BYTES, _DRAIN_SECONDS = 600_000_000, 30.0
_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = ("/api/v1/session",)
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self' blob: data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True)
class Entry:
    """Who may come in.

    Attributes
    ----------
    login
        Whether a token is asked for; never on loopback.
    hosts
        Host names by which the service is called, beside addresses in figures and localhost.
    upload_bytes
        The largest request that is read.
    read_only
        Whether nothing may be changed by anybody.
    """

    tokens: Tokens | None = None
    login: bool = False
    hosts: frozenset[str] = field(default_factory=frozenset)
    upload_bytes: int = 100_000_000
    read_only: bool = False


class TooLarge(Exception):
    """More arrived than is read."""


class Guard:
    """ASGI middleware in front of the app."""

    def __init__(self, app: ASGIApp, entry: Entry) -> None:
        self.app, self.entry = app, entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with the caller's role in the scope."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    found.setdefault(name, value)
            await send(message)

        problem = self._refusal(scope, headers)
        if problem is not None:
            await self._refuse(problem, scope, headers, receive, sent)
            return
        limit = self._limit(headers)
        begun = False

        async def counted() -> Message:
            nonlocal limit
            message = await receive()
            limit -= len(message.get("body", b""))
            if limit < 0:
                raise TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await sent(message)

        try:
            await self.app(scope, counted, noted)
        except TooLarge:
            if begun:
                raise
            await self._refuse(self._too_large(headers), scope, headers, receive, sent)

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        host = headers.get("host", "")
        if not self._known(host):
            return Problem(
                421,
                f"主机名“{host}”不是本服务的名称；请用启动窗口中的地址打开，"
                "或用 --allow-host 登记该名称",
                f"the host name '{host}' is not this service's; open the address that the "
                "service printed, or allow the name with --allow-host",
            )
        method = scope["method"]
        if method not in _SAFE and not _own_page(headers, host):
            return Problem(
                403,
                "修改数据的请求须来自本服务的页面，或带请求头 X-Buju: 1",
                "a request that changes something must come from this service's own page, or "
                "carry the header X-Buju: 1",
            )
        role = self._role(headers)
        scope["buju_role"] = role
        problem = self._without(role, scope)
        if problem is not None:
            return problem
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._limit(headers):
            return self._too_large(headers)
        return None

    def _without(self, role: str | None, scope: Scope) -> Problem | None:
        path, method = scope["path"], scope["method"]
        guarded = path.startswith(("/api/", "/ogc")) and path not in _OPEN
        if role is None and guarded:
            return Problem(
                401,
                "请先输入访问令牌；令牌由管理员用 `buju token add` 发放",
                "give an access token first; the administrator makes one with `buju token add`",
            )
        if method in _SAFE or path in _OPEN:
            return None
        if self.entry.read_only:
            return Problem(
                403,
                "这里只展示一个结果，不能修改；要修改请用 `buju serve --workspace 文件夹`",
                "one bundle is shown here and nothing can be changed; "
                "`buju serve --workspace DIR` opens a workspace",
            )
        if guarded and role is not None and ROLES.index(role) < ROLES.index("planner"):
            return Problem(
                403,
                "您的令牌只能查看；修改需要 planner 及以上角色",
                "your token only reads; changing something needs the role planner or above",
            )
        return None

    def _known(self, host: str) -> bool:
        name = _host_name(host)
        return name == "localhost" or name in self.entry.hosts or self._address(name)

    def _address(self, name: str) -> bool:
        """Whether a host is an address that is fit: a page elsewhere cannot take one as name."""
        try:
            found = ipaddress.ip_address(name)
        except ValueError:
            return False
        return self.entry.login or found.is_loopback

    def _role(self, headers: Headers) -> str | None:
        if not self.entry.login or self.entry.tokens is None:
            return "reader" if self.entry.read_only else "administrator"
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            cookie: SimpleCookie = SimpleCookie()
            cookie.load(headers.get("cookie", ""))
            secret = cookie[COOKIE].value if COOKIE in cookie else ""
        return self.entry.tokens.role(secret.strip()) if secret.strip() else None

    def _limit(self, headers: Headers) -> int:
        form = headers.get("content-type", "").lower().startswith("multipart/form-data")
        return self.entry.upload_bytes + 10_000 if form else JSON_BYTES

    def _too_large(self, headers: Headers) -> Problem:
        million = self._limit(headers) // 1_000_000
        length = headers.get("content-length", "")
        size = f"{int(length) / 1e6:.0f} MB" if length.isdigit() else f"> {million} MB"
        return Problem(
            413,
            f"文件为 {size}，上限为 {million} MB，未读取；"
            "请删去图片、空白格式和无关工作表后再上传，"
            "或由管理员用 --max-upload-mb 调高上限",
            f"the file has {size} and at most {million} MB are taken; nothing was read. Remove "
            "pictures, formatting of empty cells and sheets of no use, or let the administrator "
            "raise --max-upload-mb",
        )

    async def _refuse(
        self, problem: Problem, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> None:
        """Answer at once, then let what still arrives go by: else the caller reads no answer."""
        found = answer(problem)
        start: dict[str, Any] = {
            "type": "http.response.start",
            "status": found.status_code,
            "headers": found.raw_headers,
        }
        await send(start)
        await send({"type": "http.response.body", "body": found.body, "more_body": True})
        if scope["method"] not in _SAFE and "expect" not in headers:
            await _drain(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _drain(receive: Receive) -> None:
    left, end = _DRAIN_BYTES, time.monotonic() + _DRAIN_SECONDS
    while left > 0 and time.monotonic() < end:
        message = await receive()
        left -= len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


def _host_name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _host_name("[::1]:8765"), _host_name("LocalHost:1"), _host_name("127.0.0.1")
    ('::1', 'localhost', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _own_page(headers: Headers, host: str) -> bool:
    """Whether a changing request is our page's or a program's, and no foreign page's."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None:
        return origin in (f"http://{host}", f"https://{host}")
    if site is not None:
        return site == "same-origin"
    return "x-buju" in headers or headers.get("authorization", "").lower().startswith("bearer ")
