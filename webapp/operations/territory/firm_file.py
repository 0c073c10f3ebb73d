"""A firm's page: who to speak to, its whole history, and the day before which it is left alone."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import Decision, LeadState
from webapp.models import (
    Account,
    AuditLine,
    Call,
    Firm,
    LeadRow,
    PartyRow,
    Response,
    Site,
    Synergy,
    Territory,
    vault_of,
)
from webapp.operations import journal, scope
from webapp.operations.errors import OperationError
from webapp.operations.signing_in import normal_address
from webapp.operations.territory import set_up
from webapp.policy import Action, Actor, FieldClass, Role, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the firm. ``returned_at``: since when mail to this address comes back."""

    account_id: str
    role: str
    name: str
    address: str
    phone: str
    returned_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the history. ``kind`` is a message id under ``firms.kind``."""

    at: datetime.datetime
    kind: str
    values: dict[str, Any]
    link: str | None = None  # a lead's id


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmPage:
    """All that the agent knows of a firm, besides what it declared."""

    public_id: str
    name: str
    siren: str | None
    sites: tuple[tuple[str, str | None], ...]
    people: tuple[Person, ...]
    left_alone_until: datetime.date | None
    is_left_alone: bool
    history: tuple[Happening, ...]
    responses: tuple[tuple[str, str, str, str], ...]  # response id, round, site, state


def firm_page(session: Session, actor: Actor, firm_id: str, *, now: datetime.datetime) -> FirmPage:
    """A firm's page; the look is logged."""
    ensure(actor, Action.CALL_FIRMS, FieldClass.PERSONAL)
    firm = scope.firm_in(session, actor, firm_id)
    journal.record(session, actor, "firm_read", firm.public_id, now=now, firm=firm)
    vault = vault_of(session)
    accounts = session.scalars(
        select(Account)
        .where(Account.firm_id == firm.id, Account.disabled_at.is_(None))
        .order_by(Account.id)
    )
    responses = session.scalars(
        select(Response).join(Site).where(Site.firm_id == firm.id).order_by(Response.id.desc())
    ).all()
    return FirmPage(
        public_id=firm.public_id,
        name=firm.name,
        siren=firm.siren,
        sites=tuple((site.name, site.siret) for site in firm.sites),
        people=tuple(
            Person(
                account_id=account.public_id,
                role=account.role,
                returned_at=account.returned_at,
                **vault.open(account.keys, account.personal),
            )
            for account in accounts
        ),
        left_alone_until=firm.left_alone_until,
        is_left_alone=is_left_alone(firm, now.date()),
        history=tuple(
            sorted(
                (*_calls(session, firm), *_leads(session, firm), *_mails(session, firm)),
                key=lambda item: item.at,
                reverse=True,
            )
        ),
        responses=tuple(
            (item.public_id, item.round.name, item.site.name, item.state) for item in responses
        ),
    )


def is_left_alone(firm: Firm, today: datetime.date) -> bool:
    """Whether nobody is to call or to write to it yet."""
    return firm.left_alone_until is not None and firm.left_alone_until > today


def leave_alone(
    session: Session,
    actor: Actor,
    firm_id: str,
    until: datetime.date | None,
    *,
    now: datetime.datetime,
) -> None:
    """Neither calls nor mails before a day; None: it may be spoken to again."""
    ensure(actor, Action.CALL_FIRMS)
    firm = scope.firm_in(session, actor, firm_id)
    firm.left_alone_until = until
    journal.record(session, actor, "left_alone", firm.public_id, now=now, firm=firm)


