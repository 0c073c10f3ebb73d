"""The state of a campaign's compliance: documents, register, log, retention; stop and destruction.

The data protection officer sees names of firms as public registers have them, and no flow.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.lifecycle import LeadState, ResponseState, withdrawn
from webapp.models import (
    Account,
    Attempt,
    Consent,
    Firm,
    LoginCode,
    OutgoingMail,
    PartyRow,
    Response,
    Round,
    Site,
    Territory,
    WebSession,
)
from webapp.operations import journal, purging, scope
from webapp.operations.errors import OperationError
from webapp.operations.lead_rows import rules_view, store
from webapp.operations.purging import OldRound
from webapp.operations.territory.set_up import GATES
from webapp.policy import Action, Actor, ensure
from webapp.retention import RULES, TABLES, Processing, Rule, days_of

MOST_SIGNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundState:
    """A round, to the officer: counts only."""

    name: str
    state: str
    until: datetime.date
    charter_version: int
    asked: int
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A rule of retention, and how many rows are past it (none, after a night)."""

    rule: Rule
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """All that the page shows."""

    territory: str
    documents: Mapping[str, str]
    rounds: tuple[RoundState, ...]
    stopped_at: datetime.datetime | None
    waiting: int
    lines: int
    broken: int | None
    register: Mapping[Processing, tuple[str, ...]]
    kept: tuple[Kept, ...]
    to_purge: tuple[OldRound, ...]
    to_destroy: tuple[tuple[str, str, datetime.datetime | None], ...]
    destroyed: int


def compliance(session: Session, actor: Actor, *, now: datetime.datetime) -> Compliance:
    """Where the territory stands; the chain of the log is verified now."""
    ensure(actor, Action.READ_AUDIT)
    territory = session.get_one(Territory, actor.territory_id)
    lines, broken = journal.verify(session)
    firms = session.scalars(
        select(Firm).where(Firm.territory_id == territory.id).order_by(Firm.name)
    ).all()
    return Compliance(
        territory=territory.name,
        documents={name: str(territory.gates.get(name, "")) for name in GATES},
        rounds=tuple(
            _round(session, row)
            for row in session.scalars(
                select(Round).where(Round.territory_id == territory.id).order_by(Round.id.desc())
            )
        ),
        stopped_at=territory.sendings_stopped_at,
        waiting=_waiting(session, territory),
        lines=lines,
        broken=broken,
        register={
            processing: tuple(name for name, found in TABLES.items() if found is processing)
            for processing in Processing
        },
        kept=tuple(
            Kept(rule=rule, overdue=_overdue(session, rule, territory.id, now)) for rule in RULES
        ),
        to_purge=purging.due(session, territory.id, now=now),
        to_destroy=tuple(
            (firm.public_id, firm.name, firm.erasure_asked_at)
            for firm in sorted(firms, key=lambda firm: firm.erasure_asked_at is None)
            if firm.sealing_key is not None
        ),
        destroyed=sum(firm.sealing_key is None for firm in firms),
    )


def stop_sendings(session: Session, actor: Actor, *, now: datetime.datetime) -> None:
    """No mail goes out any more, but the codes to sign in; what waits, waits."""
    ensure(actor, Action.STOP_SENDINGS)
    territory = session.get_one(Territory, actor.territory_id)
    territory.sendings_stopped_at = territory.sendings_stopped_at or now
    journal.record(session, actor, "sendings_stopped", territory.public_id, now=now)


def resume_sendings(session: Session, actor: Actor, *, now: datetime.datetime) -> None:
    """Mails go out again."""
    ensure(actor, Action.STOP_SENDINGS)
    territory = session.get_one(Territory, actor.territory_id)
    territory.sendings_stopped_at = None
    journal.record(session, actor, "sendings_resumed", territory.public_id, now=now)


