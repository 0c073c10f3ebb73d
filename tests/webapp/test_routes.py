"""Every page x every role x own and foreign objects, generated from the map of addresses."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.webapp.world import Visitor, World
from webapp.db import Base, transaction
from webapp.models import Declaration, Firm, Response, Synergy
from webapp.operations.territory import set_up
from webapp.pages.access import ACCESS, OPEN, READS_ARE_LOGGED
from webapp.policy import FIRM_ROLES, Action, Role, is_allowed

PEOPLE = {
    Role.AGENT: "agent@alisiers.example",
    Role.ADMINISTRATOR: "administration@alisiers.example",
    Role.DPO: "dpo@alisiers.example",
    Role.OBSERVER: "elu@alisiers.example",
    Role.MANAGER: "contact@f10.example",
    Role.CONTRIBUTOR: "rh@f10.example",
}
STRANGER = "0" * 32


def routes(app) -> list[tuple[str, str, str]]:
    """Endpoint, method and rule of every page that needs somebody."""
    return [
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        if ACCESS.get(rule.endpoint) is not OPEN
    ]


def filled(rule: str, ids: dict[str, str]) -> str:
    path = rule
    for name, value in ids.items():
        path = path.replace(f"<{name}>", value).replace(f"<int:{name}>", value)
    assert "<" not in path, path
    return path


def ids_of(world: World, firm_name: str | None = None) -> dict[str, str]:
    """One object of each kind; of one firm when named."""
    session = world.rows()
    leads = world.leads("sent")
    firm = session.scalar(select(Firm).where(Firm.name == firm_name)) if firm_name else None
    if firm is not None:
        leads = [lead for lead in leads if any(p.firm_id == firm.id for p in lead.parties)]
    responses = [
        item
        for item in session.scalars(select(Response).order_by(Response.id.desc()))
        if firm is None or item.firm.id == firm.id
    ]
    declaration = session.scalar(
        select(Declaration).where(
            Declaration.response_id.in_([item.id for item in responses]),
            Declaration.table == "flows",
        )
    )
    owner = next(item for item in responses if item.id == declaration.response_id)
    found = {
        "sheet_id": owner.public_id,
        "card_id": declaration.public_id,
        "table": "flows",
        "lead_id": leads[0].public_id,
        "firm_id": (firm or leads[0].parties[0].firm).public_id,
        "round_id": world.round("Campagne de printemps").public_id,
        "session_id": STRANGER,
        "factor_id": STRANGER,
        "account_id": STRANGER,
        "file_id": STRANGER,
        "number": "0",
        "step": "retenir",
        "deed": "suite",
        "synergy_id": session.scalar(select(Synergy)).public_id,
        "stage": "cadre",
        "name": "network.js",
        "response_id": owner.public_id,
        "place": "0",
    }
    session.close()
    return found


def test_every_page_is_in_the_table_and_every_line_is_a_page(world):
    pages = {rule.endpoint for rule in world.app().url_map.iter_rules()}

    assert pages == set(ACCESS)
    assert set(ACCESS) >= READS_ARE_LOGGED


def test_without_signing_in_nothing_opens(world):
    visitor, ids = world.visitor(), ids_of(world)
    for _, method, rule in routes(world.app()):
        path = filled(rule, ids)
        answer = visitor.get(path) if method == "GET" else visitor.post(path)
        if method == "GET":
            assert (answer.status_code, answer.location) == (302, "/connexion"), rule
        else:
            assert answer.status_code == 404, rule


@pytest.mark.parametrize("role", PEOPLE, ids=str)
def test_a_page_that_the_policy_does_not_give_is_not_found(world, role):
    visitor, ids = world.signed_in(PEOPLE[role]), ids_of(world)
    refused = 0
    for endpoint, method, rule in routes(world.app()):
        if is_allowed(role, ACCESS[endpoint]):
            continue
        path = filled(rule, ids)
        answer = visitor.get(path) if method == "GET" else visitor.post(path)
        assert answer.status_code == 404, f"{role} {method} {rule}"
        refused += 1

    assert refused >= 10


@pytest.mark.parametrize("role", sorted(FIRM_ROLES), ids=str)
def test_another_firms_objects_are_not_found(world, role):
    """F10 asks for what is F02's: same page as for what does not exist at all."""
    visitor = world.signed_in(PEOPLE[role])
    ids = ids_of(world, "Salaisons Bellanoue")
    nothing = {**ids, "sheet_id": STRANGER, "lead_id": STRANGER, "card_id": STRANGER}
    asked = 0
    for _, method, rule in routes(world.app()):
        if not rule.startswith("/entreprise/") or "<" not in rule:
            continue
        pages = []
        for objects in (ids, nothing):
            path = filled(rule, objects)
            word = {"word": "RETIRER", "decision": "accepted", "version": "1"}
            answer = visitor.get(path) if method == "GET" else visitor.post(path, **word)
            pages.append((answer.status_code, without_marks(answer.text)))
        assert pages[0][0] == 404, f"{method} {rule}"
        assert pages[0] == pages[1], f"{method} {rule}"
        asked += 1

    assert asked >= 12


