"""Groups that were not made: what is said of them holds for the plan that has them all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates import build_candidates
from matcher.candidates.bundles import LeftOut
from matcher.groups import build_bundles, co_buying, pooling, sharing
from matcher.optimise.assembly import assemble
from matcher.optimise.left_out import bound_with_left_out
from matcher.optimise.portfolio import solve_portfolio
from tests.matcher.groups.a_round import (
    CATALOGUE,
    SETTINGS,
    a_buyer,
    a_pool,
    a_site,
    a_survey,
)
from tests.matcher.groups.test_sharing_laws import rounds

TIGHT = replace(SETTINGS, portfolio_gap=1e-9, workers=1, curve_points=0)


def best_and_bounds(survey, settings, narrow):
    """The best gain with all groups; with few, the plan's report and the bound with others."""
    every = build_bundles(survey, CATALOGUE, settings)
    with pytest.MonkeyPatch.context() as patch:
        for room, name, value in narrow:
            patch.setattr(room, name, value)
        few = build_bundles(survey, CATALOGUE, settings)
    candidates = build_candidates(survey, CATALOGUE, settings)

    def solved(found):
        assembly = assemble(candidates, survey, settings, found)
        return assembly, solve_portfolio(assembly.problem, settings).solution.report

    _, best = solved(every)
    assembly, report = solved(few)
    beyond = None
    if few.left_out:
        beyond = bound_with_left_out(assembly, few.left_out, survey, settings)
    return best.objective, report, beyond


def holds(best, report, beyond):
    slack = 1e-6 * max(abs(best), 1.0)
    if beyond is None:
        assert best <= report.bound + slack
    else:
        assert best <= max(report.bound, beyond) + slack


@pytest.mark.slow
@given(rounds(), st.integers(1, 3))
def test_users_beyond_the_best_of_a_host_bring_no_more_than_is_said(round_, attention):
    sites, equipment = round_
    settings = replace(TIGHT, max_proposals_per_site=attention)
    narrow = ((sharing, "_GROUPS_AMONG", 1), (sharing, "_HOSTS_A_USER", 1))

    holds(*best_and_bounds(a_survey(sites, equipment), settings, narrow))


@pytest.mark.slow
@given(st.lists(st.integers(400, 9000), min_size=3, max_size=6), st.integers(1, 2))
def test_orders_that_are_not_the_best_bring_no_more_than_is_said(spent, attention):
    pools = [a_pool(f"p{at}", 4, float(eur)) for at, eur in enumerate(spent)]
    sites = [a_site(pool.site_id, at) for at, pool in enumerate(pools)]
    settings = replace(TIGHT, max_proposals_per_site=attention, most_pool_members=3)

    holds(
        *best_and_bounds(a_survey(sites, (), pools), settings, ((pooling, "_EVERY_GROUP_TO", 2),))
    )


@pytest.mark.slow
@given(st.lists(st.integers(3, 30), min_size=3, max_size=5))
def test_buyers_beyond_the_largest_bring_no_more_than_is_said(hours):
    machines = [
        a_buyer(f"b{at}", each, eur_per_hour=30.0, purchase_eur=8000.0, life_years=8.0)
        for at, each in enumerate(hours)
    ]
    sites = [a_site(machine.site_id, at) for at, machine in enumerate(machines)]

    holds(*best_and_bounds(a_survey(sites, machines), TIGHT, ((co_buying, "_GROUPS_AMONG", 2),)))


def test_what_a_declaration_adds_it_adds_once_and_each_group_pays_its_place():
    """a 50, b 30, c 20 (b costs 25 in attention); two at most in a group that costs 10 and 5.

    One group with c: 20 + 50 - 15 = 55. Two: 20 + 5 of those beyond, 50 + 20 of others, less 30.
    """
    groups = LeftOut(
        hub=None,
        worth={"a": 50.0, "b": 30.0, "c": 20.0},
        beyond=frozenset("bc"),
        most=2,
        at_once=2,
        cost=10.0,
    )
    price = {"a": 0.0, "b": 25.0, "c": 0.0}

    assert groups.best(price.__getitem__, 5.0) == pytest.approx(max(55.0, 25 + 70 - 30))
