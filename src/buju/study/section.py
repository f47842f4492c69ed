"""What every section of a study file shares: closed records, and changes with a sign."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

LEAST, MOST = 0.2, 5.0
"""Factors a change may have. The elasticities come from changes of some per cent; a fivefold change
lies far beyond what they say anything about."""
_PERCENT = re.compile(r"^([+-]\d+(?:\.\d+)?)\s*%$")


class Misfit(ValueError):
    """A value at odds with another, in Chinese too."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.chinese = chinese


def parse_change(value: object) -> float:
    """A change as a factor: "+3%" is 1.03, "-10 %" is 0.9, a number is the factor itself.

    A percentage needs its sign, so that "3%" is never read as a level.

    >>> parse_change("+3%"), parse_change(1.25)
    (1.03, 1.25)
    >>> parse_change("3%")
    Traceback (most recent call last):
    ...
    buju.study.section.Misfit: '3%' is not a change: write '+3%', '-3%' or a factor such as 1.03
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        factor = float(value)
    else:
        match = _PERCENT.match(str(value).strip())
        if match is None:
            raise Misfit(
                f"{value!r} is not a change: write '+3%', '-3%' or a factor such as 1.03",
                f"{value!r} 不是变化：请写 '+3%'、'-3%' 或倍数，如 1.03",
            )
        factor = round(1 + float(match.group(1)) / 100, 12)
    if not factor > 0:
        raise Misfit(
            f"{value!r} leaves nothing: a factor must be above zero",
            f"{value!r} 会使其归零：倍数应大于零",
        )
    if not LEAST <= factor <= MOST:
        raise Misfit(
            f"{value!r} is beyond what the model speaks of: a factor lies between {LEAST:g} and "
            f"{MOST:g} ({LEAST - 1:+.0%} to {MOST - 1:+.0%})",
            f"{value!r} 超出模型适用范围：倍数应在 {LEAST:g} 至 {MOST:g} 之间"
            f"（{LEAST - 1:+.0%} 至 {MOST - 1:+.0%}）",
        )
    return factor


Change = Annotated[float, BeforeValidator(parse_change)]


class Section(BaseModel):
    """A section of the study file: closed, so that a misspelt key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
