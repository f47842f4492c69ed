"""A bundle becomes a page."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from buju.report.blocks import SECTIONS
from buju.report.html import page
from buju.report.results import Results
from buju.study.bundle import Bundle


def render(bundle: Bundle, *, out: str | Path | None = None) -> Path:
    """Write the report of a bundle as one HTML file that needs no network.

    Nothing is computed: numbers come from the bundle's tables and are formatted, sorted, put into
    classes and drawn. A part whose tables are absent is left out and says why in its place.

    Parameters
    ----------
    bundle
        A finished run.
    out
        The file to write; `report.html` in the bundle's folder by default. It is replaced only
        when the new one is complete.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StudyError
        A table of the manifest cannot be read.
    """
    path = bundle.path / "report.html" if out is None else Path(out)
    text = page(Results(bundle), SECTIONS)
    _write(path, text.encode("utf-8"))
    return path


def _write(path: Path, content: bytes) -> None:
    """Write aside, make durable, put in place; on any failure the old file stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o644)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
