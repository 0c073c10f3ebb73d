"""What may be published: cells of three firms, none by subtraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.outputs.public_network import public_network
from matcher.outputs.secrecy import band, public_figures
from matcher.plan import Range, Role
from tests.matcher.outputs.sample_leads import a_party, a_proposal
from tests.matcher.outputs.sample_plan import a_large_plan, a_plan
from tests.matcher.outputs.sample_sites import DECLARATIONS, SITES


def a_lead(number: int, giver: str, taker: str, gain: float = 100.0):
    return a_proposal(
        f"p{number}",
        parties=(a_party(giver, Role.GIVER, gain, 1.0), a_party(taker, Role.TAKER, gain, 1.0)),
        gain_eur_per_year=Range(value=2 * gain, low=gain, high=3 * gain),
        diverted_t_per_year=Range(value=1.0, low=1.0, high=1.0),
    )


def cells_of(*leads):
    figures = public_figures(a_plan(proposals=leads))
    return {cell.family: cell for cell in figures.cells}, figures.total


def test_a_cell_of_two_firms_is_hidden_and_one_of_three_shown():
    """Matter: F01, F03, F06, F08 in two leads; energy: F01 and F02 in two leads."""
    leads = (
        a_lead(1, "F01-sand", "F03-sand"),
        a_lead(2, "F06-veg", "F08-plant"),
        a_lead(3, "F01-heat", "F02-heat"),
        a_lead(4, "F01-heat", "F12-heat"),
    )

    cells, total = cells_of(*leads)

    assert cells["matter"].published
    assert cells["matter"].proposals == 2
    assert cells["energy"].published  # F01, F02 and F12
    assert total.published


def test_one_hidden_cell_takes_the_smallest_shown_one_with_it():
    """Energy has two firms. Shown alone, it would be the total less matter and equipment."""
    leads = (
        a_lead(1, "F01-sand", "F03-sand"),
        a_lead(2, "F06-veg", "F08-plant"),
        a_lead(3, "F01-heat", "F02-heat"),
        a_lead(4, "F09-mmt", "F10-mmt"),
        a_lead(5, "F11-store", "F05-store"),
    )

    cells, total = cells_of(*leads)

    assert not cells["energy"].published
    assert not cells["equipment"].published
    assert cells["matter"].published
    assert total.published


def test_when_nothing_can_hide_it_the_total_is_hidden_too():
    """Only matter (shown) and energy (two firms): the total would give energy away."""
    leads = (
        a_lead(1, "F01-sand", "F03-sand"),
        a_lead(2, "F06-veg", "F08-plant"),
        a_lead(3, "F01-heat", "F02-heat"),
    )

    cells, total = cells_of(*leads)

    assert not cells["energy"].published
    assert not (cells["matter"].published and total.published)


def test_a_cell_that_one_firm_dominates_is_hidden():
    leads = (
        a_proposal(
            "p1",
            parties=(
                a_party("F01-sand", Role.GIVER, 9_000, 1.0),
                a_party("F03-sand", Role.TAKER, 100, 1.0),
            ),
        ),
        a_lead(2, "F06-veg", "F08-plant", gain=50.0),
    )

    cells, _ = cells_of(*leads)

    assert not cells["matter"].published


def test_a_single_lead_of_three_firms_is_not_shown_alone():
    lead = a_proposal(
        "p1",
        parties=tuple(
            a_party(f"{firm}-job", Role.EMPLOYER, 100, 1.0) for firm in ("F01", "F05", "F10")
        ),
    )

    cells, total = cells_of(lead)

    assert not cells["jobs"].published
    assert not total.published


def test_a_family_without_a_lead_looks_like_a_hidden_one():
    cells, _ = cells_of(a_lead(1, "F01-heat", "F02-heat"))

    assert cells["energy"] == cells["water"].__class__(family="energy", published=False)
    assert cells["water"].proposals is None


GIVERS = [d.declaration_id for d in DECLARATIONS if d.direction == "offer"]
TAKERS = [d.declaration_id for d in DECLARATIONS if d.direction == "need"]


@given(st.lists(st.tuples(st.sampled_from(GIVERS), st.sampled_from(TAKERS)), max_size=14))
def test_what_is_hidden_is_never_a_cell_of_under_three_firms_by_subtraction(pairs):
    """The attack: total less shown cells. What is left is nothing, or leads of three firms."""
    leads = tuple(
        a_lead(number, giver, taker)
        for number, (giver, taker) in enumerate(pairs)
        if giver.split("-")[0] != taker.split("-")[0]
    )
    plan = a_plan(proposals=leads)
    figures = public_figures(plan)
    shown = [cell for cell in figures.cells if cell.published]

    assert all(cell.firms >= 3 and cell.proposals >= 2 for cell in shown)
    if figures.total.published:
        left = figures.total.proposals - sum(cell.proposals for cell in shown)
        families = {cell.family for cell in figures.cells if not cell.published}
        hidden = [
            lead
            for lead in leads
            if plan.declarations[lead.parties[0].declaration_id].family in families
        ]
        firms = {party.site_id for lead in hidden for party in lead.parties}
        assert left == len(hidden)
        assert not hidden or len(firms) >= 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [(230_000, (200_000, 500_000)), (1, (1, 2)), (5, (5, 10)), (0.3, (0.2, 0.5)), (0, None)],
)
def test_bands_are_1_2_5(value, expected):
    assert band(value) == (None if expected is None else pytest.approx(expected))


def test_the_public_network_has_no_group_or_line_of_under_three_firms():
    plan = a_large_plan(24)  # two copies: two firms an activity at most, three in a few
    network = public_network(plan)
    firms = dict.fromkeys({group.code for group in network.groups}, 0)

    assert "textile" not in firms
    assert public_network(a_plan(sites={s.site_id: s for s in SITES[:2]}, proposals=())).links == ()


def test_sixty_sites_in_groups_show_lines_between_activities():
    network = public_network(a_large_plan(60))
    lines = {(link.family, link.start.code, link.end.code) for link in network.links}

    assert ("energy", "food", "metals-machines") in lines
    assert all(start and end for _, start, end in lines)
