"""What places specialise in, and how city sizes are spread."""

from __future__ import annotations

from buju.report.content import Show, shown
from buju.report.formats import Text
from buju.report.records import Paragraph, Record
from buju.report.results import Results
from buju.report.section import Part, Section

_MOST = 20


def _quotients(results: Results) -> list[Record]:
    """The highest quotients among sectors that employ one in fifty of a county or more."""
    frame = results.frame("specialisation")
    rows = frame[frame["share"] >= 0.02].sort_values("quotient", ascending=False).head(_MOST)
    named = {"sector_zh", "sector_en"} <= set(frame)
    names = {
        str(row.sector): Text(str(row.sector_zh), str(row.sector_en))
        if named
        else Text.same(row.sector)
        for row in frame.drop_duplicates("sector").itertuples()
    }
    columns = [
        Show("place", "县（市、区）", "County", through=results.place_both),
        Show("sector", "行业", "Sector", through=names.get),
        Show("quotient", "区位商", "Location quotient", "number", 2),
        Show("share", "占本县就业", "Share of the county's jobs", "share", 1),
        Show("jobs", "就业（样本）", "Jobs, sampled", "number"),
    ]
    title = Text(
        f"区位商最高的 {_MOST} 项（占本县就业 2% 以上的行业）",
        f"The {_MOST} highest location quotients, sectors with 2% of a county's jobs or more",
    )
    return [shown(results, "specialisation", columns, rows=rows, title=title)]


def _sizes(results: Results) -> list[Record]:
    columns = [
        Show("cities", "城市数", "Cities", "number"),
        Show("exponent", "位序—规模指数", "Rank-size exponent", "number", 2),
        Show("se", "标准误", "Standard error", "number", 2),
        Show("primacy", "首位度", "Primacy", "number", 2),
    ]
    found: list[Record] = [shown(results, "rank_size", columns)]
    frame = results.frame("rank_size")
    if {"note_zh", "note_en"} <= set(frame):
        found += [Paragraph(Text(r.note_zh, r.note_en)) for r in frame.itertuples()]
    return found


SECTION = Section(
    "specialisation",
    Text("专业化与城市规模", "Specialisation and city sizes"),
    [
        Part(
            Text("区位商", "location quotients"),
            {"specialisation": ("place", "sector", "quotient", "jobs", "share")},
            _quotients,
        ),
        Part(
            Text("位序—规模", "rank and size"),
            {"rank_size": ("cities", "exponent", "se", "primacy")},
            _sizes,
        ),
    ],
)
