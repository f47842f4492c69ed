"""The bundle: one folder of results that can be reproduced from the study and read anywhere.

```
bundle/
├── manifest.json    versions, hashes of inputs and tables, titles and units of every table
├── resolved.yaml    the study with every default written out
├── inputs.sha256    what was read, as `sha256sum -c` reads it
├── verdicts.csv     one row an equilibrium
├── tables/*.parquet
├── region.gpkg      places, boundaries and links for a map
├── assess/*.xlsx    where the study assesses: the base case as formulas, a sheet to fill in
└── run.json         how long it took; not part of the record
```
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from buju.errors import StudyError


@dataclass(frozen=True)
class Table:
    """A result with what a reader must know beside it.

    Attributes
    ----------
    frame
        The rows.
    title_zh, title_en
        What the table shows.
    units
        Unit by column; columns without one are codes, names or words.
    basis
        `observed`, `computed` (from observed figures) or `modelled`.
    note_zh, note_en
        Method, limits, sources in a sentence or two.
    """

    frame: pd.DataFrame
    title_zh: str
    title_en: str
    units: Mapping[str, str] = field(default_factory=dict)
    basis: str = "computed"
    note_zh: str = ""
    note_en: str = ""

    def described(self) -> dict[str, Any]:
        """All but the rows, for the manifest."""
        return {
            "title_zh": self.title_zh,
            "title_en": self.title_en,
            "rows": len(self.frame),
            "columns": [str(column) for column in self.frame.columns],
            "units": dict(self.units),
            "basis": self.basis,
            "note_zh": self.note_zh,
            "note_en": self.note_en,
        }


@dataclass(frozen=True)
class Bundle:
    """A finished run on disk."""

    path: Path
    manifest: dict[str, Any]

    @classmethod
    def read(cls, path: str | Path) -> Bundle:
        """Open a bundle; its tables are read when asked for.

        Raises
        ------
        StudyError
            The folder holds no manifest.
        """
        folder = Path(path)
        file = folder / "manifest.json"
        if not file.is_file():
            raise StudyError(
                f"{folder} is no bundle: it has no manifest.json; `buju run STUDY` writes one",
                f"{folder} 不是结果文件夹：缺少 manifest.json；请先运行 `buju run`",
            )
        try:
            return cls(folder, json.loads(file.read_text(encoding="utf-8")))
        except ValueError as error:
            raise _damaged(file, error) from error

    @property
    def names(self) -> list[str]:
        """Names of the tables."""
        return list(self.manifest["tables"])

    def table(self, name: str) -> Table:
        """One table with its titles, units and notes.

        Raises
        ------
        StudyError
            The bundle has no table of that name.
        """
        if name not in self.manifest["tables"]:
            raise StudyError(f"{self.path} has no table {name!r}; it has {', '.join(self.names)}")
        meta, file = self.manifest["tables"][name], self.path / "tables" / f"{name}.parquet"
        try:
            frame = pd.read_parquet(file)
        except (ValueError, OSError) as error:
            raise _damaged(file, error) from error
        return Table(
            frame,
            meta["title_zh"],
            meta["title_en"],
            meta["units"],
            meta["basis"],
            meta["note_zh"],
            meta["note_en"],
        )

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of one table."""
        return self.table(name).frame


def _damaged(file: Path, error: Exception) -> StudyError:
    return StudyError(
        f"{file} is damaged ({error}); run the study again",
        f"{file} 已损坏；请重新运行研究",
    )


@contextmanager
def writing(out: Path) -> Iterator[Path]:
    """A folder beside `out` to write into, put in its place only when all went well.

    Whatever interrupts the writing, `out` stays as it was and nothing half written remains.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".partial", dir=out.parent))
    try:
        yield aside
        aside.chmod(0o777 & ~_umask())
        _sync(aside)
        _replace(aside, out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _umask() -> int:
    """What this process withholds from others; there is no way to ask but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _replace(new: Path, out: Path) -> None:
    if not out.exists():
        new.rename(out)
        return
    old = new.with_suffix(".old")
    out.rename(old)
    try:
        new.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old)


def write_tables(folder: Path, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Write every table as Parquet; return its description with its hash."""
    (folder / "tables").mkdir()
    described = {}
    for name, table in tables.items():
        path = folder / "tables" / f"{name}.parquet"
        table.frame.to_parquet(path, index=False, compression="zstd")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        described[name] = table.described() | {"sha256": digest}
    return described


def write_files(folder: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write further files into the bundle; return their hashes by path."""
    for name, content in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def write_json(path: Path, content: Any) -> None:
    """JSON that a person can read and two runs write alike."""
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
