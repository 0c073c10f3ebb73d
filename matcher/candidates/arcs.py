"""From flows to arcs and refusals: near pairs, their gates, their money; a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.candidates.columns import Columns
from matcher.candidates.gates import GATES, Verdict
from matcher.candidates.links import Links, Terms
from matcher.candidates.pairs import (
    Crowd,
    Neighbourhood,
    Pairs,
    find_crowds,
    joined,
    nearest_needs,
    nearest_offers,
)
from matcher.candidates.processors import Machine, ways
from matcher.candidates.table import (
    SINGLE_PRECISION_FROM,
    ArcTable,
    FlowTable,
    Indices,
    Refusal,
    RefusedArcs,
)
from matcher.settings import Objective, Settings

# Pairs judged at a time: enough that a small resource costs nothing, few enough for the memory.
_BATCH = 32_000
# An offer that has fewer lawful, paying partners than this share of what it may have looks farther.
_TOO_FEW = 0.25
# Each look farther asks for so many times more needs.
_FARTHER = 4

# From here on a link is lawful and possible, and only money speaks.
_FIRST_OF_MONEY = Refusal.SOLD_WELL

_ARC_NUMBERS = (
    "yield_per_unit",
    "gain",
    "avoided_tco2e",
    "haulage",
    "process_cost",
    "opening_cost",
    "capex_eur",
    "shared_follow_up",
    "shared_trench",
    "shared_capex",
    "most",
)


def build_arcs(
    terms: Terms, settings: Settings, machines: Sequence[Machine] = ()
) -> tuple[ArcTable, RefusedArcs]:
    """All links that pass the gates, and all that were met and refused, in one pass.

    An offer meets its ``nearest_partners`` nearest needs within reach of each of its routes, and
    the ``best_paying_partners`` best-paying ones. A flow that ends with nobody is then judged
    against its nearest partner, however far, so that there is a reason to give.

    Where a route asks for a plant that the taker did not declare, there is no pair; where it asks
    for a machine that nobody offers, only the nearest pair is judged, and told when all else fits.
    Both are told to a flow that has no other reason.

    A pipe that would pay if another one between the same two sites shared its trench is a link too,
    and refused all the same: alone it does not pay.
    """
    flows, routes, figures = terms.flows, terms.routes, terms.figures
    at_work = {machine.step.key for machine in machines}
    usable = np.array(
        [
            route.processor_step is None or route.processor_step.key in at_work
            for route in routes.routes
        ],
        np.bool_,
    )
    possible = find_crowds(flows, routes, figures, usable=usable, rules=terms.rules)
    count = sum(crowd.offers.size for crowd in possible)
    every: tuple[Crowd, ...] = ()
    lacking: tuple[Crowd, ...] = ()
    if not usable.all():
        lacking = find_crowds(
            flows, routes, figures, usable=~usable, rules=terms.rules, first=count
        )
        count += sum(crowd.offers.size for crowd in lacking)
    if not usable.all() or routes.asks_plant.any():
        every = find_crowds(flows, routes, figures, first=count)
        count += sum(crowd.offers.size for crowd in every)
    judge = _Judge(terms, settings, machines, spread=count)
    judge.look_farther([(crowd, judge.meet(crowd)) for crowd in possible])
    judge.settle()
    judge.show_the_nearest(possible)
    judge.ask_for_machines(lacking)
    judge.show_the_nearest(every)
    judge.look_along_pipes()
    return judge.arcs(), judge.refused()


class _Judge:
    """Holds what was found so far, and pairs that wait to be judged together."""

    def __init__(
        self, terms: Terms, settings: Settings, machines: Sequence[Machine], *, spread: int
    ) -> None:
        self._terms = terms
        self._settings = settings
        self._machines = machines
        flows = len(terms.flows.flow_id)
        number = np.float32 if flows >= SINGLE_PRECISION_FROM else np.float64
        room = _BATCH if flows < SINGLE_PRECISION_FROM else 12 * flows
        places = {"offer": np.int32, "need": np.int32, "route": np.int32, "processor": np.int32}
        numbers = dict.fromkeys(_ARC_NUMBERS, number)
        self._kept = Columns(
            {**places, "distance_km": np.float32, **numbers, "usable_share": np.float32}, room
        )
        self._refused = Columns(
            {**places, "distance_km": np.float32, "code": np.int8, "gap": np.float32}, room
        )
        self._detail: dict[int, str] = {}
        self._waiting: list[Pairs] = []
        self._size = 0
        self._lawful = np.zeros(spread, np.int64)  # by spread offer
        self._only_machines = False
        self.is_met = np.zeros(flows, np.bool_)

    def meet(self, crowd: Crowd) -> Indices:
        """Bring offers together with the needs near them; which of them have more within reach."""
        near = Neighbourhood(self._terms.flows, crowd, self._settings)
        limited = self._terms.rules.has_limit
        if limited and not limited.isdisjoint(crowd.needs.tolist()):
            # Blending sees all offers of a need at once.
            self.settle()
            self._wait(near.all_within_reach())
            self.settle()
            return np.empty(0, np.int64)
        more = []
        for pairs, saturated in near.pieces():
            self._wait(pairs)
            more.append(saturated)
        return np.concatenate(more)

    def look_farther(self, crowds: Iterable[tuple[Crowd, Indices]]) -> None:
        """Ask for more needs where the nearest were mostly barred by law, months or heat.

        Those that merely do not pay are counted as met: farther ones pay less, and the best-paying
        are known already.
        """
        waiting = [(crowd, more) for crowd, more in crowds if more.size]
        looked_at = self._settings.nearest_partners
        enough = _TOO_FEW * looked_at
        while waiting:
            self.settle()
            asked, waiting = waiting, []
            for crowd, saturated in asked:
                more = saturated[self._lawful[crowd.first + saturated] < enough]
                if not more.size:
                    continue
                near = Neighbourhood(self._terms.flows, crowd, self._settings)
                for part in np.array_split(more, 1 + more.size // 1_000):
                    pairs, still = near.near(part, _FARTHER * looked_at, skip=looked_at)
                    self._wait(pairs)
                    waiting.append((crowd, still))
            looked_at *= _FARTHER

    def show_the_nearest(self, crowds: Sequence[Crowd]) -> None:
        """Judge the flows that met nobody against their nearest partner, however far."""
        left = ~self.is_met
        for crowd in crowds:
            alone = np.flatnonzero(left[crowd.offers])
            if alone.size:
                self._wait(nearest_needs(self._terms.flows, crowd, alone))
        self.settle()
        for crowd in crowds:
            alone = crowd.needs[~self.is_met[crowd.needs]]
            if alone.size:
                self._wait(nearest_offers(self._terms.flows, crowd, alone))
        self.settle()

    def ask_for_machines(self, crowds: Sequence[Crowd]) -> None:
        """Judge nearest partners who lack only a machine between them; keep no other refusal."""
        self._only_machines = True
        for crowd in crowds:
            self._wait(nearest_needs(self._terms.flows, crowd, np.arange(crowd.offers.size)))
        self.settle()
        for crowd in crowds:
            alone = crowd.needs[~self.is_met[crowd.needs]]
            if alone.size:
                self._wait(nearest_offers(self._terms.flows, crowd, alone))
        self.settle()
        self._only_machines = False

    def _wait(self, pairs: Pairs) -> None:
        self._waiting.append(pairs)
        self._size += pairs.count
        if self._size >= _BATCH:
            self.settle()

    def settle(self) -> None:
        """Judge the pairs that wait."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if sum(pairs.count for pairs in waiting):
            self._decide(joined(waiting))

    def _decide(self, pairs: Pairs) -> None:
        between = ways(self._terms.reckoner, pairs, self._machines)
        links = Links(
            terms=self._terms,
            offer=between.pairs.offer,
            need=between.pairs.need,
            route=between.pairs.route,
            spread=between.pairs.spread,
            processor=between.processor,
            machine_cost=between.machine_cost,
            road_km=between.road_km,
        )
        if not self._only_machines:
            self.is_met[links.offer] = True
            self.is_met[links.need] = True
        for code, gate in GATES.items():
            if not links.count:
                return
            if code is _FIRST_OF_MONEY:
                self._lawful += np.bincount(links.spread, minlength=self._lawful.size)
            if code not in self._terms.asked:
                continue
            verdict = gate(links)
            if verdict.fails.any():
                if code is Refusal.NO_PROCESSOR or not self._only_machines:
                    self._refuse(links, code, verdict)
                links = links.take(~verdict.fails)
        self._keep(links)

    def _refuse(self, links: Links, code: Refusal, verdict: Verdict) -> None:
        failing = np.flatnonzero(verdict.fails)
        self.is_met[links.offer[failing]] = True
        self.is_met[links.need[failing]] = True
        if verdict.detail:
            for place, at in enumerate(failing.tolist(), start=self._refused.count):
                if at in verdict.detail:
                    self._detail[place] = verdict.detail[at]
        self._refused.append(
            offer=links.offer[failing],
            need=links.need[failing],
            route=links.route[failing],
            processor=links.processor[failing],
            distance_km=links.road_km[failing],
            code=np.full(failing.size, code, np.int8),
            gap=verdict.gap[failing],
        )

    def _keep(self, links: Links) -> None:
        reckoning = links.reckoning
        self._kept.append(
            offer=links.offer,
            need=links.need,
            route=links.route,
            processor=links.processor,
            distance_km=links.road_km,
            usable_share=self._terms.reckoner.usable_share(links.offer, links.need, links.route),
            **{name: getattr(reckoning, name) for name in _ARC_NUMBERS},
        )

    def look_along_pipes(self) -> None:
        """Keep the pipes that miss paying by less than what another beside them would share."""
        if self._terms.objective is not Objective.EUR:
            return
        flows, routes = self._terms.flows, self._terms.routes
        kept, refused = self._kept, self._refused
        is_pipe = self._terms.figures.is_pipe[routes.carried] & ~routes.has_processor
        missed = refused.column("code") == Refusal.DOES_NOT_PAY
        table = np.unique(
            np.column_stack([refused.column(name)[missed] for name in ("offer", "need", "route")]),
            axis=0,
        ).astype(np.int64)
        table = table[is_pipe[table[:, 2]]]
        offer, need, route = table.T
        known = is_pipe[kept.column("route")]
        leads = np.unique(
            np.column_stack(
                [
                    np.concatenate([offer, kept.column("offer")[known]]),
                    np.concatenate([need, kept.column("need")[known]]),
                ]
            ),
            axis=0,
        )
        between, count = np.unique(_sites(flows, *leads.T), return_counts=True)
        beside = np.isin(_sites(flows, offer, need), between[count > 1])
        offer, need, route = table[beside].T
        links = Links(
            terms=self._terms,
            offer=offer,
            need=need,
            route=route,
            spread=np.zeros(offer.size, np.int64),
            processor=np.full(offer.size, -1, np.int64),
            machine_cost=None,
            road_km=self._terms.reckoner.road_km(offer, need, route),
        )
        each = links.reckoning
        shared = each.shared_trench + each.shared_follow_up
        self._keep(links.take(np.asarray(each.value(in_tco2e=False) + shared > 0)))

    def arcs(self) -> ArcTable:
        """What was kept, in the order of resources."""
        kept = {name: self._kept.column(name) for name in self._kept.names}
        return ArcTable(opening_tco2e=np.broadcast_to(0.0, self._kept.count), **kept)

    def refused(self) -> RefusedArcs:
        """What was refused, in the order in which it was met."""
        refused = {name: self._refused.column(name) for name in self._refused.names}
        return RefusedArcs(detail=self._detail, **refused)


def _sites(flows: FlowTable, offer: Indices, need: Indices) -> Indices:
    """(P,) one number for the two sites of each pair, whichever gives."""
    ends = flows.site[offer].astype(np.int64), flows.site[need].astype(np.int64)
    return np.asarray(np.minimum(*ends) * len(flows.site_id) + np.maximum(*ends))
