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
        return np.asarray((self.flows.by_month > 0) @ (1 << np.arange(12)), dtype=np.int32)

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
            Refusal.PERMIT: len(rules.permit_sets) > 0,
            Refusal.HIERARCHY: bool((flows.outlet_rank >= 0).any()),
            Refusal.CONTRACT_RUNNING: bool(flows.free_from.any()),
            Refusal.PERIOD_APART: bool(flows.window_start.any() or flows.window_end.any()),
            Refusal.MONTHS_APART: mixed_months,
            Refusal.HOURS_APART: not np.isnan(flows.hour_from).all(),
            Refusal.TEMPERATURE: bool((self.figures.thermal != 0).any()),
            Refusal.QUALITY: len(rules.limits) > 0,
            Refusal.LOT: bool(flows.min_lot.any()),
            Refusal.SOLD_WELL: bool((flows.cost < 0).any()),
        }
        return frozenset(gate for gate in Refusal if said.get(gate, True))


@dataclass(frozen=True, kw_only=True)
class Links:
    """Links to be judged: positions (P,), with what is reckoned of them on first asking."""

    terms: Terms
    offer: Indices
    need: Indices
    route: Indices
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
        cost = None if self.machine_cost is None else self.machine_cost[chosen]
        taken = Links(
            terms=self.terms,
            offer=self.offer[chosen],
            need=self.need[chosen],
            route=self.route[chosen],
            processor=self.processor[chosen],
            machine_cost=cost,
            road_km=self.road_km[chosen],
        )
        known = self.__dict__.get("reckoning")
        if known is not None:
            columns = {name: getattr(known, name)[chosen] for name in Reckoning.__slots__}
            taken.__dict__["reckoning"] = Reckoning(**columns)
        return taken
