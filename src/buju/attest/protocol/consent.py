"""Consent to the use of a finger: recorded before enrolment, and ended by withdrawal.

What the record must hold follows the duties listed in `docs/explanation/law.md`; whether it
suffices in law needs a lawyer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from buju.attest.protocol.payloads import written_time
from buju.attest.refusal import refusal

_REQUIRED = ("officer", "purpose", "retention", "given", "recorded_by")


@dataclass(frozen=True)
class Consent:
    """A person's separate consent.

    `purpose` and `retention` in words that were shown to the person; `given` and `withdrawn` as
    UTC times; `alternative_offered`: the non-biometric way was offered; `person` is False for a
    generated finger, which belongs to nobody.
    """

    officer: str
    purpose: str
    retention: str
    given: str
    recorded_by: str
    alternative_offered: bool
    person: bool = True
    withdrawn: str = ""

    @classmethod
    def of_generator(cls, officer: str, at: float) -> Consent:
        """The record beside a generated finger: says that no person is behind it."""
        return cls(
            officer,
            "demonstration with a generated finger; no person / 生成手指演示，不涉及自然人",
            "until the demonstration ends / 演示结束为止",
            written_time(at),
            "buju",
            True,
            person=False,
        )

    @classmethod
    def parse(cls, content: Mapping[str, object]) -> Consent:
        """Read a record; refuses one that lacks what must have been said to the person."""
        fields = {name: content.get(name, "") for name in cls.__dataclass_fields__}
        fields["person"] = content.get("person", True)
        words = all(isinstance(fields[n], str) and str(fields[n]).strip() for n in _REQUIRED)
        if not words or fields["alternative_offered"] is not True:
            raise refusal(
                "consent-missing",
                f"the record needs {', '.join(_REQUIRED)} and alternative_offered: true",
            )
        return cls(**fields)  # type: ignore[arg-type]

    @classmethod
    def read(cls, path: Path) -> Consent:
        """Read a record from a JSON file."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise refusal("consent-missing", str(path)) from None
        if not isinstance(content, dict):
            raise refusal("consent-missing", str(path))
        return cls.parse(content)

    def data(self) -> bytes:
        """The record as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    def require(self, officer: str) -> None:
        """Refuse unless this consent stands, for this officer."""
        if self.officer != officer:
            raise refusal("consent-missing", f"the record is of {self.officer!r}")
        if self.withdrawn:
            raise refusal("consent-withdrawn", self.withdrawn)
