"""Is the target in reach, where do projects stand, what was emitted."""

from buju.track.accounts import Inventory, inventory
from buju.track.backtest import Backtest, backtest
from buju.track.cooperation import cooperation
from buju.track.decomposition import contributions, lmdi, shift_share
from buju.track.growth import (
    RunRate,
    parts_of_year,
    required_growth,
    rest_of_year,
    run_rate,
    yearly_pace,
)
from buju.track.kinds import AIMS, beside, meets, one_kind
from buju.track.panel import Panel, read_panel
from buju.track.pipeline import by_stage, moves, stages
from buju.track.probability import Outlook, how_many, target_probability
from buju.track.refusals import Fractions, MixedKinds, MixedPrices, NoBaseline, TooShort
from buju.track.schedule import gantt, milestones, spending
from buju.track.targets import assess, lights

__all__ = [
    "AIMS",
    "Backtest",
    "Fractions",
    "Inventory",
    "MixedKinds",
    "MixedPrices",
    "NoBaseline",
    "Outlook",
    "Panel",
    "RunRate",
    "TooShort",
    "assess",
    "backtest",
    "beside",
    "by_stage",
    "contributions",
    "cooperation",
    "gantt",
    "how_many",
    "inventory",
    "lights",
    "lmdi",
    "meets",
    "milestones",
    "moves",
    "one_kind",
    "parts_of_year",
    "read_panel",
    "required_growth",
    "rest_of_year",
    "run_rate",
    "shift_share",
    "spending",
    "stages",
    "target_probability",
    "yearly_pace",
]
