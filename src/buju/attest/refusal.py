"""One refusal for certificates and protocol: a code for machines, words in two languages."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from buju.errors import BujuError


class Refused(BujuError):
    """A submission, certificate or receipt is refused; `code` is what the audit line records.

    Messages carry no key, PIN, template or image.
    """

    def __init__(self, code: str, english: str, chinese: str = "") -> None:
        super().__init__(f"{code}: {english}", f"{code}：{chinese}" if chinese else "")
        self.code = code


@cache
def catalogue() -> dict[str, tuple[str, str]]:
    """Every code with its English and Chinese words, as `refusals.csv` lists them."""
    with Path(__file__).with_name("refusals.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["english"], row["chinese"]) for row in csv.DictReader(file)}


def refusal(code: str, detail: str = "") -> Refused:
    """The refusal of a code; `detail` names the place or the public value that was found.

    >>> print(refusal("nonce-used"))
    nonce-used：随机数已被使用；请重新申请并重新采集
    nonce-used: the nonce has been used; ask for a new one and capture again
    """
    english, chinese = catalogue()[code]
    tail = f" ({detail})" if detail else ""
    return Refused(code, english + tail, f"{chinese}{f'（{detail}）' if detail else ''}")


def bounded(path: Path, limit: int) -> bytes:
    """Bytes of a file; one longer than `limit` is refused as `size`, none as `file`."""
    if not path.is_file():
        raise refusal("file", str(path))
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise refusal("size", str(path))
    return data
