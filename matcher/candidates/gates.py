"""The gates: each asks one question of many links at once, and says by how much they fail.

Links go through the gates in the order of :class:`Refusal`; the first that fails keeps its code and
its gap. A legal doubt is let through: the checks of a proposal ask it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from matcher.candidates.flows import TO_CHECK
from matcher.candidates.links import Links
from matcher.candidates.rules import Limits
from matcher.candidates.table import Bools, Floats, Indices, Refusal
from matcher.settings import Objective

# A contract that frees the flow within this many days is worth a call now; later is "en veille".
CONTRACT_HORIZON_DAYS = 365
# Least share of the need's hours in which the offer must be there, where nothing is stored.
LEAST_SHARE_OF_HOURS = 0.5
# A pipe may be this many times longer than the money at stake pays: beyond it is simply too far,
# below it the annuity tells what is missing.
PIPE_REACH = 3.0
LEAST_PIPE_REACH_KM = 1.0
# Rounding of distances and months.
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Which links fail, by how much (NaN where there is nothing to measure), and on what."""

    fails: Bools
    gap: Floats
    detail: Mapping[int, str] | None = None


def _no_measure(fails: Bools, detail: Mapping[int, str] | None = None) -> Verdict:
    return Verdict(fails=fails, gap=np.full(fails.size, np.nan), detail=detail)


def _beyond(gap: Floats) -> Verdict:
    """Links with a gap above 0 fail by it; an unknown gap (NaN) lets through."""
    return Verdict(fails=np.nan_to_num(gap) > _NOTHING, gap=gap)


def excluded(links: Links) -> Verdict:
    """One of the firms shut another out: giver, taker or processor, in either direction."""
    flows, shut = links.terms.flows, links.terms.rules.excluded
    count = len(flows.site_id)
    giver, taker = flows.site[links.offer].astype(np.int64), flows.site[links.need]
    fails = np.isin(giver * count + taker, shut)
    between = links.processor >= 0
    if between.any():
        by_giver = np.isin(giver * count + links.processor, shut)
        by_taker = np.isin(taker.astype(np.int64) * count + links.processor, shut)
        fails |= between & (by_giver | by_taker)
    return _no_measure(fails)


def waste_code_ended(links: Links) -> Verdict:
    """The waste code is no longer in the list on the day of the run."""
    in_force = links.terms.flows.code_in_force
    return _no_measure(~in_force[links.offer])


def hazard(links: Links) -> Verdict:
    """Hazardous, or one of two mirror entries not analysed, for a use that takes no such thing."""
    flows, routes = links.terms.flows, links.terms.routes
    kind = flows.hazardous[links.offer]
    fails = (kind > 0) & ~routes.takes_hazardous[links.route]
    words = {1: "hazardous", TO_CHECK: "to_check"}
    detail = {int(at): words[int(kind[at])] for at in np.flatnonzero(fails)}
    return _no_measure(fails, detail)


def animal_origin(links: Links) -> Verdict:
    """Animal by-products for a site that declared its permits and no approval; never C1 as feed."""
    flows, rules = links.terms.flows, links.terms.rules
    category = flows.animal_origin[links.offer]
    animal = (category >= 1) & (category <= 3)
    approved = np.array([held.animal_by_products for held in rules.permit_sets] + [True])
    held = rules.permit_set[flows.site[links.need]]  # -1, nothing declared: the last entry
    as_feed = (category == 1) & links.terms.routes.is_feed[links.route]
    fails = animal & (~approved[held] | as_feed)
    detail = {int(at): f"c{category[at]}" for at in np.flatnonzero(fails)}
    return _no_measure(fails, detail)


