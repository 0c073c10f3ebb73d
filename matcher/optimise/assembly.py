"""From candidates to the arrays of the exchange model, and back.

Here the survey's words become rows: attention of sites and firms, partners of a flow, one way
between the same two flows, blending limits, processors, permits, temperature intervals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from matcher.candidates import Candidates, FlowTable
from matcher.declarations import PermitKind, Survey
from matcher.optimise.intervals import cut_into_intervals
from matcher.optimise.problem import Bools, ExchangeProblem, ExchangeSolution, Floats, Ints, Rows
from matcher.settings import Objective, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The model of a survey, with the way back from its positions.

    ``arc_of_link`` (L,) gives the candidate arc of each link; ``node_flow_offer`` (O,) and
    ``node_flow_need`` (N,) the flow of each node (several nodes a flow when heat is cut).
    """

    problem: ExchangeProblem
    arc_of_link: Ints
    node_flow_offer: Ints
    node_flow_need: Ints
    internal: Bools

    def amounts_by_link(self, solution: ExchangeSolution) -> Floats:
        """(L, 12) giver's units a month on each link."""
        amounts = np.zeros((len(self.arc_of_link), solution.amount.shape[1]))
        np.add.at(amounts, self.problem.arc_link, solution.amount)
        return amounts


def assemble(candidates: Candidates, survey: Survey, settings: Settings) -> Assembly:
    """Write the exchange model of a survey as arrays (equations in ``docs/model.md``)."""
    flows, arcs = candidates.flows, candidates.arcs
    pays = arcs.gain * arcs.most - arcs.opening_cost > 0
    if settings.objective is Objective.CO2E:
        value, opening = np.nan_to_num(arcs.avoided_tco2e), arcs.opening_tco2e
        kept = np.flatnonzero(pays & (value > 0))
    else:
        value, opening = arcs.gain, arcs.opening_cost
        kept = np.arange(len(arcs.offer))
    offer_flow = arcs.offer[kept].astype(np.int64)
    need_flow = arcs.need[kept].astype(np.int64)
    internal = flows.firm[offer_flow] == flows.firm[need_flow]

    nodes = cut_into_intervals(
        offer_flow=offer_flow,
        need_flow=need_flow,
        hot_c=flows.temperature_c,
        return_c=flows.return_temperature_c,
        delta_t_min_k=settings.delta_t_min_k,
    )
    supply = _by_month(flows, nodes.offer_flow) * nodes.offer_share[:, None]
    demand = _by_month(flows, nodes.need_flow) * nodes.need_share[:, None]

    rows = _RowBook()
    touched = _touched_sites(candidates, kept)
    _attention_rows(rows, survey, candidates, touched, internal, settings)
    _partner_rows(rows, flows.max_partners.astype(np.int64), offer_flow, need_flow)
    _one_way_rows(rows, offer_flow, need_flow)
    capacity_rows, capacity = _processor_rows(candidates, kept, nodes.arc_link)
    lot_offer = flows.min_lot[offer_flow]
    lot_need = flows.min_lot[need_flow] / arcs.yield_per_unit[kept]

    problem = ExchangeProblem(
        supply=supply,
        demand=demand,
        arc_offer=nodes.arc_offer,
        arc_need=nodes.arc_need,
        arc_link=nodes.arc_link,
        arc_yield=arcs.yield_per_unit[kept][nodes.arc_link],
        arc_gain=value[kept][nodes.arc_link],
        link_cost=opening[kept],
        link_lot=np.maximum(lot_offer, lot_need),
        link_weight=np.where(internal, 0.0, 1.0),
        link_rows=rows.freeze(),
        arc_rows=_blending_rows(survey, candidates, kept, nodes.arc_link),
        capacity_rows=capacity_rows,
        capacity=capacity,
        year_rows=_permit_rows(survey, candidates, kept, nodes.arc_link),
        max_links=settings.proposals,
    )
    return Assembly(
        problem=problem,
        arc_of_link=kept.astype(np.int64),
        node_flow_offer=nodes.offer_flow,
        node_flow_need=nodes.need_flow,
        internal=internal,
    )


def _by_month(flows: FlowTable, flow: Ints) -> Floats:
    """(len(flow), 12) amounts that add up to the year's to the last digit: the table is single."""
    by_month = flows.by_month[flow].astype(float)
    total = by_month.sum(axis=1, keepdims=True)
    scale = np.ones_like(total)
    np.divide(flows.amount[flow][:, None], total, out=scale, where=total > 0)
    return np.asarray(by_month * scale)


class _RowBook:
    """Collects sparse rows one at a time."""

    def __init__(self) -> None:
        self._row: list[int] = []
        self._column: list[int] = []
        self._coefficient: list[float] = []
        self._upper: list[float] = []

    def add(self, columns: Iterable[int], upper: float, coefficients: Iterable[float]) -> None:
        columns = list(columns)
        self._row += [len(self._upper)] * len(columns)
        self._column += columns
        self._coefficient += coefficients
        self._upper.append(upper)

    def add_count(self, columns: list[int], most: int) -> None:
        """At most ``most`` of these links; left out when it cannot bind."""
        if len(columns) > most:
            self.add(columns, float(most), [1.0] * len(columns))

    def freeze(self) -> Rows:
        return Rows(
            row=np.asarray(self._row, np.int64),
            column=np.asarray(self._column, np.int64),
            coefficient=np.asarray(self._coefficient, float),
            upper=np.asarray(self._upper, float),
        )


