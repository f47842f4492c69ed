"""Vessels as wide dark lines: pixels that few neighbours in a disc resemble.

Huang, Dai, Li, Tang and Li (2010), "Finger-vein authentication based on wide line detector and
pattern normalization", ICPR, 1269-1272. Steadier than curvature for thick, soft vessels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from buju.attest.vein.vessels import Array


def wide_lines(
    image: Array,
    mask: NDArray[np.bool_],
    *,
    radius: int = 5,
    threshold: float = 1.0,
    most: float = 0.42,
) -> NDArray[np.bool_]:
    """Pixels darker than most of the disc around them.

    Parameters
    ----------
    image
        (H, W) grey levels.
    mask
        Where the finger is.
    radius
        Of the disc, in pixels: more than a vessel's width.
    threshold
        A neighbour is alike when it is at most this much brighter (grey levels).
    most
        Largest share of alike neighbours on a line.

    Returns
    -------
    array
        (H, W) bool.

    Examples
    --------
    >>> image = np.full((30, 40), 90.0); image[14:17, :] = 70
    >>> found = wide_lines(image, np.ones(image.shape, bool))
    >>> bool(found[15].all()), bool(found[5].any())
    (True, False)
    """
    height, width = image.shape
    padded = np.pad(image, radius, mode="edge")
    alike = np.zeros(image.shape, dtype=np.int32)
    count = 0
    for row in range(-radius, radius + 1):
        for column in range(-radius, radius + 1):
            if row**2 + column**2 > radius**2:
                continue
            count += 1
            other = padded[
                radius + row : radius + row + height, radius + column : radius + column + width
            ]
            alike += other - image <= threshold
    return (alike < most * count) & mask
