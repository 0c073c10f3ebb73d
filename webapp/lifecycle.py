"""States and what may follow what, as pure tables; rules R1 to R7 live here and nowhere else.

Nothing here reads a clock, a table or a request: rooms above load a :class:`Lead`, ask, and store
what comes back.

R1  revealed only when every side accepted the version in force, with its charter in force, and
    nobody withdrew (:func:`may_reveal`);
R2  what one side sees never depends on another's decision before reveal or close (:func:`seen_by`);
R3  an end is told at the first nightly close after the deadline, in the same words whatever the
    cause (:func:`closed_at_night`);
R4  a yes may be taken back until the reveal (:func:`decided`);
R5  an edit of the text takes every decision back (:func:`edited`);
R6  a reveal happens once: from REVEALED nothing leads back (:data:`LEAD`);
R7  names are not in the view at all before the reveal: a view is a word, it holds no data.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

PHONE_YES_LASTS = datetime.timedelta(days=7)
"""A yes typed by the agent waits so long for the firm's own click."""

MOST_REMINDERS = 3
REMINDERS_APART = datetime.timedelta(days=7)


class StepError(Exception):
    """A step that its state does not allow; ``code`` is a message id under ``errors.step``."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class RoundState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    MATCHING = "matching"
    REVIEW = "review"
    SENT = "sent"
    FOLLOW_UP = "follow_up"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    PURGED = "purged"


class RoundStep(StrEnum):
    OPEN = "open"
    CLOSE = "close"  # freezes the answers
    REOPEN = "reopen"  # with a reason, before matching
    MATCH = "match"
    STORE_RUN = "store_run"
    MATCH_FAILED = "match_failed"
    SEND = "send"
    FOLLOW_UP = "follow_up"
    PUBLISH = "publish"
    ARCHIVE = "archive"
    PURGE = "purge"


ROUND: Mapping[tuple[RoundState, RoundStep], RoundState] = {
    (RoundState.DRAFT, RoundStep.OPEN): RoundState.OPEN,
    (RoundState.OPEN, RoundStep.CLOSE): RoundState.CLOSED,
    (RoundState.CLOSED, RoundStep.REOPEN): RoundState.OPEN,
    (RoundState.CLOSED, RoundStep.MATCH): RoundState.MATCHING,
    (RoundState.MATCHING, RoundStep.STORE_RUN): RoundState.REVIEW,
    (RoundState.MATCHING, RoundStep.MATCH_FAILED): RoundState.CLOSED,
    (RoundState.REVIEW, RoundStep.SEND): RoundState.SENT,
    (RoundState.SENT, RoundStep.SEND): RoundState.SENT,
    (RoundState.SENT, RoundStep.FOLLOW_UP): RoundState.FOLLOW_UP,
    (RoundState.FOLLOW_UP, RoundStep.PUBLISH): RoundState.PUBLISHED,
    (RoundState.PUBLISHED, RoundStep.ARCHIVE): RoundState.ARCHIVED,
    **{
        (state, RoundStep.PURGE): RoundState.PURGED
        for state in RoundState
        if state not in {RoundState.MATCHING, RoundState.PURGED}
    },  # by its age, however far it came
}


class ResponseState(StrEnum):
    LISTED = "listed"
    INVITED = "invited"
    OPENED = "opened"
    CHARTER_OK = "charter_ok"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class ResponseStep(StrEnum):
    INVITE = "invite"
    OPEN = "open"
    SIGN_CHARTER = "sign_charter"
    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"


RESPONSE: Mapping[tuple[ResponseState, ResponseStep], ResponseState] = {
    (ResponseState.LISTED, ResponseStep.INVITE): ResponseState.INVITED,
    (ResponseState.INVITED, ResponseStep.INVITE): ResponseState.INVITED,  # a reminder
    (ResponseState.OPENED, ResponseStep.INVITE): ResponseState.OPENED,
    (ResponseState.CHARTER_OK, ResponseStep.INVITE): ResponseState.CHARTER_OK,
    (ResponseState.DRAFT, ResponseStep.INVITE): ResponseState.DRAFT,
    (ResponseState.INVITED, ResponseStep.OPEN): ResponseState.OPENED,
    (ResponseState.OPENED, ResponseStep.OPEN): ResponseState.OPENED,
    (ResponseState.CHARTER_OK, ResponseStep.OPEN): ResponseState.CHARTER_OK,
    (ResponseState.DRAFT, ResponseStep.OPEN): ResponseState.DRAFT,
    (ResponseState.SUBMITTED, ResponseStep.OPEN): ResponseState.SUBMITTED,
    (ResponseState.INVITED, ResponseStep.SIGN_CHARTER): ResponseState.CHARTER_OK,
    (ResponseState.OPENED, ResponseStep.SIGN_CHARTER): ResponseState.CHARTER_OK,
    (ResponseState.CHARTER_OK, ResponseStep.SAVE): ResponseState.DRAFT,
    (ResponseState.DRAFT, ResponseStep.SAVE): ResponseState.DRAFT,
    (ResponseState.SUBMITTED, ResponseStep.SAVE): ResponseState.DRAFT,  # to be sent again
    (ResponseState.CHARTER_OK, ResponseStep.SUBMIT): ResponseState.SUBMITTED,  # nothing to declare
    (ResponseState.DRAFT, ResponseStep.SUBMIT): ResponseState.SUBMITTED,
    **{
        (state, ResponseStep.WITHDRAW): ResponseState.WITHDRAWN
        for state in ResponseState
        if state is not ResponseState.WITHDRAWN
    },
}


class LeadState(StrEnum):
    DRAFT = "draft"  # as the run proposed it
    HELD = "held"
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"  # by the agent or by a side: told like any other end, at the deadline
    REVEALED = "revealed"
    CLOSED = "closed"


class LeadStep(StrEnum):
    APPROVE = "approve"
    HOLD = "hold"
    EDIT = "edit"
    SEND = "send"
    WITHDRAW = "withdraw"
    REVEAL = "reveal"
    CLOSE = "close"


LEAD: Mapping[tuple[LeadState, LeadStep], LeadState] = {
    (LeadState.DRAFT, LeadStep.APPROVE): LeadState.APPROVED,
    (LeadState.HELD, LeadStep.APPROVE): LeadState.APPROVED,
    (LeadState.DRAFT, LeadStep.HOLD): LeadState.HELD,
    (LeadState.APPROVED, LeadStep.HOLD): LeadState.HELD,
    (LeadState.DRAFT, LeadStep.EDIT): LeadState.DRAFT,
    (LeadState.HELD, LeadStep.EDIT): LeadState.DRAFT,
    (LeadState.APPROVED, LeadStep.EDIT): LeadState.DRAFT,  # what was approved is not what goes out
    (LeadState.SENT, LeadStep.EDIT): LeadState.SENT,
    (LeadState.APPROVED, LeadStep.SEND): LeadState.SENT,
    (LeadState.DRAFT, LeadStep.WITHDRAW): LeadState.CLOSED,  # nobody was told: nobody to tell
    (LeadState.HELD, LeadStep.WITHDRAW): LeadState.CLOSED,
    (LeadState.APPROVED, LeadStep.WITHDRAW): LeadState.CLOSED,
    (LeadState.SENT, LeadStep.WITHDRAW): LeadState.WITHDRAWN,
    (LeadState.SENT, LeadStep.REVEAL): LeadState.REVEALED,
    (LeadState.SENT, LeadStep.CLOSE): LeadState.CLOSED,
    (LeadState.WITHDRAWN, LeadStep.CLOSE): LeadState.CLOSED,
}


def next_state[State: StrEnum, Step: StrEnum](
    table: Mapping[tuple[State, Step], State], state: State, step: Step
) -> State:
    """What follows.

    Raises
    ------
    StepError
        When the state does not allow the step.
    """
    try:
        return table[state, step]
    except KeyError:
        raise StepError("not-now") from None


class Decision(StrEnum):
    PENDING = "pending"
    PHONED = "phoned"  # a yes typed by the agent, to be confirmed by the firm's own click
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Where one party stands. ``version``: of the text that it decided on."""

    decision: Decision = Decision.PENDING
    version: int | None = None
    phoned_at: datetime.datetime | None = None
    charter_in_force: bool = True
    withdrew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A proposal as the rules see it. ``answer_by`` is included: the last instant still counts."""

    state: LeadState
    version: int
    sides: tuple[Side, ...]
    answer_by: datetime.datetime | None = None


class View(StrEnum):
    """All that one side can tell of a lead's course."""

    NOTHING = "nothing"  # it has not been sent
    TO_ANSWER = "to_answer"
    TO_CONFIRM = "to_confirm"
    WAITING = "waiting"
    NOT_FOR_US = "not_for_us"
    REVEALED = "revealed"
    ENDED = "ended"


