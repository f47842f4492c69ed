"""Which links a network has: on a date, with projects built, with edits."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, final

import pandas as pd

from buju.errors import NetworkError, SchemaError
from buju.region import Region, is_open
from buju.region.dates import last_day

EDITABLE = ("minutes", "carries")


@final
@dataclass(frozen=True)
class Scenario:
    """A network as it stands on a date, and what is changed in it.

    A link is there when it has opened by `date` and is not yet closed, or when its project is
    among `projects`, whatever the date; links named in `without` are not.

    Parameters
    ----------
    name
        What to call it.
    date
        Day (or month or year, which stand for their last day).
    projects
        Codes of projects taken as built.
    links
        Edits by link: {"S01": {"minutes": 30}}; `minutes` and `carries` can be edited.
    without
        Links taken out.
    """

    name: str = "base"
    date: str = "2020-12-31"
    projects: tuple[str, ...] = ()
    links: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def __hash__(self) -> int:
        edits = tuple((link, tuple(sorted(edit.items()))) for link, edit in self.links.items())
        return hash((self.name, self.date, self.projects, edits, self.without))

    def check(self, region: Region) -> None:
        """Refuse dates that are none, and projects, links or edits the region does not have.

        Raises
        ------
        NetworkError
            The message names what is unknown and the nearest name.
        """
        where = f"scenario {self.name!r}"
        try:
            last_day(self.date)
        except SchemaError as error:
            raise NetworkError(f"{where}: {error.english}", error.chinese) from error
        _known(where, "project", self.projects, region.projects["project"])
        links = region.links
        for project in self.projects:
            if not (links["project"] == project).any():
                raise NetworkError(
                    f"{where}: project {project} has no links, so it changes no travel time; "
                    "give its links in links.csv (column 'project') or leave it out",
                    f"情景 {self.name}：项目 {project} 没有路段，不会改变旅行时间",
                )
        _known(where, "link", [*self.links, *self.without], links["link_id"])
        for link, edit in self.links.items():
            _known(f"{where}, link {link}", "editable column", edit, pd.Series(EDITABLE))
            minutes = edit.get("minutes", 0)
            if not isinstance(minutes, int | float) or not 0 <= minutes < float("inf"):
                raise NetworkError(
                    f"{where}, link {link}: minutes {minutes!r} must be a number, zero or more; "
                    "`without` takes a link out"
                )
            if edit.get("carries", "both") not in ("passengers", "freight", "both"):
                raise NetworkError(
                    f"{where}, link {link}: carries {edit['carries']!r} must be passengers, "
                    "freight or both"
                )

    def select(self, region: Region) -> pd.DataFrame:
        """The links that are there, with the edits made."""
        self.check(region)
        links = region.links
        there = is_open(links["opened"], self.date, links["closed"])
        # A planned link without a date would count as always open; it waits for its project.
        there &= ~(links["opened"].isna() & (links["status"] != "operating"))
        there |= links["project"].isin(self.projects)
        there &= ~links["link_id"].isin(self.without)
        chosen = links[there].copy()
        for link, edit in self.links.items():
            for column, value in edit.items():
                chosen.loc[chosen["link_id"] == link, column] = value
        return chosen.reset_index(drop=True)


def _known(where: str, what: str, asked: Iterable[str], known: pd.Series) -> None:
    names = [str(name) for name in known]
    for value in asked:
        if value not in names:
            near = difflib.get_close_matches(str(value), names, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise NetworkError(
                f"{where}: no {what} is called {value!r}.{hint}",
                f"{where}：没有名为 {value!r} 的 {what}。",
            )
