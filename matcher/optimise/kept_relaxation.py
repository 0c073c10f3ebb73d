"""The linear relaxation, kept: solved once, then asked again with some links closed, or added to.

The basis of the whole stays good when a few columns are fixed at 0 (dual simplex), so one more
question costs a few pivots. Each question starts from that same basis: its answer does not depend
on what was asked before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise import basis, solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats
from matcher.optimise.program import build_program
from matcher.optimise.relaxation import Master
from matcher.optimise.settle import objective_of, what_stays
from matcher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """What the relaxation says: a bound that does not lean on the solver (20), and for each link
    (L,) how far it is open and what it would earn at the prices, its cost paid.
    """

    bound: float
    open_share: Floats
    link_value: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A plan: columns of the program, open links (L,) and the objective."""

    columns: Floats
    is_open: Bools
    objective: float


class KeptRelaxation:
    """The relaxation of one model, ready to be asked again; links ``held`` (L,) stay open.

    Raises
    ------
    NoPlanError
        When it has no solution.
    """

    def __init__(
        self, exchange: ExchangeProblem, settings: Settings, held: Bools | None = None
    ) -> None:
        program, self.layout = build_program(exchange)
        self.program, self._exchange = program, exchange
        deadline = solver.Deadline.after(settings.time_limit_s)
        self._master = Master(exchange, program, self.layout, settings, deadline)
        self.link_of_column = np.concatenate([exchange.arc_link[self.layout.arc], self.layout.link])
        self._highs = solver.open_highs(settings, method="simplex")
        program.relaxed().pass_to(self._highs)
        self._lower = np.zeros(program.cost.size)
        if held is not None:
            self._lower[self.layout.arc.size :] = held[self.layout.link]
        every = np.arange(program.cost.size)
        solver.limit_columns(self._highs, every, self._lower, self.program.upper)
        self.whole = self._asked(np.zeros(exchange.counts[3], np.bool_))
        self._basis = basis.Kept(self._highs)

    def without(self, closed: Bools) -> Relaxed:
        """The relaxation with the links of ``closed`` (L,) shut; the model is left as it was."""
        if not self.whole.open_share[closed].any():  # its best plan did without them
            return replace(self.whole, link_value=np.where(closed, 0.0, self.whole.link_value))
        columns = np.flatnonzero(closed[self.link_of_column])
        nothing = np.zeros(columns.size)
        solver.limit_columns(self._highs, columns, nothing, nothing)
        try:
            return self._asked(closed)
        finally:
            solver.limit_columns(
                self._highs, columns, self._lower[columns], self.program.upper[columns]
            )
            self._basis.restore()

    def settled(self, is_open: Bools) -> Chosen:
        """The best amounts with the links as given (L,); one that then carries nothing is closed.

        Raises
        ------
        NoPlanError
            When there are none.
        """
        columns = np.arange(self._lower.size)
        links = slice(self.layout.arc.size, None)
        lower, upper = np.zeros(columns.size), self.program.upper.copy()
        lower[links] = upper[links] = is_open[self.layout.link]
        upper[: self.layout.arc.size][~is_open[self._exchange.arc_link[self.layout.arc]]] = 0.0
        solver.limit_columns(self._highs, columns, lower, upper)
        try:
            solver.run_highs(self._highs, "exchange, links as chosen")
            return self._chosen(solver.column_values(self._highs), is_open)
        finally:
            solver.limit_columns(self._highs, columns, self._lower, self.program.upper)
            self._basis.restore()

    def _chosen(self, values: Floats, is_open: Bools) -> Chosen:
        exchange = self._exchange
        found = self.layout.amounts(values, exchange)
        amount, kept = what_stays(exchange, found, is_open)
        amounts = amount[self.layout.arc, self.layout.period]
        columns = np.concatenate([amounts, kept[self.layout.link]])
        return Chosen(columns=columns, is_open=kept, objective=objective_of(exchange, amount, kept))

    def _asked(self, closed: Bools) -> Relaxed:
        solver.run_highs(self._highs, "exchange, linear relaxation")
        share = np.ones(closed.size)
        share[self.layout.link] = solver.column_values(self._highs)[self.layout.arc.size :]
        share[closed] = 0.0
        price = np.maximum(solver.row_duals(self._highs), 0.0)
        value = np.where(closed, 0.0, self._master.link_values(price))
        return Relaxed(bound=self._master.bound(price, value), open_share=share, link_value=value)
