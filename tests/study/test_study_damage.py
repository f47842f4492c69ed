"""Damaged inputs: the command line names file, row, column and remedy, exits with 1, and leaves the
last good bundle as it was."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from buju.serve.cli import main

STRIP = Path(__file__).parents[2] / "examples/strip"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The strip with a finished bundle."""
    folder = tmp_path_factory.mktemp("good")
    shutil.copytree(STRIP, folder / "strip", ignore=shutil.ignore_patterns("out"))
    with pytest.raises(SystemExit) as done:
        main(["run", str(folder / "strip"), "--no-report"])
    assert done.value.code == 0
    return folder / "strip"


@pytest.fixture
def study(good, tmp_path):
    return Path(shutil.copytree(good, tmp_path / "strip"))


def table(study, name):
    return study / "region" / f"{name}.csv"


def edit(path, old, new, count=1):
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def missing_column(study):
    path = table(study, "places")
    pd.read_csv(path, dtype=str).drop(columns="residents").to_csv(path, index=False)


def unknown_code(study):
    edit(table(study, "links"), "L03,n990102,n990103", "L03,n990102,n990193")


def lost_digit(study):
    edit(table(study, "places"), "\n990101,", "\n99010,")


def negative_people(study):
    path = table(study, "places")
    frame = pd.read_csv(path, dtype=str)
    frame.loc[3, "residents"] = "-140000"
    frame.to_csv(path, index=False)


def duplicate_key(study):
    path = table(study, "links")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")


def strange_bytes(study):
    path = table(study, "places")
    path.write_bytes(path.read_bytes() + b"\xff\xfe\x00\x81\n")


def island(study):
    path = table(study, "links")
    frame = pd.read_csv(path, dtype=str)
    frame[~frame["link_id"].isin(["L01"])].to_csv(path, index=False)


def zero_jobs(study):
    path = table(study, "places")
    frame = pd.read_csv(path, dtype=str)
    frame.loc[frame["place"] == "990103", "jobs"] = "0"
    frame.to_csv(path, index=False)


def empty_file(study):
    table(study, "indicators").write_bytes(b"")


DAMAGE = {
    missing_column: ["places.csv", "residents", "Add"],
    unknown_code: ["links.csv", "line 4", "'to_node_id'", "'n990193'", "Did you mean"],
    lost_digit: ["places.csv", "'place'", "'99010'", "Did you mean '99010"],
    negative_people: ["places.csv", "line 5", "'residents'", "'-140000'"],
    duplicate_key: ["links.csv", "line 19", "'L01'", "line 2"],
    strange_bytes: ["places.csv", "UTF-8", "GB18030"],
    island: ["nodes.csv", "n980100"],
    zero_jobs: ["places.csv", "line 6", "'jobs'", "has no jobs"],
    empty_file: ["indicators.csv", "empty"],
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_the_message_names_the_fault_and_the_last_bundle_stays(study, damage, capsys):
    before = {p: p.read_bytes() for p in (study / "out").rglob("*") if p.is_file()}
    damage(study)
    for command in (["check", str(study / "region")], ["run", str(study), "--no-report"]):
        with pytest.raises(SystemExit) as stopped:
            main(command)
        told = capsys.readouterr()
        said = told.out + told.err
        assert stopped.value.code == 1
        for words in DAMAGE[damage]:
            assert words in said, f"{command[0]} does not say {words!r}:\n{said}"
        assert any("一" <= sign <= "鿿" for sign in said)
        assert "Traceback" not in said
    after = {p: p.read_bytes() for p in (study / "out").rglob("*") if p.is_file()}
    assert after == before


@pytest.mark.long
def test_a_fault_in_the_last_of_a_million_rows(study, capsys):
    path = table(study, "flows")
    many = pd.DataFrame({"kind": "goods", "residence": "990101"}, index=range(1_000_000))
    many["workplace"], many["year"] = "990102", 2020
    many["value"], many["unit"], many["source"] = 1.0, "person", "I1"
    many.loc[999_999, "workplace"] = "99010x"
    many.to_csv(path, index=False)
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(study / "region")])
    assert stopped.value.code == 1
    assert "flows.csv, line 1000001, column 'workplace', value '99010x'" in capsys.readouterr().out


def test_gb18030_is_read_and_said(study, capsys):
    path = table(study, "places")
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gb18030"))
    with pytest.raises(SystemExit) as done:
        main(["check", str(study / "region")])
    assert done.value.code == 0
    assert "GB18030" in capsys.readouterr().out


def test_an_interrupt_leaves_the_last_bundle(study, monkeypatch, capsys):
    from buju.study.stages import STAGES

    before = (study / "out/study/manifest.json").read_bytes()

    def interrupted(_run):
        raise KeyboardInterrupt

    monkeypatch.setitem(STAGES, "claims", interrupted)
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(study), "--no-report"])
    assert stopped.value.code == 130
    assert "nothing was written" in capsys.readouterr().err
    assert (study / "out/study/manifest.json").read_bytes() == before
    assert [path.name for path in (study / "out").iterdir()] == ["study"]


def test_wrong_use_exits_with_2(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["run"])
    assert stopped.value.code == 2
    with pytest.raises(SystemExit) as stopped:
        main(["rnu", "x"])
    assert stopped.value.code == 2


def test_an_output_folder_that_is_no_bundle_is_not_replaced(study, capsys):
    (study / "papers").mkdir()
    (study / "papers/letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(study), "--out", str(study / "papers"), "--no-report"])
    assert stopped.value.code == 1
    assert "is no bundle" in capsys.readouterr().err
    assert (study / "papers/letter.txt").read_text(encoding="utf-8") == "mine"


def test_a_full_disk_is_said_and_leaves_nothing(study, monkeypatch, capsys):
    from pyogrio.errors import FeatureError

    def full(*_args, **_kwargs):
        raise FeatureError("Could not add feature")

    before = (study / "out/study/manifest.json").read_bytes()
    monkeypatch.setattr("geopandas.GeoDataFrame.to_file", full)
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(study), "--no-report"])
    assert stopped.value.code == 1
    assert "is the disk full?" in capsys.readouterr().err
    assert (study / "out/study/manifest.json").read_bytes() == before
    assert [path.name for path in (study / "out").iterdir()] == ["study"]


def test_a_place_that_cannot_be_written_is_named(study, capsys):
    (study / "file").write_text("", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(study), "--out", str(study / "file/x"), "--no-report"])
    assert stopped.value.code == 1
    assert "cannot read or write" in capsys.readouterr().err
