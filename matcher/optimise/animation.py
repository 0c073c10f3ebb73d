"""Hours of animation: what leads take of the EPCI until firms agree, within its budget (65).

The plan is sought without the budget first: where it fits all the same, the parts of the model stay
apart and the proof is that of the larger question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise.problem import ExchangeProblem, ExchangeSolution, Floats, Rows
from matcher.optimise.row_book import RowKind, RowName

MORE_HOURS = 35.0
"""A week of work: what the price of the budget is asked for."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Hours that each link takes (L,), and the most that there are."""

    hours: Floats
    most: float

    def spent(self, solution: ExchangeSolution) -> float:
        """Hours that a plan takes."""
        return float(self.hours @ solution.is_open)

    def is_kept_by(self, solution: ExchangeSolution) -> bool:
        """Whether a plan stays within the budget."""
        return self.spent(solution) <= self.most * (1 + _ROUNDING)

    @property
    def name(self) -> RowName:
        """What its row counts."""
        return RowName(kind=RowKind.HOURS, of="", most=self.most)

    def limiting(self, exchange: ExchangeProblem) -> ExchangeProblem:
        """The model with the row (65) after its others."""
        rows = exchange.link_rows
        some = np.flatnonzero(self.hours > 0)
        return replace(
            exchange,
            link_rows=Rows(
                row=np.concatenate([rows.row, np.full(some.size, rows.upper.size, np.int64)]),
                column=np.concatenate([rows.column, some.astype(np.int64)]),
                coefficient=np.concatenate([rows.coefficient, self.hours[some]]),
                upper=np.append(rows.upper, self.most),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimationUse:
    """What the plan takes of the budget, and what ``more_hours`` would bring.

    ``more_gain`` is how much more the best plan found with so many hours more brings, in the
    objective's unit a year; ``more_bound`` what no plan with them can pass. Both 0 where the
    budget does not bind.
    """

    budget_hours: float
    used_hours: float
    is_binding: bool
    more_hours: float = MORE_HOURS
    more_gain: float = 0.0
    more_bound: float = 0.0
