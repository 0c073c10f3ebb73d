"""Shares of a group on games whose answer is published, and laws that hold for any game."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.settings import Settings
from matcher.shares import Game, nucleolus, shapley, share_gain

SETTINGS = Settings()
THREE = {"AB": 60, "AC": 40, "BC": 0, "ABC": 90}


def by_letters(values):
    return lambda members: values.get("".join(sorted(members)), 0)


def shares(players, gain):
    return share_gain(players, gain, SETTINGS)


def test_three_firms_are_shared_as_published():
    """v(AB) 60, v(AC) 40, v(BC) 0, v(ABC) 90; Shapley (46.667, 26.667, 16.667), in the core.

    Nucleolus by hand: B and C get at most 90 - 40 = 50 and 90 - 60 = 30. The excesses -x_C (all but
    C), -x_B and the coalitions' AB and AC are level at x_C = 15, then x_B = 25: (50, 25, 15).
    """
    found = shares("ABC", by_letters(THREE))

    assert found.shapley == pytest.approx({"A": 140 / 3, "B": 80 / 3, "C": 50 / 3})
    assert found.share == pytest.approx({"A": 50, "B": 25, "C": 15})
    assert not found.core.is_empty
    assert found.core.excess == pytest.approx(-15)


@pytest.mark.parametrize(
    ("estate", "expected"),
    [(100, (100 / 3,) * 3), (200, (50, 75, 75)), (300, (50, 100, 150))],
)
def test_the_talmud_shares_an_estate_among_claims_of_100_200_and_300(estate, expected):
    """Aumann and Maschler: the Talmud's table is the nucleolus of v(S) = estate - other claims."""
    claims = {"a": 100, "b": 200, "c": 300}

    def gain(members):
        return max(0, estate - sum(claims[who] for who in claims if who not in members))

    assert tuple(shares(claims, gain).share.values()) == pytest.approx(expected)


def test_an_airport_of_three_runways():
    """Runways of cost 1, 2 and 3: Shapley costs (1/3, 5/6, 11/6); Littlechild's nucleolus costs
    (1/2, 3/4, 7/4). What is shared is the saving against each building alone.
    """
    cost = {"a": 1, "b": 2, "c": 3}

    def saving(members):
        return sum(cost[who] for who in members) - max(cost[who] for who in members)

    found = shares(cost, saving)

    assert found.shapley == pytest.approx({"a": 2 / 3, "b": 7 / 6, "c": 7 / 6})
    assert found.share == pytest.approx({"a": 1 / 2, "b": 5 / 4, "c": 5 / 4})


def test_one_right_glove_between_two_left_ones_takes_all_in_the_core():
    """Shapley (1/6, 1/6, 2/3), nucleolus (0, 0, 1)."""

    def pairs(members):
        return min(len(members & {"left1", "left2"}), len(members & {"right"}))

    found = shares(("left1", "left2", "right"), pairs)

    assert found.shapley == pytest.approx({"left1": 1 / 6, "left2": 1 / 6, "right": 2 / 3})
    assert found.share == pytest.approx({"left1": 0, "left2": 0, "right": 1}, abs=1e-9)


def test_houses_bring_16_and_no_coalition_would_leave():
    """Shapley and Shubik's three houses and three buyers: the best pairing is worth 16."""
    worth = ((5, 8, 2), (7, 9, 6), (2, 3, 0))

    def best_pairing(members):
        buyers = [int(who[1]) for who in members if who[0] == "b"]
        houses = [int(who[1]) for who in members if who[0] == "h"]
        few, many = sorted((buyers, houses), key=len)
        swap = few is houses and len(houses) < len(buyers)
        return max(
            (
                sum(
                    worth[b][h] if not swap else worth[h][b]
                    for b, h in zip(few, order, strict=True)
                )
                for order in itertools.permutations(many, len(few))
            ),
            default=0,
        )

    players = ["b0", "b1", "b2", "h0", "h1", "h2"]
    found = share_gain(players, best_pairing, SETTINGS)

    assert found.total == 16
    assert not found.core.is_empty
    for size in range(1, 6):
        for members in itertools.combinations(players, size):
            paid = sum(found.share[who] for who in members)
            assert paid >= best_pairing(frozenset(members)) - 1e-7