def correct_contact(
    session: Session,
    actor: Actor,
    firm_id: str,
    *,
    account_id: str,
    name: str,
    address: str,
    phone: str,
    now: datetime.datetime,
) -> None:
    """Mend a person's name, address or telephone, or add the firm's first contact.

    Raises
    ------
    OperationError
        ``address-wrong``, ``address-taken``.
    """
    ensure(actor, Action.CALL_FIRMS, FieldClass.PERSONAL)
    firm = scope.firm_in(session, actor, firm_id)
    if "@" not in address or len(address) > 200 or any(sign in address for sign in "\r\n ,;<>"):
        raise OperationError("address-wrong")
    account = session.scalar(
        select(Account).where(Account.public_id == account_id, Account.firm_id == firm.id)
    )
    vault = vault_of(session)
    if account is None:
        territory = session.get_one(Territory, actor.territory_id)
        set_up.create_account(
            session, territory, Role.MANAGER, name=name, address=address, phone=phone, firm=firm
        )
    else:
        digest = vault.digest("address", normal_address(address))
        taken = session.scalar(select(Account.id).where(Account.address_digest == digest))
        if taken is not None and taken != account.id:
            raise OperationError("address-taken")
        person = {"name": name.strip()[:200], "address": address, "phone": phone.strip()[:40]}
        account.personal = vault.seal(account.keys, person)
        account.address_digest, account.returned_at = digest, None
    journal.record(session, actor, "contact_corrected", firm.public_id, now=now, firm=firm)


def mark_returned(
    session: Session, actor: Actor, firm_id: str, account_id: str, *, now: datetime.datetime
) -> None:
    """Note that mail to somebody came back to the agent's own box."""
    ensure(actor, Action.CALL_FIRMS)
    firm = scope.firm_in(session, actor, firm_id)
    account = session.scalar(
        select(Account).where(Account.public_id == account_id, Account.firm_id == firm.id)
    )
    if account is not None:
        account.returned_at = now
    journal.record(session, actor, "mail_returned", firm.public_id, now=now, firm=firm)


def _calls(session: Session, firm: Firm) -> list[Happening]:
    rows = session.scalars(select(Call).where(Call.firm_id == firm.id))
    return [
        Happening(
            at=row.at,
            kind=f"call-{row.outcome}",
            values={
                "minutes": row.minutes,
                "note": ""
                if row.note is None
                else scope.opened_if_kept(session, firm, row.note) or "",
            },
        )
        for row in rows
    ]


def _leads(session: Session, firm: Firm) -> list[Happening]:
    """Its leads as the agent saw them go: sent, answered, revealed, ended; and what followed."""
    found = []
    for party in session.scalars(select(PartyRow).where(PartyRow.firm_id == firm.id)):
        lead: LeadRow = party.lead
        if lead.sent_at is None or firm.sealing_key is None:
            continue
        label = scope.opened(session, firm, party.card)["label"]
        values = {"label": label, "round": lead.round.name}
        if party.decided_at is not None and party.decision != Decision.PENDING:
            said = {} if party.reason is None else scope.opened(session, firm, party.reason)
            answer = {**values, "note": said.get("text") or said.get("question") or ""}
            found.append(
                Happening(
                    at=party.decided_at, kind=f"lead-{party.decision}", values=answer,
                    link=lead.public_id,
                )
            )  # fmt: skip
        found.append(
            Happening(at=lead.sent_at, kind="lead-sent", values=values, link=lead.public_id)
        )
        if lead.ended_at is not None:
            found.append(
                Happening(at=lead.ended_at, kind="lead-ended", values=values, link=lead.public_id)
            )
        if lead.state == LeadState.REVEALED:
            found += _steps(session, lead, values)
    return found


def _steps(session: Session, lead: LeadRow, values: dict[str, Any]) -> list[Happening]:
    synergy = session.scalar(select(Synergy).where(Synergy.lead_id == lead.id))
    steps = [] if synergy is None else synergy.steps
    return [
        Happening(at=step.at, kind=f"stage-{step.stage}", values=values, link=lead.public_id)
        for step in steps
    ]


def _mails(session: Session, firm: Firm) -> list[Happening]:
    lines = session.scalars(
        select(AuditLine).where(
            AuditLine.firm == firm.public_id, AuditLine.action.in_(["invitation", "reminder"])
        )
    )
    return [
        Happening(
            at=datetime.datetime.fromisoformat(line.at), kind=f"mail-{line.action}", values={}
        )
        for line in lines
    ]
