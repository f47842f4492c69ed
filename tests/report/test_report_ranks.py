"""Charts of ranks: every place is drawn, words are escaped, empty cells stay empty."""

import xml.etree.ElementTree as ET

from buju.report.formats import Text
from buju.report.ranks import Interval, heat_strip, rank_intervals

HOSTILE = Text("<b>甲</b>", "<b>A</b>")


def parsed(figure):
    return ET.fromstring(figure.standalone("zh"))


def tags(figure, name):
    return parsed(figure).findall(f".//{{http://www.w3.org/2000/svg}}{name}")


def test_intervals_draw_a_bar_a_dot_and_a_cross_for_each_place():
    rows = [Interval(HOSTILE, 1, 1, 2, 2.0), Interval(Text("乙", "B"), 2, 1, 2)]
    figure = rank_intervals(rows, title=HOSTILE, value=Text("名次", "Rank"), mark=Text("官", "O"))
    assert len(tags(figure, "circle")) == 2
    assert len(tags(figure, "rect")) == 2
    assert "<b>" not in figure.body
    assert "叉号为官" in figure.caption.zh and "The cross is O." in figure.caption.en


def test_a_strip_leaves_missing_and_tiny_shares_without_a_figure():
    figure = heat_strip(
        [Text("甲", "A")], [Text.same(k) for k in (1, 2, 3)], [[0.995, 0.001, None]],
        title=Text("题", "T"), caption=Text("注", "N"),
    )  # fmt: skip
    words = [t.text for t in tags(figure, "text")]
    assert "100" in words or "99" in words
    assert len(tags(figure, "rect")) == 3
    assert sum(w in ("0", "None", "nan") for w in words) == 0
