"""Roads and rail become times and costs between places."""

from buju.network.algebra import min_plus
from buju.network.fit import Fit, fit
from buju.network.impedance import Impedance
from buju.network.matrices import LabelledMatrix, own_minutes, times, times_matrix, zones
from buju.network.paths import path
from buju.network.reach import reach_table, within
from buju.network.roads import estimated_roads, great_circle_km
from buju.network.routing import shortest_paths, shortest_times
from buju.network.scenario import Scenario
from buju.network.stations import station_links, station_matrix, station_minutes

__all__ = [
    "Fit",
    "Impedance",
    "LabelledMatrix",
    "Scenario",
    "estimated_roads",
    "fit",
    "great_circle_km",
    "min_plus",
    "own_minutes",
    "path",
    "reach_table",
    "shortest_paths",
    "shortest_times",
    "station_links",
    "station_matrix",
    "station_minutes",
    "times",
    "times_matrix",
    "within",
    "zones",
]
