"""Networks and matrices in the formats of other tools, read into and written from our tables."""

from buju.network.formats.geopackage import read_geopackage, write_geopackage
from buju.network.formats.gmns import read_gmns, write_gmns
from buju.network.formats.gtfs import read_gtfs
from buju.network.formats.omx import read_omx, write_omx
from buju.network.formats.osm import read_osm
from buju.network.formats.rows import Rows
from buju.network.formats.tntp import (
    read_tntp_network,
    read_tntp_trips,
    write_tntp_network,
    write_tntp_trips,
)

__all__ = [
    "Rows",
    "read_geopackage",
    "read_gmns",
    "read_gtfs",
    "read_omx",
    "read_osm",
    "read_tntp_network",
    "read_tntp_trips",
    "write_geopackage",
    "write_gmns",
    "write_omx",
    "write_tntp_network",
    "write_tntp_trips",
]
