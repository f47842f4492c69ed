"""Bytes become text: UTF-8 or GB18030, or a refusal that names the byte."""

from __future__ import annotations

import codecs
from contextlib import suppress
from typing import NamedTuple

# Of Chinese text that really is GB18030, nearly all characters are those of GB 2312; of other
# bytes that happen to decode, fewer than half are (UTF-8 read as GB18030: about 0.3).
_PLAUSIBLE = 0.8
_MARKS = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_ALLOWED = "\t\r\n"


class UndecodableError(ValueError):
    """Bytes that are no text; `line` is where, `english` and `chinese` say why."""

    def __init__(self, line: int, english: str, chinese: str) -> None:
        super().__init__(english)
        self.line, self.english, self.chinese = line, english, chinese


class Decoded(NamedTuple):
    """Text and the encoding it was in."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Text of a file's bytes.

    UTF-8 is tried first, with or without its mark; then GB18030, which is believed only when
    the result reads as Chinese text: no control characters, and most characters beyond ASCII
    are among those of GB 2312. The bytes of a few Chinese characters are UTF-8 of Greek, Cyrillic
    and the like as well; a file of such letters only is taken for GB18030. One that holds no
    other Chinese character than 路 and its like, whose bytes are UTF-8 of Latin letters and
    signs, is read as UTF-8.

    Raises
    ------
    UndecodableError
        Neither holds; names the first byte that is wrong in each and its line.

    Examples
    --------
    >>> decode("地点,太原市".encode("gb18030"))
    Decoded(text='地点,太原市', encoding='GB18030')
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise UndecodableError(1, f"byte 0 begins {name} text", f"第 0 字节起为 {name} 文本")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _as_gb18030(data, error.start)
    if _misread(text):
        with suppress(UndecodableError):
            return _as_gb18030(data, 0)
    at = _control_at(text)
    if at >= 0:
        offset = len(text[:at].encode("utf-8"))
        raise _refusal(data, offset, "is a control character", "为控制字符")
    return Decoded(text, "UTF-8")


def _as_gb18030(data: bytes, utf8_start: int) -> Decoded:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        both = f"; byte {error.start} (line {_line(data, error.start)}) is not GB18030"
        both_zh = f"；第 {error.start} 字节（第{_line(data, error.start)}行）不是 GB18030"
        raise _refusal(data, utf8_start, f"is not UTF-8{both}", f"不是 UTF-8{both_zh}") from None
    at = _control_at(text)
    if at >= 0 or _chinese_share(text) < _PLAUSIBLE:
        raise _refusal(
            data,
            utf8_start,
            "is not UTF-8, and read as GB18030 the file is not Chinese text",
            "不是 UTF-8，按 GB18030 解读又不成中文",
        )
    return Decoded(text, "GB18030")


def _misread(text: str) -> bool:
    """Whether UTF-8 gave letters beyond Latin and nothing of Chinese."""
    return text != "" and "\u0250" <= max(text) < "\u0800"


def _refusal(data: bytes, offset: int, english: str, chinese: str) -> UndecodableError:
    line = _line(data, offset)
    return UndecodableError(
        line, f"byte {offset} (line {line}) {english}", f"第 {offset} 字节（第{line}行）{chinese}"
    )


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _control_at(text: str) -> int:
    controls = {chr(c) for c in range(32)} - set(_ALLOWED)
    return min((at for at in (text.find(c) for c in controls) if at >= 0), default=-1)


def _chinese_share(text: str) -> float:
    beyond = [c for c in text if ord(c) > 127]
    known = sum(1 for c in beyond if _in_gb2312(c))
    return known / len(beyond)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
