"""Machines, floors and vehicles: what is a bundle, what it brings, what refuses the others."""

import datetime

import pytest

from matcher.candidates.bundles import Gate
from matcher.declarations import EquipmentMode, SiteKind, Survey, Tenure
from matcher.errors import SettingsError
from matcher.groups.sharing import build_sharing
from matcher.settings import Settings
from matcher.terms import Audience, Confidence, Role
from tests.matcher.groups.a_round import (
    CATALOGUE,
    SETTINGS,
    a_need,
    a_site,
    a_survey,
    an_offer,
    free_of_costs,
    siren_of,
)

SERVICE, LEND, ON_SITE = EquipmentMode.SERVICE, EquipmentMode.LEND, EquipmentMode.ON_SITE


def built(sites, equipment, settings=None):
    return build_sharing(a_survey(sites, equipment), CATALOGUE, settings or free_of_costs())


def two(offer, need, **said):
    """Host A and user B, ten kilometres apart."""
    return built([a_site("A"), a_site("B", 10)], [offer, need], **said)


def refusal_of(found, declaration_id):
    """The one refusal of a declaration."""
    (refusal,) = [each for each in found.refusals if each.declaration_id == declaration_id]
    return refusal


def test_a_machine_is_shared_at_the_middle_of_the_two_prices():
    """10 h a month at 60 EUR instead of 100: 120 h x 40 = 4 800 EUR, half to each, at 80 EUR/h."""
    found = two(an_offer("A", eur_per_hour=60), a_need("B", eur_per_hour=100))

    (bundle,) = found.bundles
    assert bundle.worth == pytest.approx(4_800)
    assert [(member.role, member.gain.value) for member in bundle.members] == [
        (Role.HOST, pytest.approx(2_400)),
        (Role.USER, pytest.approx(2_400)),
    ]
    assert (bundle.price_low, bundle.fair_price, bundle.price_high) == pytest.approx((60, 80, 100))
    assert bundle.amount_per_year == pytest.approx(120)
    assert bundle.confidence is Confidence.HIGH
    assert found.refusals == ()


def test_the_way_set_up_and_follow_up_are_paid_before_anybody_gains():
    """4 h a visit, 20 km there and back at 1 EUR: 5 EUR/h; 1 h of set-up a visit at 60 EUR: 15
    EUR/h; 100 EUR of follow-up. 120 h x (100 - 60 - 15 - 5) - 100 = 2 300 EUR.
    """
    settings = Settings(
        as_of=SETTINGS.as_of,
        factor_overrides={"sharing_follow_up": 100, "sharing_trip": 1, "hours_per_visit": 4},
    )

    found = two(an_offer("A", eur_per_hour=60), a_need("B", eur_per_hour=100), settings=settings)

    assert found.bundles[0].worth == pytest.approx(2_300, rel=1e-4)


def test_a_service_has_set_up_in_its_price_and_is_never_a_loan_of_staff():
    """The same without the 15 EUR/h of set-up: 120 x 35 - 100 = 4 100 EUR."""
    settings = Settings(
        as_of=SETTINGS.as_of,
        factor_overrides={"sharing_follow_up": 100, "sharing_trip": 1, "hours_per_visit": 4},
    )

    found = two(
        an_offer("A", eur_per_hour=60, mode=SERVICE),
        a_need("B", eur_per_hour=100),
        settings=settings,
    )

    assert found.bundles[0].worth == pytest.approx(4_100, rel=1e-4)
    assert found.bundles[0].instrument == "service_contract"
    assert "service_not_staff_loan" in found.bundles[0].conditions


@pytest.mark.parametrize("mode", [None, LEND, ON_SITE])
@pytest.mark.parametrize("spec", ["Centre 5 axes, avec opérateur", "5 axes, with its driver"])
def test_an_operator_who_comes_with_the_machine_makes_it_a_service(mode, spec):
    """Whatever mode was ticked: a person lent for money is not what is proposed."""
    found = two(an_offer("A", eur_per_hour=60, mode=mode, spec=spec), a_need("B", eur_per_hour=100))

    assert found.bundles[0].instrument == "service_contract"


def test_two_that_ask_for_different_contracts_are_refused_with_both_named():
    found = two(
        an_offer("A", eur_per_hour=60, mode=SERVICE), a_need("B", eur_per_hour=100, mode=LEND)
    )

    refusal = refusal_of(found, "B-need-machining_centre")
    assert refusal.gate is Gate.MODE
    assert "prestation avec opérateur" in refusal.reason.message.text("fr")
    assert "lending" in refusal.reason.message.text("en")


def test_a_machine_that_travels_is_lent_and_its_driver_needs_a_licence():
    found = two(
        an_offer("A", eur_per_hour=10, equipment="forklift"),
        a_need("B", eur_per_hour=30, equipment="forklift"),
    )

    assert found.bundles[0].instrument == "equipment_loan"
    assert {"machine_licence", "machine_certificate"} <= set(found.bundles[0].conditions)