def may_reveal(lead: Lead) -> bool:
    """R1."""
    return lead.state is LeadState.SENT and all(
        side.decision is Decision.ACCEPTED
        and side.version == lead.version
        and side.charter_in_force
        and not side.withdrew
        for side in lead.sides
    )


def seen_by(lead: Lead, side: int) -> View:
    """R2: before reveal and close, a function of the side's own decision alone."""
    if lead.state is LeadState.REVEALED:
        return View.REVEALED
    if lead.state is LeadState.CLOSED:
        return View.ENDED if lead.answer_by is not None else View.NOTHING
    if lead.state not in {LeadState.SENT, LeadState.WITHDRAWN}:
        return View.NOTHING
    return {
        Decision.PENDING: View.TO_ANSWER,
        Decision.PHONED: View.TO_CONFIRM,
        Decision.ACCEPTED: View.WAITING,
        Decision.DECLINED: View.NOT_FOR_US,
        Decision.LAPSED: View.ENDED,
    }[lead.sides[side].decision]


def decided(
    lead: Lead, side: int, decision: Decision, *, version: int, now: datetime.datetime
) -> Lead:
    """The lead after one side's own decision, or (PHONED) after a yes that the agent typed.

    PENDING takes a decision back (R4). A lead that was withdrawn still takes answers until its
    deadline, or its silence would tell (R2); they reveal nothing.

    Raises
    ------
    StepError
        ``too-late``, ``text-changed`` or ``not-now``.
    """
    if lead.state is LeadState.CLOSED or _is_over(lead, now):
        raise StepError("too-late")
    if lead.state not in {LeadState.SENT, LeadState.WITHDRAWN}:
        raise StepError("not-now")
    if version != lead.version:
        raise StepError("text-changed")
    if decision is Decision.LAPSED:
        raise StepError("not-now")
    before = lead.sides[side]
    if decision is Decision.PHONED and before.decision is Decision.ACCEPTED:
        raise StepError("not-now")
    after = dataclasses.replace(
        before,
        decision=decision,
        version=None if decision is Decision.PENDING else version,
        phoned_at=now if decision is Decision.PHONED else None,
    )
    return _with_side(lead, side, after)