def permit(links: Links) -> Verdict:
    """Waste for a site that declared its permits, none of which covers this use and this code.

    Where the taker would burn or digest it for energy, a heading must be declared: nobody is taken
    for the owner of a boiler.
    """
    flows, rules, routes = links.terms.flows, links.terms.rules, links.terms.routes
    held = rules.permit_set[flows.site[links.need]]
    asked = np.flatnonzero(
        ((held >= 0) & flows.is_waste[links.offer] & routes.asks_permit[links.route])
        | routes.asks_plant[links.route]
    )
    fails = np.zeros(links.count, np.bool_)
    detail: dict[int, str] = {}
    if not asked.size:
        return _no_measure(fails, detail)
    code_of = np.where(flows.is_waste, flows.waste_code, -1)[links.offer[asked]]
    cases = np.column_stack((held[asked], links.route[asked], code_of))
    kinds, case_of = np.unique(cases, axis=0, return_inverse=True)
    refused = np.zeros(len(kinds), np.bool_)
    words: list[str] = []
    for place, (permits, route, code) in enumerate(kinds.tolist()):
        headings = routes.routes[route].permit_headings
        waste_code = flows.waste_codes[code] if code >= 0 else None
        if routes.asks_plant[route]:
            refused[place] = permits < 0 or not rules.permit_sets[permits].allows(
                headings, waste_code
            )
        else:
            refused[place] = rules.permit_sets[permits].bars(headings, waste_code)
        words.append(", ".join(headings) or (waste_code or ""))
    of_link = case_of.reshape(-1)
    fails[asked] = refused[of_link]
    detail = {
        int(at): words[case]
        for at, case in zip(asked, of_link.tolist(), strict=True)
        if refused[case]
    }
    return _no_measure(fails, detail)


def hierarchy(links: Links) -> Verdict:
    """The use ranks below today's outlet: never from feed to digester, from recycling to boiler."""
    today = links.terms.flows.outlet_rank[links.offer]
    lost = links.terms.routes.level[links.route] - today
    return _beyond(np.where(today >= 0, lost, 0).astype(np.float64))


def contract_running(links: Links) -> Verdict:
    """Today's contract of one end runs for more than a year; the gap is in days from now."""
    flows, as_of = links.terms.flows, links.terms.as_of
    free = np.maximum(flows.free_from[links.offer], flows.free_from[links.need])
    days = (free - as_of).astype(np.float64)
    return Verdict(fails=(free > 0) & (days > CONTRACT_HORIZON_DAYS), gap=days)


def too_far(links: Links) -> Verdict:
    """Farther than the resource travels, than one end accepts, or than a pipe could ever pay."""
    flows, routes, figures = links.terms.flows, links.terms.routes, links.terms.figures
    carried = routes.carried[links.route]
    allowed = figures.radius_km[carried]
    if links.terms.asks_distance:
        allowed = np.fmin(allowed, flows.max_distance_km[links.offer])
        allowed = np.fmin(allowed, flows.max_distance_km[links.need])
    by_pipe = np.flatnonzero(figures.is_pipe[carried])
    if by_pipe.size:
        allowed[by_pipe] = np.fmin(allowed[by_pipe], _pipe_reach_km(links.take(by_pipe)))
    return _beyond(links.road_km - allowed)


def _pipe_reach_km(links: Links) -> Floats:
    """How far a pipe is worth thinking of: what its annuity costs for the units at stake."""
    flows, routes, figures = links.terms.flows, links.terms.routes, links.terms.figures
    yields = routes.yield_per_unit[links.route]
    units = np.minimum(flows.amount[links.offer], flows.amount[links.need] / yields)
    worth = np.nan_to_num(flows.cost[links.offer]) + yields * np.nan_to_num(flows.cost[links.need])
    carried = routes.carried[links.route]
    per_km = figures.annuity * 1000 * figures.trench_eur_per_m[carried]
    reach = np.full(links.count, np.inf)
    np.divide(PIPE_REACH * units * worth, per_km, out=reach, where=per_km > 0)
    return np.asarray(np.maximum(reach, LEAST_PIPE_REACH_KM))


def period_apart(links: Links) -> Verdict:
    """The windows in which the two are there do not meet; the gap is the days between them."""
    flows = links.terms.flows
    start = np.maximum(flows.window_start[links.offer], flows.window_start[links.need])
    ends = np.where(flows.window_end == 0, np.iinfo(np.int32).max, flows.window_end)
    end = np.minimum(ends[links.offer], ends[links.need])
    return _beyond((start.astype(np.float64) - end).clip(min=0.0))


