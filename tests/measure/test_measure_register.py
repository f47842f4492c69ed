"""The register, what it points to, and the page made from it."""

from collections import Counter
from pathlib import Path

import pytest

from buju import measure
from buju.measure.register import Method, methods, reference_page

PAGE = Path(__file__).parents[2] / "docs/reference/methods.md"
NOT_METHODS = {
    "Agreement", "Closest", "Field", "FlowFit", "GravityFit", "Method", "Moran", "PowerLawTail",
    "Grids", "RankSize", "TheilParts", "TRIP_LAWS", "read_grids",
}  # fmt: skip


def test_register_and_public_names_are_the_same() -> None:
    registered = {method.name.split(".")[0] for method in methods()}
    assert registered == set(measure.__all__) - NOT_METHODS - {"methods", "tier_presets"}
    assert max(Counter(method.name for method in methods()).values()) == 1


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.name)
def test_a_row_is_complete_and_points_to_a_documented_function(method: Method) -> None:
    public = measure
    for part in method.name.split("."):
        public = getattr(public, part)
    assert method.load() is public
    assert method.direction in {"up", "down", "none"}
    assert all([method.unit, method.inputs, method.meaning_en, method.meaning_zh])
    text = public.__doc__ or ""
    assert ">>>" in text, "no example"
    if not method.name.startswith("decay."):
        assert "Parameters\n" in text
        assert "Returns\n" in text
        assert "Raises\n" in text
    if method.reference and not method.name.startswith("decay."):
        first_author = method.reference.split()[0].strip(",")
        assert {"NDRC": "National Development"}.get(first_author, first_author) in text


def test_the_reference_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page(), (
        "docs/reference/methods.md is not what the register says; run `make docs`"
    )
