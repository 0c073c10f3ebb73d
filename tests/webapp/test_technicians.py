"""A technician sees one communauté: its sites, their answers, the leads between them; no more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.webapp.test_routes import STRANGER, filled, ids_of, routes, without_marks
from tests.webapp.world import Visitor, World
from webapp.db import Base, transaction
from webapp.models import Account, LeadRow, Response, Site, Territory
from webapp.operations import narrowing
from webapp.operations.territory import set_up
from webapp.pages.access import ACCESS
from webapp.policy import Role, is_allowed

HERE, THERE = "CC du Layon", "CC de la Dive"
ADDRESS = "technique@layon.example"


def part(world: World) -> tuple[str, str]:
    """The communautés cut so that one lead lies in the first and one reaches beyond it."""
    inside, beyond = world.leads("sent")[:2]
    with transaction(world.engine, world.info) as session:
        mine = {party.site_id for party in inside.parties} | {beyond.parties[0].site_id}
        mine.discard(beyond.parties[1].site_id)
        for site in session.scalars(select(Site)):
            site.community = HERE if site.id in mine else THERE
        set_up.create_account(
            session,
            session.scalars(select(Territory)).one(),
            Role.TECHNICIAN,
            name="Technique",
            address=ADDRESS,
            community=HERE,
        )
    return inside.public_id, beyond.public_id


@pytest.fixture
def technician(world: World) -> Visitor:
    part(world)
    return world.signed_in(ADDRESS)


def test_every_table_is_narrowed_or_said_to_be_open_to_all():
    narrowed = {kind.__tablename__ for kind in narrowing.NARROWED}
    of_oneself = {
        "web_session", "login_code", "attempt", "second_factor", "background_job"
    }  # fmt: skip

    assert narrowed | set(narrowing.UNTOUCHED) | of_oneself == set(Base.metadata.tables)
    assert not narrowed & set(narrowing.UNTOUCHED)


def test_a_technician_reads_the_leads_between_their_firms_and_no_other(world: World):
    inside, beyond = part(world)
    technician = world.signed_in(ADDRESS)

    assert technician.get(f"/territoire/propositions/{inside}").status_code == 200
    assert technician.get(f"/territoire/propositions/{beyond}").status_code == 404


def test_no_page_of_a_technician_names_a_firm_of_another_communaute(world: World):
    """Every page that opens: the lists, the round, its quality, its download, the firms' files."""
    part(world)
    technician = world.signed_in(ADDRESS)
    session = world.rows()
    sites = session.scalars(select(Site)).all()
    own = {site.firm.name for site in sites if site.community == HERE}
    foreign = {site.firm.name for site in sites} | {site.name for site in sites}
    foreign -= own | {site.name for site in sites if site.community == HERE}
    lead = world.leads("sent")[0]
    sheet = session.scalar(select(Response).where(Response.site_id == lead.parties[0].site_id))
    ids = {
        **ids_of(world), "lead_id": lead.public_id, "response_id": sheet.public_id,
        "firm_id": lead.parties[0].firm.public_id,
    }  # fmt: skip
    session.close()
    opened = set()
    for endpoint, method, rule in routes(world.app()):
        if method != "GET" or not is_allowed(Role.TECHNICIAN, ACCESS[endpoint]):
            continue
        answer = technician.get(filled(rule, ids))
        if answer.status_code == 200:
            opened.add(endpoint)
            said = answer.get_data(as_text=False).decode("utf-8", "replace")
            assert not [name for name in foreign if name in said], rule

    assert len(foreign) > 20
    assert opened >= {
        "territory.home", "territory.rounds", "territory.one_round", "territory.leads",
        "territory.lead", "answers.quality", "synergies.show_board", "firms.one",
    }  # fmt: skip


def test_what_is_another_communautes_is_not_found_in_the_same_words_as_nothing(world: World):
    """Lead, answers, firm, synergy: each page that takes one, read and written."""
    _, beyond = part(world)
    technician = world.signed_in(ADDRESS)
    session = world.rows()
    lead = session.scalar(select(LeadRow).where(LeadRow.public_id == beyond))
    other = lead.parties[1]
    sheet = session.scalar(select(Response).where(Response.site_id == other.site_id))
    foreign = {
        **ids_of(world), "lead_id": beyond, "firm_id": other.firm.public_id,
        "response_id": sheet.public_id, "synergy_id": STRANGER,
    }  # fmt: skip
    session.close()
    nothing = {**foreign, **dict.fromkeys(("lead_id", "firm_id", "response_id"), STRANGER)}
    asked = 0
    for endpoint, method, rule in routes(world.app()):
        named = any(f"<{name}>" in rule for name in ("lead_id", "firm_id", "response_id"))
        if not named or not is_allowed(Role.TECHNICIAN, ACCESS[endpoint]):
            continue
        pages = []
        for objects in (foreign, nothing):
            path = filled(rule, objects)
            fields = {"outcome": "reached", "minutes": "15", "until": "2027-02-10", "reason": "x"}
            answer = technician.get(path) if method == "GET" else technician.post(path, **fields)
            pages.append((answer.status_code, without_marks(answer.text)))
        assert pages[0][0] == 404, f"{method} {rule}"
        assert pages[0] == pages[1], f"{method} {rule}"
        asked += 1

    assert asked >= 10


def test_what_is_the_whole_territorys_is_not_a_technicians(world: World, technician: Visitor):
    """To set a round up, to open, match or publish it, the documents, the log: not found."""
    ids, refused = ids_of(world), 0
    for endpoint, method, rule in routes(world.app()):
        if not is_allowed(Role.TECHNICIAN, ACCESS[endpoint]):
            path = filled(rule, ids)
            answer = technician.get(path) if method == "GET" else technician.post(path)
            assert answer.status_code == 404, f"{method} {rule}"
            refused += 1

    assert refused >= 40


def test_a_technician_without_a_communaute_sees_no_firm(world: World):
    """A mistake of whoever keeps the installation closes, and does not open."""
    part(world)
    with transaction(world.engine, world.info) as session:
        for account in session.scalars(select(Account).where(Account.role == Role.TECHNICIAN)):
            account.community = None
    technician = world.signed_in(ADDRESS)
    round_id = world.round("Campagne de printemps").public_id

    page = technician.get(f"/territoire/campagnes/{round_id}")

    session = world.rows()
    names = [site.name for site in session.scalars(select(Site))]
    session.close()
    assert page.status_code == 200
    assert not [name for name in names if name in page.text]
