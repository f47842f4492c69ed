"""What every section of a study file shares: closed records, and changes with a sign."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

_PERCENT = re.compile(r"^([+-]\d+(?:\.\d+)?)\s*%$")


def parse_change(value: object) -> float:
    """A change as a factor: "+3%" is 1.03, "-10 %" is 0.9, a number is the factor itself.

    A percentage needs its sign, so that "3%" is never read as a level.

    >>> parse_change("+3%"), parse_change(1.25)
    (1.03, 1.25)
    >>> parse_change("3%")
    Traceback (most recent call last):
    ...
    ValueError: '3%' is not a change: write '+3%', '-3%' or a factor such as 1.03
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        factor = float(value)
    else:
        match = _PERCENT.match(str(value).strip())
        if match is None:
            raise ValueError(
                f"{value!r} is not a change: write '+3%', '-3%' or a factor such as 1.03"
            )
        factor = round(1 + float(match.group(1)) / 100, 12)
    if not 0 < factor < float("inf"):
        raise ValueError(f"{value!r} leaves nothing: a factor must be above zero")
    return factor


Change = Annotated[float, BeforeValidator(parse_change)]


class Misfit(ValueError):
    """A value at odds with another, in Chinese too."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.chinese = chinese


class Section(BaseModel):
    """A section of the study file: closed, so that a misspelt key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
