"""The board of synergies and the page of each, as the agent reads them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models import ErasedError, LeadRow, MonthlyWord, Result, Round, Synergy, vault_of
from webapp.operations import journal, scope
from webapp.operations.lead_rows import contact_line
from webapp.operations.stages import INDICATORS, SynergyStage, clock_ends, may_follow
from webapp.policy import Action, Actor, FieldClass, ensure


@dataclass(frozen=True, slots=True, kw_only=True)
class SynergyLine:
    """One card of the board. ``days_left`` until its clock rings; negative: it has rung."""

    public_id: str
    label: dict[str, str]
    firms: tuple[str, ...]
    stage: SynergyStage
    since: datetime.datetime
    days_left: int | None
    next_action: str
    next_on: datetime.date | None
    closing_code: int | None
    axis: str
    form: str
    minutes: int
    words: tuple[tuple[str, str], ...]  # firm, where it says the cooperation stands


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """One figure. ``amount`` in ``unit``."""

    basis: str
    indicator: str
    unit: str
    year: int
    amount: float
    evidence_kind: str
    evidence: str
    at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One change of stage."""

    at: datetime.datetime
    stage: SynergyStage
    closing_code: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SynergyPage:
    """A synergy as a whole. ``reckoning`` is the proposal of ``plan.json``."""

    line: SynergyLine
    lead_id: str
    round_id: str
    round_name: str
    parties: tuple[tuple[str, str, str], ...]  # firm id, site, contacts
    reckoning: dict[str, Any]
    steps: tuple[StepLine, ...]
    results: tuple[ResultLine, ...]
    public_eur: int
    dates: tuple[datetime.datetime, ...]
    may_move_to: tuple[SynergyStage, ...]


def board(session: Session, actor: Actor, *, now: datetime.datetime) -> list[SynergyLine]:
    """Every synergy of the territory, those whose clock rings first; the look is logged."""
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    rows = session.scalars(
        select(Synergy)
        .join(LeadRow, LeadRow.id == Synergy.lead_id)
        .join(Round, Round.id == LeadRow.round_id)
        .where(Round.territory_id == actor.territory_id)
        .order_by(Synergy.id)
    ).all()
    journal.record(session, actor, "board_read", actor.public_id, now=now, synergies=len(rows))
    lines = []
    for row in rows:
        try:
            lines.append(_line(session, row, now))
        except ErasedError:
            continue  # one of its firms was deleted, and what was said with it
    far = 10**6
    return sorted(lines, key=lambda line: far if line.days_left is None else line.days_left)


def page(session: Session, actor: Actor, synergy_id: str, *, now: datetime.datetime) -> SynergyPage:
    """One synergy; the look is logged for each of its firms."""
    ensure(actor, Action.REVIEW_LEADS, FieldClass.TRUSTED)
    row = scope.synergy_in(session, actor, synergy_id)
    for party in row.lead.parties:
        journal.record(session, actor, "lead_read", row.public_id, now=now, firm=party.firm)
    vault = vault_of(session)
    line = _line(session, row, now)
    return SynergyPage(
        line=line,
        lead_id=row.lead.public_id,
        round_id=row.lead.round.public_id,
        round_name=row.lead.round.name,
        parties=tuple(
            (
                party.firm.public_id,
                party.site.name,
                contact_line(session, party.firm_id, row.lead),
            )
            for party in row.lead.parties
        ),
        reckoning=vault.open(row.keys, row.lead.reckoning),
        steps=tuple(
            StepLine(
                at=step.at,
                stage=SynergyStage(step.stage),
                closing_code=step.closing_code,
                note="" if step.note is None else vault.open(row.keys, step.note),
            )
            for step in row.steps
        ),
        results=tuple(_result(session, row, item) for item in row.results),
        public_eur=sum(item.public_eur for item in row.efforts),
        dates=tuple(
            datetime.datetime.fromisoformat(text)
            for text in vault.open(row.keys, row.sealed)["dates"]
        ),
        may_move_to=tuple(stage for stage in SynergyStage if may_follow(line.stage, stage)),
    )


def _line(session: Session, row: Synergy, now: datetime.datetime) -> SynergyLine:
    stage = SynergyStage(row.stage)
    first = row.lead.parties[0]
    ends = row.wake_on if stage is SynergyStage.PAUSED else clock_ends(stage, row.stage_since)
    if row.next_on is not None and stage is not SynergyStage.PAUSED:
        ends = row.next_on if ends is None else min(ends, row.next_on)
    return SynergyLine(
        public_id=row.public_id,
        label=scope.opened(session, first.firm, first.card)["label"],
        firms=tuple(party.site.name for party in row.lead.parties),
        stage=stage,
        since=row.stage_since,
        days_left=None if ends is None else (ends - now.date()).days,
        next_action=vault_of(session).open(row.keys, row.sealed)["action"],
        next_on=row.next_on,
        closing_code=row.closing_code,
        axis=row.axis,
        form=row.form,
        minutes=sum(item.minutes for item in row.efforts),
        words=tuple(
            (party.site.name, word)
            for party in row.lead.parties
            if (word := _latest_word(session, party.id)) is not None
        ),
    )


def _latest_word(session: Session, party_id: int) -> str | None:
    return session.scalar(
        select(MonthlyWord.word)
        .where(MonthlyWord.party_id == party_id)
        .order_by(MonthlyWord.month.desc())
        .limit(1)
    )


def _result(session: Session, row: Synergy, item: Result) -> ResultLine:
    said = vault_of(session).open(row.keys, item.sealed)
    return ResultLine(
        basis=item.basis,
        indicator=item.indicator,
        unit=INDICATORS[item.indicator],
        year=item.year,
        amount=said["amount"],
        evidence_kind=item.evidence_kind,
        evidence=said["evidence"],
        at=item.at,
    )
