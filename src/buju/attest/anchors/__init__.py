"""A second place for checkpoints: a chain, a mirror, the witnesses. Submissions never go there."""

from buju.attest.anchors.base import Anchor, AnchorReceipt, head_of
from buju.attest.anchors.evm import EvmAnchor, deploy
from buju.attest.anchors.mirror import MirrorAnchor
from buju.attest.anchors.queue import AnchorQueue

__all__ = [
    "Anchor",
    "AnchorQueue",
    "AnchorReceipt",
    "EvmAnchor",
    "MirrorAnchor",
    "deploy",
    "head_of",
]
