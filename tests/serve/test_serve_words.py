"""Messages name the field or the file, in both languages, and never the service's folders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CODE = "import sys; from buju.serve.cli import main; main(sys.argv[1:])"


@pytest.fixture
def opened(client):
    return client.post("/api/v1/examples/strip").json()


def ask(client, opened, **scenario):
    return client.post("/api/v1/whatif", json={"study": opened["study"], "scenario": scenario})


@pytest.mark.parametrize(
    ("scenario", "field", "value"),
    [
        ({"year": "soon"}, "scenario.year", "'soon'"),
        ({"zones": {"west": {"productivity": "3%"}}}, "scenario.zones.west.productivity", "3%"),
        ({"projects": "P1"}, "scenario.projects", "'P1'"),
        ({"project": ["P1"]}, "scenario.project", ""),
    ],
)
def test_a_refused_question_names_its_field(client, opened, scenario, field, value):
    answer = ask(client, opened, **scenario)
    body = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    for language in ("detail_zh", "detail_en"):
        assert field in body[language] and value in body[language]
    assert "请求内容有误" in body["detail_zh"] and "request" not in body["detail_zh"]


def test_no_message_shows_where_the_service_lies(client, opened, space):
    study = client.app.state.service.workspace.study_file(opened["study"])
    study.write_text(study.read_text().replace("year:", "yaer:"))
    answer = client.get(f"/api/v1/studies/{opened['study']}")
    assert answer.status_code == 422
    told = answer.json()["detail_zh"] + answer.json()["detail_en"]
    assert "study.yaml" in told
    assert str(space) not in told and "/tmp" not in told


def test_a_second_service_says_one_thing(server):
    folder = str(server.space.path)
    for port, words in ((server.port, str(server.port)), (server.port + 1, "another `buju serve`")):
        command = [sys.executable, "-c", CODE, "serve", "--workspace", folder, "--port", str(port)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert said.returncode == 2
        chinese, english = said.stderr.strip().splitlines()
        assert words in english and "\u4e00" <= chinese[0] <= "\u9fff"
        assert not said.stdout


def test_whoever_comes_from_elsewhere_sees_no_folder(tmp_path: Path):
    from starlette.testclient import TestClient

    from buju.serve.app import create_app
    from buju.serve.guard import Entry
    from buju.serve.tokens import Tokens

    tokens = Tokens(tmp_path / "tokens.json")
    secret = tokens.add("甲", "reader")
    entry = Entry(tokens=tokens, login=True)
    app = create_app(tmp_path / "office", entry=entry, work=False)
    bearer = {"Authorization": f"Bearer {secret}"}
    with TestClient(app, base_url="http://127.0.0.1", headers=bearer) as client:
        assert client.get("/api/v1").json()["workspace"] == "office"
