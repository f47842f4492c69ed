"""The worked example agrees with itself and with the totals its sources print."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from buju.region import Region, read_region

FOLDER = Path(__file__).parents[2] / "examples" / "shanxi" / "region"
TABLES = sorted(FOLDER.glob("*.csv"))


@pytest.fixture(scope="module")
def region() -> Region:
    return read_region(FOLDER)


def indicator(region: Region, name: str, year: int) -> pd.Series:
    rows = region.indicators
    rows = rows[(rows["indicator"] == name) & (rows["year"] == year)]
    return rows.set_index("place")["value"]


def codes(region: Region, level: str) -> list[str]:
    return list(region.level(level)["place"])


def cells() -> Iterator[tuple[str, str, str]]:
    for path in TABLES:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for column, value in row.items():
                    yield path.stem, column, value or ""


@pytest.mark.parametrize(("year", "total"), [(2010, 35_712_101), (2020, 34_915_616)])
def test_counties_cities_and_province_hold_the_same_residents(
    region: Region, year: int, total: int
) -> None:
    people = indicator(region, "population_census", year)
    counties = codes(region, "county")
    assert len(counties) == 117
    assert people[counties].sum() == total
    assert people[codes(region, "prefecture")].sum() == total
    assert people["140000"] == total


def test_counties_of_each_city_add_up_to_it(region: Region) -> None:
    counties = region.level("county").set_index("place")["parent"]
    for name in ("urban_population", "rural_population", "age_65_plus", "edu_college_and_above"):
        values = indicator(region, name, 2020)
        sums = values[counties.index].groupby(counties).sum()
        assert sums.sub(values[sums.index]).abs().max() < 1e-3, name


def test_residents_are_urban_or_rural(region: Region) -> None:
    parts = indicator(region, "urban_population", 2020) + indicator(
        region, "rural_population", 2020
    )
    gap = parts - indicator(region, "population_census", 2020)
    assert gap.abs().max() < 1e-6


def test_places_carry_the_residents_of_the_census(region: Region) -> None:
    places = region.level("county").set_index("place")["residents"]
    gap = places - indicator(region, "population_census", 2020)[places.index]
    assert gap.abs().max() < 1e-6


@pytest.mark.parametrize(("year", "total"), [(2010, 1_729_275), (2020, 1_452_063)])
def test_jobs_of_the_counties_add_up_to_the_province(region: Region, year: int, total: int) -> None:
    rows = region.employment
    rows = rows[(rows["year"] == year) & rows["place"].isin(codes(region, "county"))]
    assert rows["jobs"].sum() == pytest.approx(total, abs=1e-2)
    assert rows["place"].nunique() == 117


def test_sectors_add_up_to_gdp(region: Region) -> None:
    for year in (2020, 2021):
        gdp = indicator(region, "gdp", year)[codes(region, "prefecture")]
        parts = sum(
            indicator(region, f"va_{kind}", year)[gdp.index]
            for kind in ("primary", "secondary", "tertiary")
        )
        assert (parts - gdp).abs().max() <= 0.03


def test_counties_of_changzhi_add_up_to_the_city(region: Region) -> None:
    gdp = indicator(region, "gdp", 2021)
    counties = [place for place in gdp.index if place.startswith("1404") and place != "140400"]
    assert len(counties) == 12
    assert gdp[counties].sum() == pytest.approx(2311.1)
    assert gdp[counties].sum() == pytest.approx(gdp["140400"], abs=0.05)


def test_cluster_and_circles_are_the_province(region: Region) -> None:
    rows = region.place_group_members
    cluster = set(rows.loc[rows["group"] == "central_cluster", "place"])
    circles = rows[rows["group"].isin(["north_circle", "south_circle", "southeast_circle"])]
    assert cluster.isdisjoint(circles["place"])
    assert cluster | set(circles["place"]) == set(codes(region, "prefecture"))


def test_cluster_adds_up_to_what_was_announced(region: Region) -> None:
    members = region.members("central_cluster")["place"]
    assert indicator(region, "population_census", 2020)[members].sum() == 16_090_163
    rows = region.place_group_members
    cities = rows.loc[rows["group"] == "central_cluster", "place"]
    assert indicator(region, "gdp", 2021)[cities].sum() == pytest.approx(11_297, abs=1)


def test_polygon_areas(region: Region) -> None:
    assert region.level("county")["area_km2"].sum() == pytest.approx(156_805, abs=1)


def test_weights_of_the_zonggai_zone_spread_its_announced_area(region: Region) -> None:
    members = region.members("zonggai_zone").set_index("place")["weight"]
    area = region.level("county").set_index("place")["area_km2"]
    assert (area[members.index] * members).sum() == pytest.approx(600, abs=0.01)


def test_every_source_key_exists(region: Region) -> None:
    known = set(region.sources["source"])
    for table, column, value in cells():
        if column == "source" and table != "sources":
            assert {key for key in value.split(";") if key} <= known, (table, value)


def test_rows_name_a_source(region: Region) -> None:
    for name, table in region.tables.items():
        if "source" in table and name != "sources":
            assert table["source"].notna().all(), name


def test_web_addresses_stand_only_where_sources_keep_them() -> None:
    address = re.compile(r"https?://|www\.|\b[\w-]+\.(com|cn|net|org|gov)\b", re.IGNORECASE)
    for table, column, value in cells():
        if (table, column) != ("sources", "address"):
            assert not address.search(value), (table, column, value)


def test_claims_cover_every_system_of_the_announcement(region: Region) -> None:
    claims = region.claims
    assert set(claims["system"]) == set(range(1, 40))
    silent = claims["check"].isna() & claims["verdict"].isin(["supported", "contradicted"])
    assert not silent.any()
    unsaid = claims["check"].isna() & claims["reason"].isna()
    assert not unsaid.any()


def test_unknown_costs_stay_empty(region: Region) -> None:
    projects = region.projects.set_index("project")
    assert len(projects) == 51
    assert projects["cost"].notna().sum() == 11
    assert projects.loc["P05", "cost"] == 35.08
    assert projects.loc[["P35", "P46"], "cost"].isna().all()  # contracts of firms; sizes of funds


def test_targets_without_one_number_say_what_was_printed(region: Region) -> None:
    targets = region.targets
    assert len(targets) == 63
    printed = targets[targets["note"].str.startswith("原文").fillna(False)]
    assert {"T009", "T016", "T050", "T058"} <= set(printed["target"])
