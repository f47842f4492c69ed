"""A bundle becomes a report; computes nothing."""

from buju.report.render import FORMATS, LANGUAGES, export_figures, render

__all__ = ["FORMATS", "LANGUAGES", "export_figures", "render"]
