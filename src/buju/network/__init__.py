"""Roads and rail become times and costs between places."""

from buju.network.algebra import log_sum, min_plus
from buju.network.fit import Fit, fit
from buju.network.hubs import Hubs, Trains
from buju.network.impedance import Impedance
from buju.network.isochrones import isochrones
from buju.network.matrices import LabelledMatrix, own_minutes, times, times_matrix, zones
from buju.network.paths import path
from buju.network.reach import reach_table, within
from buju.network.roads import estimated_roads, great_circle_km
from buju.network.routing import Router, shortest_paths, shortest_times
from buju.network.scenario import Scenario
from buju.network.stations import station_links, station_matrix, station_minutes
from buju.network.usage import link_usage, skims

__all__ = [
    "Fit",
    "Hubs",
    "Impedance",
    "LabelledMatrix",
    "Router",
    "Scenario",
    "Trains",
    "estimated_roads",
    "fit",
    "great_circle_km",
    "isochrones",
    "link_usage",
    "log_sum",
    "min_plus",
    "own_minutes",
    "path",
    "reach_table",
    "shortest_paths",
    "shortest_times",
    "skims",
    "station_links",
    "station_matrix",
    "station_minutes",
    "times",
    "times_matrix",
    "within",
    "zones",
]
