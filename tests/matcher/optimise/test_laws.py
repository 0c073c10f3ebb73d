"""What holds for any plan, and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.optimise import exchange, solve_exchange
from matcher.settings import Backend, Settings
from tests.matcher.optimise.tiny_towns import a_town, rows_of, towns

ENGINE = Settings(backend=Backend.ENGINE, workers=1)
BOARD = Settings(backend=Backend.REFERENCE, workers=1)

# Laws that ask for several plans a town meet half as many towns.
FEWER = settings(max_examples=settings().max_examples // 2)


def objective(town):
    return exchange.solve(town, ENGINE).report.objective


def close(value):
    return pytest.approx(value, rel=1e-6, abs=1e-6)


@FEWER
@given(towns())
def test_nothing_is_given_twice_and_no_open_link_carries_less_than_its_lot(town):
    for way in (ENGINE, BOARD):
        solution = exchange.solve(town, way)
        amount, is_open = solution.amount, solution.is_open
        sent, received = np.zeros_like(town.supply), np.zeros_like(town.demand)
        np.add.at(sent, town.arc_offer, amount)
        np.add.at(received, town.arc_need, amount * town.arc_yield[:, np.newaxis])
        moved = np.bincount(town.arc_link, amount.sum(axis=1), minlength=town.counts[3])

        assert (amount >= 0).all()
        assert (sent <= town.supply + 1e-6).all()
        assert (received <= town.demand + 1e-6).all()
        assert (moved[~is_open] == 0).all()
        assert (moved[is_open] > 0).all()
        assert (moved[is_open] >= town.link_lot[is_open] - 1e-6).all()


@given(towns())
def test_a_plan_is_worth_what_its_amounts_and_links_say_and_never_less_than_doing_nothing(town):
    solution = exchange.solve(town, ENGINE)
    worth = town.arc_gain @ solution.amount.sum(axis=1) - town.link_cost @ solution.is_open

    assert solution.report.objective == close(worth)
    assert solution.report.objective >= 0


@given(towns())
def test_prices_are_not_negative_and_have_the_shape_of_the_nodes(town):
    solution = exchange.solve(town, ENGINE)

    assert solution.offer_price.shape == town.supply.shape
    assert solution.need_price.shape == town.demand.shape
    assert (solution.offer_price >= 0).all() and (solution.need_price >= 0).all()


@FEWER
@given(towns(), st.integers(0, 3))
def test_more_supply_more_attention_or_more_proposals_never_lower_the_gain(town, more):
    gain = objective(town)

    assert objective(replace(town, supply=town.supply + more)) >= gain - 1e-6
    assert objective(replace(town, demand=town.demand + more)) >= gain - 1e-6
    rows = town.link_rows
    assert objective(replace(town, link_rows=replace(rows, upper=rows.upper + more))) >= gain - 1e-6
    if town.max_links is not None:
        assert objective(replace(town, max_links=town.max_links + more)) >= gain - 1e-6
        assert objective(replace(town, max_links=None)) >= gain - 1e-6


@FEWER
@given(towns())
def test_twice_the_gains_and_the_costs_are_twice_the_plan(town):
    doubled = replace(town, arc_gain=2 * town.arc_gain, link_cost=2 * town.link_cost)

    assert objective(doubled) == close(2 * objective(town))


@FEWER
@given(towns())
def test_kilograms_instead_of_tonnes_change_nothing(town):
    in_kg = replace(
        town,
        supply=1000 * town.supply,
        demand=1000 * town.demand,
        arc_gain=town.arc_gain / 1000,
        link_lot=1000 * town.link_lot,
        capacity=1000 * town.capacity,
        year_rows=replace(town.year_rows, upper=1000 * town.year_rows.upper),
    )

    assert objective(in_kg) == close(objective(town))


@FEWER
@given(towns(), st.randoms(use_true_random=False))
def test_the_order_of_links_offers_and_needs_changes_nothing(town, random):
    offers, needs, arcs, links = (shuffled(count, random) for count in town.counts)
    renumbered_link, renumbered_arc = np.argsort(links), np.argsort(arcs)

    def moved(rows, place):
        return replace(rows, column=place[rows.column])

    other = replace(
        town,
        supply=town.supply[offers],
        demand=town.demand[needs],
        arc_offer=np.argsort(offers)[town.arc_offer][arcs],
        arc_need=np.argsort(needs)[town.arc_need][arcs],
        arc_link=renumbered_link[town.arc_link][arcs],
        arc_yield=town.arc_yield[arcs],
        arc_gain=town.arc_gain[arcs],
        link_cost=town.link_cost[links],
        link_lot=town.link_lot[links],
        link_weight=town.link_weight[links],
        link_rows=moved(town.link_rows, renumbered_link),
        arc_rows=moved(town.arc_rows, renumbered_arc),
        capacity_rows=moved(town.capacity_rows, renumbered_arc),
        year_rows=moved(town.year_rows, renumbered_arc),
    )

    assert objective(other) == close(objective(town))


def shuffled(count, random):
    order = list(range(count))
    random.shuffle(order)
    return np.array(order, np.int64)


@FEWER
@given(towns())
def test_a_month_of_nothing_changes_nothing(town):
    idle_offers, idle_needs = np.zeros((town.counts[0], 1)), np.zeros((town.counts[1], 1))
    capacity = town.capacity
    if capacity.size:
        capacity = np.hstack([capacity, np.zeros((capacity.shape[0], 1))])
    longer = replace(
        town,
        supply=np.hstack([town.supply, idle_offers]),
        demand=np.hstack([town.demand, idle_needs]),
        capacity=capacity,
    )

    assert objective(longer) == close(objective(town))


@given(towns())
def test_a_row_that_cannot_bind_changes_nothing(town):
    links = town.counts[3]
    loose = rows_of([(0, link, 1.0) for link in range(links)], [float(links)])

    assert town.link_rows.upper.size or objective(replace(town, link_rows=loose)) == close(
        objective(town)
    )


def test_what_leaves_and_arrives_balances_with_the_yield():
    """10 t of chips at 3 MWh a tonne fill a need of 12 MWh with 4 t: 4 x 5 = 20 EUR. One more MWh
    would be worth 5 / 3 EUR, one more tonne nothing.
    """
    solution = exchange.solve(a_town([10], [12], [(0, 0, 5, 0)], arc_yield=np.array([3.0])), ENGINE)

    assert solution.amount.sum() == pytest.approx(4)
    assert solution.report.objective == pytest.approx(20)
    assert solution.need_price[0, 0] == pytest.approx(5 / 3)
    assert solution.offer_price[0, 0] == pytest.approx(0)


def test_months_alike_are_shared_out_again_in_their_proportions():
    """Twelve months of 1 t, a need of 2 t from June to August only: 3 t, 3 x 10 - 5 = 25 EUR."""
    demand = np.zeros((1, 12))
    demand[0, 5:8] = 2
    solution = exchange.solve(a_town(np.ones((1, 12)), demand, [(0, 0, 10, 5)]), ENGINE)

    assert solution.amount[0] == pytest.approx([0] * 5 + [1] * 3 + [0] * 4)
    assert solution.report.objective == pytest.approx(25)
    assert solution.offer_price[0, 5:8] == pytest.approx([10] * 3)


names = st.text("aAé ’-_[],%<Ω1\n", min_size=1, max_size=4)


@FEWER
@given(
    st.lists(names, min_size=4, max_size=4, unique=True),
    st.lists(st.integers(-5, 30), min_size=4, max_size=4),
    st.permutations(range(4)),
)
def test_the_order_of_the_tables_and_the_names_of_the_firms_change_nothing(firms, gains, order):
    """Two offers, two needs; any name will do, spaces, signs and accents included."""

    def best(a, b, x, y, order):
        links = [(a, x), (a, y), (b, x), (b, y)]
        plan = solve_exchange(
            {a: 10, b: 6},
            {x: 8, y: 7},
            {links[i]: gains[i] for i in order},
            {links[i]: 15 for i in order},
            ENGINE,
            min_lot=2,
        )
        return plan.report.objective

    assert best(*firms, order) == close(best("a", "b", "x", "y", range(4)))
