"""YAML as written: values with the line and the text they came from, repeated keys refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from buju.errors import StudyError

Location = tuple[int | str, ...]


class Written(NamedTuple):
    """Where a value stands in a file, and how it is written there."""

    line: int
    text: str


class Document(NamedTuple):
    """A mapping read from a file, and where each of its keys and values stands."""

    content: dict[Any, Any]
    written: dict[Location, Written]

    def near(self, location: Location) -> Written:
        """Where a value stands; for one that is not there, what it should have stood in."""
        at = tuple(part for part in location if part != "[key]")
        while at and at not in self.written:
            at = at[:-1]
        return self.written.get(at, Written(1, ""))


def read(file: Path) -> Document:
    """Read a YAML file that holds one mapping.

    Raises
    ------
    StudyError
        It is no YAML in UTF-8, no mapping, or says something twice; every repeated key is named.
    """
    try:
        text = file.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        repeated = [] if node is None else list(_repeated(node))
        content = None if repeated else yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(
            f"{file} is not readable YAML in UTF-8: {error}",
            f"{file} 不是可读的 UTF-8 编码 YAML 文件；请检查下列位置的缩进、引号与冒号",
        ) from error
    if repeated:
        english = [
            f"  line {two}: {key!r} stands already on line {one}" for key, one, two in repeated
        ]
        chinese = [f"  第 {two} 行：{key!r} 已在第 {one} 行出现" for key, one, two in repeated]
        raise StudyError(
            "\n".join([f"{file}: keys repeated; keep one of each", *english]),
            "\n".join([f"{file}：键重复，请各保留一个", *chinese]),
        )
    if not isinstance(content, dict):
        raise StudyError(
            f"{file} must be a mapping that starts with `study:`",
            f"{file} 应以 `study:` 开头，由“键: 值”组成",
        )
    return Document(content, dict(_places(node, ())))


def _repeated(node: Any) -> Iterator[tuple[str, int, int]]:
    """Keys that stand twice in one mapping, with both lines."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            yield key.value, seen[key.value], line
        elif isinstance(key, yaml.ScalarNode):
            seen[key.value] = line
        yield from _repeated(value)


def _places(node: Any, above: Location) -> Iterator[tuple[Location, Written]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*above, str(key.value))
            text = value.value if isinstance(value, yaml.ScalarNode) else ""
            yield here, Written(key.start_mark.line + 1, text)
            yield from _places(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            here = (*above, number)
            text = value.value if isinstance(value, yaml.ScalarNode) else ""
            yield here, Written(value.start_mark.line + 1, text)
            yield from _places(value, here)
