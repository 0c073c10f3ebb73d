"""Each check of a cell or of a row, by its stable code."""

import datetime

import pytest

from matcher.declarations import EVERY_MONTH
from matcher.errors import Severity
from tests.matcher.reading.conftest import FLOW, SITE


def test_a_good_row_gives_no_problem(read_flow):
    read = read_flow(amount="12,5", unit="t", today_outlet="décharge", sorted="Seul")

    assert read.problems == ()
    flow = read.survey.flows["F1"]
    assert (flow.amount, flow.resource, flow.today_outlet, flow.row) == (
        12.5,
        "sawdust",
        "landfill",
        2,
    )


def test_empty_is_not_known_and_zero_is_an_answer(read_flow):
    assert read_flow().survey.flows["F1"].amount is None
    assert read_flow(amount="0", unit="t").survey.flows["F1"].amount == 0


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"amount": "env. 12t", "unit": "t"}, "not-a-number"),
        ({"amount": "1.250", "unit": "t"}, "number-ambiguous"),
        ({"amount": "-3", "unit": "t"}, "number-negative"),
        ({"amount": "12"}, "unit-missing"),
        ({"amount": "12", "unit": "brouettes"}, "unit-unknown"),
        ({"amount": "12", "unit": "MWh"}, "unit-of-another-kind"),
        ({"amount_low": "9", "amount_high": "3", "unit": "t"}, "amounts-reversed"),
        ({"direction": "sorti"}, "not-in-list"),
        ({"direction": ""}, "cell-required"),
        ({"site_id": "S9"}, "reference-unknown"),
        ({"flow_id": "S1"}, "identifier-twice"),
        ({"contract_end": "31/02/2027"}, "no-such-day"),
        ({"contract_end": "31/12/26"}, "date-short-year"),
        ({"contract_end": "fin 2027"}, "not-a-date"),
        ({"contract_end": "31/12/9027"}, "date-too-far"),
        ({"available_from": "2027-05-01", "available_until": "2027-04-01"}, "dates-reversed"),
        ({"months": "13"}, "month-out-of-range"),
        ({"months": "|".join(["0,05"] * 12)}, "shares-sum"),
        ({"temperature_c": "-300"}, "below-absolute-zero"),
        ({"hours_of_day": "25-3"}, "clock-unreadable"),
        ({"backup_needed": "parfois"}, "not-yes-or-no"),
        ({"max_partners": "1,5"}, "not-a-whole-number"),
        ({"max_partners": "0"}, "number-out-of-range"),
        ({"amount": "#REF!", "unit": "t"}, "error-cell"),
        ({"amount": "1e300", "unit": "t"}, "number-too-large"),
        ({"today_eur_per_unit": "-2e12", "unit": "t"}, "number-too-large"),
    ],
)
def test_an_error_keeps_the_row_out_and_says_where(read_flow, cells, code):
    read = read_flow(**cells)

    assert read.errors == [code]
    assert read.survey.flows == {}, "the good rows stay, this one does not"
    assert set(read.survey.sites) == {"S1"}
    problem = read.problem(code)
    assert (problem.file, problem.row) == ("flows.csv", 2)
    assert problem.column in {*FLOW, *cells}
    assert problem.remedy


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"resource": "sciurre"}, "resource-not-recognised"),
        ({"resource": "zzqqxx"}, "resource-like-nothing"),
        ({"resource": "99 99 99"}, "waste-code-unknown"),
        ({"resource": "20 01 34"}, "waste-code-ending"),
        ({"resource": "heat_hot_water"}, "heat-without-temperature"),
        (
            {"resource": "heat_hot_water", "temperature_c": "60", "return_temperature_c": "80"},
            "return-not-cooler",
        ),
        (
            {
                "resource": "heat_hot_water",
                "amount": "4500",
                "unit": "MWh",
                "temperature_c": "85",
                "power_kw": "100",
            },
            "power-too-small",
        ),
        ({"amount": "30", "unit": "m³"}, "unit-assumed"),
        ({"amount": "?", "unit": "t"}, "read-as-not-known"),
        ({"amount": "je ne sais pas", "unit": "t"}, "read-as-not-known"),
        (
            {"amount": "9", "amount_low": "1", "amount_high": "3", "unit": "t"},
            "amount-outside-range",
        ),
        ({"contract_end": "2025-12-31"}, "contract-ended"),
        ({"description": "sciure tr\ufffds fine"}, "broken-letters"),
        ({"description": "sciure trÃ¨s fine"}, "broken-letters"),
        ({"description": "déchet d’Ã©té"}, "broken-letters"),
        ({"description": "bois trait\u017d"}, "broken-letters"),
        ({"amount": "100000", "unit": "t", "site": {"headcount": "3"}}, "amount-implausible"),
        ({"today_way": "pays", "today_eur_per_unit": "-28", "unit": "t"}, "price-sign-pays"),
        ({"today_way": "is_paid", "today_eur_per_unit": "-28", "unit": "t"}, "price-sign-is-paid"),
        ({"today_way": "free", "today_eur_per_unit": "28", "unit": "t"}, "price-though-free"),
        ({"today_way": "pays", "today_eur_per_unit": "28"}, "price-without-unit"),
        ({"today_way": "pays", "today_eur_per_year": "280"}, "yearly-price-without-amount"),
        (
            {
                "today_outlet": "landfill",
                "today_way": "is_paid",
                "today_eur_per_unit": "28",
                "unit": "t",
            },
            "paid-for-disposal",
        ),
        ({"site": {"siret": "123"}}, "siret-not-14-digits"),
        ({"site": {"siret": "123 456 789 01234"}}, "siret-check-digit"),
        ({"site": {"siret": "999801079"}}, "siret-is-a-siren"),
        ({"site": {"siret": "9,998E+13"}}, "siret-rounded"),
        ({"site": {"latitude": "", "longitude": ""}}, "position-missing"),
        ({"site": {"activity_code": "bois"}}, "activity-code-form"),
    ],
)
def test_a_doubt_keeps_the_row_and_is_said(read_flow, cells, code):
    read = read_flow(**cells)

    assert read.errors == []
    assert read.warnings == [code]
    assert set(read.survey.flows) == {"F1"}
    assert read.survey.warnings == read.problems


