"""Attacks 2, 18, 19, 20, 21 and 29 of the threat model, as far as the vein factor meets them.

Nonces and template ids are drawn from fixed seeds: a matcher has error rates, and here they would
fail about one run in hundreds. How often a wrong finger passes is what `benchmarks/vein.py` counts.
"""

import random
import struct
import time
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from buju.attest import vein
from buju.attest.vein import evaluation, species, template, terminal

KEY, CARD = bytes(range(32)), b"c" * 32
DRAWN = random.Random()


@pytest.fixture(autouse=True)
def fixed_draws(request, enrolled, monkeypatch):
    DRAWN.seed(request.node.name)
    monkeypatch.setattr(template.secrets, "token_bytes", DRAWN.randbytes)


def refused(code, act, *given, **named):
    with pytest.raises(vein.VeinRefused) as caught:
        act(*given, **named)
    assert caught.value.code == code, str(caught.value)
    assert caught.value.chinese
    return caught.value


def capture(finger, wanted=1):
    return [finger.capture(DRAWN.randbytes(16)) for _ in range(wanted)]


@pytest.fixture(scope="module")
def enrolled():
    DRAWN.seed(18)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(template.secrets, "token_bytes", DRAWN.randbytes)
        return enrolments()


def enrolments():
    return {i: vein.Terminal(KEY).enrol(capture(vein.GeneratorSensor(i), 3), CARD) for i in (1, 2)}


def test_the_enrolled_finger_is_accepted(enrolled):
    nonce = DRAWN.randbytes(32)
    burst = vein.GeneratorSensor(1, 70).capture(nonce)
    decision = vein.Terminal(KEY).verify(burst, enrolled[1], CARD, nonce)
    assert decision.fields() == {"match": True, "algorithm": "buju-vein/1", "pad": "basic"}


def test_attack_02_another_finger_is_counted_and_locked(enrolled):
    device, other = vein.Terminal(KEY), vein.GeneratorSensor(77, 10)
    for _ in range(5):
        nonce = DRAWN.randbytes(32)
        refused("vein-mismatch", device.verify, other.capture(nonce), enrolled[1], CARD, nonce)
    nonce = DRAWN.randbytes(32)
    mine = vein.GeneratorSensor(1, 70).capture(nonce)
    refused("vein-locked", device.verify, mine, enrolled[1], CARD, nonce)
    device.unlock(CARD)
    assert device.verify(mine, enrolled[1], CARD, nonce).match


def test_attack_18_a_stolen_template_shows_no_pattern_and_can_be_revoked(enrolled):
    finger = vein.GeneratorSensor(1)
    pattern = vein.extract(finger.capture(b"x" * 16).frames[4])
    assert np.packbits(pattern.lines).tobytes()[200:232] not in bytes(enrolled[1])
    assert len(bytes(enrolled[1])) < 600
    device = vein.Terminal(KEY)
    device.revoke(enrolled[1])
    nonce = DRAWN.randbytes(32)
    refused("template-revoked", device.verify, finger.capture(nonce), enrolled[1], CARD, nonce)
    renewed = device.enrol(capture(vein.GeneratorSensor(1, 30), 3), CARD)
    nonce = DRAWN.randbytes(32)
    assert device.verify(vein.GeneratorSensor(1, 70).capture(nonce), renewed, CARD, nonce).match


def test_attack_18_templates_under_two_keys_cannot_be_linked():
    patterns = [vein.extract(vein.synthetic(i, i)) for i in range(60)]
    bits = [
        np.stack([template.hash_bits(p, bytes([k]) * 32, b"s" * 16) for p in patterns])
        for k in (1, 2)
    ]
    same = [(bits[0][i] == bits[1][i]).mean() for i in range(60)]
    strangers = [(bits[0][i] == bits[1][j]).mean() for i in range(60) for j in range(60) if i != j]
    assert abs(np.mean(same) - np.mean(strangers)) < 0.02
    assert evaluation.d_sys(same, strangers, bins=8) < 0.15
    one_key = [(bits[0][i] == bits[0][j]).mean() for i in range(60) for j in range(60) if i != j]
    assert max(strangers) < np.quantile(one_key, 0.99) + 0.2


