"""Trades by ROME code and activities by NAF code: those of the lists, under names of our own."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from matcher.catalogue import Catalogue, fold, load_catalogue
from matcher.catalogue.trades import trade_of


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_occupations_are_those_of_the_nomenclature(catalogue: Catalogue, shared: Path):
    listed = rows_of(shared / "data" / "naf_rome" / "rome_metiers.csv")
    trades = {row["code"]: row["label_fr"] for row in listed}
    assert set(catalogue.occupations) <= set(trades) and len(catalogue.occupations) >= 150
    official = {fold(name) for name in trades.values()}
    assert not [key for key, row in catalogue.occupations.items() if fold(row.label_fr) in official]


def test_trades_are_near_each_other_both_ways(catalogue: Catalogue):
    for key, row in catalogue.occupations.items():
        assert row.near and key not in row.near and len(set(row.near)) == len(row.near), key
        for other in row.near:
            assert key in catalogue.occupations[other].near, (key, other)


def test_a_title_names_one_trade_only(catalogue: Catalogue):
    for language in ("fr", "en"):
        named: dict[str, str] = {}
        for key, row in catalogue.occupations.items():
            for title in row.titles(language):
                assert named.setdefault(fold(title), key) == key, title
                found = trade_of(None, title, catalogue.occupations)
                assert found is not None and found.key == key, title


def test_a_post_is_recognised_by_its_title_in_either_language(catalogue: Catalogue):
    for title, code in (
        ("ELECTROMECANICIEN", "I1304"),
        ("Soudeurs TIG", "H2913"),
        ("welder", "H2913"),
    ):
        found = trade_of(None, title, catalogue.occupations)
        assert found is not None and found.key == code
    assert trade_of(None, "dompteur de puces", catalogue.occupations) is None


def test_activities_are_those_of_the_nomenclature_under_names_of_our_own(
    catalogue: Catalogue, shared: Path
):
    listed = rows_of(shared / "data" / "naf_rome" / "naf_rev2_fr_en.csv")
    above = {row["code"]: row["groupe"] for row in listed}
    above |= {row["groupe"]: row["division"] for row in listed}
    above |= {row["division"]: None for row in listed}
    assert {key: row.parent for key, row in catalogue.activities.items()} == above

    official = {
        fold(text)
        for row in listed
        for column, text in row.items()
        if column.startswith(("label", "section_", "division_", "groupe_", "classe_"))
    }
    for row in catalogue.activities.values():
        assert not row.label_fr or fold(row.label_fr) not in official, row.key
        assert not row.label_en or fold(row.label_en) not in official, row.key


@pytest.mark.parametrize(
    ("code", "named_after"),
    [("16.10A", "16.1"), ("1610a", "16.1"), ("16.1", "16.1"), ("16", "16"), ("16.99Z", "16")],
)
def test_an_activity_without_a_name_takes_that_of_its_group_or_division(
    catalogue: Catalogue, code, named_after
):
    for language in ("fr", "en"):
        name = catalogue.activities[named_after].label(language)
        assert name and catalogue.activity_label(code, language) == name
    assert catalogue.activity_label("00.0", "fr") is None
