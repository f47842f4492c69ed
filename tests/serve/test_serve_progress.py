"""Every stage of a run is told in both languages."""

from buju.serve.progress import STAGES as SAID
from buju.study.stages import STAGES


def test_every_stage_has_words() -> None:
    assert set(STAGES) <= set(SAID), set(STAGES) - set(SAID)
