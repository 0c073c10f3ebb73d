"""What became of a firm's answers, card by card, also without a lead.

What is said is a function of the firm's own rows, of the cards sent to it, of public tables and of
the calendar (R2): not of what was found in other firms' answers.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import suggest
from matcher.catalogue import load_catalogue
from webapp.config import TIMEZONE
from webapp.lifecycle import ResponseState, RoundState
from webapp.models import LeadRow, PartyRow, Response, Site
from webapp.operations import scope
from webapp.operations.firm.cards import name_of, tables_of
from webapp.policy import Action, Actor, FieldClass, ensure, is_allowed
from webapp.texts import Language

MOST_USES = 3
PATIENCE = datetime.timedelta(days=14)
"""After the day on which leads were planned, so long before « no lead this time » is said."""


class Stage(StrEnum):
    """Where a round's answers are, by the calendar."""

    NOT_SENT = "not_sent"
    OPEN = "open"  # sent, and still open to changes
    SEARCHING = "searching"
    OVER = "over"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What something serves for elsewhere, and in which trade: public knowledge."""

    use: str
    trade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOutcome:
    """One declaration. ``leads``: ids of those that were sent to the firm about it."""

    public_id: str
    table: str
    name: str
    leads: tuple[str, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One sheet. ``planned_on``: when the agent means to send leads, if it was said."""

    response_id: str
    round_name: str
    site: str
    stage: Stage
    planned_on: datetime.date | None
    cards: tuple[CardOutcome, ...]


def outcomes(
    session: Session, actor: Actor, language: Language, *, now: datetime.datetime
) -> list[Outcome]:
    """Every round that the firm was asked to, newest first."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    firm = scope.own_firm(session, actor)
    responses = session.scalars(
        select(Response).join(Site).where(Site.firm_id == firm.id).order_by(Response.id.desc())
    )
    return [
        Outcome(
            response_id=response.public_id,
            round_name=response.round.name,
            site=response.site.name,
            stage=_stage(response, now.astimezone(TIMEZONE).date()),
            planned_on=response.round.leads_planned_on,
            cards=_cards(session, actor, response, language),
        )
        for response in responses
        if response.state != ResponseState.LISTED
    ]


def _stage(response: Response, today: datetime.date) -> Stage:
    state = RoundState(response.round.state)
    if response.state == ResponseState.WITHDRAWN:
        return Stage.WITHDRAWN
    if response.state != ResponseState.SUBMITTED:
        return Stage.NOT_SENT
    if state in {RoundState.DRAFT, RoundState.OPEN}:
        return Stage.OPEN
    planned = response.round.leads_planned_on
    if planned is not None and today > planned + PATIENCE:
        return Stage.OVER
    is_over = state in {RoundState.PUBLISHED, RoundState.ARCHIVED, RoundState.PURGED}
    return Stage.OVER if is_over else Stage.SEARCHING


def _cards(
    session: Session, actor: Actor, response: Response, language: Language
) -> tuple[CardOutcome, ...]:
    sent: dict[int, list[str]] = {}
    if is_allowed(actor.role, Action.READ_LEADS, FieldClass.PARTNER):
        for party in session.scalars(
            select(PartyRow)
            .join(LeadRow)
            .where(PartyRow.firm_id == actor.firm_id, LeadRow.sent_at.is_not(None))
            .order_by(LeadRow.id)
        ):
            sent.setdefault(party.declaration_id, []).append(party.lead.public_id)
    found = []
    for item in response.declarations:
        if item.table not in tables_of(response, actor):
            continue
        row = scope.opened(session, response.firm, item.row)
        leads = tuple(sent.get(item.id, ()))
        is_offer = item.table == "flows" and row.get("direction") == "offer"
        found.append(
            CardOutcome(
                public_id=item.public_id,
                table=item.table,
                name=name_of(item.table, row, language),
                leads=leads,
                uses=uses_of(str(row.get("resource", "")), language) if is_offer else (),
            )
        )
    return tuple(found)


@lru_cache(maxsize=512)
def uses_of(words: str, language: Language) -> tuple[Use, ...]:
    """What such a thing serves for elsewhere, by the reference tables; perhaps nothing."""
    catalogue = load_catalogue()
    match = catalogue.resource_for(words) if words else None
    if match is None:
        return ()
    label = catalogue.resources[match.resource].label_fr
    uses: list[Use] = []
    for item in suggest(text=label).activities:
        trade = catalogue.activity_label(item.group, language)
        use = item.use_fr if language == "fr" else item.use_en
        if trade and use not in {known.use for known in uses}:
            uses.append(Use(use=use, trade=trade))
        if len(uses) == MOST_USES:
            break
    return tuple(uses)
