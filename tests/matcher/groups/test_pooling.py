"""Purchases together: what is a group, what it brings, what leaves a site out."""

import datetime
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates.bundles import Gate
from matcher.declarations import PoolDirection, SiteKind, Survey
from matcher.errors import SettingsError
from matcher.groups.pooling import build_pooling
from matcher.settings import Settings
from matcher.terms import Audience, Role
from tests.matcher.groups.a_round import (
    AS_OF,
    CATALOGUE,
    SETTINGS,
    a_pool,
    a_site,
    a_survey,
    free_of_costs,
    siren_of,
)

PLACES = PoolDirection.HAS_PLACES


def built(pools, sites=None, settings=None):
    sites = sites or [a_site(pool.site_id, 3 * at) for at, pool in enumerate(pools)]
    return build_pooling(a_survey(sites, pools=pools), CATALOGUE, settings or free_of_costs())


def refusal_of(found, pool_id):
    (refusal,) = [each for each in found.refusals if each.declaration_id == pool_id]
    return refusal


def seats(site_id, count, **said):
    """Forklift training at 620 EUR a seat; a session is 2 900 EUR for 8."""
    return a_pool(site_id, count, 620 * count, **said)


def a_guard(site_id, eur, **said):
    return a_pool(site_id, None, eur, category="security", **said)


def test_twenty_three_seats_in_three_sessions():
    """23 x 620 - 3 x 2 900 = 5 560 EUR, shared by seats."""
    found = built([seats("A", 5), seats("B", 8), seats("C", 4), seats("D", 6)])

    best = max(found.bundles, key=lambda bundle: bundle.worth)
    assert best.worth == pytest.approx(5_560)
    assert [member.gain.value for member in best.members] == pytest.approx(
        [5_560 * n / 23 for n in (5, 8, 4, 6)]
    )
    assert best.amount_per_year == pytest.approx(23)


def test_follow_up_is_paid_by_each():
    """120 EUR each: 5 560 - 480."""
    found = built([seats("A", 5), seats("B", 8), seats("C", 4), seats("D", 6)], settings=SETTINGS)

    assert max(bundle.worth for bundle in found.bundles) == pytest.approx(5_080)


def test_too_few_seats_say_how_many_are_missing_for_a_session():
    """2 900 / 620 = 4.68 seats pay for a session; 3 are there: 1.68 short."""
    found = built([seats("A", 1), seats("B", 2)])

    refusal = refusal_of(found, "A-forklift_training")
    assert (refusal.gate, refusal.reason.unit) == (Gate.LOT, "places")
    assert refusal.reason.gap == pytest.approx(2_900 / 620 - 3)


def test_a_discount_goes_by_its_step():
    """Guarding: 6 % for two, 9 % for three. 60 000 EUR: 5 400 EUR."""
    found = built([a_guard("A", 10_000), a_guard("B", 20_000), a_guard("C", 30_000)])

    by_size = {len(b.members): b.worth for b in found.bundles if b.site_ids != ("A", "B")}
    assert by_size[3] == pytest.approx(5_400)
    assert by_size[2] == pytest.approx(3_000)


def test_a_unit_is_brought_to_the_categorys():
    """600 000 kWh and 500 MWh: 1 100 MWh reach the step of 1 000, 1.5 % of 150 000 EUR."""
    found = built(
        [
            a_pool("A", 600_000, 80_000, category="energy_purchase", unit="kWh"),
            a_pool("B", 500, 70_000, category="energy_purchase", unit="MWh"),
        ]
    )

    assert found.bundles[0].worth == pytest.approx(2_250)


@pytest.mark.parametrize(
    ("pool", "gate", "code"),
    [
        (seats("A", 5, decided_here=False), Gate.NOT_DECIDED_HERE, "not-decided-here"),
        (a_pool("A", None, 3_100), Gate.NOT_KNOWN, "amount-not-known"),
        (a_pool("A", 5, None), Gate.NOT_KNOWN, "spending-not-known"),
        (a_pool("A", 5, 3_100, unit="brouettes"), Gate.NOT_KNOWN, "unit-not-known"),
        (a_pool("A", 5, 3_100, category="nuages"), Gate.NOT_KNOWN, "category-not-known"),
        (
            seats("A", 5, available_until=AS_OF - datetime.timedelta(3)),
            Gate.MONTHS_APART,
            "past",
        ),
    ],
)
def test_what_a_site_cannot_pool_is_left_out_and_said(pool, gate, code):
    found = built([pool, seats("B", 8), seats("C", 8)])

    assert all(pool.pool_id not in bundle.declaration_ids for bundle in found.bundles)
    refusal = refusal_of(found, pool.pool_id)
    assert (refusal.gate, refusal.reason.code) == (gate, code)


def test_a_site_whose_only_companions_are_held_is_told_so():
    found = built([seats("A", 5), seats("B", 8, decided_here=False)])

    assert refusal_of(found, "A-forklift_training").reason.code == "others-held"


def test_a_contract_that_runs_long_is_on_watch_until_the_day_of_notice():
    """Ends on 30 June 2028, six months of notice: 536 days away, to reopen on 31 December 2027."""
    found = built(
        [
            a_guard("A", 10_000),
            a_guard("B", 20_000, contract_end=datetime.date(2028, 6, 30), notice_months=6),
        ]
    )

    refusal = refusal_of(found, "B-security")
    assert (refusal.gate, refusal.reason.gap) == (Gate.CONTRACT_RUNNING, 536)
    assert refusal.reopen_on == datetime.date(2027, 12, 31)


