"""What a model leaves when some of its links are settled: the same model, smaller."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.optimise.components import Part, take_links
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Rows

# A limit that settled links overstep by this share of it, as solvers may, is used up.
_ROUNDING = 1e-6


def left_by(exchange: ExchangeProblem, amount: Floats, is_open: Bools) -> ExchangeProblem:
    """The model with what settled links use taken off.

    Parameters
    ----------
    exchange
        The whole model.
    amount, is_open
        (A, T) amounts, in the giver's unit, and (L,) links that are settled; 0 for all others. Rows
        (7) must hold settled links only, or none.

    Returns
    -------
    ExchangeProblem
        On the same positions; the settled links have to be left out by the caller.
    """
    sent, received = np.zeros_like(exchange.supply), np.zeros_like(exchange.demand)
    np.add.at(sent, exchange.arc_offer, amount)
    np.add.at(received, exchange.arc_need, amount * exchange.arc_yield[:, np.newaxis])
    seats = _used(exchange.link_rows, is_open.astype(float)[:, np.newaxis])[:, 0]
    hours = _used(exchange.capacity_rows, amount, exchange.capacity.shape[0])
    year = _used(exchange.year_rows, amount.sum(axis=1, keepdims=True))[:, 0]
    limit = exchange.max_links
    return replace(
        exchange,
        supply=np.maximum(exchange.supply - sent, 0.0),
        demand=np.maximum(exchange.demand - received, 0.0),
        link_rows=replace(exchange.link_rows, upper=_rest(exchange.link_rows.upper, seats)),
        capacity=_rest(exchange.capacity, hours),
        year_rows=replace(exchange.year_rows, upper=_rest(exchange.year_rows.upper, year)),
        max_links=None
        if limit is None
        else max(limit - round(float(exchange.link_weight @ is_open)), 0),
    )


def set_aside(
    exchange: ExchangeProblem, amount: Floats, is_open: Bools, free: Bools
) -> tuple[Bools, Floats, Part]:
    """Settle a plan but for its ``free`` (L,) links: (L,) what stays open and (A, T) its amounts,
    and the model of the free links in what these leave.
    """
    stays = is_open & ~free
    kept = np.where(stays[exchange.arc_link][:, np.newaxis], amount, 0.0)
    return stays, kept, take_links(left_by(exchange, kept, stays), free)


def touching(exchange: ExchangeProblem, links: Bools) -> Bools:
    """(L,) links that share an offer, a need or a row with some of these; these too."""
    arcs = links[exchange.arc_link]
    offers, needs = np.zeros(exchange.counts[0], np.bool_), np.zeros(exchange.counts[1], np.bool_)
    offers[exchange.arc_offer[arcs]] = True
    needs[exchange.arc_need[arcs]] = True
    near = links.copy()
    near[exchange.arc_link[offers[exchange.arc_offer] | needs[exchange.arc_need]]] = True
    own = np.arange(exchange.counts[3])
    for rows, link in (
        (exchange.link_rows, own),
        (exchange.arc_rows, exchange.arc_link),
        (exchange.capacity_rows, exchange.arc_link),
        (exchange.year_rows, exchange.arc_link),
    ):
        entry = link[rows.column]
        touched = np.zeros(int(rows.row.max(initial=-1)) + 1, np.bool_)
        touched[rows.row[links[entry]]] = True
        near[entry[touched[rows.row]]] = True
    return near


def with_mixed(exchange: ExchangeProblem, links: Bools) -> Bools:
    """(L,) these links and all that are mixed with them by rows (7)."""
    rows, link = exchange.arc_rows.row, exchange.arc_link[exchange.arc_rows.column]
    found = links.copy()
    while not found[link[np.isin(rows, rows[found[link]])]].all():
        found[link[np.isin(rows, rows[found[link]])]] = True
    return found


def _used(rows: Rows, values: Floats, count: int | None = None) -> Floats:
    """(R, …) what the variables take of each row."""
    used = np.zeros((rows.upper.size if count is None else count, values.shape[1]))
    np.add.at(used, rows.row, rows.coefficient[:, np.newaxis] * values[rows.column])
    return used


def _rest(upper: Floats, used: Floats) -> Floats:
    """What is left of limits; below 0 where what is not settled yet has to make up for it."""
    rest = upper - used
    return np.where((rest < 0) & (rest > -_ROUNDING * (1 + np.abs(upper))), 0.0, rest)
