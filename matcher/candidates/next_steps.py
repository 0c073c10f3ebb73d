"""What a lead asks of people: what to do first, what to ask, how long, what to sign."""

from __future__ import annotations

from matcher.catalogue import Compatibility, Kind, Resource
from matcher.terms import Delay, Message

HOURS_QUICK_WIN, HOURS_PROJECT = 8.0, 60.0
"""Hours of the EPCI's animation until agreement (engineering judgement)."""


def delay_of(steps: tuple[Compatibility, ...], capex_eur: float) -> Delay:
    """The longest of the route's steps; whatever needs capital takes more than three months."""
    order = list(Delay)
    longest = max((order.index(Delay(step.delay)) for step in steps), default=0)
    if capex_eur > 0:
        longest = max(longest, order.index(Delay.MORE))
    return order[longest]


def effort_hours_of(delay: Delay) -> float:
    """Hours of animation of an exchange."""
    return HOURS_QUICK_WIN if delay is Delay.UNDER_3_MONTHS else HOURS_PROJECT


def instrument_of(given: Resource, capex_eur: float) -> str:
    """What would be signed."""
    if given.kind is Kind.ENERGY:
        return "heat_supply_contract"
    if given.kind is Kind.WATER:
        return "water_supply_agreement"
    return "supply_contract" if capex_eur == 0 else "supply_contract_with_works"


def first_step_of(steps: tuple[Compatibility, ...], given: Resource, capex_eur: float) -> Message:
    """What to do on Monday: the route's own question, else the usual first call."""
    for step in steps:
        if step.question_fr and step.question_en:
            return Message(
                code="proposal.first-step.ask",
                values={"question": {"fr": step.question_fr, "en": step.question_en}},
            )
    if capex_eur > 0:
        return Message(code="proposal.first-step.study")
    return Message(
        code="proposal.first-step.call",
        values={"resource": {"fr": given.label_fr, "en": given.label_en}},
    )


def questions_of(steps: tuple[Compatibility, ...]) -> tuple[Message, ...]:
    """What each step of the route asks."""
    return tuple(
        Message(
            code="proposal.question",
            values={"question": {"fr": step.question_fr, "en": step.question_en}},
        )
        for step in steps
        if step.question_fr and step.question_en
    )
