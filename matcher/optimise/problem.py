"""The exchange model as arrays: what both backends read, and nothing else.

An *arc* carries one amount, in the giver's unit, from one offer to one need over the periods. A
*link* is what is opened, paid for and counted: usually one arc; several when heat is cut into
temperature intervals. Equation numbers are those of ``docs/model.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Sparse rows ``sum(coefficient * variable) <= upper`` in coordinate form.

    ``row`` and ``column`` index the rows and the variables (links, or arcs), ``upper`` has one
    entry a row.
    """

    row: Ints
    column: Ints
    coefficient: Floats
    upper: Floats

    @classmethod
    def none(cls) -> Rows:
        """No row at all."""
        return cls(
            row=np.empty(0, np.int64),
            column=np.empty(0, np.int64),
            coefficient=np.empty(0),
            upper=np.empty(0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeProblem:
    """Offers, needs, arcs and links of one exchange model.

    Shapes: O offers, N needs, A arcs, L links, T periods (12 months, or 1).

    Attributes
    ----------
    supply
        (O, T) what each offer has in each period, in its unit.
    demand
        (N, T) what each need can take in each period, in its unit.
    arc_offer, arc_need, arc_link
        (A,) positions. Every link has at least one arc.
    arc_yield
        (A,) units of the need served by one unit of the offer, above 0.
    arc_gain
        (A,) what one unit moved brings, in the objective's unit (EUR or tCO2e) a giver's unit;
        may be negative (an arc can be worth it for the blend).
    link_cost
        (L,) what keeping a link open costs a year, in the objective's unit.
    link_lot
        (L,) least amount a year on an open link, in the giver's unit; 0 for none.
    link_weight
        (L,) how many proposals a link counts for in ``max_links``: 1, or 0 inside one firm.
    link_rows
        Rows over the links' 0/1 variables: attention of sites and firms, partners of a flow.
    arc_rows
        Rows over the arcs' amounts, repeated in every period, right-hand sides 0: blending.
    capacity_rows, capacity
        Rows over the arcs' amounts with one right-hand side a period, (R, T) in ``capacity``:
        processors, permits by month. ``capacity_rows.upper`` is not read.
    max_links
        K, or None.
    """

    supply: Floats
    demand: Floats
    arc_offer: Ints
    arc_need: Ints
    arc_link: Ints
    arc_yield: Floats
    arc_gain: Floats
    link_cost: Floats
    link_lot: Floats
    link_weight: Floats
    link_rows: Rows = field(default_factory=Rows.none)
    arc_rows: Rows = field(default_factory=Rows.none)
    capacity_rows: Rows = field(default_factory=Rows.none)
    capacity: Floats = field(default_factory=lambda: np.empty((0, 1)))
    max_links: int | None = None


class SolveStatus:
    """How a solve ended; the words of ``report.status``."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    TIME_LIMIT = "time_limit"
    WORK_LIMIT = "work_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveReport:
    """What is proved about a plan.

    ``gap`` is (bound - objective) / max(|objective|, 1e-9), 0 when both are equal; ``bound`` is the
    best proved upper bound of the objective. ``seconds`` is wall time, kept out of ``plan.json``.
    """

    status: str
    objective: float
    bound: float
    gap: float
    seconds: float

    @property
    def proved_optimal(self) -> bool:
        """Whether the optimum is proved (gap at most 1e-6)."""
        return self.gap <= 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSolution:
    """Amounts (A, T) in the giver's unit, open links (L,), and what is proved.

    ``offer_price`` (O, T) and ``need_price`` (N, T): value of one more unit with the links as
    chosen (duals of the model with its 0/1 variables fixed), in the objective's unit.
    """

    amount: Floats
    is_open: Bools
    offer_price: Floats
    need_price: Floats
    report: SolveReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The best gain found with at most ``proposals`` proposals, and the proved bound on it."""

    proposals: int
    gain: float
    bound: float
