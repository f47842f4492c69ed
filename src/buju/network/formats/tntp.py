"""TNTP, the text format of published assignment networks: links, and trips between zones."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from buju.network.formats.rows import fail, numbers

LINK = ["init_node", "term_node", "capacity", "length", "free_flow_time", "b", "power", "speed",
        "toll", "link_type"]  # fmt: skip


def read_tntp_network(path: str | Path) -> pd.DataFrame:
    """Links of a `_net.tntp` file.

    Returns
    -------
    DataFrame
        `init_node`, `term_node` (integers from 1), `capacity`, `length`, `free_flow_time`, `b`,
        `power`, `speed`, `toll`, `link_type`, in units of the file: the format does not say them.
        `.attrs` has the metadata by name, such as "FIRST THRU NODE".

    Raises
    ------
    NetworkError
        No end of the metadata, rows of another width, text for a number, a negative time, a node
        beyond the stated number, or another number of links than stated.
    """
    path = Path(path)
    meta, body = _parts(path)
    lines = [line.strip().rstrip(";").split() for line in body.splitlines()]
    rows = [fields for fields in lines if fields and not fields[0].startswith("~")]
    for row in rows:
        if len(row) != len(LINK):
            fail(path, f"a link has {len(row)} fields, not {len(LINK)}: {' '.join(row)}",
                 f"路段应有 {len(LINK)} 个字段：{' '.join(row)}")  # fmt: skip
    table = pd.DataFrame(rows, columns=LINK).apply(lambda column: numbers(path, column))
    table = table.astype({"init_node": "int64", "term_node": "int64", "link_type": "int64"})
    stated = int(meta.get("NUMBER OF LINKS", len(table)))
    if stated != len(table):
        fail(path, f"states {stated} links but holds {len(table)}; is the file cut off?",
             f"声明 {stated} 条路段，实有 {len(table)} 条")  # fmt: skip
    most = int(meta.get("NUMBER OF NODES", max(table["init_node"].max(), table["term_node"].max())))
    ends = table[["init_node", "term_node"]].to_numpy()
    if ends.size and not (ends.min() >= 1 and ends.max() <= most):
        fail(path, f"a link names node {ends.max()}; nodes are 1 to {most}", "节点编号超出范围")
    if (table["free_flow_time"] < 0).any():
        worst = table[table["free_flow_time"] < 0].iloc[0]
        fail(path, f"link {worst['init_node']:.0f} to {worst['term_node']:.0f} has "
             f"{worst['free_flow_time']} minutes; times must be zero or more",
             "路段时间为负")  # fmt: skip
    table.attrs.update(meta)
    return table


def write_tntp_network(table: pd.DataFrame, path: str | Path, *, zones: int) -> Path:
    """Write links as a `_net.tntp` file that `read_tntp_network` reads back unchanged."""
    path = Path(path)
    nodes = int(table[["init_node", "term_node"]].to_numpy().max(initial=0))
    head = {
        "NUMBER OF ZONES": zones,
        "NUMBER OF NODES": nodes,
        "FIRST THRU NODE": table.attrs.get("FIRST THRU NODE", 1),
        "NUMBER OF LINKS": len(table),
    }
    rows = [
        "\t" + "\t".join(repr(v) for v in row) + "\t;" for row in table[LINK].to_numpy().tolist()
    ]
    rows = [re.sub(r"\b(\d+)\.0\b(?=\t)", r"\1", row) for row in rows]
    text = _head(head) + "~\t" + "\t".join(LINK) + "\t;\n" + "\n".join(rows) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


def read_tntp_trips(path: str | Path) -> pd.DataFrame:
    """Trips of a `_trips.tntp` file as a square table, zones from 1; pairs not listed are 0.

    Raises
    ------
    NetworkError
        Trips before any origin, a zone beyond the stated number, a pair given twice, trips that are
        no number of zero or more, a total that differs from the stated one by more than a part in
        ten thousand.
    """
    path = Path(path)
    meta, body = _parts(path)
    size = int(meta.get("NUMBER OF ZONES", 0))
    trips = np.full((size, size), np.nan)
    origin = 0
    for found in re.finditer(r"Origin\s+(\d+)|(\d+)\s*:\s*([^;]*);", body):
        if found[1]:
            origin = int(found[1])
            continue
        destination = int(found[2])
        if not (1 <= origin <= size and 1 <= destination <= size):
            fail(path, f"trips from zone {origin} to {destination}; zones are 1 to {size}",
                 f"小区 {origin}→{destination} 超出 1–{size}")  # fmt: skip
        if not np.isnan(trips[origin - 1, destination - 1]):
            fail(path, f"gives trips from zone {origin} to {destination} twice; keep one of them",
                 f"小区 {origin}→{destination} 给了两次；请保留其一")  # fmt: skip
        trips[origin - 1, destination - 1] = _trips(path, found[3], origin, destination)
    trips = np.nan_to_num(trips, nan=0.0)
    stated = float(meta.get("TOTAL OD FLOW", trips.sum()))
    if not abs(stated - trips.sum()) <= 1e-4 * max(stated, 1.0):
        fail(
            path,
            f"states {stated} trips in all, but they sum to {trips.sum()}",
            "总量与各项之和不符",
        )
    labels = pd.RangeIndex(1, size + 1)
    return pd.DataFrame(trips, index=labels, columns=labels)


def write_tntp_trips(trips: pd.DataFrame, path: str | Path) -> Path:
    """Write a square table of trips as a `_trips.tntp` file; zones are numbered in its order."""
    path = Path(path)
    if list(trips.index) != list(trips.columns):
        fail(path, "rows and columns of the trips differ", "行与列的小区不一致")
    values = trips.to_numpy(dtype=np.float64)
    wrong = np.argwhere(~np.isfinite(values) | (values < 0))
    if len(wrong):
        i, j = (trips.index[k] for k in wrong[0])
        fail(path, f"trips from {i} to {j} are {values[tuple(wrong[0])]}; a number of zero or more "
             "is expected, and missing is not zero", f"{i}→{j} 的出行量应为非负数")  # fmt: skip
    text = _head({"NUMBER OF ZONES": len(values), "TOTAL OD FLOW": repr(float(values.sum()))})
    for i, row in enumerate(values, start=1):
        cells = [f"{j} : {float(v)!r};" for j, v in enumerate(row, start=1) if v]
        text += f"Origin {i}\n" + "\n".join(cells) + "\n\n"
    path.write_text(text, encoding="utf-8")
    return path


def _trips(path: Path, text: str, origin: int, destination: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not (np.isfinite(value) and value >= 0):
        fail(path, f"trips from zone {origin} to {destination} are '{text.strip()}'; a number of "
             "zero or more without separators is expected",
             f"小区 {origin}→{destination} 的出行量“{text.strip()}”应为非负数")  # fmt: skip
    return value


def _head(meta: dict[str, object]) -> str:
    return "".join(f"<{k}> {v}\n" for k, v in meta.items()) + "<END OF METADATA>\n\n"


def _parts(path: Path) -> tuple[dict[str, str], str]:
    if not path.is_file():
        fail(path, "no such file", "没有这个文件")
    head, mark, body = path.read_text(encoding="utf-8").partition("<END OF METADATA>")
    if not mark:
        fail(path, "has no <END OF METADATA>, so it is no TNTP file", "不是 TNTP 文件")
    pairs = re.findall(r"<([^>]+)>[ \t]*([^\n]*)", head)
    return {name.strip(): value.strip() for name, value in pairs}, body
