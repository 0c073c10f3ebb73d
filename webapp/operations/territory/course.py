"""How far a round has come, in sites: invited, opened, sent, with a lead, proposed to, agreed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import LeadState, ResponseState, RoundState
from webapp.models import LeadRow, PartyRow, Response, Round
from webapp.operations import scope
from webapp.policy import Action, Actor, ensure

STEPS = ("invited", "opened", "sent", "matched", "proposed", "agreed")
_OPENED = frozenset(
    {
        ResponseState.OPENED,
        ResponseState.CHARTER_OK,
        ResponseState.DRAFT,
        ResponseState.SUBMITTED,
    }
)


_NOT_COUNTED = (RoundState.DRAFT, RoundState.PURGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStep:
    """One step: how many sites reached it, of the last round too (None: there was none)."""

    name: str
    sites: int
    lost: int
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A round's steps, and the name of the round that they are compared with."""

    round_id: str
    round_name: str
    before_name: str
    steps: tuple[CourseStep, ...]

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((1, *(step.sites for step in self.steps)))


def course(session: Session, actor: Actor, round_id: str | None = None) -> Course | None:
    """Of a round, or of the newest that has begun; None where none has."""
    ensure(actor, Action.READ_ROUNDS)
    row = (
        session.scalar(
            select(Round)
            .where(Round.territory_id == actor.territory_id, Round.state.not_in(_NOT_COUNTED))
            .order_by(Round.id.desc())
            .limit(1)
        )
        if round_id is None
        else scope.round_in(session, actor, round_id)
    )
    if row is None:
        return None
    before = session.scalar(
        select(Round)
        .where(
            Round.territory_id == row.territory_id,
            Round.public_id == row.previous if row.previous else Round.id < row.id,
            Round.state.not_in(_NOT_COUNTED),
        )
        .order_by(Round.id.desc())
        .limit(1)
    )
    now, then = _counts(session, row), {} if before is None else _counts(session, before)
    counts = [now[name] for name in STEPS]
    return Course(
        round_id=row.public_id,
        round_name=row.name,
        before_name="" if before is None else before.name,
        steps=tuple(
            CourseStep(
                name=name,
                sites=count,
                lost=max(0, earlier - count) if count else 0,  # none yet is not a loss
                before=None if before is None else then[name],
            )
            for name, count, earlier in zip(STEPS, counts, (counts[0], *counts), strict=False)
        ),
    )


def _counts(session: Session, row: Round) -> dict[str, int]:
    asked = session.execute(
        select(Response.state, Response.mails).where(Response.round_id == row.id)
    ).all()
    sites: dict[str, set[int]] = {"matched": set(), "proposed": set(), "agreed": set()}
    for site, state, sent_at in session.execute(
        select(PartyRow.site_id, LeadRow.state, LeadRow.sent_at)
        .join(LeadRow)
        .where(LeadRow.round_id == row.id)
    ):
        sites["matched"].add(site)
        if sent_at is not None:
            sites["proposed"].add(site)
        if state == LeadState.REVEALED:
            sites["agreed"].add(site)
    return {
        "invited": sum(mails > 0 or state in _OPENED for state, mails in asked),
        "opened": sum(state in _OPENED for state, _ in asked),
        "sent": sum(state == ResponseState.SUBMITTED for state, _ in asked),
        **{name: len(found) for name, found in sites.items()},
    }
