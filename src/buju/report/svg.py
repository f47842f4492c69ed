"""Small pieces of SVG, every text and attribute escaped."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from buju.report.formats import Text

ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


def clean(words: object) -> str:
    """Words as they may stand in markup."""
    return escape(ILLEGAL.sub("", str(words)), quote=True)


def element(name: str, content: str = "", **attributes: object) -> str:
    """An element; `content` is markup, attributes are values (`_` reads `-`, `class_` `class`).

    >>> element("rect", x=1.25, class_="a<b")
    '<rect x="1.25" class="a&lt;b"/>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{clean(_short(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def _short(value: object) -> object:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def label(text: Text, x: float, y: float, **attributes: object) -> str:
    """A text at a point, once where both languages say the same, else once for each."""
    if text.zh == text.en:
        return element("text", clean(text.zh), x=x, y=y, **attributes)
    extra = str(attributes.pop("class_", ""))
    return "".join(
        element("text", clean(words), x=x, y=y, class_=f"{lang} {extra}".strip(), **attributes)
        for lang, words in (("zh", text.zh), ("en", text.en))
        if words
    )


def lines(
    text: Text, x: float, y: float, *, width: float, size: float, **attributes: object
) -> tuple[str, float]:
    """A text broken to a width; returns the markup and the height it takes."""
    markup, most = "", 0
    for lang, words in (("zh", text.zh), ("en", text.en)):
        broken = wrap(words, width / size)
        most = max(most, len(broken))
        markup += "".join(
            element(
                "text",
                clean(line),
                x=x,
                y=y + (k + 1) * size * 1.3,
                class_=lang,
                font_size=size,
                **attributes,
            )
            for k, line in enumerate(broken)
        )
    return markup, most * size * 1.3


def extent(words: str) -> float:
    """About how wide words are, in em: Chinese characters 1, others 0.55.

    >>> extent("太原AB")
    3.1
    """
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in words)
    return wide + 0.55 * (len(words) - wide)


def wrap(words: str, width: float) -> list[str]:
    """Words in lines of at most a width in em, broken at spaces or after Chinese characters.

    >>> wrap("for analysis only", 6)
    ['for', 'analysis', 'only']
    >>> wrap("仅供分析使用", 4)
    ['仅供分析', '使用']
    """
    pieces = re.findall(r"[^\s\u2e80-\uffef]+\s*|[\u2e80-\uffef]\s*|\s+", words)
    found: list[str] = [""]
    for piece in pieces:
        if found[-1] and extent(found[-1] + piece.rstrip()) > width:
            found.append("")
        found[-1] += piece
    return [line.strip() for line in found if line.strip()]
