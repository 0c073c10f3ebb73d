"""The portfolio: the plan of a round and the curve of gain against number of proposals."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from matcher.optimise import exchange
from matcher.optimise.portfolio import points_of_curve, solve_portfolio
from matcher.settings import Backend, Settings
from tests.matcher.optimise.planted_exchange import towns_with_choices
from tests.matcher.optimise.tiny_towns import (
    a_town,
    best_by_brute_force,
    rows_of,
    towns,
)

EXACT = Settings(backend=Backend.ENGINE, workers=1, portfolio_gap=0.0)
ROUGH = Settings(backend=Backend.ENGINE, workers=1)

# 8 t x 30 - 100 = 140 EUR; 5 t x 20 - 20 = 80 EUR; 3 t x 10 - 5 = 25 EUR; the last does not pay.
FOUR_LINKS = a_town(
    [8, 5, 3, 2], [8, 5, 3, 2], [(0, 0, 30, 100), (1, 1, 20, 20), (2, 2, 10, 5), (3, 3, 1, 9)]
)


def test_the_best_proposals_come_first_and_the_curve_ends_at_the_plan():
    portfolio = solve_portfolio(FOUR_LINKS, EXACT)

    assert [point.proposals for point in portfolio.curve] == [1, 2, 3]
    assert [point.gain for point in portfolio.curve] == pytest.approx([140, 220, 245])
    assert portfolio.curve[-1].gain == portfolio.solution.report.objective
    assert portfolio.components == 4


def test_the_number_of_proposals_asked_for_is_kept():
    """Two of the three links that pay: 140 + 80 EUR."""
    portfolio = solve_portfolio(replace(FOUR_LINKS, max_links=2), EXACT)

    assert portfolio.solution.report.objective == pytest.approx(220)
    assert portfolio.solution.is_open.tolist() == [True, True, False, False]
    assert portfolio.curve[-1].proposals == 2


def test_the_settings_number_of_proposals_is_used_where_the_model_says_none():
    portfolio = solve_portfolio(FOUR_LINKS, replace(EXACT, proposals=1))

    assert portfolio.solution.report.objective == pytest.approx(140)


def test_no_proposal_wanted_gives_no_proposal_and_no_curve():
    portfolio = solve_portfolio(replace(FOUR_LINKS, max_links=0), EXACT)

    assert not portfolio.solution.is_open.any()
    assert portfolio.solution.amount.sum() == 0
    assert portfolio.curve == ()
    assert portfolio.solution.report.proved_optimal


def test_links_inside_one_firm_are_taken_without_being_counted():
    """The weight of the first link is 0: with no proposal at all it brings its 140 EUR."""
    inside = replace(FOUR_LINKS, link_weight=np.array([0.0, 1, 1, 1]), max_links=0)

    assert solve_portfolio(inside, EXACT).solution.report.objective == pytest.approx(140)


def require_a_sound_curve(portfolio):
    curve, report = portfolio.curve, portfolio.solution.report
    gains, bounds = [p.gain for p in curve], [p.bound for p in curve]
    assert len(curve) <= 20
    assert gains == sorted(gains) and bounds == sorted(bounds)
    assert all(gain <= bound for gain, bound in zip(gains, bounds, strict=True))
    assert [p.proposals for p in curve] == sorted({p.proposals for p in curve})
    if curve:
        assert (curve[-1].gain, curve[-1].bound) == (report.objective, report.bound)


@given(towns())
def test_each_point_is_within_its_bound_and_each_bound_above_the_best_with_so_many(town):
    """The gain of a point is of links of the plan: on a tiny town never above the best with k
    proposals, and the last is the best.
    """
    portfolio = solve_portfolio(town, EXACT)
    require_a_sound_curve(portfolio)

    for point in portfolio.curve:
        limit = point.proposals if town.max_links is None else min(point.proposals, town.max_links)
        best = best_by_brute_force(replace(town, max_links=limit))
        assert point.gain <= best + 1e-6
        assert point.bound >= best - 1e-6
    if portfolio.curve:
        assert portfolio.curve[-1].gain == pytest.approx(best_by_brute_force(town), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [None, 5, 30])
def test_a_larger_curve_has_twenty_points_at_most_each_within_its_bound(wanted):
    portfolio = solve_portfolio(
        replace(towns_with_choices(8, seed=4, nodes=4, months=2), max_links=wanted), ROUGH
    )
    require_a_sound_curve(portfolio)

    report = portfolio.solution.report
    assert report.gap <= ROUGH.portfolio_gap
    assert wanted is None or portfolio.curve[-1].proposals <= wanted


def test_a_long_plan_has_twenty_points_that_end_at_it():
    points = points_of_curve(137, 20)

    assert len(points) == 20 and points[0] == 1 and points[-1] == 137


def test_each_point_of_a_crowded_town_lies_between_the_best_with_so_many_and_its_bound():
    """36 links, two at most an offer; each point is solved again alone."""
    random = np.random.default_rng(3)
    links = [(o, n) for o in range(6) for n in range(6)]
    gains, costs = random.uniform(5, 20, 36), random.uniform(10, 60, 36)
    town = a_town(
        random.integers(5, 30, 6),
        random.integers(5, 30, 6),
        [(o, n, gain, cost) for (o, n), gain, cost in zip(links, gains, costs, strict=True)],
        link_rows=rows_of([(o, i, 1.0) for i, (o, _) in enumerate(links)], [2.0] * 6),
    )
    portfolio = solve_portfolio(town, EXACT)
    require_a_sound_curve(portfolio)

    for point in portfolio.curve:
        best = exchange.solve(replace(town, max_links=point.proposals), EXACT).report.objective
        assert point.gain <= best + 1e-6 <= point.bound + 2e-6


def test_a_curve_without_points_is_asked_for_by_zero():
    assert solve_portfolio(FOUR_LINKS, replace(EXACT, curve_points=0)).curve == ()


@pytest.mark.parametrize(
    ("total", "most", "points"),
    [
        (0, 20, []),
        (3, 20, [1, 2, 3]),
        (100, 4, [1, 34, 67, 100]),
        (100, 1, [100]),
        (5, 0, []),
    ],
)
def test_points_are_spread_from_one_proposal_to_all(total, most, points):
    assert points_of_curve(total, most).tolist() == points
