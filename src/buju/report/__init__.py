"""A bundle becomes a report; computes nothing."""

from buju.report.render import render

__all__ = ["render"]
