"""Sharing as capacitated facility location: known optima, brute force, laws, clear refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.errors import NoPlanError
from matcher.optimise import facility, solve_sharing
from matcher.optimise.facility_reference import solve_reference
from matcher.settings import Backend, Settings, Solver
from tests.matcher.optimise.facility_towns import a_problem, least_cost, tiny_problems

WAYS = [
    pytest.param(Settings(backend=Backend.ENGINE), id="engine"),
    pytest.param(Settings(backend=Backend.REFERENCE), id="board, HiGHS"),
    pytest.param(Settings(backend=Backend.REFERENCE, solver=Solver.CBC), id="board, CBC"),
]
ORLIB = [
    *(f"cap{n}" for n in (41, 42, 43, 44, 51, 61, 62, 63, 64, 81, 82, 83, 84)),
    *(f"cap{n}" for n in (101, 102, 103, 104, 121, 122, 123, 124)),
]


def an_orlib_instance(path):
    """J. E. Beasley, European Journal of Operational Research 33 (1988): the cost of a customer is
    for all of its demand.
    """
    numbers = iter(path.read_text(encoding="utf-8").split())
    hosts, users = int(next(numbers)), int(next(numbers))
    capacity, fixed_cost, need, unit_cost = {}, {}, {}, {}
    for host in range(hosts):
        capacity[f"h{host}"], fixed_cost[f"h{host}"] = float(next(numbers)), float(next(numbers))
    for user in range(users):
        need[f"u{user}"] = float(next(numbers))
        for host in range(hosts):
            unit_cost[f"u{user}", f"h{host}"] = float(next(numbers)) / need[f"u{user}"]
    return capacity, fixed_cost, need, unit_cost


@pytest.mark.parametrize("name", ORLIB)
def test_every_warehouse_optimum_of_the_or_library_is_reached_and_proved(shared, name):
    """Published with three decimals."""
    optimum = json.loads((shared / "cases" / "optima.json").read_text())["orlib_cap"][name]
    instance = an_orlib_instance(shared / "cases" / "orlib_cap" / f"{name}.txt")

    plan = solve_sharing(*instance, Settings())

    assert plan.report.objective == pytest.approx(optimum, abs=1e-3)
    assert plan.report.proved_optimal


@pytest.mark.parametrize("settings", WAYS)
def test_one_machine_for_both_is_cheaper_than_one_each(settings):
    """A (10 h, 100 EUR) and B (10 h, 90 EUR); a needs 4, b needs 5, at home 1 EUR/h, else 3.

    One machine at A: 100 + 4 x 1 + 5 x 3 = 119. At B: 90 + 4 x 3 + 5 x 1 = 107. Both: 199.
    """
    plan = solve_sharing(
        {"A": 10, "B": 10},
        {"A": 100, "B": 90},
        {"a": 4, "b": 5},
        {("a", "A"): 1, ("a", "B"): 3, ("b", "A"): 3, ("b", "B"): 1},
        settings,
    )

    assert plan.report.objective == pytest.approx(107)
    assert plan.hosts == ("B",)
    assert plan.amounts == pytest.approx({("a", "B"): 4, ("b", "B"): 5})
    assert plan.report.proved_optimal


@pytest.mark.parametrize("settings", WAYS)
def test_a_need_may_be_split_between_two_hosts(settings):
    """6 h at 1 EUR fill the near host, the other 4 cost 2 EUR: 6 + 8 = 14, both are open for 5."""
    plan = solve_sharing(
        {"near": 6, "far": 9},
        {"near": 5, "far": 0},
        {"a": 10},
        {("a", "near"): 1, ("a", "far"): 2},
        settings,
    )

    assert plan.amounts == pytest.approx({("a", "near"): 6, ("a", "far"): 4})
    assert plan.report.objective == pytest.approx(19)


def test_nobody_who_needs_anything_costs_nothing():
    plan = solve_sharing({"A": 5}, {"A": 10}, {}, {}, Settings())

    assert plan.amounts == {}
    assert plan.hosts == ()
    assert plan.report.objective == 0
    assert plan.report.proved_optimal


def test_a_need_that_no_host_in_reach_can_meet_is_named_with_what_there_is():
    with pytest.raises(NoPlanError, match=r"'b' needs 9, the hosts that it can use have 6") as told:
        solve_sharing(
            {"A": 6, "B": 20}, {}, {"a": 1, "b": 9}, {("a", "B"): 1, ("b", "A"): 1}, Settings()
        )

    assert told.value.status == "infeasible"


def test_needs_that_compete_for_one_host_say_how_much_is_missing():
    """5 + 4 on a host of 6: 3 cannot be met, and no empty plan is given instead."""
    with pytest.raises(NoPlanError, match=r"3 of 9 needed cannot be met"):
        solve_sharing({"A": 6}, {}, {"a": 5, "b": 4}, {("a", "A"): 1, ("b", "A"): 1}, Settings())


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("capacity", {"A": -1.0}, r"capacity\['A'\] must be finite and not negative"),
        ("need", {"a": float("nan")}, r"need\['a'\] must be finite and not negative"),
        ("fixed_cost", {"Z": 1.0}, r"fixed_cost\['Z'\] is not a host of capacity"),
        ("unit_cost", {("a", "Z"): 1.0}, r"'Z' is not a host of capacity"),
        ("unit_cost", {("z", "A"): 1.0}, r"'z' is not a user of need"),
        ("unit_cost", {("a", "A"): float("inf")}, r"must be finite"),
    ],
)
def test_a_figure_that_cannot_be_is_refused_with_its_place(where, value, message):
    tables = {
        "capacity": {"A": 5.0},
        "fixed_cost": {"A": 1.0},
        "need": {"a": 1.0},
        "unit_cost": {("a", "A"): 1.0},
    }

    with pytest.raises(ValueError, match=message):
        solve_sharing(**{**tables, where: value}, settings=Settings())


def can_be_met(problem):
    """Whether the needs have a plan at all."""
    try:
        facility.check_feasible(problem, "abc", Settings())
    except NoPlanError:
        return False
    return True


@given(tiny_problems())
def test_no_choice_of_hosts_is_cheaper(problem):
    """Brute force over every set of hosts and of uses."""
    best = least_cost(problem)
    if best is None:
        with pytest.raises(NoPlanError):
            facility.check_feasible(problem, "abc", Settings())
        return

    facility.check_feasible(problem, "abc", Settings())
    solution = facility.solve(problem, Settings())

    assert solution.report.objective == pytest.approx(best, abs=1e-6)
    assert solution.report.proved_optimal
    facility.check_rows(problem, solution.amount, solution.is_open)


@given(tiny_problems(), st.sampled_from([Solver.HIGHS, Solver.CBC]))
def test_the_board_and_the_engine_agree(problem, solver):
    assume(can_be_met(problem))

    board = solve_reference(problem, Settings(solver=solver))
    engine = facility.solve(problem, Settings())

    assert board.report.objective == pytest.approx(engine.report.objective, abs=1e-5)


@given(tiny_problems(), st.randoms(use_true_random=False))
def test_the_order_of_arcs_hosts_and_users_changes_nothing(problem, chance):
    assume(can_be_met(problem))
    hosts, users = (list(range(n)) for n in (problem.fixed_cost.size, problem.need.shape[0]))
    arcs = list(range(problem.arc_cost.size))
    for order in (hosts, users, arcs):
        chance.shuffle(order)
    shuffled = replace(
        problem,
        capacity=problem.capacity[hosts],
        fixed_cost=problem.fixed_cost[hosts],
        need=problem.need[users],
        arc_user=np.argsort(users)[problem.arc_user[arcs]],
        arc_host=np.argsort(hosts)[problem.arc_host[arcs]],
        arc_cost=problem.arc_cost[arcs],
        arc_fixed=problem.arc_fixed[arcs],
    )

    costs = [facility.solve(one, Settings()).report.objective for one in (problem, shuffled)]

    assert costs[0] == pytest.approx(costs[1], abs=1e-6)


@given(tiny_problems(), st.sampled_from([1e-3, 60.0, 1e4]))
def test_another_unit_of_need_changes_no_cost(problem, factor):
    """Hours or minutes: amounts are multiplied, the price of a unit divided."""
    assume(can_be_met(problem))
    in_other_unit = replace(
        problem,
        capacity=problem.capacity * factor,
        need=problem.need * factor,
        arc_cost=problem.arc_cost / factor,
    )

    costs = [facility.solve(one, Settings()).report.objective for one in (problem, in_other_unit)]

    assert costs[0] == pytest.approx(costs[1], abs=1e-5)


@given(tiny_problems(), st.integers(1, 5))
def test_more_room_never_costs_more(problem, more):
    assume(can_be_met(problem))
    roomier = replace(problem, capacity=problem.capacity + more)

    before = facility.solve(problem, Settings()).report.objective

    assert facility.solve(roomier, Settings()).report.objective <= before + 1e-6


def test_a_machine_that_is_free_in_other_months_does_not_serve():
    """10 h in January or 10 h in February: a need of 10 h in February takes the dearer host."""
    problem = a_problem([[10, 0], [0, 10]], [0, 50], [[0, 10]], [[1, 2]])

    solution = facility.solve(problem, Settings())

    assert solution.is_open.tolist() == [False, True]
    assert solution.report.objective == pytest.approx(70)


def test_a_use_with_a_cost_of_its_own_is_opened_once_for_all_months():
    """30 EUR a year for the agreement, 2 x 5 h at 1 EUR: 40."""
    problem = a_problem([[9, 9]], [0], [[5, 5]], [[1]], [[30]])

    assert facility.solve(problem, Settings()).report.objective == pytest.approx(40)
