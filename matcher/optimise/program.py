"""The exchange model as one matrix, passed to HiGHS in a single call.

Rows carry the numbers of ``docs/model.md``. Only (arc, period) pairs that can carry something
become columns; then come the 0/1 variables of the links whose opening is a decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy import sparse

from matcher.optimise import solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints, SolveReport

_NO_LIMIT = highspy.kHighsInf


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """max cost.z, row_lower <= matrix z <= row_upper, lower <= z <= upper, some z whole."""

    cost: Floats
    upper: Floats
    is_integer: Bools
    matrix: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats

    def relaxed(self) -> Program:
        """The same without whole numbers."""
        return replace(self, is_integer=np.zeros_like(self.is_integer))

    def pass_to(self, highs: highspy.Highs) -> None:
        """Hand the model over in one call (``addRow`` in a loop is many times slower)."""
        rows, columns = self.matrix.shape
        status = highs.passModel(
            columns,
            rows,
            self.matrix.nnz,
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMaximize),
            0.0,
            self.cost,
            np.zeros(columns),
            self.upper,
            self.row_lower,
            self.row_upper,
            self.matrix.indptr.astype(np.int32),
            self.matrix.indices.astype(np.int32),
            self.matrix.data,
            self.is_integer.astype(np.int32),
        )
        if status == highspy.HighsStatus.kError:
            raise ValueError("HiGHS refuses the model.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where things stand in a :class:`Program`: columns of amounts and links, blocks of rows."""

    arc: Ints  # (X,) arc of each amount column
    period: Ints  # (X,) its period
    link: Ints  # (Y,) link of each 0/1 column; they follow the amounts
    supply_rows: Ints  # (O, T) row of equation (2), -1 where none
    demand_rows: Ints  # (N, T) row of equation (3), -1 where none
    row_link: Ints  # link that a row (4) or (5) belongs to, -1 for the rows that links share

    def amounts(self, values: Floats, exchange: ExchangeProblem) -> Floats:
        """(A, T) amounts from the columns' values."""
        amount = np.zeros((exchange.counts[2], exchange.supply.shape[1]))
        amount[self.arc, self.period] = np.maximum(values[: self.arc.size], 0.0)
        return amount

    def opened(self, values: Floats, exchange: ExchangeProblem) -> Bools:
        """(L,) links that are open: no decision, or a 0/1 variable at 1."""
        is_open = ~exchange.has_choice()
        is_open[self.link] = values[self.arc.size :] > 0.5
        return is_open


class _Block:
    """Rows under construction, in coordinate form."""

    def __init__(self) -> None:
        self.rows: list[Ints] = []
        self.columns: list[Ints] = []
        self.values: list[Floats] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.link: list[Ints] = []
        self.count = 0

    def add(
        self,
        row: Ints,
        column: Ints,
        value: Floats,
        lower: Floats,
        upper: Floats,
        link: Ints | None = None,
    ) -> None:
        self.rows.append(row + self.count)
        self.columns.append(column)
        self.values.append(value)
        self.lower.append(lower)
        self.upper.append(upper)
        self.link.append(np.full(upper.size, -1, np.int64) if link is None else link)
        self.count += len(upper)


def build_program(
    exchange: ExchangeProblem, *, is_open: Bools | None = None
) -> tuple[Program, Layout]:
    """Lay the model out as a matrix.

    ``is_open`` given: the links are as said, there is no 0/1 variable and no bound (4), so that
    the duals of (2) and (3) carry the whole value of a unit.
    """
    most = exchange.most()
    can_carry = most > 0
    if is_open is not None:
        can_carry &= is_open[exchange.arc_link][:, np.newaxis]
    arc, period = (index.astype(np.int64) for index in np.nonzero(can_carry))
    column = np.full(most.shape, -1, np.int64)
    column[arc, period] = np.arange(arc.size)
    has_choice = exchange.has_choice() if is_open is None else np.zeros(exchange.counts[3], bool)
    link = np.flatnonzero(has_choice).astype(np.int64)
    link_column = np.full(exchange.counts[3], -1, np.int64)
    link_column[link] = arc.size + np.arange(link.size)

    block = _Block()
    ones = np.ones(arc.size)
    supply_rows = _node_rows(block, exchange.supply, exchange.arc_offer[arc], period, ones)
    demand_rows = _node_rows(
        block, exchange.demand, exchange.arc_need[arc], period, exchange.arc_yield[arc]
    )
    if link.size:
        _opening_rows(block, exchange, most[arc, period], arc, link_column)
    _lot_rows(block, exchange, arc, link_column, is_open)
    if is_open is None:
        _link_rows(block, exchange, link_column)
    _amount_rows(block, exchange, column)

    size = arc.size + link.size
    upper = np.ones(size)
    upper[: arc.size] = _NO_LIMIT
    row, col = np.concatenate(block.rows), np.concatenate(block.columns)
    value = np.concatenate(block.values)
    program = Program(
        cost=np.concatenate([exchange.arc_gain[arc], -exchange.link_cost[link]]),
        upper=upper,
        is_integer=np.arange(size) >= arc.size,
        matrix=sparse.csr_matrix((value, (row, col)), shape=(block.count, size)),
        row_lower=np.concatenate(block.lower),
        row_upper=np.concatenate(block.upper),
    )
    layout = Layout(
        arc=arc,
        period=period,
        link=link,
        supply_rows=supply_rows,
        demand_rows=demand_rows,
        row_link=np.concatenate(block.link),
    )
    return program, layout


