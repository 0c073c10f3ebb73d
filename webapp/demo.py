"""The made-up territory in a base: firms, answers, a round half done, one account a role."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from webapp.config import Config
from webapp.db import transaction
from webapp.jobs import Workshop
from webapp.lifecycle import Decision, ResponseState
from webapp.mail import Console
from webapp.mapping.survey import OWN_ID
from webapp.models import (
    Account,
    Consent,
    Declaration,
    LeadRow,
    PartyRow,
    Response,
    Round,
    Site,
    Territory,
    vault_of,
)
from webapp.operations import scope
from webapp.operations.firm import leads as firm_leads
from webapp.operations.signing_in import actor_of
from webapp.operations.territory import reviewing, rounds, searching, sending, set_up
from webapp.policy import Actor, Role

AS_OF = datetime.date(2027, 1, 11)
"""The date that the made-up survey is about: matching never reads the clock."""

STILL_TO_ANSWER = "F10"
"""Whoever tries the firm's journey does it as this one: its answers are still a draft."""

SENT = 8
_PEOPLE = {
    Role.AGENT: ("Camille Rivoal", "agent@alisiers.example"),
    Role.ADMINISTRATOR: ("Dominique Astruc", "administration@alisiers.example"),
    Role.DPO: ("Camille Ferrand", "dpo@alisiers.example"),
    Role.OBSERVER: ("Sacha Lemoine", "elu@alisiers.example"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyAccount:
    """Somebody who can sign in, and what for."""

    role: Role
    name: str
    address: str
    hint: str


def load(
    engine: Engine,
    info: dict[Any, Any],
    config: Config,
    folder: Path,
    charter: dict[str, str],
    clock: Callable[[], datetime.datetime],
) -> list[ReadyAccount]:
    """Fill an empty base. Returns one account a role."""
    now = clock()
    with transaction(engine, info) as session:
        territory = set_up.create_territory(session, "Pays des Alisiers", siren="999800001")
        people = [
            set_up.create_account(session, territory, role, name=name, address=address)
            for role, (name, address) in _PEOPLE.items()
        ]
        agent = actor_of(people[0])
        firms = _firms(session, territory, folder)
        set_up.publish_charter(session, territory, fr=charter["fr"], en=charter["en"])
        _gates(session, agent, now)
        first = _first_round(session, agent, folder, firms, now)
        session.flush()
        rounds.close_round(session, agent, first.public_id, now=now)
        searching.start_search(session, agent, first.public_id, {}, as_of=AS_OF, now=now)
        number = first.id
    Workshop(engine=engine, info=info, config=config, transport=Console(), clock=clock).do_jobs()
    with transaction(engine, info) as session:
        _send_some(session, agent, number, config, now)
        _answer_some(session, number, now)
        _second_round(session, agent, firms, now)
    return [
        *(
            ReadyAccount(role=role, name=name, address=address, hint=role.value)
            for role, (name, address) in _PEOPLE.items()
        ),
        ReadyAccount(
            role=Role.MANAGER, name="F10", address=_address(STILL_TO_ANSWER), hint="answers"
        ),
        ReadyAccount(role=Role.MANAGER, name="F03", address=_address("F03"), hint="proposals"),
        ReadyAccount(
            role=Role.CONTRIBUTOR, name="F10", address="rh@f10.example", hint="contributor"
        ),
    ]


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    """The rows of a csv of the made-up survey, without their empty cells."""
    path = folder / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [
            {name: value for name, value in row.items() if name and value}
            for row in csv.DictReader(stream, delimiter=";")
        ]


def _address(site: str) -> str:
    return f"contact@{site.lower()}.example"


def _firms(session: Session, territory: Territory, folder: Path) -> dict[str, Site]:
    """Sites by their name in the survey; the one that answered twice is there once."""
    for row in rows_of(folder, "places"):
        set_up.create_place(session, territory, row)
    sites = {}
    for row in rows_of(folder, "sites"):
        site = set_up.create_site(session, territory, row)
        if site is None:
            continue
        sites[row["site_id"]] = site
        known = session.scalar(select(Account.id).where(Account.firm_id == site.firm_id))
        if known is None:
            set_up.create_account(
                session,
                territory,
                Role.MANAGER,
                name=f"Contact {row['name']}",
                address=_address(row["site_id"]),
                phone=f"02 99 00 {row['site_id'][1:]} 00",
                firm=site.firm,
            )
    set_up.create_account(
        session,
        territory,
        Role.CONTRIBUTOR,
        name="Ressources humaines",
        address="rh@f10.example",
        firm=sites[STILL_TO_ANSWER].firm,
    )
    return sites


def _gates(session: Session, agent: Actor, now: datetime.datetime) -> None:
    for gate, text in {
        "host_name": "Syndicat mixte du Pays des Alisiers",
        "host_deliberation": "2026-117",
        "data_protection_signed_by": "Camille Ferrand",
        "broker_receipt": "exemple 49-2026-031",
    }.items():
        set_up.fill_gate(session, agent, gate, text, now=now)


def _first_round(
    session: Session,
    agent: Actor,
    folder: Path,
    sites: dict[str, Site],
    now: datetime.datetime,
) -> Round:
    until = now.date() + datetime.timedelta(days=1)
    public_id = rounds.create_round(
        session, agent, name="Campagne de printemps", answers_until=until, now=now
    )
    rounds.open_round(session, agent, public_id, now=now)
    row = scope.round_in(session, agent, public_id)
    answers = _answers(folder)
    by_site = {response.site_id: response for response in row.responses}
    for name, site in sites.items():
        _answer(session, by_site[site.id], answers.get(name, []), now)
    return row


def _answers(folder: Path) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Rows by site, as declarations: what is said of a flow's quality travels inside it."""
    qualities: dict[str, list[dict[str, str]]] = defaultdict(list)
    for line in rows_of(folder, "qualities"):
        qualities[line.pop("flow_id")].append(line)
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for table in ("flows", "equipment", "jobs", "pools", "permits", "wishes"):
        for raw in rows_of(folder, table):
            row: dict[str, Any] = dict(raw)
            own = row.pop(OWN_ID[table]) if table in OWN_ID else None
            if table == "flows" and own is not None and own in qualities:
                row["qualities"] = qualities[own]
            found[row.pop("site_id")].append((table, row))
    return found


def _answer(
    session: Session,
    response: Response,
    rows: list[tuple[str, dict[str, Any]]],
    now: datetime.datetime,
) -> None:
    """The state in which a firm that answered by itself would be."""
    for table, row in rows:
        session.add(
            Declaration(
                public_id=vault_of(session).new_token(),
                response_id=response.id,
                table=table,
                row=scope.sealed(session, response.firm, row),
                saved_at=now,
            )
        )
    signed = select(Consent.id).where(
        Consent.firm_id == response.firm.id, Consent.charter_id == response.round.charter_id
    )
    if session.scalar(signed) is None:
        session.add(
            Consent(firm_id=response.firm.id, charter_id=response.round.charter_id, signed_at=now)
        )
        session.flush()
    if rows:
        response.state = ResponseState.SUBMITTED.value
        response.submitted_at = now


def _send_some(
    session: Session, agent: Actor, number: int, config: Config, now: datetime.datetime
) -> None:
    """The best leads go out; the others wait in review."""
    row = session.get_one(Round, number)
    leads = list(
        session.scalars(select(LeadRow).where(LeadRow.round_id == number).order_by(LeadRow.rank))
    )
    chosen = [lead.public_id for lead in leads[:SENT]]
    for lead in leads[:SENT]:
        reviewing.approve(session, agent, lead.public_id, now=now)
        for party in lead.parties:
            if party.behind < config.least_hiding:
                reviewing.sign_risk(session, agent, lead.public_id, party.place, now=now)
    sending.send_batch(
        session,
        agent,
        row.public_id,
        chosen,
        answer_until=now.date() + datetime.timedelta(days=14),
        least_hiding=config.least_hiding,
        batch_size=config.batch_size,
        now=now,
    )


def _answer_some(session: Session, number: int, now: datetime.datetime) -> None:
    """The second lead is accepted by both, the third by one side."""
    leads = list(
        session.scalars(
            select(LeadRow)
            .where(LeadRow.round_id == number, LeadRow.sent_at.is_not(None))
            .order_by(LeadRow.rank)
        )
    )
    for lead, places in ((leads[1], (0, 1)), (leads[2], (0,))):
        for place in places:
            _accept(session, lead.parties[place], now)


def _accept(session: Session, party: PartyRow, now: datetime.datetime) -> None:
    account = session.scalar(
        select(Account).where(Account.firm_id == party.firm_id, Account.role == Role.MANAGER)
    )
    if account is not None:
        firm_leads.decide(
            session,
            actor_of(account),
            party.lead.public_id,
            Decision.ACCEPTED,
            version=party.lead.version,
            now=now,
        )


def _second_round(
    session: Session, agent: Actor, sites: dict[str, Site], now: datetime.datetime
) -> None:
    """A round that has just opened, with the invitations out."""
    until = now.date() + datetime.timedelta(days=30)
    public_id = rounds.create_round(
        session, agent, name="Campagne d’automne", answers_until=until, now=now
    )
    rounds.open_round(session, agent, public_id, now=now)
    row = scope.round_in(session, agent, public_id)
    invited = [
        response.public_id
        for response in row.responses
        if response.site_id in {sites[name].id for name in ("F10", "F05", "F11")}
    ]
    rounds.invite(session, agent, public_id, invited, now=now)
