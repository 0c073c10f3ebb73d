"""Deletion: people at once; what the EPCI received only once the archives have given their visa.

Until then nothing of it serves any more: the firm has left every round. The firm's key goes with
the visa (the territory's side), and with the key every backup's copy.
"""

from __future__ import annotations

import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.lifecycle import ResponseState
from webapp.models import Account, Attachment, Response, Site
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.firm.leads import withdraw
from webapp.operations.firm.team import erase_person
from webapp.policy import Action, Actor, Role, ensure


def erase_me(session: Session, actor: Actor, *, now: datetime.datetime) -> None:
    """One's own name and address, at once. Who decides alone hands over first, or erases all.

    Raises
    ------
    OperationError
        ``hand-over-first``.
    """
    ensure(actor, Action.SEE_OWN_DATA)
    firm = scope.own_firm(session, actor)
    if actor.role is Role.MANAGER and len(post.managers_of(session, firm)) < 2:
        raise OperationError("hand-over-first")
    journal.record(session, actor, "contact_erased", actor.public_id, now=now, firm=firm)
    erase_person(session, session.get_one(Account, actor.account_id), now)


def erase_firm(session: Session, actor: Actor, *, now: datetime.datetime) -> None:
    """Leave every round, erase what was never sent and every person, ask for the rest."""
    ensure(actor, Action.WITHDRAW)
    firm = scope.own_firm(session, actor)
    for response in session.scalars(
        select(Response).join(Site).where(Site.firm_id == firm.id).order_by(Response.id)
    ):
        if response.state not in {ResponseState.WITHDRAWN, ResponseState.LISTED}:
            withdraw(session, actor, response.public_id, now=now)
        if response.submitted_at is None:
            _drop_drafts(session, response)
    firm.erasure_asked_at = firm.erasure_asked_at or now
    journal.record(session, actor, "erasure_asked", firm.public_id, now=now, firm=firm)
    for agent in post.agents_of(session, actor.territory_id):
        post.write(
            session,
            agent,
            "erasure",
            key=f"erasure:{firm.public_id}:{agent.public_id}",
            now=now,
            firm=firm.name,
            path="/territoire/",
        )
    for account in session.scalars(select(Account).where(Account.firm_id == firm.id)):
        erase_person(session, account, now)


def _drop_drafts(session: Session, response: Response) -> None:
    """What nobody but the firm has seen is no archive."""
    for item in list(response.declarations):
        response.declarations.remove(item)
        session.delete(item)
    for file in session.scalars(select(Attachment).where(Attachment.response_id == response.id)):
        session.delete(file)
    response.progress = None
