"""Fixed draws for tests with generated fingers.

A matcher has error rates: with random nonces and samples a test would fail about once in hundreds
of runs for no reason. How often a wrong finger passes is what `benchmarks/vein.py` counts.
"""

from __future__ import annotations

import random
import secrets

import pytest

from buju.attest.vein import sensors


def fix(patch: pytest.MonkeyPatch, seed: object) -> None:
    """Nonces, salts, keys of terminals and first samples from one seed, until the patch ends."""
    drawn = random.Random(str(seed))
    patch.setattr(secrets, "token_bytes", lambda size=32: drawn.randbytes(size))
    patch.setattr(sensors, "_first_sample", lambda: drawn.randrange(1000, 2**31))
