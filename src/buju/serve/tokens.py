"""Tokens for whoever comes from another machine: shown once, kept only as digests.

A token is 32 random bytes, so a plain SHA-256 of it cannot be turned round by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from buju.errors import ParameterError
from buju.region.writing import write_together
from buju.serve.workspace import new_id, now

ROLES = ("reader", "planner", "officer", "administrator")


@dataclass(frozen=True)
class Token:
    """What is kept of a token."""

    id: str
    name: str
    role: str
    sha256: str
    created: str
    revoked: str = ""


class Tokens:
    """The tokens in a file, read anew at each use so that a revocation counts at once."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def all(self) -> list[Token]:
        """Every token ever given, revoked ones too."""
        if not self.path.is_file():
            return []
        return [Token(**row) for row in json.loads(self.path.read_text(encoding="utf-8"))]

    def valid(self) -> list[Token]:
        """Tokens that open something."""
        return [token for token in self.all() if not token.revoked]

    def add(self, name: str, role: str) -> str:
        """Make a token; the text is returned once and kept nowhere.

        Raises
        ------
        ParameterError
            There is no such role.
        """
        if role not in ROLES:
            raise ParameterError(
                f"role {role!r}: give one of {', '.join(ROLES)}",
                f"角色 {role!r}：可选 {'、'.join(ROLES)}",
            )
        secret = f"buju_{secrets.token_urlsafe(32)}"
        self._write([*self.all(), Token(new_id(name), name, role, digest(secret), now())])
        return secret

    def revoke(self, name: str) -> Token:
        """Close a token, named by its id.

        Raises
        ------
        ParameterError
            There is no such token.
        """
        for number, token in enumerate(known := self.all()):
            if token.id == name:
                known[number] = Token(**(asdict(token) | {"revoked": now()}))
                self._write(known)
                return known[number]
        raise ParameterError(
            f"no token has the id {name!r}; `buju token list` shows them",
            f"没有编号为 {name!r} 的令牌；`buju token list` 可列出",
        )

    def role(self, secret: str) -> str | None:
        """The role that a token gives; None for what is no valid token."""
        given = digest(secret)
        for token in self.valid():
            if hmac.compare_digest(token.sha256, given):
                return token.role
        return None

    def _write(self, tokens: list[Token]) -> None:
        text = json.dumps([asdict(t) for t in tokens], ensure_ascii=False, indent=1)
        write_together(self.path.parent, {self.path.name: text.encode()})
        self.path.chmod(0o600)


def digest(secret: str) -> str:
    """SHA-256 of a token's text."""
    return hashlib.sha256(secret.encode()).hexdigest()
