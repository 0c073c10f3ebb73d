"""Mails are written in the transaction of what they tell of, and go out later, once."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from webapp.models import Account, Firm, OutgoingMail, vault_of
from webapp.operations import background, journal
from webapp.policy import Role

MOST_ASKING = 4
"""Mails a person and round that ask for minutes: invitation, reminders, leads, cards to confirm."""


def write(
    session: Session,
    account: Account,
    template: str,
    *,
    key: str,
    now: datetime.datetime,
    round_id: int | None = None,
    **values: Any,
) -> bool:
    """Queue one mail. Returns whether it is new: the same ``key`` again is the same mail.

    ``round_id``: of a mail that asks for minutes of a round. A person gets four of them; what
    would be the fifth is left to the telephone, and the log says so.
    """
    if session.scalar(select(OutgoingMail.id).where(OutgoingMail.key == key)) is not None:
        return False
    if round_id is not None and asked(session, account, round_id) >= MOST_ASKING:
        journal.record(
            session,
            None,
            "mail_withheld",
            account.public_id,
            now=now,
            firm=account.firm,
            territory_id=account.territory_id,
            template=template,
        )
        return False
    session.add(
        OutgoingMail(
            key=key,
            account_id=account.id,
            template=template,
            round_id=round_id,
            values=vault_of(session).seal(account.keys, values),
            written_at=now,
            next_try_at=now,
        )
    )
    background.wake(session)
    return True


def asked(session: Session, account: Account, round_id: int) -> int:
    """How many mails of a round have asked a person for minutes."""
    return (
        session.scalar(
            select(func.count())
            .select_from(OutgoingMail)
            .where(OutgoingMail.account_id == account.id, OutgoingMail.round_id == round_id)
        )
        or 0
    )


def managers_of(session: Session, firm: Firm) -> list[Account]:
    """Those who decide for a firm."""
    return managers_by_firm(session, [firm.id]).get(firm.id, [])


def managers_by_firm(session: Session, firm_ids: Collection[int]) -> dict[int, list[Account]]:
    """The same of many firms in one query; a firm that has none is not in it."""
    found: dict[int, list[Account]] = {}
    for account in session.scalars(
        select(Account)
        .where(
            Account.firm_id.in_(firm_ids),
            Account.role == Role.MANAGER,
            Account.disabled_at.is_(None),
        )
        .options(joinedload(Account.firm))
        .order_by(Account.id)
    ):
        if account.firm_id is not None:
            found.setdefault(account.firm_id, []).append(account)
    return found


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
