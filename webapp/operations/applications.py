"""A second factor that an application counts out: a code of six digits each half-minute."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pyotp
import segno
from sqlalchemy.orm import Session

from webapp.models import Account, SecondFactor, Territory, vault_of
from webapp.operations import second_factor, signing_in
from webapp.operations.errors import NotFoundError
from webapp.operations.second_factor import TRIES, Kind
from webapp.policy import Action, Actor, ensure

STEP_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApplication:
    """What an application must be told, as a picture and as letters."""

    public_id: str
    picture: str  # a data address of SVG
    letters: str


def begin_application(session: Session, actor: Actor, *, now: datetime.datetime) -> str:
    """A new secret, which counts for nothing until a code of it was seen. Returns its public id."""
    second_factor.make_room(session, actor)
    row = SecondFactor(
        public_id=vault_of(session).new_token(),
        account_id=actor.account_id,
        kind=Kind.APPLICATION.value,
        name="",
        secret=second_factor.sealed(session, actor, {"secret": pyotp.random_base32(32)}),
        added_at=now,
    )
    session.add(row)
    session.flush()
    return row.public_id


def new_application(session: Session, actor: Actor, public_id: str) -> NewApplication:
    """What to show of a secret that is not confirmed yet; never again after."""
    row = second_factor.own(session, actor, public_id)
    if row.confirmed_at is not None:
        raise NotFoundError
    letters = second_factor.opened(session, actor, row)["secret"]
    account = session.get_one(Account, actor.account_id)
    address = vault_of(session).open(account.keys, account.personal)["address"]
    place = session.get_one(Territory, actor.territory_id).name
    told = pyotp.TOTP(letters).provisioning_uri(name=address, issuer_name=f"Maillage {place}")
    picture = segno.make(told, error="m").svg_data_uri(scale=5, border=2)
    return NewApplication(public_id=public_id, picture=picture, letters=letters)


def confirm_application(
    session: Session,
    actor: Actor,
    public_id: str,
    token: str,
    *,
    code: str,
    name: str,
    now: datetime.datetime,
) -> str | None:
    """Count the new application from now on. Returns the session's new secret; None: wrong code."""
    row = second_factor.own(session, actor, public_id)
    if row.confirmed_at is not None:
        raise NotFoundError
    signing_in.count_try(session, actor, "second", TRIES, now)
    if not _is_right(session, actor, row, code, now):
        return None
    return second_factor.confirm(session, actor, row, token, name, now)


def give_code(
    session: Session, actor: Actor, token: str, *, code: str, now: datetime.datetime
) -> str | None:
    """Come in with a code of an application. Returns the session's new secret; None: wrong.

    Raises
    ------
    OperationError
        ``too-many-tries``.
    """
    ensure(actor, Action.HAVE_SECOND_FACTOR)
    signing_in.count_try(session, actor, "second", TRIES, now)
    for row in second_factor.confirmed(session, actor):
        if row.kind == Kind.APPLICATION and _is_right(session, actor, row, code, now):
            return second_factor.come_in(session, actor, row, token, now)
    return None


def _is_right(
    session: Session, actor: Actor, row: SecondFactor, code: str, now: datetime.datetime
) -> bool:
    """Whether a code is of this half-minute or a neighbour, and later than the last one used."""
    digits = "".join(sign for sign in code if sign.isdecimal())
    totp = pyotp.TOTP(second_factor.opened(session, actor, row)["secret"], interval=STEP_S)
    this_step = int(now.timestamp()) // STEP_S
    for step in (this_step, this_step - 1, this_step + 1):
        moment = datetime.datetime.fromtimestamp(step * STEP_S, datetime.UTC)
        if step > (row.count or 0) and totp.verify(digits, for_time=moment):
            row.count = step
            return True
    return False
