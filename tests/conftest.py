"""Doctests are sought in `src`; of what stands here only files of tests are collected."""

from pathlib import Path


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    helper = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if helper else None
