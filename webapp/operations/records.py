"""What may be read of the whole: the log's chain, and totals that name nobody."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import LeadState, ResponseState
from webapp.models import AuditLine, LeadRow, Round, Territory
from webapp.operations import journal
from webapp.policy import Action, Actor, ensure

LEAST_FIRMS = 3
ROUNDED_TO = 5
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """One round in numbers; None: fewer than three firms."""

    name: str
    invited: int | None
    answered: int | None
    agreed: int | None


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


def totals(session: Session, actor: Actor) -> list[Totals]:
    """Firms invited, answering and put in touch, by round, newest first."""
    ensure(actor, Action.READ_AGGREGATES)
    found = []
    for row in session.scalars(
        select(Round).where(Round.territory_id == actor.territory_id).order_by(Round.id.desc())
    ):
        invited = {item.firm.id for item in row.responses if item.mails or item.submitted_at}
        answered = {item.firm.id for item in row.responses if item.state == ResponseState.SUBMITTED}
        agreed = {
            party.firm_id
            for lead in session.scalars(
                select(LeadRow).where(
                    LeadRow.round_id == row.id, LeadRow.state == LeadState.REVEALED
                )
            )
            for party in lead.parties
        }
        found.append(
            Totals(
                name=row.name,
                invited=_shown(len(invited)),
                answered=_shown(len(answered)),
                agreed=_shown(len(agreed)),
            )
        )
    return found


def _shown(count: int) -> int | None:
    return None if count < LEAST_FIRMS else ROUNDED_TO * round(count / ROUNDED_TO)
