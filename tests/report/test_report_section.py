"""A section that rests on one table gives one reason where that table is not there."""

from collections.abc import Mapping

import pytest

from buju.report.formats import Text
from buju.report.records import Callout, Record
from buju.report.section import Part, Section


class Tables:
    """Results that hold the tables named."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def lacks(self, needs: Mapping[str, tuple[str, ...]]) -> list[Text]:
        return [Text(f"缺{name}", f"no {name}") for name in needs if name not in self.names]

    def is_empty(self, name: str) -> bool:
        return False


def part(name: str) -> Part:
    def build(_results: object) -> list[Record]:
        return [Callout(Text.same(f"shown {name}"))]

    return Part(Text.same(name), {name: ()}, build)


PARTS = [part("whole"), part("first"), part("second")]


@pytest.mark.parametrize(
    ("over", "there", "said"),
    [
        ("whole", (), ["Left out, whole: no whole."]),
        (
            "whole",
            ("whole", "first"),
            ["shown whole", "shown first", "Left out, second: no second."],
        ),
        ("", (), [f"Left out, {n}: no {n}." for n in ("whole", "first", "second")]),
    ],
)
def test_what_all_of_it_rests_on_is_missed_once(
    over: str, there: tuple[str, ...], said: list[str]
) -> None:
    records = Section("x", Text.same("X"), PARTS, over=over).records(Tables(*there))  # type: ignore[arg-type]
    assert [record.text.en for record in records if isinstance(record, Callout)] == said
