"""A round after a round: what was refused and why, and leads that are held for it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from webapp.lifecycle import LEAD, Decision, LeadState, LeadStep, ResponseState, next_state
from webapp.models import (
    Declaration,
    ErasedError,
    LeadRow,
    PartyRow,
    Round,
    Synergy,
    vault_of,
)
from webapp.operations import journal, scope
from webapp.operations.stages import SynergyStage
from webapp.operations.territory import rounds
from webapp.policy import Action, Actor, FieldClass, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A lead that did not go on. ``who``: the firm that said no, empty when a synergy ended.

    ``closing_code`` may be missing from a no.
    """

    label: dict[str, str]
    sites: tuple[str, ...]
    who: str
    reason: str
    closing_code: int | None


def refusals(
    session: Session, actor: Actor, round_id: str, *, now: datetime.datetime
) -> tuple[str, list[Refusal]]:
    """The round's name, and what was refused in it and why; the look is logged."""
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.round_in(session, actor, round_id)
    journal.record(session, actor, "refusals_read", row.public_id, now=now)
    found: list[Refusal | None] = []
    for lead in session.scalars(
        select(LeadRow).where(LeadRow.round_id == row.id).order_by(LeadRow.rank)
    ):
        code = _closing_code(session, lead)
        found += [
            _refusal(session, lead, party, code)
            for party in lead.parties
            if party.decision == Decision.DECLINED or (code is not None and party.place == 0)
        ]
    return row.name, [item for item in found if item is not None]


def next_round(
    session: Session,
    actor: Actor,
    round_id: str,
    *,
    name: str,
    answers_until: datetime.date,
    now: datetime.datetime,
) -> str:
    """A round in draft after another: same questions, words and sites. Returns its id.

    What a firm sent is laid before it again, card by card, to be confirmed; nothing of it counts
    until it is sent anew.
    """
    before = scope.round_in(session, actor, round_id)
    public_id = rounds.create_round(session, actor, name=name, answers_until=answers_until, now=now)
    row = scope.round_in(session, actor, public_id)
    row.previous, row.blocks, row.words = before.public_id, before.blocks, before.words
    row.settings = before.settings
    _carry(session, before, row)
    return public_id


def _carry(session: Session, before: Round, row: Round) -> None:
    new = {response.site_id: response for response in row.responses}
    for response in before.responses:
        into = new.get(response.site_id)
        if into is None or response.state != ResponseState.SUBMITTED:
            continue
        for item in response.declarations:
            said = scope.opened_if_kept(session, response.firm, item.row)
            if said is None:
                continue  # the firm was destroyed
            kept = {name: value for name, value in said.items() if name not in {"seen", "fresh"}}
            session.add(
                Declaration(
                    public_id=vault_of(session).new_token(),
                    response_id=into.id,
                    table=item.table,
                    row=scope.sealed(session, response.firm, kept),
                    saved_at=item.saved_at,
                    origin=item.lasting_id,
                )
            )


def hold_refused(session: Session, row: Round) -> int:
    """Hold the leads whose firms said no to the same thing before. Returns how many.

    Of the leads of all rounds only those are opened whose firms met before: after ten rounds there
    are thousands, and nobody writes meanwhile.
    """
    drafts = _firms_of(session, LeadRow.round_id == row.id, LeadRow.state == LeadState.DRAFT.value)
    refused = _firms_of(
        session,
        Round.territory_id == row.territory_id,
        LeadRow.round_id != row.id,
        LeadRow.id.in_(select(PartyRow.lead_id).where(PartyRow.decision == Decision.DECLINED))
        | LeadRow.id.in_(select(Synergy.lead_id).where(Synergy.stage == SynergyStage.DROPPED)),
    )
    met = set(drafts.values()) & set(refused.values())
    known = {_key(session, lead) for lead in _leads(session, refused, met)} - {None}
    held = 0
    for lead in _leads(session, drafts, met):
        if _key(session, lead) in known:
            lead.refused_before = True
            lead.state = next_state(LEAD, LeadState.DRAFT, LeadStep.HOLD).value
            held += 1
    return held


def _firms_of(session: Session, *conditions: ColumnElement[bool]) -> dict[int, frozenset[int]]:
    """The firms of each lead, by its number, without opening any."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for lead, firm in session.execute(
        select(PartyRow.lead_id, PartyRow.firm_id)
        .join(LeadRow, LeadRow.id == PartyRow.lead_id)
        .join(Round, Round.id == LeadRow.round_id)
        .where(*conditions)
    ):
        found[lead].add(firm)
    return {lead: frozenset(firms) for lead, firms in found.items()}


def _leads(
    session: Session, firms_of: Mapping[int, frozenset[int]], met: Set[frozenset[int]]
) -> Sequence[LeadRow]:
    return session.scalars(
        select(LeadRow)
        .where(LeadRow.id.in_([lead for lead, firms in firms_of.items() if firms in met]))
        .options(selectinload(LeadRow.parties).joinedload(PartyRow.firm))
        .order_by(LeadRow.id)
    ).all()


def _key(session: Session, lead: LeadRow) -> tuple[frozenset[int], str] | None:
    """The same firms about the same thing; None when one of them was destroyed."""
    try:
        thing = vault_of(session).open(lead.keys, lead.reckoning)["object"]
    except ErasedError:
        return None
    return frozenset(party.firm_id for party in lead.parties), str(thing)


def _closing_code(session: Session, lead: LeadRow) -> int | None:
    return session.scalar(select(Synergy.closing_code).where(Synergy.lead_id == lead.id))


def _refusal(session: Session, lead: LeadRow, party: PartyRow, code: int | None) -> Refusal | None:
    card = scope.opened_if_kept(session, party.firm, party.card)
    if card is None:
        return None
    said = {} if party.reason is None else scope.opened(session, party.firm, party.reason)
    is_no = party.decision == Decision.DECLINED
    return Refusal(
        label=card["label"],
        sites=tuple(other.site.name for other in lead.parties),
        who=party.site.name if is_no else "",
        reason=said.get("text", "") if is_no else "",
        closing_code=said.get("code") if is_no else code,
    )