def months_apart(links: Links) -> Verdict:
    """No month in common."""
    months = links.terms.months
    fails = (months[links.offer] & months[links.need]) == 0
    return Verdict(fails=fails, gap=np.where(fails, 12.0, 0.0))


def hours_apart(links: Links) -> Verdict:
    """Energy at other hours of the day than it is needed; the gap is the hours left uncovered."""
    flows, figures = links.terms.flows, links.terms.figures
    overlap, needed = _hours_in_common(
        flows.hour_from[links.offer],
        flows.hour_to[links.offer],
        flows.hour_from[links.need],
        flows.hour_to[links.need],
    )
    at_once = figures.is_energy[flows.resource[links.offer]]
    missing = np.nan_to_num(needed - overlap)
    fails = at_once & (missing > (1 - LEAST_SHARE_OF_HOURS) * np.nan_to_num(needed) + _NOTHING)
    return Verdict(fails=fails, gap=missing)


def _hours_in_common(
    offer_from: Floats, offer_to: Floats, need_from: Floats, need_to: Floats
) -> tuple[Floats, Floats]:
    """Hours of the day in which both are there, and the hours of the need; over midnight too."""
    offered = _length_h(offer_from, offer_to)
    needed = _length_h(need_from, need_to)
    overlap = np.zeros(offer_from.size)
    for shift in (-24.0, 0.0, 24.0):
        start = np.maximum(offer_from + shift, need_from)
        end = np.minimum(offer_from + shift + offered, need_from + needed)
        overlap = overlap + np.maximum(0.0, end - start)
    return overlap, needed


def _length_h(start: Floats, end: Floats) -> Floats:
    length = np.mod(end - start, 24.0)
    return np.where(length == 0, 24.0, length)


def temperature(links: Links) -> Verdict:
    """Not warm enough for an exchanger at the hot end, or nothing left above the need's return.

    The gap is in K, the approach of the exchanger included; NaN when the offer's temperature is
    not known, or when all would hang on the need's return, which is not. Cold is judged alike,
    with the signs turned.
    """
    flows, figures = links.terms.flows, links.terms.figures
    sign = links.terms.routes.thermal[links.route].astype(np.float64)
    supply = sign * flows.temperature_c[links.offer]
    hot = sign * flows.temperature_c[links.need] + figures.delta_t_min_k - supply
    cold = sign * flows.return_temperature_c[links.need] + figures.delta_t_min_k - supply
    short = np.fmax(hot, np.where(cold >= 0, cold, np.nan))
    only_just = (np.abs(hot) <= _NOTHING) & ~np.isnan(flows.return_temperature_c[links.offer])
    unknown = np.isnan(supply) | (only_just & np.isnan(cold))
    missing = (np.nan_to_num(short) > _NOTHING) | (np.nan_to_num(cold, nan=-1.0) >= 0)
    return Verdict(fails=(sign != 0) & (unknown | missing), gap=np.where(unknown, np.nan, short))


def quality(links: Links) -> Verdict:
    """Outside what the need accepts, with nothing to blend it with; or a value that is missing."""
    fails = np.zeros(links.count, np.bool_)
    gap = np.full(links.count, np.nan)
    detail: dict[int, str] = {}
    for limit in links.terms.rules.limits:
        failing, beyond = _against(limit, links)
        failing &= ~fails
        for at in np.flatnonzero(failing).tolist():
            detail[at] = limit.parameter
        gap[failing] = beyond[failing]
        fails |= failing
    return Verdict(fails=fails, gap=gap, detail=detail)


def _against(limit: Limits, links: Links) -> tuple[Bools, Floats]:
    """Which links fail one limit, and by how much (NaN: the value is not known)."""
    beyond, limited = beyond_limit(limit, links.offer, links.need)
    inside = limited & (beyond == 0)
    can_dilute = np.zeros(len(limit.value), np.bool_)
    can_dilute[links.need[inside]] = True
    alone = limited & (beyond > 0) & ~can_dilute[links.need]
    return alone | (limited & np.isnan(beyond)), beyond


