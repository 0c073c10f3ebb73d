"""Where each site stands in the network of leads: what passes through it, what it holds together.

An *entreprise motrice* (anchor firm) is one on which much hangs: by flow, the share of the plan's
gain in leads that it takes part in (80); by position, how often it lies between two others (81),
or that the network falls apart without it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations

import networkx as nx

from matcher.plan import Proposal, SiteStanding

# A site is an anchor when this share of the gain passes through it, over so many leads; or when its
# network falls into so many pieces without it. Engineering judgement: few, and worth a visit.
ANCHOR_SHARE, ANCHOR_LEADS = 0.1, 2
ANCHOR_PIECES = 3


def standings(proposals: Iterable[Proposal]) -> tuple[SiteStanding, ...]:
    """One a site that has a lead; those through whom most passes first."""
    proposals = tuple(proposals)
    graph = network(proposals)
    through: dict[str, float] = defaultdict(float)
    leads: Counter[str] = Counter()
    for proposal in proposals:
        for site_id in _sites(proposal):
            through[site_id] += proposal.gain_eur_per_year.value or 0.0
            leads[site_id] += 1
    total = sum(proposal.gain_eur_per_year.value or 0.0 for proposal in proposals)
    between = nx.betweenness_centrality(graph)
    cuts = frozenset(nx.articulation_points(graph))
    found = []
    for site_id in sorted(leads):
        share = through[site_id] / total if total > 0 else 0.0
        pieces = _pieces(graph, site_id) if site_id in cuts else 1
        is_hub = share >= ANCHOR_SHARE and leads[site_id] >= ANCHOR_LEADS
        found.append(
            SiteStanding(
                site_id=site_id,
                leads=leads[site_id],
                gain_eur=through[site_id],
                share=share,
                betweenness=float(between[site_id]),
                pieces=pieces,
                is_anchor=is_hub or pieces >= ANCHOR_PIECES,
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.gain_eur, each.site_id)))


def network(proposals: Iterable[Proposal]) -> nx.Graph[str]:
    """Sites, joined where they are in one lead; a group joins each to each."""
    graph: nx.Graph[str] = nx.Graph()
    for proposal in proposals:
        sites = _sites(proposal)
        graph.add_nodes_from(sites)
        graph.add_edges_from(combinations(sites, 2))
    return graph


def _sites(proposal: Proposal) -> list[str]:
    return sorted({party.site_id for party in proposal.parties})


def _pieces(graph: nx.Graph[str], site_id: str) -> int:
    """Into how many pieces the neighbours of a site fall without it."""
    rest = graph.subgraph(set(nx.node_connected_component(graph, site_id)) - {site_id})
    return int(nx.number_connected_components(rest))