@pytest.mark.parametrize(
    ("site", "code"),
    [
        ({"latitude": "96,9"}, "coordinate-out-of-range"),
        ({"latitude": "6690000", "longitude": "400000"}, "coordinate-out-of-range"),
        ({"latitude": "-1", "longitude": "46,9"}, "coordinates-swapped"),
        ({"latitude": "0", "longitude": "0"}, "coordinates-zero"),
        ({"longitude": ""}, "coordinate-alone"),
        ({"closed_months": "1-12"}, "closed-all-year"),
        ({"excluded": "Dupont SA"}, "excluded-unreadable"),
        ({"headcount": "-4"}, "number-negative"),
        ({"name": ""}, "cell-required"),
    ],
)
def test_what_is_wrong_with_a_site_is_said_once_and_not_again_for_each_flow(
    folder, read, site, code
):
    flows = [FLOW | {"flow_id": f"F{n}"} for n in range(3)]
    found = read(folder(sites=[SITE | site], flows=flows))

    assert set(found.errors) == {code}
    assert {problem.file for problem in found.problems} == {"sites.csv"}
    assert found.survey.flows == {}, "a flow waits for its site"


def test_all_problems_of_all_tables_come_at_once(folder, read):
    found = read(
        folder(
            sites=[SITE, SITE | {"latitude": "99"}, SITE | {"site_id": "S2", "name": ""}],
            flows=[FLOW | {"amount": "beaucoup"}, FLOW | {"flow_id": "F2", "site_id": "S8"}],
            equipment=[
                {
                    "item_id": "E1",
                    "site_id": "S1",
                    "direction": "offer",
                    "equipment": "grue",
                    "hours_per_month": "5",
                    "h01": "3",
                }
            ],
            qualities=[{"flow_id": "F1", "parameter": "eau", "min": "5", "max": "3"}],
        )
    )

    assert sorted(found.errors) == sorted(
        [
            "coordinate-out-of-range",
            "identifier-twice",
            "cell-required",
            "not-a-number",
            "reference-unknown",
            "hours-twice",
            "quality-range",
        ]
    )


def test_an_excluded_firm_is_never_dropped_because_it_could_not_be_read(folder, read):
    found = read(folder(sites=[SITE | {"excluded": "999 801 079|pas eux"}]))

    assert found.errors == ["excluded-unreadable"]
    assert found.survey.sites == {}


