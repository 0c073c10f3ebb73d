"""The made-up territory holds what it says: its rows, its planted synergies, its traps."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "datasets" / "demo"
TABLES = (
    "sites", "places", "permits", "flows", "qualities", "equipment", "jobs", "pools", "wishes",
)  # fmt: skip
IDENTIFIERS = {
    "sites": "site_id", "flows": "flow_id", "equipment": "item_id", "jobs": "job_id",
    "pools": "pool_id",
}  # fmt: skip
SEED_KM = {  # km east and north of 46.90 N, 1.00 W
    "F01": (0, 0), "F02": (0.9, 0.5), "F03": (11, 5), "F04": (-7, 8), "F05": (-5, -6),
    "F06": (14, -9), "F07": (10, -7), "F08": (12, -13), "F09": (8, 2), "F10": (9, 3.2),
    "F11": (4, -1), "F12": (0.3, -0.6),
}  # fmt: skip
SUPPOSED_ONLY = {"F14", "F18", "F23", "F25", "F26", "F28", "F29", "F38"}
SILENT = {"F13", "F27", "F33", "F40"}
HOURS_OF_A_LEGAL_YEAR = 1607

Row = Mapping[str, str]


def rows_of(name: str) -> list[Row]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text: str) -> float:
    return float(text.replace(",", "."))


SURVEY = {name: rows_of(name) for name in TABLES}
SITES = {row["site_id"]: row for row in SURVEY["sites"]}
FLOWS = {row["flow_id"]: row for row in SURVEY["flows"]}
CASES = rows_of("expected/cases")


def passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def hours_by_month(job_id: str) -> list[float]:
    row = next(row for row in SURVEY["jobs"] if row["job_id"] == job_id)
    if row["hours_per_month"]:
        return [number(row["hours_per_month"])] * 12
    return [number(row[f"h{month:02d}"]) for month in range(1, 13)]


def road_km(one: str, other: str) -> float:
    """By the map's own kilometres and the detour factor of 1.3."""
    return 1.3 * math.dist(SEED_KM[one], SEED_KM[other])


def test_fills_every_table_of_the_contract() -> None:
    assert all(SURVEY.values())
    assert len(SITES) == 42
    assert 90 <= len(FLOWS) <= 110


def test_gives_every_row_an_id_of_its_own_over_all_tables() -> None:
    ids = [row[column] for table, column in IDENTIFIERS.items() for row in SURVEY[table]]

    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_refers_only_to_rows_that_exist() -> None:
    for table in ("permits", "flows", "equipment", "jobs", "pools", "wishes"):
        assert {row["site_id"] for row in SURVEY[table]} <= SITES.keys(), table
    assert {row["flow_id"] for row in SURVEY["qualities"]} <= FLOWS.keys()
    communes = {row["commune_code"] for row in SURVEY["places"]}
    assert {row["commune_code"] for row in SURVEY["sites"]} <= communes


def test_numbers_its_firms_so_that_the_key_is_right_and_the_invention_shows() -> None:
    for row in SURVEY["sites"]:
        if row["kind"] == "vacant":
            assert row["siret"] == ""
            continue
        assert row["siret"].startswith("9998")
        assert len(row["siret"]) == 14
        assert passes_luhn(row["siret"][:9]) and passes_luhn(row["siret"])


def test_has_one_site_that_answered_twice() -> None:
    sirets = Counter(row["siret"] for row in SURVEY["sites"] if row["siret"])

    assert [siret for siret, count in sirets.items() if count > 1] == [SITES["F19"]["siret"]]
    assert SITES["F42"]["siret"] == SITES["F19"]["siret"]


def test_puts_the_twelve_where_the_seed_puts_them() -> None:
    for site_id, (east_km, north_km) in SEED_KM.items():
        assert number(SITES[site_id]["latitude"]) == pytest.approx(
            46.90 + north_km / 111.2, abs=1e-5
        )
        assert number(SITES[site_id]["longitude"]) == pytest.approx(
            -1.00 + east_km / 76.0, abs=1e-5
        )


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [("F01", "F03", 15.7), ("F06", "F03", 18.6), ("F01", "F02", 1.34), ("F01", "F12", 0.87)],
)
def test_keeps_the_distances_that_the_cases_lean_on(one: str, other: str, km: float) -> None:
    assert road_km(one, other) == pytest.approx(km, abs=0.05)


def test_has_eight_firms_that_are_only_supposed_and_four_that_are_silent() -> None:
    bases: dict[str, set[str]] = {}
    for row in SURVEY["flows"]:
        bases.setdefault(row["site_id"], set()).add(row["basis"])
    declared = {
        row["site_id"]
        for table in ("flows", "equipment", "jobs", "pools", "wishes")
        for row in SURVEY[table]
    }

    assert {site for site, basis in bases.items() if basis == {"inferred"}} == SUPPOSED_ONLY
    assert SITES.keys() - declared == SILENT


def test_makes_two_jobs_that_hold_and_one_that_is_too_long() -> None:
    """By hand: F06 600 h + F07 330 h + F02 370 h = 1,300 h; F01 460 + F05 540 + F10 336 = 1,336 h;
    with the 360 h of F09, 1,696 h are 89 beyond the legal year.
    """
    line = [hours_by_month(f"{site}-ligne") for site in ("F02", "F06", "F07")]
    safety = [hours_by_month(f"{site}-hse") for site in ("F01", "F05", "F10")]
    by_month = [sum(hours) for hours in zip(*line, strict=True)]

    assert sum(by_month) == 1300
    assert by_month[:2] == [0, 0]
    assert sum(map(sum, safety)) == 1336
    assert sum(map(sum, safety)) + sum(hours_by_month("F09-hse")) == HOURS_OF_A_LEGAL_YEAR + 89


def test_counts_the_seats_of_the_common_training() -> None:
    """By hand: 5 + 6 + 8 + 4 = 23 seats at 620 EUR, less three sessions at 2,900 EUR: 5,560 EUR."""
    seats = [row for row in SURVEY["pools"] if row["pool_id"].endswith("-caces")]

    assert sum(number(row["amount"]) for row in seats) == 23
    assert sum(number(row["eur_per_year"]) for row in seats) - 3 * 2900 == 5560


def test_shuts_out_its_neighbour_where_the_cases_say_so() -> None:
    assert SITES["F09"]["excluded"] == SITES["F01"]["siret"][:9]


def test_expects_only_what_somebody_declared() -> None:
    known = {row[column] for table, column in IDENTIFIERS.items() for row in SURVEY[table]}
    named = {
        declaration
        for case in CASES
        for column in ("giver_declaration", "taker_declaration")
        for declaration in case[column].split("|")
        if declaration
    }

    assert named <= known
    assert len({case["case_id"] for case in CASES}) == len(CASES)
    assert all(case["code"] for case in CASES if case["kind"] != "synergy")
