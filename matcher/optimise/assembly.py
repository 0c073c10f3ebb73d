"""From candidates and bundles to the arrays of one model, and back.

Here the survey's words become rows: attention of sites and firms, partners of a flow, one way
between the same two flows, blending limits, processors, permits, temperature intervals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.candidates import Candidates, FlowTable
from matcher.candidates.bundles import Bundle, Bundles
from matcher.candidates.next_steps import delay_of, effort_hours_of
from matcher.declarations import Survey
from matcher.optimise.animation import Budget
from matcher.optimise.bundled import carried_by, claim_rows, is_one_firm, paying, with_bundles
from matcher.optimise.credible import floor_of
from matcher.optimise.floor import Floor
from matcher.optimise.intervals import cut_into_intervals
from matcher.optimise.permits import permit_rows
from matcher.optimise.problem import Bools, ExchangeProblem, ExchangeSolution, Floats, Ints, Rows
from matcher.optimise.row_book import RowBook, RowKind, RowName
from matcher.optimise.standing import Standing, with_standing
from matcher.optimise.ways import Ways, sharers_of, ways_between, with_ways
from matcher.settings import Objective, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The model of a survey, with the way back from its positions.

    ``arc_of_link`` (E,) gives the candidate arc of each link of the exchange; the links after them
    are ``bundles``, in their order, then the ``ways`` that others pay once. ``node_flow_offer`` and
    ``node_flow_need`` give the flow of each node of the exchange (several nodes a flow when heat is
    cut); ``internal`` (L,) the links inside one firm, and the ways; ``sites_of_link`` (L,) those
    that each asks for attention; ``link_row_names`` what each of the problem's rows over links
    counts; ``effort_hours`` (L,) the hours of animation that a link takes, none inside one firm;
    ``floor`` who could have a credible proposal.
    """

    problem: ExchangeProblem
    arc_of_link: Ints
    node_flow_offer: Ints
    node_flow_need: Ints
    internal: Bools
    sites_of_link: tuple[tuple[str, ...], ...]
    link_row_names: tuple[RowName, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    effort_hours: Floats = field(default_factory=lambda: np.empty(0))
    floor: Floor | None = None
    ways: Ways = field(default_factory=lambda: Ways(first=0))

    def budget(self, most: float | None) -> Budget | None:
        """The hours of animation as a budget, if there is a limit."""
        return None if most is None else Budget(hours=self.effort_hours, most=most)

    def limited_by(self, budget: Budget) -> Assembly:
        """The same with the row of the budget."""
        return replace(
            self,
            problem=budget.limiting(self.problem),
            link_row_names=(*self.link_row_names, budget.name),
        )

    def amounts_by_link(self, solution: ExchangeSolution) -> Floats:
        """(E, 12) giver's units a month on each link of the exchange."""
        amounts = np.zeros((self.problem.counts[3], solution.amount.shape[1]))
        np.add.at(amounts, self.problem.arc_link, solution.amount)
        return amounts[: self.arc_of_link.size]

    def chosen_bundles(self, solution: ExchangeSolution) -> dict[int, Bundle]:
        """The bundles that the plan takes, by the position of their link."""
        first = self.arc_of_link.size
        return {
            first + place: bundle
            for place, bundle in enumerate(self.bundles)
            if solution.is_open[first + place]
        }


def assemble(
    candidates: Candidates,
    survey: Survey,
    settings: Settings,
    found: Bundles | None = None,
    standing: Standing | None = None,
) -> Assembly:
    """Write the model of a survey as arrays (equations in ``docs/model.md``).

    Bundles that do not pay are left out, and so are, where carbon is the aim, those of which no
    avoided emission is known. ``standing`` is what earlier rounds leave: links that stay, least
    amounts, a malus on new ones.
    """
    flows, arcs = candidates.flows, candidates.arcs
    pays = arcs.gain * arcs.most - arcs.opening_cost > 0
    if settings.objective is Objective.CO2E:
        value, opening = np.nan_to_num(arcs.avoided_tco2e), arcs.opening_tco2e
        aimed = pays & (value > 0)
        aimed[[] if standing is None else standing.held_arcs] = True
        kept = np.flatnonzero(aimed)
    else:
        value, opening = arcs.gain, arcs.opening_cost
        kept = np.arange(len(arcs.offer))
    offer_flow = arcs.offer[kept].astype(np.int64)
    need_flow = arcs.need[kept].astype(np.int64)
    found = Bundles() if found is None else found
    held = frozenset[int]() if standing is None else standing.held_bundles
    kept_bundles, worth = paying(found.bundles, settings.objective, held)
    bundles = tuple(found.bundles[place] for place in kept_bundles)
    internal = np.concatenate(
        [
            _is_internal(candidates, survey, kept),
            np.array([is_one_firm(bundle, survey) for bundle in bundles], np.bool_),
        ]
    )

    nodes = cut_into_intervals(
        offer_flow=offer_flow,
        need_flow=need_flow,
        hot_c=flows.temperature_c,
        return_c=flows.return_temperature_c,
        delta_t_min_k=settings.delta_t_min_k,
        thermal=candidates.thermal[arcs.route[kept]].astype(np.int64),
    )
    supply = _by_month(flows, nodes.offer_flow) * nodes.offer_share[:, None]
    demand = _by_month(flows, nodes.need_flow) * nodes.need_share[:, None]

    rows = RowBook()
    touched = _touched_sites(candidates, kept) + [bundle.site_ids for bundle in bundles]
    claim_rows(rows, bundles, found.limits, len(kept))
    _attention_rows(rows, survey, touched, internal, settings)
    _partner_rows(rows, flows, offer_flow, need_flow)
    _one_way_rows(rows, flows, offer_flow, need_flow)
    carried, machine = carried_by(bundles, candidates.processors.items, supply.shape[1])
    capacity_rows, capacity = _processor_rows(candidates, kept, nodes.arc_link, machine)
    blends = _blending_rows(survey, candidates, kept, nodes.arc_link)
    lot_offer = flows.min_lot[offer_flow]
    lot_need = flows.min_lot[need_flow] / arcs.yield_per_unit[kept]

    exchange = ExchangeProblem(
        supply=supply,
        demand=demand,
        arc_offer=nodes.arc_offer,
        arc_need=nodes.arc_need,
        arc_link=nodes.arc_link,
        arc_yield=arcs.yield_per_unit[kept][nodes.arc_link],
        arc_gain=value[kept][nodes.arc_link],
        link_cost=opening[kept],
        link_lot=np.maximum(lot_offer, lot_need),
        link_weight=np.where(internal[: len(kept)], 0.0, 1.0),
        arc_rows=blends,
        capacity_rows=capacity_rows,
        capacity=capacity,
        year_rows=permit_rows(survey, candidates, kept, nodes.arc_link),
        max_links=settings.proposals,
    )
    weight = np.where(internal[len(kept) :], 0.0, 1.0)
    whole = with_bundles(exchange, worth, weight, carried)
    if standing is not None:
        whole = with_standing(whole, rows, standing, kept, kept_bundles)
    hours = np.where(internal, 0.0, _effort_hours(candidates, kept, bundles))
    counted = None if settings.animation_hours is None else hours
    ways = ways_between(sharers_of(arcs, kept, touched, internal, counted), hours.size)
    whole = with_ways(whole, rows, ways, in_euros=settings.objective is Objective.EUR)
    floor = floor_of(
        candidates,
        survey,
        settings,
        kept,
        bundles,
        touched,
        internal,
        (blends, nodes.arc_link),
    )
    return Assembly(
        problem=replace(whole, link_rows=rows.freeze()),
        arc_of_link=kept.astype(np.int64),
        node_flow_offer=nodes.offer_flow,
        node_flow_need=nodes.need_flow,
        internal=np.concatenate([internal, np.ones(ways.count, np.bool_)]),
        sites_of_link=(*touched, *[()] * ways.count),
        link_row_names=tuple(rows.names),
        bundles=bundles,
        floor=replace(floor, least=np.concatenate([floor.least, np.zeros(ways.count)])),
        effort_hours=np.concatenate([hours - ways.common(ways.hours), ways.hours]),
        ways=ways,
    )


def _effort_hours(candidates: Candidates, kept: Ints, bundles: Sequence[Bundle]) -> Floats:
    """(L,) hours of animation until agreement."""
    arcs, routes = candidates.arcs, candidates.routes
    links = [
        effort_hours_of(delay_of(routes[route].steps, capex))
        for route, capex in zip(
            arcs.route[kept].tolist(), arcs.capex_eur[kept].tolist(), strict=True
        )
    ]
    return np.array([*links, *(bundle.effort_hours for bundle in bundles)], dtype=np.float64)


def _is_internal(candidates: Candidates, survey: Survey, kept: Ints) -> Bools:
    """(L,) links inside one firm; another firm's machine in between makes it a proposal."""
    flows, arcs = candidates.flows, candidates.arcs
    firm_of = {firm_id: place for place, firm_id in enumerate(flows.firm_id)}
    firm_of_site = np.array(
        [firm_of[survey.sites[site_id].firm_id] for site_id in flows.site_id], np.int64
    )
    firm = flows.firm[arcs.offer[kept]]
    between = arcs.processor[kept]
    alone = (between < 0) | (firm_of_site[between] == firm)
    return np.asarray((firm == flows.firm[arcs.need[kept]]) & alone)


def _by_month(flows: FlowTable, flow: Ints) -> Floats:
    """(len(flow), 12) amounts that add up to the year's to the last digit: the table is single."""
    by_month = flows.by_month[flow].astype(float)
    total = by_month.sum(axis=1, keepdims=True)
    scale = np.ones_like(total)
    np.divide(flows.amount[flow][:, None], total, out=scale, where=total > 0)
    return np.asarray(by_month * scale)


def _touched_sites(candidates: Candidates, kept: Ints) -> list[tuple[str, ...]]:
    """The sites that each link asks for attention: giver, taker, and the processor if any."""
    flows, arcs = candidates.flows, candidates.arcs
    return [
        tuple(
            flows.site_id[site]
            for site in sorted({int(giver), int(taker), int(between)})
            if site >= 0
        )
        for giver, taker, between in zip(
            flows.site[arcs.offer[kept]],
            flows.site[arcs.need[kept]],
            arcs.processor[kept],
            strict=True,
        )
    ]


def _attention_rows(
    rows: RowBook,
    survey: Survey,
    touched: list[tuple[str, ...]],
    internal: Bools,
    settings: Settings,
) -> None:
    """At most k proposals a site and a firm (6); what is inside one firm is not counted."""
    by_site: dict[str, list[int]] = defaultdict(list)
    by_firm: dict[str, list[int]] = defaultdict(list)
    for link, sites in enumerate(touched):
        if internal[link]:
            continue
        firms = set()
        for site_id in sites:
            by_site[site_id].append(link)
            firms.add(survey.sites[site_id].firm_id)
        for firm in sorted(firms):
            by_firm[firm].append(link)
    for site_id in sorted(by_site):
        declared = survey.sites[site_id].max_proposals
        most = settings.max_proposals_per_site if declared is None else declared
        rows.add_count(by_site[site_id], most, RowKind.SITE, site_id)
    for firm in sorted(by_firm):
        rows.add_count(by_firm[firm], settings.max_proposals_per_firm, RowKind.FIRM, firm)


def _partner_rows(rows: RowBook, flows: FlowTable, offers: Ints, needs: Ints) -> None:
    """At most so many partners a flow (6)."""
    for ends in (offers, needs):
        by_flow: dict[int, list[int]] = defaultdict(list)
        for link, flow in enumerate(ends):
            if flows.max_partners[flow] > 0:
                by_flow[int(flow)].append(link)
        for flow in sorted(by_flow):
            most = int(flows.max_partners[flow])
            rows.add_count(by_flow[flow], most, RowKind.FLOW, flows.flow_id[flow])


def _one_way_rows(rows: RowBook, flows: FlowTable, offers: Ints, needs: Ints) -> None:
    """One way (route, processor) between the same two flows (6)."""
    order = np.lexsort((needs, offers))
    alike = (np.diff(offers[order]) == 0) & (np.diff(needs[order]) == 0)
    starts = np.flatnonzero(np.r_[True, ~alike]) if order.size else order
    ends = np.r_[starts[1:], order.size]
    for group in np.flatnonzero(ends - starts > 1).tolist():
        links = sorted(order[starts[group] : ends[group]].tolist())
        rows.add_count(links, 1, RowKind.PAIR, flows.flow_id[offers[links[0]]])


def _blending_rows(survey: Survey, candidates: Candidates, kept: Ints, arc_link: Ints) -> Rows:
    """What a need receives keeps its limits on average, in every period (7)."""
    rows = RowBook()
    flows, arcs = candidates.flows, candidates.arcs
    known = {(q.flow_id, q.parameter): q.value for q in survey.qualities if q.value is not None}
    limits = [q for q in survey.qualities if q.low is not None or q.high is not None]
    arcs_by_need: dict[int, list[int]] = defaultdict(list)
    for arc, link in enumerate(arc_link.tolist()):
        arcs_by_need[int(arcs.need[kept[link]])].append(arc)
    position = {flow_id: index for index, flow_id in enumerate(flows.flow_id)}
    for limit in sorted(limits, key=lambda q: (q.flow_id, q.parameter)):
        incoming = arcs_by_need.get(position.get(limit.flow_id, -1), [])
        for bound, sign in ((limit.high, 1.0), (limit.low, -1.0)):
            if bound is None or not incoming:
                continue
            excess = [
                sign
                * (known[flows.flow_id[arcs.offer[kept[arc_link[arc]]]], limit.parameter] - bound)
                * float(arcs.yield_per_unit[kept[arc_link[arc]]])
                for arc in incoming
            ]
            if max(excess) > 0:
                rows.add(incoming, 0.0, excess)
    return rows.freeze()


def _processor_rows(
    candidates: Candidates, kept: Ints, arc_link: Ints, machine_of_bundle: Ints
) -> tuple[Rows, Floats]:
    """What passes through one machine stays within its hours, every month (8).

    One row a machine, in hours: whatever it is asked to do, its hours are the same. A bundle that
    shares it out carries hours already (68): its arcs follow those of the exchange.
    """
    rows = RowBook()
    capacity: list[Floats] = []
    arcs, routes = candidates.arcs, candidates.routes
    by_machine: dict[tuple[int, str], list[int]] = defaultdict(list)
    for arc in np.flatnonzero(arcs.processor[kept[arc_link]] >= 0).tolist():
        link = arc_link[arc]
        step = routes[arcs.route[kept[link]]].processor_step
        if step is not None:
            by_machine[int(arcs.processor[kept[link]]), step.key].append(arc)
    machines = candidates.processors
    passing: dict[tuple[int, str], list[tuple[int, float]]] = defaultdict(list)
    hours: dict[tuple[int, str], Floats] = {}
    for index, site in enumerate(machines.site.tolist()):
        machine = site, machines.equipment[index]
        hours[machine] = machines.hours_by_month[index]
        hours_a_unit = 1.0 / float(machines.throughput_per_h[index])
        through = by_machine.get((site, machines.compatibility[index]), [])
        passing[machine] += [(arc, hours_a_unit) for arc in through]
        shared = np.flatnonzero(machine_of_bundle == index).tolist()
        passing[machine] += [(arc_link.size + bundle, 1.0) for bundle in shared]
    for machine in sorted(machine for machine, entries in passing.items() if entries):
        entries = sorted(passing[machine])
        rows.add([arc for arc, _ in entries], 0.0, [each for _, each in entries])
        capacity.append(hours[machine])
    return rows.freeze(), np.array(capacity) if capacity else np.empty((0, 12))
