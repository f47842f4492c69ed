"""The shape of the package: what imports what, and what importing costs."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src/buju"
RANK = {
    **dict.fromkeys(["errors", "units"], 0),
    **dict.fromkeys(["region", "attest"], 1),
    "network": 2,
    **dict.fromkeys(["measure", "simulate"], 3),
    **dict.fromkeys(["decide", "track", "match"], 4),
    "study": 5,
    "report": 6,
    "serve": 7,
}


def uses(path: Path) -> Iterator[str]:
    """Rooms of buju that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            base = node.module or ""
            names = [f"{base}.{alias.name}" if base == "buju" else base for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("buju."):
                yield name.split(".")[1]


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda p: p.name)
def test_each_room_imports_only_lower_rooms(path: Path) -> None:
    here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    for there in uses(path):
        if here in RANK and there in RANK and there != here:
            assert RANK[there] < RANK[here], f"{path} imports buju.{there}"


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


HEAVY = {"numpy", "scipy", "pandas", "geopandas", "shapely", "jax", "pyarrow", "pydantic"}


def test_importing_buju_loads_nothing_heavy() -> None:
    heavy = HEAVY | {"typer", "rich", "jinja2", "yaml", "openpyxl"}
    assert not loaded_by("import buju") & heavy


def test_help_loads_nothing_heavy() -> None:
    lines = [
        "import buju.serve.cli as c",
        "try: c.main(['--help'])",
        "except SystemExit as e: assert not e.code",
    ]
    program = "\n".join(lines)
    loaded = loaded_by(f"exec({program!r})")
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_public_names_resolve() -> None:
    import buju

    for name in buju.__all__:
        assert getattr(buju, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'no_such'"):
        _ = buju.no_such


def test_no_file_names_an_index_or_a_secret_path() -> None:
    for name in ("constraints.txt", "constraints-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
