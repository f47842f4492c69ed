"""Tables, numbers for maps, layers, scenarios, features."""

from __future__ import annotations

import pyogrio
import pytest


@pytest.fixture
def opened(client):
    return client.post("/api/v1/examples/shanxi").json()


def test_rows_come_in_pages_and_as_csv(client, opened):
    address = f"/api/v1/regions/{opened['region']}/tables/places"
    page = client.get(f"{address}?offset=10&limit=5").json()
    assert (len(page["rows"]), page["total"]) == (5, 129)
    assert page["columns"][0] | {"title_zh": "", "title_en": ""} == {
        "name": "place", "title_zh": "", "title_en": "", "unit": "", "type": "code",
    }  # fmt: skip
    assert client.get(f"{address}?limit=2&format=csv").text.startswith("\ufeffplace,")
    assert client.get(f"{address}?limit=0").status_code == 422
    assert client.get(f"/api/v1/regions/{opened['region']}/tables/nothing").status_code == 404


def test_geometry_comes_once_and_small(client, opened):
    address = f"/api/v1/regions/{opened['region']}/layers/counties.geojson"
    first = client.get(address)
    assert first.headers["content-encoding"] == "gzip"
    assert len(first.json()["features"]) == 117
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for layer in ("prefectures", "links", "outside", "elements"):
        assert client.get(address.replace("counties", layer)).json()["features"]
    assert client.get(address.replace("counties", "moon")).status_code == 404


def test_numbers_by_place_are_small_and_filters_are_said(client, opened):
    base = f"/api/v1/regions/{opened['region']}/values"
    places = client.get(f"{base}/places.json")
    assert len(places.content) < 100_000
    assert "gdp_year" not in places.json()["columns"]
    indicators = client.get(f"{base}/indicators.json").json()
    lengths = {len(column["values"]) for column in indicators["columns"].values()}
    assert lengths == {len(indicators["place"])}
    one = client.get(f"{base}/indicators.json?indicator=age_0_14&year=2020").json()
    assert one["filters"]["indicator"]["value"] == "age_0_14"
    assert client.get(f"{base}/indicators.json?indicator=nothing").status_code == 422
    assert client.get(f"{base}/nodes.json").status_code == 404


def test_a_scenario_is_saved_or_refused_with_words(client, opened):
    address = f"/api/v1/studies/{opened['study']}/scenarios"
    saved = client.put(f"{address}/mine", json={"title_zh": "我的", "projects": ["P01"]}).json()
    assert saved["scenarios"][-1] == {"scenario": "mine", "title_zh": "我的", "title_en": "mine"}
    wrong = client.put(f"{address}/bad", json={"projects": ["P99"]})
    assert wrong.status_code == 422 and "P99" in wrong.json()["detail_en"]
    assert "check-" not in wrong.json()["detail_en"]
    assert client.put(f"{address}/bad", json={"project": ["P01"]}).status_code == 422
    assert client.put(f"{address}/base", json={}).status_code == 409
    names = [s["scenario"] for s in client.delete(f"{address}/mine").json()["scenarios"]]
    assert "mine" not in names
    assert client.get(f"/api/v1/studies/{opened['study']}").json()["resolved"]["year"] == 2020


def test_a_region_in_use_is_not_removed(client, opened):
    address = f"/api/v1/regions/{opened['region']}"
    assert client.delete(address).status_code == 409
    assert client.delete(f"/api/v1/studies/{opened['study']}").status_code == 204
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_problems_are_problems_everywhere(client):
    for method, path, status in (
        ("GET", "/api/v1/nothing", 404),
        ("PATCH", "/api/v1/regions", 405),
        ("POST", "/api/v1/runs", 422),
        ("GET", "/api/v1/runs/none", 404),
        ("GET", "/assets/none.js", 404),
    ):
        answer = client.request(method, path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail_zh"] and answer.json()["detail_en"]


def test_the_page_that_is_not_built_says_how(tmp_path):
    from starlette.testclient import TestClient

    from buju.serve.app import create_app

    app = create_app(tmp_path / "w", work=False, static=tmp_path / "static")
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert "make web" in client.get("/").text
        (tmp_path / "static").mkdir()
        (tmp_path / "static" / "index.html").write_text("built")
        assert client.get("/map/counties").text == "built"


def test_gdal_reads_the_features(server):
    region = server.client.post("/api/v1/examples/shanxi").json()["region"]
    source, name = f"OAPIF:http://127.0.0.1:{server.port}/ogc", f"region.{region}.counties"
    assert name in pyogrio.list_layers(source)[:, 0]
    found = pyogrio.read_dataframe(source, layer=name)
    assert len(found) == 117 and found.crs.to_epsg() == 4326
    assert "小店区" in set(found["name_zh"])
    box = "112.0,37.0,113.0,38.0"
    items = f"/ogc/collections/{name}/items"
    some = server.client.get(f"{items}?bbox={box}&limit=3").json()
    assert (some["numberReturned"], len(some["features"])) == (3, 3)
    following = next(link["href"] for link in some["links"] if link["rel"] == "next")
    rest = server.client.get(following).json()
    assert {f["id"] for f in rest["features"]}.isdisjoint(f["id"] for f in some["features"])
    assert server.client.get(f"{items}?bbox=1,2").status_code == 422


def test_quotients_are_shown_and_not_the_jobs_beside_them(tmp_path):
    from buju.serve import frames
    from buju.study import run_study

    bundle = run_study("examples/strip", out=tmp_path / "out")
    found = frames.values(frames.of_bundle(bundle, "specialisation"), {}, {})
    table = bundle.frame("specialisation")
    sector, column = next(iter(found["columns"].items()))
    place = found["place"][0]
    own = table[(table["place"] == place) & (table["sector"] == sector)]["quotient"].iloc[0]
    assert column["values"][0] == pytest.approx(own, rel=1e-6)
