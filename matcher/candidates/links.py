"""Links on their way through the gates, and all that the gates read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.candidates.figures import Figures, RouteTable
from matcher.candidates.pricing import Reckoner, Reckoning
from matcher.candidates.rules import Rules
from matcher.candidates.table import Bools, Floats, FlowTable, Indices, Refusal
from matcher.settings import Objective


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What all gates read: flows, routes, figures, rules, and the day and aim of the run."""

    flows: FlowTable
    routes: RouteTable
    figures: Figures
    rules: Rules
    reckoner: Reckoner
    as_of: int  # ordinal day
    objective: Objective

    @cached_property
    def months(self) -> Indices:
        """(F,) one bit a month in which the flow is there."""
        bits = np.zeros(len(self.flows.flow_id), np.int16)
        for month in range(12):
            bits |= (self.flows.by_month[:, month] > 0).astype(np.int16) << np.int16(month)
        return bits

    @cached_property
    def asks_distance(self) -> bool:
        """Whether any flow says how far is too far for it."""
        return not np.isnan(self.flows.max_distance_km).all()

    @cached_property
    def asked(self) -> frozenset[Refusal]:
        """The gates that something in this survey can fail; the others are not asked at all."""
        flows, rules = self.flows, self.rules
        mixed_months = bool((self.months != self.months[:1]).any())
        said = {
            Refusal.EXCLUDED: rules.excluded.size > 0,
            Refusal.WASTE_CODE_ENDED: not flows.code_in_force.all(),
            Refusal.HAZARD: bool(flows.hazardous.any()),
            Refusal.ANIMAL_ORIGIN: bool(
                ((flows.animal_origin > 0) & (flows.animal_origin < 9)).any()
            ),
            Refusal.PERMIT: len(rules.permit_sets) > 0 or bool(self.routes.asks_plant.any()),
            Refusal.HIERARCHY: bool((flows.outlet_rank >= 0).any()),
            Refusal.CONTRACT_RUNNING: bool(flows.free_from.any()),
            Refusal.PERIOD_APART: bool(flows.window_start.any() or flows.window_end.any()),
            Refusal.MONTHS_APART: mixed_months,
            Refusal.HOURS_APART: not np.isnan(flows.hour_from).all(),
            Refusal.TEMPERATURE: bool(self.routes.thermal.any()),
            Refusal.QUALITY: len(rules.limits) > 0,
            Refusal.LOT: bool(flows.min_lot.any()),
            Refusal.SOLD_WELL: bool((flows.cost < 0).any()),
            Refusal.NO_PROCESSOR: bool(self.routes.has_processor.any()),
        }
        return frozenset(gate for gate in Refusal if said.get(gate, True))


@dataclass(frozen=True, kw_only=True)
class Links:
    """Links to be judged: positions (P,), with what is reckoned of them on first asking."""

    terms: Terms
    offer: Indices
    need: Indices
    route: Indices
    spread: Indices  # offer and route as one place, Pairs.spread
    processor: Indices  # site, -1 for nobody
    machine_cost: Floats | None
    road_km: Floats

    @property
    def count(self) -> int:
        """How many links."""
        return int(self.offer.size)

    @cached_property
    def reckoning(self) -> Reckoning:
        """Money, carbon and amounts, reckoned on first asking."""
        return self.terms.reckoner.reckon(
            self.offer, self.need, self.route, self.road_km, self.machine_cost
        )

    def take(self, chosen: Bools | Indices) -> Links:
        """Some of the links; what was reckoned goes along."""
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen.astype(np.int64)
        cost = None if self.machine_cost is None else _of(self.machine_cost, places)
        taken = Links(
            terms=self.terms,
            offer=_of(self.offer, places),
            need=_of(self.need, places),
            route=_of(self.route, places),
            spread=_of(self.spread, places),
            processor=_of(self.processor, places),
            machine_cost=cost,
            road_km=_of(self.road_km, places),
        )
        known = self.__dict__.get("reckoning")
        if known is not None:
            columns = {name: _of(getattr(known, name), places) for name in Reckoning.__slots__}
            taken.__dict__["reckoning"] = Reckoning(**columns)
        return taken


def _of[Column: (Floats, Indices)](column: Column, chosen: Indices) -> Column:
    """Some rows of a column; one that is the same everywhere stays a single number."""
    return column[: chosen.size] if column.strides == (0,) else column[chosen]
