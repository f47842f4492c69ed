"""From an image to a pattern that can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion, gaussian_filter

from buju.attest.vein.curvature import maximum_curvature
from buju.attest.vein.finger import checked, locate, unroll
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.vessels import Array

DENSEST = 0.30


@dataclass(frozen=True)
class Pattern:
    """Vessels of one capture on the straightened, unrolled finger.

    `lines` (72, 240) bool: centre lines; `mask` (72, 240) bool: where they were looked for. It is
    a biometric: it stays in the terminal's memory and has no text form.
    """

    lines: NDArray[np.bool_]
    mask: NDArray[np.bool_]

    def __repr__(self) -> str:
        return "Pattern(withheld)"


def level(flat: Array, mask: NDArray[np.bool_]) -> Array:
    """Local brightness and contrast evened out; around 128, most values within 0..255."""
    weight = gaussian_filter(mask.astype(float), 9) + 1e-6
    mean = gaussian_filter(np.where(mask, flat, 0.0), 9) / weight
    rest = np.where(mask, gaussian_filter(flat, 0.8) - mean, 0.0)
    spread = np.sqrt(
        gaussian_filter(rest**2, 16) / (gaussian_filter(mask.astype(float), 16) + 1e-6)
    )
    return 128 + 24 * rest / np.maximum(spread, 1.0)


def extract(image: NDArray[np.uint8]) -> Pattern:
    """The vessel pattern of a finger image.

    Parameters
    ----------
    image
        (H, W) uint8, the finger bright and lying roughly from left to right, vessels dark.

    Returns
    -------
    Pattern
        Independent of the finger's position, rotation and size in the image; roll remains as a
        shift of rows, which `score` searches.

    Raises
    ------
    VeinRefused
        `vein-image` for something that is no such array or too small or large, `vein-quality`
        when no finger or no vessels can be made out (a failure to acquire).

    Examples
    --------
    >>> from buju.attest.vein.synthetic import synthetic
    >>> extract(synthetic(3, 0)).lines.shape
    (72, 240)
    """
    image = checked(image)
    flat, mask = unroll(image, locate(image))
    strength = maximum_curvature(level(flat, mask), mask)
    core = binary_erosion(mask, iterations=3)
    strength = np.where(core, strength, 0.0)
    if core.mean() < 0.4 or not strength.any():
        raise VeinRefused("vein-quality", "too little of the finger is in view", "可见手指过少")
    wanted = np.quantile(strength[core], 0.86)
    lines = (strength > max(float(wanted), 0.0)) & core
    share = lines.sum() / core.sum()
    if not 0.02 < share < DENSEST:
        raise VeinRefused("vein-quality", "no vessel pattern can be made out", "未能辨认静脉纹路")
    return Pattern(lines, core)
