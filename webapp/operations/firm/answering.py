"""Answering a round: charter, cards, check, send. What is typed is kept as it is typed."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.lifecycle import RESPONSE, ResponseState, ResponseStep, RoundState, next_state
from webapp.mapping.cards import TABLES, complaints
from webapp.models import Consent, Response, Site
from webapp.operations import journal, post, scope
from webapp.operations.errors import NotFoundError, OperationError
from webapp.policy import Action, Actor, FieldClass, ensure

_CONSENT = select(Consent).where(
    Consent.firm_id == bindparam("firm"), Consent.charter_id == bindparam("charter")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One site in one round, as its firm sees it."""

    public_id: str
    round_name: str
    territory: str
    site: str
    state: ResponseState
    until: datetime.date
    is_open: bool
    cards: int
    receipt: str | None
    submitted_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterText:
    """What is signed."""

    version: int
    text_fr: str
    text_en: str
    signed_at: datetime.datetime | None


def sheets(session: Session, actor: Actor) -> list[Sheet]:
    """Every round that the actor's firm was asked to, newest first."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    firm = scope.own_firm(session, actor)
    rows = session.scalars(
        select(Response).join(Site).where(Site.firm_id == firm.id).order_by(Response.id.desc())
    )
    return [_sheet(row) for row in rows if row.state != ResponseState.LISTED]


def sheet(session: Session, actor: Actor, response_id: str) -> Sheet:
    """One of them."""
    ensure(actor, Action.ANSWER_SURVEY, FieldClass.TRUSTED)
    return _sheet(scope.own_response(session, actor, response_id))


def opened_by(session: Session, actor: Actor, response_id: str) -> bool:
    """Whether a sheet is the actor's own; it is then noted that the invitation was followed."""
    ensure(actor, Action.ANSWER_SURVEY)
    try:
        response = scope.own_response(session, actor, response_id)
    except NotFoundError:
        return False
    if response.state == ResponseState.INVITED and is_open(response):
        take_step(response, ResponseStep.OPEN)
    return True


def charter(session: Session, actor: Actor, response_id: str) -> CharterText:
    """The charter of a round, and when the firm signed it."""
    ensure(actor, Action.ANSWER_SURVEY)
    response = scope.own_response(session, actor, response_id)
    consent = _consent(session, response)
    text = response.round.charter
    return CharterText(
        version=text.version,
        text_fr=text.text_fr,
        text_en=text.text_en,
        signed_at=None if consent is None or consent.withdrawn_at else consent.signed_at,
    )


def sign_charter(
    session: Session, actor: Actor, response_id: str, *, now: datetime.datetime
) -> None:
    """Sign for the firm; signing twice is signing once."""
    ensure(actor, Action.SIGN_CHARTER)
    response = scope.own_response(session, actor, response_id)
    consent = _consent(session, response)
    if consent is not None and consent.withdrawn_at is None:
        if response.state in {ResponseState.INVITED, ResponseState.OPENED}:
            take_step(response, ResponseStep.SIGN_CHARTER)
        return
    must_be_open(response)
    take_step(response, ResponseStep.SIGN_CHARTER)
    if consent is None:
        consent = Consent(firm_id=response.firm.id, charter_id=response.round.charter_id)
        session.add(consent)
    consent.account_id, consent.signed_at, consent.withdrawn_at = actor.account_id, now, None
    journal.record(
        session,
        actor,
        "charter_signed",
        response.public_id,
        now=now,
        firm=response.firm,
        version=response.round.charter.version,
    )


def send(session: Session, actor: Actor, response_id: str, *, now: datetime.datetime) -> str:
    """Send the whole, and get a receipt: a digest of what was sent.

    Raises
    ------
    OperationError
        ``closed``, ``charter-first``, or ``cards-to-mend`` while a card cannot be read.
    """
    ensure(actor, Action.SEND_ANSWERS)
    response = scope.own_response(session, actor, response_id)
    must_be_open(response)
    must_be_signed(session, response)
    sent = [
        (item.table, scope.opened(session, response.firm, item.row))
        for item in response.declarations
    ]
    wrong = sum(bool(complaints(table, row, "fr")) for table, row in sent if table in TABLES)
    if wrong:
        raise OperationError("cards-to-mend", cards=wrong)
    take_step(response, ResponseStep.SUBMIT)
    for item in response.declarations:
        item.typed_by = None  # what the agent typed is the firm's own from now on
    response.submitted_at = now
    response.receipt = _receipt(response, sent, now)
    journal.record(
        session,
        actor,
        "answers_sent",
        response.public_id,
        now=now,
        firm=response.firm,
        cards=len(sent),
        receipt=response.receipt,
    )
    for account in post.managers_of(session, response.firm):
        post.write(
            session,
            account,
            "receipt",
            key=f"receipt:{response.public_id}:{response.receipt}:{account.public_id}",
            now=now,
            receipt=response.receipt,
            round=response.round.name,
            path=f"/entreprise/enquetes/{response.public_id}/recu",
        )
    return response.receipt


def _receipt(response: Response, sent: list[tuple[str, Any]], now: datetime.datetime) -> str:
    text = json.dumps([response.public_id, now.isoformat(), sent], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12].upper()


def _sheet(row: Response) -> Sheet:
    return Sheet(
        public_id=row.public_id,
        round_name=row.round.name,
        territory=row.round.territory.name,
        site=row.site.name,
        state=ResponseState(row.state),
        until=row.round.answers_until,
        is_open=is_open(row),
        cards=sum(item.table in TABLES for item in row.declarations),
        receipt=row.receipt,
        submitted_at=row.submitted_at,
    )


def is_open(response: Response) -> bool:
    """Whether answers may still change."""
    return response.round.state == RoundState.OPEN and response.state != ResponseState.WITHDRAWN


def must_be_open(response: Response) -> None:
    """Answers may still change.

    Raises
    ------
    OperationError
        ``closed``.
    """
    if not is_open(response):
        raise OperationError("closed")


def must_be_signed(session: Session, response: Response) -> None:
    """The firm stands under the round's charter.

    Raises
    ------
    OperationError
        ``charter-first``.
    """
    consent = _consent(session, response)
    if consent is None or consent.withdrawn_at is not None:
        raise OperationError("charter-first")


def _consent(session: Session, response: Response) -> Consent | None:
    signed = {"firm": response.firm.id, "charter": response.round.charter_id}
    return session.scalar(_CONSENT, signed)


def take_step(response: Response, step: ResponseStep) -> None:
    """Go on, if the state allows it."""
    response.state = next_state(RESPONSE, ResponseState(response.state), step).value
