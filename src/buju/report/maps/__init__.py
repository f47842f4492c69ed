"""Maps as SVG: one set of outlines for the whole report, coloured anew for every figure."""

from buju.report.maps.base import Base, base_of
from buju.report.maps.choropleth import category_map, value_map
from buju.report.maps.classes import Classes, diverging_classes, fixed_classes, quantile_classes
from buju.report.maps.links import link_map

__all__ = [
    "Base",
    "Classes",
    "base_of",
    "category_map",
    "diverging_classes",
    "fixed_classes",
    "link_map",
    "quantile_classes",
    "value_map",
]
