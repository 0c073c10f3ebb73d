"""Known optima and rules of the entry by ids."""

import pytest

from matcher.optimise import solve_exchange
from matcher.settings import Backend, Settings, Solver

EXACT = Settings()
BACKENDS = [
    Settings(backend=Backend.ENGINE),
    Settings(backend=Backend.REFERENCE),
    Settings(backend=Backend.REFERENCE, solver=Solver.CBC),
]
WASTE_SUPPLY_T = {"A": 100, "B": 60, "C": 40}
WASTE_DEMAND_T = {"X": 80, "Y": 70, "Z": 50}
WASTE_GAIN_EUR_PER_T = {
    (o, n): gain
    for o, gains in {"A": (30, 22, 10), "B": (28, 30, 0), "C": (5, 18, 26)}.items()
    for n, gain in zip("XYZ", gains, strict=True)
}


def solve_waste(settings, cost_eur_per_link, **choices):
    return solve_exchange(
        WASTE_SUPPLY_T,
        WASTE_DEMAND_T,
        WASTE_GAIN_EUR_PER_T,
        dict.fromkeys(WASTE_GAIN_EUR_PER_T, cost_eur_per_link),
        settings,
        **choices,
    )


@pytest.mark.parametrize("settings", BACKENDS)
def test_waste_with_a_fixed_cost_a_link_opens_the_three_links_that_pay(settings):
    """80 x 30 + 60 x 30 + 40 x 26 - 3 x 600 = 2400 + 1800 + 1040 - 1800 = 3440 EUR. The fourth
    link, A to Y, would carry 10 t for 220 EUR: less than the 600 it costs.
    """
    plan = solve_waste(settings, 600)

    assert plan.report.proved_optimal
    assert plan.report.objective == pytest.approx(3440)
    assert plan.amounts == pytest.approx({("A", "X"): 80, ("B", "Y"): 60, ("C", "Z"): 40})


@pytest.mark.parametrize("settings", BACKENDS)
def test_waste_without_fixed_cost_fills_every_offer(settings):
    """3440 + 1800 + 10 t of A to Y (220) + 10 t of A to Z (100) = 5560 EUR."""
    assert solve_waste(settings, 0).report.objective == pytest.approx(5560)


def test_opens_the_link_that_pays_and_leaves_the_one_that_does_not():
    """Boiler 8 t x 30 EUR - 100 EUR = 140 EUR; garden 2 t x 20 EUR - 100 EUR < 0."""
    plan = solve_exchange(
        supply={"bark": 10},
        demand={"boiler": 8, "garden": 4},
        gain={("bark", "boiler"): 30, ("bark", "garden"): 20},
        opening_cost={("bark", "boiler"): 100, ("bark", "garden"): 100},
        settings=EXACT,
    )

    assert plan.report.proved_optimal and plan.report.objective == pytest.approx(140)
    assert plan.amounts == {("bark", "boiler"): pytest.approx(8)}
