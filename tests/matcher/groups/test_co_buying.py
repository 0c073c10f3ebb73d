"""Machines bought together: the annuity against what each hires for today."""

import pytest

from matcher.candidates.bundles import Gate
from tests.matcher.groups.a_round import a_buyer, a_site, free_of_costs
from tests.matcher.groups.test_sharing import built, refusal_of


def test_three_buy_what_none_would_buy_alone():
    """40 000 EUR over 8 years without interest: 5 000 a year. Each hires 100 h at 20 EUR: 2 000.
    Three save 6 000: 1 000 EUR a year, a third each; two only 4 000, 1 000 short.
    """
    settings = free_of_costs(interest_rate=0.0)
    sites = [a_site("A"), a_site("B", 5), a_site("C", 10)]
    buyers = [
        a_buyer(s, 100 / 12, eur_per_hour=20, purchase_eur=40_000, life_years=8) for s in "ABC"
    ]

    together = built(sites, buyers, settings=settings)
    alone = built(sites[:2], buyers[:2], settings=settings)

    (bundle,) = together.bundles
    assert bundle.worth == pytest.approx(1_000)
    assert [member.gain.value for member in bundle.members] == pytest.approx([1_000 / 3] * 3)
    assert sum(member.capex_eur for member in bundle.members) == pytest.approx(40_000)
    assert "co_ownership" in bundle.conditions
    refusal = refusal_of(alone, "A-need-machining_centre")
    assert (refusal.gate, refusal.reason.gap) == (Gate.DOES_NOT_PAY, pytest.approx(1_000))


def test_one_machine_has_only_the_hours_of_a_month():
    """80 + 90 h a month on one machine of 150 h: 20 too many."""
    settings = free_of_costs(interest_rate=0.0)
    buyers = [
        a_buyer("A", 80, eur_per_hour=50, purchase_eur=10_000),
        a_buyer("B", 90, eur_per_hour=50),
    ]

    found = built([a_site("A"), a_site("B", 5)], buyers, settings=settings)

    refusal = refusal_of(found, "B-need-machining_centre")
    assert (refusal.gate, refusal.reason.gap) == (Gate.CAPACITY, pytest.approx(20))
