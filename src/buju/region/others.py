"""Tables of another schema than a region's, read and checked in the same way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from buju.errors import SchemaError
from buju.region.checks import cells, keys
from buju.region.faults import Fault, Findings
from buju.region.inputs.csv_file import read_csv
from buju.region.schema import Table

_SHOWN = 30


def examine_tables(
    folder: str | Path, schema: Mapping[str, Table]
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Read `<table>.csv` of every table of a schema, with everything that is wrong.

    Returns
    -------
    tuple
        Frames by table, with every column of the schema in its type (a table without a file is
        empty), and the faults, each with file, line, column, value and remedy.
    """
    found, frames = Findings(schema), {}
    for name, table in schema.items():
        path = Path(folder) / f"{name}.csv"
        frames[name] = cells.empty(table)
        if path.is_file():
            raw = read_csv(name, path.name, path.read_bytes(), found)
            if raw is not None:
                frames[name] = cells.typed(raw, found)
                keys.duplicates(frames[name], raw, found)
        elif table.required:
            found.add("table_missing", table=name, file=path.name)
    return frames, found.closed()


def read_tables(folder: str | Path, schema: Mapping[str, Table]) -> dict[str, pd.DataFrame]:
    """Frames by table, or one error with all faults.

    Raises
    ------
    SchemaError
        There is any fault; the message has a line for each of the first thirty.
    """
    frames, faults = examine_tables(folder, schema)
    if faults:
        more = len(faults) - _SHOWN
        rest = [f"… +{more}"] if more > 0 else []
        lines = [fault.english for fault in faults[:_SHOWN]] + rest
        chinese = [fault.chinese for fault in faults[:_SHOWN]] + rest
        raise SchemaError("\n".join([str(folder), *lines]), "\n".join([str(folder), *chinese]))
    return frames
