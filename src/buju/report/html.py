"""Records as one HTML page that needs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from buju.report.document import BASIS
from buju.report.formats import Refused, Text, Value
from buju.report.records import Column, Figure, Grid, Record, TableContent
from buju.report.results import Results
from buju.report.section import Section
from buju.report.svg import clean

LONG = 20
"""Tables with more rows are folded on the screen; in print all rows stand."""

_SHORT = 10
"""Words of up to so many characters are never broken: Chinese would break anywhere."""


def page(results: Results, sections: Sequence[Section], language: str = "both") -> str:
    """The whole report as HTML text; in one language it has no switch."""
    environment = Environment(
        loader=PackageLoader("buju.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["both"] = both
    environment.filters["coded"] = coded
    environment.tests["of_kind"] = lambda record, kind: type(record).__name__ == kind
    filled = [(section, section.records(results)) for section in sections]
    records = [record for _, found in filled for record in found]
    template = environment.get_template("page.html.j2")
    return template.render(
        manifest=results.manifest,
        language=language,
        title=Text(results.manifest["study"], _english_title(results.manifest)),
        sections=filled,
        definitions=Markup("".join(_shared(records))),
        numbers=_Numbers(),
        cell=cell,
        plain=plain,
        options=options,
        drawing=drawing,
        basis=BASIS,
        long=LONG,
    )


def _english_title(manifest: dict[str, Any]) -> str:
    return str(manifest.get("title_en") or manifest["study"])


@dataclass
class _Numbers:
    """Running numbers of figures and tables."""

    count: dict[str, int] = field(default_factory=dict)

    def next(self, kind: str) -> int:
        self.count[kind] = self.count.get(kind, 0) + 1
        return self.count[kind]


def both(text: Text) -> Markup:
    """A text in both languages, of which the page shows one; once where they say the same.

    >>> print(both(Text("人<b>", "one")))
    <span class="zh" lang="zh-CN">人&lt;b&gt;</span><span class="en" lang="en">one</span>
    """
    if text.zh == text.en:
        return Markup(clean(text.zh))
    return Markup(
        f'<span class="zh" lang="zh-CN">{clean(text.zh)}</span>'
        f'<span class="en" lang="en">{clean(text.en)}</span>'
    )


def coded(text: Text) -> Markup:
    """A text with words in backquotes set as code.

    >>> print(coded(Text.same("`gap` < 1")))
    <code>gap</code> &lt; 1
    """
    return Markup(re.sub(r"`([^`<>]+)`", r"<code>\1</code>", str(both(text))))


def cell(value: Value, column: Column, *, first: bool) -> Markup:
    """One cell; the first of a row is its head."""
    written = column.format.write(value)
    kind = "n" if column.format.numeric else "c" if column.format.kind == "code" else ""
    if not kind and len(written.zh) <= _SHORT:
        kind = "s"
    kind = "refused" if isinstance(value, Refused) else kind
    marked = f' class="{kind}"' if kind else ""
    if first:
        return Markup(f'<th scope="row"{marked}>{both(written)}</th>')
    return Markup(f"<td{marked}>{both(written)}</td>")


def plain(value: Value, column: Column) -> str:
    """A value as the key of a choice among rows."""
    return column.format.write(value).en


def options(table: TableContent) -> list[Text]:
    """The values a reader may choose among, in the order they first appear."""
    assert table.filter_by is not None
    column = table.columns[table.filter_by]
    found: dict[str, Text] = {}
    for row in table.rows:
        written = column.format.write(row[table.filter_by])
        found.setdefault(written.en, written)
    return list(found.values())


def drawing(figure: Figure) -> Markup:
    """The figure's `svg` element, without the definitions that the page holds once."""
    width, height = figure.size
    return Markup(
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{clean(figure.alt.zh)}" data-zh="{clean(figure.alt.zh)}" '
        f'data-en="{clean(figure.alt.en)}" style="max-width:{width * 1.35:.0f}px">'
        f"{figure.body}</svg>"
    )


def _shared(records: Iterable[Record]) -> dict[str, None]:
    figures = [f for r in records for f in (r.figures if isinstance(r, Grid) else [r])]
    return dict.fromkeys(f.shared for f in figures if isinstance(f, Figure) and f.shared)
