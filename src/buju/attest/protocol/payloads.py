"""What a payload must hold, by schema; described once in `payloads.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from buju.attest.refusal import Refused, refusal

_TEXT_LIMIT = 500


@dataclass(frozen=True)
class Field:
    """One row of `payloads.csv`."""

    schema: str
    field: str
    type: str
    required: str
    minimum: str
    maximum: str
    choices: str
    unit: str
    meaning_zh: str
    meaning_en: str


@cache
def fields() -> dict[str, dict[str, Field]]:
    """Fields by schema and name; what every payload carries is part of each schema."""
    with Path(__file__).with_name("payloads.csv").open(encoding="utf-8", newline="") as file:
        rows = [Field(**row) for row in csv.DictReader(file)]
    common = {row.field: row for row in rows if row.schema == "*"}
    found: dict[str, dict[str, Field]] = {}
    for row in rows:
        if row.schema != "*":
            found.setdefault(row.schema, dict(common))[row.field] = row
    return found


def check_payload(payload: Mapping[str, Any]) -> None:
    """Refuse a payload that does not fit its schema; every fault is named in one message.

    Raises
    ------
    Refused
        Code `schema`, with field, what was found and what is expected, in Chinese and English.

    Examples
    --------
    >>> from buju.attest.refusal import Refused
    >>> try:
    ...     check_payload({"schema": "coal-output/v2"})
    ... except Refused as refused:
    ...     print(refused.code)
    schema
    """
    schema = payload.get("schema")
    rows = fields().get(schema) if isinstance(schema, str) else None
    if rows is None:
        raise refusal("schema", f"schema must be one of {', '.join(fields())}")
    faults = [(name, "不认识", "is not known") for name in payload if name not in rows]
    for name, row in rows.items():
        if name not in payload:
            if row.required == "yes":
                faults.append((name, f"缺少（{row.meaning_zh}）", f"is missing: {row.meaning_en}"))
        elif wrong := _wrong(payload[name], row):
            faults.append((name, *wrong))
    if faults:
        words = refusal("schema")
        raise Refused(
            "schema",
            f"{words.english.removeprefix('schema: ')}: "
            + "; ".join(f"{name[:60]} {english}" for name, _, english in faults[:20]),
            f"{words.chinese.removeprefix('schema：')}："
            + "；".join(f"{name[:60]} {chinese}" for name, chinese, _ in faults[:20]),
        )


def _wrong(value: Any, row: Field) -> tuple[str, str] | None:
    if row.type in {"number", "integer"}:
        return _wrong_number(value, row)
    if row.type == "boolean":
        return None if isinstance(value, bool) else ("应为 true 或 false", "must be true or false")
    if row.type == "choice":
        wanted = row.choices.split("|")
        words = ", ".join(wanted)
        return None if value in wanted else (f"应为其一：{words}", f"must be one of {words}")
    if not isinstance(value, str) or not 0 < len(value) <= _TEXT_LIMIT:
        return f"应为 1 至 {_TEXT_LIMIT} 字的文本", f"must be text of 1 to {_TEXT_LIMIT} characters"
    if row.type in _FORMS and not _FORMS[row.type](value):
        shape = {"time": "YYYY-MM-DDTHH:MM:SSZ", "date": "YYYY-MM-DD", "period": "YYYY-MM"}
        wanted_form = shape.get(row.type, "64 hexadecimal digits")
        return f"应写作 {wanted_form}", f"must be written {wanted_form}"
    return None


def _wrong_number(value: Any, row: Field) -> tuple[str, str] | None:
    kinds = (int, float) if row.type == "number" else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds):
        kind = {"number": "数", "integer": "整数"}[row.type]
        return f"应为{kind}（{row.unit}）", f"must be a {row.type} ({row.unit})"
    if not float(row.minimum) <= value <= float(row.maximum):
        span = f"{row.minimum} - {row.maximum} {row.unit}"
        return f"应在 {span} 之间", f"must lie in {span}"
    return None


def _is_time(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text, re.ASCII)) and bool(
            datetime.fromisoformat(text)
        )
    except ValueError:
        return False


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)) and bool(
            date.fromisoformat(text)
        )
    except ValueError:
        return False


_FORMS: dict[str, Callable[[str], bool]] = {
    "time": _is_time,
    "date": _is_date,
    "period": lambda text: _is_date(f"{text}-01"),
    "sha256": lambda text: bool(re.fullmatch(r"[0-9a-f]{64}", text)),
}


def written_time(seconds: float) -> str:
    """POSIX seconds as payloads write times.

    >>> written_time(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def described(schema: str) -> str:
    """The fields of one kind of payload as text: name, type, unit or choices, meaning.

    >>> print(described("study-manifest/v1").splitlines()[0])
    study-manifest/v1
    """
    rows = fields().get(schema)
    if rows is None:
        raise refusal("schema", f"{schema[:60]}: known are {', '.join(fields())}")
    lines = [schema]
    for row in rows.values():
        need = "" if row.required == "yes" else "  (可省 / optional)"
        holds = row.choices.replace("|", ", ") or row.unit
        about = f"{row.type}{f' [{holds}]' if holds else ''}"
        lines.append(f"  {row.field}: {about}{need}  {row.meaning_zh} / {row.meaning_en}")
    return "\n".join(lines)
