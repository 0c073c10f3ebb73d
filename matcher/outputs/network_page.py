"""``network.html``: sites as circles and leads as lines, from pyvis through our own template."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from pyvis.network import Network

from matcher.outputs.labels import Labels
from matcher.outputs.leads import Lead
from matcher.outputs.network_view import FAMILY_COLOURS, NetworkView, network_view
from matcher.outputs.page import PageFiles, render, template_text
from matcher.outputs.public_network import public_network
from matcher.plan import Plan
from matcher.wording import Language, say

VIS_SCRIPT = "lib/vis-9.1.2/vis-network.min.js"
"""The library that pyvis 0.3 carries; it goes into the page, so that no host is asked for it."""


def network_files() -> Mapping[str, str]:
    """What a server keeps apart for :func:`network_page`, by name: style, library, ours."""
    return {
        "network.css": template_text("style.css"),
        "vis-network.js": _vis_script(),
        "network.js": template_text("network.js"),
    }


def network_page(plan: Plan, language: Language, files: PageFiles | None = None) -> str:
    """The agent's network, as one HTML text that asks nothing of any host. It holds names.

    With ``files``, style and scripts are asked of the page's own host.
    """
    view = network_view(plan, language)
    labels = Labels(plan=plan, language=language)
    families = [
        family for family in FAMILY_COLOURS if any(e.lead.family == family for e in view.edges)
    ]
    return render(
        "network.html",
        language,
        {
            "plan": plan,
            "labels": labels,
            "view": view,
            "linked": len({p.site_id for lead in view.leads for p in lead.proposal.parties}),
            "families": families,
            "colours": FAMILY_COLOURS,
            "frame": view.frame,
            "data": _data(view, labels),
        },
        scripts=(_vis_script(), template_text("network.js")) if files is None else (),
        files=files,
    )


def public_network_page(plan: Plan, language: Language) -> str:
    """The public network: groups of activities, no name, no position, no figure."""
    return render(
        "public_network.html",
        language,
        {
            "plan": plan,
            "labels": Labels(plan=plan, language=language),
            "view": public_network(plan),
            "colours": FAMILY_COLOURS,
        },
    )


@cache
def _vis_script() -> str:
    """The drawing library without its map comment, which would name a file that is not there."""
    source = resources.files("pyvis").joinpath(*VIS_SCRIPT.split("/")).read_text("utf-8")
    return re.sub(r"//# sourceMappingURL=.*", "", source).replace("</script", "<\\/script")


def _data(view: NetworkView, labels: Labels) -> dict[str, Any]:
    """Nodes and edges as pyvis gives them, and the words of the panel."""
    drawing = Network(directed=True, cdn_resources="in_line")
    for node in view.nodes:
        drawing.add_node(
            node.node_id,
            label="\n".join(node.lines),
            shape="diamond" if node.is_group else "dot",
            size=node.radius,
            x=node.x,
            y=node.y,
            physics=False,
            borderWidth=1.5,
            color={
                "background": node.fill,
                "border": "#1d2a32",
                "highlight": {"background": node.fill, "border": "#0b5d57"},
            },
        )
    for edge in view.edges:
        drawing.add_edge(
            edge.start.node_id,
            edge.end.node_id,
            id=edge.edge_id,
            width=edge.width,
            dashes=edge.status == "supposed",
            arrows="to",
            color={"color": edge.colour, "highlight": edge.colour, "hover": edge.colour},
            smooth={"enabled": True, "type": "curvedCW", "roundness": edge.bend},
        )
    nodes, edges, *_ = drawing.get_network_data()
    return {
        "nodes": nodes,
        "edges": edges,
        "leads": {str(lead.number): _lead_words(lead, labels) for lead in view.leads},
        "sites": _site_words(view, labels),
        "words": {
            name: say(f"network.script.{name}", labels.language)
            for name in ("shown", "not-found", "falls", "falls-off", "leads", "none", "file")
        },
    }


def _lead_words(lead: Lead, labels: Labels) -> dict[str, Any]:
    proposal = lead.proposal
    language = labels.language
    facts = [
        ("gain", labels.money(proposal.gain_eur_per_year.value, one_off=proposal.one_off)),
        ("interval", labels.money_range(proposal.gain_eur_per_year)),
        ("amount", labels.given(proposal)),
        ("distance", labels.distance(proposal.distance_km)),
        ("delay", labels.word("delay", proposal.delay)),
        ("confidence", labels.word("confidence", proposal.confidence)),
    ]
    return {
        "title": f"{lead.number}. {lead.object}",
        "route": lead.route,
        "family": lead.family,
        "kind": labels.word("family", lead.family),
        "status": "supposed" if proposal.inferred else "declared",
        "section": lead.section,
        "gain": labels.money(proposal.gain_eur_per_year.value, one_off=proposal.one_off),
        "sites": list(dict.fromkeys(party.site_id for party in proposal.parties)),
        "facts": [[say(f"network.fact.{name}", language), text] for name, text in facts if text],
        "step": proposal.first_step.text(language),
        "note": say("network.supposed-note", language) if proposal.inferred else "",
    }


def _site_words(view: NetworkView, labels: Labels) -> dict[str, Any]:
    """What the panel says of each site, all sites of the plan included."""
    numbers: dict[str, list[int]] = defaultdict(list)
    lost: dict[str, float] = defaultdict(float)
    for lead in view.leads:
        for site_id in dict.fromkeys(party.site_id for party in lead.proposal.parties):
            numbers[site_id].append(lead.number)
            if not lead.proposal.one_off:
                lost[site_id] += lead.proposal.gain_eur_per_year.value or 0.0
    return {
        site_id: {
            "name": site.name,
            "leads": numbers[site_id],
            "facts": [
                [say(f"network.fact.{name}", labels.language), text]
                for name, text in (
                    ("kind", labels.word("site-kind", site.kind)),
                    ("activity", site.activity_code or ""),
                    ("park", site.park or ""),
                    ("cluster", "" if site.cluster is None else str(site.cluster)),
                    ("matter", _flow(site.flow_t_per_year, "t/year", labels)),
                    ("energy", _flow(site.flow_mwh_per_year, "MWh/year", labels)),
                    ("water", _flow(site.flow_m3_per_year, "m3/year", labels)),
                )
                if text
            ],
            "falls": say(
                "network.falls-sentence",
                labels.language,
                leads=len(numbers[site_id]),
                gain=lost[site_id],
            )
            if numbers[site_id]
            else "",
        }
        for site_id, site in sorted(labels.plan.sites.items())
    }


def _flow(value: float | None, unit: str, labels: Labels) -> str:
    return "" if value is None else labels.figure(value, unit)
