"""The linear relaxation by column generation, with a bound that does not lean on the solver.

A few links a node start; the others are priced with the duals in numpy and those that would pay
come in, until none would. Most links never do, so the matrix stays small.

The bound is Lagrange's (20): for any prices not below 0 on the rows that links share, the rows'
worth plus what every link could earn on its own at those prices is at least the optimum. It is
reckoned here over *all* links, so a wrong dual can make it weak but never false.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np

from matcher.optimise import basis, solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints
from matcher.optimise.program import Layout, Program, build_program
from matcher.settings import Settings

_START_LINKS_A_NODE = 4
_START_LINKS_A_NODE_WITH_CHOICE = 1
# A link comes in when it would earn more than this share of the best link of the model.
_ENTRY_TOLERANCE = 1e-9
# Links that come in at once: few rounds are wanted, and a small matrix.
_ENTRIES_AT_LEAST = 500
_ENTRIES_SHARE = 0.5
_ROUNDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """Optimum of the linear relaxation.

    ``link_value`` (L,) is what a link would earn at the prices, opening cost and attention paid:
    negative, what opening it would lose. ``prices`` (R,) are those of the rows of the programme, 0
    where a row belongs to one link.
    """

    objective: float
    bound: float
    amount: Floats  # (A, T)
    open_share: Floats  # (L,)
    link_value: Floats  # (L,)
    offer_price: Floats  # (O, T)
    need_price: Floats  # (N, T)
    prices: Floats


def relax(exchange: ExchangeProblem, settings: Settings, deadline: solver.Deadline) -> Relaxation:
    """Solve the linear relaxation of one part.

    Raises
    ------
    NoPlanError
        When it has no solution.
    """
    program, layout = build_program(exchange)
    master = Master(exchange, program, layout, settings, deadline)
    kept = best_links(
        exchange,
        _START_LINKS_A_NODE_WITH_CHOICE if layout.link.size else _START_LINKS_A_NODE,
    )
    kept |= master.needed()
    bound = math.inf
    for _ in range(_ROUNDS):
        values, duals, objective = master.solve(kept)
        price = np.maximum(duals, 0.0)
        value = master.link_values(price)
        bound = min(bound, master.bound(price, value))
        missing = np.flatnonzero(~kept & (value > _ENTRY_TOLERANCE * master.scale))
        if not missing.size or bound <= objective * (1 + 1e-9):
            break
        room = max(_ENTRIES_AT_LEAST, int(_ENTRIES_SHARE * kept.sum()))
        if missing.size > room:
            missing = missing[np.argsort(-value[missing], kind="stable")[:room]]
        kept[missing] = True
    open_share = np.ones(exchange.counts[3])
    open_share[layout.link] = values[layout.arc.size :]
    return Relaxation(
        objective=objective,
        bound=max(bound, objective),
        amount=layout.amounts(values, exchange),
        open_share=open_share,
        link_value=value,
        offer_price=_at(price, layout.supply_rows),
        need_price=_at(price, layout.demand_rows),
        prices=np.where(layout.row_link < 0, price, 0.0),
    )


def best_links(exchange: ExchangeProblem, count: int) -> Bools:
    """(L,) the best links of every offer and of every need, by their best case."""
    worth = np.bincount(
        exchange.arc_link,
        exchange.arc_gain * exchange.most().sum(axis=1),
        minlength=exchange.counts[3],
    )
    worth = (worth - exchange.link_cost)[exchange.arc_link]
    kept = np.zeros(exchange.counts[3], np.bool_)
    by_worth = np.argsort(-worth, kind="stable")
    # Numbers of 16 bits are sorted by radix, several times faster.
    short = np.uint16 if max(exchange.counts[:2]) < 2**16 else np.int64
    for node in (exchange.arc_offer, exchange.arc_need):
        order = by_worth[np.argsort(node[by_worth].astype(short), kind="stable")]
        ordered = node[order]
        rank = np.arange(order.size) - np.searchsorted(ordered, ordered)
        kept[exchange.arc_link[order[rank < count]]] = True
    return kept


class Master:
    """The linear model over some of the links; the basis is kept from one solve to the next."""

    def __init__(
        self,
        exchange: ExchangeProblem,
        program: Program,
        layout: Layout,
        settings: Settings,
        deadline: solver.Deadline,
    ) -> None:
        self._exchange, self._program, self._layout = exchange, program, layout
        self._settings, self._deadline = settings, deadline
        self._column_link = np.concatenate([exchange.arc_link[layout.arc], layout.link])
        shared = layout.row_link < 0
        self._shared_rows = np.flatnonzero(shared)
        self._shared = program.matrix[self._shared_rows]
        self._most = exchange.most()[layout.arc, layout.period]
        own = np.flatnonzero(~shared)
        nodes = int((layout.supply_rows >= 0).sum() + (layout.demand_rows >= 0).sum())
        self.link_row_start = nodes + own.size
        self._column_status = np.full(program.cost.size, int(_LOWER), np.int8)
        self._row_status = np.full(layout.row_link.size, int(_BASIC), np.int8)
        worth = np.abs(program.cost)
        worth[: layout.arc.size] *= self._most
        self.scale = float(worth.max(initial=0.0))
        coupled = exchange.arc_rows.upper.size or exchange.capacity.size
        small = program.cost.size <= _PRIMAL_COLUMNS
        self._method = "primal" if small else "simplex"
        if coupled and program.matrix.nnz > _LARGE_NONZEROS:
            self._method = "ipm"

    def needed(self) -> Bools:
        """Links without which a row with a negative coefficient could not be met."""
        needed = np.zeros(self._exchange.counts[3], np.bool_)
        rows = self._exchange.link_rows
        needed[rows.column[rows.coefficient < 0]] = True
        return needed

    def solve(self, kept: Bools) -> tuple[Floats, Floats, float]:
        """All columns' values (0 outside), the duals of all rows, and the objective."""
        program = self._program
        row_link = self._layout.row_link
        columns = np.flatnonzero(kept[self._column_link])
        rows = np.flatnonzero((row_link < 0) | kept[row_link])
        small = Program(
            cost=program.cost[columns],
            upper=program.upper[columns],
            is_integer=np.zeros(columns.size, np.bool_),
            matrix=program.matrix[rows][:, columns],
            row_lower=program.row_lower[rows],
            row_upper=program.row_upper[rows],
        )
        highs = solver.open_highs(
            self._settings, time_limit_s=self._deadline.remaining_s(), method=self._method
        )
        small.pass_to(highs)
        if self._method != "ipm":
            basis.start_from(highs, self._column_status[columns], self._row_status[rows])
        report = solver.run_highs(highs, "exchange, linear relaxation")
        self._column_status[columns], self._row_status[rows] = basis.read(highs)
        values, duals = np.zeros(program.cost.size), np.zeros(row_link.size)
        values[columns] = solver.column_values(highs)
        duals[rows] = solver.row_duals(highs)
        return values, duals, report.objective

    def link_values(self, price: Floats) -> Floats:
        """What each link would earn at the prices of the shared rows."""
        reduced = self._program.cost - self._shared.T @ price[self._shared_rows]
        arcs = self._layout.arc.size
        earned = np.maximum(reduced[:arcs], 0.0) * self._most
        value = np.bincount(
            self._column_link[:arcs], earned, minlength=self._exchange.counts[3]
        ).astype(np.float64)
        value[self._layout.link] += reduced[arcs:]
        return value

    def bound(self, price: Floats, link_value: Floats) -> float:
        """Lagrange's bound at the prices of the shared rows."""
        return self.worth(price) + float(np.maximum(link_value, 0.0).sum())

    def worth(self, price: Floats) -> float:
        """What the shared rows are worth at their prices."""
        rows = self._shared_rows[price[self._shared_rows] > 0]
        return float(price[rows] @ self._program.row_upper[rows])


_LOWER, _BASIC = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
# From this size on, a model coupled by blends or capacities is quicker by interior point.
_LARGE_NONZEROS = 100_000
# Where columns come in the last basis stays feasible, which suits the primal simplex: a sixth less
# time up to here. With 50,000 columns in one component the dual simplex takes half its time.
_PRIMAL_COLUMNS = 10_000


def _at(price: Floats, rows: Ints) -> Floats:
    found = np.zeros(rows.shape)
    found[rows >= 0] = price[rows[rows >= 0]]
    return found
