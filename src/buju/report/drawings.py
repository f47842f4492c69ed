"""Figures as files: SVG as they stand, PNG for programs that show no SVG."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from buju.report.fonts import chinese_families, installed, typst_module
from buju.report.records import Figure

PIXELS_PER_INCH = 200.0


def pngs(figures: Sequence[Figure], language: str, ppi: float = PIXELS_PER_INCH) -> list[bytes]:
    """Every figure as PNG in one language; one unit of the drawing is one point.

    Raises
    ------
    MissingExtra
        The extra `office`, which draws them, is not installed.
    MissingFont
        Chinese names would have no letters.
    """
    if not figures:
        return []
    typst = typst_module()
    chinese_families()
    with tempfile.TemporaryDirectory(prefix="buju-figures-") as name:
        folder = Path(name)
        pages = []
        for k, figure in enumerate(figures):
            file = f"{k}.svg"
            (folder / file).write_text(figure.standalone(language), encoding="utf-8")
            pages.append(f'#image("{file}", width: {figure.size[0]:g}pt)')
        main = folder / "main.typ"
        page = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
        main.write_text(page + "\n#pagebreak()\n".join(pages), encoding="utf-8")
        made = typst.compile(
            str(main), root=str(folder), font_paths=installed()[0], format="png", ppi=ppi
        )
    return made if isinstance(made, list) else [made]


def write_figures(figures: Sequence[Figure], folder: Path, language: str) -> list[Path]:
    """Every figure as `figure-NN-LANGUAGE.svg` and `.png`, with a list of what they show.

    An SVG file names its fonts and needs them where it is opened; a PNG file needs nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found, listed = [], []
    for lang in ("zh", "en") if language == "both" else (language,):
        for k, (figure, png) in enumerate(zip(figures, pngs(figures, lang), strict=True), start=1):
            stem = folder / f"figure-{k:02d}-{lang}"
            stem.with_suffix(".svg").write_text(figure.standalone(lang), encoding="utf-8")
            stem.with_suffix(".png").write_bytes(png)
            found += [stem.with_suffix(".svg"), stem.with_suffix(".png")]
            title = figure.title.zh if lang == "zh" else figure.title.en
            listed.append(f"{stem.name}\t{title}")
    (folder / "figures.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    return found
