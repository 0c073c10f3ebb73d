"""The linear relaxation, kept: solved once, then asked again with some links closed, or added to.

The basis of the whole stays good when a few columns are fixed at 0 (dual simplex), so one more
question costs a few pivots. Each question starts from that same basis: its answer does not depend
on what was asked before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats
from matcher.optimise.program import build_program
from matcher.optimise.relaxation import Master
from matcher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """What the relaxation says: a bound that does not lean on the solver (20), and for each link
    (L,) how far it is open and what it would earn at the prices, its cost paid.
    """

    bound: float
    open_share: Floats
    link_value: Floats


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
        program, self._layout = build_program(exchange)
        self._exchange = exchange
        self._program = replace(program, is_integer=np.zeros(program.cost.size, np.bool_))
        deadline = solver.Deadline.after(settings.time_limit_s)
        self._master = Master(exchange, program, self._layout, settings, deadline)
        self._link_of_column = np.concatenate(
            [exchange.arc_link[self._layout.arc], self._layout.link]
        )
        self._highs = solver.open_highs(settings, method="simplex")
        self._program.pass_to(self._highs)
        self._lower = np.zeros(program.cost.size)
        if held is not None:
            self._lower[self._layout.arc.size :] = held[self._layout.link]
        every = np.arange(program.cost.size)
        solver.limit_columns(self._highs, every, self._lower, self._program.upper)
        self.whole = self._asked(np.zeros(exchange.counts[3], np.bool_))
        self._basis = solver.KeptBasis(self._highs)

    def without(self, closed: Bools) -> Relaxed:
        """The relaxation with the links of ``closed`` (L,) shut; the model is left as it was."""
        if not self.whole.open_share[closed].any():  # its best plan did without them
            return replace(self.whole, link_value=np.where(closed, 0.0, self.whole.link_value))
        columns = np.flatnonzero(closed[self._link_of_column])
        nothing = np.zeros(columns.size)
        solver.limit_columns(self._highs, columns, nothing, nothing)
        try:
            return self._asked(closed)
        finally:
            solver.limit_columns(
                self._highs, columns, self._lower[columns], self._program.upper[columns]
            )
            self._basis.restore()

    def _asked(self, closed: Bools) -> Relaxed:
        solver.run_highs(self._highs, "exchange, linear relaxation")
        share = np.ones(closed.size)
        share[self._layout.link] = solver.column_values(self._highs)[self._layout.arc.size :]
        share[closed] = 0.0
        price = np.maximum(solver.row_duals(self._highs), 0.0)
        value = np.where(closed, 0.0, self._master.link_values(price))
        return Relaxed(bound=self._master.bound(price, value), open_share=share, link_value=value)
