"""A bundle becomes a page, a document or a workbook."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from buju.errors import ParameterError
from buju.report.blocks import SECTIONS
from buju.report.document import document
from buju.report.html import page
from buju.report.results import Results
from buju.study.bundle import Bundle

LANGUAGES = ("zh", "en", "both")
FORMATS = ("html", "docx", "xlsx", "pdf")


def render(
    bundle: Bundle,
    format: str = "html",
    language: str = "both",
    path: str | Path | None = None,
) -> Path:
    """Write the report of a bundle: a page, a Word document, a workbook or a PDF.

    Nothing is computed: numbers come from the bundle's tables and are formatted, sorted, put into
    classes and drawn. A part whose tables are absent is left out and says why in its place. The
    same bundle gives the same bytes.

    Parameters
    ----------
    bundle
        A finished run.
    format
        `html` (one file that needs no network), `docx`, `xlsx` or `pdf`.
    language
        `zh`, `en` or `both`. In both, a page switches between them, a workbook shows them beside
        each other, a document holds the Chinese report and after it the English one.
    path
        The file to write; `report.FORMAT` in the bundle's folder by default, or
        `report-LANGUAGE.FORMAT` for one language. It is replaced only when the new one is complete.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StudyError
        A table of the manifest cannot be read.
    ParameterError
        There is no such format or language.
    MissingExtra
        `docx` and `pdf` need the extra `office`.
    MissingFont
        `docx` and `pdf` draw Chinese names and no font of this machine has them.
    """
    _require("format", format, FORMATS)
    _require("language", language, LANGUAGES)
    name = f"report.{format}" if language == "both" else f"report-{language}.{format}"
    out = bundle.path / name if path is None else Path(path)
    _write(out, _content(Results(bundle), format, language))
    return out


def export_figures(bundle: Bundle, folder: str | Path, language: str = "both") -> list[Path]:
    """Write every map and chart of the report as SVG and as PNG; returns the files.

    Raises
    ------
    MissingExtra, MissingFont
        PNG files are drawn by the extra `office` with a Chinese font of this machine.
    """
    from buju.report.drawings import write_figures

    _require("language", language, LANGUAGES)
    return write_figures(document(Results(bundle), SECTIONS).figures, Path(folder), language)


def _content(results: Results, format: str, language: str) -> bytes:
    if format == "html":
        return page(results, SECTIONS, language).encode("utf-8")
    said = document(results, SECTIONS)
    if format == "pdf":
        from buju.report.pdf import pdf

        return pdf(said, language)
    if format == "docx":
        from buju.report.word import word

        return word(said, language)
    from buju.report.excel import excel

    return excel(said, language)


def _require(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        names = {"format": "格式", "language": "语言"}
        raise ParameterError(
            f"there is no {what} {given!r}: give one of {', '.join(known)}",
            f"没有{names[what]} {given!r}：可选 {'、'.join(known)}",
        )


def _write(path: Path, content: bytes) -> None:
    """Write aside, make durable, put in place; on any failure the old file stays."""
    if not path.parent.is_dir():
        raise ParameterError(
            f"there is no folder {path.parent}: make it first, or write elsewhere",
            f"没有文件夹 {path.parent}：请先新建，或写到其他位置",
        )
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
