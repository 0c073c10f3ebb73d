"""Third sites that do a process between giver and taker: a chipper, a crusher, a washing line."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.candidates.figures import RouteTable
from matcher.candidates.pairs import Pairs
from matcher.candidates.places import crow_km_to, in_plane
from matcher.candidates.pricing import Reckoner
from matcher.candidates.rules import PermitSet, Rules
from matcher.candidates.table import (
    Candidates,
    Floats,
    FlowTable,
    Indices,
    ProcessorCapacity,
)
from matcher.catalogue import Compatibility
from matcher.declarations import Basis, Direction, Equipment, EquipmentMode, Survey

PROCESSORS_A_PAIR = 3
"""The nearest machines offered to one pair: the optimiser chooses among them."""

_AT_WORK = (EquipmentMode.SERVICE, EquipmentMode.ON_SITE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What one site can do for others of one step of the catalogue."""

    items: tuple[str, ...]  # its machines that can do it, sorted
    site: int
    east_km: float
    north_km: float
    comes_to_the_giver: bool
    max_distance_km: float  # from its site to the giver
    step: Compatibility
    eur_per_unit: float  # what its owner asks; NaN: the catalogue's process cost holds
    units_by_month: Floats
    hours_by_month: Floats  # the same for every step of one kind of machine: they share them
    permits: PermitSet | None  # None: no permit declared at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Pairs with who stands between them, -1 for nobody: positions (P,), km by road."""

    pairs: Pairs
    processor: Indices
    machine_cost: Floats | None
    road_km: Floats


def find_machines(
    survey: Survey, flows: FlowTable, routes: RouteTable, rules: Rules, as_of: datetime.date
) -> tuple[Machine, ...]:
    """Who can do a processor's step, one entry a site and step, sorted by item.

    A machine with no declared hours has no known capacity and takes part in nothing. Several of
    one site add their hours up.
    """
    steps = sorted(
        {route.processor_step for route in routes.routes if route.processor_step is not None},
        key=lambda step: step.key,
    )
    found: dict[tuple[str, str], Machine] = {}
    for item_id in sorted(survey.equipment):
        item = survey.equipment[item_id]
        position = survey.position(survey.sites[item.site_id])
        if position is None or not _works_for_others(item, as_of):
            continue
        for step in steps:
            if step.equipment != item.equipment or not step.throughput_per_h:
                continue
            units = np.array(item.hours_by_month) * step.throughput_per_h
            held = found.get((item.site_id, step.key))
            if held is not None:
                found[item.site_id, step.key] = _with(held, item, step, units)
                continue
            site = flows.site_id.index(item.site_id)
            permits = int(rules.permit_set[site])
            east, north = in_plane(flows, *position)
            asked = item.eur_per_hour
            found[item.site_id, step.key] = Machine(
                items=(item_id,),
                site=site,
                east_km=east,
                north_km=north,
                comes_to_the_giver=item.mode is EquipmentMode.ON_SITE,
                max_distance_km=np.inf if item.max_distance_km is None else item.max_distance_km,
                step=step,
                eur_per_unit=np.nan if asked is None else asked / step.throughput_per_h,
                units_by_month=units,
                hours_by_month=np.array(item.hours_by_month, dtype=np.float64),
                permits=None if permits < 0 else rules.permit_sets[permits],
            )
    return tuple(found.values())


def _with(held: Machine, item: Equipment, step: Compatibility, units: Floats) -> Machine:
    """A site's machines of one kind as one: hours added up, the least obliging terms of them."""
    asked = np.nan
    if item.eur_per_hour is not None and step.throughput_per_h:
        asked = item.eur_per_hour / step.throughput_per_h
    reach = np.inf if item.max_distance_km is None else item.max_distance_km
    return replace(
        held,
        items=(*held.items, item.item_id),
        units_by_month=held.units_by_month + units,
        hours_by_month=held.hours_by_month + np.array(item.hours_by_month),
        eur_per_unit=float(np.fmax(held.eur_per_unit, asked)),
        comes_to_the_giver=held.comes_to_the_giver and item.mode is EquipmentMode.ON_SITE,
        max_distance_km=min(held.max_distance_km, reach),
    )


def _works_for_others(item: Equipment, as_of: datetime.date) -> bool:
    return (
        item.direction is Direction.OFFER
        and item.basis is not Basis.INFERRED  # a link is not to hang on a machine nobody spoke of
        and item.mode in _AT_WORK
        and item.hours_by_month is not None
        and any(hours > 0 for hours in item.hours_by_month)
        and (item.available_until is None or item.available_until >= as_of)
    )


