"""The second factor of those who see more than one firm: a code of an application, or a passkey.

Given after the code of the mail, in the same browser. A code of an application counts once: its
half-minute must be later than the last one used. A passkey answers a challenge that is kept in the
session's row, asks for the holder's finger, face or code (user verification), and counts once too.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Account, SecondFactor, WebSession, vault_of
from webapp.operations import journal, signing_in
from webapp.operations.errors import NotFoundError, OperationError
from webapp.policy import FIRM_ROLES, Action, Actor, ensure

TRIES = (5, datetime.timedelta(minutes=15))
MOST_FACTORS = 5
MOST_NAME_SIGNS = 60


class Kind(StrEnum):
    APPLICATION = "application"
    PASSKEY = "passkey"


class Standing(StrEnum):
    """How far somebody whose mail code was right has come in."""

    INSIDE = "inside"
    TO_GIVE = "to_give"
    TO_SET_UP = "to_set_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One of the actor's own."""

    public_id: str
    kind: Kind
    name: str
    added_at: datetime.datetime
    used_at: datetime.datetime | None


def standing(session: Session, actor: Actor, row: WebSession, *, is_needed: bool) -> Standing:
    """Whether the second factor was given in this session, is to be given, or to be set up."""
    if actor.role in FIRM_ROLES or row.second_at is not None:
        return Standing.INSIDE
    if confirmed(session, actor):
        return Standing.TO_GIVE
    return Standing.TO_SET_UP if is_needed else Standing.INSIDE


def factors(session: Session, actor: Actor) -> list[Factor]:
    """The actor's factors that work, oldest first."""
    ensure(actor, Action.HAVE_SECOND_FACTOR)
    return [
        Factor(
            public_id=row.public_id,
            kind=Kind(row.kind),
            name=row.name,
            added_at=row.added_at,
            used_at=row.used_at,
        )
        for row in confirmed(session, actor)
    ]


def remove(
    session: Session, actor: Actor, public_id: str, *, is_needed: bool, now: datetime.datetime
) -> None:
    """Take a factor away.

    Raises
    ------
    OperationError
        ``last-factor``, where one is needed.
    """
    row = own(session, actor, public_id)
    left = [item for item in confirmed(session, actor) if item is not row]
    if is_needed and row.confirmed_at is not None and not left:
        raise OperationError("last-factor")
    session.delete(row)
    journal.record(session, actor, "factor_removed", public_id, now=now)


def forget_all(session: Session, account: Account, *, now: datetime.datetime) -> int:
    """For somebody who lost theirs: the factors go, and every session of theirs ends."""
    rows = session.scalars(select(SecondFactor).where(SecondFactor.account_id == account.id)).all()
    for row in rows:
        session.delete(row)
    for open_one in session.scalars(
        select(WebSession).where(WebSession.account_id == account.id, WebSession.ended_at.is_(None))
    ):
        open_one.ended_at = now
    journal.record(
        session,
        None,
        "factors_forgotten",
        account.public_id,
        now=now,
        territory_id=account.territory_id,
        count=len(rows),
    )
    return len(rows)


def confirm(
    session: Session,
    actor: Actor,
    row: SecondFactor,
    token: str,
    name: str,
    now: datetime.datetime,
) -> str:
    """Count a new factor from now on; returns the session's new secret."""
    row.name = name.strip()[:MOST_NAME_SIGNS]
    row.confirmed_at = now
    journal.record(session, actor, "factor_added", row.public_id, now=now, kind=row.kind)
    return come_in(session, actor, row, token, now)


def come_in(
    session: Session, actor: Actor, row: SecondFactor, token: str, now: datetime.datetime
) -> str:
    """The session is whole, under a new secret: one that was copied before opens nothing."""
    row.used_at = now
    this = held(session, actor, token)
    this.second_at = now
    renewed = vault_of(session).new_token(32)
    this.token_digest = vault_of(session).digest("session", renewed)
    journal.record(session, actor, "factor_given", row.public_id, now=now, kind=row.kind)
    return renewed


def make_room(session: Session, actor: Actor) -> None:
    """Forget secrets that were shown and never confirmed; refuse a sixth factor."""
    ensure(actor, Action.HAVE_SECOND_FACTOR)
    for row in session.scalars(
        select(SecondFactor).where(
            SecondFactor.account_id == actor.account_id, SecondFactor.confirmed_at.is_(None)
        )
    ):
        session.delete(row)
    if len(confirmed(session, actor)) >= MOST_FACTORS:
        raise OperationError("too-many-factors")


def confirmed(session: Session, actor: Actor) -> list[SecondFactor]:
    """The rows of the actor that work, oldest first."""
    return list(
        session.scalars(
            select(SecondFactor)
            .where(
                SecondFactor.account_id == actor.account_id,
                SecondFactor.confirmed_at.is_not(None),
            )
            .order_by(SecondFactor.id)
        )
    )


def own(session: Session, actor: Actor, public_id: str) -> SecondFactor:
    """One row of the actor's own, confirmed or not."""
    ensure(actor, Action.HAVE_SECOND_FACTOR)
    row = session.scalar(
        select(SecondFactor).where(
            SecondFactor.public_id == public_id, SecondFactor.account_id == actor.account_id
        )
    )
    if row is None:
        raise NotFoundError
    return row


def held(session: Session, actor: Actor, token: str) -> WebSession:
    """The row of the session that asks."""
    row = signing_in.session_row(session, token)
    if row is None or row.account_id != actor.account_id:
        raise NotFoundError
    return row


def sealed(session: Session, actor: Actor, value: Mapping[str, Any]) -> bytes:
    """A secret under the key of the account."""
    account = session.get_one(Account, actor.account_id)
    return vault_of(session).seal(account.keys, dict(value))


def opened(session: Session, actor: Actor, row: SecondFactor) -> dict[str, Any]:
    """It again."""
    account = session.get_one(Account, actor.account_id)
    found: dict[str, Any] = vault_of(session).open(account.keys, row.secret)
    return found
