"""A round from its opening to its freeze: set up, invite, remind, close."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import (
    MOST_REMINDERS,
    REMINDERS_APART,
    RESPONSE,
    ROUND,
    LeadState,
    ResponseState,
    ResponseStep,
    RoundState,
    RoundStep,
    next_state,
)
from webapp.models import (
    Account,
    Charter,
    Firm,
    LeadRow,
    Response,
    Round,
    Run,
    Site,
    Territory,
    vault_of,
)
from webapp.operations import background, journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.territory.firm_file import is_left_alone
from webapp.operations.territory.set_up import blocked_by
from webapp.policy import Action, Actor, FieldClass, Role, ensure, is_allowed

MAILED = frozenset(
    {
        ResponseState.LISTED,
        ResponseState.INVITED,
        ResponseState.OPENED,
        ResponseState.CHARTER_OK,
        ResponseState.DRAFT,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """A round in a list."""

    public_id: str
    name: str
    state: RoundState
    until: datetime.date


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLine:
    """One site of a round, to the agent."""

    public_id: str
    site: str
    firm: str
    state: ResponseState
    mails: int
    mailed_at: datetime.datetime | None
    firm_id: str
    trouble: str | None  # no-contact, returned: why no mail reaches it


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPage:
    """A round as a whole, to the agent."""

    line: RoundLine
    missing_gates: tuple[str, ...]
    responses: tuple[ResponseLine, ...]
    by_state: dict[ResponseState, int]
    leads_by_state: dict[LeadState, int]
    steps: frozenset[RoundStep]
    report: dict[str, object] | None
    may_run: bool
    has_told: bool
    work: str  # how far the matching is, as a message id; empty: nothing to say
    follows: str  # the round whose answers it was matched after; empty: none


def rounds(session: Session, actor: Actor) -> list[RoundLine]:
    """Every round of the territory, newest first."""
    ensure(actor, Action.READ_ROUNDS)
    rows = session.scalars(
        select(Round).where(Round.territory_id == actor.territory_id).order_by(Round.id.desc())
    )
    return [_line(row) for row in rows]


def create_round(
    session: Session,
    actor: Actor,
    *,
    name: str,
    answers_until: datetime.date,
    now: datetime.datetime,
) -> str:
    """A round in draft, over every site of the territory. Returns its id.

    Raises
    ------
    OperationError
        ``charter-missing``, ``date-past``.
    """
    ensure(actor, Action.RUN_ROUND)
    if answers_until < now.date():
        raise OperationError("date-past")
    charter = session.scalar(
        select(Charter)
        .where(Charter.territory_id == actor.territory_id)
        .order_by(Charter.version.desc())
        .limit(1)
    )
    if charter is None:
        raise OperationError("charter-missing")
    vault = vault_of(session)
    row = Round(
        public_id=vault.new_token(),
        territory_id=actor.territory_id,
        charter_id=charter.id,
        name=name.strip()[:100],
        state=RoundState.DRAFT.value,
        answers_until=answers_until,
    )
    session.add(row)
    session.flush()
    sites = session.scalars(
        select(Site).join(Firm).where(Firm.territory_id == actor.territory_id).order_by(Site.id)
    )
    for site in sites:
        session.add(
            Response(
                public_id=vault.new_token(),
                round_id=row.id,
                site_id=site.id,
                state=ResponseState.LISTED.value,
            )
        )
    session.flush()
    journal.record(session, actor, "round_created", row.public_id, now=now)
    return row.public_id


def round_page(
    session: Session, actor: Actor, round_id: str, *, now: datetime.datetime
) -> RoundPage:
    """What the agent needs to run it; the look is logged."""
    ensure(actor, Action.READ_ANSWERS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    journal.record(session, actor, "round_read", row.public_id, now=now)
    reachable = _reachable(session, row.territory_id)
    responses = tuple(
        ResponseLine(
            public_id=sheet,
            site=site,
            firm=firm,
            state=ResponseState(state),
            mails=mails,
            mailed_at=mailed_at,
            firm_id=firm_id,
            trouble=_trouble(reachable.get(number)),
        )
        for sheet, state, mails, mailed_at, site, firm, firm_id, number in session.execute(
            select(
                Response.public_id,
                Response.state,
                Response.mails,
                Response.mailed_at,
                Site.name,
                Firm.name,
                Firm.public_id,
                Firm.id,
            )
            .join(Response.site)
            .join(Site.firm)
            .where(Response.round_id == row.id)
            .order_by(Site.name, Response.id)
        )
    )
    leads = session.scalars(select(LeadRow.state).where(LeadRow.round_id == row.id))
    run = session.scalar(select(Run).where(Run.round_id == row.id).order_by(Run.id.desc()).limit(1))
    state, may_run = RoundState(row.state), is_allowed(actor.role, Action.RUN_ROUND)
    return RoundPage(
        line=_line(row),
        missing_gates=blocked_by(row.territory),
        responses=responses,
        by_state=dict(Counter(item.state for item in responses)),
        leads_by_state=dict(Counter(LeadState(item) for item in leads)),
        steps=frozenset(step for before, step in ROUND if may_run and before is state),
        may_run=may_run,
        report=None if run is None else run.report,
        has_told=run is not None and run.told is not None,
        work=_work(session, row),
        follows=session.scalar(
            select(Round.name).where(
                Round.public_id == row.previous, Round.territory_id == row.territory_id
            )
        )
        or "",
    )


def _work(session: Session, row: Round) -> str:
    found = background.how_far(session, background.Kind.MATCH, row.public_id)
    if found is None or row.state not in {RoundState.MATCHING, RoundState.CLOSED}:
        return ""
    stage, failure = found
    if row.state == RoundState.MATCHING:
        return stage.value
    return "given_up" if failure else ""


def open_round(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> None:
    """Let firms answer.

    Raises
    ------
    OperationError
        ``gates-missing`` while a document is not on file.
    """
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    if blocked_by(row.territory):
        raise OperationError("gates-missing")
    _step(session, actor, row, RoundStep.OPEN, now)


def invite(
    session: Session,
    actor: Actor,
    round_id: str,
    response_ids: Sequence[str] | None = None,
    *,
    now: datetime.datetime,
) -> int:
    """Invite, or remind, sites that have not answered (all of them: None). Returns how many.

    At most three reminders a site, seven days apart. Who has no account, whose mail comes back and
    who asked to be left alone is passed over: the agent's list says so.

    Raises
    ------
    OperationError
        ``closed`` when the round is not open, ``sendings-stopped``.
    """
    ensure(actor, Action.RUN_ROUND)
    row = scope.round_in(session, actor, round_id)
    if row.state != RoundState.OPEN:
        raise OperationError("closed")
    must_not_be_stopped(row.territory)
    vault = vault_of(session)
    invited = 0
    for response in row.responses:
        if response_ids is not None and response.public_id not in response_ids:
            continue
        if ResponseState(response.state) not in MAILED or response.mails > MOST_REMINDERS:
            continue
        if response.mailed_at is not None and now < response.mailed_at + REMINDERS_APART:
            continue
        managers = post.managers_of(session, response.firm)
        if not managers or managers[0].returned_at is not None:
            continue
        if is_left_alone(response.firm, now.date()):
            continue
        if response.mails and post.asked(session, managers[0], row.id) >= post.MOST_ASKING - 1:
            continue  # the last of four is for a lead
        response.state = next_state(
            RESPONSE, ResponseState(response.state), ResponseStep.INVITE
        ).value
        token = vault.new_token(32)
        response.link_digest = vault.digest("link", token)
        template = "invitation" if response.mails == 0 else "reminder"
        response.mails += 1
        response.mailed_at = now
        post.write(
            session,
            managers[0],
            template,
            key=f"invite:{response.public_id}:{response.mails}",
            now=now,
            round_id=row.id,
            **invitation_values(row, managers[0].language),
            path=f"/invitation/{token}",
        )
        journal.record(session, actor, template, response.public_id, now=now, firm=response.firm)
        invited += 1
    return invited


def invitation_values(row: Round, language: str) -> dict[str, str]:
    """What the invitation of a round says, its link left out."""
    words = (row.words or {}).get(language, "")
    return {
        "territory": row.territory.name,
        "round": row.name,
        "until": row.answers_until.isoformat(),
        "words": f"{words}\n\n" if words else "",
    }


def close_round(session: Session, actor: Actor, round_id: str, *, now: datetime.datetime) -> None:
    """Freeze the answers: what was sent is what will be matched."""
    ensure(actor, Action.RUN_ROUND)
    _step(session, actor, scope.round_in(session, actor, round_id), RoundStep.CLOSE, now)


def reopen_round(
    session: Session, actor: Actor, round_id: str, reason: str, *, now: datetime.datetime
) -> None:
    """Let firms answer again, before any matching.

    Raises
    ------
    OperationError
        ``reason-missing``.
    """
    ensure(actor, Action.RUN_ROUND)
    if not reason.strip():
        raise OperationError("reason-missing")
    _step(session, actor, scope.round_in(session, actor, round_id), RoundStep.REOPEN, now)


def _reachable(session: Session, territory_id: int) -> dict[int, bool]:
    """Of each firm that has somebody who decides, whether mail to the first of them arrives."""
    found: dict[int, bool] = {}
    for firm, returned_at in session.execute(
        select(Account.firm_id, Account.returned_at)
        .where(
            Account.territory_id == territory_id,
            Account.role == Role.MANAGER,
            Account.disabled_at.is_(None),
        )
        .order_by(Account.id)
    ):
        if firm is not None:
            found.setdefault(firm, returned_at is None)
    return found


def _trouble(is_reachable: bool | None) -> str | None:
    if is_reachable is None:
        return "no-contact"
    return None if is_reachable else "returned"


def must_not_be_stopped(territory: Territory) -> None:
    """The stop button of the data protection officer.

    Raises
    ------
    OperationError
        ``sendings-stopped``.
    """
    if territory.sendings_stopped_at is not None:
        raise OperationError("sendings-stopped")


def _step(
    session: Session, actor: Actor, row: Round, step: RoundStep, now: datetime.datetime
) -> None:
    row.state = next_state(ROUND, RoundState(row.state), step).value
    journal.record(session, actor, f"round_{step.value}", row.public_id, now=now)


def _line(row: Round) -> RoundLine:
    return RoundLine(
        public_id=row.public_id,
        name=row.name,
        state=RoundState(row.state),
        until=row.answers_until,
    )
