"""The plan with its curve of gain against number of proposals."""

from dataclasses import replace

import numpy as np
import pytest

from matcher.optimise.exchange import solve
from matcher.optimise.portfolio import points_of_curve, solve_portfolio
from matcher.settings import Settings

from .cases import an_exchange


def a_town(**more):
    """Five links apart: gains of 50, 40, 30, 20 and 10 EUR after 5 EUR of cost each."""
    gains = np.array([55, 45, 35, 25, 15]) / 10
    links = [(i, i) for i in range(5)]
    return an_exchange([10] * 5, [10] * 5, links, gains, cost=5, **more)


def test_curve_adds_the_best_proposal_first_and_each_point_is_proved():
    portfolio = solve_portfolio(a_town(), Settings(portfolio_gap=0.0))

    assert [(p.proposals, round(p.gain), round(p.bound)) for p in portfolio.curve] == [
        (1, 50, 50),
        (2, 90, 90),
        (3, 120, 120),
        (4, 140, 140),
        (5, 150, 150),
    ]
    assert portfolio.components == 5


def test_the_number_of_proposals_asked_for_is_kept_and_ends_the_curve():
    portfolio = solve_portfolio(a_town(), Settings(proposals=2, portfolio_gap=0.0))

    assert portfolio.solution.is_open.sum() == 2
    assert portfolio.curve[-1].proposals == 2
    assert portfolio.curve[-1].gain == portfolio.solution.report.objective


def test_what_stays_inside_a_firm_is_not_counted():
    weight = np.array([0.0, 1, 1, 1, 1])

    portfolio = solve_portfolio(a_town(weight=weight), Settings(proposals=1, portfolio_gap=0.0))

    assert portfolio.solution.report.objective == pytest.approx(50 + 40)
    assert [p.proposals for p in portfolio.curve] == [1]


def test_curve_rises_and_its_bounds_hold_for_each_number_of_proposals():
    """Each point of a crowded town is solved again alone, to be sure of gain and bound."""
    rng = np.random.default_rng(3)
    links = [(o, n) for o in range(6) for n in range(6)]
    town = an_exchange(
        rng.integers(5, 30, 6),
        rng.integers(5, 30, 6),
        links,
        rng.uniform(5, 20, len(links)),
        cost=rng.uniform(10, 60, len(links)),
        rows=[([i for i, (o, _) in enumerate(links) if o == k], 2) for k in range(6)],
    )

    portfolio = solve_portfolio(town, Settings(portfolio_gap=0.0))

    gains = [point.gain for point in portfolio.curve]
    assert gains == sorted(gains)
    for point in portfolio.curve:
        best = solve(replace(town, max_links=point.proposals), Settings()).report.objective
        assert point.gain <= best + 1e-6 <= point.bound + 2e-6


def test_a_long_plan_has_twenty_points_that_end_at_it():
    points = points_of_curve(137, 20)

    assert len(points) == 20 and points[0] == 1 and points[-1] == 137


def test_no_proposal_makes_no_curve():
    nothing = an_exchange([1], [1], [(0, 0)], 1, cost=2)

    assert solve_portfolio(nothing, Settings()).curve == ()
