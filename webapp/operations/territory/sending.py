"""Sending a batch of leads blind: what may go goes, the rest is kept back with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import TIMEZONE
from webapp.lifecycle import LEAD, ROUND, LeadState, LeadStep, RoundState, RoundStep, next_state
from webapp.models import Call, LeadRow, Round, vault_of
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.territory.bundling import calls_of, with_bundles
from webapp.operations.territory.firm_file import is_left_alone
from webapp.operations.territory.rounds import must_not_be_stopped
from webapp.operations.territory.set_up import may_send_waste
from webapp.policy import Action, Actor, ensure

SHORTEST_DAYS = 5
"""A firm that opens its mail twice a week must still have time (engineering judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What went out, and what was kept back: lead id -> code of the reason."""

    sent: tuple[str, ...]
    kept_back: dict[str, str]


def send_batch(
    session: Session,
    actor: Actor,
    round_id: str,
    lead_ids: Sequence[str],
    *,
    answer_until: datetime.date,
    least_hiding: int,
    batch_size: int,
    now: datetime.datetime,
) -> Batch:
    """Send approved leads; each firm gets one mail for the batch, whatever its leads.

    Raises
    ------
    OperationError
        ``batch-empty``, ``batch-too-large``, ``answer-too-soon``, ``sendings-stopped``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.round_in(session, actor, round_id)
    must_not_be_stopped(row.territory)
    if not lead_ids:
        raise OperationError("batch-empty")
    if answer_until < now.date() + datetime.timedelta(days=SHORTEST_DAYS):
        raise OperationError("answer-too-soon", days=SHORTEST_DAYS)
    answer_by = datetime.datetime.combine(
        answer_until, datetime.time(23, 59, 59), tzinfo=TIMEZONE
    ).astimezone(datetime.UTC)
    chosen = [scope.lead_in(session, actor, lead_id) for lead_id in dict.fromkeys(lead_ids)]
    leads = with_bundles(session, chosen)
    if calls_of(leads) > batch_size:
        raise OperationError("batch-too-large", most=batch_size)
    kept_back = {
        lead.public_id: reason
        for lead in leads
        if (reason := _kept_back(session, row, lead, least_hiding, now.date())) is not None
    }
    stuck = {lead.bundle for lead in leads if lead.public_id in kept_back and lead.bundle}
    for lead in leads:
        if lead.bundle in stuck:
            kept_back.setdefault(lead.public_id, "bundle-not-ready")
    going = [lead for lead in leads if lead.public_id not in kept_back]
    for lead in going:
        lead.state = next_state(LEAD, LeadState(lead.state), LeadStep.SEND).value
        lead.sent_at, lead.answer_by = now, answer_by
        for party in lead.parties:
            journal.record(session, actor, "lead_sent", lead.public_id, now=now, firm=party.firm)
    if going:
        row.state = next_state(ROUND, RoundState(row.state), RoundStep.SEND).value
        _mail(session, going, answer_until, now)
    return Batch(sent=tuple(lead.public_id for lead in going), kept_back=kept_back)


def _kept_back(
    session: Session, row: Round, lead: LeadRow, least_hiding: int, today: datetime.date
) -> str | None:
    if lead.round_id != row.id or lead.state != LeadState.APPROVED:
        return "not-approved"
    if lead.is_waste and not may_send_waste(row.territory):
        return "waste-gate"
    for party in lead.parties:
        if is_left_alone(party.firm, today):
            return "left-alone"
        if not post.managers_of(session, party.firm):
            return "nobody-to-answer"
        if party.secrecy != "open" and party.behind < least_hiding and party.risk_signed_by is None:
            return "too-few-behind"
        if party.secrecy == "sensitive" and not _was_called(session, party.firm_id, lead.id):
            return "call-first"
    return None


def _was_called(session: Session, firm_id: int, lead_id: int) -> bool:
    return (
        session.scalar(
            select(Call.id).where(
                Call.firm_id == firm_id, Call.lead_id == lead_id, Call.outcome == "reached"
            )
        )
        is not None
    )


def _mail(
    session: Session, leads: Sequence[LeadRow], until: datetime.date, now: datetime.datetime
) -> None:
    batch = vault_of(session).new_token()
    firms = {party.firm_id: party.firm for lead in leads for party in lead.parties}
    for firm in firms.values():
        for account in post.managers_of(session, firm):
            post.write(
                session,
                account,
                "proposal",
                key=f"batch:{batch}:{account.public_id}",
                now=now,
                round_id=leads[0].round_id,
                until=until.isoformat(),
                path="/entreprise/propositions",
            )
