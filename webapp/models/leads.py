"""Leads of a run, the decisions of their parties, reveals, and the calls made about them."""

from __future__ import annotations

import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.models.campaign import Declaration, Round
from webapp.models.people import Firm, Site


class LeadRow(Base):
    """A proposal. ``reckoning`` is sealed with the keys of all its parties, in their order.

    ``bundle``: leads between the same firms that go out together, for one call. ``refused_before``:
    the same parties said no in an earlier round.
    """

    __tablename__ = "lead"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    rank: Mapped[int]
    is_waste: Mapped[bool]
    reckoning: Mapped[bytes]
    sent_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    answer_by: Mapped[datetime.datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    bundle: Mapped[str | None] = mapped_column(index=True)
    refused_before: Mapped[bool] = mapped_column(default=False)

    round: Mapped[Round] = relationship()
    parties: Mapped[list[PartyRow]] = relationship(back_populates="lead", order_by="PartyRow.place")

    @property
    def keys(self) -> list[bytes | None]:
        """What the reckoning is sealed with."""
        return [party.firm.sealing_key for party in self.parties]


class PartyRow(Base):
    """One side of a lead. ``card``: how the others read it, sealed with its own firm's key."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("lead_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    place: Mapped[int]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"))
    role: Mapped[str]
    secrecy: Mapped[str]
    card: Mapped[bytes]
    behind: Mapped[int]
    risk_signed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decision: Mapped[str] = mapped_column(default="pending")
    decided_version: Mapped[int | None]
    decided_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    phoned_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    withdrew: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[bytes | None]  # of a no, or a question: to the trusted third party only

    lead: Mapped[LeadRow] = relationship(back_populates="parties")
    site: Mapped[Site] = relationship()
    firm: Mapped[Firm] = relationship()
    declaration: Mapped[Declaration] = relationship()


class Reveal(Base):
    """Names were given. One a lead, by constraint before it is by code."""

    __tablename__ = "reveal"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"), unique=True)
    at: Mapped[datetime.datetime] = mapped_column(Instant)


class Call(Base):
    """A call of the agent: reached or not, how long, when again."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime.datetime] = mapped_column(Instant)
    outcome: Mapped[str]  # reached, not_reached, call_back
    minutes: Mapped[int]
    again_on: Mapped[datetime.date | None]
    note: Mapped[bytes | None]  # what was said, sealed with the firm's key


class MonthlyWord(Base):
    """Where one side says a cooperation stands: one click a month, after the reveal."""

    __tablename__ = "monthly_word"
    __table_args__ = (UniqueConstraint("party_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    month: Mapped[str]  # 2027-03
    word: Mapped[str]
    at: Mapped[datetime.datetime] = mapped_column(Instant)

    party: Mapped[PartyRow] = relationship()
