"""The reference tables: complete, coherent, ours, and in agreement with the public facts."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import pytest

from matcher.catalogue import (
    Catalogue,
    DoneBy,
    MatchedBy,
    SourceKind,
    load_catalogue,
)
from tests.conftest import ROOT

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


# What the tables hold


def test_holds_what_a_first_territory_needs(catalogue: Catalogue):
    assert len(catalogue.resources) >= 130
    assert len(catalogue.waste_codes) >= 150
    assert len(catalogue.compatibilities) >= 180
    assert len(catalogue.aliases["fr"]) >= 200 and len(catalogue.aliases["en"]) >= 80
    assert len(catalogue.legal_checks) >= 40
    assert len(catalogue.activities) == 88 + 272 + 732
    families = {resource.family for resource in catalogue.resources.values()}
    assert families >= {
        *("wood", "metal", "plastic", "mineral", "organic", "chemical", "textile", "packaging"),
        *("heat", "steam", "cold", "water", "gas"),
    }


def test_every_word_of_the_demonstration_territory_is_known(catalogue: Catalogue):
    demo = ROOT / "datasets" / "demo"
    if not (demo / "flows.csv").is_file():
        pytest.skip("the demonstration territory is not there yet")
    unknown = {
        row["resource"]
        for row in rows_of(demo / "flows.csv", ";")
        if catalogue.resource_for(row["resource"], description=row["description"]) is None
    }
    meant_to_be_unknown = {word for word in unknown if "bidule" in word}
    assert unknown == meant_to_be_unknown
    for row in rows_of(demo / "equipment.csv", ";"):
        assert row["equipment"] in catalogue.equipment_classes, row
    for row in rows_of(demo / "pools.csv", ";"):
        assert row["category"] in catalogue.service_categories, row
    for row in rows_of(demo / "jobs.csv", ";"):
        assert row["occupation"] in catalogue.occupations, row


def test_every_resource_leads_somewhere_or_comes_from_somewhere(catalogue: Catalogue):
    """A resource that no row mentions could be declared and never matched."""
    used = {row.from_resource for row in catalogue.compatibilities.values()}
    used |= {row.to_resource for row in catalogue.compatibilities.values()}
    alone = set(catalogue.resources) - used

    assert not alone


def test_every_resource_has_a_price_to_be_rid_of_it_and_the_bought_ones_a_price(
    catalogue: Catalogue,
):
    for key, resource in catalogue.resources.items():
        row = catalogue.factor("disposal", key, "unknown", as_of=TODAY)
        assert row is not None and row.unit == f"EUR/{resource.unit}", key
    for key in ("sand", "sawdust", "wood_chips", "pallets", "heat_hot_water", "water_process"):
        row = catalogue.factor("purchase", key, as_of=TODAY)
        assert row is not None and row.value > 0, key


def test_names_are_unmistakable_within_a_language(catalogue: Catalogue):
    for language in ("fr", "en"):
        labels = [resource.label(language) for resource in catalogue.resources.values()]
        assert len({label.casefold() for label in labels}) == len(labels)


def test_a_judgement_says_why_and_anything_else_says_where(catalogue: Catalogue):
    tables = (
        catalogue.resources,
        catalogue.waste_codes,
        catalogue.compatibilities,
        catalogue.factors,
        catalogue.legal_checks,
    )
    for table in tables:
        for row in table.values():
            if row.source_kind is SourceKind.ENGINEERING_JUDGEMENT:
                assert row.source == "engineering judgement" and len(row.note) > 5, row.key
            else:
                assert row.source != "engineering judgement", row.key


def test_a_point_of_law_asks_and_never_decides(catalogue: Catalogue):
    for check in catalogue.legal_checks.values():
        assert "confirm" in check.question("fr").lower(), check.key
        assert "confirm" in check.question("en").lower(), check.key
        assert check.who in ("giver", "taker", "agent"), check.key
        assert check.before in ("sending", "first_delivery", "contract"), check.key


# Reading what people write


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("foundry_sand", "foundry_sand"),
        ("10 09 08", "foundry_sand"),
        ("100908", "foundry_sand"),
        ("10.09.08", "foundry_sand"),
        ("12 01 09*", "cutting_fluid"),
        ("Sciure", "sawdust"),
        ("SCIURES", "sawdust"),
        ("sable de fonderie usagé", "foundry_sand"),
        ("Sables de fonderie", "foundry_sand"),
        ("chutes de bois massif", "wood_offcuts"),
        ("coeur", None),
        ("Coquilles d'oeufs", "egg_shells"),
        ("coquilles d'œufs", "egg_shells"),
        ("batterie au plomb", "batteries_lead"),
        ("spent grain", "brewers_grains"),
        ("99 99 99", None),
        ("", None),
    ],
)
def test_recognises_keys_codes_labels_and_trade_words(catalogue: Catalogue, text, resource):
    match = catalogue.resource_for(text)

    assert (match.resource if match else None) == resource


def test_a_code_that_covers_several_resources_says_so_unless_the_description_settles_it(
    catalogue: Catalogue,
):
    open_question = catalogue.resource_for("03 01 05")
    settled = catalogue.resource_for("03 01 05", description="Chutes de MDF et de mélaminé")

    assert open_question is not None and settled is not None
    assert open_question.resource == "sawdust" and "panel_offcuts" in open_question.also
    assert open_question.matched_by is MatchedBy.WASTE_CODE
    assert settled.resource == "panel_offcuts" and settled.also == ()


def test_a_deleted_code_is_out_of_force_from_the_day_of_application(catalogue: Catalogue):
    last, first = datetime.date(2026, 12, 8), datetime.date(2026, 12, 9)

    assert catalogue.is_in_force("20 01 34", last) and not catalogue.is_in_force("200134", first)
    assert not catalogue.is_in_force("20 01 44", last) and catalogue.is_in_force("200144", first)
    assert not catalogue.is_in_force("99 99 99", first)
    ended = catalogue.waste_code("20 01 34")
    assert ended is not None and "200144" in ended.successor


# Figures


def test_takes_the_most_specific_figure(catalogue: Catalogue):
    def key(*place: str) -> str:
        row = catalogue.factor(*place, as_of=TODAY)
        assert row is not None
        return row.key

    assert key("disposal", "foundry_sand", "landfill") == "disposal_of_foundry_sand"
    assert key("disposal", "sawdust", "landfill") == "disposal_landfill_2026"
    assert key("disposal", "steel_scrap", "recycling") == "disposal_of_steel_scrap_recycling"
    assert key("disposal", "solvents", "incineration") == "disposal_chemical_incineration"
    assert key("trench", "water_wash") == "trench_water"
    assert key("trench", "heat_hot_water") == "trench"


def test_a_figure_per_tonne_is_never_used_for_heat_or_water(catalogue: Catalogue):
    heat = catalogue.factor("disposal", "heat_hot_water", "landfill", as_of=TODAY)

    assert heat is not None and heat.unit == "EUR/MWh"
    for key, resource in catalogue.resources.items():
        for kind in ("disposal", "purchase", "emission_disposal", "emission_purchase"):
            row = catalogue.factor(kind, key, "landfill", as_of=TODAY)
            assert row is None or row.unit.endswith(f"/{resource.unit}"), (kind, key)


def test_a_dated_figure_wants_a_date_and_an_override_is_marked(catalogue: Catalogue):
    with pytest.raises(ValueError, match="as_of is needed"):
        catalogue.factor("tax", outlet="landfill")
    mine = catalogue.factor("trench", "heat_hot_water", overrides={"trench": 650.0})

    assert mine is not None and mine.overridden
    assert (mine.low, mine.value, mine.high) == (650.0, 650.0, 650.0)
    assert catalogue.factor("no such kind") is None


# Routes


def test_waste_wood_becomes_heat_through_a_processor_and_a_boiler(catalogue: Catalogue):
    """By hand: 0.93 t of chips a tonne × 3.6 MWh a tonne; 22 EUR + 0.93 × 15 EUR."""
    routes = [
        route
        for route in catalogue.routes_from("waste_wood_mixed")
        if route.to_resource == "heat_hot_water"
    ]

    assert len(routes) == 1 and len(routes[0].steps) == 2
    assert routes[0].processor_step is not None
    assert routes[0].processor_step.equipment == "shredder"
    assert routes[0].yield_per_unit == pytest.approx(0.93 * 3.6)
    assert routes[0].cost_eur_per_unit == pytest.approx(22 + 0.93 * 15)
    assert "2910-A" not in routes[0].permit_headings


def test_a_chain_starts_with_giver_or_processor_ends_with_the_taker_and_never_turns_back(
    catalogue: Catalogue,
):
    routes = catalogue.routes()
    direct = {(r.from_resource, r.to_resource) for r in routes if len(r.steps) == 1}
    chains = [route for route in routes if len(route.steps) == 2]

    assert len(routes) - len(chains) == len(catalogue.compatibilities) and chains
    assert len({route.route_id for route in routes}) == len(routes)
    for route in chains:
        first, second = route.steps
        assert first.to_resource == second.from_resource
        assert first.done_by in (DoneBy.GIVER, DoneBy.PROCESSOR)
        assert second.done_by is DoneBy.TAKER
        assert len({route.from_resource, first.to_resource, route.to_resource}) == 3
        assert (route.from_resource, route.to_resource) not in direct


def test_board_offcuts_never_reach_a_boiler_for_raw_wood(catalogue: Catalogue):
    to_chips = [
        route
        for route in catalogue.routes_from("panel_offcuts")
        if route.to_resource in ("wood_chips", "heat_hot_water", "treated_wood_chips")
    ]

    assert {route.to_resource for route in to_chips} >= {"wood_chips", "heat_hot_water"}
    assert all(route.permit_headings for route in to_chips)
    assert all("2910-A" not in route.permit_headings for route in to_chips)