def test_la_poste_numbers_its_sites_by_its_own_rule(read_flow):
    """Luhn does not hold, but the digits add up to a multiple of five: 3+5+6+1+5 = 20."""
    assert read_flow(site={"siret": "356 000 000 00015"}).warnings == []


def test_a_wrong_word_of_a_closed_list_brings_the_nearest_one(read_flow):
    problem = read_flow(today_outlet="incinérateur").problem("not-in-list")

    assert problem.details["nearest"] == "incinération"
    assert "décharge (landfill)" in problem.message("fr")
    assert problem.value == "incinérateur"


def test_a_word_that_is_far_from_all_of_a_list_brings_the_list_and_no_guess(read_flow):
    """ "paie" is nearest to "on vous paie", which is the contrary of what its writer may mean."""
    problem = read_flow(today_way="paie").problem("not-listed")

    assert "le plus proche" not in problem.message("fr")
    assert "vous payez (pays), on vous paie (is_paid)" in problem.message("fr")


def test_an_unknown_unit_brings_the_list_of_known_ones(read_flow):
    message = read_flow(amount="3", unit="brouettes").problem("unit-unknown").message("fr")

    assert "palette" in message
    assert "MWh" in message


def test_unknown_words_are_kept_with_the_nearest_names(read_flow):
    read = read_flow(resource="sciur de boi", amount="3", unit="t")

    assert read.survey.flows["F1"].resource is None
    assert read.survey.flows["F1"].declared_resource == "sciur de boi"
    assert "(sawdust)" in read.problem("resource-not-recognised").details["nearest"]


def test_a_waste_code_keeps_its_digits_and_gives_its_resource(read_flow):
    flow = read_flow(resource="10 09 08").survey.flows["F1"]

    assert (flow.waste_code, flow.resource) == ("100908", "foundry_sand")


@pytest.mark.parametrize("description", ["", "restes divers du bassin", "sciure et calamine"])
def test_a_code_that_says_too_little_asks_for_plain_words(read_flow, description):
    """12 01 99, other remains of machining: nothing named, nothing known, or two things."""
    read = read_flow(resource="12 01 99", description=description)

    flow = read.survey.flows["F1"]
    assert (flow.waste_code, flow.resource) == ("120199", None)
    assert read.warnings == ["waste-code-says-too-little"]
    assert "12 01 99" in read.problem("waste-code-says-too-little").remedy


def test_a_code_that_says_too_little_takes_the_one_thing_its_description_names(read_flow):
    read = read_flow(resource="03 03 99", description="Sciures humides de l'écorçage")

    flow = read.survey.flows["F1"]
    assert (flow.waste_code, flow.resource) == ("030399", "sawdust")
    assert read.warnings == ["resource-from-description"]
    assert "Sciure" in read.problem("resource-from-description").rule


def test_a_hazardous_code_is_never_taken_for_a_harmless_resource(read_flow):
    """11 01 98 is hazardous and says little, 17 09 01 is mercury: no word makes them rubble."""
    plain = read_flow(resource="17 01 07", description="gravats")
    mercury = read_flow(resource="17 09 01", description="gravats")
    hazardous = read_flow(resource="11 01 98", description="gravats")

    assert plain.survey.flows["F1"].resource is not None
    assert mercury.survey.flows["F1"].resource == "mercury_waste"
    assert hazardous.survey.flows["F1"].resource is None
    assert hazardous.warnings == ["waste-code-says-too-little"]


def test_a_deleted_waste_code_names_its_successors(folder, read):
    later = read(folder(flows=[FLOW | {"resource": "20 01 34"}]), as_of=datetime.date(2027, 1, 1))
    problem = later.problem("waste-code-deleted")

    assert problem.details["date"] == datetime.date(2026, 12, 9)
    assert "20 01 4" in problem.details["successors"]


def test_nothing_is_compared_with_a_date_when_none_is_given(folder, read):
    path = folder(flows=[FLOW | {"resource": "20 01 34", "contract_end": "2020-01-01"}])

    assert read(path, as_of=None).problems == ()


