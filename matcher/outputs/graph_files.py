"""The plan as a graph for Gephi and as points for a map. Both hold names: confidential."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import networkx as nx

from matcher.outputs.labels import Labels
from matcher.outputs.leads import BETWEEN, GIVING, INTERNAL, TAKING, Lead, leads_of
from matcher.plan import Party, Plan
from matcher.wording import Language

DEGREE_DIGITS = 6  # about a decimetre: RFC 7946, section 11.2, asks for no more than is known


def write_graphml(plan: Plan, path: Path, language: Language) -> None:
    """Write sites and leads as a directed multigraph with typed attributes."""
    nx.write_graphml(graph_of(plan, language), path, encoding="utf-8", named_key_ids=True)


def graph_of(plan: Plan, language: Language) -> nx.MultiDiGraph[str]:
    """Sites as nodes, leads as edges from giver to taker (through the processor, if any).

    A lead of a group (a shared job, a common purchase) is a node of its own, ``lead <number>``,
    with one edge from each member. A value that is not known is left out, not written as zero.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        notice=Labels(plan=plan, language=language).say("confidential")
    )
    for site_id, site in sorted(plan.sites.items()):
        graph.add_node(
            site_id,
            **_known(
                label=site.name,
                kind=site.kind,
                firm=site.firm_id,
                activity_code=site.activity_code,
                commune_code=site.commune_code,
                park=site.park,
                cluster=site.cluster,
                flow_t_per_year=_float(site.flow_t_per_year),
                flow_mwh_per_year=_float(site.flow_mwh_per_year),
                flow_m3_per_year=_float(site.flow_m3_per_year),
                latitude=None if site.latitude is None else float(site.latitude),
                longitude=None if site.longitude is None else float(site.longitude),
            ),
        )
    for lead in leads_of(plan, language):
        for number, (start, end) in enumerate(steps_of(lead)):
            if end not in graph:
                graph.add_node(end, label=lead.title, kind="group")
            graph.add_edge(start, end, key=f"{lead.proposal.proposal_id}.{number}", **_edge(lead))
    return graph


def steps_of(lead: Lead) -> tuple[tuple[str, str], ...]:
    """The edges of one lead, as pairs of node ids; a group's members all point to ``lead <n>``."""
    parties = lead.proposal.parties
    givers = _sites(parties, GIVING)
    takers = _sites(parties, TAKING)
    between = _sites(parties, BETWEEN)
    if not givers or not takers:
        hub = f"lead {lead.number}"
        return tuple((site_id, hub) for site_id in dict.fromkeys(p.site_id for p in parties))
    stops = [givers, *([site_id] for site_id in between), takers]
    return tuple(
        (start, end) for left, right in itertools.pairwise(stops) for start in left for end in right
    )


def _sites(parties: tuple[Party, ...], roles: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(party.site_id for party in parties if party.role in roles))


def _edge(lead: Lead) -> dict[str, Any]:
    proposal = lead.proposal
    return _known(
        number=lead.number,
        list=lead.section,
        kind=proposal.kind.value,
        family=lead.family,
        object=lead.object,
        amount_per_year=_float(proposal.amount_per_year),
        unit=proposal.unit,
        one_off=proposal.one_off,
        distance_km=_float(proposal.distance_km),
        weight=_float(max(proposal.gain_eur_per_year.value or 0.0, 0.0)),
        gain_eur_per_year=_float(proposal.gain_eur_per_year.value),
        gain_low=_float(proposal.gain_eur_per_year.low),
        gain_high=_float(proposal.gain_eur_per_year.high),
        avoided_tco2e_per_year=_float(proposal.avoided_tco2e_per_year.value),
        diverted_t_per_year=_float(proposal.diverted_t_per_year.value),
        confidence=proposal.confidence.value,
        inferred=proposal.inferred,
        delay=proposal.delay.value,
    )


def _float(value: float | None) -> float | None:
    """For people who read it in a table: to the cent, the kilogram, ten metres."""
    return None if value is None else round(float(value), 2)


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def write_geojson(plan: Plan, path: Path, language: Language) -> None:
    """Write the sites as points, WGS 84, longitude first (RFC 7946)."""
    collection = {"type": "FeatureCollection", "features": _features(plan, language)}
    text = json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def _features(plan: Plan, language: Language) -> list[dict[str, Any]]:
    labels = Labels(plan=plan, language=language)
    leads: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads_of(plan, language):
        if lead.section != INTERNAL:
            for site_id in dict.fromkeys(party.site_id for party in lead.proposal.parties):
                leads[site_id].append(lead)
    features: list[dict[str, Any]] = []
    for site_id, site in sorted(plan.sites.items()):
        geometry = None  # RFC 7946, section 3.2: a feature without a place
        if site.latitude is not None and site.longitude is not None:
            geometry = {
                "type": "Point",
                "coordinates": [
                    round(site.longitude, DEGREE_DIGITS),
                    round(site.latitude, DEGREE_DIGITS),
                ],
            }
        features.append(
            {
                "type": "Feature",
                "id": site_id,
                "geometry": geometry,
                "properties": {
                    "name": site.name,
                    "kind": site.kind,
                    "activity_code": site.activity_code,
                    "commune_code": site.commune_code,
                    "park": site.park,
                    "cluster": site.cluster,
                    "flow_t_per_year": site.flow_t_per_year,
                    "flow_mwh_per_year": site.flow_mwh_per_year,
                    "flow_m3_per_year": site.flow_m3_per_year,
                    "leads": len(leads[site_id]),
                    "lead_titles": "\n".join(lead.title for lead in leads[site_id]),
                    "gain_eur_per_year": round(_gain(site_id, leads[site_id]), 2),
                    "notice": labels.say("confidential"),
                },
            }
        )
    return features


def _gain(site_id: str, leads: list[Lead]) -> float:
    """What the yearly leads bring one site, EUR a year; one-off ones are not counted."""
    return sum(
        party.gain_eur_per_year
        for lead in leads
        if not lead.proposal.one_off
        for party in lead.proposal.parties
        if party.site_id == site_id
    )
