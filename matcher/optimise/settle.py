"""Amounts and prices once the links are chosen, and the check of every row in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.errors import NoPlanError
from matcher.optimise import solver
from matcher.optimise.needed_links import brings_nothing, without_useless
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints, Rows
from matcher.optimise.program import build_program, solve_program
from matcher.settings import Settings

# Largest violation of a row that is put down to rounding, as a share of what the row adds up.
# CBC rounds its values at 1e-6 (measured at 5e-6 on 1e5 arcs), HiGHS works at 1e-7 and better.
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Best amounts on given links, and the value of one more unit at each node and period."""

    amount: Floats  # (A, T)
    is_open: Bools  # (L,) links that carry something, or cannot be closed
    offer_price: Floats  # (O, T)
    need_price: Floats  # (N, T)
    objective: float


def settle(exchange: ExchangeProblem, is_open: Bools, settings: Settings) -> Settled:
    """Choose the amounts again with the links as given: clean figures, and duals as prices.

    A link that then carries nothing is closed: it costs, and nobody should be called about it.
    """
    program, layout = build_program(exchange, is_open=is_open)
    highs = solver.open_highs(settings)
    values, _ = solve_program(program, highs)
    amount = layout.amounts(values, exchange)
    duals = solver.row_duals(highs) if layout.arc.size else np.empty(0)
    amount, kept = what_stays(exchange, amount, is_open)
    return Settled(
        amount=amount,
        is_open=kept,
        offer_price=_read(duals, layout.supply_rows),
        need_price=_read(duals, layout.demand_rows),
        objective=objective_of(exchange, amount, kept),
    )


def what_stays(exchange: ExchangeProblem, amount: Floats, is_open: Bools) -> tuple[Floats, Bools]:
    """Amounts (A, T) without rounding's, and the links (L,) that carry something or are needed."""
    amount = np.where(amount < 1e-9 * np.maximum(exchange.most(), 1e-300), 0.0, amount)
    carries = np.zeros(exchange.counts[3])
    np.add.at(carries, exchange.arc_link, amount.sum(axis=1))
    kept = is_open & (carries > 0)
    kept[_not_to_close(exchange) & is_open] = True
    idle = kept & brings_nothing(exchange)
    if idle.any():
        kept = without_useless(exchange, kept, np.flatnonzero(idle).tolist())
        amount[idle[exchange.arc_link] & ~kept[exchange.arc_link]] = 0.0
    return amount, kept


def objective_of(exchange: ExchangeProblem, amount: Floats, is_open: Bools) -> float:
    """(1) recomputed from the amounts and the open links."""
    return float(exchange.arc_gain @ amount.sum(axis=1) - exchange.link_cost @ is_open)


def check_rows(exchange: ExchangeProblem, amount: Floats, is_open: Bools) -> None:
    """Raise :class:`NoPlanError` when a row of the model is broken by more than rounding.

    The plan is what the amounts say, whatever the solver said of them.
    """
    _check_nodes(exchange, amount)
    _check_links(exchange, amount, is_open)
    periods = exchange.supply.shape[1]
    opened = is_open.astype(np.float64)[:, np.newaxis]
    upper = exchange.link_rows.upper[:, np.newaxis]
    excess, scale = _excess(exchange.link_rows, opened, upper)
    _require("(6) attention", excess, scale)
    blend = exchange.arc_rows
    excess, scale = _excess(blend, amount, np.zeros((blend.upper.size, periods)))
    _require("(7) blend", excess, scale)
    excess, scale = _excess(exchange.capacity_rows, amount, exchange.capacity)
    _require("(8) capacity", excess, scale)
    year = exchange.year_rows
    total = amount.sum(axis=1)[:, np.newaxis]
    excess, scale = _excess(year, total, year.upper[:, np.newaxis])
    _require("(10) year", excess, scale)
    if exchange.max_links is not None:
        excess_links = np.array([exchange.link_weight @ is_open - exchange.max_links])
        _require("(9) proposals", excess_links, np.ones(1))


def _check_nodes(exchange: ExchangeProblem, amount: Floats) -> None:
    sent, received = np.zeros(exchange.supply.shape), np.zeros(exchange.demand.shape)
    np.add.at(sent, exchange.arc_offer, amount)
    np.add.at(received, exchange.arc_need, amount * exchange.arc_yield[:, np.newaxis])
    _require("(2) supply", sent - exchange.supply, exchange.supply)
    _require("(3) demand", received - exchange.demand, exchange.demand)


def _check_links(exchange: ExchangeProblem, amount: Floats, is_open: Bools) -> None:
    moved = np.zeros(is_open.size)
    np.add.at(moved, exchange.arc_link, amount.sum(axis=1))
    closed = moved[~is_open]
    _require("(4) closed link", closed, closed)
    lot = exchange.link_lot[is_open]
    _require("(5) lot", lot - moved[is_open], lot)


def _excess(rows: Rows, values: Floats, upper: Floats) -> tuple[Floats, Floats]:
    total, scale = np.zeros(upper.shape), np.abs(upper)
    terms = rows.coefficient[:, np.newaxis] * values[rows.column]
    if upper.size:
        np.add.at(total, rows.row, terms)
        np.add.at(scale, rows.row, np.abs(terms))
    return total - upper, scale


def _require(row: str, excess: Floats, scale: Floats) -> None:
    if excess.size and np.any(excess > ROUNDING * np.maximum(scale, 1e-12)):
        raise NoPlanError("broken row", f"exchange, equation {row}")


def _not_to_close(exchange: ExchangeProblem) -> Bools:
    """Links whose closing could break a row (6): a negative coefficient asks for them."""
    kept = np.zeros(exchange.counts[3], np.bool_)
    kept[exchange.link_rows.column[exchange.link_rows.coefficient < 0]] = True
    return kept


def _read(duals: Floats, rows: Ints) -> Floats:
    price = np.zeros(rows.shape)
    some = rows >= 0
    price[some] = np.maximum(duals[rows[some]], 0.0)
    return price