def test_months_bind_the_machine_serves_when_both_can():
    """Free 4 h in January and February; 10 h wanted from February to March: 4 h in all."""
    found = two(
        an_offer("A", 4, [1, 2], eur_per_hour=60), a_need("B", 10, [2, 3], eur_per_hour=100)
    )

    assert found.bundles[0].members[1].amount_by_month == pytest.approx((0, 4, *[0] * 10))
    assert found.bundles[0].worth == pytest.approx(160)


def test_floor_that_is_free_in_other_months_is_refused_by_the_months_missing():
    """September to December against January to July: four months are never covered."""
    found = two(
        an_offer("A", 1200, range(1, 8), equipment="storage_area", eur_per_hour=4),
        a_need("B", 800, range(9, 13), equipment="storage_area", eur_per_hour=6),
    )

    refusal = refusal_of(found, "B-need-storage_area")
    assert (refusal.gate, refusal.reason.gap, refusal.reason.unit) == (
        Gate.MONTHS_APART,
        4,
        "month",
    )


def test_goods_do_not_move_twice_floor_covers_all_its_months_or_none():
    """June to September against January to July: two of four months are missing."""
    found = two(
        an_offer("A", 1200, range(1, 8), equipment="storage_area", eur_per_hour=4),
        a_need("B", 800, range(6, 10), equipment="storage_area", eur_per_hour=6),
    )

    assert refusal_of(found, "B-need-storage_area").reason.gap == 2


def test_floor_that_is_too_small_says_how_many_square_metres_are_missing():
    found = two(
        an_offer("A", 500, equipment="storage_area", eur_per_hour=4),
        a_need("B", 800, equipment="storage_area", eur_per_hour=6),
    )

    refusal = refusal_of(found, "B-need-storage_area")
    assert (refusal.gate, refusal.reason.gap, refusal.reason.unit) == (Gate.CAPACITY, 300, "m2")


@pytest.mark.parametrize(
    ("tenure", "condition", "instrument"),
    [
        (Tenure.TENANT, "landlord_agreement", "sublease"),
        (None, "tenure_not_said", "premises_agreement"),
    ],
)
def test_a_tenant_needs_its_landlord(tenure, condition, instrument):
    """500 m2 x 5 months x (6.5 - 4.2) = 5 750 EUR."""
    found = two(
        an_offer("A", 1200, range(1, 8), equipment="storage_area", eur_per_hour=4.2, tenure=tenure),
        a_need("B", 500, range(2, 7), equipment="storage_area", eur_per_hour=6.5),
    )

    assert found.bundles[0].worth == pytest.approx(5_750)
    assert condition in found.bundles[0].conditions
    assert found.bundles[0].instrument == instrument


def test_a_certificate_that_lapsed_before_use_refuses_by_its_days():
    """Lapsed on 1 January, the round is on the 11th: ten days."""
    found = two(
        an_offer("A", eur_per_hour=60, certificate_until=datetime.date(2027, 1, 1)),
        a_need("B", eur_per_hour=100),
    )

    refusal = refusal_of(found, "A-offer-machining_centre")
    assert (refusal.gate, refusal.reason.gap, refusal.reason.unit) == (Gate.CERTIFICATE, 10, "day")


def test_a_certificate_that_ends_within_the_year_of_use_is_asked_about():
    ends = datetime.date(2027, 9, 30)

    found = two(
        an_offer("A", eur_per_hour=60, certificate_until=ends), a_need("B", eur_per_hour=100)
    )

    assert "machine_certificate" in found.bundles[0].conditions
    assert "30 septembre 2027" in " ".join(q.text("fr") for q in found.bundles[0].questions)


@pytest.mark.parametrize("who", ["host", "user"])
def test_an_exclusion_binds_both_ways_and_is_for_the_agent_only(who):
    shut = {"host": {"excluded": frozenset({siren_of("B")})}, "user": {}}
    if who == "user":
        shut = {"host": {}, "user": {"excluded": frozenset({siren_of("A")})}}

    found = built(
        [a_site("A", **shut["host"]), a_site("B", 10, **shut["user"])],
        [an_offer("A", eur_per_hour=60), a_need("B", eur_per_hour=100)],
    )

    assert found.bundles == ()
    for refusal in found.refusals:
        assert refusal.gate is Gate.EXCLUDED
        assert refusal.reason.audience is Audience.AGENT
        assert "Firme" not in refusal.reason.message.text("fr")


def test_two_users_who_shut_each_other_out_are_not_in_one_group():
    sites = [
        a_site("A"),
        a_site("B", 10, excluded=frozenset({siren_of("C")})),
        a_site("C", 10),
    ]

    found = built(
        sites,
        [an_offer("A", 90, eur_per_hour=60)] + [a_need(s, eur_per_hour=100) for s in "BC"],
    )

    assert sorted(len(bundle.members) for bundle in found.bundles) == [2, 2]


def test_distance_is_refused_by_the_kilometres_beyond_what_the_nearer_limit_allows():
    found = two(an_offer("A", eur_per_hour=60, max_distance_km=7), a_need("B", eur_per_hour=100))

    refusal = refusal_of(found, "B-need-machining_centre")
    assert refusal.gate is Gate.TOO_FAR
    assert refusal.reason.gap == pytest.approx(3, rel=1e-3)


