"""The agent's morning: whom to call, what was said, and a yes given on the phone."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from webapp.lifecycle import Decision, LeadState, ResponseState, RoundState, decided
from webapp.models import (
    Account,
    Call,
    ErasedError,
    Firm,
    LeadRow,
    OutgoingMail,
    PartyRow,
    Response,
    Round,
    Site,
    Synergy,
    vault_of,
)
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.lead_rows import rules_view, store
from webapp.operations.stages import SynergyStage, clock_ends
from webapp.policy import Action, Actor, FieldClass, ensure

MOST_LINES = 10
MOST_NOTE_SIGNS = 500
CALL_MINUTES = 15
ANSWER_VALUE_EUR = 2_000.0
"""What one more answer is worth to a round, set against the gains of leads (engineering judgement:
about the median gain of a lead in the demonstration, times one chance in three)."""
CHANCES = {"high": 0.5, "medium": 0.3, "low": 0.15}
"""That a lead goes on, by the confidence of its figures (engineering judgement)."""
UNDER_WAY = 0.8
"""The chance once both sides have said yes (engineering judgement)."""
OUTCOMES = ("reached", "not_reached", "call_back")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """One line of the morning list. ``why`` is a message id under ``territory.calls.why``."""

    firm_id: str
    firm: str
    contact: str
    phone: str
    why: str
    lead_id: str | None
    place: int | None
    label: dict[str, str]
    worth: float
    synergy_id: str | None = None
    response_id: str | None = None
    leads: int = 1


def morning_list(session: Session, actor: Actor, *, now: datetime.datetime) -> list[CallLine]:
    """At most ten calls, the most gain x chance per minute first.

    A firm called today, or to be called back later, is left in peace; one line a firm.
    """
    ensure(actor, Action.CALL_FIRMS, FieldClass.PERSONAL)
    quiet = _left_in_peace(session, actor, now)
    lines = [
        line
        for line in (
            *_lead_lines(session, actor),
            *_synergy_lines(session, actor, now),
            *_answer_lines(session, actor),
        )
        if line.firm_id not in quiet
    ]
    lines.sort(key=lambda line: (-line.worth, line.firm))
    best: dict[str, CallLine] = {}
    for line in lines:
        first = best.setdefault(line.firm_id, line)
        if line is not first and line.why == first.why and line.lead_id is not None:
            best[line.firm_id] = dataclasses.replace(first, leads=first.leads + 1)
    journal.record(session, actor, "calls_read", actor.public_id, now=now)
    chosen = _as_written(session, list(best.values())[:MOST_LINES])
    return _with_contacts(session, actor, chosen)


def record_call(
    session: Session,
    actor: Actor,
    firm_id: str,
    *,
    outcome: str,
    minutes: int,
    lead_id: str | None = None,
    again_on: datetime.date | None = None,
    note: str = "",
    now: datetime.datetime,
) -> None:
    """Note a call.

    Raises
    ------
    OperationError
        ``call-outcome``, ``call-date`` (call back, but when?), ``too-long``.
    """
    ensure(actor, Action.CALL_FIRMS, FieldClass.PERSONAL)
    if outcome not in OUTCOMES or not 0 <= minutes <= 24 * 60:
        raise OperationError("call-outcome")
    if outcome == "call_back" and again_on is None:
        raise OperationError("call-date")
    if len(note) > MOST_NOTE_SIGNS:
        raise OperationError("too-long", most=MOST_NOTE_SIGNS)
    firm = scope.firm_in(session, actor, firm_id)
    lead = None if lead_id is None else scope.lead_in(session, actor, lead_id)
    session.add(
        Call(
            firm_id=firm.id,
            lead_id=None if lead is None else lead.id,
            account_id=actor.account_id,
            at=now,
            outcome=outcome,
            minutes=minutes,
            again_on=again_on,
            note=scope.sealed(session, firm, note.strip()) if note.strip() else None,
        )
    )
    journal.record(session, actor, "call", firm.public_id, now=now, firm=firm, outcome=outcome)


def record_phone_yes(
    session: Session, actor: Actor, lead_id: str, place: int, *, now: datetime.datetime
) -> None:
    """A yes said on the phone: it counts once the firm has clicked, within seven days."""
    ensure(actor, Action.CALL_FIRMS, FieldClass.TRUSTED)
    row = scope.lead_in(session, actor, lead_id)
    if not 0 <= place < len(row.parties):
        raise OperationError("no-such-side")
    party = row.parties[place]
    if row.state != LeadState.SENT:
        raise OperationError("not-sent")
    lead = decided(rules_view(session, row), place, Decision.PHONED, version=row.version, now=now)
    store(row, lead, now)
    journal.record(session, actor, "phone_yes", row.public_id, now=now, firm=party.firm)
    for account in post.managers_of(session, party.firm):
        post.write(
            session,
            account,
            "confirm-yes",
            key=f"phone-yes:{row.public_id}:{row.version}:{now.isoformat()}:{account.public_id}",
            now=now,
            path=f"/entreprise/propositions/{row.public_id}",
        )


def _lead_lines(session: Session, actor: Actor) -> list[CallLine]:
    parties = session.scalars(
        select(PartyRow)
        .join(LeadRow)
        .join(Round)
        .where(
            Round.territory_id == actor.territory_id,
            LeadRow.state.in_([LeadState.SENT, LeadState.APPROVED]),
        )
        .options(
            joinedload(PartyRow.firm),
            joinedload(PartyRow.lead).selectinload(LeadRow.parties).joinedload(PartyRow.firm),
        )
        .order_by(PartyRow.id)
    )
    lines = []
    for party in parties:
        why = _why(party)
        if why is None:
            continue
        try:
            reckoning = vault_of(session).open(party.lead.keys, party.lead.reckoning)
            card = scope.opened(session, party.firm, party.card)
        except ErasedError:
            continue
        gain = reckoning["gain_eur_per_year"] or 0.0
        chance = CHANCES[reckoning["confidence"]]
        lines.append(
            _call_line(
                party.firm.public_id,
                party.firm.name,
                why,
                gain * chance / CALL_MINUTES,
                party,
                card["label"],
            )
        )
    return lines


def _synergy_lines(session: Session, actor: Actor, now: datetime.datetime) -> list[CallLine]:
    """Synergies to introduce, whose next action is due, or whose clock has rung."""
    lines = []
    for row in session.scalars(
        select(Synergy)
        .join(LeadRow, LeadRow.id == Synergy.lead_id)
        .join(Round, Round.id == LeadRow.round_id)
        .where(
            Round.territory_id == actor.territory_id, Synergy.stage != SynergyStage.DROPPED.value
        )
        .order_by(Synergy.id)
    ):
        why = _synergy_why(row, now.date())
        if why is None:
            continue
        party = row.lead.parties[0]
        try:
            reckoning = vault_of(session).open(row.keys, row.lead.reckoning)
            label = scope.opened(session, party.firm, party.card)["label"]
            action = vault_of(session).open(row.keys, row.sealed)["action"]
        except ErasedError:
            continue
        if why == "next":
            label = dict.fromkeys(label, action)
        worth = (reckoning["gain_eur_per_year"] or 0.0) * UNDER_WAY / CALL_MINUTES
        line = _call_line(party.firm.public_id, party.firm.name, why, worth, party, label)
        lines.append(dataclasses.replace(line, synergy_id=row.public_id))
    return lines


def _synergy_why(row: Synergy, today: datetime.date) -> str | None:
    stage = SynergyStage(row.stage)
    if row.next_on is not None:
        return "next" if row.next_on <= today and stage is not SynergyStage.PAUSED else None
    if stage is SynergyStage.REVEALED:
        return "introduce"
    ends = row.wake_on if stage is SynergyStage.PAUSED else clock_ends(stage, row.stage_since)
    return "nudge" if ends is not None and ends <= today else None


def _why(party: PartyRow) -> str | None:
    state = LeadState(party.lead.state)
    if state is LeadState.APPROVED:
        return "sensitive" if party.secrecy == "sensitive" else None
    if party.decision == Decision.PENDING:
        return "answer"
    return "confirm" if party.decision == Decision.PHONED else None


def _as_written(session: Session, lines: list[CallLine]) -> list[CallLine]:
    """Says it where no mail told of the lead: the fifth of a round that asks is not sent."""
    asked = [line.lead_id for line in lines if line.why == "answer"]
    written = set(
        session.execute(
            select(Firm.public_id, LeadRow.public_id)
            .select_from(OutgoingMail)
            .join(Account, Account.id == OutgoingMail.account_id)
            .join(Firm, Firm.id == Account.firm_id)
            .join(LeadRow, LeadRow.round_id == OutgoingMail.round_id)
            .where(LeadRow.public_id.in_(asked), OutgoingMail.written_at >= LeadRow.sent_at)
        )
        if asked
        else ()
    )
    return [
        dataclasses.replace(line, why="answer-unwritten")
        if line.why == "answer" and (line.firm_id, line.lead_id) not in written
        else line
        for line in lines
    ]


def phones(session: Session, actor: Actor, lead_id: str) -> dict[int, tuple[str, str]]:
    """Who to call about a lead: place of the side -> name and number."""
    ensure(actor, Action.CALL_FIRMS, FieldClass.PERSONAL)
    row = scope.lead_in(session, actor, lead_id)
    return {party.place: _person(session, party.firm) for party in row.parties}


def _person(session: Session, firm: Firm) -> tuple[str, str]:
    managers = post.managers_of(session, firm)
    if not managers:
        return "", ""
    person = vault_of(session).open(managers[0].keys, managers[0].personal)
    return person["name"], person["phone"]


def _answer_lines(session: Session, actor: Actor) -> list[CallLine]:
    waiting = session.execute(
        select(Firm.public_id, Firm.name, Response.state, Response.public_id)
        .select_from(Response)
        .join(Round)
        .join(Site)
        .join(Firm)
        .where(
            Round.territory_id == actor.territory_id,
            Round.state == RoundState.OPEN,
            Response.state.in_([ResponseState.INVITED, ResponseState.OPENED, ResponseState.DRAFT]),
        )
        .order_by(Response.id)
    )
    return [
        dataclasses.replace(
            _call_line(
                firm_id,
                name,
                "finish" if state == ResponseState.DRAFT else "survey",
                ANSWER_VALUE_EUR / CALL_MINUTES,
                None,
                {"fr": "", "en": ""},
            ),
            response_id=response_id,
        )
        for firm_id, name, state, response_id in waiting
    ]


def _call_line(
    firm_id: str,
    firm: str,
    why: str,
    worth: float,
    party: PartyRow | None,
    label: dict[str, str],
) -> CallLine:
    return CallLine(
        firm_id=firm_id,
        firm=firm,
        contact="",
        phone="",
        why=why,
        lead_id=None if party is None else party.lead.public_id,
        place=None if party is None else party.place,
        label=label,
        worth=worth,
    )


def _with_contacts(session: Session, actor: Actor, lines: list[CallLine]) -> list[CallLine]:
    """The same lines with whom to ask for: of those alone that are called is it opened."""
    firms = session.execute(
        select(Firm.public_id, Firm.id).where(
            Firm.territory_id == actor.territory_id,
            Firm.public_id.in_([line.firm_id for line in lines]),
        )
    )
    number_of = dict(iter(firms))
    managers = post.managers_by_firm(session, number_of.values())
    named = []
    for line in lines:
        people = managers.get(number_of[line.firm_id])
        if people:
            person = vault_of(session).open(people[0].keys, people[0].personal)
            line = dataclasses.replace(line, contact=person["name"], phone=person["phone"])
        named.append(line)
    return named


def _left_in_peace(session: Session, actor: Actor, now: datetime.datetime) -> set[str]:
    calls = session.execute(
        select(Firm.public_id, Call.at, Call.outcome, Call.again_on)
        .join(Call, Call.firm_id == Firm.id)
        .where(Firm.territory_id == actor.territory_id)
        .order_by(Call.id)
    )
    quiet: dict[str, bool] = {}
    alone = session.scalars(
        select(Firm.public_id).where(
            Firm.territory_id == actor.territory_id, Firm.left_alone_until > now.date()
        )
    )
    for firm_id, at, _, again_on in calls:
        later = again_on is not None and again_on > now.date()
        quiet[firm_id] = later or at.date() == now.date()
    return {firm_id for firm_id, is_quiet in quiet.items() if is_quiet} | set(alone)
