"""Brute force on tiny towns, laws, backends that agree, and honest reports."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import NoPlanError
from matcher.optimise import solver
from matcher.optimise.components import split
from matcher.optimise.exchange import solve
from matcher.optimise.problem import Rows, SolveStatus
from matcher.optimise.reference import build_reference
from matcher.settings import Backend, Settings, Solver

from .cases import an_exchange, best_by_enumeration

GOLDEN = Path(__file__).parent / "golden" / "exchange.lp"
REFERENCE = Settings(backend=Backend.REFERENCE)
CBC = Settings(backend=Backend.REFERENCE, solver=Solver.CBC)
ENGINE = Settings(backend=Backend.ENGINE)


@st.composite
def tiny_towns(draw):
    """Up to three offers, three needs and five links; costs, lots, attention, two seasons."""
    whole = st.integers(0, 12)
    periods = draw(st.integers(1, 3))
    offers, needs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    pairs = [(o, n) for o in range(offers) for n in range(needs)]
    links = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=5, unique=True))
    each = len(links)
    rows = draw(
        st.lists(
            st.tuples(st.sets(st.integers(0, each - 1), min_size=1), st.integers(0, 2)),
            max_size=2,
        )
    )
    return an_exchange(
        draw(_table(offers, periods, whole)),
        draw(_table(needs, periods, whole)),
        links,
        draw(st.lists(st.integers(-3, 20), min_size=each, max_size=each)),
        cost=draw(st.lists(st.integers(0, 40), min_size=each, max_size=each)),
        lot=draw(st.lists(st.integers(0, 6), min_size=each, max_size=each)),
        rows=[(sorted(columns), upper) for columns, upper in rows],
        max_links=draw(st.none() | st.integers(0, 3)),
        arc_yield=draw(st.sampled_from([1.0, 0.5, 3.0])),
    )


def _table(rows, columns, numbers):
    row = st.lists(numbers, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows).map(lambda t: np.array(t, float))


@settings(max_examples=25, deadline=None)
@given(tiny_towns())
def test_engine_finds_what_trying_everything_finds(town):
    report = solve(town, ENGINE).report

    assert report.objective == pytest.approx(best_by_enumeration(town), abs=1e-6)
    assert report.bound >= report.objective


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(tiny_towns())
def test_every_backend_finds_what_trying_everything_finds(town):
    best = best_by_enumeration(town)

    for choice in (ENGINE, REFERENCE, CBC):
        assert solve(town, choice).report.objective == pytest.approx(best, abs=1e-5)


@settings(max_examples=20, deadline=None)
@given(tiny_towns(), st.randoms(use_true_random=False))
def test_order_of_the_links_and_names_of_the_nodes_change_nothing(town, random):
    order = list(range(town.counts[3]))
    random.shuffle(order)
    place = np.argsort(order)
    shuffled = replace(
        town,
        arc_offer=town.arc_offer[order],
        arc_need=town.arc_need[order],
        arc_gain=town.arc_gain[order],
        link_cost=town.link_cost[order],
        link_lot=town.link_lot[order],
        link_rows=replace(town.link_rows, column=place[town.link_rows.column]),
    )

    before, after = solve(town, ENGINE).report, solve(shuffled, ENGINE).report

    assert after.objective == pytest.approx(before.objective, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(tiny_towns())
def test_kilos_for_tonnes_change_nothing_but_the_amounts(town):
    in_kilos = replace(
        town,
        supply=town.supply * 1000,
        demand=town.demand * 1000,
        arc_gain=town.arc_gain / 1000,
        link_lot=town.link_lot * 1000,
    )

    report = solve(in_kilos, ENGINE).report

    assert report.objective == pytest.approx(solve(town, ENGINE).report.objective, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(tiny_towns())
def test_more_attention_and_more_proposals_never_lower_the_gain(town):
    rows = replace(town.link_rows, upper=town.link_rows.upper + 1)
    limit = None if town.max_links is None else town.max_links + 1

    more = solve(replace(town, link_rows=rows, max_links=limit), ENGINE).report.objective

    assert more >= solve(town, ENGINE).report.objective - 1e-6


def test_what_leaves_and_arrives_balances_with_the_yield():
    """10 t of chips at 3 MWh a tonne fill a need of 12 MWh with 4 t: 4 x 5 = 20 EUR."""
    solution = solve(an_exchange([10], [12], [(0, 0)], 5, arc_yield=3.0), ENGINE)

    assert solution.amount.sum() == pytest.approx(4)
    assert solution.report.objective == pytest.approx(20)
    assert solution.need_price[0, 0] == pytest.approx(5 / 3)
    assert solution.offer_price[0, 0] == pytest.approx(0)


def test_months_alike_are_shared_out_again_in_their_proportions():
    """Twelve months of 1 t, a need of 2 t from June to August only: 3 t in all."""
    demand = np.zeros((1, 12))
    demand[0, 5:8] = 2

    solution = solve(an_exchange(np.ones((1, 12)), demand, [(0, 0)], 10, cost=5), ENGINE)

    assert solution.amount[0] == pytest.approx([0] * 5 + [1] * 3 + [0] * 4)
    assert solution.report.objective == pytest.approx(25)
    assert solution.offer_price[0, 5:8] == pytest.approx([10] * 3)


def test_links_without_a_common_row_are_solved_apart_and_a_common_row_joins_them():
    apart = an_exchange([1, 1], [1, 1], [(0, 0), (1, 1)], 1, cost=0.1)
    joined = replace(
        apart,
        link_rows=Rows(
            row=np.zeros(2, np.int64),
            column=np.arange(2),
            coefficient=np.ones(2),
            upper=np.array([1.0]),
        ),
    )

    assert [len(split(apart)), len(split(joined))] == [2, 1]
    assert len(split(replace(apart, max_links=1))) == 1


def test_a_limit_below_zero_is_no_plan_and_not_an_empty_one():
    with pytest.raises(NoPlanError) as caught:
        solve(an_exchange([1], [1], [(0, 0)], 1, rows=[([0], -1)]), ENGINE)

    assert caught.value.status == "infeasible"


def test_the_solvers_own_refusal_is_no_plan_either():
    model = build_reference(an_exchange([1], [1], [(0, 0)], 1, rows=[([0], -1)]))

    for choice in (REFERENCE, CBC):
        with pytest.raises(NoPlanError):
            solver.run(model.problem, choice)


def test_a_plan_cut_short_says_so_and_its_bound_is_above_it():
    town = a_crowded_town(60)

    report = solve(town, replace(ENGINE, time_limit_s=0.3), gap=0).report

    assert report.status in (SolveStatus.TIME_LIMIT, SolveStatus.WORK_LIMIT)
    assert report.bound > report.objective > 0
    assert report.gap == pytest.approx((report.bound - report.objective) / report.objective)
    assert not report.proved_optimal


def test_nothing_to_gain_is_an_empty_plan_that_is_proved():
    report = solve(an_exchange([5], [5], [(0, 0)], 2, cost=11), ENGINE).report

    assert (report.objective, report.bound, report.proved_optimal) == (0, 0, True)


def test_reference_model_is_written_as_the_golden_file():
    """Read the file: it is the model of docs/model.md on two offers and two needs."""
    links = [(0, 0), (0, 1), (1, 1)]
    town = an_exchange(
        [10, 6],
        [8, 7],
        links,
        [3, 2, 4],
        cost=[5, 6, 0],
        lot=[0, 2, 0],
        rows=[([0, 1], 1)],
        max_links=2,
        arc_rows=Rows(
            row=np.zeros(2, np.int64),
            column=np.array([1, 2]),
            coefficient=np.array([-1.0, 2.0]),
            upper=np.zeros(1),
        ),
    )
    written = GOLDEN.with_suffix(".written")
    try:
        build_reference(town).problem.writeLP(str(written))
        assert written.read_text() == GOLDEN.read_text()
    finally:
        written.unlink(missing_ok=True)


def a_crowded_town(size):
    """Every offer can serve every need, each link costs as much as many of them bring."""
    rng = np.random.default_rng(7)
    links = [(o, n) for o in range(size) for n in range(size) if (o * 7 + n) % 5 == 0]
    return an_exchange(
        rng.integers(5, 60, size),
        rng.integers(5, 60, size),
        links,
        rng.uniform(5, 20, len(links)),
        cost=rng.uniform(50, 300, len(links)),
        rows=[([i for i, (o, _) in enumerate(links) if o == k], 3) for k in range(size)],
    )


@pytest.mark.slow
def test_two_dask_workers_and_two_processes_give_the_same_plan_as_one():
    distributed = pytest.importorskip("distributed")
    towns = [a_crowded_town(12) for _ in range(3)]
    town = _side_by_side(towns)
    alone = solve(town, replace(ENGINE, workers=1), gap=0.01)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as c:
        on_dask = solve(town, ENGINE, gap=0.01, dask_address=c.scheduler_address)
    in_processes = solve(town, replace(ENGINE, workers=2), gap=0.01)

    for other in (on_dask, in_processes):
        assert np.array_equal(other.amount, alone.amount)
        assert other.report.bound == alone.report.bound


def _side_by_side(towns):
    """Several towns as one model."""
    shift = np.cumsum([0] + [t.counts[0] for t in towns])
    links = [
        (int(o) + shift[i], int(n) + shift[i])
        for i, t in enumerate(towns)
        for o, n in zip(t.arc_offer, t.arc_need, strict=True)
    ]
    return an_exchange(
        np.vstack([t.supply for t in towns]),
        np.vstack([t.demand for t in towns]),
        links,
        np.concatenate([t.arc_gain for t in towns]),
        cost=np.concatenate([t.link_cost for t in towns]),
    )
