"""Faults of a study file in words for planners: key, line, value, remedy, in two languages."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import ValidationError

from buju.errors import StudyError
from buju.study.yaml_file import Document, Written

Words = tuple[str, str]
_NUMBERS = ("float_type", "float_parsing")
_BOUNDS = {
    "greater_than": ("must be above", "应大于", "gt"),
    "greater_than_equal": ("must be at least", "应不小于", "ge"),
    "less_than": ("must be below", "应小于", "lt"),
    "less_than_equal": ("must be at most", "应不大于", "le"),
}


def refusal(
    where: str, error: ValidationError, model: Any, document: Document | None = None
) -> StudyError:
    """All faults of a section at once.

    Parameters
    ----------
    where
        The file, or what else was asked.
    model
        The section's record, for the keys that it knows.
    document
        Where things stand in the file, if there is one.
    """
    english = [f"{where}: {error.error_count()} fault(s)"]
    chinese = [f"{where}：{error.error_count()} 处错误"]
    for item in error.errors():
        at = document.near(item["loc"]) if document else None
        key = ".".join(str(part) for part in item["loc"] if part != "[key]")
        one, other = _words(item, model, at)
        line = (f"line {at.line}, ", f"第 {at.line} 行，") if at else ("", "")
        english.append(f"  {line[0]}{key or 'the whole'}: {one}")
        chinese.append(f"  {line[1]}{key or '全部'}：{other}")
    return StudyError("\n".join(english), "\n".join(chinese))


def _words(item: Any, model: Any, at: Written | None) -> Words:
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(item["loc"], model)
        return (
            f"unknown key; this section knows: {', '.join(known)}",
            f"不认识的键；此处可用：{'、'.join(known)}",
        )
    if kind == "missing":
        return "is missing; add it", "缺少此项，请补上"
    if value is None:
        return "is empty; write `{}` for nothing in it, or take the line out", (
            "为空；没有内容请写 `{}`，或删去此行"
        )
    if kind == "string_type" and isinstance(value, int | float | datetime.date):
        text = at.text if at and at.text and item["loc"][-1] != "[key]" else str(value)
        kept = "a code or a date is text"
        return (
            f"{kept}: put it in quotes, '{text}' (found {text} without)",
            f"代码与日期是文本，请加引号：'{text}'（现为 {text}，没有引号）",
        )
    found = _found(item)
    if kind == "value_error":
        said = item["msg"].removeprefix("Value error, ")
        chinese = getattr(context.get("error"), "chinese", "")
        return said + found[0], (chinese or f"取值不合规则：{said}") + found[1]
    if kind == "literal_error":
        expected = context["expected"].replace(" or ", ", ")
        return f"must be one of {expected}{found[0]}", f"应为 {expected} 之一{found[1]}"
    if kind.startswith("int_"):
        return f"must be a whole number{found[0]}", f"应为整数{found[1]}"
    if kind in _NUMBERS:
        return f"must be a number{found[0]}", f"应为数字{found[1]}"
    if kind in _BOUNDS:
        english, chinese, name = _BOUNDS[kind]
        return f"{english} {context[name]:g}{found[0]}", f"{chinese} {context[name]:g}{found[1]}"
    if kind in ("model_type", "dict_type"):
        return f"must hold keys, as in `key: value`{found[0]}", f"应由“键: 值”组成{found[1]}"
    if kind in ("tuple_type", "list_type"):
        return f"must be a list, as in [A, B]{found[0]}", f"应为列表，如 [A, B]{found[1]}"
    return item["msg"] + found[0], f"不合规则：{item['msg']}{found[1]}"


def in_words(item: Any) -> Words:
    """One error of a record that is no section of a file, in English and Chinese."""
    return _words(item, None, None)


def _found(item: Any) -> Words:
    value = item["input"]
    simple = isinstance(value, str | int | float | bool)
    if not simple or repr(value) in item["msg"]:
        return "", ""
    return f" (found {value!r})", f"（现为 {value!r}）"


def _known_keys(location: tuple[int | str, ...], model: Any) -> list[str]:
    for part in location[:-1]:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            model = fields[part].annotation
            arguments = getattr(model, "__args__", ())
            model = next((a for a in arguments if hasattr(a, "model_fields")), model)
    return list(getattr(model, "model_fields", {}))
