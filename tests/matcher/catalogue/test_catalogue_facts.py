"""What the tables say agrees with the public facts, is ours, and is counted on their page."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from matcher.catalogue import Catalogue, EntryType, fold, load_catalogue
from matcher.catalogue.loading import default_folder
from tests.conftest import ROOT
from tests.matcher.catalogue.test_catalogue import TODAY, rows_of

ENTRY_TYPES = {
    "ANH": EntryType.ABSOLUTE_NON_HAZARDOUS,
    "AH": EntryType.ABSOLUTE_HAZARDOUS,
    "MNH": EntryType.MIRROR_NON_HAZARDOUS,
    "MH": EntryType.MIRROR_HAZARDOUS,
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_codes_stars_and_kinds_of_entry_agree_with_the_list(catalogue: Catalogue, shared: Path):
    listed = {
        row["code"]: row
        for row in rows_of(shared / "data" / "low" / "low_fr_en.csv")
        if row["level"] == "3"
    }
    changes = rows_of(shared / "data" / "low" / "changes_2026-12-09.csv")
    new = {row["code"]: row["hazardous"] == "yes" for row in changes if row["change"] == "new"}
    assert len(listed) == 842 and set(catalogue.waste_codes) == set(listed) | {
        code for code in new if len(code) == 6
    }
    assert sum(catalogue.waste_codes[code].hazardous for code in listed) == 408
    for code, entry in catalogue.waste_codes.items():
        if code in new:
            assert entry.hazardous is new[code] and str(entry.valid_from) == "2026-12-09"
            continue
        assert entry.hazardous is (listed[code]["hazardous"] == "1"), code
        assert entry.entry_type is ENTRY_TYPES[listed[code]["entry_type"]], code
    for row in changes:
        if row["change"] == "deleted":
            ended = catalogue.waste_codes[row["code"]]
            assert str(ended.valid_until) == "2026-12-08" and ended.successor, row["code"]


def test_chapters_and_sub_chapters_are_those_of_the_list_and_of_every_code(
    catalogue: Catalogue, shared: Path
):
    rows = rows_of(shared / "data" / "low" / "low_fr_en.csv")
    listed = {row["code"] for row in rows if row["level"] in ("1", "2")}
    assert len(listed) == 20 + 111 and set(catalogue.waste_chapters) == listed | {"1914"}
    for code in catalogue.waste_codes:
        assert {code[:2], code[:4]} <= set(catalogue.waste_chapters), code


def test_our_names_are_not_those_of_the_legal_text(catalogue: Catalogue, shared: Path):
    legal = {"fr": set(), "en": set()}
    for row in rows_of(shared / "data" / "low" / "low_fr_en.csv"):
        legal["fr"].add(row["label_fr"].strip().casefold())
        legal["en"].add(row["label_en"].strip().casefold())
    for row in (*catalogue.waste_codes.values(), *catalogue.resources.values()):
        for language in ("fr", "en"):
            assert row.label(language).casefold() not in legal[language], row.key
    folded = {language: {fold(text) for text in texts} for language, texts in legal.items()}
    for row in catalogue.waste_codes.values():
        for language in ("fr", "en"):
            assert fold(row.label(language)) not in folded[language], row.key


def test_our_names_are_no_near_copies_of_the_legal_text(catalogue: Catalogue, shared: Path):
    """Folded, words in order of the alphabet: 88 of 100 is what two words of one field reach."""
    legal = {row["code"]: row for row in rows_of(shared / "data" / "low" / "low_fr_en.csv")}
    near = {
        (code, language): row.label(language)
        for code, row in {**catalogue.waste_codes, **catalogue.waste_chapters}.items()
        for language in ("fr", "en")
        if code in legal
        and fuzz.token_sort_ratio(fold(row.label(language)), fold(legal[code][f"label_{language}"]))
        >= 88
    }
    assert near == {}


def test_french_is_written_with_the_french_apostrophe():
    for path in sorted(default_folder().glob("*.csv")):
        for number, row in enumerate(rows_of(path), start=2):
            french = [text for column, text in row.items() if column.endswith("_fr")]
            assert not any("'" in text for text in french), (path.name, number)


def test_codes_whose_new_wording_was_not_read_are_those_of_the_changes(
    catalogue: Catalogue, shared: Path
):
    changes = rows_of(shared / "data" / "low" / "changes_2026-12-09.csv")
    unread = {"rewritten", "modified", "replaced"}
    begins = tuple(row["code"] for row in changes if row["change"] in unread)
    marked = {code for code, row in catalogue.waste_codes.items() if row.to_confirm_from}
    assert marked == {code for code in catalogue.waste_codes if code.startswith(begins)} != set()


def test_a_heat_pump_costs_at_least_its_electricity(catalogue: Catalogue):
    """What comes out beyond the heat that went in was bought: 0.35 MWh at 125 EUR is 43.75 EUR."""
    price = catalogue.factor("electricity_price")
    assert price is not None
    pumps = [row for row in catalogue.compatibilities.values() if row.process == "heat_pump"]
    assert pumps
    for row in pumps:
        bought = row.yield_per_unit - 1
        assert row.cost_eur_per_unit > bought * price.value
        assert row.cost_low > bought * price.low and row.cost_high > bought * price.high


def test_emission_figures_are_those_that_were_read(catalogue: Catalogue, shared: Path):
    name = "defra_2025_waste_freight_material_water.csv"
    read = {
        float(row["GHG Conversion Factor 2025"])
        for row in rows_of(shared / "data" / "factors" / name)
        if row["GHG Conversion Factor 2025"] not in ("", "N/A")
    }
    cited = [row for row in catalogue.factors.values() if row.source.startswith("DESNZ")]
    assert len(cited) > 40
    for row in cited:
        assert any(abs(row.value - figure) < 1e-4 for figure in read), row.key


def test_the_waste_tax_is_that_of_the_year(catalogue: Catalogue, shared: Path):
    """Landfill: one rate a year from 2026 on; in 2025 all kinds of landfill pay the same."""
    rates = {
        int(row["annee"]): float(row["tarif"])
        for row in rows_of(shared / "data" / "factors" / "tgap_dechets_fr.csv")
        if row["operation"] == "stockage_dnd" and int(row["annee"]) >= 2025
    }
    assert sorted(rates) == list(range(2025, 2031))
    for year, rate in rates.items():
        row = catalogue.factor("tax", outlet="landfill", as_of=datetime.date(year, 7, 1))
        assert row is not None and row.value == rate and row.year == year
    assert catalogue.factor("tax", outlet="landfill", as_of=datetime.date(2031, 1, 1)) is None


def test_the_tax_on_burning_follows_the_plant(catalogue: Catalogue, shared: Path):
    """From 2026: an efficient plant pays least, sorting residues less still, the others most."""
    rows = rows_of(shared / "data" / "factors" / "tgap_dechets_fr.csv")
    kinds = {
        "low": "résidus de tri performant, installation >= 70 %",
        "value": "performance énergétique 65-100 %",
        "high": "performance énergétique < 65 %",
    }
    for year in range(2026, 2031):
        day = datetime.date(year, 7, 1)
        efficient = catalogue.factor("tax", outlet="energy_recovery", as_of=day)
        other = catalogue.factor("tax", outlet="incineration", as_of=day)
        read = {
            end: float(row["tarif"])
            for end, kind in kinds.items()
            for row in rows
            if row["categorie"] == kind and row["annee"] == str(year)
        }
        assert {end: getattr(efficient, end) for end in kinds} == read
        assert other is not None and other.value == other.high == read["high"]


def test_prices_of_water_and_emissions_of_fuels_are_those_that_were_read(
    catalogue: Catalogue, shared: Path
):
    """Gas: 0.215 kg a kWh gross is 239 kg a MWh net (1.111), and 265.4 a MWh of heat at 90 %."""
    folder = shared / "data" / "factors"
    water = {
        row["item"]: float(row["valeur"])
        for row in rows_of(folder / "divers_fr.csv")
        if row["annee"] == "2023-01-01"
    }
    energy = {
        (row["energie"], row["unite"]): float(row["valeur"])
        for row in rows_of(folder / "chaleur_facteurs_base_empreinte.csv")
    }
    gas = energy["gaz naturel", "kgCO2e/kWh PCS"] * 1.111 * 1000
    expected = {
        "purchase_water_drinking": water["eau potable, prix moyen TTC"],
        "disposal_water_discharge": water["assainissement collectif, prix moyen TTC"],
        "emission_purchase_natural_gas": gas,
        "emission_purchase_heat_hot_water": gas / 0.9,
        "emission_purchase_biomethane": energy["biogaz/biométhane", "kgCO2e/kWh PCI"] * 1000,
        "emission_fuel_oil": energy["fioul domestique", "kgCO2e/kWh"] * 1000,
    }
    for key, figure in expected.items():
        assert catalogue.factors[key].value == pytest.approx(figure, rel=2e-3), key


def test_the_tax_on_hazardous_waste_is_another(catalogue: Catalogue, shared: Path):
    read = {
        row["operation"]: float(row["tarif"])
        for row in rows_of(shared / "data" / "factors" / "tgap_dechets_fr.csv")
        if row["categorie"] == "dangereux"
    }
    for outlet, operation in (
        ("landfill", "stockage_dd"),
        ("incineration", "traitement_thermique_dd"),
    ):
        now = catalogue.factor("tax", "solvents", outlet, as_of=TODAY)
        later = catalogue.factor("tax", "solvents", outlet, as_of=datetime.date(2028, 1, 1))
        assert now is not None and now.value == now.high == read[operation]
        assert later is not None and later.high > later.value, "indexed, and the index is not known"


def test_the_page_of_the_tables_says_how_many_rows_they_have():
    page = (ROOT / "datasets" / "README.md").read_text(encoding="utf-8")
    told: dict[str, int] = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = re.findall(r"`(\w+\.csv)`", cells[0])
        if names and len(cells) == 4:
            numbers = [int(n.replace(",", "")) for n in cells[2].split(", ")]
            told.update(zip(names, numbers, strict=True))
    paths = sorted(default_folder().glob("*.csv"))
    assert told == {path.name: len(rows_of(path)) for path in paths}
