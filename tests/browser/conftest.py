"""Fixtures of the browser tests: the real service, and Chromium with every request logged."""

from browser_kit import browser, server  # noqa: F401
