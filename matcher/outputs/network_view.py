"""The network as marks on a drawing: circles, lines and the words of the side panel."""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.outputs.graph_files import steps_of
from matcher.outputs.labels import Labels
from matcher.outputs.layout import Box, place
from matcher.outputs.leads import INTERNAL, Lead, leads_of
from matcher.plan import Plan, SiteView
from matcher.wording import Language

FAMILY_COLOURS = {
    "matter": "#8a4b08", "energy": "#b3261e", "water": "#1f5fa8",
    "equipment": "#6a3fa0", "jobs": "#1d6b34", "services": "#5f5a00",
}  # fmt: skip
CLUSTER_FILLS = ("#cfe3e1", "#f1dcc3", "#d5dff0", "#e4d8f0", "#d9ead9", "#eeeac8")
OTHER_FILL, ALONE_FILL = "#e3e3df", "#ffffff"

MOST_DRAWN = 240
"""Circles on one drawing; beyond, those with the smallest gain are in the table only."""

LEAST_RADIUS, MOST_RADIUS = 9.0, 36.0
LABEL_CHARACTERS, LABEL_LINES, CHARACTER_PX, LINE_PX = 18, 3, 8.4, 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A circle (a site) or a diamond (a group lead)."""

    node_id: str
    name: str
    lines: tuple[str, ...]
    x: int
    y: int
    radius: float
    fill: str
    is_group: bool
    is_linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A line of one lead, from ``start`` to ``end``; ``bend`` keeps parallel lines apart."""

    edge_id: str
    lead: Lead
    start: Node
    end: Node
    width: float
    bend: float

    @property
    def status(self) -> str:
        """Whether the lead stands on a supposed flow."""
        return "supposed" if self.lead.proposal.inferred else "declared"

    @property
    def colour(self) -> str:
        """The colour of its family."""
        return FAMILY_COLOURS.get(self.lead.family, FAMILY_COLOURS["matter"])

    @property
    def path(self) -> str:
        """The line as an SVG path, from rim to rim."""
        across, down = self.end.x - self.start.x, self.end.y - self.start.y
        length = math.hypot(across, down) or 1.0
        middle_x = (self.start.x + self.end.x) / 2 + self.bend * down
        middle_y = (self.start.y + self.end.y) / 2 - self.bend * across
        start = _towards(self.start, middle_x, middle_y, self.start.radius)
        end = _towards(self.end, middle_x, middle_y, self.end.radius + min(8.0, length / 4))
        return f"M{start[0]} {start[1]}Q{middle_x:.1f} {middle_y:.1f} {end[0]} {end[1]}"