def _touched_sites(candidates: Candidates, kept: Ints) -> list[tuple[int, ...]]:
    """The sites that each link asks for attention: giver, taker, and the processor if any."""
    flows, arcs = candidates.flows, candidates.arcs
    return [
        tuple({int(giver), int(taker)} | ({int(between)} if between >= 0 else set()))
        for giver, taker, between in zip(
            flows.site[arcs.offer[kept]],
            flows.site[arcs.need[kept]],
            arcs.processor[kept],
            strict=True,
        )
    ]


def _attention_rows(
    rows: _RowBook,
    survey: Survey,
    candidates: Candidates,
    touched: list[tuple[int, ...]],
    internal: Bools,
    settings: Settings,
) -> None:
    """At most k proposals a site (8) and a firm (9); what is inside one firm is not counted."""
    by_site: dict[int, list[int]] = defaultdict(list)
    by_firm: dict[str, list[int]] = defaultdict(list)
    for link, sites in enumerate(touched):
        if internal[link]:
            continue
        firms = set()
        for site in sorted(sites):
            by_site[site].append(link)
            firms.add(survey.sites[candidates.flows.site_id[site]].firm_id)
        for firm in sorted(firms):
            by_firm[firm].append(link)
    for site in sorted(by_site):
        declared = survey.sites[candidates.flows.site_id[site]].max_proposals
        rows.add_count(
            by_site[site], settings.max_proposals_per_site if declared is None else declared
        )
    for firm in sorted(by_firm):
        rows.add_count(by_firm[firm], settings.max_proposals_per_firm)


def _partner_rows(rows: _RowBook, max_partners: Ints, offers: Ints, needs: Ints) -> None:
    """At most so many partners a flow (7)."""
    for ends in (offers, needs):
        by_flow: dict[int, list[int]] = defaultdict(list)
        for link, flow in enumerate(ends):
            if max_partners[flow] > 0:
                by_flow[int(flow)].append(link)
        for flow in sorted(by_flow):
            rows.add_count(by_flow[flow], int(max_partners[flow]))


def _one_way_rows(rows: _RowBook, offers: Ints, needs: Ints) -> None:
    """One way (route, processor) between the same two flows."""
    by_pair: dict[tuple[int, int], list[int]] = defaultdict(list)
    for link, pair in enumerate(zip(offers.tolist(), needs.tolist(), strict=True)):
        by_pair[pair].append(link)
    for pair in sorted(by_pair):
        rows.add_count(by_pair[pair], 1)


def _blending_rows(survey: Survey, candidates: Candidates, kept: Ints, arc_link: Ints) -> Rows:
    """What a need receives keeps its limits on average, in every period (6)."""
    rows = _RowBook()
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


def _processor_rows(candidates: Candidates, kept: Ints, arc_link: Ints) -> tuple[Rows, Floats]:
    """What passes through one processor stays within its machine's hours, every month (10)."""
    rows = _RowBook()
    capacity: list[Floats] = []
    arcs, routes = candidates.arcs, candidates.routes
    by_machine: dict[tuple[int, str], list[int]] = defaultdict(list)
    for arc, link in enumerate(arc_link.tolist()):
        step = routes[arcs.route[kept[link]]].processor_step
        if arcs.processor[kept[link]] >= 0 and step is not None:
            by_machine[int(arcs.processor[kept[link]]), step.key].append(arc)
    machines = candidates.processors
    for index, key in enumerate(zip(machines.site.tolist(), machines.compatibility, strict=True)):
        passing = by_machine.get(key, [])
        if passing:
            rows.add(passing, 0.0, [1.0] * len(passing))
            capacity.append(machines.by_month[index])
    return rows.freeze(), np.array(capacity) if capacity else np.empty((0, 12))


def _permit_rows(survey: Survey, candidates: Candidates, kept: Ints, arc_link: Ints) -> Rows:
    """What a site receives in a year stays within its permit (11), in the giver's tonnes."""
    rows = _RowBook()
    flows, arcs = candidates.flows, candidates.arcs
    limits: Mapping[str, float] = _yearly_limits(survey)
    by_site: dict[str, list[int]] = defaultdict(list)
    for arc, link in enumerate(arc_link.tolist()):
        site_id = flows.site_id[flows.site[arcs.need[kept[link]]]]
        if site_id in limits:
            by_site[site_id].append(arc)
    for site_id in sorted(by_site):
        rows.add(by_site[site_id], limits[site_id], [1.0] * len(by_site[site_id]))
    return rows.freeze()


def _yearly_limits(survey: Survey) -> dict[str, float]:
    """The sum of the yearly limits of a site's permits, when each of them has one."""
    limits: dict[str, list[float | None]] = defaultdict(list)
    for permit in survey.permits:
        if permit.kind is PermitKind.ICPE:
            limits[permit.site_id].append(permit.yearly_limit_t)
    return {
        site_id: sum(value for value in values if value is not None)
        for site_id, values in limits.items()
        if all(value is not None for value in values)
    }