def beyond_limit(limit: Limits, offer: Indices, need: Indices) -> tuple[Floats, Bools]:
    """How far an offer's value is outside a need's limit (0 inside), and whether there is one."""
    low, high = limit.low[need], limit.high[need]
    limited = ~(np.isnan(low) & np.isnan(high))
    value = limit.value[offer]
    units = limit.unit[offer], limit.unit[need]
    value = np.where((units[0] > 0) & (units[1] > 0) & (units[0] != units[1]), np.nan, value)
    outside = np.fmax(np.fmax(value - high, low - value), 0.0)
    return np.where(np.isnan(value), np.nan, outside), limited


def lot(links: Links) -> Verdict:
    """The year's most is below the least lot of one end, in giver's units."""
    flows, reckoning = links.terms.flows, links.reckoning
    least = np.maximum(
        flows.min_lot[links.offer], flows.min_lot[links.need] / reckoning.yield_per_unit
    )
    return _beyond(np.where(least > 0, least - reckoning.most, 0.0))


def sold_well(links: Links) -> Verdict:
    """Sold today at a price that the taker could not pay after process and haulage."""
    is_paid = links.terms.flows.cost[links.offer] < 0
    shortfall = -links.reckoning.gain
    return Verdict(fails=is_paid & (shortfall >= 0), gap=shortfall)


def does_not_pay(links: Links) -> Verdict:
    """Brings less than its fixed cost even at its largest amount, and helps no blend.

    The gap is in EUR a year (tCO2e a year when that is the aim). An offer inside a need's limits
    may lose money by itself and be worth it for what it lets in beside it: it is kept as long as a
    unit loses no more than the best unit of that need brings.
    """
    in_tco2e = links.terms.objective is Objective.CO2E
    value = links.reckoning.value(in_tco2e=in_tco2e)
    # Written so that a value that is not known (NaN) fails too.
    fails = ~(value > 0)
    if links.terms.rules.limits and fails.any():
        fails &= ~_helps_a_blend(links, in_tco2e=in_tco2e)
    return Verdict(fails=fails, gap=-value)


def _helps_a_blend(links: Links, *, in_tco2e: bool) -> Bools:
    reckoning = links.reckoning
    per_unit = reckoning.avoided_tco2e if in_tco2e else reckoning.gain
    best = np.full(len(links.terms.flows.flow_id), -np.inf)
    np.fmax.at(best, links.need, per_unit)
    bearable = per_unit > -best[links.need]
    helps = np.zeros(links.count, np.bool_)
    for limit in links.terms.rules.limits:
        beyond, limited = beyond_limit(limit, links.offer, links.need)
        needy = np.zeros(best.size, np.bool_)
        needy[links.need[limited & (beyond > 0)]] = True
        helps |= limited & (beyond == 0) & needy[links.need]
    return helps & bearable


def no_processor(links: Links) -> Verdict:
    """All else fits, but nobody within reach offers the machine of the step in between."""
    routes = links.terms.routes
    fails = routes.has_processor[links.route] & (links.processor < 0)
    detail = {}
    for at in np.flatnonzero(fails).tolist():
        step = routes.routes[int(links.route[at])].processor_step
        detail[at] = "" if step is None else step.equipment or ""
    return _no_measure(fails, detail)


type Gate = Callable[[Links], Verdict]

GATES: Mapping[Refusal, Gate] = {
    Refusal.EXCLUDED: excluded,
    Refusal.WASTE_CODE_ENDED: waste_code_ended,
    Refusal.HAZARD: hazard,
    Refusal.ANIMAL_ORIGIN: animal_origin,
    Refusal.PERMIT: permit,
    Refusal.HIERARCHY: hierarchy,
    Refusal.CONTRACT_RUNNING: contract_running,
    Refusal.TOO_FAR: too_far,
    Refusal.PERIOD_APART: period_apart,
    Refusal.MONTHS_APART: months_apart,
    Refusal.HOURS_APART: hours_apart,
    Refusal.TEMPERATURE: temperature,
    Refusal.QUALITY: quality,
    Refusal.LOT: lot,
    Refusal.SOLD_WELL: sold_well,
    Refusal.DOES_NOT_PAY: does_not_pay,
    Refusal.NO_PROCESSOR: no_processor,
}
"""Every gate, in the order in which they are asked."""
