"""Machines, jobs and purchases that are only supposed: marked, wide, and never in the way."""

import pytest

from matcher.catalogue import load_catalogue
from matcher.declarations import Basis
from matcher.groups import build_bundles
from matcher.leads.groups import group_lead
from matcher.terms import Confidence
from tests.matcher.groups.a_round import a_need, a_site, a_survey, an_offer, free_of_costs


def built(*equipment):
    sites = [a_site("A"), a_site("B", 10), a_site("C", 12)]
    return build_bundles(a_survey(sites, equipment), load_catalogue(), free_of_costs())


HOST = an_offer("A", amount=40, eur_per_hour=60)
DECLARED = a_need("B", amount=10, eur_per_hour=100)
SUPPOSED = a_need("C", amount=10, eur_per_hour=100, basis=Basis.INFERRED)


def test_a_group_with_a_supposed_member_is_marked_and_wide():
    """4 800 EUR as declared; supposed, 0.4 to 2 times as much: 1 920 to 9 600 EUR, half to each."""
    (bundle,) = built(HOST, SUPPOSED).bundles
    lead = group_lead(bundle, load_catalogue(), free_of_costs())

    assert lead.inferred and [party.inferred for party in lead.parties] == [False, True]
    assert lead.confidence is Confidence.LOW
    assert lead.confidence_reasons[0].code == "confidence.inferred-member"
    gain = lead.gain_eur_per_year
    assert (gain.low, gain.value, gain.high) == pytest.approx((1920, 4800, 9600))
    for party in lead.parties:
        assert (party.gain_low, party.gain_high) == pytest.approx((960, 4800))


def test_what_is_declared_is_built_as_if_nothing_were_supposed():
    declared = built(HOST, DECLARED)
    both = built(HOST, DECLARED, SUPPOSED)

    assert both.bundles[: len(declared.bundles)] == declared.bundles
    others = both.bundles[len(declared.bundles) :]
    assert others and all(SUPPOSED.item_id in bundle.declaration_ids for bundle in others)


def test_a_group_has_as_many_who_declared_as_supposed_members():
    """Two suppositions make no lead; nor do a host who spoke and two users who did not."""
    host = an_offer("A", amount=40, eur_per_hour=60, basis=Basis.INFERRED)
    other = a_need("B", amount=10, eur_per_hour=100, basis=Basis.INFERRED)

    alone = built(host, SUPPOSED)
    assert alone.bundles == ()
    assert {each.reason.code for each in alone.refusals} == {"too-few-declared"}
    assert {each.declaration_id for each in alone.refusals} == {host.item_id, SUPPOSED.item_id}
    assert [len(b.members) for b in built(HOST, SUPPOSED, other).bundles] == [2, 2]


def test_a_declaration_that_only_a_supposition_serves_is_not_told_that_it_is_alone():
    found = built(HOST, SUPPOSED)

    assert not found.refusals
    assert [each.declaration_id for each in built(HOST).refusals] == [HOST.item_id]
