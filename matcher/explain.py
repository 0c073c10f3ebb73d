"""Why: reasons of each proposal, and the "pourquoi non" of each declaration left alone."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.candidates import Candidates, LeftOut, Refusal
from matcher.candidates.figures import build_figures, build_route_table
from matcher.candidates.pricing import Reckoner
from matcher.catalogue import Catalogue
from matcher.declarations import Direction, Survey
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import ExchangeSolution
from matcher.plan import Audience, Message, Proposal, Reason, Unmatched
from matcher.settings import Settings

MOST_REASONS = 4
"""Nearest misses kept a declaration: a person reads no more."""

GAP_UNITS: dict[Refusal, str] = {
    Refusal.HIERARCHY: "ranks",
    Refusal.CONTRACT_RUNNING: "days",
    Refusal.TOO_FAR: "km",
    Refusal.PERIOD_APART: "days",
    Refusal.MONTHS_APART: "months",
    Refusal.HOURS_APART: "h",
    Refusal.TEMPERATURE: "K",
    Refusal.SOLD_WELL: "EUR/unit",
    Refusal.DOES_NOT_PAY: "EUR/year",
}

NEAREST_FIRST: tuple[Refusal, ...] = (
    Refusal.DOES_NOT_PAY,
    Refusal.CONTRACT_RUNNING,
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

BINDING_SHARE = 0.999
"""A month counts as full when the link takes this share of what is there (rounding apart)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One refused pair."""

    refusal: Refusal
    gap: float
    detail: str
    offer: int  # flow positions
    need: int
    route: int
    steps: int
    distance_km: float


def reasons_for(
    proposal: Proposal, arc: int, by_month: np.ndarray, candidates: Candidates, catalogue: Catalogue
) -> tuple[Reason, ...]:
    """Why this proposal: what fits, what it saves, what binds. Prices are for the agent only."""
    return tuple(_reasons(proposal, arc, by_month, candidates, catalogue))


def _reasons(
    proposal: Proposal, arc: int, by_month: np.ndarray, candidates: Candidates, catalogue: Catalogue
) -> Iterator[Reason]:
    arcs, flows = candidates.arcs, candidates.flows
    offer, need = int(arcs.offer[arc]), int(arcs.need[arc])
    route = candidates.routes[arcs.route[arc]]
    given = catalogue.resources[route.from_resource]
    taken = catalogue.resources[route.to_resource]
    yield _firm(
        "use",
        given={"fr": given.label_fr, "en": given.label_en},
        taken={"fr": taken.label_fr, "en": taken.label_en},
        process={
            "fr": " puis ".join(step.process_fr for step in route.steps),
            "en": " then ".join(step.process_en for step in route.steps),
        },
    )
    yield _agent("distance", distance_km=proposal.distance_km)
    yield _agent(
        "reckoning",
        amount=proposal.amount_per_year,
        unit=proposal.unit,
        avoided=_known(flows.cost[offer]),
        purchase=_known(flows.cost[need]) * float(arcs.yield_per_unit[arc]),
        haulage=float(arcs.haulage[arc]),
        process_cost=float(arcs.process_cost[arc]),
        opening=float(arcs.opening_cost[arc]),
    )
    supply = flows.by_month[offer].astype(float)
    demand = flows.by_month[need].astype(float) / float(arcs.yield_per_unit[arc])
    active = by_month > 0
    if active.any() and not active.all():
        yield _firm("months", months=int(active.sum()))
    if proposal.amount_per_year < BINDING_SHARE * float(supply.sum()):
        limited = demand[active] <= by_month[active] / BINDING_SHARE
        code = "need-is-full" if limited.all() else "part-of-the-offer"
        yield _agent(code, share=proposal.amount_per_year / float(supply.sum()))
    else:
        yield _agent("all-is-used")
    if proposal.capex_eur > 0:
        yield _agent("annuity", capex=proposal.capex_eur, annuity=float(arcs.opening_cost[arc]))


def _known(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)


def _firm(code: str, **values: object) -> Reason:
    return Reason(message=Message(code=f"reasons.{code}", values=values), audience=Audience.FIRM)


def _agent(code: str, **values: object) -> Reason:
    return Reason(message=Message(code=f"reasons.{code}", values=values), audience=Audience.AGENT)


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
        self._misses = self._refused_by_flow()
        self._passed_over = self._passed_over_by_flow(assembly, solution)

    def unmatched(self, matched: frozenset[str]) -> tuple[Unmatched, ...]:
        """Every declaration that no proposal uses, sorted by id."""
        found = [
            self._flow(flow_id) for flow_id in sorted(self.survey.flows) if flow_id not in matched
        ]
        found += [
            _kind_comes_later(declaration_id, site_id)
            for declaration_id, site_id in sorted(self._others())
            if declaration_id not in matched
        ]
        return tuple(found)

    def _others(self) -> Iterator[tuple[str, str]]:
        for table in (self.survey.equipment, self.survey.jobs, self.survey.pools):
            for declaration_id, row in table.items():
                yield declaration_id, row.site_id

    def _flow(self, flow_id: str) -> Unmatched:
        flow = self.survey.flows[flow_id]
        left_out = self.candidates.left_out.get(flow_id)
        if left_out is not None:
            side = "offer" if flow.direction is Direction.OFFER else "need"
            reasons: tuple[Reason, ...] = (self._left_out(flow_id, left_out, side),)
            return Unmatched(declaration_id=flow_id, site_id=flow.site_id, reasons=reasons)
        position = self._position[flow_id]
        misses = _nearest(self._misses.get(position, []))
        reasons = (
            *self._passed_over.get(position, ()),
            *(self._refused(miss) for miss in misses),
        )[:MOST_REASONS]
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
        return _why(code, words=flow.declared_resource)

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
        values: dict[str, object] = {
            "gap": abs(miss.gap) if known else 0.0,
            "detail": self._detail(miss) or giver.waste_code or "",
            "taken": {"fr": taken.label_fr, "en": taken.label_en},
            "until": self._free_from(miss) or self.candidates.as_of,
            "giver": self.survey.sites[giver.site_id].name,
            "taker": self.survey.sites[taker.site_id].name,
        }
        if miss.refusal is Refusal.DOES_NOT_PAY:
            works = self._works(miss)
            if works is not None:
                values |= works
                code = f"{code}-works" if works["aid"] < 1 else f"{code}-even-with-aid"
        return Reason(
            message=Message(code=f"why-not.{code}", values=values),
            audience=Audience.AGENT,
            gap=miss.gap if known else None,
            unit=GAP_UNITS.get(miss.refusal),
        )

    def _detail(self, miss: Miss) -> str | dict[str, str]:
        """Headings, category or code as the gate gave them; a quality parameter by its name."""
        if miss.refusal is not Refusal.QUALITY:
            return miss.detail
        known = self.catalogue.quality_parameters.get(miss.detail)
        return miss.detail if known is None else {"fr": known.label_fr, "en": known.label_en}

    def _works(self, miss: Miss) -> dict[str, float] | None:
        """What a pipe would cost and save a year, and the aid that would make it pay; else None."""
        one = (np.array([miss.offer]), np.array([miss.need]), np.array([miss.route]))
        found = self._reckoner.reckon(*one, self._reckoner.road_km(*one))
        capex = float(found.capex_eur[0])
        if capex <= 0:
            return None
        annuity = self._reckoner.figures.annuity * capex
        return {
            "saved": float(found.gain[0] * found.most[0]),
            "capex": capex,
            "annuity": annuity,
            "aid": abs(miss.gap) / annuity,
            "metres": 1000 * float(self._reckoner.road_km(*one)[0]),
        }

    def _refused_by_flow(self) -> dict[int, list[Miss]]:
        refused = self.candidates.refused
        misses: dict[int, list[Miss]] = defaultdict(list)
        for index in range(len(refused.offer)):
            miss = Miss(
                refusal=Refusal(int(refused.code[index])),
                gap=float(refused.gap[index]),
                detail=refused.detail.get(index, ""),
                offer=int(refused.offer[index]),
                need=int(refused.need[index]),
                route=int(refused.route[index]),
                steps=len(self.candidates.routes[refused.route[index]].steps),
                distance_km=float(refused.distance_km[index]),
            )
            misses[miss.offer].append(miss)
            misses[miss.need].append(miss)
        return misses

    def _passed_over_by_flow(
        self, assembly: Assembly, solution: ExchangeSolution
    ) -> dict[int, tuple[Reason, ...]]:
        """Flows with candidate links of which none was chosen: the best one and what it lacks.

        A link loses when its partner serves others better (reduced cost, EUR a unit), or when all
        the attention of a site is already spent on better leads.
        """
        arcs = self.candidates.arcs
        best: dict[int, tuple[float, int]] = {}
        for link, arc in enumerate(assembly.arc_of_link.tolist()):
            if solution.is_open[link]:
                continue
            worth = float(arcs.gain[arc] * arcs.most[arc] - arcs.opening_cost[arc])
            for flow in (int(arcs.offer[arc]), int(arcs.need[arc])):
                if flow not in best or worth > best[flow][0]:
                    best[flow] = (worth, link)
        offer_price = _by_flow(assembly.node_flow_offer, solution.offer_price)
        need_price = _by_flow(assembly.node_flow_need, solution.need_price)
        reasons: dict[int, tuple[Reason, ...]] = {}
        for flow, (worth, link) in best.items():
            arc = int(assembly.arc_of_link[link])
            offer, need = int(arcs.offer[arc]), int(arcs.need[arc])
            missing = (
                offer_price.get(offer, 0.0)
                + float(arcs.yield_per_unit[arc]) * need_price.get(need, 0.0)
                - float(arcs.gain[arc])
            )
            partner = need if flow == offer else offer
            name = self.survey.sites[
                self.survey.flows[self.candidates.flows.flow_id[partner]].site_id
            ].name
            if missing > 0:
                reasons[flow] = (
                    _why(
                        "partner-better-served",
                        gap=missing,
                        unit="EUR/unit",
                        partner=name,
                        worth=worth,
                    ),
                )
            else:
                reasons[flow] = (
                    _why("attention-spent", gap=worth, unit="EUR/year", partner=name, worth=worth),
                )
        return reasons


def _by_flow(node_flow: np.ndarray, price: np.ndarray) -> dict[int, float]:
    """Mean price of a flow over its nodes and the periods, EUR (or tCO2e) a unit."""
    grouped: dict[int, list[float]] = defaultdict(list)
    for node, flow in enumerate(node_flow.tolist()):
        grouped[flow].append(float(price[node].mean()))
    return {flow: max(values) for flow, values in grouped.items()}


def _nearest(misses: list[Miss]) -> list[Miss]:
    """The nearest miss of each code, those that can be mended first."""
    nearest: dict[Refusal, Miss] = {}
    for miss in misses:
        held = nearest.get(miss.refusal)
        if held is None or _closeness(miss) < _closeness(held):
            nearest[miss.refusal] = miss
    return [nearest[code] for code in NEAREST_FIRST if code in nearest]


def _closeness(miss: Miss) -> tuple[float, int, float]:
    """Smallest gap first; where there is no measure, the most direct way, then the nearest site."""
    gap = float("inf") if np.isnan(miss.gap) else abs(miss.gap)
    return gap, miss.steps, miss.distance_km


def _why(code: str, gap: float | None = None, unit: str | None = None, **values: object) -> Reason:
    shown = dict(values) if gap is None else {**values, "gap": gap}
    return Reason(
        message=Message(code=f"why-not.{code}", values=shown),
        audience=Audience.AGENT,
        gap=gap,
        unit=unit,
    )


def _kind_comes_later(declaration_id: str, site_id: str) -> Unmatched:
    return Unmatched(
        declaration_id=declaration_id, site_id=site_id, reasons=(_why("kind-comes-later"),)
    )
