"""Reviewing leads: both cards as each firm will read them, and the reckoning between."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.disclosure import COARSEST, Card, OwnGain
from webapp.lifecycle import LEAD, Decision, LeadState, LeadStep, edited, next_state, withdrawn
from webapp.mapping.leads import card_at, card_from, gain_from
from webapp.models import (
    Call,
    Declaration,
    ErasedError,
    LeadRow,
    PartyRow,
    Response,
    Run,
    vault_of,
)
from webapp.operations import journal, scope
from webapp.operations.errors import OperationError
from webapp.operations.lead_rows import rules_view, store
from webapp.operations.territory.bundling import others_between
from webapp.policy import Action, Actor, FieldClass, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedParty:
    """One side, to the agent: who it is, and the card by which the others will know it."""

    place: int
    site: str
    firm: str
    firm_id: str
    role: str
    secrecy: str
    direction: str
    label: Mapping[str, str]
    card: Card
    own_gain: OwnGain | None
    is_supposed: bool
    behind: int
    risk_signed: bool
    decision: Decision
    phoned_at: datetime.datetime | None
    answer: Mapping[str, str]
    calls: int
    refusals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedLead:
    """A lead, to the agent. ``reckoning`` is the proposal of ``plan.json``; None: erased."""

    public_id: str
    round_id: str
    state: LeadState
    version: int
    rank: int
    kind: str
    is_waste: bool
    answer_by: datetime.datetime | None
    reckoning: Mapping[str, Any] | None
    parties: tuple[ReviewedParty, ...]
    is_bundled: bool
    refused_before: bool
    others: tuple[tuple[str, int], ...] = ()  # id and rank of what else is between the same firms
    next_best: tuple[str, ...] = ()  # sites that could come in, should one say no
    following: str | None = None  # the next lead that waits to be reviewed


def leads_of_round(
    session: Session, actor: Actor, round_id: str, *, now: datetime.datetime
) -> list[ReviewedLead]:
    """Every lead of a round, best first; the look is logged for each firm."""
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    leads = list(
        session.scalars(select(LeadRow).where(LeadRow.round_id == row.id).order_by(LeadRow.rank))
    )
    journal.record(session, actor, "leads_read", row.public_id, now=now, leads=len(leads))
    kept = [lead for lead in leads if all(party.firm.sealing_key for party in lead.parties)]
    return [_reviewed(session, lead) for lead in kept]


def review(session: Session, actor: Actor, lead_id: str, *, now: datetime.datetime) -> ReviewedLead:
    """One lead; the look is logged for each of its firms."""
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.lead_in(session, actor, lead_id)
    for party in row.parties:
        journal.record(session, actor, "lead_read", row.public_id, now=now, firm=party.firm)
    others = tuple((lead.public_id, lead.rank) for lead in others_between(session, row))
    found = _reviewed(session, row)
    return dataclasses.replace(
        found,
        others=others,
        next_best=_next_best(session, row, (found.reckoning or {}).get("alternatives", ())),
        following=session.scalar(
            select(LeadRow.public_id)
            .where(
                LeadRow.round_id == row.round_id,
                LeadRow.state == LeadState.DRAFT,
                LeadRow.rank > row.rank,
            )
            .order_by(LeadRow.rank)
            .limit(1)
        ),
    )


def curve(session: Session, actor: Actor, round_id: str) -> list[tuple[int, float]]:
    """What so many leads would bring together, EUR a year, at most; empty before any run."""
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    run = session.scalar(select(Run).where(Run.round_id == row.id).order_by(Run.id.desc()).limit(1))
    points = [] if run is None else run.report["curve"]
    return [(point["proposals"], point["gain_eur_per_year"]) for point in points]


def _next_best(session: Session, row: LeadRow, names: Sequence[str]) -> tuple[str, ...]:
    found = session.scalars(
        select(Declaration)
        .join(Response)
        .where(
            Response.round_id == row.round_id,
            Declaration.public_id.in_(names) | Declaration.origin.in_(names),
        )
        .order_by(Declaration.id)
    )
    return tuple(dict.fromkeys(item.response.site.name for item in found))


def approve(session: Session, actor: Actor, lead_id: str, *, now: datetime.datetime) -> None:
    """Ready to be sent."""
    _move(session, actor, lead_id, LeadStep.APPROVE, now)


def hold(session: Session, actor: Actor, lead_id: str, *, now: datetime.datetime) -> None:
    """Not now."""
    _move(session, actor, lead_id, LeadStep.HOLD, now)


def withdraw(session: Session, actor: Actor, lead_id: str, *, now: datetime.datetime) -> None:
    """Take a lead back; whoever read it is told at the deadline, in the words of any end."""
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.lead_in(session, actor, lead_id)
    store(row, withdrawn(rules_view(session, row)), now)
    journal.record(session, actor, "lead_withdraw", row.public_id, now=now)


def edit(
    session: Session,
    actor: Actor,
    lead_id: str,
    *,
    coarseness: Mapping[int, int],
    note: str,
    now: datetime.datetime,
) -> None:
    """Change what the cards say (level by place) and the note that both firms read (R5).

    Raises
    ------
    OperationError
        ``too-long``; StepError once names were given or the lead has ended.
    """
    ensure(actor, Action.REVIEW_LEADS)
    if len(note) > 500:
        raise OperationError("too-long", most=500)
    row = scope.lead_in(session, actor, lead_id)
    store(row, edited(rules_view(session, row)), now)
    for party in row.parties:
        card = scope.opened(session, party.firm, party.card)
        level = coarseness.get(party.place, card["card"]["coarseness"])
        if not 0 <= level <= COARSEST:
            raise ValueError(f"coarseness {level} is not 0 to {COARSEST}")
        card = {**card_at(card, level), "note": note.strip() or None}
        party.card, party.behind = scope.sealed(session, party.firm, card), card["behind"]
        party.risk_signed_by = None
    journal.record(session, actor, "lead_edited", row.public_id, now=now, version=row.version)


def sign_risk(
    session: Session, actor: Actor, lead_id: str, place: int, *, now: datetime.datetime
) -> None:
    """Take on oneself that fewer firms than wished could hide behind a card."""
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.lead_in(session, actor, lead_id)
    party = _party(row, place)
    party.risk_signed_by = actor.account_id
    journal.record(
        session,
        actor,
        "risk_signed",
        row.public_id,
        now=now,
        firm=party.firm,
        behind=party.behind,
    )


def _move(
    session: Session, actor: Actor, lead_id: str, step: LeadStep, now: datetime.datetime
) -> None:
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.lead_in(session, actor, lead_id)
    row.state = next_state(LEAD, LeadState(row.state), step).value
    journal.record(session, actor, f"lead_{step.value}", row.public_id, now=now)


def _party(row: LeadRow, place: int) -> PartyRow:
    if not 0 <= place < len(row.parties):
        raise OperationError("no-such-side")
    return row.parties[place]


def _reviewed(session: Session, row: LeadRow) -> ReviewedLead:
    try:
        reckoning = vault_of(session).open(row.keys, row.reckoning)
    except ErasedError:
        reckoning = None
    return ReviewedLead(
        public_id=row.public_id,
        round_id=row.round.public_id,
        state=LeadState(row.state),
        version=row.version,
        rank=row.rank,
        kind=row.kind,
        is_waste=row.is_waste,
        answer_by=row.answer_by,
        reckoning=reckoning,
        parties=tuple(_reviewed_party(session, party) for party in row.parties),
        is_bundled=row.bundle is not None,
        refused_before=row.refused_before,
    )


def _reviewed_party(session: Session, party: PartyRow) -> ReviewedParty:
    card = scope.opened(session, party.firm, party.card)
    calls = session.scalars(select(Call.id).where(Call.firm_id == party.firm_id)).all()
    refusals = session.scalars(
        select(PartyRow.id).where(
            PartyRow.firm_id == party.firm_id, PartyRow.decision == Decision.DECLINED
        )
    ).all()
    return ReviewedParty(
        place=party.place,
        site=party.site.name,
        firm=party.firm.name,
        firm_id=party.firm.public_id,
        role=party.role,
        secrecy=party.secrecy,
        direction=card["attributes"]["direction"],
        label=card["label"],
        card=card_from(card["card"]),
        own_gain=gain_from(card["own_gain"]),
        is_supposed=card["inferred"],
        behind=party.behind,
        risk_signed=party.risk_signed_by is not None,
        decision=Decision(party.decision),
        phoned_at=party.phoned_at,
        answer={} if party.reason is None else scope.opened(session, party.firm, party.reason),
        calls=len(calls),
        refusals=len(refusals),
    )
