"""A round is set up in five steps; a list of firms is read as people have it."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from tests.webapp.world import World
from webapp.mapping.firm_list import read_text
from webapp.models import Account, Charter, Firm, Response, Round, Site

AGENT = "agent@alisiers.example"
SIRET, OTHER = "12345678200002", "73282932000074"  # Luhn holds: 10 x 7 and 10 x 6


def codes(found) -> list[tuple[int, str]]:
    return [(problem.number, problem.code) for problem in found.problems]


def test_a_siret_alone_is_enough_with_or_without_its_spaces():
    found = read_text("123 456 782 00002\n73282932000074 Menuiserie Alise\n\n")

    assert [(line.siret, line.name) for line in found.lines] == [
        (SIRET, ""), (OTHER, "Menuiserie Alise"),
    ]  # fmt: skip
    assert codes(found) == []


def test_columns_are_known_by_their_headings_in_any_order():
    found = read_text(
        "Nom du contact\tRaison sociale\tTéléphone\tE-mail\tN° SIRET\tCommunauté\n"
        "Ana Roy\tFonderie Roy\t02 41 00 00 00\tana@roy.example\t12345678200002\tBocage\n"
    )

    (line,) = found.lines
    assert (line.number, line.siret, line.name, line.contact) == (
        2,
        SIRET,
        "Fonderie Roy",
        "Ana Roy",
    )
    assert (line.phone, line.address) == ("02 41 00 00 00", "ana@roy.example")
    assert line.community == "Bocage"


def test_without_headings_a_cell_is_known_by_what_stands_in_it():
    found = read_text("Fonderie Roy;ana@roy.example;12345678200002;Ana Roy;+33 2 41 00 00 00")

    (line,) = found.lines
    assert (line.name, line.contact, line.phone) == ("Fonderie Roy", "Ana Roy", "+33 2 41 00 00 00")


def test_the_same_firm_twice_is_one_line_that_knows_what_both_said():
    """By SIRET; without one, by name whatever its accents, case and legal form."""
    found = read_text(
        "SIRET;Nom;Courriel\n12345678200002;Roy;\n;Scierie Été SARL;\n"
        "12345678200002;;ana@roy.example\n;scierie ete;b@ete.example\n"
    )

    assert found.merged == 2
    assert [(line.name, line.address) for line in found.lines] == [
        ("Roy", "ana@roy.example"), ("Scierie Été SARL", "b@ete.example"),
    ]  # fmt: skip


def test_each_line_that_cannot_be_read_says_why_and_the_others_are_kept():
    found = read_text(
        "SIRET;Nom;Courriel\n1,2346E+13;A;\n123456782;B;\n12345;C;\n12345678200003;D;\n"
        ";;x@y.example\n12345678200002;E;pas une adresse\n"
    )

    assert codes(found) == [
        (2, "siret-rounded"), (3, "siret-is-a-siren"), (4, "siret-not-14-digits"),
        (5, "siret-check-digit"), (6, "nothing-known"), (7, "address-wrong"),
    ]  # fmt: skip
    assert [line.name for line in found.lines] == ["E"]


@pytest.fixture
def agent(world: World):
    return world.signed_in(AGENT)


def draft(world: World, agent) -> str:
    agent.post("/territoire/campagnes", name="Hiver", until="2027-03-01")
    return f"/territoire/campagnes/{world.round('Hiver').public_id}"


def test_five_steps_lead_from_a_name_to_an_open_round(world, agent):
    path = draft(world, agent)
    frame = {"name": "Hiver 2027", "until": "2027-03-05", "planned_on": "2027-03-20"}
    assert agent.post(f"{path}/preparer/cadre", **frame, host_name="Syndicat").status_code == 302
    assert agent.post(f"{path}/preparer/questions", block="jobs").location.endswith("entreprises")
    pasted = "SIRET;Nom;Courriel\n12345678200002;Roy;ana@roy.example\n12345678200002;Roy;\n"
    agent.post(f"{path}/preparer/entreprises", list=pasted)
    page = agent.get(f"{path}/preparer/entreprises").text
    assert "1 ajoutée(s), 0 complétée(s), 0 déjà connue(s), 1 doublon(s) réuni(s)" in page
    assert "ana@roy.example" in page
    agent.post(f"{path}/preparer/invitation", **{"words-fr": "À bientôt.", "words-en": "Soon."})
    preview = agent.get(f"{path}/preparer/invitation").text
    assert "À bientôt." in preview
    assert "Hiver 2027" in preview
    assert "5 March 2027" in preview
    agent.post(f"{path}/preparer/invitation/essai")
    tests = [mail for mail in world.post_mails() if "Hiver 2027" in mail["Subject"]]
    assert [mail["To"] for mail in tests] == [AGENT, AGENT]
    assert ["Soon." in mail.get_content() for mail in tests] == [False, True]

    agent.post(f"{path}/preparer/ouvrir")

    row = world.round("Hiver 2027")
    assert (row.state, row.blocks, str(row.leads_planned_on)) == ("open", ["jobs"], "2027-03-20")
    agent.post(f"{path}/inviter")
    assert any("À bientôt." in mail.get_content() for mail in world.post_mails())


@pytest.mark.slow
def test_the_clubs_workbook_is_read_as_it_is(world, agent):
    """A number for a SIRET, a formula, an empty row; what is no workbook is refused."""
    path = draft(world, agent)
    book = Workbook()
    for row in (["N° SIRET", "Entreprise", "Courriel"], [12345678200002, "Roy", "ana@roy.example"],
                [], ["73282932000074", "Été", "=1+1"]):  # fmt: skip
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)

    agent.post(f"{path}/preparer/entreprises", file=(io.BytesIO(content.getvalue()), "club.xlsx"))
    page = agent.get(f"{path}/preparer/entreprises").text
    agent.post(f"{path}/preparer/entreprises", file=(io.BytesIO(b"PKnothing"), "x.xlsx"))
    refused = agent.get(f"{path}/preparer/entreprises").text

    assert "2 ajoutée(s)" in page
    assert "ana@roy.example" in page
    assert "pas pu être lu sans risque" in refused


def test_a_round_whose_data_protection_page_is_not_signed_does_not_open(world, agent):
    path = draft(world, agent)
    agent.post(f"{path}/preparer/cadre", name="Hiver", data_protection_signed_by="")

    assert "Bloquant." in agent.get(f"{path}/preparer/ouvrir").text
    agent.post(f"{path}/preparer/ouvrir")

    assert world.round("Hiver").state == "draft"


@pytest.mark.slow
def test_a_known_firm_is_completed_and_never_overwritten(world, agent):
    """F10 is there with its contact: the list changes neither its name nor who decides."""
    path = draft(world, agent)
    session = world.rows()
    firm = session.scalar(select(Firm).where(Firm.name == "Moulages Tessonnet"))
    siret, firms = firm.sites[0].siret, len(session.scalars(select(Firm)).all())
    session.close()

    agent.post(f"{path}/preparer/entreprises", list=f"{siret};Autre nom;autre@f10.example")

    session = world.rows()
    assert session.scalar(select(Site).where(Site.siret == siret)).name == "Moulages Tessonnet"
    assert len(session.scalars(select(Firm)).all()) == firms
    assert len(session.scalars(select(Account).where(Account.firm_id == firm.id)).all()) == 2
    session.close()


def test_a_site_is_taken_out_as_long_as_it_was_not_invited(world, agent):
    path = draft(world, agent)
    session = world.rows()
    row = session.scalar(select(Round).where(Round.name == "Hiver"))
    before, response = len(row.responses), row.responses[0].public_id
    session.close()

    agent.post(f"{path}/preparer/entreprises/{response}/retirer")

    session = world.rows()
    assert session.scalar(select(Response).where(Response.public_id == response)) is None
    assert len(session.get(Round, row.id).responses) == before - 1
    session.close()


@pytest.mark.slow
def test_a_new_charter_is_a_new_version_and_the_open_rounds_keep_theirs(world, agent):
    path = draft(world, agent)
    agent.post(f"{path}/preparer/charte/nouvelle", fr="Article 1.", en="Article 1.")

    session = world.rows()
    versions = {
        row.name: row.charter.version for row in session.scalars(select(Round).order_by(Round.id))
    }
    assert versions == {"Campagne de printemps": 1, "Campagne d’automne": 1, "Hiver": 2}
    assert len(session.scalars(select(Charter)).all()) == 2
    session.close()
    opened = f"/territoire/campagnes/{world.round('Campagne d’automne').public_id}"
    page = agent.post(f"{opened}/preparer/charte/nouvelle", fr="x", en="y")
    assert page.status_code == 302
    assert "prochaine campagne" in agent.get(f"{opened}/preparer/cadre").text
