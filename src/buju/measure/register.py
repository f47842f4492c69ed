"""The register of methods: one row each in `methods.csv`, read by the tests and the reference."""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from inspect import cleandoc, signature
from typing import Any


@dataclass(frozen=True)
class Method:
    """One registered method; the fields are the columns of `methods.csv`."""

    name: str
    function: str
    """module:attribute"""
    inputs: str
    unit: str
    direction: str
    """Which way is better: up, down or none."""
    variants: str
    laws: str
    """Space-separated names of laws that the tests hold it to."""
    reference: str
    meaning_en: str
    meaning_zh: str

    def load(self) -> Callable[..., Any]:
        """The function (or decay) itself."""
        module, attribute = self.function.split(":")
        loaded: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
        return loaded


def methods() -> tuple[Method, ...]:
    """Every registered method, in the order of the register.

    Examples
    --------
    >>> [method.name for method in methods() if "replication" in method.laws.split()]
    ['gini', 'theil', 'williamson']
    """
    text = files("buju.measure").joinpath("methods.csv").read_text(encoding="utf-8")
    return tuple(Method(**row) for row in csv.DictReader(text.splitlines()))


def reference_page() -> str:
    """The reference page of all methods, as Markdown; `docs/reference/methods.md` holds it."""
    rows = methods()
    head = (
        "# Methods of `buju.measure`\n\n"
        "Generated from `src/buju/measure/methods.csv` and the docstrings. Do not edit.\n\n"
        "| method | 含义 | unit | better | variants |\n| --- | --- | --- | --- | --- |\n"
    )
    lines = [
        f"| [`{m.name}`](#{m.name.lower().replace('.', '')}) | {m.meaning_zh} | {m.unit} "
        f"| {m.direction} | {m.variants} |\n"
        for m in rows
    ]
    return head + "".join(lines) + "".join(_section(m) for m in rows)


def _section(method: Method) -> str:
    function = method.load()
    shown = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(signature(function)))
    shown = shown.replace("npt.ArrayLike", "ArrayLike")
    text = cleandoc(function.__doc__ or "")
    return (
        f"\n## {method.name}\n\n{method.meaning_en}. {method.meaning_zh}。\n\n"
        f"Takes {method.inputs}. Source: {method.reference or 'none'}.\n\n"
        f"```python\nbuju.measure.{method.name}{shown}\n```\n\n"
        f"```text\n{text}\n```\n"
    )
