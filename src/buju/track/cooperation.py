"""Agreed items of which only the number was published: numbered, with room for their content."""

from __future__ import annotations

import pandas as pd

from buju.errors import ParameterError

BLANK = ["field", "content", "responsible", "due", "state"]


def cooperation(tags: pd.DataFrame, items: str, fields: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items and fields of an agreement as rows; what was not published stays empty.

    Parameters
    ----------
    tags
        The tree of tags: `tag`, `parent`, `name_zh`, `name_en`, `published`.
    items, fields
        The tags above the items and above the fields.

    Returns
    -------
    DataFrame, DataFrame
        Items: `number` from 1, `tag`, `content` (name where published), `field`, `responsible`,
        `due`, `state`, all empty where nobody published them. Fields: `number`, `tag`, `name`.
        Which item belongs to which field is read from nothing but the tree: an item whose parent
        is a field is in it.

    Raises
    ------
    ParameterError
        There is no such tag.

    Examples
    --------
    >>> tags = pd.DataFrame({"tag": ["f", "f1", "i", "i1", "i2"],
    ...     "parent": [None, "f", None, "i", "i"], "name_zh": ["方面", "?", "事项", "?", "?"],
    ...     "name_en": list("fgijk"), "published": [True, False, True, False, False]})
    >>> rows, _ = cooperation(tags, "i", "f")
    >>> rows["number"].tolist(), rows["content"].isna().all()
    ([1, 2], np.True_)
    """
    for name in (items, fields):
        if name not in set(tags["tag"]):
            raise ParameterError(
                f"tags.csv has no tag {name!r}; name the tag above the items in the study's track "
                "section",
                f"tags.csv 中没有标签 {name!r}；请在研究文件 track 节写明事项的上级标签",
            )
    groups = tags[tags["parent"] == fields].reset_index(drop=True)
    under = tags["parent"].isin([items, *groups["tag"]])
    rows = tags[under].reset_index(drop=True)
    names = _published(rows)
    inside = rows["parent"].where(rows["parent"] != items)
    table = pd.DataFrame({"number": range(1, len(rows) + 1), "tag": rows["tag"]})
    table = table.assign(**dict.fromkeys(BLANK, pd.Series(pd.NA, index=rows.index, dtype="str")))
    listed = pd.DataFrame({"number": range(1, len(groups) + 1), "tag": groups["tag"]})
    return table.assign(content=names, field=inside), listed.assign(name=_published(groups))


def _published(rows: pd.DataFrame) -> pd.Series:
    """Names of both languages where they were published."""
    english = rows["name_en"].fillna("")
    both = rows["name_zh"].where(english == "", rows["name_zh"] + " / " + english)
    return both.where(rows["published"].astype(bool)).astype("str")
