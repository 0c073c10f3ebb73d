"""What links between the same two sites pay once (69): by hand, and against its definition."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.optimise import engine, exchange
from matcher.optimise.greedy import greedy_links
from matcher.optimise.row_book import RowBook
from matcher.optimise.settle import check_rows, settle
from matcher.optimise.ways import Sharer, WayKind, Ways, ways_between, with_ways
from matcher.settings import Backend, Settings, Solver
from tests.matcher.optimise.tiny_towns import LARGEST, a_town, best_amounts, towns

ENGINE = Settings(backend=Backend.ENGINE, workers=1)
ALL_WAYS = (
    ENGINE,
    Settings(backend=Backend.REFERENCE, workers=1),
    Settings(backend=Backend.REFERENCE, solver=Solver.CBC, workers=1),
)


def sharing(town, amounts, pair=None):
    """The town in which each link would pay so much once with the others of its pair, and the
    ways: what is common comes on top of what a link cost.
    """
    pair = [0] * len(amounts) if pair is None else pair
    between: dict[tuple[str, ...], list[Sharer]] = {}
    for link, amount in enumerate(amounts):
        sites = ("A", f"B{pair[link]}")
        between.setdefault(sites, []).append(Sharer(link=link, lead=link, amount=amount))
    ways = ways_between({WayKind.TRENCH: between}, len(amounts))
    book = RowBook()
    rows = town.link_rows
    for row, upper in enumerate(rows.upper.tolist()):
        mine = rows.row == row
        book.add(rows.column[mine].tolist(), upper, rows.coefficient[mine].tolist())
    dear = replace(town, link_cost=town.link_cost + np.array(amounts, float))
    whole = with_ways(dear, book, ways, in_euros=True)
    return dear, replace(whole, link_rows=book.freeze()), ways


def best_by_definition(dear, amounts, pair):
    """Over every set of links: what they bring, and back what more than one of a pair would pay."""
    best = None
    for is_open in product((0.0, 1.0), repeat=dear.counts[3]):
        gain = best_amounts(dear, np.array(is_open))
        if gain is None:
            continue
        for one in set(pair):
            paid = [a for a, p, o in zip(amounts, pair, is_open, strict=True) if p == one and o]
            gain += sum(paid) - max(paid, default=0.0)
        best = gain if best is None else max(best, gain)
    return best


def test_two_pipes_that_would_not_pay_their_trench_alone_pay_it_together():
    """Each brings 100 and has 30 of its own to pay; the trench costs 90. Alone: -20. Both: 50."""
    town = a_town([10, 10], [10, 10], [(0, 0, 10, 30), (1, 1, 10, 30)])
    _, both, ways = sharing(town, [90.0, 90.0])
    _, alone, none = sharing(a_town([10], [10], [(0, 0, 10, 30)]), [90.0])

    assert (ways.count, none.count) == (1, 0)
    for settings in ALL_WAYS:
        solution = exchange.solve(both, settings)
        assert solution.is_open.all() and solution.report.proved_optimal
        assert solution.report.objective == pytest.approx(50)
        assert exchange.solve(alone, settings).report.objective == 0


def test_the_dearer_trench_is_paid_whole_and_the_common_part_in_equal_parts():
    """900 and 220 a year: both in one cost 900, and each pays 110 of the 220 that both need."""
    town = a_town([10, 10], [10, 10], [(0, 0, 200, 0), (1, 1, 200, 0)])
    dear, whole, ways = sharing(town, [900.0, 220.0])
    is_open = np.ones(3, np.bool_)

    assert ways.amount.tolist() == [220.0]
    assert whole.link_cost.tolist() == [680.0, 0.0, 220.0]
    assert ways.saved(is_open, ways.eur).tolist() == [110.0, 110.0]
    assert ways.told(-whole.link_cost, is_open).tolist() == [-790.0, -110.0, 0.0]
    assert exchange.solve(whole, ENGINE).report.objective == pytest.approx(4000 - 900)
    assert dear.link_cost.sum() == 1120


def test_what_one_alone_needs_stays_with_it_and_two_ways_of_one_lead_share_nothing():
    """Levels 5 (three links), 8 (two), 20 (one). And two routes of the same flow are one lead."""
    sharers = [Sharer(link=at, lead=at, amount=each) for at, each in enumerate((8.0, 20.0, 5.0))]
    same = [replace(each, lead="one") for each in sharers]

    ways = ways_between({WayKind.TRENCH: {("A", "B"): sharers, ("A", "C"): same}}, 3)

    assert ways.amount.tolist() == [5.0, 3.0]
    assert ways.common(ways.eur).tolist() == [8.0, 8.0, 5.0]
    assert ways.beside(2, np.ones(5, np.bool_)).tolist() == [0, 1]


def test_the_soon_plan_opens_what_pays_once_somebody_has_paid_the_trench():
    """Alone, the second brings 100 against 110; beside the first, which pays 90, it costs 20."""
    town = a_town([10, 10], [10, 10], [(0, 0, 30, 0), (1, 1, 10, 20)])
    _, whole, _ = sharing(town, [90.0, 90.0])

    assert greedy_links(whole).tolist() == [True, True, True]


def test_a_trench_that_nobody_uses_any_more_is_closed():
    town = a_town([10, 10], [10, 10], [(0, 0, 30, 0), (1, 1, 30, 0)])
    _, whole, _ = sharing(town, [90.0, 90.0])

    settled = settle(whole, np.array([False, False, True]), ENGINE)

    assert not settled.is_open.any() and settled.objective == 0
    assert settle(whole, np.array([True, False, True]), ENGINE).objective == pytest.approx(210)


@st.composite
def shared_towns(draw):
    town = draw(towns())
    links = town.counts[3]
    amounts = draw(st.lists(st.integers(0, 40), min_size=links, max_size=links))
    return (
        town,
        [float(each) for each in amounts],
        draw(st.lists(st.integers(0, 1), min_size=links, max_size=links)),
    )


@given(shared_towns())
def test_every_way_of_solving_finds_what_the_definition_says(drawn):
    town, amounts, pair = drawn
    dear, whole, ways = sharing(town, amounts, pair)
    best = best_by_definition(dear, amounts, pair)
    for settings in ALL_WAYS:
        solution = exchange.solve(whole, settings)
        assert solution.report.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert solution.report.proved_optimal
        told = ways.told(-np.where(solution.is_open, whole.link_cost, 0.0), solution.is_open)
        assert told.sum() == pytest.approx(-whole.link_cost @ solution.is_open)


@pytest.mark.slow
@given(shared_towns())
def test_the_engines_ways_with_many_links_find_it_too(drawn):
    town, amounts, pair = drawn
    dear, whole, _ = sharing(town, amounts, pair)
    best = best_by_definition(dear, amounts, pair)
    for large in (exchange.LARGE_LINKS, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "_FIRST_LINKS", 0)
            patch.setattr(engine, "_FIRST_LINKS_OF_ONE_PERIOD", 0)
            patch.setattr(exchange, "LARGE_LINKS", large)
            report = exchange.solve(whole, ENGINE).report
        assert report.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert report.bound >= report.objective


@given(shared_towns())
def test_the_soon_plan_keeps_every_row_and_is_never_above_the_best(drawn):
    town, amounts, pair = drawn
    dear, whole, _ = sharing(town, amounts, pair)
    chosen = greedy_links(whole)
    if not chosen.any():
        return
    plan = settle(whole, chosen, ENGINE)

    check_rows(whole, plan.amount, plan.is_open)
    best = best_by_definition(dear, amounts, pair)
    assert plan.objective <= best + 1e-6 * (1 + abs(plan.objective))


@given(st.lists(st.booleans(), min_size=LARGEST, max_size=LARGEST), st.data())
def test_nobody_would_pay_less_apart(is_open, data):
    """Of any who share, no part of them pays more in all than it would without the others."""
    values = data.draw(st.lists(st.integers(1, 40), min_size=LARGEST, max_size=LARGEST))
    sharers = [Sharer(link=at, lead=at, amount=float(each)) for at, each in enumerate(values)]
    ways: Ways = ways_between({WayKind.TRENCH: {("A", "B"): sharers}}, LARGEST)
    opened = np.array([*is_open, *[True] * ways.count])
    paid = np.where(opened[:LARGEST], values, 0.0) - ways.saved(opened, ways.eur)

    for part in product((False, True), repeat=LARGEST):
        inside = np.array(part) & opened[:LARGEST]
        apart = max((float(values[at]) for at in np.flatnonzero(inside)), default=0.0)
        assert paid[inside].sum() <= apart + 1e-9
