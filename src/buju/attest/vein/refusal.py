"""One refusal for the whole vein factor: a code for machines, words in two languages for people."""

from __future__ import annotations

from buju.errors import BujuError


class VeinRefused(BujuError):
    """The vein factor says no.

    `code` is what the protocol records. Neither message carries a score, an image or a template.

    >>> refusal = VeinRefused("vein-mismatch", "another finger", "手指不符")
    >>> refusal.code
    'vein-mismatch'
    """

    def __init__(self, code: str, english: str, chinese: str = "") -> None:
        super().__init__(f"{code}: {english}", chinese)
        self.code = code
