"""How a value is written, once for each language."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from buju.units import WAN, in_chinese

MISSING = "—"


@dataclass(frozen=True)
class Text:
    """The same thing said in Chinese and in English."""

    zh: str
    en: str

    @classmethod
    def same(cls, words: object) -> Text:
        """Words that stand in one language only, such as codes, shown as they are."""
        return cls(str(words), str(words))

    @classmethod
    def split(cls, words: object) -> Text:
        """Words given as `Chinese / English`; words without a slash stand for both.

        >>> Text.split("待核 / open")
        Text(zh='待核', en='open')
        """
        chinese, slash, english = str(words).partition(" / ")
        return cls(chinese, english) if slash and english else cls.same(words)

    def __add__(self, other: Text) -> Text:
        return Text(self.zh + other.zh, self.en + other.en)


@dataclass(frozen=True)
class Refused:
    """A number that exists and must not be shown, with the verdict that forbids it."""

    verdict: str


Value: TypeAlias = Text | Refused | str | float | int | bool | None

REFUSED = Text("未认证，不予显示", "refused")
UNREACHABLE = Text("不可达", "unreachable")
YES, NO = Text("是", "yes"), Text("否", "no")


@dataclass(frozen=True)
class Format:
    """How the values of one column are written.

    Attributes
    ----------
    kind
        `text`; `count` (万 and 亿 in Chinese, thousands separators in English) and
        `signed_count`; `number`;
        `share` and `change` (per cent, the latter with its sign); `signed` (a number with its
        sign); `scientific`; `general` (a column of mixed units: no more digits than needed);
        `code` (text that may break anywhere, such as a hash or an address).
    digits
        Decimals.
    """

    kind: str = "text"
    digits: int = 0

    @property
    def numeric(self) -> bool:
        """Whether the column holds figures, which align to the right."""
        return self.kind not in ("text", "code")

    def write(self, value: Value) -> Text:
        """The value in both languages; a missing one is an em dash, an infinite one a word.

        >>> Format("count").write(34_915_616)
        Text(zh='3,491.6万', en='34,915,616')
        >>> Format("change", 2).write(-0.0123).en, Format("number", 1).write(None).zh
        ('-1.23%', '—')
        >>> Format("number").write(float("inf")).en
        'unreachable'
        """
        if isinstance(value, Text):
            return Text(value.zh or MISSING, value.en or MISSING)
        if isinstance(value, Refused):
            return REFUSED + Text(f"（{value.verdict}）", f" ({value.verdict})")
        if is_missing(value):
            return Text.same(MISSING)
        if not self.numeric:
            return self._words(value)
        return self._figure(float(value))  # type: ignore[arg-type]

    def _words(self, value: Value) -> Text:
        if isinstance(value, bool) or type(value).__name__ == "bool":
            return YES if value else NO
        return Text.same(str(value) or MISSING)

    def _figure(self, value: float) -> Text:
        if math.isinf(value):
            return UNREACHABLE
        if self.kind == "count":
            return Text(_persons(value), f"{value:,.{self.digits}f}")
        if self.kind == "signed_count":
            sign = "+" if value > 0 else ""
            return Text(sign + _persons(value), f"{value:+,.{self.digits}f}")
        patterns = {
            "number": f"{value:,.{self.digits}f}",
            "signed": f"{value:+,.{self.digits}f}",
            "share": f"{value:.{self.digits}%}",
            "change": f"{value:+.{self.digits}%}",
            "scientific": f"{value:.{self.digits}e}",
            "general": f"{value:,.4f}".rstrip("0").rstrip("."),
        }
        return Text.same(_no_negative_zero(patterns[self.kind]))


def _persons(value: float) -> str:
    """What is counted in wholes, in 万 or 亿 from ten thousand on."""
    return in_chinese(value if abs(value) >= WAN else round(value))


def _no_negative_zero(written: str) -> str:
    """`-0.0%` says a direction that the digits shown do not have."""
    return written if any(digit in written for digit in "123456789") else written.lstrip("+-")


def is_missing(value: object) -> bool:
    """Whether a value is None, NaN or pandas' NA."""
    return value is None or (not isinstance(value, Text | Refused) and bool(pd.isna(value)))


def percent_digits(values: Iterable[float]) -> int:
    """Decimals of a per cent column: two significant figures for the larger values, 1 to 3.

    >>> percent_digits([0.4, -0.02]), percent_digits([0.003]), percent_digits([])
    (1, 2, 1)
    """
    sizes = sorted(abs(v) for v in values if v == v and not math.isinf(v) and v)
    if not sizes:
        return 1
    large = sizes[int(0.9 * (len(sizes) - 1))]
    return min(3, max(1, 1 - math.floor(math.log10(large)) - 2))
