"""Where each site stands: worked out by hand on small networks."""

import pytest

from matcher.outlook.standing import network, standings
from matcher.plan import Range, Role
from tests.matcher.outputs.sample_leads import a_party, a_proposal


def leads(*groups):
    """One lead a group of sites, with its gain: ``("AB", 100)``."""
    return [
        a_proposal(
            f"p{place}",
            parties=tuple(
                a_party(f"{site}-{place}", Role.MEMBER, gain / len(sites), 1.0, site_id=site)
                for site in sites
            ),
            gain_eur_per_year=Range(value=float(gain)),
        )
        for place, (sites, gain) in enumerate(groups)
    ]


def test_the_middle_of_a_star_is_an_anchor_and_its_arms_are_none():
    """H with A, B, C and D: on all 6 ways between two others; four pieces without it."""
    found = {s.site_id: s for s in standings(leads(("HA", 40), ("HB", 30), ("HC", 20), ("HD", 10)))}

    assert (found["H"].leads, found["H"].gain_eur, found["H"].share) == (4, 100, 1)
    assert (found["H"].betweenness, found["H"].pieces) == (1, 4)
    assert [site for site, each in found.items() if each.is_anchor] == ["H"]
    assert found["A"].betweenness == 0
    assert found["A"].pieces == 1


def test_a_group_holds_its_members_to_each_other():
    """A, B and C in one group, D with C: only C is between, on 2 of the 3 ways of its others."""
    found = {s.site_id: s for s in standings(leads(("ABC", 90), ("CD", 10)))}

    assert network(leads(("ABC", 90))).number_of_edges() == 3
    assert [found[site].pieces for site in "ABCD"] == [1, 1, 2, 1]
    assert found["C"].betweenness == pytest.approx(2 / 3)


def test_one_large_lead_does_not_make_an_anchor():
    """A and B have one lead of 90 % of the gain: nothing else hangs on them."""
    assert not any(s.is_anchor for s in standings(leads(("AB", 90), ("CD", 5), ("EF", 5))))


def test_those_through_whom_most_passes_come_first_and_no_lead_gives_nobody():
    assert [s.site_id for s in standings(leads(("CD", 5), ("AB", 9)))] == ["A", "B", "C", "D"]
    assert standings(()) == ()
