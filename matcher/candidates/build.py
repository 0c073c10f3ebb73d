"""From a survey to its candidates: the one call that the walk makes."""

from __future__ import annotations

import datetime
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.candidates.arcs import build_arcs
from matcher.candidates.figures import build_figures, build_route_table
from matcher.candidates.flows import build_flows
from matcher.candidates.links import Terms
from matcher.candidates.pricing import Reckoner
from matcher.candidates.processors import capacities, find_machines
from matcher.candidates.rules import build_rules
from matcher.candidates.table import ArcTable, Candidates, LeftOut, RefusedArcs
from matcher.catalogue import Catalogue
from matcher.declarations import Survey
from matcher.settings import Settings


def build_candidates(survey: Survey, catalogue: Catalogue, settings: Settings) -> Candidates:
    """Every link that could be proposed, every link that could not with its reason and gap.

    Arcs and refusals are sorted by offer, need, route and processor; positions are places in
    tables sorted by id, so that the order of the survey's rows changes nothing.

    Raises
    ------
    SettingsError
        When ``settings.as_of`` is not given: nothing here reads today's date.
    """
    day = settings.round_day
    terms, left_out = gather_terms(survey, catalogue, settings, day)
    machines = find_machines(survey, terms.flows, terms.routes, terms.rules, day)
    arcs, refused = build_arcs(terms, settings, machines)
    alone = np.ones(len(terms.flows.flow_id), np.bool_)
    for table in (arcs, refused):
        alone[table.offer] = False
        alone[table.need] = False
    for position in np.flatnonzero(alone).tolist():
        # Only its own site has the other end, or the machine in between is missing.
        left_out[terms.flows.flow_id[position]] = LeftOut.NO_PARTNER
    return Candidates(
        flows=terms.flows,
        routes=terms.routes.routes,
        arcs=_sorted_arcs(arcs),
        refused=_sorted_refused(refused),
        left_out=dict(sorted(left_out.items())),
        processors=capacities(machines),
        as_of=day,
        thermal=terms.routes.thermal,
        is_matter=terms.routes.asks_permit,
    )


def gather_terms(
    survey: Survey, catalogue: Catalogue, settings: Settings, as_of: datetime.date
) -> tuple[Terms, dict[str, LeftOut]]:
    """All that the gates read, and the flows that take no part."""
    flows, left_out = build_flows(survey, catalogue, settings, as_of)
    routes = build_route_table(catalogue)
    figures = build_figures(catalogue, settings, as_of)
    terms = Terms(
        flows=flows,
        routes=routes,
        figures=figures,
        rules=build_rules(survey, flows, as_of),
        reckoner=Reckoner(flows, routes, figures),
        as_of=as_of.toordinal(),
        objective=settings.objective,
    )
    return terms, left_out


def _order(table: ArcTable | RefusedArcs) -> NDArray[np.intp]:
    return np.lexsort((table.processor, table.route, table.need, table.offer))


def _columns(table: ArcTable | RefusedArcs, order: NDArray[np.intp]) -> dict[str, Any]:
    columns = {item.name: getattr(table, item.name) for item in fields(table)}
    return {name: column[order] for name, column in columns.items() if name != "detail"}


def _sorted_arcs(arcs: ArcTable) -> ArcTable:
    return replace(arcs, **_columns(arcs, _order(arcs)))


def _sorted_refused(refused: RefusedArcs) -> RefusedArcs:
    order = _order(refused)
    details = {
        place: refused.detail[at] for place, at in enumerate(order.tolist()) if at in refused.detail
    }
    return replace(refused, **_columns(refused, order), detail=details)
