"""Counties by the degree of urbanisation, from rasters laid over the invented strip."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buju.errors import ParameterError
from buju.region import boundaries
from buju.study import load_study
from buju.study.context import Run
from buju.study.stages import flow_divisions, grid_divisions, layout

rasterio = pytest.importorskip("rasterio")
STRIP = Path(__file__).parents[2] / "examples/strip"
CRS = "EPSG:8857"  # Equal Earth, metres
SIDE = 10


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    """The strip with a town of 10 by 10 dense cells round the seat of its third county."""
    folder = tmp_path_factory.mktemp("strip") / "strip"
    shutil.copytree(STRIP, folder)
    region = load_study(folder).region
    shapes = boundaries(region, "county").to_crs(CRS)
    west, south, east, north = (round(x, -3) for x in shapes.total_bounds)
    rows, columns = int((north - south) / 1000) + 2, int((east - west) / 1000) + 2
    place = rasterio.Affine(1000, 0, west - 1000, 0, -1000, north + 1000)
    seat = region.places.set_index("place").to_crs(CRS).geometry["990103"]
    column, row = (int(k) for k in ~place @ (seat.x, seat.y))
    people = np.full((rows, columns), 10.0)
    people[row - 5 : row + 5, column - 5 : column + 5] = 2000
    for name, values in (("people", people), ("land", np.ones_like(people))):
        with rasterio.open(
            folder / f"{name}.tif", "w", driver="GTiff", height=rows, width=columns, count=1,
            dtype="float64", crs=CRS, transform=place,
        ) as file:  # fmt: skip
            file.write(values, 1)
    ask(folder, "population: people.tif, land: land.tif")
    return folder


def ask(folder: Path, grids: str) -> None:
    file = folder / "study.yaml"
    text = STRIP.joinpath("study.yaml").read_text(encoding="utf-8")
    text = text.replace("measure: {", f"measure: {{grids: {{{grids}}}, ")
    file.write_text(text, encoding="utf-8")


def counted(study: Path) -> Run:
    run = Run(load_study(study))
    run.tables |= layout.stage(run)
    return run


def test_the_county_with_the_town_is_a_city_and_the_others_are_not(study):
    run = counted(study)
    found = grid_divisions.urban_centres(run).set_index("place")
    assert found.index[found["class"] == 30].tolist() == ["990103"]
    assert found.loc["990103", "centre"] == "990103"
    assert found["residents"].sum() > 200_000
    division = grid_divisions.urbanisation(run)
    held = division.frame.set_index("place")["area"]
    assert held.dropna().to_dict() == {"990103": "990103"}
    assert (division.frame["margin"] == division.frame["value"] - 0.5).all()
    assert "城市中心" in division.frame["flip_zh"].iloc[0]


def test_functional_areas_start_from_the_centres_of_the_grid(study):
    run = counted(study)
    found = flow_divisions.functional_areas(run, flow_divisions.modelled_flows(run), None)
    assert "人口格网" in found.how_zh
    cities = found.frame[found.frame["flip_zh"].str.startswith("城市；")]
    assert cities["place"].tolist() == ["990103"]


def test_files_of_grids_are_inputs_of_the_run(study):
    assert {"people.tif", "land.tif"} <= set(load_study(study).inputs())


def test_without_grids_the_definition_is_left_out_with_its_reason():
    run = Run(load_study(STRIP))
    found = grid_divisions.urbanisation(run)
    assert "measure.grids" in found.left_out_zh
    assert "measure.grids" in found.left_out_en
    assert isinstance(found.frame, pd.DataFrame)


def test_a_raster_that_is_not_there_is_refused_before_anything_is_computed(study, tmp_path):
    folder = tmp_path / "strip"
    shutil.copytree(study, folder)
    ask(folder, "population: lost.tif, land: land.tif")
    with pytest.raises(ParameterError, match=r"lost\.tif"):
        load_study(folder)
