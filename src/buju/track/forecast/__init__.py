"""Short annual panels, pooled over places: arrays in, draws and scores out."""

from buju.track.forecast.model import DRAWS, Forecast, forecast, year_effects
from buju.track.forecast.scores import crps_of_draws, crps_of_student, pit_of_draws

__all__ = [
    "DRAWS",
    "Forecast",
    "crps_of_draws",
    "crps_of_student",
    "forecast",
    "pit_of_draws",
    "year_effects",
]
