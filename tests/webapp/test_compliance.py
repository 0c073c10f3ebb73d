"""The officer's page: register from the tables, stop of sendings, retention, destruction."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select

from tests.webapp.world import World
from webapp.db import transaction
from webapp.jobs import night
from webapp.models import Account, Base, Declaration, ErasedError, Firm, OutgoingMail, Response
from webapp.policy import PERMISSIONS, Action, FieldClass, Role
from webapp.retention import CLASSES, RULES, TABLES, Processing, readers
from webapp.texts import texts

DPO, AGENT = "dpo@alisiers.example", "agent@alisiers.example"
FIRM = "contact@f10.example"


@pytest.fixture
def officer(world: World):
    return world.signed_in(DPO)


def ask_erasure(world: World, name: str) -> str:
    with transaction(world.engine, world.info) as session:
        firm = session.scalar(select(Firm).where(Firm.name == name))
        firm.erasure_asked_at = world.clock()
        return firm.public_id


def test_every_table_is_in_the_register_once_and_every_word_of_it_is_known():
    known = set(texts("fr"))

    assert set(TABLES) == set(Base.metadata.tables)
    assert set(CLASSES) == set(Processing)
    for room, values in {
        "name": Processing, "why": Processing, "class": FieldClass, "class-help": FieldClass,
        "role": Role, "action": Action, "rule": [rule.name for rule in RULES],
    }.items():  # fmt: skip
        assert {f"compliance.{room}.{value}" for value in values} <= known, room


def test_the_register_names_as_readers_only_whom_the_policy_lets_read():
    firms = {Role.CONTRIBUTOR, Role.MANAGER}  # each its own

    agents = {Role.AGENT, Role.TECHNICIAN}
    assert set(readers(Processing.ROUNDS)) == {*firms, *agents}
    assert set(readers(Processing.LEADS)) == {Role.MANAGER, *agents}
    assert set(readers(Processing.PEOPLE)) == {Role.MANAGER, *agents}
    assert set(readers(Processing.LOG)) == {*firms, Role.DPO}
    assert Role.OBSERVER in readers(Processing.FIGURES)


@pytest.mark.slow
def test_the_policy_page_shows_the_tables_that_the_code_asks_to_everybody(world):
    for address in (DPO, AGENT, FIRM, "elu@alisiers.example"):
        page = world.signed_in(address).get("/qui-voit-quoi").text
        assert page.count("<tr>") == len(Action) + 1
        assert page.count("toutes les classes") == sum(
            len(classes) == len(FieldClass)
            for row in PERMISSIONS.values()
            for classes in row.values()
        )


def test_the_page_holds_documents_rounds_log_and_rules(world, officer):
    page = officer.get("/conformite").text

    for said in ("Syndicat mixte du Pays des Alisiers", "Campagne de printemps", "aucune rupture",
                 "visa de l’archiviste", "declaration", "Liens d’invitation"):  # fmt: skip
        assert said in page


@pytest.mark.slow
def test_the_stop_button_freezes_every_mail_but_the_codes(world, officer):
    world.post_mails()
    officer.post("/conformite/envois", do="stop")
    agent = world.signed_in(AGENT)  # a code still goes out
    round_id = world.round("Campagne d’automne").public_id
    agent.post(f"/territoire/campagnes/{round_id}/preparer/invitation/essai")

    assert world.post_mails() == []
    assert "Tous les envois sont arrêtés" in world.signed_in(DPO).get("/conformite").text

    world.signed_in(DPO).post("/conformite/envois", do="resume")
    assert len(world.post_mails()) == 2


@pytest.mark.slow
def test_the_night_forgets_what_the_rules_say_and_nothing_is_overdue(world, officer):
    """183 days after the invitations their links are gone, and the words of mails with them."""
    world.post_mails()
    world.clock.forward(days=184)
    night(world.engine, world.info, world.clock)

    session = world.rows()
    assert session.scalars(select(Response).where(Response.link_digest.is_not(None))).all() == []
    old = world.clock() - datetime.timedelta(days=183)
    sent = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at < old)).all()
    assert sent
    assert {mail.values for mail in sent} == {b""}
    session.close()
    officer = world.signed_in(DPO)
    assert '<td class="number">0</td></tr>' in officer.get("/conformite").text


@pytest.mark.slow
def test_destruction_asks_for_the_visa_and_the_word_and_then_nothing_is_left(world, officer):
    """F10's answers cannot be opened; every page of the agent still opens; the chain holds."""
    firm_id = ask_erasure(world, "Moulages Tessonnet")
    path = f"/conformite/destruction/{firm_id}"
    officer.post(path, visa="", word="DÉTRUIRE")
    officer.post(path, visa="AD49 2027-12", word="détruire")
    assert key_of(world, firm_id) is not None

    officer.post(path, visa="AD49 2027-12", word="DÉTRUIRE")

    assert key_of(world, firm_id) is None
    session = world.rows()
    firm = session.scalar(select(Firm).where(Firm.public_id == firm_id))
    rows = session.scalars(
        select(Declaration)
        .join(Response)
        .where(Response.site_id.in_([site.id for site in firm.sites]))
    ).all()
    assert rows
    for row in rows:
        with pytest.raises(ErasedError):
            world.vault.open([firm.sealing_key], row.row)
    accounts = session.scalars(select(Account).where(Account.firm_id == firm.id)).all()
    assert all(account.disabled_at is not None for account in accounts)
    session.close()
    assert "aucune rupture" in officer.get("/conformite").text
    agent = world.signed_in(AGENT)
    spring = world.round("Campagne de printemps").public_id
    autumn = world.round("Campagne d’automne").public_id
    for page in (
        "/territoire/", "/territoire/synergies/", f"/territoire/entreprises/{firm_id}",
        f"/territoire/campagnes/{spring}", f"/territoire/campagnes/{spring}/propositions",
        f"/territoire/campagnes/{spring}/qualite", f"/territoire/campagnes/{spring}/publication",
        f"/territoire/campagnes/{autumn}", f"/territoire/campagnes/{autumn}/preparer/entreprises",
    ):  # fmt: skip
        assert agent.get(page).status_code == 200, page
    night(world.engine, world.info, world.clock)


@pytest.mark.slow
def test_a_partner_of_a_destroyed_firm_still_reads_its_other_leads(world, officer):
    firm_id = ask_erasure(world, "Fonderie Maurel-Sorin")
    officer.post(f"/conformite/destruction/{firm_id}", visa="AD49", word="DÉTRUIRE")

    partner = world.signed_in("contact@f03.example")

    assert partner.get("/entreprise/propositions").status_code == 200
    assert partner.get("/entreprise/").status_code == 200


def key_of(world: World, firm_id: str) -> bytes | None:
    session = world.rows()
    key = session.scalar(select(Firm.sealing_key).where(Firm.public_id == firm_id))
    session.close()
    return key
