"""A firm's leads: what it may read of each, and its own decision.

What is returned before a reveal is a function of the firm's own rows, the card that was sent to it
and the calendar (R2): no other column of another party is read here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.disclosure import Card, OwnGain
from webapp.lifecycle import (
    RESPONSE,
    Decision,
    LeadState,
    ResponseState,
    ResponseStep,
    View,
    decided,
    next_state,
    seen_by,
    withdrawn,
)
from webapp.mapping.leads import card_from, gain_from
from webapp.models import Consent, LeadRow, PartyRow, Site
from webapp.operations import journal, post, scope
from webapp.operations.lead_rows import contact_line, reveal_if_due, rules_view, store
from webapp.operations.stages import ClosingCode
from webapp.policy import Action, Actor, FieldClass, ensure

MOST_REASON_SIGNS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another party, once revealed."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLead:
    """A lead as one of its firms reads it. ``cards``: the others; ``mirror``: itself, as read."""

    public_id: str
    version: int
    view: View
    answer_by: datetime.datetime | None
    direction: str
    label: Mapping[str, str]
    is_supposed: bool
    gain: OwnGain | None
    mirror: Card
    cards: tuple[Card, ...]
    note: str | None
    partners: tuple[Partner, ...] = ()


def own_leads(session: Session, actor: Actor) -> list[OwnLead]:
    """Every lead that was sent to the firm: those to answer first, then the newest."""
    ensure(actor, Action.READ_LEADS, FieldClass.PARTNER)
    firm = scope.own_firm(session, actor)
    parties = session.scalars(
        select(PartyRow)
        .join(LeadRow)
        .where(PartyRow.firm_id == firm.id, LeadRow.sent_at.is_not(None))
        .order_by(LeadRow.sent_at.desc(), LeadRow.id)
    )
    found = [
        _read(session, party)
        for party in parties
        if all(other.firm.sealing_key for other in party.lead.parties)  # else: destroyed
    ]
    return sorted(found, key=lambda lead: lead.view not in {View.TO_ANSWER, View.TO_CONFIRM})


def own_lead(session: Session, actor: Actor, lead_id: str) -> OwnLead:
    """One of them."""
    ensure(actor, Action.READ_LEADS, FieldClass.PARTNER)
    return _read(session, scope.own_party(session, actor, lead_id))


def decide(
    session: Session,
    actor: Actor,
    lead_id: str,
    decision: Decision,
    *,
    version: int,
    reason: str = "",
    code: ClosingCode | None = None,
    now: datetime.datetime,
) -> View:
    """Say yes, no, or take it back; when everybody said yes, the names are given at once.

    Raises
    ------
    StepError
        ``too-late``, ``text-changed`` or ``not-now``.
    """
    ensure(actor, Action.DECIDE)
    party = scope.own_party(session, actor, lead_id)
    row = party.lead
    if decision not in {Decision.ACCEPTED, Decision.DECLINED, Decision.PENDING}:
        raise ValueError(f"a firm does not decide « {decision} »")
    lead = decided(rules_view(session, row), party.place, decision, version=version, now=now)
    store(row, lead, now)
    if decision is Decision.DECLINED:
        text = reason.strip()[:MOST_REASON_SIGNS]
        _keep_said(session, party, text=text, code=None if code is None else int(code))
    session.flush()
    journal.record(
        session, actor, f"lead_{decision.value}", row.public_id, now=now, firm=party.firm
    )
    reveal_if_due(session, row, now=now)
    return seen_by(rules_view(session, row), party.place)


def ask(
    session: Session, actor: Actor, lead_id: str, question: str, *, now: datetime.datetime
) -> None:
    """A question, to the EPCI only."""
    ensure(actor, Action.DECIDE)
    party = scope.own_party(session, actor, lead_id)
    _keep_said(session, party, question=question.strip()[:MOST_REASON_SIGNS])
    journal.record(session, actor, "lead_asked", party.lead.public_id, now=now, firm=party.firm)
    for account in post.agents_of(session, actor.territory_id):
        post.write(
            session,
            account,
            "question",
            key=f"question:{party.id}:{now.isoformat()}:{account.public_id}",
            now=now,
            firm=party.firm.name,
            path=f"/territoire/propositions/{party.lead.public_id}",
        )


def withdraw(session: Session, actor: Actor, response_id: str, *, now: datetime.datetime) -> int:
    """Leave a round: answers are kept out, open leads are taken back. Returns how many.

    The others are told at the deadline, in the words of any other end.
    """
    ensure(actor, Action.WITHDRAW)
    response = scope.own_response(session, actor, response_id)
    parties = session.scalars(
        select(PartyRow)
        .join(LeadRow)
        .where(PartyRow.site_id == response.site_id, LeadRow.round_id == response.round_id)
    )
    taken_back = 0
    for party in parties:
        lead = rules_view(session, party.lead)
        if lead.state not in {LeadState.REVEALED, LeadState.CLOSED, LeadState.WITHDRAWN}:
            store(party.lead, withdrawn(lead, party.place), now)
            taken_back += 1
        elif lead.state is LeadState.WITHDRAWN:
            party.withdrew = True
    response.state = next_state(
        RESPONSE, ResponseState(response.state), ResponseStep.WITHDRAW
    ).value
    if not _has_other_sites(session, response.firm.id, response.site_id):
        for consent in session.scalars(
            select(Consent).where(
                Consent.firm_id == response.firm.id,
                Consent.charter_id == response.round.charter_id,
            )
        ):
            consent.withdrawn_at = now
    journal.record(
        session,
        actor,
        "withdrawn",
        response.public_id,
        now=now,
        firm=response.firm,
        leads=taken_back,
    )
    return taken_back


def _keep_said(session: Session, party: PartyRow, **said: Any) -> None:
    """Add to what a side told the trusted third party; a question does not undo a reason."""
    kept = {} if party.reason is None else scope.opened(session, party.firm, party.reason)
    told = {name: value for name, value in {**kept, **said}.items() if value}
    party.reason = scope.sealed(session, party.firm, told) if told else None


def _has_other_sites(session: Session, firm_id: int, site_id: int) -> bool:
    return (
        session.scalar(select(Site.id).where(Site.firm_id == firm_id, Site.id != site_id))
        is not None
    )


def _read(session: Session, party: PartyRow) -> OwnLead:
    row = party.lead
    view = seen_by(rules_view(session, row), party.place)
    if party.withdrew and view is not View.REVEALED:
        view = View.ENDED  # who left knows it
    mine = scope.opened(session, party.firm, party.card)
    others = [other for other in row.parties if other is not party]
    return OwnLead(
        public_id=row.public_id,
        version=row.version,
        view=view,
        answer_by=row.answer_by,
        direction=mine["attributes"]["direction"],
        label=mine["label"],
        is_supposed=mine["inferred"],
        gain=gain_from(mine["own_gain"]),
        mirror=card_from(mine["card"]),
        cards=tuple(
            card_from(scope.opened(session, other.firm, other.card)["card"]) for other in others
        ),
        note=mine["note"],
        partners=tuple(
            Partner(name=other.site.name, contact=contact_line(session, other.firm_id, row))
            for other in others
        )
        if view is View.REVEALED
        else (),
    )
