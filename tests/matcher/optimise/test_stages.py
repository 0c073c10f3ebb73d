"""Declared first: what is supposed takes what is left, and each choice has its proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.optimise.problem import ExchangeProblem, ProofLimit, Rows
from matcher.optimise.settle import check_rows
from matcher.optimise.stages import solve_in_stages
from matcher.settings import Settings

EXACT = Settings(portfolio_gap=0.0)
SUPPOSED = np.array([False, True])


def two_links(*, seats: int, supply: float = 20.0) -> ExchangeProblem:
    """A need of 10; offers of 6 at 1 EUR, declared, and 20 at 5 EUR, supposed; a row of seats."""
    return ExchangeProblem(
        supply=np.array([[6.0], [supply]]),
        demand=np.array([[10.0]]),
        arc_offer=np.array([0, 1]),
        arc_need=np.array([0, 0]),
        arc_link=np.array([0, 1]),
        arc_yield=np.ones(2),
        arc_gain=np.array([1.0, 5.0]),
        link_cost=np.zeros(2),
        link_lot=np.zeros(2),
        link_weight=np.ones(2),
        link_rows=Rows(
            row=np.zeros(2, np.int64),
            column=np.array([0, 1]),
            coefficient=np.ones(2),
            upper=np.array([float(seats)]),
        ),
    )


def test_the_only_seat_goes_to_what_was_declared():
    """By hand: 6 x 1 = 6 EUR, although the supposed one alone would bring 10 x 5 = 50."""
    portfolio = solve_in_stages(two_links(seats=1), SUPPOSED, EXACT)

    assert portfolio.solution.is_open.tolist() == [True, False]
    assert portfolio.solution.report.objective == pytest.approx(6)
    assert portfolio.solution.report.proved_optimal
    assert portfolio.proof_limits == (ProofLimit.DECLARED_FIRST,)


def test_what_is_supposed_takes_what_is_left_of_the_need():
    """By hand: 6 x 1, then the 4 that are left x 5: 26 EUR, and the curve says so in this order."""
    problem = two_links(seats=2)
    portfolio = solve_in_stages(problem, SUPPOSED, EXACT)

    assert portfolio.solution.amount.ravel().tolist() == pytest.approx([6, 4])
    assert portfolio.solution.report.objective == pytest.approx(26)
    curve = [(point.proposals, pytest.approx(point.gain)) for point in portfolio.curve]
    assert curve == [(1, 6), (2, 26)]
    check_rows(problem, portfolio.solution.amount, portfolio.solution.is_open)


def test_the_number_of_leads_wanted_is_filled_with_declared_ones_first():
    portfolio = solve_in_stages(replace(two_links(seats=2), max_links=1), SUPPOSED, EXACT)
    assert portfolio.solution.is_open.tolist() == [True, False]
    by_setting = solve_in_stages(two_links(seats=2), SUPPOSED, replace(EXACT, proposals=1))
    assert by_setting.solution.is_open.tolist() == [True, False]


@pytest.mark.parametrize(("hours", "left"), [(6.0, 0.0), (9.0, 3.0)])
def test_hours_and_permits_are_used_up_in_the_same_order(hours, left):
    """A machine, then a permit, of so many units: 6 for the declared offer, then the other."""
    both = {"row": np.zeros(2, np.int64), "column": np.array([0, 1]), "coefficient": np.ones(2)}
    machine = replace(
        two_links(seats=2),
        capacity_rows=Rows(**both, upper=np.zeros(1)),
        capacity=np.array([[hours]]),
    )
    permit = replace(two_links(seats=2), year_rows=Rows(**both, upper=np.array([hours])))
    for problem in (machine, permit):
        solution = solve_in_stages(problem, SUPPOSED, EXACT).solution
        assert solution.amount.ravel().tolist() == pytest.approx([6, left])
        check_rows(problem, solution.amount, solution.is_open)


@pytest.mark.parametrize("later", [[False, False], [True, True]])
def test_with_one_kind_only_it_is_the_plan_of_one_choice(later):
    """By hand: 10 x 5 = 50 EUR for the better offer; the seat for the other is left empty."""
    solution = solve_in_stages(two_links(seats=1), np.array(later), EXACT).solution
    assert solution.report.objective == pytest.approx(50)


def test_an_accepted_lead_keeps_its_seat_though_it_stands_on_a_supposition():
    """A row asks for the supposed link, accepted last round: it brings 10 x 5 = 50 EUR."""
    problem = two_links(seats=1)
    rows = problem.link_rows
    asking = Rows(
        row=np.append(rows.row, 1),
        column=np.append(rows.column, 1),
        coefficient=np.append(rows.coefficient, -1.0),
        upper=np.append(rows.upper, -1.0),
    )
    solution = solve_in_stages(replace(problem, link_rows=asking), SUPPOSED, EXACT).solution
    assert solution.is_open.tolist() == [False, True]
    assert solution.report.objective == pytest.approx(50)
