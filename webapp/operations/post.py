"""Mails are written in the transaction of what they tell of, and go out later, once."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Account, Firm, OutgoingMail, vault_of
from webapp.operations import background
from webapp.policy import Role


def write(
    session: Session,
    account: Account,
    template: str,
    *,
    key: str,
    now: datetime.datetime,
    **values: Any,
) -> None:
    """Queue one mail; the same ``key`` again is the same mail, and is not written twice."""
    if session.scalar(select(OutgoingMail.id).where(OutgoingMail.key == key)) is not None:
        return
    session.add(
        OutgoingMail(
            key=key,
            account_id=account.id,
            template=template,
            values=vault_of(session).seal(account.keys, values),
            written_at=now,
            next_try_at=now,
        )
    )
    background.wake(session)


def managers_of(session: Session, firm: Firm) -> list[Account]:
    """Those who decide for a firm."""
    return list(
        session.scalars(
            select(Account)
            .where(
                Account.firm_id == firm.id,
                Account.role == Role.MANAGER,
                Account.disabled_at.is_(None),
            )
            .order_by(Account.id)
        )
    )


def agents_of(session: Session, territory_id: int) -> list[Account]:
    """The agents of a territory."""
    return list(
        session.scalars(
            select(Account)
            .where(
                Account.territory_id == territory_id,
                Account.role == Role.AGENT,
                Account.disabled_at.is_(None),
            )
            .order_by(Account.id)
        )
    )
