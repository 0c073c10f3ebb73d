"""What each of a group should get: the parts of real groups, and laws over whatever is shared."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.declarations import PoolDirection
from matcher.groups import build_bundles
from matcher.leads.groups import group_lead
from matcher.reading import read_survey
from tests.matcher.groups.a_round import (
    CATALOGUE,
    SETTINGS,
    a_buyer,
    a_need,
    a_pool,
    a_site,
    a_survey,
    an_offer,
    free_of_costs,
)

DEMO = Path(__file__).resolve().parents[3] / "datasets" / "demo"


@pytest.fixture(scope="module")
def demo():
    found = build_bundles(read_survey(DEMO), CATALOGUE, SETTINGS)
    return [bundle for bundle in found.bundles if bundle.gain_of_part is not None]


def biggest(survey, settings):
    """The bundle with most members, and its proposal."""
    found = build_bundles(survey, CATALOGUE, settings).bundles
    bundle = max(found, key=lambda each: (len(each.members), each.worth))
    return bundle, group_lead(bundle, CATALOGUE, settings)


def a_round_of(offers=(), buyers=(), pools=()):
    names = [item.site_id for item in (*offers, *buyers, *pools)]
    sites = [a_site(name, 2.0 * place) for place, name in enumerate(dict.fromkeys(names))]
    return a_survey(sites, (*offers, *buyers), pools)


def holds(bundle, proposal):
    """The laws of a share."""
    shares = proposal.shares
    assert sum(shares.share.values()) == pytest.approx(bundle.worth)
    assert sum(shares.shapley.values()) == pytest.approx(bundle.worth)
    assert min(shares.share.values()) >= -1e-9
    rounding = 1e-7 * max(bundle.worth, 1.0)
    for size in range(1, len(bundle.members)):
        for part in combinations(bundle.declaration_ids, size):
            gained = bundle.gain_of_part(frozenset(part))
            assert sum(shares.share[one] for one in part) >= gained - shares.core.excess - rounding


def test_the_groups_of_the_made_up_territory_share_all_they_gain(demo):
    kinds = {bundle.kind.value for bundle in demo}

    assert kinds == {"hiring", "pooling"}
    for bundle in demo:
        assert bundle.gain_of_part(frozenset(bundle.declaration_ids)) == pytest.approx(bundle.worth)
        holds(bundle, group_lead(bundle, CATALOGUE, SETTINGS))


def test_the_host_of_two_users_is_needed_by_both():
    """480 h and 240 h at 20 EUR below today's price: 9 600 and 4 800 EUR; without the host, nought.

    Nucleolus of v(hu) = 9 600, v(hw) = 4 800, v(huw) = 14 400: nobody brings anything without the
    host, who gets half of each: excesses -x_u, -x_w level at 4 800 and 2 400.
    """
    survey = a_round_of(
        offers=(
            an_offer("host", 100, eur_per_hour=60.0),
            a_need("one", 40, eur_per_hour=80.0),
            a_need("two", 20, eur_per_hour=80.0),
        )
    )
    bundle, proposal = biggest(survey, free_of_costs())
    host, one, two = bundle.declaration_ids

    assert bundle.worth == pytest.approx(14_400)
    assert proposal.shares.share == pytest.approx({host: 7200, one: 4800, two: 2400})
    assert proposal.shares.shapley == pytest.approx({host: 7200, one: 4800, two: 2400})
    assert not proposal.shares.usual_core.is_empty
    holds(bundle, proposal)


def test_who_could_buy_the_machine_alone_gets_at_least_what_that_would_save():
    """A machine at 8 000 EUR over 8 years without interest: 1 000 EUR a year.

    a hires 240 h at 10 EUR: alone it would save 1 400. b and c hire 60 h each: 600, not enough
    alone, 200 together. All three: 2 600. So a has 1 400 at least; in proportion it would have
    2 400 x 2 600 / 3 600 = 1 733.
    """
    settings = free_of_costs(interest_rate=0.0)
    survey = a_round_of(
        buyers=(
            a_buyer("a", 20, eur_per_hour=10.0, purchase_eur=8000.0, life_years=8.0),
            a_buyer("b", 5, eur_per_hour=10.0),
            a_buyer("c", 5, eur_per_hour=10.0),
        )
    )
    bundle, proposal = biggest(survey, settings)
    first = bundle.declaration_ids[0]

    assert bundle.worth == pytest.approx(2600)
    assert bundle.gain_of_part(frozenset({first})) == pytest.approx(1400)
    assert bundle.gain_of_part(frozenset(bundle.declaration_ids[1:])) == pytest.approx(200)
    assert proposal.shares.share[first] >= 1400
    holds(bundle, proposal)


def test_members_who_gain_more_each_for_itself_are_told_so_in_place_of_a_share(demo):
    """Each alone gains its worth in the group and 100 EUR more: 100 EUR a member are lost."""
    bundle = replace(
        demo[0],
        gain_of_part=lambda part: (
            sum((m.gain.value or 0.0) + 100 for m in demo[0].members if m.declaration_id in part)
            if len(part) == 1
            else 0.0
        ),
    )
    proposal = group_lead(bundle, CATALOGUE, SETTINGS)
    told = [reason for reason in proposal.reasons if reason.code == "more-apart"]

    assert proposal.shares is None
    assert [reason.gap for reason in told] == [pytest.approx(100 * len(bundle.members))]
    assert "chacun pour soi" in told[0].message.text("fr")


def test_free_places_are_nothing_without_their_carrier():
    survey = a_round_of(
        pools=(
            a_pool("school", 6, 3000.0, direction=PoolDirection.HAS_PLACES),
            a_pool("one", 3, 2400.0),
            a_pool("two", 3, 2400.0),
        )
    )
    found = build_bundles(survey, CATALOGUE, free_of_costs()).bundles
    bundle = next(b for b in found if b.members[0].site_id == "school" and len(b.members) == 3)
    users = frozenset(bundle.declaration_ids[1:])

    assert bundle.gain_of_part(users) == 0
    assert bundle.gain_of_part(frozenset(bundle.declaration_ids)) == pytest.approx(bundle.worth)
    holds(bundle, group_lead(bundle, CATALOGUE, free_of_costs()))


def test_a_pair_and_a_loan_of_staff_have_a_price_and_no_shares(demo):
    found = build_bundles(read_survey(DEMO), CATALOGUE, SETTINGS).bundles
    pairs = [bundle for bundle in found if bundle.form == "contract"]

    assert pairs
    assert all(group_lead(pair, CATALOGUE, SETTINGS).shares is None for pair in pairs)
    assert all(pair.fair_price is not None for pair in pairs)


def test_what_each_answers_for_reaches_the_proposal(demo):
    """The safety post of three: two figures for each, and their parts add up to the whole's."""
    post = max((b for b in demo if b.object == "H1303"), key=lambda b: len(b.members))
    figures = group_lead(post, CATALOGUE, SETTINGS).figures
    (whole,) = [f.value for f in figures if f.code == "hiring.figure.exposure"]
    parts = [f for f in figures if f.code == "hiring.figure.exposure-share"]

    assert {f.site_id for f in parts} == set(post.site_ids)
    assert sum(f.value for f in parts) == pytest.approx(whole)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(300, 900)), min_size=2, max_size=5),
    st.booleans(),
)
def test_whatever_is_bought_together_is_shared_out_whole(buyers, is_costly):
    """Seats and EUR a seat: training by the lot, with what belonging costs or without."""
    pools = tuple(
        a_pool(f"s{place}", seats, float(seats * price))
        for place, (seats, price) in enumerate(buyers)
    )
    terms = SETTINGS if is_costly else free_of_costs()
    for bundle in build_bundles(a_round_of(pools=pools), CATALOGUE, terms).bundles:
        proposal = group_lead(bundle, CATALOGUE, terms)
        assert bundle.gain_of_part(frozenset(bundle.declaration_ids)) == pytest.approx(bundle.worth)
        holds(bundle, proposal)
