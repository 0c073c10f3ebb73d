"""Links that others need open: a row lets one open only beside them (its coefficients below 0)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from matcher.optimise.problem import Bools, ExchangeProblem


def helpers_of(exchange: ExchangeProblem, links: Bools) -> Bools:
    """(L,) links without which a row would keep some of these closed."""
    rows = exchange.link_rows
    asks = np.zeros(rows.upper.size, np.bool_)
    takes = (rows.coefficient > 0) & links[rows.column]
    asks[rows.row[takes]] = True
    helps = (rows.coefficient < 0) & asks[rows.row]
    found = np.zeros(links.size, np.bool_)
    found[rows.column[helps]] = True
    return found


def brings_nothing(exchange: ExchangeProblem) -> Bools:
    """(L,) links that are open for others only: no gain, no proposal, named by a row that they
    help.
    """
    gains = np.zeros(exchange.counts[3], np.bool_)
    gains[exchange.arc_link[exchange.arc_gain != 0]] = True
    helps = np.zeros(exchange.counts[3], np.bool_)
    helps[exchange.link_rows.column[exchange.link_rows.coefficient < 0]] = True
    return np.asarray(helps & ~gains & (exchange.link_weight == 0))


def without_useless(exchange: ExchangeProblem, is_open: Bools, links: Iterable[int]) -> Bools:
    """(L,) ``is_open`` without those of these links that no row needs."""
    rows = exchange.link_rows
    left = rows.upper - np.bincount(
        rows.row, rows.coefficient * is_open[rows.column], minlength=rows.upper.size
    )
    is_open = is_open.copy()
    for link in links:
        mine = rows.column == link
        after = left[rows.row[mine]] + rows.coefficient[mine]
        if (after >= -1e-9).all():
            is_open[link] = False
            np.add.at(left, rows.row[mine], rows.coefficient[mine])
    return is_open