def _node_rows(block: _Block, limit: Floats, node: Ints, period: Ints, coefficient: Floats) -> Ints:
    """(2) and (3): what leaves an offer, what reaches a need, period by period."""
    key = node * limit.shape[1] + period
    used, row = np.unique(key, return_inverse=True)
    rows = np.full(limit.shape, -1, np.int64)
    rows.reshape(-1)[used] = block.count + np.arange(used.size)
    block.add(
        row.astype(np.int64),
        np.arange(node.size),
        coefficient,
        np.full(used.size, -_NO_LIMIT),
        limit.reshape(-1)[used],
    )
    return rows


def _opening_rows(
    block: _Block, exchange: ExchangeProblem, most: Floats, arc: Ints, link_column: Ints
) -> None:
    """(4): nothing moves on a closed link."""
    chosen = np.flatnonzero(link_column[exchange.arc_link[arc]] >= 0)
    row = np.arange(chosen.size)
    block.add(
        np.concatenate([row, row]),
        np.concatenate([chosen, link_column[exchange.arc_link[arc[chosen]]]]),
        np.concatenate([np.ones(chosen.size), -most[chosen]]),
        np.full(chosen.size, -_NO_LIMIT),
        np.zeros(chosen.size),
        exchange.arc_link[arc[chosen]],
    )


def _lot_rows(
    block: _Block, exchange: ExchangeProblem, arc: Ints, link_column: Ints, is_open: Bools | None
) -> None:
    """(5): an open link moves its lot at least."""
    with_lot = exchange.link_lot > 0
    if is_open is not None:
        with_lot &= is_open
    lots = np.flatnonzero(with_lot)
    if not lots.size:
        return
    row_of = np.full(exchange.counts[3], -1, np.int64)
    row_of[lots] = np.arange(lots.size)
    moving = np.flatnonzero(row_of[exchange.arc_link[arc]] >= 0)
    row = row_of[exchange.arc_link[arc[moving]]]
    value, column, least = np.ones(moving.size), moving, np.zeros(lots.size)
    if is_open is None:
        row = np.concatenate([row, np.arange(lots.size)])
        column = np.concatenate([moving, link_column[lots]])
        value = np.concatenate([value, -exchange.link_lot[lots]])
    else:
        least = exchange.link_lot[lots]
    block.add(row, column, value, least, np.full(lots.size, _NO_LIMIT), lots)


def _link_rows(block: _Block, exchange: ExchangeProblem, link_column: Ints) -> None:
    """(6) attention and partners; (9) the number of proposals."""
    rows = exchange.link_rows
    if rows.upper.size:
        block.add(
            rows.row,
            link_column[rows.column],
            rows.coefficient,
            np.full(rows.upper.size, -_NO_LIMIT),
            rows.upper,
        )
    if exchange.max_links is not None:
        counted = np.flatnonzero(exchange.link_weight > 0)
        block.add(
            np.zeros(counted.size, np.int64),
            link_column[counted],
            exchange.link_weight[counted],
            np.array([-_NO_LIMIT]),
            np.array([float(exchange.max_links)]),
        )


def _amount_rows(block: _Block, exchange: ExchangeProblem, column: Ints) -> None:
    """(7) blending and (8) capacities, in every period; (10) limits of the year."""
    periods = exchange.supply.shape[1]
    blend, capacity = exchange.arc_rows, exchange.capacity_rows
    for rows, upper in (
        (blend, np.zeros((blend.upper.size, periods))),
        (capacity, exchange.capacity),
    ):
        for t in range(periods if upper.size else 0):
            at = column[rows.column, t]
            some = at >= 0
            block.add(
                rows.row[some],
                at[some],
                rows.coefficient[some],
                np.full(upper.shape[0], -_NO_LIMIT),
                upper[:, t],
            )
    year = exchange.year_rows
    if year.upper.size:
        at = column[year.column]
        entry, period = np.nonzero(at >= 0)
        block.add(
            year.row[entry],
            at[entry, period],
            year.coefficient[entry],
            np.full(year.upper.size, -_NO_LIMIT),
            year.upper,
        )


def solve_program(
    program: Program, highs: highspy.Highs, what: str = "exchange"
) -> tuple[Floats, SolveReport]:
    """Pass, run, read: the columns' values and what is proved."""
    program.pass_to(highs)
    report = solver.run_highs(highs, what)
    return solver.column_values(highs), report
