"""Finger vein on generated data: alignment, laws of the score, the generator."""

import itertools
import statistics
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buju.attest import vein
from buju.attest.vein import evaluation
from buju.attest.vein.curvature import maximum_curvature
from buju.attest.vein.finger import locate, unroll
from buju.attest.vein.matching import miura_match
from buju.attest.vein.pattern import level
from buju.attest.vein.widelines import wide_lines
from buju.errors import ParameterError

FINGERS, SAMPLES = 40, 4


@pytest.fixture(scope="module")
def images():
    return {
        (i, s): vein.synthetic(i, SAMPLES * i + s) for i in range(FINGERS) for s in range(SAMPLES)
    }


@pytest.fixture(scope="module")
def patterns(images):
    return {key: vein.extract(image) for key, image in images.items()}


def scores(likeness, what, fingers):
    pairs = itertools.combinations(range(SAMPLES), 2)
    genuine = [likeness(what[i, a], what[i, b]) for a, b in pairs for i in fingers]
    impostor = [
        likeness(what[i, (i + j) % SAMPLES], what[j, i % SAMPLES])
        for i, j in itertools.combinations(fingers, 2)
    ]
    return np.array(genuine), np.array(impostor)


def disjoint_errors(likeness, what):
    """Threshold from one half of the fingers, errors on the other."""
    half = FINGERS // 2
    _, impostor = scores(likeness, what, range(half))
    threshold = evaluation.threshold_at(impostor, 0.0)
    return evaluation.errors_at(*scores(likeness, what, range(half, FINGERS)), threshold)


def test_aligned_matching_tells_fingers_apart(patterns):
    fmr, fnmr = disjoint_errors(vein.score, patterns)
    assert fnmr.value <= 0.05, evaluation.WORDS
    assert fmr.value <= 0.02, evaluation.WORDS


def test_the_generator_defeats_unaligned_matching(images):
    def raw(image):
        mask = image > 40
        strength = maximum_curvature(image.astype(float), mask)
        return strength > np.quantile(strength[mask], 0.9)

    _, fnmr = disjoint_errors(miura_match, {key: raw(image) for key, image in images.items()})
    assert fnmr.value > 0.20


def test_score_is_symmetric_and_highest_with_itself(patterns):
    a, b = patterns[0, 0], patterns[1, 2]
    assert vein.score(a, b) == pytest.approx(vein.score(b, a), abs=1e-6)
    assert vein.score(a, a) == pytest.approx(1.0, abs=1e-6)


def test_a_dense_grid_scores_like_a_stranger(patterns):
    mask = np.ones((72, 240), dtype=bool)
    rows, columns = np.indices(mask.shape)
    for pitch in (2, 3, 4, 6, 9):
        grid = vein.Pattern((rows % pitch == 0) | (columns % pitch == 0), mask)
        assert max(vein.score(grid, one) for one in patterns.values()) < 0.3
    full = vein.Pattern(mask, mask)
    assert max(vein.score(full, one) for one in patterns.values()) < 0.1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 30), st.integers(0, 10**6), st.floats(-10, 10), st.floats(-10, 10))
def test_law_rotation_and_shift_leave_the_finger_alike(identity, sample, rotation, shift):
    """Moving costs at most a third of what an unmoved second capture of the finger scores."""
    pose = {"roll": 0.0, "scale": 1.0, "bend": 0.0, "tilt": (0.0, 0.0)}
    light = {"exposure": 1.0, "contrast": 1.0, "blur": 0.6, "motion": 0.0, "noise": 2.0}
    moves = {"rotation": rotation, "shift": (shift, shift / 3)}
    still = {"rotation": 0.0, "shift": (0.0, 0.0)}
    first, unmoved, moved = (
        vein.extract(vein.synthetic(identity, seed, **pose, **light, **where))
        for seed, where in ((sample, still), (sample + 1, still), (sample + 1, moves))
    )
    assert vein.score(first, moved) > 0.67 * vein.score(first, unmoved)


def test_outline_gives_rotation_and_size():
    found = locate(vein.synthetic(3, 1, rotation=8.0, scale=1.0, bend=0.0, shift=(0.0, 0.0)))
    assert np.rad2deg(np.arctan(found.centre[1])) == pytest.approx(8, abs=1.0)
    larger = locate(vein.synthetic(3, 1, rotation=8.0, scale=1.05, bend=0.0, shift=(0.0, 0.0)))
    assert larger.half[0] / found.half[0] == pytest.approx(1.05, abs=0.02)


def test_both_extractors_find_the_same_vessels():
    image = vein.synthetic(2, 4)
    flat, mask = unroll(image, locate(image))
    wide = wide_lines(level(flat, mask), mask)
    centre = vein.extract(image).lines
    assert wide[centre].mean() > 1.8 * wide[mask].mean()


def test_identity_and_sample_seeds_are_apart():
    plain = {"rotation": 0.0, "roll": 0.0, "shift": (0.0, 0.0), "scale": 1.0}
    mine, again, other = (
        vein.extract(vein.synthetic(i, s, **plain)) for i, s in ((4, 0), (4, 9), (5, 0))
    )
    assert vein.score(mine, again) > vein.score(mine, other) + 0.15


def test_roll_is_a_turn_in_space_not_a_shift():
    still = {"rotation": 0.0, "shift": (0.0, 0.0), "scale": 1.0, "bend": 0.0}
    drift = [
        miura_match(*(vein.extract(vein.synthetic(6, 1, roll=r, **still)).lines for r in (0.0, roll)),  # noqa: E501
                    around=14, along=40)
        for roll in (2.0, 25.0)
    ]  # fmt: skip
    assert drift[1] < drift[0]


def test_unknown_variation_names_the_known_ones():
    with pytest.raises(ParameterError, match=r"twist; known: bend, blur"):
        vein.synthetic(1, 1, twist=3)


def test_extract_and_match_within_sixty_milliseconds(patterns):
    image, taken = vein.synthetic(1, 0), []
    for _ in range(7):
        begun = time.process_time()
        vein.score(vein.extract(image), patterns[1, 1])
        taken.append(time.process_time() - begun)
    assert statistics.median(taken) < 0.060


def test_rule_of_three_and_bounds():
    assert evaluation.rate(0, 3000).high == pytest.approx(3 / 3000, rel=0.01)
    found = evaluation.rate(5, 100)
    assert found.low == pytest.approx(0.0164, abs=2e-4)
    assert found.high == pytest.approx(0.1128, abs=2e-4)
    curve = evaluation.det_curve([0.5, 0.6, 0.9], [0.1, 0.2, 0.55], points=10)
    assert (np.diff(curve[:, 1]) <= 0).all()
    assert (np.diff(curve[:, 4]) >= 0).all()


def test_patterns_and_bursts_have_no_text_form(patterns):
    assert repr(patterns[0, 0]) == "Pattern(withheld)"
    assert "array" not in repr(vein.GeneratorSensor(1).capture(b"n"))
