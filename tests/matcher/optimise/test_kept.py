"""The kept model: every answer equals what trying every set of open links finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.optimize import linprog

from matcher.optimise.aims import Aim, Touches, count_of_sites, gain_of
from matcher.optimise.kept import KeptModel, Question
from matcher.settings import Settings
from tests.matcher.optimise.tiny_towns import a_town, rows_of

EXACT = Settings(workers=1, portfolio_gap=1e-7)
NONE = -np.inf


def three_aims(town, carbon):
    """Gain, carbon a unit on each link, sites served; site k gives offer k, the others need."""
    offers = town.counts[0]
    links = np.arange(town.counts[3])
    touches = Touches(
        link=np.concatenate([links, links]),
        site=np.concatenate([town.arc_offer, offers + town.arc_need]),
        sites=offers + town.counts[1],
    )
    aims = (gain_of(town), Aim(arc=carbon, link=np.zeros(links.size)), count_of_sites(town))
    return aims, touches


def by_brute_force(town, carbon, weights, floors, forced=(), forbidden=()):
    """The most that the weights can bring over every set of open links; None when none will do."""
    best = None
    for is_open in product((0.0, 1.0), repeat=town.counts[3]):
        is_open = np.array(is_open)
        if is_open[list(forced)].sum() < len(forced) or is_open[list(forbidden)].any():
            continue
        over = np.zeros(town.link_rows.upper.size)
        rows = town.link_rows
        np.add.at(over, rows.row, rows.coefficient * is_open[rows.column])
        if (over > rows.upper + 1e-9).any():
            continue
        value = _most(town, carbon, weights, floors, is_open)
        if value is not None and (best is None or value > best):
            best = value
    return best


def _most(town, carbon, weights, floors, is_open):
    served = {("o", o) for o, y in zip(town.arc_offer, is_open, strict=True) if y}
    served |= {("n", n) for n, y in zip(town.arc_need, is_open, strict=True) if y}
    if len(served) < floors[2]:
        return None
    lines, upper = [], []
    for nodes, limits in ((town.arc_offer, town.supply), (town.arc_need, town.demand)):
        for node, limit in enumerate(limits[:, 0]):
            lines.append((nodes == node).astype(float))
            upper.append(limit)
    for link in np.flatnonzero(is_open):  # each pays for itself
        lines.append(-town.arc_gain * (np.arange(is_open.size) == link))
        upper.append(-max(town.link_cost[link], 1e-3 * (town.arc_gain * town.most()[:, 0])[link]))
    costs = float(town.link_cost @ is_open)
    lines += [-town.arc_gain, -carbon]
    upper += [-floors[0] - costs, -floors[1]]
    kept = [place for place, value in enumerate(upper) if np.isfinite(value)]
    answer = linprog(
        -(weights[0] * town.arc_gain + weights[1] * carbon),
        A_ub=np.array(lines)[kept],
        b_ub=np.array(upper)[kept],
        bounds=[(0, None if y else 0) for y in is_open],
    )
    if answer.status == 2:
        return None
    return -answer.fun - weights[0] * costs + weights[2] * len(served)


@st.composite
def asked_towns(draw):
    """A town of links that can pay, with attention rows, and a question about it."""
    whole = st.integers
    links = draw(whole(2, 6))
    offers, needs = draw(whole(1, 3)), draw(whole(1, 3))

    def some(size, low, high):
        return draw(st.lists(whole(low, high), min_size=size, max_size=size))

    arcs = [
        (o % offers, n % needs, g, c)
        for o, n, g, c in zip(
            some(links, 0, 2), some(links, 0, 2), some(links, 1, 30), some(links, 0, 40),
            strict=True,
        )
    ]  # fmt: skip
    entries = sorted({(row, link) for row, link in zip(some(4, 0, 1), some(4, 0, 5), strict=True)})
    town = a_town(
        some(offers, 0, 12),
        some(needs, 0, 12),
        arcs,
        link_rows=rows_of([(row, link % links, 1.0) for row, link in entries], some(2, 1, 3)),
    )
    carbon = np.array(some(links, 0, 9), float)
    weights = np.array(some(3, 0, 3), float)
    floors = np.array([draw(st.sampled_from([NONE, 20.0, 90.0])),
                       draw(st.sampled_from([NONE, 10.0, 40.0])),
                       draw(st.sampled_from([NONE, 2.0, 4.0]))])  # fmt: skip
    return town, carbon, weights, floors


@given(asked_towns(), st.booleans())
@examples(max_examples=10)
def test_each_answer_is_the_best_of_all_sets_of_links(asked, is_large):
    """Whichever way it is searched: whole, or first among the links that the relaxation uses."""
    town, carbon, weights, floors = asked
    aims, touches = three_aims(town, carbon)
    kept = KeptModel(town, aims, EXACT, touches, large=0 if is_large else 100)
    first = kept.ask(Question(weights=np.array([1.0, 0.0, 0.0]), floors=np.full(3, NONE)))
    answer = kept.ask(Question(weights=weights, floors=floors))
    best = by_brute_force(town, carbon, weights, floors)

    assert first.objective == pytest.approx(
        by_brute_force(town, carbon, (1.0, 0.0, 0.0), np.full(3, NONE)), abs=1e-5
    )
    if best is None:
        assert answer is None
    else:
        assert answer.objective == pytest.approx(best, rel=1e-5, abs=1e-5)
        assert answer.bound >= best - 1e-5 * max(1.0, abs(best))
        assert (answer.values >= floors - 1e-5 * np.maximum(1, np.abs(floors))).all()
        assert answer.is_served.sum() >= answer.values[2] - 1e-6


# 8 t x 30 - 100 = 140 EUR to need 0, or 8 t x 25 - 90 = 110 EUR to need 1; 5 t x 20 - 20 = 80 EUR.
TWO_TAKERS = a_town([8, 5], [8, 8, 5], [(0, 0, 30, 100), (0, 1, 25, 90), (1, 2, 20, 20)])


def test_a_link_that_is_forbidden_makes_room_for_the_next_best():
    """Without the first link its 8 t go to the second taker: 110 + 80 EUR."""
    kept = KeptModel(TWO_TAKERS, (gain_of(TWO_TAKERS),), EXACT)
    forbidden = np.array([True, False, False])
    question = Question(weights=np.ones(1), floors=np.array([NONE]), forbidden=forbidden)

    assert kept.ask(question).objective == pytest.approx(190)


def test_a_plan_from_elsewhere_is_a_start_and_a_wrong_one_is_left_aside():
    """More than there is (9 t of 8) is no plan; 8 t is one, and is best: 140 + 80 EUR."""
    kept = KeptModel(TWO_TAKERS, (gain_of(TWO_TAKERS),), EXACT)
    is_open = np.array([True, False, True])
    kept.remember(np.array([[9.0], [0.0], [5.0]]), is_open)
    assert not kept.has_plans
    kept.remember(np.array([[8.0], [0.0], [5.0]]), is_open)
    assert kept.has_plans

    answer = kept.ask(Question(weights=np.ones(1), floors=np.array([NONE])))
    assert answer.objective == pytest.approx(220)
    assert answer.is_open.tolist() == is_open.tolist()


def test_an_open_link_that_carries_next_to_nothing_serves_nobody():
    """A link of cost 0 and a gain of 1 EUR: to serve four sites it must carry something."""
    town = replace(
        a_town([8, 5], [8, 5], [(0, 0, 30, 100), (1, 1, 1, 0)]), demand=np.array([[8.0], [0.0]])
    )
    aims, touches = three_aims(town, np.zeros(2))
    kept = KeptModel(town, aims, EXACT, touches)
    many = Question(weights=np.array([1.0, 0, 0]), floors=np.array([NONE, NONE, 4.0]))

    assert kept.ask(many) is None
    assert kept.ask(replace(many, floors=np.array([NONE, NONE, 2.0]))).objective == pytest.approx(
        140
    )
