"""What the night does: leads whose time is over are closed and told, in the same words for all."""

from __future__ import annotations

import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.lifecycle import Decision, LeadState, closed_at_night
from webapp.models import Attempt, LeadRow, LoginCode
from webapp.operations import compliance, journal, post
from webapp.operations.lead_rows import rules_view, store

COUNTED_FOR = datetime.timedelta(days=1)


def close_due(session: Session, *, now: datetime.datetime) -> int:
    """R3: close every lead whose time is over. Returns how many. Safe to run again."""
    rows = session.scalars(
        select(LeadRow)
        .where(LeadRow.state.in_([LeadState.SENT, LeadState.WITHDRAWN]))
        .order_by(LeadRow.id)
    ).all()
    closed = 0
    for row in rows:
        before = rules_view(session, row)
        after = closed_at_night(before, now)
        if after == before:
            continue
        store(row, after, now)
        if after.state is not LeadState.CLOSED:
            continue
        closed += 1
        journal.record(
            session,
            None,
            "lead_closed",
            row.public_id,
            now=now,
            territory_id=row.round.territory_id,
        )
        for party, side in zip(row.parties, before.sides, strict=True):
            if side.decision is not Decision.ACCEPTED or party.withdrew:
                continue  # a mail depends on the reader's own decision only
            for account in post.managers_of(session, party.firm):
                post.write(
                    session,
                    account,
                    "ended",
                    key=f"ended:{row.public_id}:{account.public_id}",
                    now=now,
                    path=f"/entreprise/propositions/{row.public_id}",
                )
    return closed


def sweep(session: Session, *, now: datetime.datetime) -> None:
    """Forget counted tries and old codes."""
    session.execute(delete(Attempt).where(Attempt.at < now - COUNTED_FOR))
    session.execute(delete(LoginCode).where(LoginCode.asked_at < now - COUNTED_FOR))
    compliance.sweep(session, now=now)
