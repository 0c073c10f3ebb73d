"""From the chosen links to proposals: who gains what, at what price, and what is known of it.

Every figure is against today. Low and high ends move the amounts and the declared or default prices
to their own ends together: a bracket, not a probability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.candidates import Candidates
from matcher.candidates.brackets import amount_scale, diverted, in_declared_unit, price_spread
from matcher.candidates.figures import (
    EMISSION_ELECTRICITY,
    EMISSION_HAULAGE,
    HAULAGE_FIXED,
    HAULAGE_PER_KM,
    HEAT_LOSS,
    HEAT_STATION,
    LINK_COST,
    SHARED_FOLLOW_UP,
    SHARED_TRENCH,
    TRENCH,
    WATER_STATION,
    in_tonnes_co2e,
    pump_electricity,
)
from matcher.candidates.flows import EMISSION_DISPOSAL, EMISSION_PURCHASE
from matcher.candidates.next_steps import (
    delay_of,
    effort_hours_of,
    first_step_of,
    instrument_of,
    questions_of,
)
from matcher.candidates.pricing import is_used_today
from matcher.candidates.processors import machine_of
from matcher.catalogue import Carriage, Catalogue, Factor, Kind
from matcher.declarations import Basis, Flow, Survey
from matcher.plan import (
    Confidence,
    FactorUsed,
    Message,
    Party,
    Proposal,
    ProposalKind,
    Range,
    Role,
)
from matcher.settings import Settings
from matcher.shares import PriceInterval, price_interval
from matcher.terms import proposal_id

ROAD_FACTORS = (HAULAGE_FIXED, HAULAGE_PER_KM, EMISSION_HAULAGE)
PIPE_FACTORS = {
    Kind.MATTER: (TRENCH,),
    Kind.ENERGY: (TRENCH, HEAT_STATION, HEAT_LOSS),
    Kind.WATER: (TRENCH, WATER_STATION),
}


@dataclass(frozen=True, slots=True)
class ChosenLink:
    """One open link: its candidate arc and its giver's units a month; what it pays less than alone,
    EUR a year, and less of the capital, since others pay some of it too.
    """

    arc: int
    by_month: np.ndarray
    internal: bool
    saved_eur: float = 0.0
    saved_capex_eur: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reckoning:
    """The figures of one link, in EUR a year (in all when one-off)."""

    amount: float
    net: Range
    avoided: Range
    price: PriceInterval | None  # None: the link loses money by itself, nothing is to be shared


class ProposalWriter:
    """Writes the proposals of one run; holds what they all look up."""

    def __init__(
        self, candidates: Candidates, survey: Survey, catalogue: Catalogue, settings: Settings
    ) -> None:
        self.candidates = candidates
        self.survey = survey
        self.catalogue = catalogue
        self.settings = settings

    def write(self, link: ChosenLink) -> Proposal:
        """One proposal, without the reasons, checks and alternatives that ``explain`` adds."""
        arcs, flows = self.candidates.arcs, self.candidates.flows
        arc = link.arc
        giver = self.survey.flows[flows.flow_id[arcs.offer[arc]]]
        taker = self.survey.flows[flows.flow_id[arcs.need[arc]]]
        route = self.candidates.routes[arcs.route[arc]]
        machine = machine_of(self.candidates, arc)
        given = self.catalogue.resources[route.from_resource]
        taken = self.catalogue.resources[route.to_resource]
        reckoning = self._reckon(link, giver, taker, parties=2 if machine is None else 3)
        declarations: tuple[str, ...] = (giver.flow_id, taker.flow_id)
        if machine is not None:
            declarations = (*declarations, machine)
        inferred = Basis.INFERRED in (giver.basis, taker.basis)
        delivered = reckoning.amount * float(arcs.yield_per_unit[arc])
        capex = float(arcs.capex_eur[arc]) - link.saved_capex_eur
        delay = delay_of(route.steps, capex)
        price = reckoning.price
        confidence, why = self._confidence(arc, giver, taker, loses=price is None)
        declared_amount, declared_unit = in_declared_unit(giver, reckoning.amount)
        return Proposal(
            proposal_id=proposal_id(ProposalKind.EXCHANGE, declarations),
            kind=ProposalKind.EXCHANGE,
            object=route.from_resource,
            delivered_object=route.to_resource,
            process=tuple(step.process for step in route.steps),
            parties=self._parties(link, giver, taker, machine, reckoning),
            amount_per_year=reckoning.amount,
            unit=given.unit.value,
            delivered_per_year=delivered,
            delivered_unit=taken.unit.value,
            one_off=bool(flows.one_off[arcs.offer[arc]] or flows.one_off[arcs.need[arc]]),
            distance_km=float(arcs.distance_km[arc]),
            price_low=None if price is None else price.low,
            fair_price=None if price is None else price.fair,
            price_high=None if price is None else price.high,
            gain_eur_per_year=reckoning.net,
            avoided_tco2e_per_year=reckoning.avoided,
            diverted_t_per_year=diverted(giver, given, reckoning.amount),
            axis="innover",
            form="contract" if machine is None else "three_party_agreement",
            instrument=instrument_of(given, capex),
            effort_hours=effort_hours_of(delay),
            delay=delay,
            capex_eur=capex,
            first_step=first_step_of(route.steps, given, capex),
            questions=questions_of(route.steps),
            factors=self._factors(link),
            reasons=(),
            checks=(),
            confidence=confidence,
            confidence_reasons=why,
            inferred=inferred,
            declared_amount=declared_amount,
            declared_unit=declared_unit,
        )

    def _reckon(self, link: ChosenLink, giver: Flow, taker: Flow, *, parties: int) -> _Reckoning:
        arcs, flows = self.candidates.arcs, self.candidates.flows
        arc, amount = link.arc, float(link.by_month.sum())
        offer, need = int(arcs.offer[arc]), int(arcs.need[arc])
        opening = float(arcs.opening_cost[arc]) - link.saved_eur
        gain, yield_per_unit = float(arcs.gain[arc]), float(arcs.yield_per_unit[arc])
        net = gain * amount - opening
        scale_low, scale_high = (
            min(left, right)
            for left, right in zip(amount_scale(giver), amount_scale(taker), strict=True)
        )
        spread = price_spread(flows.cost, flows.cost_low, flows.cost_high, offer)
        need_spread = price_spread(flows.cost, flows.cost_low, flows.cost_high, need)
        gain_low = gain - spread[0] - yield_per_unit * need_spread[0]
        gain_high = gain + spread[1] + yield_per_unit * need_spread[1]
        ends = (
            gain_low * amount * scale_low - opening,
            gain_high * amount * scale_high - opening,
            net,
        )
        per_unit = float(arcs.avoided_tco2e[arc])
        avoided = Range(value=None)
        if np.isfinite(per_unit):
            below, above = self._carbon_spread(giver, taker, arc)
            sides = (
                (per_unit - below) * amount * scale_low,
                (per_unit + above) * amount * scale_high,
                per_unit * amount,
            )
            avoided = Range(value=per_unit * amount, low=min(sides), high=max(sides))
        avoided_cost = float(np.nan_to_num(flows.cost[offer]))
        return _Reckoning(
            amount=amount,
            net=Range(value=net, low=min(ends), high=max(ends)),
            avoided=avoided,
            price=None
            if net < 0
            else price_interval(
                avoided_cost_eur_per_unit=avoided_cost,
                net_gain_eur_per_unit=net / amount,
                parties=parties,
            ),
        )

    def _carbon_factors(self, giver: Flow, taker: Flow, arc: int) -> list[tuple[Factor, float]]:
        """The emission factors of one link; units of each a giver's unit, below 0 if emitted."""
        outlet = giver.today_outlet.value
        found = [(self._factor(EMISSION_DISPOSAL, giver.resource or "", outlet), 1.0)]
        if not is_used_today(self.candidates.flows)[self.candidates.arcs.offer[arc]]:
            yields = float(self.candidates.arcs.yield_per_unit[arc])
            found.append((self._factor(EMISSION_PURCHASE, taker.resource or ""), yields))
        power = pump_electricity(self.candidates.routes[self.candidates.arcs.route[arc]])
        if power > 0:
            found.append((self._factor(EMISSION_ELECTRICITY, ""), -power))
        return [(factor, units) for factor, units in found if factor is not None]

    def _carbon_spread(self, giver: Flow, taker: Flow, arc: int) -> tuple[float, float]:
        """How far the tCO2e of a unit may be below and above: the ends of the factors."""
        below = above = 0.0
        for factor, units in self._carbon_factors(giver, taker, arc):
            ends = (factor.low, factor.high) if units > 0 else (factor.high, factor.low)
            below += units * in_tonnes_co2e(factor.value - ends[0], factor.unit)
            above += units * in_tonnes_co2e(ends[1] - factor.value, factor.unit)
        return below, above

    def _parties(
        self,
        link: ChosenLink,
        giver: Flow,
        taker: Flow,
        machine: str | None,
        reckoning: _Reckoning,
    ) -> tuple[Party, ...]:
        """Each party and its gain at the fair price: equal shares; a loss is the taker's.

        The taker bears haulage, process and fixed cost (14), and has whatever a losing link is
        kept for: the mix that it lets in.
        """
        arcs = self.candidates.arcs
        delivered = link.by_month * float(arcs.yield_per_unit[link.arc])
        equal = 1 / (2 if machine is None else 3)
        low, high = reckoning.net.low or 0.0, reckoning.net.high or 0.0

        def party(
            site_id: str, flow_id: str, role: Role, amounts: np.ndarray, **more: float
        ) -> Party:
            flow = self.survey.flows.get(flow_id)
            share = equal if reckoning.price else float(role is Role.TAKER)
            return Party(
                site_id=site_id,
                declaration_id=flow_id,
                role=role,
                gain_eur_per_year=(reckoning.net.value or 0.0) * share,
                gain_low=low * share,
                gain_high=high * share,
                amount_by_month=tuple(float(value) for value in amounts),
                inferred=flow is not None and flow.basis is Basis.INFERRED,
                **more,
            )

        found = [
            party(giver.site_id, giver.flow_id, Role.GIVER, link.by_month),
            party(
                taker.site_id,
                taker.flow_id,
                Role.TAKER,
                delivered,
                capex_eur=float(arcs.capex_eur[link.arc]) - link.saved_capex_eur,
            ),
        ]
        if machine is not None:
            site_id = self.survey.equipment[machine].site_id
            found.append(party(site_id, machine, Role.PROCESSOR, link.by_month))
        return tuple(found)

    def _confidence(
        self, arc: int, giver: Flow, taker: Flow, *, loses: bool
    ) -> tuple[Confidence, tuple[Message, ...]]:
        arcs, flows = self.candidates.arcs, self.candidates.flows
        offer, need = int(arcs.offer[arc]), int(arcs.need[arc])
        route = self.candidates.routes[arcs.route[arc]]
        low = [Message(code="confidence.loses-alone")] if loses else []
        medium: list[Message] = []
        for flow, side in ((giver, "giver"), (taker, "taker")):
            if flow.basis is Basis.INFERRED:
                low.append(Message(code=f"confidence.inferred-{side}"))
            elif flow.basis is Basis.ESTIMATE:
                medium.append(Message(code=f"confidence.estimate-{side}"))
        for index, side in ((offer, "giver"), (need, "taker")):
            if np.isnan(flows.cost[index]):
                low.append(Message(code=f"confidence.price-unknown-{side}"))
            elif flows.cost_is_default[index]:
                medium.append(Message(code=f"confidence.price-default-{side}"))
        if any(step.confidence == "low" for step in route.steps):
            medium.append(Message(code="confidence.route-low"))
        if len(route.steps) > 1:
            medium.append(Message(code="confidence.chain"))
        carbon = self._carbon_doubt(offer, arc)
        if low:
            return Confidence.LOW, (*low, *medium, *carbon)
        if medium:
            return Confidence.MEDIUM, (*medium, *carbon)
        return Confidence.HIGH, (Message(code="confidence.declared"), *carbon)

    def _carbon_doubt(self, offer: int, arc: int) -> tuple[Message, ...]:
        """What is left out of the emissions avoided; it lowers no confidence in the deal itself."""
        flows = self.candidates.flows
        if is_used_today(flows)[offer]:
            return (Message(code="confidence.carbon-not-additional"),)
        if np.isfinite(self.candidates.arcs.avoided_tco2e[arc]):
            return ()
        side = "giver" if np.isnan(flows.tco2e[offer]) else "taker"
        return (Message(code=f"confidence.carbon-unknown-{side}"),)

    def _factors(self, link: ChosenLink) -> tuple[FactorUsed, ...]:
        """The figures of ours that this proposal stands on, each once."""
        flows, arcs, arc = self.candidates.flows, self.candidates.arcs, link.arc
        route = self.candidates.routes[arcs.route[arc]]
        given = self.catalogue.resources[route.from_resource]
        kinds = PIPE_FACTORS[given.kind] if given.carriage is Carriage.PIPE else ROAD_FACTORS
        if link.saved_eur > 0:
            kinds = (*kinds, SHARED_FOLLOW_UP)
        if link.saved_capex_eur > 0:
            kinds = (*kinds, SHARED_TRENCH)
        found = {
            factor.key: factor
            for kind in (*kinds, LINK_COST)
            if (factor := self._factor(kind, given.key)) is not None
        }
        for flow in (int(arcs.offer[arc]), int(arcs.need[arc])):
            name = flows.cost_factor[flow]
            if name is not None and flows.cost_is_default[flow]:
                found[name] = self.catalogue.factors[name]
        if np.isfinite(arcs.avoided_tco2e[arc]):
            giver, taker = (
                self.survey.flows[flows.flow_id[int(end[arc])]] for end in (arcs.offer, arcs.need)
            )
            found |= {row.key: row for row, _ in self._carbon_factors(giver, taker, arc)}
        return tuple(self._used(found[name]) for name in sorted(found))

    def _factor(self, kind: str, resource: str, outlet: str | None = None) -> Factor | None:
        return self.catalogue.factor(
            kind,
            resource,
            outlet,
            as_of=self.candidates.as_of,
            overrides=self.settings.factor_overrides,
        )

    def _used(self, factor: Factor) -> FactorUsed:
        override = self.settings.factor_overrides.get(factor.key)
        return FactorUsed(
            factor=factor.key,
            value=factor.value if override is None else override,
            unit=factor.unit,
            year=factor.year,
            source=factor.source,
            overridden=override is not None,
        )
