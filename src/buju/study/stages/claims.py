"""Stage `claims`: every claim of the announcement with the verdict its check gives now."""

from __future__ import annotations

from buju.study.bundle import Table
from buju.study.claims import decide_claims
from buju.study.context import Run


def stage(run: Run) -> dict[str, Table]:
    """Table `claims`."""
    return {
        "claims": Table(
            decide_claims(run),
            "公告论断核验",
            "Claims of the announcement",
            note_zh="结论由核验函数在每次运行时重新计算；open 表示尚未核验，理由见 reason。",
            note_en="Verdicts are computed anew in every run; `open` has its reason beside it.",
        )
    }
