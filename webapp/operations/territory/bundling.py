"""Several leads between the same firms go out together, for one call; answers stay apart."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import LeadState
from webapp.models import LeadRow, vault_of
from webapp.operations import journal, scope
from webapp.operations.errors import OperationError
from webapp.policy import Action, Actor, ensure

NOT_SENT = (LeadState.DRAFT, LeadState.HELD, LeadState.APPROVED)


def others_between(session: Session, row: LeadRow) -> list[LeadRow]:
    """The round's other leads between exactly the same firms that have not gone out."""
    firms = {party.firm_id for party in row.parties}
    return [
        other
        for other in session.scalars(
            select(LeadRow)
            .where(
                LeadRow.round_id == row.round_id,
                LeadRow.id != row.id,
                LeadRow.state.in_(NOT_SENT),
            )
            .order_by(LeadRow.rank)
        )
        if {party.firm_id for party in other.parties} == firms
    ]


def bundle(session: Session, actor: Actor, lead_id: str, *, now: datetime.datetime) -> int:
    """Bind a lead with all others between the same firms. Returns how many are bound.

    Raises
    ------
    OperationError
        ``nothing-to-bundle``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.lead_in(session, actor, lead_id)
    others = others_between(session, row)
    if not others or row.state not in NOT_SENT:
        raise OperationError("nothing-to-bundle")
    name = vault_of(session).new_token()
    for lead in (row, *others):
        lead.bundle = name
    journal.record(session, actor, "leads_bundled", row.public_id, now=now, leads=len(others) + 1)
    return len(others) + 1


def unbundle(session: Session, actor: Actor, lead_id: str, *, now: datetime.datetime) -> None:
    """Let the leads of a bundle go their own ways again."""
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.lead_in(session, actor, lead_id)
    if row.bundle is not None:
        for lead in session.scalars(select(LeadRow).where(LeadRow.bundle == row.bundle)):
            lead.bundle = None
    journal.record(session, actor, "leads_unbundled", row.public_id, now=now)


def with_bundles(session: Session, leads: Sequence[LeadRow]) -> list[LeadRow]:
    """The leads, and whatever is bound to them and has not gone out, each once."""
    found = {lead.id: lead for lead in leads}
    names = {lead.bundle for lead in leads if lead.bundle is not None}
    for lead in session.scalars(
        select(LeadRow).where(LeadRow.bundle.in_(names), LeadRow.state.in_(NOT_SENT))
    ):
        found.setdefault(lead.id, lead)
    return list(found.values())


def calls_of(leads: Sequence[LeadRow]) -> int:
    """How many calls so many leads mean: a bundle is one."""
    return len({lead.bundle or lead.public_id for lead in leads})