def test_the_group_begins_when_the_last_contract_is_free_and_notice_is_asked_for():
    ends = datetime.date(2027, 12, 31)

    found = built([a_guard("A", 10_000), a_guard("B", 20_000, contract_end=ends, notice_months=3)])

    (bundle,) = found.bundles
    assert "contract_notice" in bundle.conditions
    assert "31 décembre 2027" in " ".join(fact.message.text("fr") for fact in bundle.facts)
    assert any(question.code == "pooling.question.notice" for question in bundle.questions)


def test_notice_that_is_late_is_asked_about_and_not_passed_over():
    ends = datetime.date(2027, 2, 28)

    found = built([a_guard("A", 10_000), a_guard("B", 20_000, contract_end=ends, notice_months=3)])

    assert any(q.code == "pooling.question.notice-late" for q in found.bundles[0].questions)


def test_a_decision_that_nobody_said_is_asked_for():
    found = built([a_guard("A", 10_000), a_guard("B", 20_000, decided_here=None)])

    assert any(q.code == "pooling.question.decided" for q in found.bundles[0].questions)


@pytest.mark.parametrize(
    ("said", "condition", "instrument"),
    [
        ({"kind": SiteKind.PUBLIC}, "public_party_procurement", "joint_public_order"),
        ({"activity_code": "10.12Z"}, "competitors_together", "group_order"),
    ],
)
def test_public_buyers_and_competitors_raise_a_point_to_confirm(said, condition, instrument):
    sites = [a_site("A", activity_code="10.13A"), a_site("B", 3, **said)]

    found = built([a_guard("A", 10_000), a_guard("B", 20_000)], sites)

    assert condition in found.bundles[0].conditions
    assert found.bundles[0].instrument == instrument


def test_an_exclusion_binds_both_ways_and_names_nobody():
    sites = [a_site("A", excluded=frozenset({siren_of("B")})), a_site("B", 3)]

    found = built([a_guard("A", 10_000), a_guard("B", 20_000)], sites)

    assert found.bundles == ()
    for refusal in found.refusals:
        assert (refusal.gate, refusal.reason.audience) == (Gate.EXCLUDED, Audience.AGENT)
        assert "Firme" not in refusal.reason.message.text("fr")


def test_a_group_is_no_wider_than_its_nearest_limit():
    sites = [a_site("A"), a_site("B", 12)]

    found = built([a_guard("A", 10_000, max_distance_km=10), a_guard("B", 20_000)], sites)

    refusal = refusal_of(found, "B-security")
    assert refusal.gate is Gate.TOO_FAR
    assert refusal.reason.gap == pytest.approx(2, rel=1e-2)


def test_free_places_go_to_whoever_pays_more_today():
    """Three places at 300 EUR for B, who pays 620 for two: 2 x 320 = 640, half each."""
    found = built([a_pool("A", 3, 900, direction=PLACES), seats("B", 2)])

    (bundle,) = found.bundles
    assert bundle.worth == pytest.approx(640)
    assert [(m.role, m.gain.value) for m in bundle.members] == [
        (Role.CARRIER, pytest.approx(320)),
        (Role.MEMBER, pytest.approx(320)),
    ]
    assert bundle.claims["places", "A-forklift_training"] == pytest.approx(2)


def test_places_that_are_dearer_than_today_are_refused_by_the_difference():
    found = built([a_pool("A", 3, 2_100, direction=PLACES), seats("B", 2)])

    refusal = refusal_of(found, "A-forklift_training")
    assert (refusal.gate, refusal.reason.gap) == (Gate.DOES_NOT_PAY, pytest.approx(80))


def test_a_large_circle_of_buyers_gets_its_best_groups_by_the_model():
    """Twelve firms at 100 EUR of 9 %: all of them together is among the candidates."""
    pools = [a_guard(f"S{at:02d}", 1_000 + at) for at in range(12)]
    sites = [a_site(pool.site_id, at / 2) for at, pool in enumerate(pools)]

    found = built(pools, sites)

    assert max(len(bundle.members) for bundle in found.bundles) == 12
    assert {p for b in found.bundles for p in b.declaration_ids} == {p.pool_id for p in pools}
    assert len(found.bundles) < 40


def test_a_round_without_a_date_is_refused():
    with pytest.raises(SettingsError, match="date"):
        build_pooling(Survey(sites={}), CATALOGUE, Settings())


spending = st.lists(st.tuples(st.integers(1, 9), st.integers(50, 900)), min_size=1, max_size=5)


def training_of(members):
    return [a_pool(f"S{at}", count, count * price) for at, (count, price) in enumerate(members)]


@given(spending)
def test_nobody_in_a_group_is_below_doing_nothing(members):
    for bundle in built(training_of(members), settings=SETTINGS).bundles:
        assert min(member.gain.value for member in bundle.members) > 0


@given(spending)
def test_every_purchase_is_in_a_group_or_refused(members):
    pools = training_of(members)
    found = built(pools, settings=SETTINGS)
    grouped = {name for bundle in found.bundles for name in bundle.declaration_ids}
    refused = {refusal.declaration_id for refusal in found.refusals}

    assert grouped | refused == {pool.pool_id for pool in pools}
    alone = {each.declaration_id for each in found.refusals if each.gate is Gate.ALONE}
    assert not grouped & alone


@given(spending, st.integers(0, 10**6))
def test_the_order_of_rows_changes_nothing(members, seed):
    pools = training_of(members)
    sites = [a_site(pool.site_id, at) for at, pool in enumerate(pools)]
    shuffled = pools[:]
    random.Random(seed).shuffle(shuffled)

    assert built(shuffled, sites[::-1]) == built(pools, sites)
