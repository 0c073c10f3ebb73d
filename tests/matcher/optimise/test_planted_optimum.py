"""Large models whose optimum is known because it was planted."""

import pytest

from matcher.optimise import exchange
from matcher.settings import Backend, Settings
from tests.matcher.optimise.planted_exchange import plant_exchange

ENGINE = Settings(backend=Backend.ENGINE, workers=1)
BOARD = Settings(backend=Backend.REFERENCE, workers=1)


@pytest.mark.parametrize("blends", [False, True], ids=["plain", "with blends"])
@pytest.mark.parametrize("arcs", [500, 5_000])
def test_the_engine_reaches_the_planted_optimum(arcs, blends):
    problem, best = plant_exchange(arcs, seed=arcs, blends=blends)
    report = exchange.solve(problem, ENGINE).report

    assert report.proved_optimal
    assert report.objective == pytest.approx(best, rel=1e-6)
    assert report.bound == pytest.approx(best, rel=1e-6)


def test_the_model_on_the_board_reaches_the_planted_optimum():
    problem, best = plant_exchange(500, seed=1)

    assert exchange.solve(problem, BOARD).report.objective == pytest.approx(best, rel=1e-6)


def test_towns_that_share_nothing_reach_the_sum_of_their_planted_optima():
    problem, best = plant_exchange(5_000, seed=2, town_of_nodes=20)

    assert exchange.solve(problem, ENGINE).report.objective == pytest.approx(best, rel=1e-6)


def test_the_prices_of_a_planted_plan_prove_it():
    """Worth of all supplies and demands at the engine's own prices = gain (strong duality)."""
    problem, best = plant_exchange(500, seed=3, blends=False)
    solution = exchange.solve(problem, ENGINE)
    worth = (solution.offer_price * problem.supply).sum()
    worth += (solution.need_price * problem.demand).sum()

    assert worth == pytest.approx(best, rel=1e-6)


@pytest.mark.long
def test_the_engine_reaches_the_planted_optimum_of_fifty_thousand_links():
    problem, best = plant_exchange(50_000, seed=50_000)

    assert exchange.solve(problem, ENGINE).report.objective == pytest.approx(best, rel=1e-6)
