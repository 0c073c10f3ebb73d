"""Mails going out, one by one, each under a lease."""

from __future__ import annotations

import datetime
import hashlib
import logging
import smtplib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, or_, select

from webapp.config import Config
from webapp.db import transaction
from webapp.mail import Transport, compose
from webapp.models import Account, OutgoingMail, Territory, vault_of
from webapp.texts import language_of

FIRST_PAUSE = datetime.timedelta(minutes=1)
MOST_TRIES = 8  # the pause doubles: about two hours in all

CODE = "code"
"""The one mail that goes out although sendings are stopped: without it nobody could sign in."""

REFUSED_FOR_EVER = 500
"""From this code of SMTP on, trying again is of no use (RFC 5321, 4.2.1)."""

_log = logging.getLogger("maillage.jobs")

Clock = Callable[[], datetime.datetime]


def send_mails(
    engine: Engine, info: dict[Any, Any], config: Config, transport: Transport, clock: Clock
) -> int:
    """Send what is due, one by one. Returns how many went.

    A mail is leased before it is handed over: whoever comes second, or after a crash, waits for
    the lease to end, and the same Message-ID tells the receiver of a copy.
    """
    sent = 0
    while (number := _lease(engine, info, clock())) is not None:
        with transaction(engine, info) as session:
            row = session.get_one(OutgoingMail, number)
            vault = vault_of(session)
            person = vault.open(row.account.keys, row.account.personal)
            message = compose(
                config,
                template=row.template,
                name=person["name"],
                address=person["address"],
                language=language_of(row.account.language),
                values=vault.open(row.account.keys, row.values),
                key=hashlib.sha256(row.key.encode()).hexdigest()[:32],
            )
        try:
            transport.send(message)
        except (OSError, smtplib.SMTPException) as error:
            _log.warning("mail %s not sent: %s", number, type(error).__name__)
            if _is_for_ever(error):
                with transaction(engine, info) as session:
                    _give_up(session.get_one(OutgoingMail, number), clock())
            continue
        with transaction(engine, info) as session:
            session.get_one(OutgoingMail, number).sent_at = clock()
        sent += 1
    return sent


def _lease(engine: Engine, info: dict[Any, Any], now: datetime.datetime) -> int | None:
    with transaction(engine, info) as session:
        row = session.scalar(
            select(OutgoingMail)
            .join(Account, Account.id == OutgoingMail.account_id)
            .join(Territory, Territory.id == Account.territory_id)
            .where(
                OutgoingMail.sent_at.is_(None),
                OutgoingMail.given_up_at.is_(None),
                OutgoingMail.next_try_at <= now,
                or_(Territory.sendings_stopped_at.is_(None), OutgoingMail.template == CODE),
            )
            .order_by(OutgoingMail.id)
            .limit(1)
        )
        if row is None:
            return None
        if row.tries >= MOST_TRIES:
            _give_up(row, now)
            return None
        row.next_try_at = now + FIRST_PAUSE * 2**row.tries
        row.tries += 1
        return row.id


def _give_up(row: OutgoingMail, now: datetime.datetime) -> None:
    """The agent sees that the address does not work any more."""
    row.given_up_at = now
    row.account.returned_at = now
    _log.error("mail %s given up after %s tries", row.id, row.tries)


def _is_for_ever(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= REFUSED_FOR_EVER for code, _ in error.recipients.values())
    return False
