"""What sites of a trade probably have and lack: rows that a plan can use."""

from __future__ import annotations

import pytest

from matcher.catalogue import Catalogue, ProfileTable, load_catalogue
from matcher.declarations import Outlet
from matcher.errors import CatalogueError
from matcher.reading.doubts import plausibility
from tests.matcher.catalogue.test_catalogue_refusals import broken


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def flows(catalogue: Catalogue):
    return [r for r in catalogue.activity_flows.values() if r.table is ProfileTable.FLOWS]


def test_at_least_120_activities_of_industry_and_services_have_offers(catalogue: Catalogue):
    with_offers = {
        a for row in flows(catalogue) if row.direction == "offer" for a in row.activities
    }
    assert len(with_offers) >= 120
    divisions = {activity[:2] for activity in with_offers}
    assert divisions >= {f"{n:02d}" for n in (*range(10, 12), *range(13, 19), *range(20, 34))}
    assert divisions >= {"35", "36", "37", "38", "45", "46", "47", "49", "52", "55", "56", "86"}
    with_needs = {a for row in flows(catalogue) if row.direction == "need" for a in row.activities}
    assert len(with_needs) >= 80


def test_what_is_supposed_can_be_matched(catalogue: Catalogue):
    sources = {route.from_resource for route in catalogue.routes()}
    targets = {route.to_resource for route in catalogue.routes()}
    for row in flows(catalogue):
        assert row.subject in (sources if row.direction == "offer" else targets), row.key


def test_heat_and_cold_say_how_warm(catalogue: Catalogue):
    for row in flows(catalogue):
        if catalogue.resources[row.subject].family in ("heat", "steam", "cold"):
            assert row.temperature_c is not None, row.key


def test_nothing_supposed_is_what_the_reading_would_doubt(catalogue: Catalogue):
    limits = plausibility()
    for row in flows(catalogue):
        resource = catalogue.resources[row.subject]
        unit = str(resource.unit)
        limit = limits.get((resource.key, unit)) or limits.get((resource.family, unit))
        if limit is not None and row.per == "head":
            assert row.value <= limit.most_per_head, row.key


def test_outlets_are_those_of_a_survey_and_only_offers_have_one(catalogue: Catalogue):
    for row in catalogue.activity_flows.values():
        if row.today_outlet is not None:
            assert Outlet(row.today_outlet) and row.direction == "offer", row.key


def test_a_trade_without_rows_takes_those_of_its_group(catalogue: Catalogue):
    """24.53Z (light metal) has rows of its own, 24.51Z takes those of foundries, 16.10A of 16.1."""
    assert {r.subject for r in catalogue.activity_profile("24.53Z")} >= {"aluminium_dross"}
    assert {r.subject for r in catalogue.activity_profile("2451z")} >= {"foundry_sand"}
    assert catalogue.activity_profile("16.10A") == catalogue.activity_profile("16.1")
    assert catalogue.activity_profile("99.00Z") == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (",24.5,flows,offer,foundry_sand,", ",24.5,flows,offer,fairy_dust,", "'fairy_dust'"),
        (",24.5,flows,offer,foundry_sand,", ",24.99,flows,offer,foundry_sand,", "'24.99'"),
        (",24.5,flows,offer,foundry_sand,", ",24.5,flows,offer,foundry_slag,", "already"),
        (",24.5,flows,offer,foundry_sand,", ",24.5,flows,sells,foundry_sand,", "direction"),
        (",24.5,flows,offer,foundry_sand,head,4,", ",24.5,flows,offer,foundry_sand,head,40,", "≤"),
    ],
)
def test_refuses_a_row_that_contradicts_itself(tmp_path, old, new, said):
    with pytest.raises(CatalogueError, match=said):
        load_catalogue(broken(tmp_path, "activity_flows.csv", old, new))