def test_attack_18_the_best_map_rebuilt_without_the_key_scores_below_threshold():
    """The box is open but the terminal's key is not known: inversion through a guessed key."""
    worst = 0.0
    for identity in range(12):
        target = vein.extract(vein.synthetic(identity, identity))
        bits = template.hash_bits(target, KEY, b"s" * 16)
        rebuilt = inverted(bits, b"g" * 32, target.mask)
        worst = max(worst, vein.score(rebuilt, target))
        assert template.likeness(rebuilt, bits, KEY, b"s" * 16) < terminal.THRESHOLD
    assert worst < 0.24


def inverted(bits, key, mask):
    """Least-norm map whose projections have these signs, its strongest seventh as vessels."""
    rows, columns = 72 // template.CELL[0], 240 // template.CELL[1]
    seed = template.subkey(key, b"projection", b"s" * 16)
    back = template._projection(seed, rows * columns) @ (2.0 * bits - 1)
    field = np.kron(back.reshape(rows, columns), np.ones(template.CELL))
    return vein.Pattern((field > np.quantile(field[mask], 0.86)) & mask, mask)


def test_attack_19_swapped_or_altered_templates_are_refused(enrolled):
    device, nonce = vein.Terminal(KEY), DRAWN.randbytes(32)
    burst = vein.GeneratorSensor(1, 70).capture(nonce)
    refused("template-binding", device.verify, burst, enrolled[1], b"d" * 32, nonce)
    data = bytes(enrolled[1])
    rebound = data.replace(CARD, b"d" * 32)
    refused("template-broken", device.verify, burst, rebound, b"d" * 32, nonce)
    for place in range(0, len(data), 7):
        bent = bytearray(data)
        bent[place] ^= 1
        refused("template-broken", device.verify, burst, bytes(bent), CARD, nonce)
    refused("template-broken", device.verify, burst, data[:-1], CARD, nonce)
    refused("template-broken", vein.Terminal(bytes(32)).verify, burst, data, CARD, nonce)


@pytest.mark.parametrize("name", species.SPECIES)
def test_attack_20_presentations(name, enrolled):
    for seed in range(3):
        device, nonce = vein.Terminal(KEY), DRAWN.randbytes(32)
        burst = species.SPECIES[name](1, nonce, seed)
        with pytest.raises(vein.VeinRefused) as caught:
            device.verify(burst, enrolled[1], CARD, nonce)
        expected = {
            "identical frames": {"vein-replay"}, "replayed burst": {"vein-replay"},
            "wrong finger": {"vein-mismatch"}, "all black": {"vein-quality"},
            "enlarged": {"vein-quality"},
        }  # fmt: skip
        assert caught.value.code in expected.get(name, {"vein-replay", "vein-pad", "vein-quality"})


def test_attack_20_a_burst_is_used_once(enrolled):
    device, nonce = vein.Terminal(KEY), DRAWN.randbytes(32)
    burst = vein.GeneratorSensor(1, 70).capture(nonce)
    assert device.verify(burst, enrolled[1], CARD, nonce).match
    refused("vein-replay", device.verify, burst, enrolled[1], CARD, nonce)
    refused("vein-replay", vein.Terminal(KEY).verify, burst, enrolled[1], CARD, DRAWN.randbytes(32))


def test_attack_20_a_recording_reaches_level_none_only(tmp_path, enrolled):
    for s in range(3):
        Image.fromarray(vein.synthetic(1, 40 + s)).save(tmp_path / f"{s}.png")
    burst = vein.open_sensor(str(tmp_path)).capture(b"n")
    refused("vein-pad", vein.Terminal(KEY).verify, burst, enrolled[1], CARD, b"n")
    lenient = vein.Terminal(KEY, require="none")
    assert lenient.verify(burst, enrolled[1], CARD, b"n").pad == "none"
    still = vein.Burst(np.repeat(burst.frames[:1], 8, axis=0))
    refused("vein-replay", lenient.verify, still, enrolled[1], CARD, b"n")


