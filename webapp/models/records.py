"""The audit log, to which lines are only added; mails to go out and work to be done, by lease."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.models.people import Account


class AuditLine(Base):
    """Who did what to what, when; each line holds the digest of the one before.

    Ids are public ones: a deletion takes the names away and leaves the chain whole.
    """

    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    territory: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[str]
    actor: Mapped[str]
    role: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    firm: Mapped[str | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str]
    digest: Mapped[str]


class OutgoingMail(Base):
    """A mail, written in the transaction of what it tells of. ``key`` makes it one of its kind."""

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    template: Mapped[str]
    round_id: Mapped[int | None]  # of a mail that asks for minutes: four a round
    values: Mapped[bytes]  # sealed like the account
    written_at: Mapped[datetime.datetime] = mapped_column(Instant)
    next_try_at: Mapped[datetime.datetime] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    given_up_at: Mapped[datetime.datetime | None] = mapped_column(Instant)

    account: Mapped[Account] = relationship()


class BackgroundJob(Base):
    """Work that a page asked for, written in the page's own transaction; ``key`` makes it one.

    Whoever takes it up leases it: until ``next_try_at`` nobody else does, and ``lease`` must still
    be the taker's when the result is stored.
    """

    __tablename__ = "background_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subject: Mapped[str]
    stage: Mapped[str]
    written_at: Mapped[datetime.datetime] = mapped_column(Instant)
    next_try_at: Mapped[datetime.datetime] = mapped_column(Instant, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    failure: Mapped[str | None]
    ended_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
