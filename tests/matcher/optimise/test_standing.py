"""What earlier rounds leave in the model, against trying every set of links of tiny mixed towns."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import NoPlanError
from matcher.optimise.exchange import solve
from matcher.optimise.portfolio import solve_portfolio
from matcher.optimise.row_book import RowBook
from matcher.optimise.standing import Standing, most_held, with_standing
from matcher.settings import Settings
from tests.matcher.optimise.tiny_towns import a_town, best_amounts, rows_of, towns

SETTINGS = Settings(workers=1, portfolio_gap=1e-6)


def rows_beside(town):
    """The rows of a town, in a book that takes more."""
    book = RowBook()
    rows = town.link_rows
    for row, upper in enumerate(rows.upper.tolist()):
        inside = rows.row == row
        book.add(rows.column[inside].tolist(), upper, rows.coefficient[inside].tolist())
    return book


def with_it(town, standing):
    book = rows_beside(town)
    kept = np.arange(town.counts[3])
    whole = with_standing(town, book, standing, kept, [])
    return replace(whole, link_rows=book.freeze())


def what_stands(held, new, malus, least=None):
    links = len(new)
    return Standing(
        held=tuple(((link,), ()) for link in held),
        held_ids=tuple(map(str, held)),
        least_amount=np.zeros(links) if least is None else np.array(least, float),
        new_arcs=np.array(new, np.bool_),
        new_bundles=np.zeros(0, np.bool_),
        malus=malus,
    )


def best_by_hand(town, held, new, malus, least):
    """Every set of links: those that stay are in it, each new one costs, written out anew."""
    best = None
    for chosen in product((0.0, 1.0), repeat=town.counts[3]):
        is_open = np.array(chosen)
        if not all(chosen[link] for link in held):
            continue
        lots = replace(town, link_lot=np.maximum(town.link_lot, least))
        gain = best_amounts(lots, is_open)
        if gain is None:
            continue
        gain -= malus * float((is_open * np.array(new) * town.link_weight).sum())
        best = gain if best is None else max(best, gain)
    return best


@st.composite
def rounds(draw):
    town = draw(towns())
    links = town.counts[3]
    flags = st.lists(st.booleans(), min_size=links, max_size=links)
    held = [link for link, stays in enumerate(draw(flags)) if stays and draw(st.booleans())]
    room = np.bincount(town.arc_link, town.most().sum(axis=1), minlength=links)
    share = draw(st.sampled_from([0.0, 0.3, 1.0]))
    least = np.where(np.isin(np.arange(links), held), share * room, 0.0)
    return town, held, draw(flags), draw(st.integers(0, 20)), least


@pytest.mark.slow
@given(rounds())
def test_the_plan_after_a_round_is_the_best_that_keeps_what_stays_and_pays_for_what_is_new(drawn):
    town, held, new, malus, least = drawn
    standing = what_stands(held, new, float(malus), least)
    best = best_by_hand(town, held, new, malus, least)
    if best is None:
        with pytest.raises(NoPlanError):
            solve(with_it(town, standing), SETTINGS)
        return

    report = solve(with_it(town, standing), SETTINGS).report

    assert report.objective == pytest.approx(best, rel=1e-6, abs=1e-5)
    assert report.proved_optimal


TWO_FOR_ONE = a_town([10], [10, 10], [(0, 0, 10, 0), (0, 1, 8, 0)])


def test_what_was_accepted_stays_though_another_would_bring_more():
    """10 t bring 10 EUR at the first, 8 at the second: of the 10, the second keeps its 4."""
    standing = what_stands([1], [False, False], 0.0, [0.0, 4.0])

    solution = solve(with_it(TWO_FOR_ONE, standing), SETTINGS)

    assert solution.amount.ravel() == pytest.approx([6.0, 4.0])


def test_a_new_lead_replaces_an_old_one_only_for_more_than_the_malus():
    """One partner only; the new one brings 20 more: a malus of 25 outweighs that, 15 does not."""
    town = replace(TWO_FOR_ONE, link_rows=rows_of([(0, 0, 1.0), (0, 1, 1.0)], [1.0]))

    dear = solve(with_it(town, what_stands([], [True, False], 25.0)), SETTINGS)
    cheap = solve(with_it(town, what_stands([], [True, False], 15.0)), SETTINGS)

    assert dear.is_open.tolist() == [False, True]
    assert cheap.is_open.tolist() == [True, False]


def test_the_curve_begins_at_what_has_to_stay():
    """The second stays, so the best single lead is the second: 80; both share the supply: 100."""
    standing = what_stands([1], [False, False], 0.0, [0.0, 1.0])

    curve = solve_portfolio(with_it(TWO_FOR_ONE, standing), SETTINGS).curve

    assert [(point.proposals, point.gain) for point in curve] == [
        (1, pytest.approx(80.0)),
        (2, pytest.approx(98.0)),
    ]


def test_two_that_cannot_both_stay_are_told_apart_from_the_one_that_can():
    """The offer has 10: of lots of 7 and 6 only one holds; the third link has its own offer."""
    town = a_town([10, 5], [10, 10, 5], [(0, 0, 1, 0), (0, 1, 1, 0), (1, 2, 1, 0)])
    standing = what_stands([0, 1, 2], [False] * 3, 0.0, [7.0, 6.0, 5.0])

    with pytest.raises(NoPlanError):
        solve(with_it(town, standing), SETTINGS)
    holds = most_held(with_it(town, standing), SETTINGS)

    assert holds.sum() == 2
    assert holds[2]
