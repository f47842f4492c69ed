"""Write the reference pages that come from rows: tables of a region, methods of `measure`."""

from pathlib import Path

from buju.measure.register import reference_page
from buju.region.reference import reference_markdown

PAGES = Path(__file__).parent.parent / "docs/reference"

if __name__ == "__main__":
    PAGES.mkdir(parents=True, exist_ok=True)
    for name, text in (("tables", reference_markdown()), ("methods", reference_page())):
        (PAGES / f"{name}.md").write_text(text, encoding="utf-8")
        print(PAGES / f"{name}.md")
