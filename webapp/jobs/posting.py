"""Mails going out, one by one, each under a lease."""

from __future__ import annotations

import datetime
import hashlib
import logging
import smtplib
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from webapp.config import Config
from webapp.db import transaction
from webapp.mail import Transport, compose
from webapp.models import OutgoingMail, vault_of
from webapp.texts import language_of

FIRST_PAUSE = datetime.timedelta(minutes=1)
MOST_TRIES = 8  # the pause doubles: about two hours in all

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
            continue
        with transaction(engine, info) as session:
            session.get_one(OutgoingMail, number).sent_at = clock()
        sent += 1
    return sent


def _lease(engine: Engine, info: dict[Any, Any], now: datetime.datetime) -> int | None:
    with transaction(engine, info) as session:
        row = session.scalar(
            select(OutgoingMail)
            .where(
                OutgoingMail.sent_at.is_(None),
                OutgoingMail.given_up_at.is_(None),
                OutgoingMail.next_try_at <= now,
            )
            .order_by(OutgoingMail.id)
            .limit(1)
        )
        if row is None:
            return None
        if row.tries >= MOST_TRIES:
            row.given_up_at = now
            _log.error("mail %s given up after %s tries", row.id, row.tries)
            return None
        row.next_try_at = now + FIRST_PAUSE * 2**row.tries
        row.tries += 1
        return row.id
