"""The figures of the reckoning, gathered once from the catalogue, by resource and by route."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matcher.candidates.table import Bools, Floats, Ints
from matcher.catalogue import Carriage, Catalogue, DoneBy, Kind, Rank, Resource, Route
from matcher.settings import Settings

# Waste law puts compost and digestate in one step (organic recycling); energy and fill come after.
LEVEL_OF_USE: Mapping[Rank, int] = {
    Rank.REUSE: 0,
    Rank.FEED: 1,
    Rank.RECYCLING: 2,
    Rank.COMPOSTING: 3,
    Rank.DIGESTION: 3,
    Rank.ENERGY: 4,
    Rank.FILL: 5,
}
LEVEL_OF_DISPOSAL = 6

# A lorry of 90 m3 carries 25 to 30 t: below 0.3 to 0.4 t/m3 the volume fills it, not the weight.
FULL_LOAD_DENSITY_T_PER_M3 = 0.4
# Full-load hours a year of a heat link whose power nobody declared: one shift and a half.
OPERATING_H = 4_000.0

# Kinds of rows in factors.csv that the reckoning asks for.
HAULAGE_FIXED = "haulage_fixed"
HAULAGE_PER_KM = "haulage_per_km"
EMISSION_HAULAGE = "emission_haulage"
EMISSION_ELECTRICITY = "emission_electricity"
TRENCH = "trench"
HEAT_STATION = "heat_station"
HEAT_LOSS = "heat_loss"
WATER_STATION = "water_station"
LINK_COST = "link_cost"
LINK_COST_HAZARDOUS = "link_cost_hazardous"
SHARED_FOLLOW_UP = "shared_follow_up"
SHARED_TRENCH = "shared_trench"

_THERMAL: Mapping[str, int] = {"heat": 1, "steam": 1, "cold": -1}  # by family
_HEAT_PUMP = "heat_pump"  # the process that lifts a temperature


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the reckoning needs, by resource position (R,) or alone; EUR without VAT, tCO2e.

    Units are the resource's own: t, MWh or m3. NaN = the tables do not say.
    """

    radius_km: Floats  # by road, or by trench
    is_pipe: Bools
    is_energy: Bools
    haulage_fixed: Floats  # EUR a unit: loading, container, waiting
    haulage_per_km: Floats  # EUR a unit and km
    haulage_tco2e_per_km: Floats
    power_tco2e: float  # a MWh of electricity; NaN when not known
    trench_eur_per_m: Floats
    station_eur_per_kw: Floats
    station_eur: Floats
    loss_share_per_km: Floats
    link_cost: float  # EUR a year: contract and follow-up of one link
    link_cost_hazardous: float  # the same, with the tracking of hazardous waste
    shared_follow_up: float  # share of the follow-up that links between the same two sites pay once
    shared_trench: float  # share of a trench that pipes between the same two sites pay once
    annuity: float  # EUR a year per EUR of capital cost, subsidy deducted
    detour_factor: float
    trench_detour_factor: float
    delta_t_min_k: float

    def detour(self, resource: Ints) -> Floats:
        """Road km, or trench km for what goes by pipe, per km as the crow flies."""
        return np.where(self.is_pipe[resource], self.trench_detour_factor, self.detour_factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """The routes as columns (W,); per giver's unit."""

    routes: tuple[Route, ...]
    from_resource: Ints
    to_resource: Ints
    yield_per_unit: Floats
    process_cost: Floats
    level: Ints  # of the use it ends in, LEVEL_OF_USE
    is_feed: Bools
    takes_hazardous: Bools
    has_processor: Bools
    carried: Ints  # resource that travels: what the giver makes of it, if he does the process
    carried_units: Floats  # of it, per giver's unit
    thermal: Ints  # 1 heat and -1 cold through an exchanger, 0 no temperature to compare
    asks_permit: Bools  # the taker needs a heading, or may be asked for the codes it accepts
    power_mwh: Floats  # electricity of a heat pump, MWh a giver's unit
    asks_plant: Bools  # the taker makes energy of matter: a boiler or digester he must be known for


def annuity_factor(rate: float, years: int) -> float:
    """Yearly payment per EUR borrowed: ``rate / (1 - (1 + rate)^-years)``; 1 / years at rate 0."""
    return 1 / years if rate == 0 else rate / (1 - (1 + rate) ** -years)


def build_route_table(catalogue: Catalogue) -> RouteTable:
    """The catalogue's routes as columns, in the catalogue's order."""
    position = {key: place for place, key in enumerate(catalogue.resources)}
    routes = catalogue.routes()
    carried, units = [], []
    for route in routes:
        first = route.steps[0]
        by_giver = first.done_by is DoneBy.GIVER
        carried.append(position[first.to_resource if by_giver else first.from_resource])
        units.append(first.yield_per_unit if by_giver else 1.0)
    return RouteTable(
        routes=routes,
        from_resource=_ints(position[route.from_resource] for route in routes),
        to_resource=_ints(position[route.to_resource] for route in routes),
        yield_per_unit=np.array([route.yield_per_unit for route in routes], dtype=np.float64),
        process_cost=np.array([route.cost_eur_per_unit for route in routes], dtype=np.float64),
        level=_ints(LEVEL_OF_USE[route.rank_to] for route in routes),
        is_feed=np.array([route.rank_to is Rank.FEED for route in routes], dtype=np.bool_),
        takes_hazardous=np.array([route.accepts_hazardous for route in routes], dtype=np.bool_),
        has_processor=np.array([route.processor_step is not None for route in routes], np.bool_),
        carried=_ints(carried),
        carried_units=np.array(units, dtype=np.float64),
        thermal=_ints(_thermal(route, catalogue) for route in routes),
        asks_permit=np.array(
            [catalogue.resources[r.from_resource].kind is Kind.MATTER for r in routes], np.bool_
        ),
        power_mwh=np.array([pump_electricity(route) for route in routes], dtype=np.float64),
        asks_plant=_bools(_asks_plant(route, catalogue) for route in routes),
    )


def pump_electricity(route: Route) -> float:
    """MWh of electricity that a heat pump adds to one of the giver's: what comes out less what
    went in, for energy is conserved; 0 without a heat pump.
    """
    share, power = 1.0, 0.0
    for step in route.steps:
        if step.process == _HEAT_PUMP:
            power += share * max(step.yield_per_unit - 1.0, 0.0)
        share *= step.yield_per_unit
    return power


def _asks_plant(route: Route, catalogue: Catalogue) -> bool:
    """Whether the taker's own plant turns matter into energy under a permit of its own.

    Who buys heat is not known to own a boiler for chips: the last step exists only where a heading
    that the route accepts is declared.
    """
    last = route.steps[-1]
    makes_energy = (
        catalogue.resources[last.from_resource].kind is not Kind.ENERGY
        and catalogue.resources[last.to_resource].kind is Kind.ENERGY
    )
    return makes_energy and bool(route.permit_headings)


def _thermal(route: Route, catalogue: Catalogue) -> int:
    """The sign of a temperature that only an exchanger stands before; a heat pump lifts its own."""
    ends = {
        _THERMAL.get(catalogue.resources[key].family, 0)
        for key in (route.from_resource, route.to_resource)
    }
    lifted = any(step.process == _HEAT_PUMP for step in route.steps)
    return 0 if lifted or len(ends) > 1 else ends.pop()


def build_figures(catalogue: Catalogue, settings: Settings, as_of: datetime.date) -> Figures:
    """The figures that apply on ``as_of``, the user's own values in place of ours."""

    def figure(kind: str, resource: str | None = None, *, missing: float) -> float:
        row = catalogue.factor(kind, resource, as_of=as_of, overrides=settings.factor_overrides)
        return missing if row is None else in_tonnes_co2e(row.value, row.unit)

    resources = catalogue.resources
    haulage = [_haulage(figure, key, resource) for key, resource in resources.items()]
    is_energy = _bools(r.kind is Kind.ENERGY for r in resources.values())
    is_pipe = _bools(r.carriage is Carriage.PIPE for r in resources.values())
    is_water = _bools(r.kind is Kind.WATER for r in resources.values())
    link_cost = figure(LINK_COST, missing=0.0)
    return Figures(
        radius_km=np.array([r.radius_km for r in resources.values()], dtype=np.float64),
        is_pipe=is_pipe,
        is_energy=is_energy,
        haulage_fixed=np.array([fixed for fixed, _, _ in haulage], dtype=np.float64),
        haulage_per_km=np.array([per_km for _, per_km, _ in haulage], dtype=np.float64),
        haulage_tco2e_per_km=np.array([tco2e for _, _, tco2e in haulage], dtype=np.float64),
        power_tco2e=figure(EMISSION_ELECTRICITY, missing=np.nan),
        trench_eur_per_m=_by_resource(figure, resources, is_pipe, TRENCH),
        station_eur_per_kw=_by_resource(figure, resources, is_pipe & is_energy, HEAT_STATION),
        station_eur=_by_resource(figure, resources, is_pipe & is_water, WATER_STATION),
        loss_share_per_km=_by_resource(figure, resources, is_pipe & is_energy, HEAT_LOSS),
        link_cost=link_cost,
        link_cost_hazardous=figure(LINK_COST_HAZARDOUS, missing=link_cost),
        shared_follow_up=figure(SHARED_FOLLOW_UP, missing=0.0),
        shared_trench=figure(SHARED_TRENCH, missing=0.0),
        annuity=annuity_factor(settings.interest_rate, settings.pipe_life_years)
        * (1 - settings.subsidy_share),
        detour_factor=settings.detour_factor,
        trench_detour_factor=settings.trench_detour_factor,
        delta_t_min_k=settings.delta_t_min_k,
    )


class _Figure(Protocol):
    def __call__(self, kind: str, resource: str | None = None, *, missing: float) -> float: ...


def _by_resource(
    figure: _Figure, resources: Mapping[str, Resource], asked: Bools, kind: str
) -> Floats:
    values = [
        figure(kind, key, missing=0.0) if wanted else 0.0
        for key, wanted in zip(resources, asked.tolist(), strict=True)
    ]
    return np.array(values, dtype=np.float64)


def _haulage(figure: _Figure, key: str, resource: Resource) -> tuple[float, float, float]:
    """Fixed EUR, EUR a km and tCO2e a km for one unit on the road; nothing for what goes by pipe.

    Figures are per t on a full load; light goods pay for the volume that they take.
    """
    if resource.carriage is Carriage.PIPE:
        return 0.0, 0.0, 0.0
    density = resource.density_t_per_m3
    tonnes = 1.0 if resource.kind is Kind.MATTER or density is None else density
    load = 1.0
    if resource.kind is Kind.MATTER and density is not None:
        load = max(1.0, FULL_LOAD_DENSITY_T_PER_M3 / density)
    return (
        tonnes * load * figure(HAULAGE_FIXED, key, missing=0.0),
        tonnes * load * figure(HAULAGE_PER_KM, key, missing=0.0),
        tonnes * load * figure(EMISSION_HAULAGE, key, missing=0.0),
    )


def in_tonnes_co2e(value: float, unit: str) -> float:
    """A figure in kgCO2e a unit as tCO2e a unit; any other figure as it is."""
    return value / 1000 if unit.lower().startswith("kgco2") else value


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int32)


def _bools(values: Iterable[bool]) -> Bools:
    return np.array(list(values), dtype=np.bool_)
