"""Between rows and rules: a lead as the rules see it, stored back, and its reveal."""

from __future__ import annotations

import dataclasses
import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import LEAD, Decision, Lead, LeadState, LeadStep, Side, may_reveal, next_state
from webapp.models import Consent, LeadRow, Reveal, vault_of
from webapp.operations import journal, post, synergy_rows


def rules_view(session: Session, row: LeadRow) -> Lead:
    """The lead as the rules see it, charters included."""
    signed = set(
        session.scalars(
            select(Consent.firm_id).where(
                Consent.firm_id.in_([party.firm_id for party in row.parties]),
                Consent.charter_id == row.round.charter_id,
                Consent.withdrawn_at.is_(None),
            )
        )
    )
    return Lead(
        state=LeadState(row.state),
        version=row.version,
        answer_by=row.answer_by,
        sides=tuple(
            Side(
                decision=Decision(party.decision),
                version=party.decided_version,
                phoned_at=party.phoned_at,
                charter_in_force=party.firm_id in signed,
                withdrew=party.withdrew,
            )
            for party in row.parties
        ),
    )


def store(row: LeadRow, lead: Lead, now: datetime.datetime) -> None:
    """What the rules made of it."""
    row.state, row.version = lead.state.value, lead.version
    if lead.state is LeadState.CLOSED and row.ended_at is None:
        row.ended_at = now
    for party, side in zip(row.parties, lead.sides, strict=True):
        if party.decision != side.decision:
            party.decided_at = now
        party.decision = side.decision.value
        party.decided_version = side.version
        party.phoned_at = side.phoned_at
        party.withdrew = side.withdrew


def reveal_if_due(session: Session, row: LeadRow, *, now: datetime.datetime) -> bool:
    """R1 and R6: state, reveal row, audit line and mails, or nothing at all."""
    lead = rules_view(session, row)
    if not may_reveal(lead):
        return False
    revealed = next_state(LEAD, lead.state, LeadStep.REVEAL)
    store(row, dataclasses.replace(lead, state=revealed), now)
    session.add(Reveal(lead_id=row.id, at=now))
    synergy_rows.start(session, row, now=now)
    session.flush()
    journal.record(
        session, None, "lead_revealed", row.public_id, now=now, territory_id=row.round.territory_id
    )
    for party in row.parties:
        journal.record(
            session,
            None,
            "name_given",
            row.public_id,
            now=now,
            firm=party.firm,
            territory_id=row.round.territory_id,
        )
    _tell(session, row, now)
    return True


def _tell(session: Session, row: LeadRow, now: datetime.datetime) -> None:
    for party in row.parties:
        others = [
            f"{other.site.name}\n{contact_line(session, other.firm_id, row)}"
            for other in row.parties
            if other is not party
        ]
        for account in post.managers_of(session, party.firm):
            post.write(
                session,
                account,
                "revealed",
                key=f"revealed:{row.public_id}:{account.public_id}",
                now=now,
                partner="\n\n".join(others),
                path=f"/entreprise/propositions/{row.public_id}",
            )


def contact_line(session: Session, firm_id: int, row: LeadRow) -> str:
    """Name, address and telephone of whoever decides for a firm; used after a reveal only.

    Raises
    ------
    ValueError
        When the lead is not revealed: R7 is kept here too.
    """
    if row.state != LeadState.REVEALED:
        raise ValueError("names are given after the reveal only")
    firm = next(party.firm for party in row.parties if party.firm_id == firm_id)
    lines = []
    for account in post.managers_of(session, firm):
        person = vault_of(session).open(account.keys, account.personal)
        lines.append(
            ", ".join(part for part in (person["name"], person["address"], person["phone"]) if part)
        )
    return "\n".join(lines)
