"""Deep nesting is refused whatever the recursion limit of the process is."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buju.attest.shallow import DEEPEST, loads


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', '["\\"", '])
def test_a_raised_recursion_limit_does_not_let_brackets_through(opening: str) -> None:
    code = (
        "import sys; sys.setrecursionlimit(10**9)\n"
        "from buju.attest.shallow import loads\n"
        f"try:\n    loads({opening!r} * 500_000)\nexcept ValueError as e:\n    print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert f"nested deeper than {DEEPEST}" in done.stdout


json_values = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(json_values)
def test_ordinary_json_is_read_as_it_is(value: object) -> None:
    import json

    assert loads(json.dumps(value)) == json.loads(json.dumps(value))
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value
