"""Why a proposal is made: what fits, what it saves, what binds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matcher.candidates import Candidates
from matcher.catalogue import Catalogue
from matcher.leads.links import ChosenLink
from matcher.plan import Audience, Message, Proposal, Reason

BINDING_SHARE = 0.999
"""A month counts as full when the link takes this share of what is there (rounding apart)."""


def reasons_for(
    proposal: Proposal, link: ChosenLink, candidates: Candidates, catalogue: Catalogue
) -> tuple[Reason, ...]:
    """Why this proposal: what fits, what it saves, what binds. Prices are for the agent only."""
    return tuple(_reasons(proposal, link, candidates, catalogue))


def _reasons(
    proposal: Proposal, link: ChosenLink, candidates: Candidates, catalogue: Catalogue
) -> Iterator[Reason]:
    arcs, flows, arc, by_month = candidates.arcs, candidates.flows, link.arc, link.by_month
    opening = float(arcs.opening_cost[arc]) - link.saved_eur
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
        opening=opening,
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
        yield _agent("annuity", capex=proposal.capex_eur, annuity=opening)


def _known(value: float) -> float:
    return 0.0 if np.isnan(value) else float(value)


def _firm(code: str, **values: object) -> Reason:
    return Reason(message=Message(code=f"reasons.{code}", values=values), audience=Audience.FIRM)


def _agent(code: str, **values: object) -> Reason:
    return Reason(message=Message(code=f"reasons.{code}", values=values), audience=Audience.AGENT)
