"""What runs besides pages: mails going out, a matching, the night. Each may be killed and rerun."""

from __future__ import annotations

import datetime
import hashlib
import logging
import smtplib
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select

from matcher import Settings, match
from matcher.errors import MaillageError
from webapp.config import TIMEZONE, Config
from webapp.db import open_session, transaction
from webapp.lifecycle import RoundState
from webapp.mail import Transport, compose
from webapp.models import OutgoingMail, Round, vault_of
from webapp.operations import nightly
from webapp.operations.territory import matching
from webapp.texts import language_of

FIRST_PAUSE = datetime.timedelta(minutes=1)
MOST_TRIES = 8  # the pause doubles: about two hours in all
NIGHT_HOUR = 3

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


def match_round(
    engine: Engine, info: dict[Any, Any], config: Config, round_number: int, clock: Clock
) -> int | None:
    """Match a round that waits for it. Returns how many leads; None when there is no plan."""
    session = open_session(engine, info, reads_only=True)
    try:
        row = session.get_one(Round, round_number)
        survey, _ = matching.read_answers(session, row)
        as_of = row.matched_as_of
    finally:
        session.close()
    try:
        plan = match(survey, Settings(as_of=as_of))
    except MaillageError as error:
        with transaction(engine, info) as session:
            row = session.get_one(Round, round_number)
            matching.matching_failed(session, row, type(error).__name__, now=clock())
        return None
    with transaction(engine, info) as session:
        row = session.get_one(Round, round_number)
        if row.state != RoundState.MATCHING:
            return None  # another worker was quicker
        return matching.store_run(
            session, row, plan, survey, least_hiding=config.least_hiding, now=clock()
        )


def night(engine: Engine, info: dict[Any, Any], clock: Clock) -> int:
    """Close what is over, forget what need not be kept."""
    with transaction(engine, info) as session:
        closed = nightly.close_due(session, now=clock())
        nightly.sweep(session, now=clock())
    return closed


def run_until(
    stop: threading.Event,
    engine: Engine,
    info: dict[Any, Any],
    config: Config,
    transport: Transport,
    clock: Clock,
) -> None:
    """The worker beside the server: mails every second, matchings as asked, the night at three."""
    last_night: datetime.date | None = None
    while not stop.wait(1.0):
        try:
            send_mails(engine, info, config, transport, clock)
            for number in _waiting_rounds(engine, info):
                match_round(engine, info, config, number, clock)
            local = clock().astimezone(TIMEZONE)
            if local.hour >= NIGHT_HOUR and last_night != local.date():
                night(engine, info, clock)
                last_night = local.date()
        except Exception:  # noqa: BLE001 - the worker goes on; what failed is tried again
            _log.exception("a job failed")


def _waiting_rounds(engine: Engine, info: dict[Any, Any]) -> list[int]:
    session = open_session(engine, info, reads_only=True)
    try:
        return list(session.scalars(select(Round.id).where(Round.state == RoundState.MATCHING)))
    finally:
        session.close()
