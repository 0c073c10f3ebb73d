"""Candidates as columns: flows, arcs and refusals are arrays, so that 1e5 sites fit in memory.

Positions are places in these arrays, after sorting by id: the same survey gives the same arrays,
whatever the order of its rows. Edges run giver -> taker. Beyond ``SINGLE_PRECISION_FROM`` flows the
columns of arcs are kept in single precision, and a column that is the same everywhere is kept once.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.catalogue import Route

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
Indices = NDArray[np.signedinteger[Any]]
"""Places in other arrays, of whatever width numpy gave them."""


SINGLE_PRECISION_FROM = 100_000
"""Flows from which arcs are kept with seven digits: more than the declared amounts deserve."""


class Refusal(IntEnum):
    """Why an arc is not offered to the optimiser, in the order in which the gates ask.

    The comment gives the unit of the gap kept with it; NaN where there is none.
    """

    EXCLUDED = 1  # one of the two firms shut the other out; the agent alone may read it
    WASTE_CODE_ENDED = 2  # -
    HAZARD = 3  # hazardous, or not analysed, and the taker may not take it; -
    ANIMAL_ORIGIN = 4  # the taker has no approval for animal by-products; -
    PERMIT = 5  # the taker's headings do not cover this use; -
    HIERARCHY = 6  # ranks lost, from today's outlet to this use
    CONTRACT_RUNNING = 7  # days from as_of to the day when it is free
    TOO_FAR = 8  # km beyond what is allowed
    PERIOD_APART = 9  # days between the two availability windows
    MONTHS_APART = 10  # months of the need that the offer never covers (12: none in common)
    HOURS_APART = 11  # hours of the day that do not overlap
    TEMPERATURE = 12  # K missing, exchanger approach included
    QUALITY = 13  # in the parameter's unit, beyond the limit, alone and before blending
    LOT = 14  # giver's units a year short of the least lot
    SOLD_WELL = 15  # EUR a giver's unit by which today's buyer pays more
    DOES_NOT_PAY = 16  # EUR a year short, with the fixed cost, at the largest amount
    NO_PROCESSOR = 17  # all else fits, at the direct distance; -


class LeftOut(IntEnum):
    """Why a flow takes part in no arc at all; asked before the arcs are built."""

    RESOURCE_NOT_KNOWN = 1
    AMOUNT_NOT_KNOWN = 2
    AMOUNT_ZERO = 3
    POSITION_NOT_KNOWN = 4
    NOT_AVAILABLE = 5  # its window ends before as_of
    NO_OUTLET_KNOWN = 6  # the catalogue knows no route from (or to) this resource
    NO_PARTNER = 7  # routes exist, but nobody in the survey declares the other end


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTable:
    """Flows that may take part, one position each, sorted by flow id.

    Units are the resource's own; money EUR a unit. NaN = not known. Shapes (F,) unless said.
    """

    flow_id: tuple[str, ...]
    site_id: tuple[str, ...]  # sites of the survey, sorted; `site` points into it
    firm_id: tuple[str, ...]  # firms, sorted; `firm` points into it
    site: Ints
    firm: Ints
    is_offer: Bools
    resource: Ints  # position in Catalogue.resources (its order)
    east_km: Floats
    north_km: Floats
    amount: Floats  # a year; in all when one_off
    amount_low: Floats
    amount_high: Floats
    by_month: Singles  # (F, 12)
    cost: Floats  # EUR a unit: offers, positive = pays to be rid of it; needs, price paid today
    cost_low: Floats
    cost_high: Floats
    cost_is_default: Bools  # from the factor table, not from the firm
    cost_factor: tuple[str | None, ...]  # id of the factor it came from
    one_off: Bools
    inferred: Bools
    estimated: Bools  # basis estimate or inferred
    window_start: Ints  # ordinal days, 0 = open
    window_end: Ints  # ordinal days, 0 = open
    free_from: Ints  # ordinal day when today's contract frees it, 0 = free now
    max_distance_km: Floats
    min_lot: Floats  # 0 = none
    max_partners: Ints  # 0 = no limit
    outlet_rank: Ints  # hierarchy rank of today's outlet, -1 unknown
    hazardous: Ints  # 0 no, 1 yes, 2 to check
    animal_origin: Ints  # 0 no, 1, 2, 3 = category, 9 unknown
    code_in_force: Bools
    temperature_c: Floats
    return_temperature_c: Floats
    power_kw: Floats
    hour_from: Floats
    hour_to: Floats
    tco2e: Floats  # avoided a unit that is no longer thrown away (offers) or bought (needs)
    is_waste: Bools  # declared as waste, or nothing said: the taker's permit is asked
    waste_code: Ints  # position in waste_codes, -1 none
    waste_codes: tuple[str, ...]
    origin_latitude: float  # of the plane of east_km and north_km; NaN: a plane of its own
    origin_longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcTable:
    """Candidate links: lawful, near enough, worth more than nothing. Shapes (A,).

    ``gain`` is EUR a giver's unit against today, haulage and process deducted, fixed costs apart.
    ``opening_cost`` is EUR a year: follow-up, and the annuity of ``capex_eur``. Of it,
    ``shared_follow_up`` and ``shared_trench`` are paid once by links between the same two sites,
    and so is ``shared_capex`` of the capital.
    """

    offer: Ints
    need: Ints
    route: Ints
    processor: Ints  # site position, -1 when nobody stands between
    distance_km: Singles  # by road (or by trench); through the processor when there is one
    yield_per_unit: Floats
    gain: Floats
    avoided_tco2e: Floats  # a giver's unit; NaN not known
    haulage: Floats  # EUR a giver's unit
    process_cost: Floats  # EUR a giver's unit
    opening_cost: Floats
    capex_eur: Floats
    shared_follow_up: Floats
    shared_trench: Floats
    shared_capex: Floats
    opening_tco2e: Floats  # tCO2e a year of keeping it open (0 today)
    most: Floats  # giver's units a year, what the months allow
    usable_share: Singles  # of the offer: heat above the need's return, approach included; else 1

    @property
    def pays_alone(self) -> Bools:
        """(A,) all but the pipes that pay only where another shares their trench."""
        pays = self.gain * self.most > self.opening_cost
        return np.asarray(pays | (self.shared_trench == 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedArcs:
    """Arcs that one gate stopped: which, why, and by how much. Shapes (R,)."""

    offer: Ints
    need: Ints
    route: Ints
    code: NDArray[np.int8]
    gap: Singles
    processor: Ints
    distance_km: Singles
    detail: Mapping[int, str]  # position -> parameter, heading … where a gap is not enough


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorCapacity:
    """What one processor could do a month for one process alone: (P, 12) in giver's units."""

    site: Ints
    compatibility: tuple[str, ...]
    by_month: Floats
    item_id: tuple[str, ...]
    items: tuple[tuple[str, ...], ...]  # all the machines whose hours are added up
    equipment: tuple[str, ...]  # entries of one site and equipment share the same hours
    throughput_per_h: Floats  # (P,) giver's units an hour
    hours_by_month: Floats  # (P, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Everything that could be matched, and everything that could not, with the reason."""

    flows: FlowTable
    routes: tuple[Route, ...]
    arcs: ArcTable
    refused: RefusedArcs
    left_out: Mapping[str, LeftOut]
    processors: ProcessorCapacity
    as_of: datetime.date
    thermal: Ints  # (W,) by route: 1 heat and -1 cold through an exchanger, 0 no temperature
    is_matter: Bools  # (W,) by route: what the giver gives is matter, in tonnes
