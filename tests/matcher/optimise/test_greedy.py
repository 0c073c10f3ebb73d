"""The plan soon: it can be carried out, and the engine never ends below it."""

import pytest
from hypothesis import given

from matcher.optimise import exchange
from matcher.optimise.greedy import greedy_links
from matcher.optimise.settle import check_rows, settle
from matcher.settings import Backend, Settings
from tests.matcher.optimise.tiny_towns import a_town, best_by_brute_force, towns

ENGINE = Settings(backend=Backend.ENGINE, workers=1)


def test_takes_the_link_that_adds_most_and_what_is_left_for_the_next():
    """By hand: 10 t at 30 EUR less 100 fill the need of 10; the second offer finds nothing left."""
    town = a_town([10, 10], [10], [(0, 0, 30, 100), (1, 0, 20, 10)])

    assert greedy_links(town).tolist() == [True, False]


def test_a_link_that_does_not_pay_its_cost_stays_closed():
    assert not greedy_links(a_town([1], [1], [(0, 0, 30, 31)])).any()


@given(towns())
def test_its_plan_keeps_every_row_and_is_never_above_the_best(town):
    chosen = greedy_links(town)
    if not chosen.any():
        return
    plan = settle(town, chosen, ENGINE)

    check_rows(town, plan.amount, plan.is_open)
    assert plan.objective <= best_by_brute_force(town) + 1e-6 * (1 + abs(plan.objective))


@given(towns())
def test_the_engine_never_ends_below_it(town):
    chosen = greedy_links(town)
    if not chosen.any():
        return
    soon = settle(town, chosen, ENGINE).objective

    best = exchange.solve(town, ENGINE).report.objective

    assert best >= soon - 1e-6 * (1 + abs(soon))
    assert best == pytest.approx(best_by_brute_force(town), rel=1e-6, abs=1e-6)
