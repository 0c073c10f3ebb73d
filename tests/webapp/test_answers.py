"""Typing on the phone, the quality of answers, and what the matching is asked for."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.webapp.world import World
from webapp.models import AuditLine, Declaration, Response, Round, Site

AGENT, FIRM = "agent@alisiers.example", "contact@f05.example"


@pytest.fixture
def agent(world: World):
    return world.signed_in(AGENT)


def response_of(world: World, site: str, name: str = "Campagne d’automne") -> Response:
    session = world.rows()
    found = session.scalar(
        select(Response).join(Round).join(Site).where(Round.name == name, Site.name == site)
    )
    _ = found.declarations
    session.close()
    return found


@pytest.mark.slow
def test_what_is_typed_on_the_phone_waits_for_the_firms_own_charter_and_click(world, agent):
    """F05 is on the phone: a waste without amount and a job; the other rows stay empty."""
    response = response_of(world, "Menuiseries Larchat")
    path = f"/territoire/saisie/{response.public_id}"
    assert "Menuiseries Larchat" in agent.get(path).text
    agent.post(path, **{
        "flows-0-direction": "offer", "flows-0-resource": "chutes de bois", "flows-0-amount": "",
        "flows-0-secrecy": "blind", "flows-1-direction": "offer", "flows-1-secrecy": "blind",
        "jobs-0-direction": "need", "jobs-0-title": "H1303", "jobs-0-hours_per_month": "45",
    })  # fmt: skip

    kept = response_of(world, "Menuiseries Larchat")
    assert sorted(item.table for item in kept.declarations) == ["flows", "jobs"]
    assert (kept.state, kept.submitted_at) == ("invited", None)
    (mail,) = [m for m in world.post_mails() if m["Subject"].startswith("Vos réponses au téléph")]
    assert mail["To"] == FIRM
    assert "chutes" not in mail.get_content()

    firm = world.signed_in(FIRM)
    sheet = f"/entreprise/enquetes/{response.public_id}"
    firm.post(f"{sheet}/charte")
    assert "chutes de bois" in firm.get(f"{sheet}/verifier").text
    firm.post(f"{sheet}/envoyer")
    assert response_of(world, "Menuiseries Larchat").state == "submitted"


def test_a_row_typed_before_is_changed_and_not_doubled(world, agent):
    response = response_of(world, "Menuiseries Larchat")
    path = f"/territoire/saisie/{response.public_id}"
    agent.post(path, **{"flows-0-direction": "offer", "flows-0-resource": "sciure"})
    card = response_of(world, "Menuiseries Larchat").declarations[0].public_id

    agent.post(path, **{
        "flows-0-card": card, "flows-0-direction": "offer", "flows-0-resource": "sciure",
        "flows-0-amount": "env. 12t",
    })  # fmt: skip

    assert [i.public_id for i in response_of(world, "Menuiseries Larchat").declarations] == [card]
    page = agent.get(path).text
    assert "env. 12t" in page
    assert "told bad" in page


def test_a_card_of_another_site_cannot_be_reached_by_its_id(world, agent):
    """The id of a card of another answer sheet makes a new row, and leaves that card alone."""
    session = world.rows()
    foreign = session.scalar(select(Declaration).where(Declaration.table == "flows"))
    session.close()
    response = response_of(world, "Menuiseries Larchat")

    agent.post(
        f"/territoire/saisie/{response.public_id}",
        **{"flows-0-card": foreign.public_id, "flows-0-resource": "x", "flows-0-direction": "need"},
    )

    session = world.rows()
    assert session.get(Declaration, foreign.id).row == foreign.row
    session.close()


@pytest.mark.slow
def test_a_look_at_a_firms_answers_is_a_line_that_it_can_read(world, agent):
    response = response_of(world, "Menuiseries Larchat")
    agent.get(f"/territoire/saisie/{response.public_id}")

    session = world.rows()
    last = session.scalar(select(AuditLine).order_by(AuditLine.id.desc()).limit(1))
    assert (last.action, last.subject) == ("answers_read", response.public_id)
    session.close()
    assert "réponses relues" in world.signed_in(FIRM).get("/entreprise/donnees").text


def test_the_quality_page_names_the_firm_the_value_and_the_remedy(world, agent):
    """The made-up survey: 26 000 where 260 was meant, a waste code that has gone, one duplicate."""
    round_id = world.round("Campagne de printemps").public_id

    page = agent.get(f"/territoire/campagnes/{round_id}/qualite").text

    for said in ("26000", "20 01 34", "bidules de reprise", "Toutes les lignes se lisent"):
        assert said in page
    assert page.count("/territoire/saisie/") >= 11


def test_the_search_is_kept_in_words_and_makes_the_settings_of_the_run(world, agent):
    round_id = world.round("Campagne d’automne").public_id
    path = f"/territoire/campagnes/{round_id}"
    agent.post(f"{path}/clore")
    agent.post(f"{path}/recherche", objective="co2e", proposals="10", pool_radius_km="99")
    assert world.round("Campagne d’automne").state == "closed", "99 km is not a choice"

    agent.post(
        f"{path}/recherche",
        objective="co2e", proposals="10", max_proposals_per_site="2", as_of="2027-01-11",
    )  # fmt: skip

    row = world.round("Campagne d’automne")
    assert row.state == "matching"
    assert row.settings == {"objective": "co2e", "proposals": 10, "max_proposals_per_site": 2}
