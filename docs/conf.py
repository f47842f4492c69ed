"""Settings of the documentation site, built by `make docs`."""

import re
from importlib.metadata import version as version_of
from typing import Any

project = "buju 布局"
author = "the buju authors"
copyright = author  # the name that Sphinx asks for
release = version_of("buju")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
]
root_doc = "index"
exclude_patterns = [
    "README.md",
    "_build",
    "gallery/README.rst",
    "**/sg_execution_times.rst",
    "sg_execution_times.rst",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_attr_annotations = False
autodoc_member_order = "alphabetical"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
default_role = "literal"
# "unit, value: meaning" under an attribute is read as a type, whose words are then looked up.
suppress_warnings = ["ref.python"]

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "remove_config_comments": True,
    "show_memory": False,
    "min_reported_time": 3600,
    "abort_on_example_error": True,
    "within_subsection_order": "FileNameSortKey",
}

html_theme = "pydata_sphinx_theme"
html_title = "buju 布局"
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "show_nav_level": 1,
    "icon_links": [],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": []}
html_show_sourcelink = False
html_copy_source = False


def _plain_bars(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep |x|, an absolute value in docstrings, from being read as a substitution."""
    lines[:] = [re.sub(r"(?<![`\\])\|", r"\|", line) for line in lines]


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", _plain_bars)
