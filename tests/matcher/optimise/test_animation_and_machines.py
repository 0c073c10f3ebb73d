"""Hours of animation as a budget, a machine's hours claimed once: against trying every choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates import build_candidates
from matcher.candidates.bundles import Bundle, Bundles, Member
from matcher.catalogue import load_catalogue
from matcher.declarations import Direction, Equipment, EquipmentMode, Site, Survey
from matcher.optimise.assembly import Assembly, assemble
from matcher.optimise.portfolio import Portfolio, solve_portfolio
from matcher.settings import Settings
from matcher.terms import Confidence, Delay, Message, ProposalKind, Range, Role
from tests.matcher.candidates.builders import AS_OF, a_need, a_survey, an_offer
from tests.matcher.candidates.test_plants_and_machines import CHIPPING, WOOD

SETTINGS = Settings(as_of=AS_OF, workers=1, portfolio_gap=1e-9, max_proposals_per_site=2)
SITES = ("A", "B", "C", "D")


def a_group(
    worth: float,
    sites: Sequence[str],
    hours: float = 8.0,
    hours_of_machine: Sequence[float] = (),
    item: str = "",
) -> Bundle:
    """A group of sites, worth so much, that takes so much animation, and hours of a machine."""
    return Bundle(
        kind=ProposalKind.SHARING,
        object="press",
        form="contract",
        instrument="loan",
        members=tuple(
            Member(
                site_id=site,
                declaration_id=item if place == 0 and item else f"{site}-press",
                role=Role.USER,
                gain=Range(value=worth / len(sites)),
                amount_by_month=(1.0,) * 12,
            )
            for place, site in enumerate(sites)
        ),
        amount_per_year=12.0,
        unit="h",
        value=Range(value=worth),
        distance_km=1.0,
        effort_hours=hours,
        delay=Delay.UNDER_3_MONTHS,
        first_step=Message(code="proposal.first-step.study"),
        confidence=Confidence.MEDIUM,
        confidence_reasons=(),
        claims={
            ("room", item, f"{month:02d}"): used
            for month, used in enumerate(hours_of_machine, start=1)
        },
    )


def of_groups(groups: Sequence[Bundle], settings: Settings) -> tuple[Assembly, Portfolio]:
    survey = Survey(
        sites={site: Site(site_id=site, name=site) for site in SITES},
        equipment={
            f"{site}-press": Equipment(
                item_id=f"{site}-press",
                site_id=site,
                direction=Direction.NEED,
                equipment="press",
            )
            for site in SITES
        },
    )
    candidates = build_candidates(survey, load_catalogue(), settings)
    assembly = assemble(candidates, survey, settings, Bundles(bundles=tuple(groups)))
    budget = assembly.budget(settings.animation_hours)
    return assembly, solve_portfolio(assembly.problem, settings, budget=budget)


groups = st.lists(
    st.builds(
        a_group,
        st.integers(1, 900).map(float),
        st.sampled_from([("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("A", "B", "C")]),
        st.sampled_from([4.0, 8.0, 60.0]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.slow
@given(groups, st.integers(0, 150))
def test_no_choice_within_the_hours_brings_more_than_the_plan(found, most):
    """Every set of groups: two leads a site, so many hours in all, a call of the same once."""
    best = 0.0
    for chosen in product((False, True), repeat=len(found)):
        taken = [group for group, is_in in zip(found, chosen, strict=True) if is_in]
        leads = [sum(site in group.site_ids for group in taken) for site in SITES]
        calls: dict[tuple[str, ...], float] = {}
        for group in taken:
            calls[group.site_ids] = max(calls.get(group.site_ids, 0.0), group.effort_hours)
        if max(leads) <= 2 and sum(calls.values()) <= most:
            best = max(best, sum(group.worth for group in taken))

    _, portfolio = of_groups(found, replace(SETTINGS, animation_hours=float(most)))

    assert portfolio.solution.report.objective == pytest.approx(best)
    assert portfolio.animation.used_hours <= most + 1e-6


def test_the_price_of_the_hours_is_what_a_week_more_brings():
    """8 h take the one of 300; 43 h take 300 and 200 and 100 (24 h): a week is worth 300."""
    found = [a_group(300, ("A", "B")), a_group(200, ("C", "D")), a_group(100, ("A", "C"))]

    _, portfolio = of_groups(found, replace(SETTINGS, animation_hours=8.0))

    assert portfolio.animation.is_binding
    assert portfolio.animation.more_gain == pytest.approx(300.0)
    assert portfolio.animation.more_bound == pytest.approx(300.0)


def test_hours_that_suffice_change_nothing_and_have_no_price():
    found = [a_group(300, ("A", "B")), a_group(200, ("C", "D"))]

    _, portfolio = of_groups(found, replace(SETTINGS, animation_hours=16.0))

    assert not portfolio.animation.is_binding
    assert (portfolio.animation.used_hours, portfolio.animation.more_gain) == (16.0, 0.0)


CHIPPER_H = 5.0


def a_chipper_that_is_shared(worth: float, hours: Sequence[float]) -> tuple[Assembly, float]:
    """240 t of offcuts a year wait for a chipper of 5 h a month at 4 t/h; a group asks for it."""
    survey = a_survey(
        an_offer("F05-offcuts", "offcuts", 240.0),
        a_need("F04-chips", "wood_chips", 1_000.0, cost=60.0),
        equipment=[
            Equipment(
                item_id="F11-chipper",
                site_id="F11",
                direction=Direction.OFFER,
                equipment="chipper",
                mode=EquipmentMode.SERVICE,
                hours_by_month=(CHIPPER_H,) * 12,
            )
        ],
    )
    candidates = build_candidates(survey, WOOD, SETTINGS)
    group = a_group(worth, ("F11", "F04"), hours_of_machine=hours, item="F11-chipper")
    found = Bundles(bundles=(group,), limits=dict.fromkeys(group.claims, CHIPPER_H))
    (arc,) = np.flatnonzero(candidates.arcs.processor >= 0)
    return assemble(candidates, survey, SETTINGS, found), float(candidates.arcs.gain[arc])


@pytest.mark.slow
@given(
    st.integers(1, 6_000).map(float),
    st.lists(st.integers(0, 5).map(float), min_size=12, max_size=12).filter(any),
)
def test_a_machines_hours_are_claimed_once_by_a_process_and_by_sharing_together(worth, hours):
    """With the group or without it, the process gets at most what is left: 4 t an hour."""
    assembly, gain = a_chipper_that_is_shared(worth, hours)
    rate = CHIPPING.throughput_per_h

    def chipped(left: Sequence[float]) -> float:
        tonnes = sum(min(20.0, rate * each) for each in left)
        return max(gain * tonnes - float(assembly.problem.link_cost[0]), 0.0)

    with_group = worth + chipped([CHIPPER_H - used for used in hours])
    best = max(with_group, chipped([CHIPPER_H] * 12))

    portfolio = solve_portfolio(assembly.problem, SETTINGS)

    assert portfolio.solution.report.objective == pytest.approx(best, rel=1e-7)
    amounts = assembly.amounts_by_link(portfolio.solution)[0]
    taken = hours if portfolio.solution.is_open[1] else [0.0] * 12
    assert (amounts / rate + taken <= CHIPPER_H + 1e-6).all()