def test_an_empty_core_is_said_with_by_how_much():
    """Any two of three gain 1, all three gain 1: whoever gets 2/3 together is short of 1/3."""
    found = shares("abc", lambda members: float(len(members) >= 2))

    assert found.core.is_empty
    assert found.core.excess == pytest.approx(1 / 3)
    assert len(found.core.coalition) == 2
    assert found.core.is_proved
    assert tuple(found.share.values()) == pytest.approx((1 / 3,) * 3)


def test_a_group_that_gains_less_than_its_members_alone_is_refused():
    with pytest.raises(ValueError, match="less together"):
        shares("ab", lambda members: {1: 5.0, 2: 8.0}[len(members)])


def test_twenty_members_of_one_purchase_are_shared_alike():
    """An order of 100 EUR a head, less 300 EUR once: by symmetry each gets 85; no proof claimed."""
    members = [f"m{i:02}" for i in range(20)]
    found = share_gain(members, lambda group: 100.0 * len(group) - 300, SETTINGS)

    assert tuple(found.share.values()) == pytest.approx((85,) * 20)
    assert not found.core.is_proved
    assert not found.core.is_empty


def test_a_sampled_value_stands_within_four_of_its_standard_errors():
    """An airport of 13 equal runways and one longer: each of the 13 pays c/14, exactly known."""
    cost = {f"p{i:02}": 1.0 for i in range(13)} | {"z": 2.0}
    game = Game(cost, lambda m: sum(cost[w] for w in m) - max((cost[w] for w in m), default=0))
    found = shapley(game, SETTINGS)
    exact = np.array([1 - 1 / 14] * 13 + [2 - (1 / 14 + 1)])

    assert found.standard_error.max() > 0
    assert np.all(np.abs(found.value - exact) <= 4 * found.standard_error + 1e-12)
    assert found.value.sum() == pytest.approx(game.total)


@st.composite
def towns(draw):
    """Gains of two to five players that never fall when somebody joins."""
    size = draw(st.integers(2, 5))
    members = [
        frozenset(m) for k in range(size + 1) for m in itertools.combinations(range(size), k)
    ]
    extra = {m: draw(st.integers(0, 50)) for m in members if len(m) > 1}
    value = {m: float(sum(gain for part, gain in extra.items() if part <= m)) for m in members}
    return size, value


@given(towns())
def test_shares_add_up_and_nobody_is_below_doing_nothing(town):
    size, value = town
    game = Game(map(str, range(size)), lambda m: value[frozenset(map(int, m))])
    for payoff in (nucleolus(game, SETTINGS).payoff, shapley(game, SETTINGS).value):
        assert payoff.sum() == pytest.approx(game.total)
        assert payoff.min() >= -1e-7


@given(towns())
def test_growing_gains_leave_nobody_a_reason_to_leave(town):
    """Such gains are convex: the core is not empty, and the nucleolus and Shapley lie in it."""
    size, value = town
    game = Game(map(str, range(size)), lambda m: value[frozenset(map(int, m))])
    for payoff in (nucleolus(game, SETTINGS).payoff, shapley(game, SETTINGS).value):
        for members, gain in value.items():
            assert sum(payoff[i] for i in members) >= gain - 1e-6


@given(towns(), st.permutations(range(5)))
def test_other_names_and_another_order_change_no_share(town, order):
    size, value = town
    names = [str(order[i]) for i in range(size)]
    back = {name: i for i, name in enumerate(names)}
    plain = share_gain(
        [str(i) for i in range(size)], lambda m: value[frozenset(map(int, m))], SETTINGS
    )
    renamed = share_gain(reversed(names), lambda m: value[frozenset(back[w] for w in m)], SETTINGS)

    for i, name in enumerate(names):
        assert renamed.share[name] == pytest.approx(plain.share[str(i)], abs=1e-6)
        assert renamed.shapley[name] == pytest.approx(plain.shapley[str(i)], abs=1e-6)