def _towards(node: Node, x: float, y: float, distance: float) -> tuple[float, float]:
    length = math.hypot(x - node.x, y - node.y) or 1.0
    return (
        round(node.x + (x - node.x) / length * distance, 1),
        round(node.y + (y - node.y) / length * distance, 1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """Everything that is drawn, and how many sites are not."""

    leads: tuple[Lead, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    not_drawn: int

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of what holds every circle and name."""
        if not self.nodes:
            return 0, 0, 100, 100
        half = LABEL_CHARACTERS * CHARACTER_PX / 2
        left = min(node.x - max(half, node.radius) for node in self.nodes) - 12
        right = max(node.x + max(half, node.radius) for node in self.nodes) + 12
        top = min(node.y - node.radius for node in self.nodes) - 36
        bottom = max(node.y + node.radius + len(node.lines) * LINE_PX for node in self.nodes) + 20
        return round(left), round(top), round(right - left), round(bottom - top)


def network_view(plan: Plan, language: Language) -> NetworkView:
    """Place the sites and the leads of a plan."""
    labels = Labels(plan=plan, language=language)
    leads = tuple(lead for lead in leads_of(plan, language) if lead.section != INTERNAL)
    steps = {lead.number: steps_of(lead) for lead in leads}
    drawn = _drawn(plan, leads)
    kept = set(drawn)
    neighbours: dict[str, list[str]] = defaultdict(list)
    for pairs in steps.values():
        for start, end in pairs:
            neighbours[start].append(end)
            neighbours[end].append(start)
    hubs = {
        end: lead
        for lead in leads
        for start, end in steps[lead.number]
        if end not in plan.sites and start in kept
    }
    radius = _radii([plan.sites[site_id] for site_id in drawn], plan)
    fills = _fills(plan)
    lines = {site_id: _lines(labels.site(site_id)) for site_id in drawn}
    lines |= {hub: _lines(lead.object) for hub, lead in hubs.items()}
    radius |= dict.fromkeys(hubs, LEAST_RADIUS)
    boxes = [_box(node_id, lines[node_id], radius[node_id], plan) for node_id in (*drawn, *hubs)]
    centres = place(boxes, neighbours)
    nodes = {
        node_id: Node(
            node_id=node_id,
            name=labels.site(node_id) if node_id not in hubs else hubs[node_id].object,
            lines=lines[node_id],
            x=centres[node_id][0],
            y=centres[node_id][1],
            radius=radius[node_id],
            fill=fills.get(node_id, ALONE_FILL),
            is_group=node_id in hubs,
            is_linked=bool(neighbours.get(node_id)),
        )
        for node_id in centres
    }
    return NetworkView(
        leads=leads,
        nodes=tuple(nodes.values()),
        edges=_edges(leads, steps, nodes),
        not_drawn=len(plan.sites) - len(drawn),
    )


def _drawn(plan: Plan, leads: Sequence[Lead]) -> list[str]:
    """Sites on the drawing: those with leads first, by gain, then the others, up to the limit."""
    gain: dict[str, float] = defaultdict(float)
    for lead in leads:
        for party in lead.proposal.parties:
            gain[party.site_id] += abs(party.gain_eur_per_year) + 1e-6
    ranked = sorted(plan.sites, key=lambda site_id: (-gain.get(site_id, 0.0), site_id))
    return sorted(ranked[:MOST_DRAWN])


def _radii(sites: Sequence[SiteView], plan: Plan) -> dict[str, float]:
    """Areas follow the site's share of the tonnes, MWh and m3 declared over the territory."""
    shares: dict[str, float] = defaultdict(float)
    for name in ("flow_t_per_year", "flow_mwh_per_year", "flow_m3_per_year"):
        total = sum(getattr(site, name) or 0.0 for site in plan.sites.values())
        for site in sites:
            if total > 0:
                shares[site.site_id] += (getattr(site, name) or 0.0) / total
    most = max(shares.values(), default=0.0)
    return {
        site.site_id: round(
            max(LEAST_RADIUS, MOST_RADIUS * math.sqrt(shares[site.site_id] / most))
            if most > 0
            else LEAST_RADIUS,
            1,
        )
        for site in sites
    }


def _fills(plan: Plan) -> dict[str, str]:
    """One pale ground a cluster; the six largest have one of their own."""
    members: dict[int, list[str]] = defaultdict(list)
    for site_id, site in plan.sites.items():
        if site.cluster is not None:
            members[site.cluster].append(site_id)
    ranked = sorted(members, key=lambda cluster: (-len(members[cluster]), cluster))
    return {
        site_id: CLUSTER_FILLS[rank] if rank < len(CLUSTER_FILLS) else OTHER_FILL
        for rank, cluster in enumerate(ranked)
        for site_id in members[cluster]
    }


def _lines(name: str) -> tuple[str, ...]:
    """A name on at most three short lines."""
    lines = textwrap.wrap(name, LABEL_CHARACTERS, break_long_words=True) or [""]
    if len(lines) > LABEL_LINES:
        lines = [*lines[: LABEL_LINES - 1], f"{lines[LABEL_LINES - 1][: LABEL_CHARACTERS - 1]}…"]
    return tuple(lines)


def _box(node_id: str, lines: tuple[str, ...], radius: float, plan: Plan) -> Box:
    site = plan.sites.get(node_id)
    widest = max(len(line) for line in lines) * CHARACTER_PX
    drop = len(lines) * LINE_PX
    return Box(
        node_id=node_id,
        width=max(widest, 2 * radius) + 14,
        height=2 * radius + drop + 14,
        drop=drop,
        latitude=None if site is None else site.latitude,
        longitude=None if site is None else site.longitude,
    )


def _edges(
    leads: Sequence[Lead],
    steps: Mapping[int, tuple[tuple[str, str], ...]],
    nodes: Mapping[str, Node],
) -> tuple[Edge, ...]:
    most = max((lead.proposal.gain_eur_per_year.value or 0.0 for lead in leads), default=0.0)
    between: dict[frozenset[str], int] = defaultdict(int)
    edges: list[Edge] = []
    for lead in leads:
        gain = max(lead.proposal.gain_eur_per_year.value or 0.0, 0.0)
        for place_in_lead, (start, end) in enumerate(steps[lead.number]):
            if start not in nodes or end not in nodes:
                continue
            rank = between[frozenset((start, end))]
            between[frozenset((start, end))] += 1
            edges.append(
                Edge(
                    edge_id=f"{lead.number}.{place_in_lead}",
                    lead=lead,
                    start=nodes[start],
                    end=nodes[end],
                    width=round(1.5 + 7.5 * math.sqrt(gain / most), 1) if most > 0 else 2.0,
                    bend=round(0.08 + 0.1 * rank, 2),
                )
            )
    return tuple(edges)
