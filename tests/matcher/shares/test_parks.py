"""Heat and water cases whose optimum is published, split over the firms that save."""

import itertools

import pytest

from matcher.optimise import heat_cascade
from matcher.settings import Settings
from matcher.shares import Game, best_split, core_gap, share_gain
from tests.matcher.optimise.test_known_optima import (
    ALONE_T_PER_H,
    THREE_PLANTS,
    fresh_water_t_per_h,
)

KEMP = {"a": (20, 135, 2), "b": (170, 60, 3), "c": (80, 140, 4), "d": (150, 30, 1.5)}


def fuel_kw(firms):
    """Least heat to add when these streams are one site, kW."""
    return heat_cascade([KEMP[firm] for firm in firms], 10).hot_kw


def fuel_saved(firms):
    return sum(fuel_kw(firm) for firm in firms) - fuel_kw(firms)


def test_two_firms_share_the_fuel_that_a_pipe_between_them_saves():
    """Kemp's streams as two sites: 150 kW of fuel apart, 20 together; 65 kW each, by symmetry."""
    firms = {"A": "ab", "B": "cd"}

    def saved(members):
        together = fuel_kw("".join(firms[one] for one in members)) if members else 0.0
        return sum(fuel_kw(firms[one]) for one in members) - together

    found = share_gain(firms, saved, Settings())

    assert found.total == pytest.approx(130)
    assert found.share == pytest.approx({"A": 65, "B": 65})


def test_four_firms_of_one_stream_each_share_it_so_that_none_would_leave():
    """470 kW of fuel apart, 20 together; heat passes down as in a transport: nobody leaves."""
    found = share_gain(KEMP, fuel_saved, Settings())

    assert found.total == pytest.approx(450)
    assert sum(found.share.values()) == pytest.approx(450)
    assert not found.core.is_empty
    for size in (1, 2, 3):
        for firms in itertools.combinations(KEMP, size):
            assert sum(found.share[firm] for firm in firms) >= fuel_saved(firms) - 1e-6


def test_three_plants_share_the_water_that_they_save_together():
    """Olesen and Polley: 339.651 t/h of fresh water apart, 314.361 together: 25.29 t/h to share."""

    def saved(plants):
        fresh, _ = fresh_water_t_per_h({plant: THREE_PLANTS[plant] for plant in sorted(plants)})
        return sum(ALONE_T_PER_H[plant] for plant in plants) - fresh

    known = {
        frozenset(plants): saved(plants)
        for size in (1, 2, 3)
        for plants in itertools.combinations("ABC", size)
    }
    found = share_gain("ABC", lambda plants: known[plants], Settings())

    assert found.total == pytest.approx(25.29, abs=0.01)
    assert sum(found.share.values()) == pytest.approx(found.total)
    assert not found.core.is_empty
    for plants, value in known.items():
        assert sum(found.share[plant] for plant in plants) >= value - 1e-6


def test_a_coalition_may_part_into_groups_of_its_own():
    """Pairs gain 10, nothing else does: four gain 20 as two pairs, three gain 10."""
    apart = best_split("abcd", lambda members: 10.0 * (len(members) == 2))

    assert [apart(frozenset("abcd"[:size])) for size in range(5)] == [0, 0, 10, 10, 20]


def test_the_usual_rule_is_told_when_some_would_gain_by_leaving():
    """Shared alike, 30 each, A and B have 60 of the 80 that they gain alone: 20 more without C.

    The fair shares leave A and B at 85 or so together: x_C is at most 90 - 80 = 10.
    """
    value = {frozenset("AB"): 80.0, frozenset("ABC"): 90.0}
    usual = dict.fromkeys("ABC", 30.0)
    found = share_gain("ABC", lambda m: value.get(m, 0.0), Settings(), usual=usual)

    assert found.usual_core is not None
    assert found.usual_core.excess == pytest.approx(20)
    assert found.usual_core.coalition == {"A", "B"}
    assert not found.core.is_empty
    assert found.share["C"] <= 10


def test_the_gap_at_the_nucleolus_is_the_one_that_it_says():
    game = Game("ABC", lambda m: {"AB": 60, "AC": 40, "ABC": 90}.get("".join(sorted(m)), 0))
    shares = share_gain(
        "ABC", lambda m: game.value(sum(1 << "ABC".index(w) for w in m)), Settings()
    )
    payoff = [shares.share[name] for name in game.players]

    assert core_gap(game, payoff).excess == pytest.approx(shares.core.excess)
