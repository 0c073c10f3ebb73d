"""Nobody forgotten: the elastic floor against trying every plan of tiny towns of mixed kinds."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates import build_candidates
from matcher.candidates.bundles import Bundles
from matcher.declarations import Survey
from matcher.optimise.assembly import Assembly, assemble
from matcher.optimise.portfolio import Portfolio, solve_portfolio
from matcher.optimise.problem import ProofLimit
from matcher.settings import Settings
from matcher.terms import Confidence
from tests.matcher.candidates.builders import AS_OF, CATALOGUE, a_need, a_site, a_survey, an_offer
from tests.matcher.optimise.test_animation_and_machines import a_group
from tests.matcher.optimise.tiny_towns import best_amounts

SETTINGS = Settings(
    as_of=AS_OF,
    workers=1,
    portfolio_gap=1e-9,
    max_proposals_per_site=1,
    floor_eur=400.0,
    floor_least_gain_eur=100.0,
)


def of(survey: Survey, groups, settings: Settings = SETTINGS) -> tuple[Assembly, Portfolio]:
    candidates = build_candidates(survey, CATALOGUE, settings)
    assembly = assemble(candidates, survey, settings, Bundles(bundles=tuple(groups)))
    return assembly, solve_portfolio(
        assembly.problem,
        settings,
        budget=assembly.budget(settings.animation_hours),
        floor=assembly.floor,
    )


def best_by_hand(assembly: Assembly, settings: Settings) -> float:
    """The most that gain and sites served bring together, over every set of links.

    A link between two flows serves where it brings both 100 EUR, or carries all that it can.
    """
    problem, floor = assembly.problem, assembly.floor
    if not problem.counts[3]:
        return 0.0
    lots, most = problem.link_lot.copy(), problem.most().sum(axis=1)
    for link in range(assembly.arc_of_link.size):
        if link in floor.link:
            (arc,) = np.flatnonzero(problem.arc_link == link)
            wanted = (200.0 + problem.link_cost[link]) / problem.arc_gain[arc]
            lots[link] = max(lots[link], min(wanted, most[arc] * (1 - 1e-6)))
    best = -np.inf
    for chosen in product((0.0, 1.0), repeat=problem.counts[3]):
        is_open = np.array(chosen)
        gain = best_amounts(replace(problem, link_lot=lots), is_open)
        if gain is not None:
            served = {s for s, link in zip(floor.site, floor.link, strict=True) if is_open[link]}
            best = max(best, gain + settings.floor_eur * len(served))
    return best


WITH_ALL = st.tuples(
    st.lists(st.sampled_from([20.0, 25.0, 40.0, 80.0]), min_size=4, max_size=4),
    st.lists(
        st.tuples(
            st.sampled_from([("F01", "F11"), ("F03", "F11"), ("F05", "F11"), ("F04", "F05")]),
            st.integers(50, 2_500).map(float),
        ),
        max_size=3,
    ),
    st.sampled_from([0.0, 150.0, 600.0, 5_000.0]),
    st.integers(1, 2),
)


def a_town_of_sand_and_groups(amounts, groups):
    """Two give sand, two take some (1 000 EUR a year a link), and groups share machines."""
    first, second, third, fourth = amounts
    survey = a_survey(
        an_offer("F01-sand", "sand", first),
        an_offer("F05-sand", "sand", second),
        a_need("F03-sand", "sand", third),
        a_need("F04-sand", "sand", fourth, cost=35.0),
        a_need("F11-water", "water_wash", 10.0),
    )
    return survey, [a_group(worth, sites) for sites, worth in groups]


@pytest.mark.slow
@given(WITH_ALL)
def test_no_choice_brings_more_in_gain_and_sites_served_together(drawn):
    """Neither the best plan without the floor, nor any in which each lead is worth a call."""
    amounts, groups, price, attention = drawn
    survey, found = a_town_of_sand_and_groups(amounts, groups)
    settings = replace(SETTINGS, floor_eur=price, max_proposals_per_site=attention)

    _, plain = of(survey, found, replace(settings, floor_eur=0.0))
    assembly, portfolio = of(survey, found, settings)

    report, account = portfolio.solution.report, portfolio.floor
    without = plain.solution.report.objective + price * plain.floor.served
    best = max(without, best_by_hand(assembly, settings))
    assert report.objective + price * account.served >= best - 1e-5 * abs(best) - 1e-2
    assert report.proved_optimal
    assert account.possible == account.served + len(account.left)


@pytest.mark.slow
@given(WITH_ALL)
def test_the_cost_is_what_the_plan_without_the_floor_brings_more(drawn):
    """And never more than the price of those it serves more."""
    amounts, groups, price, attention = drawn
    survey, found = a_town_of_sand_and_groups(amounts, groups)
    settings = replace(SETTINGS, floor_eur=price, max_proposals_per_site=attention)

    _, plain = of(survey, found, replace(settings, floor_eur=0.0))
    _, portfolio = of(survey, found, settings)

    account, objective = portfolio.floor, portfolio.solution.report.objective
    assert account.cost == pytest.approx(plain.solution.report.objective - objective, abs=1e-6)
    more = account.served - account.served_without
    assert account.cost <= price * more * (1 + 1e-6)
    assert plain.floor.cost == 0.0
    assert plain.floor.served == account.served_without


def test_the_one_who_is_left_out_is_served_where_that_costs_less_than_the_price():
    """A with B brings 900, A with C and B with D 500 + 300: 100 less, two sites more."""
    groups = [a_group(900, ("A", "B")), a_group(500, ("A", "C")), a_group(300, ("B", "D"))]
    survey = a_survey(*(a_need(f"{site}-x", "sand", 1.0) for site in "ABCD"), sites=_four())

    _, dear = of(survey, groups, replace(SETTINGS, floor_eur=60.0))
    _, cheap = of(survey, groups, replace(SETTINGS, floor_eur=40.0))

    assert dear.solution.report.objective == pytest.approx(800.0)
    assert (dear.floor.cost, dear.floor.served, dear.floor.left) == (pytest.approx(100.0), 4, ())
    assert cheap.solution.report.objective == pytest.approx(900.0)
    assert (cheap.floor.cost, cheap.floor.served, cheap.floor.left) == (0.0, 2, ("C", "D"))
    assert (dear.proof_limits, cheap.proof_limits) == ((ProofLimit.AS_MANY_SERVED,), ())


def test_a_floor_chosen_among_some_links_only_says_so_and_keeps_the_bound_of_all(monkeypatch):
    """The same town, as if it were too large: 800 found, and no more is proved than 900."""
    monkeypatch.setattr("matcher.optimise.serving._WHOLE_LINKS", 0)
    groups = [a_group(900, ("A", "B")), a_group(500, ("A", "C")), a_group(300, ("B", "D"))]
    survey = a_survey(*(a_need(f"{site}-x", "sand", 1.0) for site in "ABCD"), sites=_four())

    _, portfolio = of(survey, groups)

    report = portfolio.solution.report
    assert (report.objective, report.bound) == (pytest.approx(800.0), pytest.approx(900.0))
    assert not report.proved_optimal
    assert portfolio.proof_limits == (ProofLimit.FLOOR_IN_PART,)


def test_a_group_of_little_confidence_serves_nobody():
    groups = [a_group(900, ("A", "B")), replace(a_group(500, ("A", "C")), confidence=LOW)]
    survey = a_survey(*(a_need(f"{site}-x", "sand", 1.0) for site in "ABC"), sites=_four())

    _, portfolio = of(survey, groups)

    assert (portfolio.floor.possible, portfolio.floor.served) == (2, 2)


def test_the_curve_keeps_the_bound_of_those_who_serve_fewer():
    """One lead brings 900 at most; two serve all for 800, and no plan at all passes 900."""
    groups = [a_group(900, ("A", "B")), a_group(500, ("A", "C")), a_group(300, ("B", "D"))]
    survey = a_survey(*(a_need(f"{site}-x", "sand", 1.0) for site in "ABCD"), sites=_four())

    _, portfolio = of(survey, groups)

    last = portfolio.curve[-1]
    assert (last.proposals, last.gain) == (2, pytest.approx(800.0))
    assert last.bound == pytest.approx(900.0)
    assert portfolio.solution.report.bound == pytest.approx(800.0)


LOW = Confidence.LOW


def _four():
    return [a_site(site, east_km=100.0 * place) for place, site in enumerate("ABCD")]
