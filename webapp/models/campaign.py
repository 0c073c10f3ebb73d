"""A round: who is asked, under which charter, and what was answered."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant
from webapp.models.people import Firm, Site, Territory


class Charter(Base):
    """The text that firms sign, by version; ``digest`` of both languages."""

    __tablename__ = "charter"
    __table_args__ = (UniqueConstraint("territory_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    version: Mapped[int]
    text_fr: Mapped[str]
    text_en: Mapped[str]
    digest: Mapped[str]


class Round(Base):
    """One campaign of one territory. Days are the territory's; the last one is included.

    ``blocks``: the tables that firms are asked about; ``settings``: what the matching was asked
    for, besides its date; ``words``: what the agent adds to the invitation, by language.
    """

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id"))
    name: Mapped[str]
    state: Mapped[str]
    answers_until: Mapped[datetime.date]
    matched_as_of: Mapped[datetime.date | None]
    snapshot_digest: Mapped[str | None]
    leads_planned_on: Mapped[datetime.date | None]
    previous: Mapped[str | None]  # public id of the round before
    blocks: Mapped[list[str] | None] = mapped_column(JSON)
    settings: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    words: Mapped[dict[str, str] | None] = mapped_column(JSON)
    tested_at: Mapped[datetime.datetime | None] = mapped_column(Instant)

    territory: Mapped[Territory] = relationship()
    charter: Mapped[Charter] = relationship()
    responses: Mapped[list[Response]] = relationship(back_populates="round")


class Consent(Base):
    """A firm's signature under a charter."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("firm_id", "charter_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime.datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime.datetime | None] = mapped_column(Instant)


class Response(Base):
    """One site in one round. The link of its invitation is known by its digest only."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("round_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    state: Mapped[str]
    link_digest: Mapped[str | None] = mapped_column(unique=True)
    mails: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    submitted_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    receipt: Mapped[str | None]
    progress: Mapped[bytes | None]  # how far the firm has come, sealed; not an answer

    round: Mapped[Round] = relationship(back_populates="responses")
    site: Mapped[Site] = relationship()
    declarations: Mapped[list[Declaration]] = relationship(
        back_populates="response", order_by="Declaration.id"
    )

    @property
    def firm(self) -> Firm:
        """Whose answers these are."""
        return self.site.firm


class Declaration(Base):
    """One row of a survey's table, sealed whole: contract 3.1's columns, as text.

    ``typed_by``: public id of the agent who typed it for the firm, which sends it itself.
    ``origin``: public id of the declaration of an earlier round that it carries on.
    """

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    table: Mapped[str]
    row: Mapped[bytes]
    saved_at: Mapped[datetime.datetime] = mapped_column(Instant)
    saved_by: Mapped[int | None]  # the account
    typed_by: Mapped[str | None]
    origin: Mapped[str | None]

    response: Mapped[Response] = relationship(back_populates="declarations")

    @property
    def lasting_id(self) -> str:
        """Its name in surveys and plans: the same in every round that carries it on."""
        return self.origin or self.public_id


class Attachment(Base):
    """A file that a firm sent so that the agent types it, sealed whole, name included."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str]  # pdf, png, jpeg, xlsx: as its first bytes say
    size: Mapped[int]
    name: Mapped[bytes]
    content: Mapped[bytes]
    at: Mapped[datetime.datetime] = mapped_column(Instant)
    typed_at: Mapped[datetime.datetime | None] = mapped_column(Instant)

    response: Mapped[Response] = relationship()


class Run(Base):
    """What a matching gave as a whole: figures that name nobody.

    Sealed with the keys of all its firms: ``drawing``, the network's pages; ``told``, what became
    of the round before and what stands in the way of each declaration without a lead.
    """

    __tablename__ = "run"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    stored_at: Mapped[datetime.datetime] = mapped_column(Instant)
    input_digest: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    drawing: Mapped[bytes | None]
    told: Mapped[bytes | None]
