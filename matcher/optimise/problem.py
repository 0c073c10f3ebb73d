"""The exchange model as arrays: what both backends read, and nothing else.

An *arc* carries one amount, in the giver's unit, from one offer to one need over the periods. A
*link* is what is opened, paid for and counted: usually one arc; several when heat is cut into
temperature intervals. Equation numbers are those of ``docs/model.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

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
    year_rows
        Rows over the arcs' amounts summed over the periods: yearly limits of permits.
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
    year_rows: Rows = field(default_factory=Rows.none)
    max_links: int | None = None

    def __post_init__(self) -> None:
        offers, needs, arcs, links = self.counts
        periods = self.supply.shape[1]
        if self.demand.shape != (needs, periods):
            raise ValueError("demand must have as many periods as supply.")
        shapes = {
            "arc_need": (self.arc_need, arcs),
            "arc_link": (self.arc_link, arcs),
            "arc_yield": (self.arc_yield, arcs),
            "arc_gain": (self.arc_gain, arcs),
            "link_lot": (self.link_lot, links),
            "link_weight": (self.link_weight, links),
        }
        for name, (values, count) in shapes.items():
            if values.shape != (count,):
                raise ValueError(f"{name} must have {count} entries, got {values.shape}.")
        for name, positions, count in (
            ("arc_offer", self.arc_offer, offers),
            ("arc_need", self.arc_need, needs),
            ("arc_link", self.arc_link, links),
        ):
            if arcs and (positions.min() < 0 or positions.max() >= count):
                raise ValueError(f"{name} points outside its {count} entries.")
        for name, values in (
            ("supply", self.supply),
            ("demand", self.demand),
            ("link_cost", self.link_cost),
            ("link_lot", self.link_lot),
            ("link_weight", self.link_weight),
        ):
            if values.size and not (np.isfinite(values).all() and values.min() >= 0):
                raise ValueError(f"{name} must be finite and not negative.")
        if arcs and not (np.isfinite(self.arc_yield).all() and self.arc_yield.min() > 0):
            raise ValueError("arc_yield must be finite and above 0.")
        if not np.isfinite(self.arc_gain).all():
            raise ValueError("arc_gain must be finite.")
        if self.arc_rows.upper.size and np.any(self.arc_rows.upper != 0):
            raise ValueError("arc_rows must have 0 on their right-hand side.")
        if self.capacity.shape[0] and self.capacity.shape[1] != periods:
            raise ValueError("capacity must have as many periods as supply.")

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many offers, needs, arcs and links there are."""
        return (
            self.supply.shape[0],
            self.demand.shape[0],
            self.arc_offer.shape[0],
            self.link_cost.shape[0],
        )

    def most(self) -> Floats:
        """(A, T) the most an arc can carry: what the offer has, or what the need can take."""
        return np.asarray(
            np.minimum(
                self.supply[self.arc_offer],
                self.demand[self.arc_need] / self.arc_yield[:, np.newaxis],
            ),
            dtype=np.float64,
        )

    def has_choice(self) -> Bools:
        """(L,) whether opening a link is a decision of its own, so that it needs a 0/1 variable."""
        chosen = (self.link_cost > 0) | (self.link_lot > 0)
        chosen[self.link_rows.column] = True
        if self.max_links is not None:
            chosen |= self.link_weight > 0
        return np.asarray(chosen, dtype=np.bool_)


class SolveStatus:
    """How a solve ended; the words of ``report.status``."""

    OPTIMAL = "optimal"
    WITHIN_GAP = "within_gap"
    TIME_LIMIT = "time_limit"
    WORK_LIMIT = "work_limit"


class ProofLimit(StrEnum):
    """What a bound is a bound of, where it is not of every choice among the candidates."""

    DECLARED_FIRST = "declared-first"
    AS_MANY_SERVED = "as-many-served"
    FLOOR_IN_PART = "floor-in-part"
    GROUPS_MADE = "groups-made"


PROVED_GAP = 1e-6
"""Gap up to which an optimum is proved (contract 3.3)."""
# Below this, EUR or tCO2e, a difference is a solver's rounding: a plan of nothing is worth 0, and
# CBC's bound on it 1e-12.
_NOTHING = 1e-9


def relative_gap(objective: float, bound: float) -> float:
    """(bound - objective) / max(abs(objective), 1e-9); 0 when nothing is left to prove."""
    if bound - objective <= _NOTHING:
        return 0.0
    return (bound - objective) / max(abs(objective), _NOTHING)


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
        return self.gap <= PROVED_GAP


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
