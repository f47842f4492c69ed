"""Consent to the use of a finger: recorded before enrolment, and ended by withdrawal.

What the record must hold follows the duties listed in `docs/explanation/law.md`; whether it
suffices in law needs a lawyer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from buju.attest.protocol.payloads import written_time
from buju.attest.refusal import refusal

DOCUMENT_LIMIT = 32 * 1024 * 1024
_REQUIRED = ("officer", "purpose", "retention", "given", "recorded_by")
NO_DOCUMENT = (
    "操作员在命令行声明，未附文件 / declared by the operator at the command line, "
    "no document attached"
)
DOCUMENT = (
    "操作员在命令行声明，附文件 / declared by the operator at the command line, document attached"
)

# What `buju attest enrol` shows before it captures a finger.
DECLARATION = (
    ("目的", "仅为确认本人报送数据；不作他用", "purpose",
     "only to confirm that this officer submits; for nothing else"),
    ("处理", "指静脉模板加密存放于终端，不离开本机；图像与分数不保存", "processing",
     "the vein template stays encrypted in the terminal; no image, no score is kept"),
    ("保存期限", "任职期间；撤回或离任即删除模板", "retention",
     "while in office; the template is deleted on withdrawal or departure"),
    ("撤回", "随时：buju attest withdraw；账本条目保留，其中没有生物特征", "withdrawal",
     "at any time: buju attest withdraw; entries stay, and hold nothing biometric"),
    ("替代方式", "可不用指静脉：buju attest register（WebAuthn 安全密钥，标注为替代因子）",
     "alternative",
     "no finger is needed: buju attest register (WebAuthn key, labelled as alternative factor)"),
)  # fmt: skip


def declaration() -> str:
    """The declaration in Chinese and English, a line for each point."""
    lines = [f"{zh}：{words}\n{en}: {english}" for zh, words, en, english in DECLARATION]
    return "同意声明 / consent declaration\n" + "\n".join(lines)


@dataclass(frozen=True)
class Consent:
    """A person's separate consent.

    `purpose` and `retention` in words that were shown to the person; `given` and `withdrawn` as
    UTC times; `recorded_by`: who says that consent was given, and on what ground;
    `alternative_offered`: the non-biometric way was offered; `person` is False for a generated
    finger, which belongs to nobody; `document_sha256` names the file handed over with the record
    (hexadecimal), or is empty.
    """

    officer: str
    purpose: str
    retention: str
    given: str
    recorded_by: str
    alternative_offered: bool
    person: bool = True
    withdrawn: str = ""
    document_sha256: str = ""

    @classmethod
    def declared(cls, officer: str, at: float, document: bytes | None = None) -> Consent:
        """What an operator declares when enrolling: the points of `DECLARATION`.

        Without a document this proves only that an operator said so; with one, its SHA-256 ties
        the record to a file that the agency keeps.
        """
        words = {en: f"{chinese} / {english}" for _, chinese, en, english in DECLARATION}
        return cls(
            officer,
            words["purpose"],
            words["retention"],
            written_time(at),
            NO_DOCUMENT if document is None else DOCUMENT,
            True,
            document_sha256="" if document is None else hashlib.sha256(document).hexdigest(),
        )

    @classmethod
    def of_file(cls, officer: str, path: Path, at: float) -> Consent:
        """From `--consent FILE`: a record in JSON (`*.json`), else a document that was signed."""
        try:
            with path.open("rb") as file:
                data = file.read(DOCUMENT_LIMIT + 1)
        except OSError as wrong:
            raise refusal("consent-missing", f"{path}: {wrong.strerror}") from None
        if not 0 < len(data) <= DOCUMENT_LIMIT:
            raise refusal("consent-missing", f"{path}: empty, or above 32 MiB")
        if path.suffix.lower() != ".json":
            return cls.declared(officer, at, data)
        return replace(cls.read(path), document_sha256=hashlib.sha256(data).hexdigest())

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
