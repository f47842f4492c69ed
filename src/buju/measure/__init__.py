"""Tables and arrays in, scores out: what a layout is like, place by place.

Every method here stands as a row of `methods.csv`; `methods()` reads it.
"""

from buju.measure import decay
from buju.measure.access.accessibility import accessibility
from buju.measure.access.balanced import balanced_floating_catchment
from buju.measure.access.closest import Closest, closest_facility
from buju.measure.access.daily_reach import daily_reach
from buju.measure.access.economic_potential import economic_potential
from buju.measure.access.mean_time import weighted_mean_time
from buju.measure.access.spatial_availability import spatial_availability
from buju.measure.access.three_step import three_step_floating_catchment
from buju.measure.access.two_step import two_step_floating_catchment
from buju.measure.delineation.agreement import Agreement, partition_agreement
from buju.measure.delineation.circle import circle
from buju.measure.delineation.circle_table import circle_table
from buju.measure.delineation.functional_urban_area import functional_urban_area
from buju.measure.delineation.grids import Grids, read_grids
from buju.measure.delineation.labour_market import labour_market_areas
from buju.measure.delineation.nodal import nodal_areas
from buju.measure.delineation.tiers import city_classes, cluster_tiers, tier_presets
from buju.measure.delineation.urbanisation import degree_of_urbanisation
from buju.measure.delineation.urbanisation_units import urbanisation_of_units
from buju.measure.inequality.gini import gini
from buju.measure.inequality.herfindahl import herfindahl
from buju.measure.inequality.theil import TheilParts, theil, theil_decomposition
from buju.measure.inequality.williamson import williamson
from buju.measure.interaction.calibrate import GravityFit, calibrate_gravity
from buju.measure.interaction.communities import communities
from buju.measure.interaction.converse import converse
from buju.measure.interaction.field import Field, field_strength
from buju.measure.interaction.flow_fit import FlowFit, flow_fit
from buju.measure.interaction.gravity_links import gravity_links, membership
from buju.measure.interaction.huff import huff
from buju.measure.interaction.mass import mass
from buju.measure.interaction.reilly import reilly
from buju.measure.interaction.trip_law import TRIP_LAWS, trip_law
from buju.measure.interaction.wilson import wilson
from buju.measure.register import Method, methods
from buju.measure.sizes.power_law_tail import PowerLawTail, power_law_tail
from buju.measure.sizes.primacy import primacy
from buju.measure.sizes.rank_size import RankSize, rank_size
from buju.measure.structure.complementarity import complementarity
from buju.measure.structure.core_poles import core_poles
from buju.measure.structure.ellison_glaeser import ellison_glaeser
from buju.measure.structure.hoover import hoover
from buju.measure.structure.krugman import krugman_specialisation
from buju.measure.structure.location_quotient import location_quotient
from buju.measure.structure.population_shift import population_shift
from buju.measure.structure.shift_share import shift_share
from buju.measure.structure.similarity import structural_similarity
from buju.measure.structure.spatial_association import Moran, local_association, moran
from buju.measure.structure.urban_flow import urban_flow
from buju.measure.structure.urban_shift import urban_shift

__all__ = [
    "TRIP_LAWS",
    "Agreement",
    "Closest",
    "Field",
    "FlowFit",
    "GravityFit",
    "Grids",
    "Method",
    "Moran",
    "PowerLawTail",
    "RankSize",
    "TheilParts",
    "accessibility",
    "balanced_floating_catchment",
    "calibrate_gravity",
    "circle",
    "circle_table",
    "city_classes",
    "closest_facility",
    "cluster_tiers",
    "communities",
    "complementarity",
    "converse",
    "core_poles",
    "daily_reach",
    "decay",
    "degree_of_urbanisation",
    "economic_potential",
    "ellison_glaeser",
    "field_strength",
    "flow_fit",
    "functional_urban_area",
    "gini",
    "gravity_links",
    "herfindahl",
    "hoover",
    "huff",
    "krugman_specialisation",
    "labour_market_areas",
    "local_association",
    "location_quotient",
    "mass",
    "membership",
    "methods",
    "moran",
    "nodal_areas",
    "partition_agreement",
    "population_shift",
    "power_law_tail",
    "primacy",
    "rank_size",
    "read_grids",
    "reilly",
    "shift_share",
    "spatial_availability",
    "structural_similarity",
    "theil",
    "theil_decomposition",
    "three_step_floating_catchment",
    "tier_presets",
    "trip_law",
    "two_step_floating_catchment",
    "urban_flow",
    "urban_shift",
    "urbanisation_of_units",
    "weighted_mean_time",
    "williamson",
    "wilson",
]
