"""How the ledger says no: one exception with a code, a place and, where there is one, a proof."""

from __future__ import annotations

from typing import Any

from buju.errors import BujuError


class LedgerRefused(BujuError):
    """What the ledger, a witness or the verifier refuses.

    Parameters
    ----------
    code
        Short word that stays the same between versions, for audit lines and exit codes.
    english, chinese
        The message: place, what was found, what to do.
    index
        The first wrong entry, where one is known.
    evidence
        Signed statements that contradict one another, where they were found.

    Examples
    --------
    >>> refused = LedgerRefused("inclusion", "entry 3 is not there", "没有第 3 条", index=3)
    >>> refused.code, refused.index
    ('inclusion', 3)
    """

    def __init__(
        self,
        code: str,
        english: str,
        chinese: str = "",
        *,
        index: int | None = None,
        evidence: Any = None,
    ) -> None:
        super().__init__(english, chinese)
        self.code = code
        self.index = index
        self.evidence = evidence

    def __str__(self) -> str:
        return f"[{self.code}] {super().__str__()}"


def malformed(what: str, english: str, chinese: str = "") -> LedgerRefused:
    """The refusal of a text that is not in its format; `what` names the format."""
    return LedgerRefused(
        f"{what}-malformed", f"{what}: {english}", chinese or f"{what}：格式不正确，已拒收。"
    )
