"""What the agent does to a synergy: moves it on, plans, counts, measures, introduces the firms."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from webapp.lifecycle import StepError
from webapp.models import Account, Effort, Result, Step, Synergy, vault_of
from webapp.operations import journal, post, scope
from webapp.operations.errors import OperationError
from webapp.operations.lead_rows import contact_line
from webapp.operations.stages import (
    AXES,
    EVIDENCE,
    FORMS,
    INDICATORS,
    ClosingCode,
    SynergyStage,
    may_follow,
)
from webapp.policy import Action, Actor, FieldClass, ensure

MOST_SIGNS = 500
MOST_MINUTES = 24 * 60
MEETING_MINUTES = 60
DATES = 3
_EARLIEST_YEAR = 2000


def move(
    session: Session,
    actor: Actor,
    synergy_id: str,
    stage: str,
    *,
    note: str = "",
    closing_code: int | None = None,
    wake_on: datetime.date | None = None,
    now: datetime.datetime,
) -> None:
    """Next stage. Closing needs a code (91 to 99), waiting a day, measured a measured figure.

    Raises
    ------
    OperationError
        ``closing-code``, ``wake-date``, ``figure-first``, ``too-long``.
    StepError
        ``not-now``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.synergy_in(session, actor, synergy_id)
    if stage not in list(SynergyStage) or not may_follow(
        SynergyStage(row.stage), SynergyStage(stage)
    ):
        raise StepError("not-now")
    to = SynergyStage(stage)
    if len(note) > MOST_SIGNS:
        raise OperationError("too-long", most=MOST_SIGNS)
    if to is SynergyStage.DROPPED and closing_code not in list(ClosingCode):
        raise OperationError("closing-code")
    if to is SynergyStage.PAUSED and (wake_on is None or wake_on <= now.date()):
        raise OperationError("wake-date")
    if to is SynergyStage.MEASURED and not any(item.basis == "measured" for item in row.results):
        raise OperationError("figure-first")
    row.stage, row.stage_since = to.value, now
    row.closing_code = closing_code if to is SynergyStage.DROPPED else None
    row.wake_on = wake_on if to is SynergyStage.PAUSED else None
    if to is SynergyStage.DROPPED:
        row.next_on = None
    text = note.strip()
    row.steps.append(
        Step(
            at=now,
            account_id=actor.account_id,
            stage=to.value,
            closing_code=row.closing_code,
            note=vault_of(session).seal(row.keys, text) if text else None,
        )
    )
    _record(session, actor, row, f"synergy_{to.value}", now)


def plan_next(
    session: Session,
    actor: Actor,
    synergy_id: str,
    *,
    action: str,
    on: datetime.date,
    now: datetime.datetime,
) -> None:
    """What is to be done next, and when: it comes up in the morning list on that day.

    Raises
    ------
    OperationError
        ``action-missing``, ``date-past``, ``too-long``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.synergy_in(session, actor, synergy_id)
    if not action.strip():
        raise OperationError("action-missing")
    if len(action) > MOST_SIGNS:
        raise OperationError("too-long", most=MOST_SIGNS)
    if on < now.date():
        raise OperationError("date-past")
    _reseal(session, row, action=action.strip())
    row.next_on = on
    _record(session, actor, row, "synergy_planned", now)


def add_effort(
    session: Session,
    actor: Actor,
    synergy_id: str,
    *,
    minutes: int = 0,
    public_eur: int = 0,
    now: datetime.datetime,
) -> None:
    """Minutes spent, euros of public money given.

    Raises
    ------
    OperationError
        ``effort-empty``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.synergy_in(session, actor, synergy_id)
    if not (0 <= minutes <= MOST_MINUTES and 0 <= public_eur <= 10**9 and minutes + public_eur):
        raise OperationError("effort-empty")
    row.efforts.append(
        Effort(account_id=actor.account_id, at=now, minutes=minutes, public_eur=public_eur)
    )
    _record(session, actor, row, "synergy_effort", now)


