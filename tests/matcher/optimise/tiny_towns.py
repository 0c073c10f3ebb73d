"""Towns of a few links, and their best plan by trying every set of open links.

The oracle shares nothing with the optimiser but the arrays: its rows are written out here one by
one, and each set of links is a linear programme for SciPy.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from matcher.optimise.problem import ExchangeProblem, Rows

LARGEST = 5
"""Links of a tiny town at most: 32 sets to try."""


def rows_of(entries, upper):
    """Rows from (row, column, coefficient) triples."""
    row, column, coefficient = zip(*entries, strict=True) if entries else ((), (), ())
    return Rows(
        row=np.array(row, np.int64),
        column=np.array(column, np.int64),
        coefficient=np.array(coefficient, float),
        upper=np.array(upper, float),
    )


def a_town(supply, demand, arcs, **choices):
    """A model from a table of links ``(offer, need, gain, cost)``; one arc a link."""
    supply, demand = (np.atleast_2d(np.array(side, float).T).T for side in (supply, demand))
    offer, need, gain, cost = (np.array(column) for column in zip(*arcs, strict=True))
    links = len(arcs)
    usual = {
        "supply": supply,
        "demand": demand,
        "arc_offer": offer.astype(np.int64),
        "arc_need": need.astype(np.int64),
        "arc_link": np.arange(links, dtype=np.int64),
        "arc_yield": np.ones(links),
        "arc_gain": gain.astype(float),
        "link_cost": cost.astype(float),
        "link_lot": np.zeros(links),
        "link_weight": np.ones(links),
    }
    return ExchangeProblem(**(usual | choices))


def best_by_brute_force(town):
    """The greatest net gain over every set of open links, or None when no set keeps every row."""
    best = None
    for is_open in product((0.0, 1.0), repeat=town.counts[3]):
        gain = best_amounts(town, np.array(is_open))
        if gain is not None and (best is None or gain > best):
            best = gain
    return best


def _keeps_the_rows_of_links(town, is_open):
    rows = town.link_rows
    for row, upper in enumerate(rows.upper):
        inside = rows.row == row
        if rows.coefficient[inside] @ is_open[rows.column[inside]] > upper + 1e-9:
            return False
    return town.max_links is None or town.link_weight @ is_open <= town.max_links


def best_amounts(town, is_open):
    """Net gain of one set of open links, or None when it breaks a row."""
    if not _keeps_the_rows_of_links(town, is_open):
        return None
    lines, upper = zip(*_lines_of_amounts(town, is_open), strict=True)
    periods = town.supply.shape[1]
    carries = np.repeat(is_open[town.arc_link], periods)
    answer = linprog(
        -np.repeat(town.arc_gain, periods),
        A_ub=np.array(lines),
        b_ub=np.array(upper),
        bounds=[(0, None if open_ else 0) for open_ in carries],
    )
    assert answer.status in (0, 2), answer.message
    return None if answer.status == 2 else -answer.fun - town.link_cost @ is_open


def _lines_of_amounts(town, is_open):
    """Each row over the amounts as (coefficients, upper)."""
    arcs, periods = town.counts[2], town.supply.shape[1]
    at = np.arange(arcs * periods).reshape(arcs, periods)

    def line(columns, coefficients):
        coefficient = np.zeros(arcs * periods)
        np.add.at(coefficient, columns, coefficients)
        return coefficient

    for t in range(periods):
        for o, most in enumerate(town.supply[:, t]):
            yield line(at[town.arc_offer == o, t], 1.0), most
        for n, most in enumerate(town.demand[:, t]):
            into = town.arc_need == n
            yield line(at[into, t], town.arc_yield[into]), most
        for rows, limits in (
            (town.arc_rows, np.zeros(town.arc_rows.upper.size)),
            (town.capacity_rows, town.capacity[:, t] if town.capacity.size else np.empty(0)),
        ):
            for row, most in enumerate(limits):
                inside = rows.row == row
                yield line(at[rows.column[inside], t], rows.coefficient[inside]), most
    year = town.year_rows
    for row, most in enumerate(year.upper):
        inside = year.row == row
        of_the_year = at[year.column[inside]].reshape(-1)
        yield line(of_the_year, np.repeat(year.coefficient[inside], periods)), most
    for link, lot in enumerate(town.link_lot):
        if is_open[link] and lot > 0:
            yield line(at[town.arc_link == link].reshape(-1), -1.0), -lot


@st.composite
def towns(draw, *, rows=True, asking=False):
    """Tiny models with all that a model may carry: lots, rows of every kind, several periods.

    ``asking``: some have a row that asks for links to be open.
    """
    whole = st.integers
    periods = draw(st.sampled_from([1, 1, 2, 3]))
    offers, needs = draw(whole(1, 3)), draw(whole(1, 3))
    links = draw(whole(1, LARGEST))
    arc_link = np.sort([*range(links), *draw(st.lists(whole(0, links - 1), max_size=1))])
    arcs = len(arc_link)

    def numbers(size, low, high):
        return np.array(draw(st.lists(whole(low, high), min_size=size, max_size=size)), float)

    def positions(size, count):
        return numbers(size, 0, count - 1).astype(np.int64)

    # half of the towns have one season: months in the same proportions everywhere
    profile = numbers(periods, 0, 3) if draw(st.booleans()) else None

    def by_period(nodes):
        if profile is not None:
            return numbers(nodes, 0, 10)[:, np.newaxis] * profile
        return numbers(nodes * periods, 0, 20).reshape(nodes, periods)

    def some_rows(columns, low, high, low_upper, high_upper, zero=False):
        count = draw(whole(0, 2)) if rows else 0
        held = positions(2 * count, columns)
        entries = sorted({(i % max(count, 1), int(k)) for i, k in enumerate(held)})
        coefficients = numbers(len(entries), low, high)
        upper = np.zeros(count) if zero else numbers(count, low_upper, high_upper)
        return rows_of(
            [(row, column, c) for (row, column), c in zip(entries, coefficients, strict=True)],
            upper,
        )

    link_rows = some_rows(links, 1, 2, 0, 3)
    capacity_rows = some_rows(arcs, 1, 2, 0, 0, zero=True)
    count = capacity_rows.upper.size
    with_limit = draw(st.booleans())
    town = ExchangeProblem(
        supply=by_period(offers),
        demand=by_period(needs),
        arc_offer=positions(arcs, offers),
        arc_need=positions(arcs, needs),
        arc_link=arc_link.astype(np.int64),
        arc_yield=np.array([0.5, 1.0, 2.0])[positions(arcs, 3)],
        arc_gain=numbers(arcs, -5, 30),
        link_cost=numbers(links, 0, 60) * positions(links, 2),
        link_lot=numbers(links, 0, 8) * positions(links, 2),
        link_weight=numbers(links, 0, 1),
        link_rows=link_rows,
        arc_rows=some_rows(arcs, -3, 3, 0, 0, zero=True),
        capacity_rows=capacity_rows,
        capacity=by_period(count) if count else np.empty((0, 1)),
        year_rows=some_rows(arcs, 1, 2, 0, 30),
        max_links=draw(whole(0, links)) if with_limit and rows else None,
    )
    # "this link or that one", of those that can carry something
    able = np.unique(town.arc_link[town.most().max(axis=1) > 0])
    if asking and able.size and draw(st.booleans()):
        one_of_them = rows_of([(0, int(link), -1.0) for link in able[:2]], [-1.0])
        return replace(town, link_rows=one_of_them)
    return town
