"""What a section of the report is: parts that say which tables they need, or that they lack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from buju.report.formats import Text
from buju.report.records import Callout, Record
from buju.report.results import Results

Build = Callable[[Results], Sequence[Record]]


@dataclass(frozen=True)
class Part:
    """A piece of a section with what it cannot do without.

    Attributes
    ----------
    what
        What it shows, for the sentence that says it is left out.
    needs
        Columns by table; a table that is absent, has no row or lacks a column leaves the part out.
    empty
        What it means that all tables are there without a row, where that is an answer.
    """

    what: Text
    needs: Mapping[str, tuple[str, ...]]
    build: Build
    empty: Text | None = None

    def records(self, results: Results) -> Sequence[Record]:
        """The part's records, or one that gives the reason for leaving it out."""
        if self.empty and all(results.is_empty(name) for name in self.needs):
            return [Callout(self.empty)]
        lacking = results.lacks(self.needs)
        if not lacking:
            return self.build(results)
        reasons = Text("；".join(r.zh for r in lacking), "; ".join(r.en for r in lacking))
        said = Text(f"未列出“{self.what.zh}”：", f"Left out, {self.what.en}: ")
        return [Callout(said + reasons + Text("。", "."), "omitted")]


@dataclass(frozen=True)
class Section:
    """A section with its title and its parts in order.

    Attributes
    ----------
    over
        A table that all of it rests on; without it the first part gives the reason and the others
        say nothing.
    """

    name: str
    title: Text
    parts: Sequence[Part]
    over: str = ""

    def records(self, results: Results) -> list[Record]:
        """All records of the section."""
        told = self.over and results.lacks({self.over: ()})
        parts = self.parts[:1] if told else self.parts
        return [record for part in parts for record in part.records(results)]