def record_result(
    session: Session,
    actor: Actor,
    synergy_id: str,
    *,
    basis: str,
    indicator: str,
    year: int,
    amount: float,
    evidence_kind: str,
    evidence: str,
    now: datetime.datetime,
) -> None:
    """A figure; the same indicator of the same year again replaces it.

    Raises
    ------
    OperationError
        ``figure-wrong``, ``evidence-missing`` (a measure has a proof), ``too-long``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.synergy_in(session, actor, synergy_id)
    if (
        basis not in {"promised", "measured"}
        or indicator not in INDICATORS
        or evidence_kind not in EVIDENCE
        or not _EARLIEST_YEAR <= year <= now.year + 20
        or not abs(amount) < 1e12
    ):
        raise OperationError("figure-wrong")
    if len(evidence) > MOST_SIGNS:
        raise OperationError("too-long", most=MOST_SIGNS)
    if basis == "measured" and (evidence_kind == "none" or not evidence.strip()):
        raise OperationError("evidence-missing")
    if basis == "measured" and year > now.year:
        raise OperationError("figure-wrong")
    same = (basis, indicator, year)
    item = next(
        (found for found in row.results if (found.basis, found.indicator, found.year) == same), None
    )
    vault = vault_of(session)
    if item is None:
        item = Result(public_id=vault.new_token(), basis=basis, indicator=indicator, year=year)
    item.evidence_kind, item.account_id, item.at = evidence_kind, actor.account_id, now
    item.sealed = vault.seal(row.keys, {"amount": amount, "evidence": evidence.strip()})
    if item not in row.results:
        row.results.append(item)
    _record(session, actor, row, f"figure_{basis}", now)


def classify(
    session: Session, actor: Actor, synergy_id: str, *, axis: str, form: str, now: datetime.datetime
) -> None:
    """The programme's axis, and the form of cooperation in the agent's own words.

    Raises
    ------
    OperationError
        ``choice-unknown``.
    """
    ensure(actor, Action.REVIEW_LEADS)
    row = scope.synergy_in(session, actor, synergy_id)
    if axis not in AXES or form not in FORMS:
        raise OperationError("choice-unknown")
    row.axis, row.form = axis, form
    _record(session, actor, row, "synergy_classified", now)


def introduce(
    session: Session,
    actor: Actor,
    synergy_id: str,
    dates: Sequence[datetime.datetime],
    *,
    now: datetime.datetime,
) -> int:
    """Write to every party with all contacts and the dates proposed. Returns how many mails.

    Raises
    ------
    OperationError
        ``dates-missing`` (three, different, all to come), ``sendings-stopped``.
    """
    ensure(actor, Action.REVIEW_LEADS, FieldClass.PARTNER)
    row = scope.synergy_in(session, actor, synergy_id)
    if row.lead.round.territory.sendings_stopped_at is not None:
        raise OperationError("sendings-stopped")
    if len(set(dates)) != DATES or min(dates) <= now:
        raise OperationError("dates-missing")
    ordered = sorted(dates)
    _reseal(session, row, dates=[date.isoformat() for date in ordered])
    row.next_on = ordered[0].date()
    agent = session.get_one(Account, actor.account_id)
    host = vault_of(session).open(agent.keys, agent.personal)
    batch = now.isoformat()
    written = 0
    for party in row.lead.parties:
        others = "\n\n".join(
            f"{other.site.name}\n{contact_line(session, other.firm_id, row.lead)}"
            for other in row.lead.parties
            if other is not party
        )
        for account in post.managers_of(session, party.firm):
            post.write(
                session,
                account,
                "introduction",
                key=f"introduction:{row.public_id}:{batch}:{account.public_id}",
                now=now,
                partner=others,
                host=", ".join(
                    part for part in (host["name"], host["phone"], host["address"]) if part
                ),
                meetings=[date.isoformat() for date in ordered],
                about=row.public_id,
                path=f"/entreprise/propositions/{row.lead.public_id}",
            )
            written += 1
    _record(session, actor, row, "introduced", now)
    return written


def _reseal(session: Session, row: Synergy, **changes: Any) -> None:
    vault = vault_of(session)
    row.sealed = vault.seal(row.keys, {**vault.open(row.keys, row.sealed), **changes})


def _record(
    session: Session, actor: Actor, row: Synergy, action: str, now: datetime.datetime
) -> None:
    journal.record(session, actor, action, row.public_id, now=now)
