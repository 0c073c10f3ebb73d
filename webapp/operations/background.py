"""Work to be done behind the pages: asked for once, leased, tried again, given up, never lost.

A row is written in the transaction of what asks for it, so that neither stands without the other.
Its lease ends by itself when its taker is killed; a result is stored only under the lease that it
was reckoned under, so that a taker who was thought dead stores nothing a second time.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.models import BackgroundJob, vault_of

LEASE = datetime.timedelta(minutes=2)
BEAT_S = 30.0
MOST_TRIES = 3
FIRST_PAUSE = datetime.timedelta(seconds=10)  # then tenfold: about two minutes in all
KEPT_FOR = datetime.timedelta(days=30)


class Kind(StrEnum):
    MATCH = "match"
    NIGHT = "night"


class Stage(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    SOLVING = "solving"
    STORING = "storing"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row that its taker holds. ``is_last``: it was tried too often, and is to be given up."""

    number: int
    kind: Kind
    subject: str
    lease: str
    is_last: bool


def ask_for(
    session: Session, kind: Kind, subject: str, *, key: str, now: datetime.datetime
) -> bool:
    """Write that something is to be done; the same ``key`` again is the same work."""
    if session.scalar(select(BackgroundJob.id).where(BackgroundJob.key == key)) is not None:
        return False
    session.add(
        BackgroundJob(
            key=key,
            kind=kind.value,
            subject=subject,
            stage=Stage.WAITING.value,
            written_at=now,
            next_try_at=now,
        )
    )
    wake(session)
    return True


def claim(session: Session, now: datetime.datetime) -> Claim | None:
    """Lease the oldest row that is due; None when there is none."""
    row = session.scalar(
        select(BackgroundJob)
        .where(BackgroundJob.ended_at.is_(None), BackgroundJob.next_try_at <= now)
        .order_by(BackgroundJob.id)
        .limit(1)
    )
    if row is None:
        return None
    row.tries += 1
    row.lease = vault_of(session).new_token()
    row.next_try_at = now + LEASE
    return Claim(
        number=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        lease=row.lease,
        is_last=row.tries > MOST_TRIES,
    )


def beat(session: Session, held: Claim, now: datetime.datetime, stage: Stage | None = None) -> bool:
    """Hold the lease longer, and say how far the work is; False when it is no longer held."""
    row = _held(session, held)
    if row is None:
        return False
    row.next_try_at = now + LEASE
    if stage is not None:
        row.stage = stage.value
    return True


def finish(session: Session, held: Claim, now: datetime.datetime, failure: str = "") -> bool:
    """Done, in the transaction of the result; False, and nothing may be stored, when not held.

    ``failure`` is the code of a mistake that trying again would not mend.
    """
    row = _held(session, held)
    if row is None:
        return False
    row.stage = (Stage.GIVEN_UP if failure else Stage.DONE).value
    row.failure = failure or None
    row.ended_at, row.lease = now, None
    return True


def try_later(session: Session, held: Claim, now: datetime.datetime, failure: str) -> bool:
    """It went wrong: once more after a pause, if tries are left; False when they are not."""
    row = _held(session, held)
    if row is None:
        return True  # somebody else has it
    if row.tries >= MOST_TRIES:
        return False
    row.stage, row.failure, row.lease = Stage.WAITING.value, failure, None
    row.next_try_at = now + FIRST_PAUSE * 10 ** (row.tries - 1)
    return True


def how_far(session: Session, kind: Kind, subject: str) -> tuple[Stage, str] | None:
    """Where the newest work on a subject stands, and the code of what went wrong; None: none."""
    row = session.scalar(
        select(BackgroundJob)
        .where(BackgroundJob.kind == kind.value, BackgroundJob.subject == subject)
        .order_by(BackgroundJob.id.desc())
        .limit(1)
    )
    return None if row is None else (Stage(row.stage), row.failure or "")


def sweep(session: Session, *, now: datetime.datetime) -> None:
    """Forget what ended long ago."""
    session.execute(delete(BackgroundJob).where(BackgroundJob.ended_at < now - KEPT_FOR))


def wake(session: Session) -> None:
    """Have the worker woken once this transaction is kept."""
    session.info["has_work"] = True


def _held(session: Session, held: Claim) -> BackgroundJob | None:
    row = session.get(BackgroundJob, held.number)
    return row if row is not None and row.lease == held.lease else None
