"""Each check of a machine, a floor or a purchase, by its stable code."""

import pytest

SHARED = {"item_id": "E1", "site_id": "S1", "direction": "need", "equipment": "press_brake"}
BOUGHT = {"pool_id": "P1", "site_id": "S1", "category": "forklift_training"}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"hours_per_month": "-5"}, "number-negative"),
        ({"eur_per_hour": "-30", "hours_per_month": "5"}, "number-negative"),
        ({"purchase_eur": "-4000", "hours_per_month": "5"}, "number-negative"),
        ({"hours_per_month": "5", "months": "1-13"}, "month-out-of-range"),
        (
            {"hours_per_month": "5", "months": "|".join(["0,1"] * 10 + ["0"] * 3)},
            "shares-not-twelve",
        ),
        ({"hours_per_month": "5", "h03": "5"}, "hours-twice"),
        ({"hours_per_month": "5", "life_years": "0"}, "life-nought"),
        ({"hours_per_month": "5", "from": "2027-05-01", "to": "2027-03-01"}, "dates-reversed"),
        ({"hours_per_month": "5", "mode": "troc"}, "not-listed"),
    ],
)
def test_equipment_that_cannot_be_is_an_error_at_its_cell(folder, read, cells, code):
    found = read(folder(equipment=[SHARED | cells]))

    assert found.errors == [code]
    assert found.problem(code).row == 2
    assert found.survey.equipment == {}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({}, "equipment-without-hours"),
        ({"hours_per_month": "900"}, "hours-above-month"),
        ({"hours_per_month": "5", "equipment": "machine à rêver"}, "equipment-not-listed"),
        ({"hours_per_month": "5", "mode": "co_buy"}, "purchase-without-price"),
        ({"hours_per_month": "5", "certificate_until": "2026-01-01"}, "certificate-past"),
        ({"area_m2": "5", "equipment": "storage_area", "mode": "lend"}, "floor-is-used-on-site"),
    ],
)
def test_doubtful_equipment_is_kept_and_asked_about(folder, read, cells, code):
    found = read(folder(equipment=[SHARED | cells]))

    assert (found.errors, found.warnings) == ([], [code])
    assert set(found.survey.equipment) == {"E1"}


def test_a_word_that_is_nearly_a_machine_is_shown_the_ones_it_is_like(folder, read):
    found = read(
        folder(equipment=[SHARED | {"equipment": "presse plieuze", "hours_per_month": "5"}])
    )

    assert "Presse plieuse (press_brake)" in found.problem("equipment-not-listed").message("fr")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"eur_per_year": "-3100", "amount": "5"}, "number-negative"),
        ({"eur_per_year": "3100", "amount": "-5"}, "number-negative"),
        ({"eur_per_year": "3100", "amount": "5", "notice_months": "-2"}, "number-negative"),
        (
            {"eur_per_year": "3100", "amount": "5", "from": "2027-05-01", "to": "2027-03-01"},
            "dates-reversed",
        ),
    ],
)
def test_a_purchase_that_cannot_be_is_an_error_at_its_cell(folder, read, cells, code):
    found = read(folder(pools=[BOUGHT | cells]))

    assert (found.errors, found.warnings) == ([code], [])  # no doubt about what the error empties
    assert found.survey.pools == {}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"amount": "5"}, "pool-without-spending"),
        ({"eur_per_year": "3100"}, "pool-without-amount"),
        ({"eur_per_year": "3100", "amount": "5", "unit": "brouettes"}, "pool-unit-unknown"),
        ({"eur_per_year": "3100", "amount": "5", "category": "nuages"}, "category-not-listed"),
        (
            {"eur_per_year": "3100", "amount": "5", "contract_end": "2026-01-01"},
            "contract-ended",
        ),
    ],
)
def test_a_doubtful_purchase_is_kept_and_asked_about(folder, read, cells, code):
    found = read(folder(pools=[BOUGHT | cells]))

    assert (found.errors, found.warnings) == ([], [code])
    assert set(found.survey.pools) == {"P1"}


def test_heads_are_seats_and_a_purchase_twice_is_a_doubt(folder, read):
    row = BOUGHT | {"eur_per_year": "3100", "participants": "5"}

    found = read(folder(pools=[row, row | {"pool_id": "P2"}]))

    assert found.warnings == ["pool-twice"]


def test_hours_of_a_thirteenth_month_are_an_error_of_the_header(folder, read):
    found = read(folder(equipment=[SHARED | {"h01": "5", "h13": "5"}]))

    assert found.errors == ["column-month-beyond"]
    assert "une année en a douze" in found.problem("column-month-beyond").message("fr")
