"""What firms leave to the agent: files to type, and names that nobody's number was found for."""

from __future__ import annotations

import base64
import datetime
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import ResponseState
from webapp.models import Attachment, Response, Round
from webapp.operations import journal, scope
from webapp.operations.errors import NotFoundError, OperationError
from webapp.policy import Action, Actor, FieldClass, ensure

UNRESOLVED, SETTLED = "excluded_unresolved", "excluded_settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file that a firm sent to be typed."""

    public_id: str
    response_id: str
    site: str
    kind: str
    kilobytes: int
    at: datetime.datetime
    typed_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLine:
    """A firm's words for who must never know, that are no number and nobody's exact name."""

    response_id: str
    site: str
    number: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSettle:
    """What a round's firms left, to be done before anything is matched."""

    round_name: str
    files: tuple[FileLine, ...]
    names: tuple[NameLine, ...]


def to_settle(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> ToSettle:
    """Files and names of a round; the look is logged."""
    ensure(actor, Action.READ_ANSWERS, FieldClass.NAMED_AGENTS)
    row = scope.round_in(session, actor, round_id)
    journal.record(session, actor, "left_to_agent_read", row.public_id, now=now)
    found = session.scalars(
        select(Attachment)
        .join(Response)
        .where(Response.round_id == row.id)
        .order_by(Attachment.typed_at.is_not(None), Attachment.id)
    )
    return ToSettle(
        round_name=row.name,
        files=tuple(
            FileLine(
                public_id=item.public_id,
                response_id=item.response.public_id,
                site=item.response.site.name,
                kind=item.kind,
                kilobytes=max(1, round(item.size / 1000)),
                at=item.at,
                typed_at=item.typed_at,
            )
            for item in found
        ),
        names=tuple(_names(session, row)),
    )


def file(
    session: Session, actor: Actor, public_id: str, *, now: datetime.datetime
) -> tuple[str, bytes]:
    """Kind and bytes; the firm reads in its log that it was opened."""
    item = _file(session, actor, public_id)
    content = base64.b64decode(scope.opened(session, item.response.firm, item.content))
    firm = item.response.firm
    journal.record(session, actor, "file_read", public_id, now=now, firm=firm)
    return item.kind, content


def mark_typed(session: Session, actor: Actor, public_id: str, *, now: datetime.datetime) -> str:
    """Note that a file has been typed. Returns the id of its round."""
    item = _file(session, actor, public_id)
    item.typed_at = now
    firm = item.response.firm
    journal.record(session, actor, "file_typed", public_id, now=now, firm=firm)
    return item.response.round.public_id


def settle_name(
    session: Session,
    actor: Actor,
    response_id: str,
    number: int,
    siren: str,
    *,
    now: datetime.datetime,
) -> str:
    """Put a number to a name; without one: it is nobody of this round. Returns the round's id.

    Raises
    ------
    OperationError
        ``siren-wrong``.
    """
    ensure(actor, Action.READ_ANSWERS, FieldClass.NAMED_AGENTS)
    response = scope.response_in(session, actor, response_id)
    digits = re.sub(r"\s", "", siren)
    if digits and not (digits.isdecimal() and len(digits) in {9, 14}):
        raise OperationError("siren-wrong", value=siren[:40])
    private = scope.opened(session, response.firm, response.site.private)
    names = list(private.get(UNRESOLVED, []))
    if not 0 <= number < len(names):
        raise NotFoundError
    private[SETTLED] = [*private.get(SETTLED, []), names.pop(number)]
    private[UNRESOLVED] = names
    if digits:
        known = [part for part in str(private.get("excluded", "")).split(";") if part]
        private["excluded"] = ";".join(dict.fromkeys([*known, digits]))
    response.site.private = scope.sealed(session, response.firm, private)
    journal.record(
        session, actor, "exclusion_settled", response.public_id, now=now, firm=response.firm
    )
    return response.round.public_id


def round_of(session: Session, actor: Actor, response_id: str) -> str:
    """The id of a sheet's round."""
    ensure(actor, Action.READ_ANSWERS)
    return scope.response_in(session, actor, response_id).round.public_id


def must_be_settled(session: Session, row: Round) -> None:
    """Nothing is matched against a wish that nobody has read.

    Raises
    ------
    OperationError
        ``exclusions-open``.
    """
    open_names = len(_names(session, row))
    if open_names:
        raise OperationError("exclusions-open", names=open_names)


def _names(session: Session, row: Round) -> list[NameLine]:
    return [
        NameLine(response_id=response.public_id, site=response.site.name, number=number, name=name)
        for response in row.responses
        if response.state == ResponseState.SUBMITTED and response.firm.sealing_key is not None
        for number, name in enumerate(
            scope.opened(session, response.firm, response.site.private).get(UNRESOLVED, [])
        )
    ]


def _file(session: Session, actor: Actor, public_id: str) -> Attachment:
    ensure(actor, Action.READ_ANSWERS, FieldClass.TRUSTED)
    item = session.scalar(
        select(Attachment)
        .join(Response)
        .join(Round)
        .where(Attachment.public_id == public_id, Round.territory_id == actor.territory_id)
    )
    if item is None:
        raise NotFoundError
    return item
