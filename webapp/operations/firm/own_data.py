"""A firm's own data: all of it, and who looked at it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import Account, Response, Site, vault_of
from webapp.operations import journal, scope
from webapp.policy import Action, Actor, FieldClass, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One line of the log that concerns the firm: when, in which role, what."""

    at: datetime.datetime
    role: str
    action: str


def looks(session: Session, actor: Actor) -> list[Look]:
    """What was done with the firm's data, newest first.

    Lines that tell of a lead's course stay out until the firm could read them anyway; whoever has
    one theme reads the lines of its own doing.
    """
    ensure(actor, Action.SEE_OWN_DATA)
    firm = scope.own_firm(session, actor)
    return [
        Look(at=datetime.datetime.fromisoformat(line.at), role=line.role, action=line.action)
        for line in journal.lines_about(session, firm.public_id)
        if actor.theme is None or line.actor == actor.public_id
    ]


def export(session: Session, actor: Actor, *, now: datetime.datetime) -> dict[str, Any]:
    """Everything that the firm told, as it told it; to whoever has one theme, that theme."""
    ensure(actor, Action.SEE_OWN_DATA, FieldClass.PERSONAL)
    firm = scope.own_firm(session, actor)
    vault = vault_of(session)
    is_whole = actor.theme is None
    accounts = session.scalars(
        select(Account).where(
            Account.firm_id == firm.id if is_whole else Account.id == actor.account_id
        )
    )
    responses = session.scalars(
        select(Response).join(Site).where(Site.firm_id == firm.id).order_by(Response.id)
    )
    data = {
        "exported_at": now.isoformat(),
        "firm": {"name": firm.name, "siren": firm.siren},
        "people": [vault.open(account.keys, account.personal) for account in accounts],
        "sites": [
            {
                "name": site.name,
                **site.register,
                **(scope.opened(session, firm, site.private) if is_whole else {}),
            }
            for site in firm.sites
        ],
        "answers": [
            {
                "round": response.round.name,
                "site": response.site.name,
                "state": response.state,
                "receipt": response.receipt,
                "rows": [
                    {"table": item.table, **scope.opened(session, firm, item.row)}
                    for item in response.declarations
                    if actor.theme in (None, item.table)
                ],
            }
            for response in responses
        ],
    }
    journal.record(session, actor, "data_exported", firm.public_id, now=now, firm=firm)
    return data
