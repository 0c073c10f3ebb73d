"""Every way of solving against trying every set of links, on towns of up to five links."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.errors import NoPlanError
from matcher.optimise import engine, exchange, pieces, solver
from matcher.optimise.program import build_program
from matcher.settings import Backend, Settings, Solver
from tests.matcher.optimise.tiny_towns import a_town, best_by_brute_force, rows_of, towns

WAYS = {
    "the model on the board, by HiGHS": Settings(backend=Backend.REFERENCE, workers=1),
    "the model on the board, by CBC": Settings(
        backend=Backend.REFERENCE, solver=Solver.CBC, workers=1
    ),
    "the engine": Settings(backend=Backend.ENGINE, workers=1),
}
ENGINE = WAYS["the engine"]


def require_the_optimum(town, settings, best):
    """The optimum, proved; or no plan where every set of links breaks a row."""
    if best is None:
        with pytest.raises(NoPlanError):
            exchange.solve(town, settings)
        return
    report = exchange.solve(town, settings).report
    assert report.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert report.proved_optimal and report.status == "optimal"
    assert report.bound >= report.objective


A_PURE_FLOW_PAYS_THROUGH_THE_BLEND = a_town(
    [10, 10],
    [20],
    [(0, 0, 10, 5), (1, 0, -2, 5)],
    arc_rows=rows_of([(0, 0, 2.0), (0, 1, -1.0)], [0.0]),
)


@given(towns())
@example(A_PURE_FLOW_PAYS_THROUGH_THE_BLEND)
def test_three_ways_of_solving_find_and_prove_what_trying_every_set_of_links_finds(town):
    best = best_by_brute_force(town)
    for settings in WAYS.values():
        require_the_optimum(town, settings, best)


@given(towns(asking=True))
def test_a_row_that_asks_for_links_is_kept_or_there_is_no_plan(town):
    """No survey makes such a row today; a model may hold one all the same, up to 100 choices."""
    require_the_optimum(town, ENGINE, best_by_brute_force(town))


@given(towns())
def test_the_engines_way_with_many_links_finds_the_same_on_few(town):
    """First a plan among the links of the relaxation, then the others: forced on tiny towns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_FIRST_LINKS", 0)
        patch.setattr(engine, "_FIRST_LINKS_OF_ONE_PERIOD", 0)
        require_the_optimum(town, ENGINE, best_by_brute_force(town))


@given(towns())
def test_the_engines_way_with_joined_blocks_finds_the_same_on_tiny_ones(town):
    """Blocks at the prices of the rows that join them: forced on tiny towns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_FIRST_LINKS", 0)
        patch.setattr(engine, "_FIRST_LINKS_OF_ONE_PERIOD", 0)
        patch.setattr(exchange, "LARGE_LINKS", 0)
        require_the_optimum(town, ENGINE, best_by_brute_force(town))


@given(towns(), st.lists(st.floats(0, 20), min_size=40, max_size=40))
def test_pieces_at_any_prices_bound_what_trying_every_set_of_links_finds(town, prices):
    """Cut down to single links where that can be: prices may be wrong, a bound may not."""
    best = best_by_brute_force(town)
    rows = build_program(town)[0].row_upper.size
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE_LINKS", 1)
        parts, worth = pieces.take_apart(town, np.resize(np.array(prices), rows))
    deadline = solver.Deadline.after(60)
    bound = worth + sum(pieces.bound_of_piece(part, ENGINE, 1e-6, deadline) for part in parts)

    assert best is not None and bound >= best - 1e-6 * max(best, 1)


def test_a_flow_that_loses_money_is_taken_for_the_blend_it_makes_good():
    """The first offer breaks the limit twice as much as the second mends it: 5 t of the first
    with 10 t of the second. 5 x 10 - 10 x 2 - 2 x 5 = 20 EUR; alone, neither moves.
    """
    for settings in WAYS.values():
        solution = exchange.solve(A_PURE_FLOW_PAYS_THROUGH_THE_BLEND, settings)

        assert solution.report.objective == pytest.approx(20)
        assert solution.amount[:, 0] == pytest.approx(np.array([5, 10]))
