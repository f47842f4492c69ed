"""Who comes in, from where, and what every answer carries."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from buju.errors import BujuError
from buju.serve.app import create_app
from buju.serve.commands.serve import serve
from buju.serve.guard import Entry
from buju.serve.tokens import Tokens


@pytest.fixture
def office(tmp_path):
    """A service that asks for tokens, and one token of each role."""
    tokens = Tokens(tmp_path / "tokens.json")
    secrets = {role: tokens.add("甲", role) for role in ("reader", "planner")}
    entry = Entry(tokens=tokens, login=True, hosts=frozenset({"buju.office"}))
    app = create_app(tmp_path / "workspace", entry=entry, work=False)
    with TestClient(app, base_url="http://buju.office") as client:
        yield client, secrets, tokens


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_name_that_is_not_ours_is_refused(client):
    for host in ("evil.example", "127.0.0.1.evil.example", "192.168.1.5", ""):
        assert client.get("/api/v1", headers={"Host": host}).status_code == 421
    for host in ("localhost:99", "127.0.0.1", "[::1]:8765"):
        assert client.get("/api/v1", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example", "X-Buju": "1"},
        {"Origin": "null", "X-Buju": "1"},
        {"Sec-Fetch-Site": "cross-site", "X-Buju": "1"},
        {"X-Buju": ""},
    ],
)
def test_a_foreign_page_changes_nothing(space, headers):
    app = create_app(space, work=False)
    bare = {k: v for k, v in headers.items() if v}
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.post("/api/v1/examples/strip", headers=bare)
        own = client.post("/api/v1/examples/strip", headers={"Origin": "http://127.0.0.1"})
    assert answer.status_code == 403
    assert own.status_code == 201


def test_every_answer_carries_its_policy_and_none_opens_it_to_others(client):
    for path in ("/", "/api/v1", "/api/v1/nothing"):
        headers = client.get(path, headers={"Origin": "http://evil.example"}).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_no_path_leads_out(client, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    for path in (
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2f..%2fsecret.txt",
        "/api/v1/regions/..%2f..%2fsecret.txt",
        "/api/v1/bundles/%2e%2e/report.html",
        "/api/v1/regions/../../etc/tables/places",
    ):
        answer = client.get(path)
        assert answer.status_code in (200, 404)
        assert "secret" not in answer.text.replace("secret.txt", "")


def test_tokens_and_roles(office):
    client, secrets, tokens = office
    assert client.get("/api/v1").status_code == 401
    assert client.get("/").status_code == 200  # the page, which asks for the token
    assert client.get("/api/v1/session").json() == {"login": True, "role": None}
    assert client.get("/api/v1", headers=bearer("buju_wrong")).status_code == 401
    assert client.get("/api/v1", headers=bearer(secrets["reader"])).json()["role"] == "reader"
    refused = client.post("/api/v1/examples/strip", headers=bearer(secrets["reader"]))
    assert refused.status_code == 403 and "planner" in refused.json()["detail_zh"]
    made = client.post("/api/v1/examples/strip", headers=bearer(secrets["planner"]))
    assert made.status_code == 201
    tokens.revoke(next(t.id for t in tokens.all() if t.role == "reader"))
    assert client.get("/api/v1", headers=bearer(secrets["reader"])).status_code == 401


def test_signing_in_keeps_a_cookie_no_script_reads(office):
    client, secrets, _ = office
    own = {"Origin": "http://buju.office"}
    wrong = client.post("/api/v1/session", json={"token": "x"}, headers=own)
    assert wrong.status_code == 401
    answer = client.post("/api/v1/session", json={"token": secrets["planner"]}, headers=own)
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    assert client.get("/api/v1").json()["role"] == "planner"
    client.delete("/api/v1/session", headers=own)
    assert client.get("/api/v1").status_code == 401


def test_tokens_are_kept_as_digests(office, tmp_path):
    _, secrets, tokens = office
    text = tokens.path.read_text()
    assert not any(secret in text for secret in secrets.values())
    assert tokens.path.stat().st_mode & 0o077 == 0


def test_another_address_is_not_bound_without_tokens(tmp_path):
    for host in ("0.0.0.0", "::", "192.168.0.7", "buju.office"):
        with pytest.raises(BujuError, match="no token exists"):
            serve(None, workspace=tmp_path, host=host, token_file=None)


def test_one_bundle_is_read_only(tmp_path):
    from buju.study import run_study

    bundle = run_study("examples/strip", out=tmp_path / "out")
    app = create_app(bundle=bundle.path)
    with TestClient(app, base_url="http://127.0.0.1", headers={"X-Buju": "1"}) as client:
        assert client.post("/api/v1/examples/strip").status_code == 403
        assert client.get("/api/v1/regions").status_code == 404
        listed = client.get("/api/v1/bundles").json()["bundles"]
        assert [item["bundle"] for item in listed] == ["bundle"]
        page = client.get("/api/v1/bundles/bundle/report.html")
        assert "sandbox" in page.headers["content-security-policy"]
        assert client.get("/api/v1/bundles/bundle/layers/counties.geojson").status_code == 200
        assert client.get("/ogc/collections").json()["collections"]


def test_a_failure_says_its_number_and_not_its_inside(space):
    app = create_app(space, work=False)

    @app.get("/api/v1/breaks")
    def breaks():
        raise RuntimeError("inside words")

    app.router.routes.insert(0, app.router.routes.pop())
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/api/v1/breaks")
    assert answer.status_code == 500
    assert "inside" not in answer.text
    assert answer.json()["id"] in answer.json()["detail_zh"]
