"""Shared posts, loans of staff and top-ups out of a survey: the demo, each gate, the laws."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates.bundles import Gate
from matcher.declarations import Job, JobDirection, SiteKind, Survey, WorkingPattern
from matcher.errors import SettingsError
from matcher.groups.hiring import build_hiring
from matcher.reading import read_survey
from matcher.settings import Settings
from matcher.terms import Audience
from tests.matcher.groups.a_round import CATALOGUE, SETTINGS, a_site, months, siren_of

DEMO = Path(__file__).resolve().parents[3] / "datasets" / "demo"


@pytest.fixture(scope="module")
def demo():
    return build_hiring(read_survey(DEMO), CATALOGUE, SETTINGS)


def a_job(site_id, amount=50, which=range(1, 13), **said):
    said.setdefault("title", "Technicien sécurité")
    said.setdefault("occupation", "H1303")
    said.setdefault("job_id", f"{site_id}-{said['occupation']}")
    said.setdefault("hours_by_month", months(amount, which))
    return Job(site_id=site_id, **said)


def a_survey(sites, jobs):
    return Survey(
        sites={site.site_id: site for site in sites}, jobs={job.job_id: job for job in jobs}
    )


def built(sites, jobs, settings=SETTINGS):
    return build_hiring(a_survey(sites, jobs), CATALOGUE, settings)


def two(one=None, other=None, site=None, second=None, settings=SETTINGS):
    """Two level needs, 65 and 50 h a month: 1 380 h, 86 % of a year, 57 % at the first."""
    sites = [a_site("a", **(site or {})), a_site("b", 8, **(second or {}))]
    jobs = [a_job("a", **({"amount": 65} | (one or {}))), a_job("b", **(other or {}))]
    return built(sites, jobs, settings)


def reason_of(found, job_id, gate):
    return next(
        refusal.reason
        for refusal in found.refusals
        if refusal.declaration_id == job_id and refusal.gate is gate
    )


def cases(kind):
    with (DEMO / "expected" / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return [row for row in rows if row["kind"] == kind and row["family"] == "jobs"]


@pytest.mark.parametrize("case", cases("synergy"), ids=lambda case: case["case_id"])
def test_every_good_synergy_of_jobs_on_the_demo_is_proposed(demo, case):
    wanted = {
        name
        for column in ("giver_declaration", "taker_declaration")
        for name in case[column].split("|")
        if name
    }

    (bundle,) = [each for each in demo.bundles if set(each.declaration_ids) == wanted]
    assert bundle.is_credible


@pytest.mark.parametrize("case", cases("trap"), ids=lambda case: case["case_id"])
def test_every_trap_of_jobs_on_the_demo_is_refused_for_its_one_reason(demo, case):
    wanted = {name for name in case["taker_declaration"].split("|") if name}

    assert not [each for each in demo.bundles if wanted <= set(each.declaration_ids)]
    told = {
        refusal.reason.code: refusal.reason
        for refusal in demo.refusals
        if {refusal.declaration_id, *refusal.others} == wanted
    }
    assert case["code"] in told
    if case["gap"]:
        assert told[case["code"]].gap == pytest.approx(float(case["gap"]))
        assert told[case["code"]].unit == case["gap_unit"]


def test_the_safety_officer_of_the_demo_has_the_load_worked_by_hand(demo):
    """1 336 h of 1 607; without F05, 796 h: 50 %. Today: 460 h of a consultant at 65 EUR, and
    876 h at an agency's 18 x 2.05 = 36.9 EUR.
    """
    bundle = demo.bundles[0]
    figures = {(figure.code.split(".")[-1], figure.site_id): figure for figure in bundle.figures}

    assert bundle.members[0].declaration_id == "F05-hse"
    assert figures["load", None].value == pytest.approx(1336 / 1607)
    assert figures["load-without", "F05"].value == pytest.approx(796 / 1607)
    assert figures["today", None].value == pytest.approx((460 * 65 + 876 * 36.9) / 1336)
    assert sum(figures["leave", None].by_month) == 25
    low, high = figures["rate-low", None].value, figures["rate-high", None].value
    assert low < figures["rate", None].value < high


def test_two_drivers_are_lent_at_cost_in_february_and_march(demo):
    """150 h each month; pay 13.5 x 1.18 x 1.1326 = 18.04 EUR, against 31 today."""
    bundle = next(each for each in demo.bundles if each.instrument == "staff_loan")

    assert bundle.amount_per_year == 300
    assert [month for month, h in enumerate(bundle.members[0].amount_by_month, 1) if h] == [2, 3]
    assert bundle.price_low == bundle.fair_price == bundle.price_high
    assert bundle.fair_price == pytest.approx(13.5 * 1.18 * 151.67 * 12 / 1607)
    assert {"staff_loan_non_profit", "staff_loan_agreement"} <= set(bundle.conditions)


def test_nobody_loses_and_the_members_gains_add_up(demo):
    for bundle in demo.bundles:
        assert all(member.gain.value > 0 for member in bundle.members)
        assert sum(member.gain.value for member in bundle.members) == pytest.approx(bundle.worth)
        assert bundle.value.low <= bundle.value.value <= bundle.value.high


def test_every_condition_and_factor_is_in_the_tables(demo):
    conditions = {check.condition for check in CATALOGUE.legal_checks.values()}

    for bundle in demo.bundles:
        assert set(bundle.conditions) <= conditions
        assert set(bundle.factors) <= set(CATALOGUE.factors)
        assert bundle.object in CATALOGUE.occupations


def test_a_refusal_is_for_the_agent_alone(demo):
    assert {refusal.reason.audience for refusal in demo.refusals} == {Audience.AGENT}


def test_what_a_firm_reads_does_not_move_with_the_hours_of_the_others():
    told = [
        [fact.message for fact in found.bundles[0].facts if fact.audience is Audience.FIRM]
        for found in (two(), two(other={"amount": 54}))
    ]

    assert told[0] == told[1] != []


def test_two_needs_make_a_post_in_a_groupement():
    (bundle,) = two().bundles

    assert bundle.instrument == "groupement_new_post"
    assert bundle.amount_per_year == pytest.approx(12 * 115)
    assert bundle.distance_km == pytest.approx(8.0, rel=1e-4)
    assert {"groupement_solidarity", "collective_agreements", "vte_option"} <= set(
        bundle.conditions
    )


def test_one_agreement_known_on_both_sides_raises_no_question_of_agreement():
    (bundle,) = two(site={"idcc": "3248"}, second={"idcc": "3248"}).bundles

    assert "collective_agreements" not in bundle.conditions


def test_fewer_hours_make_a_part_time_post():
    """55 and 45 h a month: 1 200 h, 26.1 h a week, so 27; 24 h a week is the least."""
    (bundle,) = two(one={"amount": 55}, other={"amount": 45}).bundles

    assert bundle.instrument == "groupement_part_time"
    assert "part_time_contract" in bundle.conditions
    paid = next(figure for figure in bundle.figures if figure.code.endswith("paid"))
    assert paid.value == pytest.approx(27 / 35 * 1607)


def test_a_groupement_of_the_territory_is_asked_first_unless_a_member_shut_it_out():
    groupement = a_site("ge", 3, activity_code="78.30Z")
    sites = [a_site("a"), a_site("b", 8), groupement]
    jobs = [a_job("a", 65), a_job("b")]

    (asked,) = built(sites, jobs).bundles
    shut = replace(sites[0], excluded=frozenset({siren_of("ge")}))
    (avoided,) = built([shut, *sites[1:]], jobs).bundles

    assert asked.first_step.code.endswith("groupement")
    assert avoided.first_step.code.endswith("meet")
    names = [f"Firme {member.site_id}" for member in asked.members]
    assert f"réunir {names[0]} et {names[1]} :" in asked.first_step.text("fr")
    assert f"Réunir {names[0]}, {names[1]} et un groupement" in avoided.first_step.text("fr")


@pytest.mark.parametrize(
    ("said", "gate", "code", "gap"),
    [
        ({"second": {"excluded": frozenset({siren_of("a")})}}, Gate.EXCLUDED, "excluded", None),
        ({"other": {"max_distance_km": 5.0}}, Gate.TOO_FAR, "too-far", 3.0),
        ({"one": {"shift": "nuit", "amount": 65}}, Gate.SHIFT, "rest", 8.0),
        (
            {"second": {"working_pattern": WorkingPattern.WEEKEND}},
            Gate.SHIFT,
            "weekly-rest",
            1.0,
        ),
        (
            {"one": {"amount": 50}, "other": {"amount": 40}},
            Gate.LOAD,
            "not-enough-hours",
            1607 * 24 / 35 - 90 * 12,
        ),
        ({"other": {"amount": 75}}, Gate.YEARLY_HOURS, "over-legal-hours", 140 * 12 - 1607),
        (
            {"one": {"amount": 80}, "other": {"amount": 80, "which": range(1, 9)}},
            Gate.MONTHLY_HOURS,
            "month-too-full",
            160 - 1.05 * 151.67,
        ),
        ({"one": {"amount": 90}, "other": {"amount": 30}}, Gate.DOMINANT, "one-uses-too-much", 5.0),
        (
            {"one": {"amount": 65, "today_eur_per_hour": 10.0}, "other": {"today_eur_per_hour": 9}},
            Gate.DOES_NOT_PAY,
            "does-not-pay",
            None,
        ),
    ],
)
def test_each_gate_refuses_by_what_is_missing(said, gate, code, gap):
    found = two(**said)

    assert found.bundles == ()
    reason = reason_of(found, "a-H1303", gate)
    assert reason.code == code
    if gap is not None:
        assert reason.gap == pytest.approx(gap, abs=1e-4)


def test_a_competitor_is_refused_only_where_the_post_is_exclusive():
    trade = {"activity_code": "25.62B"}

    shared = two(site=trade, second=trade)
    exclusive = two(site=trade, second=trade, other={"exclusivity": True})

    assert "competitors_together" in shared.bundles[0].conditions
    assert reason_of(exclusive, "b-H1303", Gate.SPECIFICATION).code == "exclusivity"


def test_sites_of_one_firm_and_sites_without_position_share_nothing():
    one_firm = two(second={"siret": a_site("a").siret[:9] + "00029"})
    nowhere = built(
        [a_site("a"), replace(a_site("b"), latitude=None)], [a_job("a", 65), a_job("b")]
    )

    assert one_firm.bundles == ()
    assert reason_of(nowhere, "a-H1303", Gate.NOT_KNOWN).code == "position-not-known"


def test_a_public_member_and_a_closed_month_are_points_to_confirm():
    (bundle,) = two(site={"kind": SiteKind.PUBLIC, "closed_months": frozenset({8})}).bundles

    assert "groupement_public_member" in bundle.conditions
    assert "hiring.question.closed-month" in [question.code for question in bundle.questions]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"hours_by_month": None}, "hours-not-known"),
        ({"amount": 0}, "hours-nought"),
        ({"occupation": "Z9999"}, "trade-not-known"),
        ({"occupation": None, "title": "Personne de confiance", "job_id": "a"}, "trade-not-known"),
    ],
)
def test_what_is_not_known_is_asked(said, code):
    found = built([a_site("a")], [a_job("a", **said)])

    (refusal,) = found.refusals
    assert refusal.gate is Gate.NOT_KNOWN and refusal.reason.code == code


def test_a_trade_is_read_from_the_title_and_then_confidence_is_low():
    read = {"occupation": None, "title": "Cariste (F/H)", "job_id": "b-x"}
    found = two(one={"amount": 65, "occupation": "N1101", "job_id": "a-x"}, other=read)

    (bundle,) = found.bundles
    assert not bundle.is_credible
    assert "hiring.question.trade" in [question.code for question in bundle.questions]


def test_a_need_alone_is_told_so():
    found = built([a_site("a")], [a_job("a")])

    assert found.refusals[0].gate is Gate.ALONE


def test_a_need_of_two_people_is_met_one_at_a_time():
    """160 h a month are two people of 80 h; 80 + 50 is a post, and half the need is claimed."""
    (bundle,) = two(one={"amount": 160}).bundles

    assert bundle.amount_per_year == pytest.approx(130 * 12)
    assert bundle.claims["need", "a-H1303"] == 0.5


def test_a_loan_needs_the_licence_where_the_lender_names_others():
    cariste = {"occupation": "N1101", "title": "Cariste"}
    surplus = cariste | {"direction": JobDirection.SURPLUS, "amount": 60, "job_id": "a-s"}
    need = cariste | {"licences": frozenset({"CACES R489"}), "job_id": "b-n"}

    silent = two(one=surplus, other=need)
    holder = two(one=surplus | {"licences": frozenset({"caces r489"})}, other=need)
    lacking = two(one=surplus | {"licences": frozenset({"CACES R486"})}, other=need)

    assert len(silent.bundles) == len(holder.bundles) == 1
    assert reason_of(lacking, "b-n", Gate.LICENCE).code == "licence"


def test_a_top_up_pays_the_groupement_its_fee_and_no_more():
    """45 h a month of an operator: fee 8 % of 18.04 EUR."""
    preparer = {"occupation": "N1103", "title": "Préparateur"}
    found = two(
        one=preparer | {"direction": JobDirection.TOP_UP, "amount": 45},
        other=preparer | {"amount": 40, "today_eur_per_hour": 27.0},
    )

    (bundle,) = found.bundles
    cost = 13.5 * 1.18 * 151.67 * 12 / 1607
    assert bundle.instrument == "groupement_top_up"
    assert bundle.amount_per_year == 480
    assert bundle.members[0].gain.value == pytest.approx(0.08 * cost * 480)


def test_months_that_do_not_meet_make_no_loan():
    surplus = {"direction": JobDirection.SURPLUS, "amount": 100, "which": range(1, 4)}
    found = two(one=surplus, other={"amount": 100, "which": range(6, 9)})

    assert reason_of(found, "a-H1303", Gate.MONTHS_APART).gap == 35


def test_near_trades_may_share_and_are_asked_about():
    found = two(
        one={"amount": 65, "occupation": "H2102", "job_id": "a-x"},
        other={"occupation": "H3301", "job_id": "b-x"},
    )

    (bundle,) = found.bundles
    assert "hiring.question.two-trades" in [question.code for question in bundle.questions]


def test_declared_pay_is_what_the_post_is_paid():
    """Equal pay: as the better paying of the two, 20 EUR instead of 18."""
    usual, dear = two(), two(one={"amount": 65, "gross_eur_per_hour_low": 20.0})

    rate = [
        next(figure.value for figure in found.bundles[0].figures if figure.code.endswith(".rate"))
        for found in (usual, dear)
    ]
    assert rate[1] == pytest.approx(rate[0] * 20 / 18)


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_of_rows_changes_nothing(order):
    hours = {"a": 60, "b": 50, "c": 30, "d": 45}
    jobs = [a_job(name, hours[name]) for name in order]
    sites = [a_site(name, at) for at, name in enumerate("abcd")]

    assert built(sites[::-1], jobs) == built(sites, jobs[::-1])


@given(
    st.lists(st.sampled_from([25, 28, 40, 45, 60, 70]), min_size=2, max_size=6),
    st.floats(14, 40),
)
def test_no_bundle_claims_more_than_there_is_and_all_gain(hours, gross):
    sites = [a_site(f"s{at}", 2 * at) for at in range(len(hours))]
    jobs = [a_job(f"s{at}", each, gross_eur_per_hour_low=gross) for at, each in enumerate(hours)]

    found = built(sites, jobs)

    for bundle in found.bundles:
        assert all(used <= found.limits[key] + 1e-9 for key, used in bundle.claims.items())
        assert all(member.gain.value > 0 for member in bundle.members)
        assert bundle.amount_per_year <= 1607


def test_a_round_without_a_date_is_refused():
    with pytest.raises(SettingsError, match="date"):
        build_hiring(Survey(sites={}), CATALOGUE, Settings())
