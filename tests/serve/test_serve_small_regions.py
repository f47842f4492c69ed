"""A small region uploaded: what a study lacks is said at once, with sheet or file, never a path."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "region"))
from odd import odd_region

from buju.region import write_region


def upload(client, tables, tmp_path):
    folder = write_region(tables, tmp_path / "odd", buju={"coordinates": "WGS84"})
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for file in folder.iterdir():
            packed.write(file, file.name)
    answer = client.post("/api/v1/regions", files={"file": ("小区.zip", data.getvalue())})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_study_without_gdp_is_refused_when_it_is_made(client, space, tmp_path):
    tables = odd_region()
    tables["places"].loc[2, "gdp"] = None
    region = upload(client, tables, tmp_path)
    assert region["state"] == "ready"
    answer = client.post("/api/v1/studies", json={"region": region["region"]})
    assert answer.status_code == 422
    said = answer.json()
    assert "places.csv，第4行，“gdp”列：地点 990102 没有大于零的 gdp" in said["detail_zh"]
    assert "places.csv, line 4, column 'gdp': place 990102 has no gdp above zero" in said["detail"]
    assert said["faults"][0]["row"] == 4
    assert str(space) not in answer.text
    assert client.get("/api/v1/studies").json()["studies"] == []


@pytest.mark.parametrize(
    ("scenario", "zh", "en"),
    [
        (
            {"links": {"L01": {"minutes": 0}}},
            "links.L01.minutes 为 0，应大于 0、不超过 1440：零分钟会使两地合为一处",
            "links.L01.minutes is 0; a number above 0 and at most 1440 is expected",
        ),
        (
            {"zones": {"990101": {"productivity": "+9999%"}}},
            "'+9999%' 超出模型适用范围：倍数应在 0.2 至 5 之间（-80% 至 +400%）",
            "'+9999%' is beyond what the model speaks of: a factor lies between 0.2 and 5",
        ),
        ({"years": 2030}, "没有这一项", "is not known"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(client, tmp_path, scenario, zh, en):
    region = upload(client, odd_region(), tmp_path)
    study = client.post("/api/v1/studies", json={"region": region["region"]}).json()["study"]
    answer = client.post("/api/v1/whatif", json={"study": study, "scenario": scenario})
    assert answer.status_code == 422
    assert zh in answer.json()["detail_zh"] and en in answer.json()["detail_en"]