def edited(lead: Lead) -> Lead:
    """R5: a new version, and every side is asked again."""
    return dataclasses.replace(
        lead,
        state=next_state(LEAD, lead.state, LeadStep.EDIT),
        version=lead.version + 1,
        sides=tuple(
            dataclasses.replace(side, decision=Decision.PENDING, version=None, phoned_at=None)
            for side in lead.sides
        ),
    )


def withdrawn(lead: Lead, side: int | None = None) -> Lead:
    """Taken back by one side, or by the agent (None)."""
    after = dataclasses.replace(lead, state=next_state(LEAD, lead.state, LeadStep.WITHDRAW))
    if side is None:
        return after
    return _with_side(after, side, dataclasses.replace(after.sides[side], withdrew=True))


def closed_at_night(lead: Lead, now: datetime.datetime) -> Lead:
    """R3: what the nightly close makes of a lead; the same lead when nothing is due.

    A yes by phone that nobody confirmed lapses after :data:`PHONE_YES_LASTS`, unseen by the others.
    """
    if lead.state not in {LeadState.SENT, LeadState.WITHDRAWN}:
        return lead
    sides = tuple(
        dataclasses.replace(side, decision=Decision.LAPSED)
        if side.phoned_at is not None and now > side.phoned_at + PHONE_YES_LASTS
        else side
        for side in lead.sides
    )
    lead = dataclasses.replace(lead, sides=sides)
    if not _is_over(lead, now):
        return lead
    return dataclasses.replace(
        lead,
        state=next_state(LEAD, lead.state, LeadStep.CLOSE),
        sides=tuple(
            dataclasses.replace(side, decision=Decision.LAPSED)
            if side.decision in {Decision.PENDING, Decision.PHONED}
            else side
            for side in lead.sides
        ),
    )


def _is_over(lead: Lead, now: datetime.datetime) -> bool:
    return lead.answer_by is not None and now > lead.answer_by


def _with_side(lead: Lead, place: int, side: Side) -> Lead:
    sides = list(lead.sides)
    sides[place] = side
    return dataclasses.replace(lead, sides=tuple(sides))
