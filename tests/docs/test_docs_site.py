"""The documentation builds without a warning, and every example in it runs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from a copy so that the working tree stays as it is."""
    copy = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "docs", copy / "docs", ignore=shutil.ignore_patterns("_build", "auto_*"))
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "site"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return copy / "site"


def test_every_gallery_script_has_a_page_with_what_it_showed(site: Path) -> None:
    for script in (ROOT / "docs/gallery").glob("plot_*.py"):
        page = (site / f"auto_gallery/{script.stem}.html").read_text(encoding="utf-8")
        assert "sphx-glr-script-out" in page or "sphx_glr_" in page, script.name


def test_pages_ask_nothing_of_other_machines(site: Path) -> None:
    loads = re.compile(r"""<(?:script|link|img)[^>]*(?:src|href)=["'](https?:)?//""")
    for page in site.rglob("*.html"):
        for tag in loads.findall(page.read_text(encoding="utf-8")):
            pytest.fail(f"{page.relative_to(site)} loads {tag}")


def test_every_public_name_of_the_rooms_has_an_entry(site: Path) -> None:
    import buju.decide
    import buju.measure
    import buju.simulate

    for room in (buju.decide, buju.measure, buju.simulate):
        name = room.__name__.removeprefix("buju.")
        page = (site / f"reference/python/{name}.html").read_text(encoding="utf-8")
        functions = [public for public in room.__all__ if callable(getattr(room, public))]
        missing = [public for public in functions if f'id="{room.__name__}.{public}"' not in page]
        assert not missing, missing