def destroy(
    session: Session, actor: Actor, firm_id: str, visa: str, *, now: datetime.datetime
) -> None:
    """Destroy a firm's key, and with it all that it sealed, in the base and in every backup.

    Open leads are taken back first: their other parties are told like of any end.

    Raises
    ------
    OperationError
        ``visa-missing``: number and date of the archivist's visa (Code du patrimoine, L. 212-2,
        to be confirmed).
    """
    ensure(actor, Action.ERASE)
    firm = scope.firm_in(session, actor, firm_id)
    text = visa.strip()[:MOST_SIGNS]
    if not text:
        raise OperationError("visa-missing")
    for party in session.scalars(select(PartyRow).where(PartyRow.firm_id == firm.id)):
        lead = rules_view(session, party.lead)
        if lead.state not in {LeadState.REVEALED, LeadState.CLOSED, LeadState.WITHDRAWN}:
            store(party.lead, withdrawn(lead, party.place), now)
    for response in session.scalars(select(Response).join(Site).where(Site.firm_id == firm.id)):
        response.state = ResponseState.WITHDRAWN.value
        response.link_digest = None
    for account in session.scalars(select(Account).where(Account.firm_id == firm.id)):
        account.disabled_at = account.disabled_at or now
        account.address_digest = f"destroyed:{account.public_id}"
        session.execute(
            update(WebSession)
            .where(WebSession.account_id == account.id, WebSession.ended_at.is_(None))
            .values(ended_at=now)
        )
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.account_id == account.id, OutgoingMail.sent_at.is_(None))
            .values(given_up_at=now)
        )
    firm.sealing_key = None
    journal.record(session, actor, "firm_destroyed", firm.public_id, now=now, firm=firm, visa=text)


def sweep(session: Session, *, now: datetime.datetime) -> None:
    """What the rules of retention forget in the night, besides codes and tries."""
    session.execute(
        update(Response)
        .where(Response.link_digest.is_not(None), Response.mailed_at < now - days_of("links"))
        .values(link_digest=None)
    )
    session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.sent_at < now - days_of("mails"), OutgoingMail.values != b"")
        .values(values=b"")
    )
    gone = select(WebSession).where(WebSession.seen_at < now - days_of("sessions"))
    for row in session.scalars(gone):
        session.delete(row)


def _overdue(session: Session, rule: Rule, territory_id: int, now: datetime.datetime) -> int:
    if rule.needs_visa:
        return len(purging.due(session, territory_id, now=now))
    due = now - days_of(rule.name) - datetime.timedelta(days=1)  # the night comes once a day
    queries = {
        "codes": select(func.count()).select_from(LoginCode).where(LoginCode.asked_at < due),
        "links": select(func.count())
        .select_from(Response)
        .where(Response.link_digest.is_not(None), Response.mailed_at < due),
        "mails": select(func.count())
        .select_from(OutgoingMail)
        .where(OutgoingMail.sent_at < due, OutgoingMail.values != b""),
        "sessions": select(func.count()).select_from(WebSession).where(WebSession.seen_at < due),
    }
    count = session.scalar(queries[rule.name]) or 0
    if rule.name == "codes":
        count += (
            session.scalar(select(func.count()).select_from(Attempt).where(Attempt.at < due)) or 0
        )
    return count


def _waiting(session: Session, territory: Territory) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(OutgoingMail)
            .join(Account, Account.id == OutgoingMail.account_id)
            .where(
                Account.territory_id == territory.id,
                OutgoingMail.sent_at.is_(None),
                OutgoingMail.given_up_at.is_(None),
            )
        )
        or 0
    )


def _round(session: Session, row: Round) -> RoundState:
    firms = {item.site.firm_id for item in row.responses}
    signed = session.scalars(
        select(Consent.firm_id).where(
            Consent.charter_id == row.charter_id, Consent.withdrawn_at.is_(None)
        )
    )
    return RoundState(
        name=row.name,
        state=row.state,
        until=row.answers_until,
        charter_version=row.charter.version,
        asked=len(firms),
        signed=len(firms & set(signed)),
    )
