"""Formats of other tools: what is written is read back, small cases by hand, refusals in words."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import NetworkError
from buju.network import Impedance, formats, times_matrix
from buju.network.formats.rows import LINK, NODE, Rows, checked
from buju.region import read_region, write_region

STRIP = Path(__file__).parents[2] / "examples/strip/region"


@pytest.fixture(scope="module")
def rows():
    region = read_region(STRIP)
    return Rows(region.nodes[NODE], region.links[LINK])


def same(one, other):
    for left, right in ((one.nodes, other.nodes), (one.links, other.links)):
        pd.testing.assert_frame_equal(left, right, check_dtype=False, check_column_type=False)


def refused(english, chinese=""):
    return pytest.raises(NetworkError, match=f"(?s){chinese}.*{english}")


def test_gmns_round_trip(rows, tmp_path):
    found = formats.read_gmns(formats.write_gmns(rows, tmp_path), length="km", speed="kph")
    same(rows, found)


def gmns(folder, link, node="1,112,38\n2,113,38\n"):
    (folder / "node.csv").write_text("node_id,x_coord,y_coord\n" + node)
    (folder / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,directed,length,free_speed\n" + link
    )
    return folder


def test_gmns_minutes_from_miles(tmp_path):
    found = formats.read_gmns(gmns(tmp_path, "a,1,2,true,30,60\n"), length="mi", speed="mph")
    assert found.links["minutes"].tolist() == [30]
    assert found.links["length"].iloc[0] == pytest.approx(48.28032)
    assert found.links["minutes_basis"].tolist() == ["derived"]


def test_gmns_refusals(tmp_path):
    units = {"length": "km", "speed": "kph"}
    with refused("link a names node 3"):
        formats.read_gmns(gmns(tmp_path, "a,1,3,1,30,60\n"), **units)
    with refused("are no degrees.*`crs`", "不是经纬度"):
        formats.read_gmns(gmns(tmp_path, "a,1,2,1,30,60\n", "1,5e5,4e6\n2,6e5,4e6\n"), **units)
    with refused("minutes .1 such link"):
        formats.read_gmns(gmns(tmp_path, "a,1,2,1,30,0\n"), **units)
    with refused("row 2: 'x' is no number"):
        formats.read_gmns(gmns(tmp_path, "a,1,2,1,x,60\n"), **units)
    with refused("unit 'li' is unknown"):
        formats.read_gmns(gmns(tmp_path, "a,1,2,1,3,60\n"), length="li", speed="kph")
    with refused("a stands twice"):
        formats.read_gmns(gmns(tmp_path, "a,1,2,1,3,60\na,2,1,1,3,60\n"), **units)


def test_metres_are_converted_when_their_system_is_said(tmp_path):
    folder = gmns(tmp_path, "a,1,2,1,30,60\n", "1,500000,4200000\n2,510000,4200000\n")
    found = formats.read_gmns(folder, length="km", speed="kph", crs="EPSG:32649")
    assert found.nodes["x_coord"].iloc[0] == pytest.approx(111.0)


def test_geopackage_round_trip(rows, tmp_path):
    path = formats.write_geopackage(rows, tmp_path / "strip.gpkg")
    same(rows, formats.read_geopackage(path))
    with refused("no layer 'edges'; its layers are nodes, links"):
        formats.read_geopackage(path, links="edges")


def test_negative_minutes_are_refused_everywhere(rows):
    with refused("link L02 has -5.0 minutes"):
        minutes = rows.links["minutes"].where(rows.links["link_id"] != "L02", -5.0)
        checked("file", rows.nodes, rows.links.assign(minutes=minutes))


def test_tntp_round_trips(tmp_path):
    generator = np.random.default_rng(5)
    links = pd.DataFrame(generator.random((6, 10)) + 0.1, columns=formats.tntp.LINK)
    links = links.assign(init_node=[1, 2, 3, 3, 1, 2], term_node=[2, 3, 1, 2, 3, 1], link_type=1)
    path = formats.write_tntp_network(links, tmp_path / "x_net.tntp", zones=3)
    found = formats.read_tntp_network(path)
    pd.testing.assert_frame_equal(found, links, check_exact=True)
    assert found.attrs["NUMBER OF LINKS"] == "6"
    labels = pd.RangeIndex(1, 4)
    trips = pd.DataFrame(generator.random((3, 3)) * 1e4, index=labels, columns=labels)
    read = formats.read_tntp_trips(formats.write_tntp_trips(trips, tmp_path / "x_trips.tntp"))
    pd.testing.assert_frame_equal(read, trips, check_exact=True)
    text = path.read_text()
    path.write_text(text.replace("<NUMBER OF LINKS> 6", "<NUMBER OF LINKS> 7"))
    with refused("states 7 links but holds 6"):
        formats.read_tntp_network(path)
    path.write_text("hello")
    with refused("no TNTP file"):
        formats.read_tntp_network(path)


def test_omx_round_trip(tmp_path):
    kit = pytest.importorskip("h5py")
    labels = ["140100", "太原", "c"]
    frame = pd.DataFrame(
        [[0, 1.5, np.inf], [2, 0, 3], [4, 5, 0]], dtype=float, index=labels, columns=labels
    )
    path = formats.write_omx({"minutes": frame, "cost": frame * 2}, tmp_path / "x.omx")
    found = formats.read_omx(path)
    pd.testing.assert_frame_equal(found["minutes"], frame, check_column_type=False)
    assert found["cost"].loc["c", "140100"] == 8
    with refused("other labels than the first"):
        formats.write_omx({"a": frame, "b": frame.iloc[::-1]}, tmp_path / "y.omx")
    with kit.File(path, "a") as file:
        file.create_dataset("lookup/other", data=[1, 2])
    with refused("name one of them"):
        formats.read_omx(path)
    with refused("3 by 3, but there are 2 labels"):
        formats.read_omx(path, lookup="other")


FEED = {
    "stops": "stop_id,stop_name,stop_lat,stop_lon,parent_station\n"
    "A,甲,38,112,\nB,乙,38,112.5,\nC,丙,38,113,\nA1,台,38,112,A\n",
    "routes": "route_id,route_type\nR,2\nbus,3\n",
    "trips": "route_id,service_id,trip_id\nR,wk,t1\nR,wk,t2\nR,we,t3\nbus,wk,t4\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,08:00:00,08:00:00,A1,1\nt1,08:30:00,08:32:00,B,2\nt1,09:02:00,09:02:00,C,3\n"
    "t2,23:50:00,23:50:00,A,1\nt2,24:15:00,24:16:00,B,10\n"
    "t3,08:00:00,08:00:00,C,1\nt3,08:20:00,08:20:00,A,2\n"
    "t4,08:00:00,08:00:00,C,1\nt4,08:20:00,08:20:00,B,2\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nwk,1,1,1,1,1,0,0,20240101,20241231\nwe,0,0,0,0,0,1,1,20240101,20241231\n",
}


def feed(folder, **changed):
    folder.mkdir(exist_ok=True)
    for name, text in (FEED | changed).items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_gtfs_timetable_by_hand(tmp_path):
    found = formats.read_gtfs(feed(tmp_path / "f"), "2024-05-06")
    links = found.links.set_index("link_id")
    assert links["minutes"].to_dict() == {"A>B": 25, "B>C": 30}
    assert links["headway"].to_dict() == {"A>B": 480, "B>C": 960}
    assert found.nodes["node_id"].tolist() == ["A", "B", "C"]
    sunday = formats.read_gtfs(tmp_path / "f", "2024-05-05").links
    assert sunday["link_id"].tolist() == ["C>A"]
    moved = "service_id,date,exception_type\nwk,20240505,1\nwe,20240505,2\n"
    sunday = formats.read_gtfs(feed(tmp_path / "f", calendar_dates=moved), "2024-05-05").links
    assert sunday["link_id"].tolist() == ["A>B", "B>C"]


def test_gtfs_frequencies_become_headways(tmp_path):
    often = "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,10:00:00,600\n"
    found = formats.read_gtfs(feed(tmp_path / "f", frequencies=often), "2024-05-06")
    links = found.links.set_index("link_id")
    assert links["headway"]["B>C"] == 16 * 60 / 24
    assert links["headway"]["A>B"] == 16 * 60 / 25


def test_gtfs_zip_and_refusals(tmp_path):
    folder = feed(tmp_path / "f")
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    assert len(formats.read_gtfs(tmp_path / "f.zip", "2024-05-06").links) == 2
    with refused("no rail service runs on 2030-01-01"):
        formats.read_gtfs(folder, "2030-01-01")
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("stops.txt", "0" * (64 << 20))
    with refused("would unpack to 64 MiB", "压缩炸弹"):
        formats.read_gtfs(tmp_path / "b.zip", "2024-05-06")
    late = FEED["stop_times"].replace("08:30:00,08:32:00", "07:30:00,08:32:00")
    with refused("trip t1 from A1 to B .*arrives before"):
        formats.read_gtfs(feed(tmp_path / "l", stop_times=late), "2024-05-06")
    lost = FEED["stop_times"].replace("A1,1", "X,1")
    with refused("names stop X, which stops.txt lacks"):
        formats.read_gtfs(feed(tmp_path / "l", stop_times=lost), "2024-05-06")
    odd = FEED["stop_times"].replace("08:32:00", "8h32")
    with refused("'8h32' is no time"):
        formats.read_gtfs(feed(tmp_path / "l", stop_times=odd), "2024-05-06")
    (folder / "trips.txt").unlink()
    with refused("trips.txt is missing"):
        formats.read_gtfs(folder, "2024-05-06")


def test_an_extract_of_openstreetmap(tmp_path):
    osmium = pytest.importorskip("osmium")
    path = tmp_path / "small.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for k in range(5):
            spot = (112 + 0.01 * k, 38.0)
            writer.add_node(osmium.osm.mutable.Node(id=k + 1, location=spot))
        for name, refs, tags in (
            (10, [1, 2, 3], {"highway": "primary", "maxspeed": "60"}),
            (11, [2, 4], {"highway": "residential", "oneway": "-1"}),
            (12, [4, 5], {"highway": "footway"}),
        ):
            writer.add_way(osmium.osm.mutable.Way(id=name, nodes=refs, tags=tags))
    found = formats.read_osm(path)
    links = found.links.set_index("link_id")
    assert list(links.index) == ["w10-0", "w10-1", "w11-0"]
    km = 6371.0088 * np.cos(np.radians(38)) * np.radians(0.01)
    assert links.loc["w10-0", "minutes"] == pytest.approx(km, rel=1e-6)
    assert links.loc["w11-0", ["from_node_id", "to_node_id"]].tolist() == ["n4", "n2"]
    assert links["directed"].tolist() == [False, False, True]
    with refused("no road of the classes motorway"):
        formats.read_osm(path, speeds={"motorway": 100})
    path.write_bytes(b"nothing")
    with refused("no readable OpenStreetMap extract"):
        formats.read_osm(path)


def test_rows_join_a_region_and_are_routed(tmp_path):
    region = read_region(STRIP)
    rail = formats.read_gtfs(feed(tmp_path / "f"), "2024-05-06")
    access = pd.DataFrame(
        [["X1", "n990101", "A", "road", 5.0], ["X2", "n990105", "B", "road", 5.0]],
        columns=["link_id", "from_node_id", "to_node_id", "mode", "minutes"],
    ).assign(directed=False, minutes_basis="estimate", carries="both", status="operating")
    tables = {name: frame for name, frame in region.tables.items() if len(frame)}
    tables["nodes"] = pd.concat([region.nodes, rail.nodes])
    tables["links"] = pd.concat([region.links, rail.links, access])
    quick = {"accept": "link_speed"}  # the feed's stations lie far from the strip
    joined = read_region(write_region(tables, tmp_path / "larger", buju=quick))
    ends = {"origins": ["990101"], "destinations": ["990105"]}
    found = times_matrix(joined, mode="rail", **ends).minutes[0, 0]
    # Two departures a day: half the headway is beyond the longest first wait.
    assert found == 5 + Impedance().longest_wait + Impedance().board + 25 + 5
