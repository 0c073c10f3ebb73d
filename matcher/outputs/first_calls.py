"""Whom to call first on Monday: the leads that bring most for an hour of the agent's time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.outputs.labels import Labels
from matcher.outputs.leads import GIVING, INTERNAL, TAKING, Lead
from matcher.plan import CheckSeverity, Confidence, Proposal

MOST_CALLS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCall:
    """One lead to call about: whom, in which order, what to ask, what to settle beforehand."""

    lead: Lead
    names: str
    question: str
    before: str
    doubt: str


def first_calls(leads: Iterable[Lead], labels: Labels) -> tuple[FirstCall, ...]:
    """The three leads whose gain, taken at its low end, is largest for an hour of support.

    What stays inside one firm needs no call, and a lead that may lose money is none to start with.
    """
    ranked = sorted(
        (lead for lead in leads if lead.section != INTERNAL and _per_hour(lead.proposal) > 0),
        key=lambda lead: (-_per_hour(lead.proposal), lead.number),
    )
    return tuple(_call(lead, labels) for lead in ranked[:MOST_CALLS])


def shared_before(calls: tuple[FirstCall, ...]) -> str:
    """What is to be settled for every one of them, to be said once; empty where they differ."""
    return calls[0].before if len({call.before for call in calls}) == 1 < len(calls) else ""


def _per_hour(proposal: Proposal) -> float:
    gain = proposal.gain_eur_per_year
    low = gain.value if gain.low is None else gain.low
    return (low or 0.0) / max(proposal.effort_hours, 1.0)


def _call(lead: Lead, labels: Labels) -> FirstCall:
    proposal = lead.proposal
    first = [party for party in proposal.parties if party.role in GIVING]
    then = [party for party in proposal.parties if party.role in TAKING]
    others = [party for party in proposal.parties if party not in first and party not in then]
    names = [
        labels.say(
            "name-and-role",
            name=labels.site(party.site_id),
            role=labels.word("role", party.role),
        )
        for party in (*first, *then, *others)
    ]
    if proposal.questions:
        question = proposal.questions[0].text(labels.language)
    else:
        question = proposal.first_step.text(labels.language)
    blocking = [
        check.question[labels.language]
        for check in proposal.checks
        if check.severity is CheckSeverity.BLOCKING
    ]
    return FirstCall(
        lead=lead,
        names=labels.say("then").join(dict.fromkeys(names)),
        question=question,
        before=blocking[0] if blocking else "",
        doubt=""
        if proposal.confidence is Confidence.HIGH or not proposal.confidence_reasons
        else proposal.confidence_reasons[0].text(labels.language),
    )
