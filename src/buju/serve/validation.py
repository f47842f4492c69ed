"""What is wrong with the content of a request, field by field, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_PLACES = ("body", "query", "path", "header")
_WORDS = {
    "missing": ("缺少这一项", "is missing"),
    "extra_forbidden": ("没有这一项；请核对拼写", "is not known; check its spelling"),
    "json_invalid": ("不是有效的 JSON", "is no valid JSON"),
    "string_type": ("应为文字", "must be text"),
    "string_too_long": (
        "最多 {max_length} 个字符",
        "has more than {max_length} characters",
    ),
    "string_too_short": (
        "至少 {min_length} 个字符",
        "has fewer than {min_length} characters",
    ),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "float_type": ("应为数字", "must be a number"),
    "float_parsing": ("应为数字", "must be a number"),
    "finite_number": ("应为有限的数字", "must be a finite number"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "bool_parsing": ("应为 true 或 false", "must be true or false"),
    "list_type": ("应为列表", "must be a list"),
    "tuple_type": ("应为列表", "must be a list"),
    "dict_type": ("应为“名称: 值”的对照", "must be an object of names and values"),
    "model_type": ("应为“名称: 值”的对照", "must be an object of names and values"),
    "model_attributes_type": ("应为“名称: 值”的对照", "must be an object of names and values"),
    "greater_than": ("应大于 {gt}", "must be above {gt}"),
    "greater_than_equal": ("不应小于 {ge}", "must be at least {ge}"),
    "less_than": ("应小于 {lt}", "must be below {lt}"),
    "less_than_equal": ("不应大于 {le}", "must be at most {le}"),
    "literal_error": ("应为 {expected} 之一", "must be one of {expected}"),
    "enum": ("应为 {expected} 之一", "must be one of {expected}"),
}
_MOST = 20


def words(errors: Iterable[Mapping[str, Any]]) -> tuple[str, str]:
    """Every fault of a request: the field, what it holds, and what it should hold.

    Parameters
    ----------
    errors
        As pydantic lists them: `type`, `loc`, `msg`, `input`, `ctx`.

    Returns
    -------
    tuple of str
        In Chinese and in English.

    Examples
    --------
    >>> words([{"type": "less_than_equal", "loc": ("body", "draws"), "msg": "", "input": 5000,
    ...         "ctx": {"le": 1000}}])
    ('draws：填的是 5000，不应大于 1000', 'draws is 5000 and must be at most 1000')
    """
    chinese, english = [], []
    for error in list(errors)[:_MOST]:
        zh, en = _rule(error)
        field = _field(error["loc"])
        held = _held(error)
        chinese.append(f"{field}：{f'填的是 {held}，' if held else ''}{zh}")
        english.append(f"{field} is {held} and {en}" if held else f"{field} {en}")
    return "；".join(chinese), "; ".join(english)


def _field(place: Iterable[Any]) -> str:
    """`scenario.links.L1.minutes`, without where in the request it stands."""
    parts = [str(part) for part in place]
    if len(parts) > 1 and parts[0] in _PLACES:
        parts = parts[1:]
    return ".".join(parts)


def _held(error: Mapping[str, Any]) -> str:
    """The value found, where it is short enough to tell."""
    found = error.get("input")
    if error["type"] in ("missing", "extra_forbidden", "json_invalid"):
        return ""
    if isinstance(found, str | int | float | bool) and len(str(found)) <= 60:
        return repr(found)
    return ""


def _rule(error: Mapping[str, Any]) -> tuple[str, str]:
    context = dict(error.get("ctx") or {})
    known = _WORDS.get(str(error["type"]))
    if known is not None:
        return known[0].format(**context), known[1].format(**context)
    raised = context.get("error")
    said = str(getattr(raised, "english", "") or raised or error["msg"])
    zh = str(getattr(raised, "chinese", "") or "")
    if not zh:  # a check below may write its Chinese words on a line of their own
        lines = said.split("\n")
        own = [line for line in lines if any("\u4e00" <= sign <= "\u9fff" for sign in line)]
        if own and len(own) < len(lines):
            zh, said = own[0], " ".join(line for line in lines if line not in own)
    return (zh or f"不符合要求（{said}）", f"not as it should be: {said}")