def test_no_or_short_capture_is_missing(enrolled):
    device = vein.Terminal(KEY)
    refused("vein-missing", device.verify, None, enrolled[1], CARD, b"n")
    short = vein.GeneratorSensor(1).capture(b"n", 7)
    refused("vein-missing", device.verify, short, enrolled[1], CARD, b"n")


def test_attack_21_ten_thousand_queries_learn_nothing(enrolled):
    """Hill climbing: answers are equal words, and the sixth stops it."""
    device, answers = vein.Terminal(KEY), []
    sensor = vein.GeneratorSensor(77, 10)
    nonces = [DRAWN.randbytes(32) for _ in range(5)]
    bursts = [sensor.capture(nonce) for nonce in nonces]
    for k in range(10_000):
        with pytest.raises(vein.VeinRefused) as caught:
            device.verify(bursts[k % 5], enrolled[2], CARD, nonces[k % 5])
        answers.append((caught.value.code, str(caught.value)))
    assert {code for code, _ in answers[:5]} == {"vein-mismatch"}
    assert len(set(answers[:5])) == 1
    assert {code for code, _ in answers[5:]} == {"vein-locked"}
    assert not [
        name for name in vars(vein.MatchDecision)["__dataclass_fields__"] if "score" in name
    ]


def png(width, height, rows):
    """A PNG of a claimed size whatever it holds."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE = {
    "1x1": png(1, 1, zlib.compress(b"\0\0")),
    "20000x20000": png(20_000, 20_000, zlib.compress(bytes(20_001) * 50)),
    "zip bomb": png(60_000, 60_000, zlib.compress(bytes(30_000_000), 9)),
    "small claim, long data": png(300, 150, zlib.compress(bytes(60_000_000), 9)),
    "truncated": png(300, 150, zlib.compress(bytes(301 * 150)))[:80],
    "text": b"not an image at all",
    "empty": b"",
    "gif": b"GIF89a" + bytes(100),
}


@pytest.mark.parametrize("name", [n for n in HOSTILE if n != "small claim, long data"])
def test_attack_29_hostile_images_are_refused_fast_in_bounded_memory(name, tmp_path):
    path = tmp_path / "finger.png"
    path.write_bytes(HOSTILE[name])
    vein.extract(vein.synthetic(1, 1))
    tracemalloc.start()
    begun = time.process_time()  # of this process: other work on the machine is no slowness
    refused("vein-image", vein.read_image, path)
    assert time.process_time() - begun < 1.0
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_attack_29_more_data_than_claimed_stays_bounded(tmp_path):
    path = tmp_path / "finger.png"
    path.write_bytes(HOSTILE["small claim, long data"])
    tracemalloc.start()
    try:
        assert vein.read_image(path).shape == (150, 300)
    except vein.VeinRefused as refusal:
        assert refusal.code == "vein-image"
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "array", [np.zeros((1, 1), np.uint8), np.zeros((150, 300)), np.zeros((3, 150, 300), np.uint8),
              np.broadcast_to(np.uint8(0), (20_000, 20_000))],
)  # fmt: skip
def test_attack_29_arrays_that_are_no_image(array):
    refused("vein-image", vein.extract, array)


def test_a_missing_file_or_folder_says_so(tmp_path):
    refused("vein-image", vein.read_image, tmp_path / "none.png")
    refused("vein-missing", vein.open_sensor(str(tmp_path)).capture, b"n")
    refused("vein-missing", vein.open_sensor, str(tmp_path / "none"))
    refused("vein-missing", vein.FolderSensor(tmp_path / "none").capture, b"n")
