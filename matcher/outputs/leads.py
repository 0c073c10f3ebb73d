"""Proposals as the agent reads them: numbered, named, sorted into quick leads and projects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.outputs.labels import Labels
from matcher.plan import Delay, Plan, Proposal, Role
from matcher.wording import Language

GIVING = (Role.GIVER, Role.HOST)
TAKING = (Role.TAKER, Role.USER)
BETWEEN = (Role.PROCESSOR,)

QUICK, PROJECT, INTERNAL = "quick", "project", "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """One proposal with its number on every page, its list and its names."""

    number: int
    section: str
    proposal: Proposal
    family: str
    object: str
    delivered: str
    route: str
    title: str


def leads_of(plan: Plan, language: Language) -> tuple[Lead, ...]:
    """Quick leads, then projects, then what stays inside one firm; the numbers run through.

    The order inside a list is the plan's own (by gain, as the matching leaves it).
    """
    labels = Labels(plan=plan, language=language)
    sorted_in = [
        (QUICK, [item for item in plan.proposals if item.delay is Delay.UNDER_3_MONTHS]),
        (PROJECT, [item for item in plan.proposals if item.delay is not Delay.UNDER_3_MONTHS]),
        (INTERNAL, list(plan.internal)),
    ]
    leads: list[Lead] = []
    for section, proposals in sorted_in:
        for proposal in proposals:
            leads.append(_lead(proposal, section, len(leads) + 1, labels))
    return tuple(leads)


def _lead(proposal: Proposal, section: str, position: int, labels: Labels) -> Lead:
    first = next((party for party in proposal.parties if party.role in GIVING), proposal.parties[0])
    last = next((party for party in proposal.parties if party.role in TAKING), first)
    name = labels.declaration(first.declaration_id)
    route = _route(proposal, labels)
    return Lead(
        number=position,
        section=section,
        proposal=proposal,
        family=labels.family(first.declaration_id),
        object=name,
        delivered=labels.declaration(last.declaration_id),
        route=route,
        title=labels.say("lead-title", object=name, route=route),
    )


def _route(proposal: Proposal, labels: Labels) -> str:
    """Who gives to whom: ``A → B``, ``A → B, en passant par C``, or ``A, B et C`` for a group."""
    givers = _names(proposal, GIVING, labels)
    takers = _names(proposal, TAKING, labels)
    processors = _names(proposal, BETWEEN, labels)
    if not givers or not takers:
        return labels.joined(_names(proposal, tuple(Role), labels))
    return labels.say(
        "route-processor" if processors else "route-pair",
        givers=labels.joined(givers),
        takers=labels.joined(takers),
        processors=labels.joined(processors),
    )


def _names(proposal: Proposal, roles: Iterable[Role], labels: Labels) -> list[str]:
    wanted = set(roles)
    names = [labels.site(party.site_id) for party in proposal.parties if party.role in wanted]
    return list(dict.fromkeys(names))
