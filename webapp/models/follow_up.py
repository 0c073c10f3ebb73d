"""What becomes of a lead once names were given: its stages, results, hours; and what is published.

Amounts and sentences are sealed with the keys of the firms that they are about; stages, dates and
codes are not, so that the board can be read without opening anything.
"""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.models.campaign import Round
from webapp.models.leads import LeadRow


class Synergy(Base):
    """A lead that all its parties took up. ``sealed``: its next action, and the dates proposed."""

    __tablename__ = "synergy"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), unique=True)
    stage: Mapped[str] = mapped_column(index=True)
    stage_since: Mapped[datetime.datetime] = mapped_column(Instant)
    next_on: Mapped[datetime.date | None]
    wake_on: Mapped[datetime.date | None]
    closing_code: Mapped[int | None]
    axis: Mapped[str]
    form: Mapped[str]
    sealed: Mapped[bytes]

    lead: Mapped[LeadRow] = relationship()
    steps: Mapped[list[Step]] = relationship(order_by="Step.id")
    results: Mapped[list[Result]] = relationship(order_by="Result.id")
    efforts: Mapped[list[Effort]] = relationship(order_by="Effort.id")

    @property
    def keys(self) -> list[bytes | None]:
        """What is said of it is sealed with."""
        return self.lead.keys


class Step(Base):
    """One change of stage, kept for ever: level reached, who, why."""

    __tablename__ = "synergy_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    synergy_id: Mapped[int] = mapped_column(ForeignKey("synergy.id"), index=True)
    at: Mapped[datetime.datetime] = mapped_column(Instant)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    stage: Mapped[str]
    closing_code: Mapped[int | None]
    note: Mapped[bytes | None]


class Result(Base):
    """One figure, promised or measured. ``sealed``: amount and evidence."""

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("synergy_id", "basis", "indicator", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    synergy_id: Mapped[int] = mapped_column(ForeignKey("synergy.id"), index=True)
    basis: Mapped[str]  # promised, measured
    indicator: Mapped[str]
    year: Mapped[int]
    evidence_kind: Mapped[str]
    sealed: Mapped[bytes]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime.datetime] = mapped_column(Instant)


class Effort(Base):
    """What it took of public means: minutes of the agent, euros of a subsidy."""

    __tablename__ = "effort"

    id: Mapped[int] = mapped_column(primary_key=True)
    synergy_id: Mapped[int] = mapped_column(ForeignKey("synergy.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime.datetime] = mapped_column(Instant)
    minutes: Mapped[int] = mapped_column(default=0)
    public_eur: Mapped[int] = mapped_column(default=0)


class Publication(Base):
    """The figures of a round as they were shown to elected people: never changed afterwards.

    ``figures`` names nobody; ``members``, the firms behind each cell, is sealed with the
    territory's key, and serves to see that no two publications tell of a single firm.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime.datetime] = mapped_column(Instant)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    members: Mapped[bytes]

    round: Mapped[Round] = relationship()
