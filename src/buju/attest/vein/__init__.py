"""Finger vein: one of two factors, decided in the terminal. Synthetic data only was ever tried."""

from buju.attest.vein.burst import Burst, VeinSensor, challenge
from buju.attest.vein.images import read_image
from buju.attest.vein.matching import score
from buju.attest.vein.pattern import Pattern, extract
from buju.attest.vein.refusal import VeinRefused
from buju.attest.vein.sensors import FolderSensor, GeneratorSensor, open_sensor
from buju.attest.vein.synthetic import synthetic
from buju.attest.vein.template import ProtectedTemplate
from buju.attest.vein.terminal import ALGORITHM, CapturesDiffer, MatchDecision, Terminal

__all__ = [
    "ALGORITHM",
    "Burst",
    "CapturesDiffer",
    "FolderSensor",
    "GeneratorSensor",
    "MatchDecision",
    "Pattern",
    "ProtectedTemplate",
    "Terminal",
    "VeinRefused",
    "VeinSensor",
    "challenge",
    "extract",
    "open_sensor",
    "read_image",
    "score",
    "synthetic",
]
