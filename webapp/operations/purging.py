"""A round that was over three years ago goes whole: answers, leads, calls, follow-up.

What stays names nobody: that there was a round, its published figures, the lines of the log, and
one bare row for each lead that was revealed, because a reveal is never taken out of the base.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.lifecycle import ROUND, LeadState, RoundState, RoundStep, next_state
from webapp.models import (
    Attachment,
    Call,
    Declaration,
    Effort,
    LeadRow,
    MonthlyWord,
    PartyRow,
    Response,
    Result,
    Reveal,
    Round,
    Run,
    Step,
    Synergy,
)
from webapp.operations import journal
from webapp.operations.errors import NotFoundError, OperationError
from webapp.operations.stages import SynergyStage
from webapp.policy import Action, Actor, ensure
from webapp.retention import days_of

ENDED = (SynergyStage.MEASURED, SynergyStage.DROPPED)
MOST_SIGNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRound:
    """A round that is kept longer than promised. ``running``: what still has to end in it."""

    public_id: str
    name: str
    until: datetime.date
    running: int


def due(session: Session, territory_id: int, *, now: datetime.datetime) -> tuple[OldRound, ...]:
    """The territory's rounds whose time is over, the oldest first."""
    rows = session.scalars(
        select(Round)
        .where(
            Round.territory_id == territory_id,
            Round.state != RoundState.PURGED,
            Round.answers_until < (now - days_of("rounds")).date(),
        )
        .order_by(Round.answers_until, Round.id)
    )
    return tuple(
        OldRound(
            public_id=row.public_id,
            name=row.name,
            until=row.answers_until,
            running=_running(session, row),
        )
        for row in rows
    )


def purge(
    session: Session, actor: Actor, round_id: str, visa: str, *, now: datetime.datetime
) -> None:
    """Take a round out of the base, with the archivist's visa.

    Raises
    ------
    OperationError
        ``visa-missing``; ``round-runs`` while a lead waits for answers or a cooperation goes on.
    NotFoundError
        When the territory has no such round whose time is over.
    """
    ensure(actor, Action.ERASE)
    text = visa.strip()[:MOST_SIGNS]
    if not text:
        raise OperationError("visa-missing")
    found = [old for old in due(session, actor.territory_id, now=now) if old.public_id == round_id]
    if not found:
        raise NotFoundError
    if found[0].running:
        raise OperationError("round-runs", count=found[0].running)
    row = session.scalars(select(Round).where(Round.public_id == round_id)).one()
    row.state = next_state(ROUND, RoundState(row.state), RoundStep.PURGE).value
    gone = empty(session, row)
    journal.record(session, actor, "round_purged", row.public_id, now=now, visa=text, gone=gone)


def empty(session: Session, row: Round) -> dict[str, int]:
    """Delete what a round holds of firms; returns how many rows of each kind went."""
    leads = select(LeadRow.id).where(LeadRow.round_id == row.id)
    parties = select(PartyRow.id).where(PartyRow.lead_id.in_(leads))
    synergies = select(Synergy.id).where(Synergy.lead_id.in_(leads))
    sheets = select(Response.id).where(Response.round_id == row.id)
    revealed = select(Reveal.lead_id).where(Reveal.lead_id.in_(leads))
    gone = {}
    for name, statement in (  # what hangs on another goes before it
        ("results", delete(Result).where(Result.synergy_id.in_(synergies))),
        ("efforts", delete(Effort).where(Effort.synergy_id.in_(synergies))),
        ("steps", delete(Step).where(Step.synergy_id.in_(synergies))),
        ("synergies", delete(Synergy).where(Synergy.lead_id.in_(leads))),
        ("words", delete(MonthlyWord).where(MonthlyWord.party_id.in_(parties))),
        ("calls", delete(Call).where(Call.lead_id.in_(leads))),
        ("parties", delete(PartyRow).where(PartyRow.lead_id.in_(leads))),
        ("leads", delete(LeadRow).where(LeadRow.round_id == row.id, LeadRow.id.not_in(revealed))),
        ("files", delete(Attachment).where(Attachment.response_id.in_(sheets))),
        ("declarations", delete(Declaration).where(Declaration.response_id.in_(sheets))),
        ("responses", delete(Response).where(Response.round_id == row.id)),
    ):
        done = session.execute(statement, execution_options={"synchronize_session": False})
        gone[name] = int(getattr(done, "rowcount", 0))
    session.execute(update(LeadRow).where(LeadRow.round_id == row.id).values(reckoning=b""))
    session.execute(
        update(Run)
        .where(Run.round_id == row.id)
        .values(drawing=None, told=None, report={}, settings={})
    )
    row.words, row.settings, row.snapshot_digest = None, None, None
    return gone


def _running(session: Session, row: Round) -> int:
    """Leads that wait for answers, and cooperations that were neither measured nor closed."""
    leads = select(LeadRow.id).where(LeadRow.round_id == row.id)
    waiting = select(func.count()).where(
        LeadRow.round_id == row.id, LeadRow.state == LeadState.SENT.value
    )
    going_on = select(func.count()).where(
        Synergy.lead_id.in_(leads), Synergy.stage.not_in([stage.value for stage in ENDED])
    )
    return (session.scalar(waiting) or 0) + (session.scalar(going_on) or 0)
