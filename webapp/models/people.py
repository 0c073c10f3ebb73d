"""Territories, firms, sites, and the people who sign in."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base, Instant


class Territory(Base):
    """An EPCI, or the *structure porteuse* of several. ``gates``: documents on file, by name."""

    __tablename__ = "territory"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    siren: Mapped[str | None]
    sealing_key: Mapped[bytes | None]
    gates: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    sendings_stopped_at: Mapped[datetime.datetime | None] = mapped_column(Instant)


class Place(Base):
    """A commune's centre, public."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("territory_id", "commune_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    commune_code: Mapped[str]
    name: Mapped[str | None]
    latitude: Mapped[float]
    longitude: Mapped[float]


class Firm(Base):
    """A legal entity, as public registers know it; its key seals all else."""

    __tablename__ = "firm"
    __table_args__ = (UniqueConstraint("territory_id", "siren"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    name: Mapped[str]
    siren: Mapped[str | None]
    sealing_key: Mapped[bytes | None]
    erasure_asked_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    left_alone_until: Mapped[datetime.date | None]

    sites: Mapped[list[Site]] = relationship(back_populates="firm")


class Site(Base):
    """An establishment. ``register``: its public columns of ``sites``; ``private``: the others."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    name: Mapped[str]
    siret: Mapped[str | None]
    register: Mapped[dict[str, Any]] = mapped_column(JSON)
    private: Mapped[bytes]
    community: Mapped[str | None]  # the communauté of communes it lies in, where there are several

    firm: Mapped[Firm] = relationship(back_populates="sites")


class Account(Base):
    """A person. Address and name are sealed; the address is found by its digest."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"), index=True)
    role: Mapped[str]
    address_digest: Mapped[str] = mapped_column(unique=True)
    personal: Mapped[bytes]  # name, address, phone
    language: Mapped[str] = mapped_column(default="fr")
    theme: Mapped[str | None]  # the one table that a colleague answers for; None: all
    disabled_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    returned_at: Mapped[datetime.datetime | None] = mapped_column(Instant)  # mail comes back
    community: Mapped[str | None]  # of an agent or observer who is there for one communauté

    territory: Mapped[Territory] = relationship()
    firm: Mapped[Firm | None] = relationship()

    @property
    def keys(self) -> list[bytes | None]:
        """What its personal data are sealed with."""
        return [self.firm.sealing_key if self.firm is not None else self.territory.sealing_key]


class WebSession(Base):
    """A browser that is signed in: a row, so that it can be listed and ended."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    started_at: Mapped[datetime.datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime.datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    second_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    challenge: Mapped[str | None]  # of a passkey that is being asked for

    account: Mapped[Account] = relationship()


class SecondFactor(Base):
    """An application's secret or a passkey, sealed. ``count``: the last one used, never again."""

    __tablename__ = "second_factor"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str]
    name: Mapped[str]
    secret: Mapped[bytes]
    count: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime.datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime.datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime.datetime | None] = mapped_column(Instant)


class LoginCode(Base):
    """A code that was asked for, also for an address that nobody has: both cost the same."""

    __tablename__ = "login_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    browser_digest: Mapped[str] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    code_digest: Mapped[str]
    asked_at: Mapped[datetime.datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime.datetime | None] = mapped_column(Instant)


class Attempt(Base):
    """What is counted against a limit: one row a try, swept by the night."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key_digest: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime.datetime] = mapped_column(Instant)
