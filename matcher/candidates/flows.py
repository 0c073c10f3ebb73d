"""From a survey to the flow table: the flows that may take part, one position each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from matcher.candidates.figures import LEVEL_OF_DISPOSAL, LEVEL_OF_USE, in_tonnes_co2e
from matcher.candidates.places import project
from matcher.candidates.table import Bools, Floats, FlowTable, Ints, LeftOut, Singles
from matcher.catalogue import BaseHazard, Catalogue, EntryType, Factor, Kind, Rank
from matcher.declarations import (
    AnimalOrigin,
    Basis,
    Direction,
    Flow,
    Hazard,
    LegalStatus,
    Outlet,
    Recurrence,
    Survey,
    Way,
)
from matcher.settings import Settings

# Kinds of rows in factors.csv for what nobody declared.
DISPOSAL = "disposal"
PURCHASE = "purchase"
EMISSION_DISPOSAL = "emission_disposal"
EMISSION_PURCHASE = "emission_purchase"

UNKNOWN_ANIMAL_ORIGIN = 9
TO_CHECK = 2

_LEVEL_OF_OUTLET = {
    Outlet.REUSE: LEVEL_OF_USE[Rank.REUSE],
    Outlet.FEED: LEVEL_OF_USE[Rank.FEED],
    Outlet.RECYCLING: LEVEL_OF_USE[Rank.RECYCLING],
    Outlet.COMPOSTING: LEVEL_OF_USE[Rank.COMPOSTING],
    Outlet.DIGESTION: LEVEL_OF_USE[Rank.DIGESTION],
    Outlet.ENERGY_RECOVERY: LEVEL_OF_USE[Rank.ENERGY],
    Outlet.LANDFILL: LEVEL_OF_DISPOSAL,
    Outlet.INCINERATION: LEVEL_OF_DISPOSAL,
    Outlet.DISCHARGE: LEVEL_OF_DISPOSAL,
    Outlet.LOST: LEVEL_OF_DISPOSAL,
}
# Outlets that may pay the giver: our disposal prices say nothing about them.
_MAY_PAY = (Outlet.RECYCLING, Outlet.FEED, Outlet.REUSE, Outlet.STOCK, Outlet.COMPOSTING)
_ANIMAL = {
    AnimalOrigin.NO: 0,
    AnimalOrigin.C1: 1,
    AnimalOrigin.C2: 2,
    AnimalOrigin.C3: 3,
    AnimalOrigin.UNKNOWN: UNKNOWN_ANIMAL_ORIGIN,
}
_HAZARD = {Hazard.NO: 0, Hazard.YES: 1, Hazard.TO_CHECK: TO_CHECK}
_BASE_HAZARD = {BaseHazard.NO: 0, BaseHazard.YES: 1, BaseHazard.MIRROR: TO_CHECK}
_HAZARD_OF_ENTRY = {EntryType.ABSOLUTE_HAZARDOUS: 1, EntryType.ABSOLUTE_NON_HAZARDOUS: 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """EUR a unit, NaN when not known, and the figure of ours that it stands on, if any."""

    value: float
    low: float
    high: float
    factor: str | None = None


def build_flows(
    survey: Survey, catalogue: Catalogue, settings: Settings, as_of: datetime.date
) -> tuple[FlowTable, dict[str, LeftOut]]:
    """The flow table of a survey, sorted by flow id, and why the other flows are not in it."""
    left_out: dict[str, LeftOut] = {}
    kept: list[Flow] = []
    sources = frozenset(route.from_resource for route in catalogue.routes())
    targets = frozenset(route.to_resource for route in catalogue.routes())
    for flow_id in sorted(survey.flows):
        flow = survey.flows[flow_id]
        reason = _left_out(flow, survey, catalogue, as_of)
        if reason is None:
            known = sources if flow.direction is Direction.OFFER else targets
            reason = None if flow.resource in known else LeftOut.NO_OUTLET_KNOWN
        if reason is None:
            kept.append(flow)
        else:
            left_out[flow_id] = reason
    served = _with_partner(kept, catalogue)
    left_out |= {flow.flow_id: LeftOut.NO_PARTNER for flow in kept if flow.flow_id not in served}
    kept = [flow for flow in kept if flow.flow_id in served]
    return _table(kept, survey, catalogue, settings, as_of), left_out


def _left_out(
    flow: Flow, survey: Survey, catalogue: Catalogue, as_of: datetime.date
) -> LeftOut | None:
    if flow.resource is None or flow.resource not in catalogue.resources:
        return LeftOut.RESOURCE_NOT_KNOWN
    amount = amount_of(flow)
    if amount is None:
        return LeftOut.AMOUNT_NOT_KNOWN
    if amount == 0:
        return LeftOut.AMOUNT_ZERO
    if survey.position(survey.sites[flow.site_id]) is None:
        return LeftOut.POSITION_NOT_KNOWN
    if flow.available_until is not None and flow.available_until < as_of:
        return LeftOut.NOT_AVAILABLE
    return None


def amount_of(flow: Flow) -> float | None:
    """The amount, or the middle of its range where only the range is declared."""
    if flow.amount is not None:
        return flow.amount
    ends = [end for end in (flow.amount_low, flow.amount_high) if end is not None]
    return sum(ends) / len(ends) if ends else None


def _with_partner(kept: Iterable[Flow], catalogue: Catalogue) -> frozenset[str]:
    """Ids of the flows for whose resource somebody declared the other end of a route."""
    by_end: dict[tuple[Direction, str], list[str]] = {}
    for flow in kept:
        by_end.setdefault((flow.direction, flow.resource or ""), []).append(flow.flow_id)
    served: set[str] = set()
    for route in catalogue.routes():
        givers = by_end.get((Direction.OFFER, route.from_resource))
        takers = by_end.get((Direction.NEED, route.to_resource))
        if givers and takers:
            served.update(givers, takers)
    return frozenset(served)


def month_shares(flow: Flow) -> tuple[float, ...]:
    """Twelve shares: declared, else for a one-off the months of its window, else every month."""
    start, end = flow.available_from, flow.available_until
    if flow.recurrence is not Recurrence.ONE_OFF or flow.months_declared or not (start and end):
        return flow.month_shares
    first = start.year * 12 + start.month - 1
    last = end.year * 12 + end.month - 1
    months = {month % 12 for month in range(first, min(last, first + 11) + 1)}
    return tuple(1 / len(months) if month in months else 0.0 for month in range(12))


class _Figures:
    """Looks up the figures that stand in for what was not declared; each kind and key once."""

    def __init__(self, catalogue: Catalogue, settings: Settings, as_of: datetime.date) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._as_of = as_of
        self._found: dict[tuple[str, str, str | None], Factor | None] = {}

    def find(self, kind: str, resource: str, outlet: str | None = None) -> Factor | None:
        key = (kind, resource, outlet)
        if key not in self._found:
            self._found[key] = self._catalogue.factor(
                kind,
                resource,
                outlet,
                as_of=self._as_of,
                overrides=self._settings.factor_overrides,
            )
        return self._found[key]

    def cost(self, flow: Flow) -> Cost:
        """What a unit costs today: declared, else our figure, else not known."""
        declared = flow.today_cost_eur_per_unit
        if declared is None and flow.today_way is Way.FREE:
            declared = 0.0
        is_offer = flow.direction is Direction.OFFER
        if declared is None and is_offer and flow.today_outlet is Outlet.LOST:
            declared = 0.0  # what is let go costs nothing and brings nothing
        if declared is not None:
            return Cost(value=declared, low=declared, high=declared)
        row = self._default_cost(flow, is_offer)
        if row is None:
            return Cost(value=np.nan, low=np.nan, high=np.nan)
        return Cost(value=row.value, low=row.low, high=row.high, factor=row.key)

    def _default_cost(self, flow: Flow, is_offer: bool) -> Factor | None:
        """Our figure, unless it says the contrary of what is known of the way the money goes."""
        resource = flow.resource or ""
        if not is_offer:
            return None if flow.today_way is Way.IS_PAID else self.find(PURCHASE, resource)
        row = self.find(DISPOSAL, resource, flow.today_outlet.value)
        if row is None:
            return None
        if flow.today_way is Way.IS_PAID:
            return row if row.value < 0 else None
        if flow.today_way is Way.PAYS:
            return row if row.value > 0 else None
        exact = row.resource is not None or row.outlet == flow.today_outlet.value
        return row if exact or flow.today_outlet not in _MAY_PAY else None

    def tco2e(self, flow: Flow) -> float:
        """tCO2e a unit that is spared when it is not thrown away, or not bought."""
        resource = flow.resource or ""
        if flow.direction is Direction.OFFER:
            row = self.find(EMISSION_DISPOSAL, resource, flow.today_outlet.value)
        else:
            row = self.find(EMISSION_PURCHASE, resource)
        return np.nan if row is None else in_tonnes_co2e(row.value, row.unit)


def _table(
    kept: list[Flow],
    survey: Survey,
    catalogue: Catalogue,
    settings: Settings,
    as_of: datetime.date,
) -> FlowTable:
    sites = sorted(survey.sites)
    site_position = {site_id: place for place, site_id in enumerate(sites)}
    firms = sorted({site.firm_id for site in survey.sites.values()})
    firm_position = {firm_id: place for place, firm_id in enumerate(firms)}
    resource_position = {key: place for place, key in enumerate(catalogue.resources)}
    places = [survey.position(survey.sites[flow.site_id]) or (np.nan, np.nan) for flow in kept]
    east, north, latitude, longitude = project(
        np.array([place[0] for place in places], dtype=np.float64),
        np.array([place[1] for place in places], dtype=np.float64),
    )
    figures = _Figures(catalogue, settings, as_of)
    costs = [figures.cost(flow) for flow in kept]
    amounts = _floats(amount_of(flow) for flow in kept)
    by_month = _by_month(kept, amounts, catalogue)
    codes = tuple(sorted({flow.waste_code for flow in kept if flow.waste_code is not None}))
    code_position = {code: place for place, code in enumerate(codes)}
    hours = [flow.hours_of_day or (None, None) for flow in kept]
    return FlowTable(
        flow_id=tuple(flow.flow_id for flow in kept),
        site_id=tuple(sites),
        firm_id=tuple(firms),
        site=_ints(site_position[flow.site_id] for flow in kept),
        firm=_ints(firm_position[survey.sites[flow.site_id].firm_id] for flow in kept),
        is_offer=_bools(flow.direction is Direction.OFFER for flow in kept),
        resource=_ints(resource_position[flow.resource or ""] for flow in kept),
        east_km=east,
        north_km=north,
        amount=amounts,
        amount_low=_or_else(_floats(flow.amount_low for flow in kept), amounts),
        amount_high=_or_else(_floats(flow.amount_high for flow in kept), amounts),
        by_month=by_month,
        cost=_floats(cost.value for cost in costs),
        cost_low=_floats(cost.low for cost in costs),
        cost_high=_floats(cost.high for cost in costs),
        cost_is_default=_bools(cost.factor is not None for cost in costs),
        cost_factor=tuple(cost.factor for cost in costs),
        one_off=_bools(flow.recurrence is Recurrence.ONE_OFF for flow in kept),
        inferred=_bools(flow.basis is Basis.INFERRED for flow in kept),
        estimated=_bools(flow.basis in (Basis.ESTIMATE, Basis.INFERRED) for flow in kept),
        window_start=_days(kept, lambda flow: flow.available_from),
        window_end=_days(kept, lambda flow: flow.available_until),
        free_from=_free_from(kept, as_of),
        max_distance_km=_floats(flow.max_distance_km for flow in kept),
        min_lot=_floats(flow.min_lot or 0.0 for flow in kept),
        max_partners=_ints(flow.max_partners or 0 for flow in kept),
        outlet_rank=_ints(_LEVEL_OF_OUTLET.get(flow.today_outlet, -1) for flow in kept),
        hazardous=_ints(hazard_of(flow, catalogue) for flow in kept),
        animal_origin=_ints(_animal_origin(flow, catalogue) for flow in kept),
        code_in_force=_bools(_in_force(flow, catalogue, as_of) for flow in kept),
        temperature_c=_floats(flow.temperature_c for flow in kept),
        return_temperature_c=_floats(flow.return_temperature_c for flow in kept),
        power_kw=_floats(flow.power_kw for flow in kept),
        hour_from=_floats(hour[0] for hour in hours),
        hour_to=_floats(hour[1] for hour in hours),
        tco2e=_floats(figures.tco2e(flow) for flow in kept),
        is_waste=_bools(flow.status in _WASTE for flow in kept),
        waste_code=_ints(code_position.get(flow.waste_code or "", -1) for flow in kept),
        waste_codes=codes,
        origin_latitude=latitude,
        origin_longitude=longitude,
    )


_WASTE = (LegalStatus.UNKNOWN, LegalStatus.WASTE)


def hazard_of(flow: Flow, catalogue: Catalogue) -> int:
    """0 no, 1 yes, 2 to check: declared, else said by the code alone, else usual for the matter.

    One of two mirror codes written without an analysis says no more than the matter itself does.
    """
    if flow.hazardous is not None:
        return _HAZARD[flow.hazardous]
    entry = catalogue.waste_code(flow.waste_code) if flow.waste_code else None
    if entry is not None and entry.entry_type in _HAZARD_OF_ENTRY:
        return _HAZARD_OF_ENTRY[entry.entry_type]
    usual = _BASE_HAZARD[catalogue.resources[flow.resource or ""].base_hazard]
    if entry is not None and entry.entry_type is EntryType.MIRROR_HAZARDOUS:
        return max(usual, TO_CHECK) if usual != 1 else 1
    return usual


def _animal_origin(flow: Flow, catalogue: Catalogue) -> int:
    declared = flow.animal_origin
    if declared is AnimalOrigin.UNKNOWN:
        declared = AnimalOrigin(catalogue.resources[flow.resource or ""].animal_origin.value)
    return _ANIMAL[declared]


def _in_force(flow: Flow, catalogue: Catalogue, as_of: datetime.date) -> bool:
    """A code that our tables do not hold is a doubt, not an ended code."""
    entry = catalogue.waste_code(flow.waste_code) if flow.waste_code else None
    return entry is None or entry.is_in_force(as_of)


def _free_from(kept: list[Flow], as_of: datetime.date) -> Ints:
    ends = [flow.contract_end for flow in kept]
    return _ints(end.toordinal() if end is not None and end > as_of else 0 for end in ends)


def _by_month(kept: list[Flow], amounts: Floats, catalogue: Catalogue) -> Singles:
    """(F, 12) amounts; of energy no more than its declared power carries, ``amounts`` alike."""
    shares = np.array([month_shares(flow) for flow in kept], dtype=np.float64).reshape(-1, 12)
    by_month = amounts[:, np.newaxis] * shares
    for place, flow in enumerate(kept):
        most = flow.most_mwh_per_month
        if most is None or flow.recurrence is Recurrence.ONE_OFF:
            continue
        if catalogue.resources[flow.resource or ""].kind is Kind.ENERGY:
            if by_month[place].max() > most:
                by_month[place] = np.minimum(by_month[place], most)
                amounts[place] = by_month[place].sum()
    return by_month.astype(np.float32)


def _days(kept: list[Flow], day_of: Callable[[Flow], datetime.date | None]) -> Ints:
    days = [day_of(flow) for flow in kept]
    return _ints(0 if day is None else day.toordinal() for day in days)


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _or_else(values: Floats, others: Floats) -> Floats:
    return np.where(np.isnan(values), others, values)


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int32)


def _bools(values: Iterable[bool]) -> Bools:
    return np.array(list(values), dtype=np.bool_)
