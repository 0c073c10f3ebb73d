"""The log of a territory: its chain verified, its newest lines."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import AuditLine, Territory
from webapp.operations import journal
from webapp.policy import Action, Actor, ensure

SHOWN_LINES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line: pseudonymous ids only."""

    number: int
    at: datetime.datetime
    role: str
    action: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The chain's state and the newest lines of the territory. ``broken``: the first bad line."""

    count: int
    broken: int | None
    lines: tuple[LogLine, ...]


def log(session: Session, actor: Actor) -> Log:
    """Verify the chain and read its end."""
    ensure(actor, Action.READ_AUDIT)
    territory = session.get_one(Territory, actor.territory_id)
    count, broken = journal.verify(session)
    lines = session.scalars(
        select(AuditLine)
        .where(AuditLine.territory == territory.public_id)
        .order_by(AuditLine.id.desc())
        .limit(SHOWN_LINES)
    )
    return Log(
        count=count,
        broken=broken,
        lines=tuple(
            LogLine(
                number=line.id,
                at=datetime.datetime.fromisoformat(line.at),
                role=line.role,
                action=line.action,
                subject=line.subject,
            )
            for line in lines
        ),
    )
