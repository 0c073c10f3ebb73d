"""Putting a territory, its people, its firms and its documents in place."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import Account, Charter, Firm, Place, Site, Territory, vault_of
from webapp.operations import journal, scope
from webapp.operations.errors import OperationError
from webapp.operations.signing_in import normal_address
from webapp.policy import FIRM_ROLES, Action, Actor, Role, ensure

GATES = (
    "host_name",  # the structure porteuse
    "host_deliberation",
    "data_protection_signed_by",
    "broker_receipt",
    "authority_position",
)
"""Documents on file. The last two: either lets leads of waste go out."""

_PUBLIC_COLUMNS = (
    "kind",
    "firm",
    "siret",
    "activity_code",
    "headcount",
    "latitude",
    "longitude",
    "commune_code",
    "park",
    "idcc",
)
_PRIVATE_COLUMNS = ("working_pattern", "closed_months", "max_proposals", "excluded")


def create_territory(session: Session, name: str, *, siren: str | None = None) -> Territory:
    """A territory with its own key. Called by the administrator's command, not from a page."""
    vault = vault_of(session)
    territory = Territory(
        public_id=vault.new_token(), name=name, siren=siren, sealing_key=vault.new_key(), gates={}
    )
    session.add(territory)
    session.flush()
    return territory


def create_account(
    session: Session,
    territory: Territory,
    role: Role,
    *,
    name: str,
    address: str,
    phone: str = "",
    firm: Firm | None = None,
    community: str | None = None,
) -> Account:
    """A person who may sign in.

    Raises
    ------
    OperationError
        ``address-taken``.
    """
    if (firm is None) == (role in FIRM_ROLES):
        raise ValueError("the roles of firms, and only they, belong to a firm")
    if role is Role.TECHNICIAN and not community:
        raise ValueError("a technician is there for one communauté")
    vault = vault_of(session)
    digest = vault.digest("address", normal_address(address))
    if session.scalar(select(Account.id).where(Account.address_digest == digest)) is not None:
        raise OperationError("address-taken")
    account = Account(
        public_id=vault.new_token(),
        territory=territory,
        firm=firm,
        role=role.value,
        address_digest=digest,
        personal=b"",
        language="fr",
        community=community,
    )
    person = {"name": name, "address": address.strip(), "phone": phone}
    account.personal = vault.seal(account.keys, person)
    session.add(account)
    session.flush()
    return account


def create_site(session: Session, territory: Territory, row: Mapping[str, Any]) -> Site | None:
    """A site and, if it is the first of its SIREN, its firm. None: its SIRET is there already."""
    vault = vault_of(session)
    siret = str(row.get("siret") or "") or None
    if siret is not None and session.scalar(
        select(Site.id).join(Firm).where(Site.siret == siret, Firm.territory_id == territory.id)
    ):
        return None
    siren = siret[:9] if siret else None
    firm = siren and session.scalar(
        select(Firm).where(Firm.territory_id == territory.id, Firm.siren == siren)
    )
    if not firm:
        firm = Firm(
            public_id=vault.new_token(),
            territory_id=territory.id,
            name=str(row.get("firm") or row["name"]),
            siren=siren,
            sealing_key=vault.new_key(),
        )
        session.add(firm)
        session.flush()
    site = Site(
        public_id=vault.new_token(),
        firm=firm,
        name=str(row["name"]),
        siret=siret,
        register={name: row[name] for name in _PUBLIC_COLUMNS if row.get(name)},
        private=scope.sealed(
            session, firm, {name: row[name] for name in _PRIVATE_COLUMNS if row.get(name)}
        ),
    )
    session.add(site)
    session.flush()
    return site


def create_place(session: Session, territory: Territory, row: Mapping[str, Any]) -> None:
    """A commune of the territory."""
    session.add(
        Place(
            territory_id=territory.id,
            commune_code=row["commune_code"],
            name=row.get("name"),
            latitude=float(str(row["latitude"]).replace(",", ".")),
            longitude=float(str(row["longitude"]).replace(",", ".")),
        )
    )


def publish_charter(session: Session, territory: Territory, *, fr: str, en: str) -> Charter:
    """The next version of the charter; signatures under earlier ones stay theirs."""
    last = session.scalar(
        select(func.max(Charter.version)).where(Charter.territory_id == territory.id)
    )
    charter = Charter(
        territory_id=territory.id,
        version=(last or 0) + 1,
        text_fr=fr,
        text_en=en,
        digest=hashlib.sha256(f"{fr}\0{en}".encode()).hexdigest(),
    )
    session.add(charter)
    session.flush()
    return charter


def gates(session: Session, actor: Actor) -> dict[str, str]:
    """What is on file for each gate; empty text: nothing."""
    ensure(actor, Action.SET_UP)
    territory = session.get_one(Territory, actor.territory_id)
    return {name: str(territory.gates.get(name, "")) for name in GATES}


def fill_gate(
    session: Session, actor: Actor, gate: str, text: str, *, now: datetime.datetime
) -> None:
    """Note a document: a number, a date, who signed."""
    ensure(actor, Action.SET_UP)
    if gate not in GATES:
        raise ValueError(f"no gate « {gate} »")
    territory = session.get_one(Territory, actor.territory_id)
    territory.gates = {**territory.gates, gate: text.strip()[:200]}
    journal.record(session, actor, "gate_filled", territory.public_id, now=now, gate=gate)


def blocked_by(territory: Territory) -> tuple[str, ...]:
    """The gates without which no round opens."""
    needed = ("host_name", "data_protection_signed_by")
    return tuple(name for name in needed if not territory.gates.get(name))


def may_send_waste(territory: Territory) -> bool:
    """Whether leads of waste may go out: a broker's receipt, or the authority's position."""
    return any(territory.gates.get(name) for name in ("broker_receipt", "authority_position"))