def test_a_price_above_todays_is_refused_by_the_euros_missing():
    """60 EUR asked, 55 paid today, 120 h: 600 EUR."""
    found = two(an_offer("A", eur_per_hour=60), a_need("B", eur_per_hour=55))

    refusal = refusal_of(found, "B-need-machining_centre")
    assert (refusal.gate, refusal.reason.unit) == (Gate.DOES_NOT_PAY, "EUR/year")
    assert refusal.reason.gap == pytest.approx(600)


@pytest.mark.parametrize(
    ("offer", "gate", "code"),
    [
        (an_offer("A", None), Gate.NOT_KNOWN, "hours-not-known"),
        (an_offer("A", 0), Gate.NOT_KNOWN, "hours-nought"),
        (an_offer("A", equipment="machine à rêver"), Gate.NOT_KNOWN, "equipment-not-known"),
        (an_offer("A"), Gate.ALONE, "alone-offer"),
    ],
)
def test_whatever_stays_without_a_partner_says_why(offer, gate, code):
    found = built([a_site("A")], [offer])

    assert (found.refusals[0].gate, found.refusals[0].reason.code) == (gate, code)


def test_prices_that_nobody_said_are_supposed_and_lower_the_confidence():
    found = two(an_offer("A"), a_need("B"))

    assert found.bundles[0].confidence is Confidence.LOW
    asked = " ".join(question.text("en") for question in found.bundles[0].questions)
    assert "How much does Firme B pay today" in asked
    assert found.bundles[0].value.low < found.bundles[0].worth < found.bundles[0].value.high


def test_a_machine_is_known_by_its_french_name_too():
    found = two(
        an_offer("A", equipment="Pont-bascule", eur_per_hour=30),
        a_need("B", equipment="weighbridge", eur_per_hour=60),
    )

    assert found.bundles[0].object == "weighbridge"


def test_two_sites_of_one_firm_need_no_proposal():
    siret = a_site("A").siret
    found = built(
        [a_site("A"), a_site("B", 10, siret=siret[:9] + "00029")],
        [an_offer("A", eur_per_hour=60), a_need("B", eur_per_hour=100)],
    )

    assert found.bundles == ()


@pytest.mark.parametrize(
    ("said", "condition"),
    [
        ({"kind": SiteKind.PUBLIC}, "public_party_procurement"),
        ({"activity_code": "25.62B"}, "competitors_together"),
    ],
)
def test_public_bodies_and_firms_of_one_trade_raise_a_point_to_confirm(said, condition):
    found = built(
        [a_site("A", activity_code="25.61Z"), a_site("B", 10, **said)],
        [an_offer("A", eur_per_hour=60), a_need("B", eur_per_hour=100)],
    )

    assert condition in found.bundles[0].conditions


def test_a_window_of_a_few_months_is_a_deal_of_one_time():
    found = two(
        an_offer("A", eur_per_hour=60),
        a_need("B", eur_per_hour=100, available_until=datetime.date(2027, 3, 31)),
    )

    assert found.bundles[0].one_off
    assert found.bundles[0].amount_per_year == pytest.approx(30)


def test_two_users_of_one_host_are_a_group_and_share_its_price():
    """B pays 100, C 80: the price is halfway from 60 to 80. 120 h each, 4 800 and 2 400 EUR."""
    found = built(
        [a_site("A"), a_site("B", 10), a_site("C", 10)],
        [
            an_offer("A", eur_per_hour=60),
            a_need("B", eur_per_hour=100),
            a_need("C", eur_per_hour=80),
        ],
    )

    (group,) = [bundle for bundle in found.bundles if len(bundle.members) == 3]
    assert group.fair_price == pytest.approx(70)
    assert [member.gain.value for member in group.members] == pytest.approx([2_400, 3_600, 1_200])


def test_hours_that_are_short_go_where_they_are_worth_most():
    """15 h a month for 10 + 10: B, who pays more, has 10, C the other 5."""
    found = built(
        [a_site("A"), a_site("B", 10), a_site("C", 10)],
        [
            an_offer("A", 15, eur_per_hour=60),
            a_need("B", eur_per_hour=100),
            a_need("C", eur_per_hour=90),
        ],
    )

    group = max(found.bundles, key=lambda bundle: bundle.worth)
    assert [member.amount_by_month[0] for member in group.members] == pytest.approx([15, 10, 5])
    assert group.worth == pytest.approx(12 * (10 * 40 + 5 * 30))


def test_no_claim_is_above_its_limit():
    found = built(
        [a_site("A"), a_site("B", 10), a_site("C", 10)],
        [an_offer("A", 15, eur_per_hour=60)] + [a_need(s, eur_per_hour=100) for s in "BC"],
    )

    for bundle in found.bundles:
        for key, used in bundle.claims.items():
            assert used <= found.limits[key] + 1e-9


def test_a_round_without_a_date_is_refused():
    with pytest.raises(SettingsError, match="date"):
        build_sharing(Survey(sites={}), CATALOGUE, Settings())
