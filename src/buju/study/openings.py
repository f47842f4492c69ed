"""Opening dates that a scenario edits: the region as if a link opened in another year.

A scenario's other edits are edits of a network. When a link opens decides whether it is in the
network at all, so that edit is made to the region's table before the network is selected from it.
"""

from __future__ import annotations

from dataclasses import replace

from buju.errors import SchemaError, StudyError
from buju.network import Scenario
from buju.region import Region
from buju.region.dates import last_day
from buju.region.model import FrozenTables

OPENED = "opened"


def amended(region: Region, scenario: Scenario) -> tuple[Region, Scenario]:
    """The region with the opening dates a scenario gives, and the scenario without those edits.

    The two belong together: what is selected from the first by the second is the network asked for.

    Raises
    ------
    StudyError
        A date is none.
    NetworkError
        A link is unknown, or another edit is wrong.
    """
    # A link that the scenario itself adds has no row here; the network edits its opening.
    opened = {
        link: edit[OPENED]
        for link, edit in scenario.links.items()
        if OPENED in edit and link not in scenario.add
    }
    if not opened:
        return region, scenario
    plain = {
        link: {c: value for c, value in edit.items() if c != OPENED or link not in opened}
        for link, edit in scenario.links.items()
    }
    scenario = replace(scenario, links=plain)
    scenario.check(region)
    links = region.links.copy()
    for link, date in opened.items():
        _require_date(scenario.name, link, date)
        links.loc[links["link_id"] == link, OPENED] = date
    tables = FrozenTables(dict(region.tables) | {"links": links})
    return replace(region, tables=tables), scenario


def check(region: Region, scenario: Scenario) -> None:
    """Refuse dates, projects, links or edits the region does not have; see `Scenario.check`."""
    where, rest = amended(region, scenario)
    rest.check(where)


def _require_date(name: str, link: str, date: object) -> None:
    try:
        if not isinstance(date, str):
            raise SchemaError(f"{date!r} is no text")
        last_day(date)
    except SchemaError as error:
        raise StudyError(
            f"scenario {name!r}, link {link}: opened {date!r} is no date ({error.english}); write "
            'the year, month or day in quotes, as in opened: "2027"',
            f'情景 {name}，路段 {link}：opened {date!r} 不是日期；请加引号写年、月或日，如 "2027"',
        ) from error