def capacities(machines: Sequence[Machine]) -> ProcessorCapacity:
    """What each machine can do a month, in giver's units of its step."""
    return ProcessorCapacity(
        site=np.array([machine.site for machine in machines], dtype=np.int32),
        compatibility=tuple(machine.step.key for machine in machines),
        by_month=np.array([m.units_by_month for m in machines], dtype=np.float64).reshape(-1, 12),
        item_id=tuple(machine.items[0] for machine in machines),
        items=tuple(machine.items for machine in machines),
        equipment=tuple(machine.step.equipment or "" for machine in machines),
        throughput_per_h=np.array([machine.step.throughput_per_h or 0.0 for machine in machines]),
        hours_by_month=np.array([m.hours_by_month for m in machines]).reshape(-1, 12),
    )


def ways(reckoner: Reckoner, pairs: Pairs, machines: Sequence[Machine]) -> Ways:
    """Put the nearest machines between the pairs whose route needs one.

    A pair whose route needs a machine that nobody within reach has keeps an empty place (-1): the
    last gate says so, when all else fits.
    """
    routes = reckoner.routes
    road_km = reckoner.road_km(pairs.offer, pairs.need, pairs.route)
    asks = routes.has_processor[pairs.route]
    direct = np.flatnonzero(~asks)
    if direct.size == pairs.count:
        nobody = np.broadcast_to(np.int32(-1), pairs.count)
        return Ways(pairs=pairs, processor=nobody, machine_cost=None, road_km=road_km)
    chosen = [direct]
    processor = [np.full(direct.size, -1, np.int32)]
    cost = [np.full(direct.size, np.nan)]
    km = [road_km[direct]]
    for route in np.unique(pairs.route[asks]).tolist():
        step = routes.routes[route].processor_step
        able = [
            machine for machine in machines if step is not None and machine.step.key == step.key
        ]
        asked = np.flatnonzero(pairs.route == route)
        if not able or step is None:
            chosen.append(asked)
            processor.append(np.full(asked.size, -1, np.int32))
            cost.append(np.full(asked.size, np.nan))
            km.append(road_km[asked])
            continue
        through = np.column_stack(
            [_km_through(reckoner, pairs, asked, machine, road_km[asked]) for machine in able]
        )
        nearest = np.argsort(through, axis=1, kind="stable")[:, :PROCESSORS_A_PAIR]
        rows, columns = np.nonzero(np.isfinite(np.take_along_axis(through, nearest, axis=1)))
        picked = nearest[rows, columns]
        others = routes.process_cost[route] - step.cost_eur_per_unit
        asked_eur = np.array([machine.eur_per_unit for machine in able])
        chosen.append(asked[rows])
        processor.append(np.array([machine.site for machine in able], np.int32)[picked])
        cost.append((others + asked_eur)[picked])
        km.append(through[rows, picked])
        none = asked[~np.isfinite(through).any(axis=1)]
        chosen.append(none)
        processor.append(np.full(none.size, -1, np.int32))
        cost.append(np.full(none.size, np.nan))
        km.append(road_km[none])
    order = np.concatenate(chosen)
    return Ways(
        pairs=Pairs(
            offer=pairs.offer[order],
            need=pairs.need[order],
            route=pairs.route[order],
            spread=pairs.spread[order],
        ),
        processor=np.concatenate(processor),
        machine_cost=np.concatenate(cost),
        road_km=np.concatenate(km),
    )


def _km_through(
    reckoner: Reckoner, pairs: Pairs, asked: Indices, machine: Machine, direct_km: Floats
) -> Floats:
    """Road km from giver to taker through a machine; infinite where it cannot be used."""
    flows = reckoner.flows
    offer, need = pairs.offer[asked], pairs.need[asked]
    detour = reckoner.figures.detour_factor
    to_machine = crow_km_to(flows, offer, machine.east_km, machine.north_km) * detour
    onward = crow_km_to(flows, need, machine.east_km, machine.north_km) * detour
    km = direct_km if machine.comes_to_the_giver else to_machine + onward
    km = np.where(to_machine <= machine.max_distance_km, km, np.inf)
    if machine.permits is not None:
        codes, code_of = np.unique(flows.waste_code[offer], return_inverse=True)
        headings = machine.step.processor_headings
        allowed = np.array(
            [
                not machine.permits.bars(headings, flows.waste_codes[code] if code >= 0 else None)
                for code in codes.tolist()
            ],
            np.bool_,
        )
        km = np.where(~flows.is_waste[offer] | allowed[code_of], km, np.inf)
    return km


def machine_of(candidates: Candidates, arc: int) -> str | None:
    """Id of the equipment row of the processor that stands between two ends, if any does."""
    site = int(candidates.arcs.processor[arc])
    step = candidates.routes[candidates.arcs.route[arc]].processor_step
    if site < 0 or step is None:
        return None
    machines = candidates.processors
    keys = zip(machines.site.tolist(), machines.compatibility, strict=True)
    return machines.item_id[next(k for k, key in enumerate(keys) if key == (site, step.key))]
