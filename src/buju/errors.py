"""One small family of refusals.

Every refusal says where, what was found, what was expected and the next move. Where a planner
may read it, it says so in Chinese as well.
"""

from __future__ import annotations

from typing import Any


class BujuError(Exception):
    """What buju refuses to do, and what to do instead.

    Parameters
    ----------
    english
        The message: place, value, expectation, remedy.
    chinese
        The same for a Chinese reader; may be empty where only engineers see it.

    Examples
    --------
    >>> print(BujuError("no place '14010'", "没有地点 '14010'"))
    没有地点 '14010'
    no place '14010'
    """

    def __init__(self, english: str, chinese: str = "") -> None:
        super().__init__(english, chinese)
        self.english = english
        self.chinese = chinese

    def __str__(self) -> str:
        return f"{self.chinese}\n{self.english}" if self.chinese else self.english


class WrongUse(BujuError):
    """A command cannot be carried out as it was given; the command line ends with exit code 2."""


class SchemaError(BujuError):
    """A table lacks a column, or a column holds what it may not hold."""


class RegionError(SchemaError):
    """A region's tables have faults; `faults` lists all of them."""

    def __init__(self, english: str, chinese: str = "", *, faults: list[Any] | None = None) -> None:
        super().__init__(english, chinese)
        self.faults = faults or []


class NetworkError(BujuError):
    """A network cannot be routed as it stands."""


class StudyError(BujuError):
    """A study file asks for something that is not there or contradicts itself."""


class ParameterError(BujuError):
    """A parameter or an array lies outside what the method accepts."""


class NotCertified(BujuError):
    """A solver ended without a certified answer; `equilibrium` is what it reached."""

    def __init__(self, english: str, chinese: str = "", *, equilibrium: Any = None) -> None:
        super().__init__(english, chinese)
        self.equilibrium = equilibrium


class MissingExtra(BujuError):
    """An optional part is not installed; the message names the extra."""


def missing_extra(extra: str, what: str) -> MissingExtra:
    """The refusal to raise where an optional part is needed and absent.

    >>> print(missing_extra("china", "boundaries of Chinese counties"))
    需要可选组件：pip install 'buju[china]'
    boundaries of Chinese counties: install the extra with pip install 'buju[china]'
    """
    command = f"pip install 'buju[{extra}]'"
    return MissingExtra(f"{what}: install the extra with {command}", f"需要可选组件：{command}")