def test_another_territorys_objects_are_not_found(world):
    """An agent of another EPCI, in the same base."""
    with transaction(world.engine, world.info) as session:
        other = set_up.create_territory(session, "Ailleurs")
        set_up.create_account(
            session, other, Role.AGENT, name="Autre", address="agent@ailleurs.example"
        )
    visitor, ids = world.signed_in("agent@ailleurs.example"), ids_of(world)
    asked = 0
    for _, method, rule in routes(world.app()):
        if not rule.startswith("/territoire/") or "<" not in rule:
            continue
        for step in ("retenir", "clore", "inviter", "rouvrir"):
            path = filled(rule, {**ids, "step": step})
            fields = {
                "outcome": "reached", "minutes": "15", "until": "2027-02-10", "reason": "x",
                "lead": ids["lead_id"],
            }  # fmt: skip
            answer = visitor.get(path) if method == "GET" else visitor.post(path, **fields)
            assert answer.status_code == 404, f"{method} {path}"
            asked += 1

    assert asked >= 40
    assert visitor.get("/territoire/campagnes").status_code == 200
    assert "printemps" not in visitor.get("/territoire/campagnes").text


@pytest.mark.parametrize("role", PEOPLE, ids=str)
def test_a_page_that_is_only_looked_at_changes_no_table(world, role):
    """But the log, where looking is itself a line."""
    visitor, ids = world.signed_in(PEOPLE[role]), ids_of(world)
    before = contents(world)
    for endpoint, method, rule in routes(world.app()):
        if method == "GET" and is_allowed(role, ACCESS[endpoint]):
            visitor.get(filled(rule, ids))

    assert contents(world) == before


def test_a_form_without_its_mark_or_with_a_foreign_one_is_refused(world):
    visitor, other, ids = (
        world.signed_in(PEOPLE[Role.MANAGER]),
        world.signed_in(PEOPLE[Role.AGENT]),
        ids_of(world, "Moulages Tessonnet"),
    )
    before = contents(world)
    for _, method, rule in routes(world.app()):
        if method == "POST":
            for mark in ("", "x", other.mark()):
                answer = visitor.post(filled(rule, ids), csrf_token=mark)
                assert answer.status_code in {400, 404}, rule

    assert contents(world) == before


def test_the_policy_names_no_action_that_no_page_needs():
    assert set(ACCESS.values()) - {OPEN} == set(Action)


def without_marks(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def contents(world: World) -> dict[str, list]:
    """Every row of every table but the log."""
    with world.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(table.select())]
            for name, table in Base.metadata.tables.items()
            if name not in {"audit_line", "web_session"}
        }


def test_a_visitor_reads_the_public_pages(world):
    visitor: Visitor = world.visitor()

    assert visitor.get("/").status_code == 200
    assert visitor.get("/sante").json == {"status": "ok"}
    assert visitor.get("/nulle-part").status_code == 404
