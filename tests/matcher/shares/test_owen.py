"""Owen's shares: paid by the dual prices of what each brings."""

import numpy as np
import pytest

from matcher.optimise.exchange import solve
from matcher.optimise.problem import ExchangeProblem
from matcher.settings import Settings
from matcher.shares import owen_shares


def test_the_scarce_side_takes_the_gain_and_bears_the_link():
    """60 t offered, 100 t wanted, 10 EUR/t, a link costs 100 EUR: the offer's dual is 10, so the
    giver earns 600 and bears the 100, the taker earns 0 and bears nothing: the plan's 500.
    """
    exchange = ExchangeProblem(
        supply=np.array([[60.0]]),
        demand=np.array([[100.0]]),
        arc_offer=np.array([0]),
        arc_need=np.array([0]),
        arc_link=np.array([0]),
        arc_yield=np.ones(1),
        arc_gain=np.array([10.0]),
        link_cost=np.array([100.0]),
        link_lot=np.zeros(1),
        link_weight=np.ones(1),
    )
    found = owen_shares(exchange, solve(exchange, Settings()), ["giver"], ["taker"])

    assert found.share == pytest.approx({"giver": 500, "taker": 0})
    assert found.unshared == pytest.approx(0)


def test_no_coalition_of_a_transportation_model_betters_its_prices():
    """Three givers, two takers, no cost of opening: u(S) is at least what S gains alone."""
    gain = np.array([[9.0, 4.0], [7.0, 8.0], [3.0, 6.0]])
    supply, demand = np.array([10.0, 20.0, 15.0]), np.array([18.0, 12.0])

    def town(givers, takers):
        pairs = [(g, t) for g in range(len(givers)) for t in range(len(takers))]
        return ExchangeProblem(
            supply=supply[givers][:, None],
            demand=demand[takers][:, None],
            arc_offer=np.array([g for g, _ in pairs]),
            arc_need=np.array([t for _, t in pairs]),
            arc_link=np.arange(len(pairs)),
            arc_yield=np.ones(len(pairs)),
            arc_gain=np.array([gain[givers[g], takers[t]] for g, t in pairs]),
            link_cost=np.zeros(len(pairs)),
            link_lot=np.zeros(len(pairs)),
            link_weight=np.zeros(len(pairs)),
        )

    whole = town([0, 1, 2], [0, 1])
    paid = owen_shares(whole, solve(whole, Settings()), ["g0", "g1", "g2"], ["t0", "t1"]).share
    for givers in ([0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]):
        for takers in ([0], [1], [0, 1]):
            alone = solve(town(givers, takers), Settings()).report.objective
            together = sum(paid[f"g{g}"] for g in givers) + sum(paid[f"t{t}"] for t in takers)
            assert together >= alone - 1e-6
