"""How a cooperation goes, in one click a month after the reveal, until it stands or stops."""

from __future__ import annotations

import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.config import TIMEZONE
from webapp.lifecycle import LeadState
from webapp.models import LeadRow, MonthlyWord, PartyRow, Reveal
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.policy import Action, Actor, ensure

FIRST_AFTER = datetime.timedelta(days=30)
MOST_MONTHS = 12
"""Nobody is asked for ever."""


class Word(StrEnum):
    """What a firm says of a cooperation."""

    NOTHING = "nothing"
    CONTACT = "contact"
    TRIAL = "trial"
    CONTRACT = "contract"
    STOPPED = "stopped"


LAST_WORDS = frozenset({Word.CONTRACT, Word.STOPPED})


def say_word(
    session: Session, actor: Actor, lead_id: str, word: str, *, now: datetime.datetime
) -> None:
    """Keep this month's word; said again, it replaces the former.

    Raises
    ------
    OperationError
        ``not-now`` before the names were given, ``word-unknown``.
    """
    ensure(actor, Action.DECIDE)
    party = scope.own_party(session, actor, lead_id)
    if party.lead.state != LeadState.REVEALED:
        raise OperationError("news-too-soon")
    if word not in list(Word):
        raise OperationError("news-unknown")
    month = _month(now)
    row = session.scalar(
        select(MonthlyWord).where(MonthlyWord.party_id == party.id, MonthlyWord.month == month)
    )
    if row is None:
        row = MonthlyWord(party_id=party.id, month=month)
        session.add(row)
    row.word, row.at = word, now
    session.flush()
    journal.record(session, actor, "news_given", lead_id, now=now, firm=party.firm, word=word)


def last_word(session: Session, actor: Actor, lead_id: str) -> MonthlyWord | None:
    """The newest, of the actor's own side."""
    ensure(actor, Action.READ_LEADS)
    return _last(session, scope.own_party(session, actor, lead_id))


def ask_for_news(session: Session, *, now: datetime.datetime) -> int:
    """One mail a person and month, for all that is under way. Returns how many are new."""
    month = _month(now)
    asked = 0
    rows = session.execute(
        select(PartyRow, Reveal)
        .join(LeadRow, PartyRow.lead_id == LeadRow.id)
        .join(Reveal, Reveal.lead_id == LeadRow.id)
        .where(LeadRow.state == LeadState.REVEALED)
        .order_by(PartyRow.id)
    )
    for party, reveal in rows.all():
        age = now - reveal.at
        last = _last(session, party)
        if age < FIRST_AFTER or age > FIRST_AFTER * MOST_MONTHS or party.firm.sealing_key is None:
            continue
        if last is not None and (last.month == month or last.word in LAST_WORDS):
            continue
        if party.lead.round.territory.sendings_stopped_at is not None:
            continue
        for account in post.managers_of(session, party.firm):
            asked += post.write(
                session,
                account,
                "news",
                key=f"news:{month}:{account.public_id}",
                now=now,
                path="/entreprise/propositions",
            )
    return asked


def _last(session: Session, party: PartyRow) -> MonthlyWord | None:
    return session.scalar(
        select(MonthlyWord)
        .where(MonthlyWord.party_id == party.id)
        .order_by(MonthlyWord.month.desc())
        .limit(1)
    )


def _month(now: datetime.datetime) -> str:
    return now.astimezone(TIMEZONE).strftime("%Y-%m")
