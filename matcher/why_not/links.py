"""The "pourquoi non" of each declaration left alone: what is nearest to being possible."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.candidates import Candidates, LeftOut, Refusal
from matcher.candidates.figures import build_figures, build_route_table
from matcher.candidates.pricing import Reckoner
from matcher.catalogue import Catalogue, Resource
from matcher.declarations import Direction, PermitKind, Quality, Survey
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import ExchangeSolution
from matcher.plan import Audience, Message, Reason, Unmatched
from matcher.settings import Objective, Settings
from matcher.why_not.gap_units import beside, unit_of_gap
from matcher.why_not.passed_over import Leftovers, Obstacle, who_is_full

MOST_REASONS = 4
"""Nearest misses kept a declaration: a person reads no more."""

NEAREST_FIRST: tuple[Refusal, ...] = (
    Refusal.DOES_NOT_PAY,
    Refusal.CONTRACT_RUNNING,
    Refusal.NO_PROCESSOR,
    Refusal.HAZARD,
    Refusal.PERMIT,
    Refusal.ANIMAL_ORIGIN,
    Refusal.WASTE_CODE_ENDED,
    Refusal.QUALITY,
    Refusal.HOURS_APART,
    Refusal.TEMPERATURE,
    Refusal.LOT,
    Refusal.MONTHS_APART,
    Refusal.PERIOD_APART,
    Refusal.TOO_FAR,
    Refusal.SOLD_WELL,
    Refusal.HIERARCHY,
    Refusal.EXCLUDED,
)
"""What can be mended most easily comes first: money and dates, papers, then nature and distance."""

WHOLE_SHARE = 0.999
"""What is left of a link counts as the whole of it above this share (rounding apart)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One refused pair."""

    refusal: Refusal
    gap: float
    detail: str
    offer: int  # flow positions
    need: int
    route: int


class WhyNot:
    """Finds, for each declaration left alone, the nearest misses."""

    def __init__(
        self,
        candidates: Candidates,
        survey: Survey,
        catalogue: Catalogue,
        assembly: Assembly,
        solution: ExchangeSolution,
        settings: Settings,
    ) -> None:
        self.candidates = candidates
        self.survey = survey
        self.catalogue = catalogue
        self._position = {flow_id: index for index, flow_id in enumerate(candidates.flows.flow_id)}
        self._reckoner = Reckoner(
            candidates.flows,
            build_route_table(catalogue),
            build_figures(catalogue, settings, candidates.as_of),
        )
        self._pipes = frozenset(np.flatnonzero(self._reckoner.figures.is_pipe).tolist())
        self._misses = self._nearest_misses()
        self._assembly = assembly
        self._objective = settings.objective
        self._leftovers = Leftovers(assembly, solution)
        arcs, linked = candidates.arcs, assembly.arc_of_link
        self._worth = np.asarray(
            arcs.gain[linked] * arcs.most[linked] - arcs.opening_cost[linked], dtype=np.float64
        )
        self._best = self._best_closed_links(solution)
        self._limits: dict[str, list[Quality]] = defaultdict(list)
        for row in sorted(survey.qualities, key=lambda q: (q.flow_id, q.parameter)):
            if row.low is not None or row.high is not None:
                self._limits[row.flow_id].append(row)
        self._values = {(q.flow_id, q.parameter): q.value for q in survey.qualities}
        self._offers_of_need: dict[int, list[int]] = defaultdict(list)
        for offer, need in zip(
            arcs.offer[linked].tolist(), arcs.need[linked].tolist(), strict=True
        ):
            if candidates.flows.flow_id[need] in self._limits:
                self._offers_of_need[need].append(offer)
        self._has_arc = frozenset(np.unique(np.r_[arcs.offer, arcs.need]).tolist())

    def unmatched(self, matched: frozenset[str]) -> tuple[Unmatched, ...]:
        """Every flow that no proposal uses, sorted by id."""
        return tuple(
            self._flow(flow_id) for flow_id in sorted(self.survey.flows) if flow_id not in matched
        )

    def _flow(self, flow_id: str) -> Unmatched:
        flow = self.survey.flows[flow_id]
        left_out = self.candidates.left_out.get(flow_id)
        if left_out is not None:
            side = "offer" if flow.direction is Direction.OFFER else "need"
            reasons: tuple[Reason, ...] = (self._left_out(flow_id, left_out, side),)
            return Unmatched(declaration_id=flow_id, site_id=flow.site_id, reasons=reasons)
        position = self._position[flow_id]
        misses = [self._miss(index) for index in self._misses.get(position, [])]
        # Only the aim at carbon leaves candidates out of the model.
        is_left_out = self._objective is Objective.CO2E and position in self._has_arc
        passed_over = [_why("avoids-nothing")] if is_left_out else []
        if position in self._best:
            passed_over = [self._passed_over(position, self._best[position])]
        reasons = (*passed_over, *(self._refused(miss) for miss in misses))[:MOST_REASONS]
        reopen = [
            self._free_from(miss) for miss in misses if miss.refusal is Refusal.CONTRACT_RUNNING
        ]
        return Unmatched(
            declaration_id=flow_id,
            site_id=flow.site_id,
            reasons=reasons or (_why("no-partner"),),
            reopen_on=min((day for day in reopen if day is not None), default=None),
        )

    def _left_out(self, flow_id: str, left_out: LeftOut, side: str) -> Reason:
        code = left_out.name.lower().replace("_", "-")
        if left_out in (LeftOut.NO_OUTLET_KNOWN, LeftOut.NO_PARTNER):
            code = f"{code}-{side}"
        flow = self.survey.flows[flow_id]
        return _why(code, {"words": flow.declared_resource})

    def _free_from(self, miss: Miss) -> datetime.date | None:
        """When today's contracts free both ends; None when nothing holds them."""
        free_from = self.candidates.flows.free_from
        days = max(int(free_from[miss.offer]), int(free_from[miss.need]))
        return datetime.date.fromordinal(days) if days > 0 else None

    def _refused(self, miss: Miss) -> Reason:
        flows = self.candidates.flows
        giver = self.survey.flows[flows.flow_id[miss.offer]]
        taker = self.survey.flows[flows.flow_id[miss.need]]
        taken = self.catalogue.resources[self.candidates.routes[miss.route].to_resource]
        known = not np.isnan(miss.gap)
        code = miss.refusal.name.lower().replace("_", "-")
        if not known and miss.refusal in (Refusal.QUALITY, Refusal.TEMPERATURE):
            code = f"{code}-not-known"
        if miss.refusal is Refusal.PERMIT and not any(
            permit.kind is PermitKind.ICPE for permit in self.survey.permits_of(taker.site_id)
        ):
            code = "permit-not-declared"
        values: dict[str, object] = {
            "gap": abs(miss.gap) if known else 0.0,
            "detail": self._detail(miss) or giver.waste_code or "",
            "taken": {"fr": taken.label_fr, "en": taken.label_en},
            "until": self._free_from(miss) or self.candidates.as_of,
            "giver": self.survey.sites[giver.site_id].name,
            "taker": self.survey.sites[taker.site_id].name,
            "period": _period(flows.one_off[miss.offer] or flows.one_off[miss.need]),
        }
        given = self._given(miss.route)
        unit = unit_of_gap(miss.refusal, given, miss.detail, self._limits[taker.flow_id])
        values["unit"] = beside(unit) if miss.refusal is Refusal.QUALITY else given.unit.value
        if miss.refusal is Refusal.DOES_NOT_PAY and self._objective is Objective.CO2E:
            code, unit = ("adds-emissions" if known else "avoids-nothing"), "tCO2e/year"
        elif miss.refusal is Refusal.DOES_NOT_PAY:
            works = self._works(miss)
            if works is not None:
                values |= works
                code = f"{code}-works" if works["aid"] < 1 else f"{code}-even-with-aid"
        return Reason(
            message=Message(code=f"why-not.{code}", values=values),
            audience=Audience.AGENT,
            gap=miss.gap if known else None,
            unit=unit,
        )

    def _given(self, route: int) -> Resource:
        return self.catalogue.resources[self.candidates.routes[route].from_resource]

    def _detail(self, miss: Miss) -> str | dict[str, str]:
        """Headings, category or code as the gate gave them; parameters and machines by name."""
        machine = self.catalogue.equipment_classes.get(miss.detail)
        if miss.refusal is Refusal.NO_PROCESSOR and machine is not None:
            return {"fr": machine.label_fr, "en": machine.label_en}
        return self._parameter(miss.detail) if miss.refusal is Refusal.QUALITY else miss.detail

    def _parameter(self, name: str) -> str | dict[str, str]:
        known = self.catalogue.quality_parameters.get(name)
        return name if known is None else {"fr": known.label_fr, "en": known.label_en}

    def _works(self, miss: Miss) -> dict[str, float] | None:
        """What a pipe would cost and save a year, and the aid that would make it pay; else None."""
        if self._reckoner.routes.carried[miss.route] not in self._pipes:
            return None
        one = (np.array([miss.offer]), np.array([miss.need]), np.array([miss.route]))
        found = self._reckoner.reckon(*one, self._reckoner.road_km(*one))
        capex = float(found.capex_eur[0])
        annuity = self._reckoner.figures.annuity * capex
        if annuity <= 0:
            return None
        return {
            "saved": float(found.gain[0] * found.most[0]),
            "capex": capex,
            "annuity": annuity,
            "aid": abs(miss.gap) / annuity,
            "metres": 1000 * float(self._reckoner.road_km(*one)[0]),
        }

    def _nearest_misses(self) -> dict[int, list[int]]:
        """By flow: of each code the nearest refusal, those that can be mended first.

        Smallest gap first; where there is no measure, the most direct way, then the nearest site.
        """
        refused = self.candidates.refused
        rank_of = np.zeros(max(Refusal) + 1, np.int64)
        rank_of[list(NEAREST_FIRST)] = np.arange(len(NEAREST_FIRST))
        steps = np.array([len(route.steps) for route in self.candidates.routes], np.int64)
        gap = np.abs(np.asarray(refused.gap, dtype=np.float64))
        index = np.tile(np.arange(len(refused.offer)), 2)
        flow = np.r_[refused.offer, refused.need].astype(np.int64)
        rank = rank_of[refused.code][index]
        order = np.lexsort(
            (
                index,
                np.asarray(refused.distance_km)[index],
                steps[refused.route][index],
                np.where(np.isnan(gap), np.inf, gap)[index],
                rank,
                flow,
            )
        )
        is_first = np.ones(order.size, np.bool_)
        is_first[1:] = (np.diff(flow[order]) != 0) | (np.diff(rank[order]) != 0)
        found: dict[int, list[int]] = defaultdict(list)
        for place in order[is_first].tolist():
            found[int(flow[place])].append(int(index[place]))
        return found

    def _miss(self, index: int) -> Miss:
        refused = self.candidates.refused
        return Miss(
            refusal=Refusal(int(refused.code[index])),
            gap=float(refused.gap[index]),
            detail=refused.detail.get(index, ""),
            offer=int(refused.offer[index]),
            need=int(refused.need[index]),
            route=int(refused.route[index]),
        )

    def _best_closed_links(self, solution: ExchangeSolution) -> dict[int, int]:
        """By flow: the closed link that would bring the most by itself."""
        arcs, linked = self.candidates.arcs, self._assembly.arc_of_link
        best: dict[int, int] = {}
        # What pays only beside another was refused for itself, and that is told.
        closed = np.flatnonzero(~solution.is_open[: self._worth.size] & arcs.pays_alone[linked])
        for link in closed[np.argsort(-self._worth[closed], kind="stable")].tolist():
            arc = int(self._assembly.arc_of_link[link])
            best.setdefault(int(arcs.offer[arc]), link)
            best.setdefault(int(arcs.need[arc]), link)
        return best

    def _passed_over(self, flow: int, link: int) -> Reason:
        """Why the best of a flow's candidate links was not kept."""
        found = self._leftovers.obstacle_of(link)
        arcs, flows = self.candidates.arcs, self.candidates.flows
        arc = int(self._assembly.arc_of_link[link])
        offer, need = int(arcs.offer[arc]), int(arcs.need[arc])
        worth = float(self._worth[link])
        giver, taker = self._name_of(offer), self._name_of(need)
        values: dict[str, object] = {
            "partner": taker if flow == offer else giver,
            "giver": giver,
            "taker": taker,
            "worth": max(worth, 0.0),
            "left": found.left,
            "unit": self._given(int(arcs.route[arc])).unit.value,
            "period": _period(bool(flows.one_off[offer] or flows.one_off[need])),
        }
        money = "EUR/year" if self._objective is Objective.EUR else "tCO2e/year"
        if found.obstacle is Obstacle.PARTNER:
            whole = float(arcs.most[arc])
            if found.left >= WHOLE_SHARE * whole and found.short > 0:
                # It never paid by itself: it was a candidate for what it would have let in.
                return _why("does-not-pay", {**values, "gap": found.short}, (found.short, money))
            return _why("partner-better-served", values, (found.short, money))
        if found.obstacle is Obstacle.BLEND:
            return self._mix(offer, need, values)
        if found.obstacle is Obstacle.MACHINE:
            site_id = flows.site_id[int(arcs.processor[arc])]
            values["machine"] = self.survey.sites[site_id].name
        if found.obstacle is Obstacle.SEATS:
            values["who"] = who_is_full(found.row, self.survey)
            return _why("attention-spent", values, (max(worth, 0.0), "EUR/year"))
        return _why(found.obstacle.value, values)

    def _mix(self, offer: int, need: int, values: dict[str, object]) -> Reason:
        """The quality that the mix could not bear: alone, or for want of purer matter."""
        flows = self.candidates.flows
        for limit in self._limits.get(flows.flow_id[need], []):
            beyond = self._beyond(limit, flows.flow_id[offer])
            if beyond <= 0:
                continue
            others = self._offers_of_need.get(need, [])
            purer = any(
                _is_inside(limit, self._values.get((flows.flow_id[other], limit.parameter)))
                for other in others
                if other != offer
            )
            code = "blend-full" if purer else "quality"
            values |= {"detail": self._parameter(limit.parameter), "unit": beside(limit.unit)}
            return _why(code, {**values, "gap": beyond}, (beyond, limit.unit))
        return _why("not-kept", values)

    def _beyond(self, limit: Quality, offer_id: str) -> float:
        value = self._values.get((offer_id, limit.parameter))
        above = 0.0 if value is None or limit.high is None else value - limit.high
        below = 0.0 if value is None or limit.low is None else limit.low - value
        return max(above, below, 0.0)

    def _name_of(self, flow: int) -> str:
        site_id = self.survey.flows[self.candidates.flows.flow_id[flow]].site_id
        return self.survey.sites[site_id].name


def _period(one_off: bool) -> dict[str, str]:
    return {"fr": "en tout", "en": "in all"} if one_off else {"fr": "par an", "en": "a year"}


def _is_inside(limit: Quality, value: float | None) -> bool:
    return (
        value is not None
        and (limit.high is None or value <= limit.high)
        and (limit.low is None or value >= limit.low)
    )


def _why(
    code: str,
    values: Mapping[str, object] | None = None,
    gap: tuple[float, str | None] | None = None,
) -> Reason:
    """A reason for the agent: the values of its sentence, and the gap with its unit."""
    return Reason(
        message=Message(code=f"why-not.{code}", values=values or {}),
        audience=Audience.AGENT,
        gap=None if gap is None else gap[0],
        unit=None if gap is None else gap[1],
    )