def test_months_default_to_those_when_the_site_is_open(read_flow):
    """Eleven open months share the year; August has none."""
    assert read_flow().survey.flows["F1"].month_shares == EVERY_MONTH
    shares = read_flow(site={"closed_months": "8"}).survey.flows["F1"].month_shares
    assert shares[7] == 0
    assert shares[0] == pytest.approx(1 / 11)
    declared = read_flow(months="7-8", site={"closed_months": "8"}).survey.flows["F1"]
    assert declared.month_shares[7] == pytest.approx(0.5)
    assert declared.months_declared


def test_the_same_firm_twice_and_a_closed_one_are_doubts(folder, read, tmp_path):
    register = tmp_path / "register.csv"
    register.write_text("siret;name\n99980114500015;Salaisons\n", encoding="utf-8")
    sites = [
        SITE | {"siret": "99980107900016"},
        SITE | {"site_id": "S2", "siret": "99980107900016"},
    ]
    found = read(folder(sites=sites), register=register)

    assert sorted(found.warnings) == [
        "siret-not-in-register",
        "siret-not-in-register",
        "siret-twice",
    ]
    assert found.errors == []


@pytest.mark.parametrize(
    ("tenure", "warned"),
    [("propriétaire", ["equipment-two-owners"]), ("", ["equipment-two-owners"]), ("locataire", [])],
)
def test_a_machine_with_two_owners_is_a_doubt_unless_one_rents_it(folder, read, tenure, warned):
    item = {
        "item_id": "E1",
        "site_id": "S1",
        "direction": "offre",
        "equipment": "Grue",
        "spec": "n° 4411",
        "tenure": "propriétaire",
        "hours_per_month": "10",
    }
    sites = [SITE, SITE | {"site_id": "S2", "name": "Fonderie"}]
    theirs = item | {"item_id": "E2", "site_id": "S2", "tenure": tenure}
    found = read(folder(sites=sites, equipment=[item, theirs]))

    assert found.warnings == warned


def test_days_a_week_become_hours_a_month_of_seven_hours(folder, read):
    """1.5 days x 7 h x 52 weeks / 12 months = 45.5 h, not in the closed August."""
    job = {"job_id": "J1", "site_id": "S1", "title": "soudeur", "days_per_week": "1,5"}
    found = read(folder(sites=[SITE | {"closed_months": "8"}], jobs=[job]))

    hours = found.survey.jobs["J1"].hours_by_month
    assert hours[0] == pytest.approx(45.5)
    assert hours[7] == 0


def test_an_occupation_that_is_not_among_our_tables_is_kept(folder, read):
    """J1102, a doctor, is a ROME code that firms seldom share: it has no row of ours."""
    job = {"job_id": "J1", "site_id": "S1", "title": "médecin", "occupation": "J1102"}
    found = read(folder(jobs=[job | {"days_per_week": "1"}]))

    assert (found.errors, found.warnings) == ([], ["occupation-not-listed"])
    assert found.survey.jobs["J1"].occupation == "J1102"


def test_a_job_without_hours_and_an_old_certificate_are_doubts(folder, read):
    job = {"job_id": "J1", "site_id": "S1", "title": "soudeur"}
    item = {
        "item_id": "E1",
        "site_id": "S1",
        "direction": "need",
        "equipment": "grue",
        "area_m2": "500",
        "months": "2-6",
        "certificate_until": "2026-10-31",
    }
    found = read(folder(jobs=[job], equipment=[item]))

    assert sorted(found.warnings) == ["certificate-past", "job-without-hours"]
    assert found.survey.equipment["E1"].hours_by_month[:3] == (0, 500, 500)


def test_problems_beyond_a_thousand_are_counted_not_listed(folder, read):
    flows = [FLOW | {"flow_id": f"F{n}", "amount": "beaucoup"} for n in range(1_500)]
    found = read(folder(flows=flows))

    assert found.errors.count("not-a-number") == 1_000
    assert found.problem("more-problems").details == {"count": 500}


def test_a_message_names_place_value_rule_and_remedy_in_both_languages(read_flow):
    problem = read_flow(amount="env. 12t", unit="t").problem("not-a-number")

    assert problem.severity is Severity.ERROR
    assert problem.message("fr").startswith(
        "flows.csv, ligne 2, colonne « amount » : « env. 12t » n’est pas un nombre. Écrivez"
    )
    assert str(problem).startswith("flows.csv, row 2, column 'amount': 'env. 12t' is not a number.")
