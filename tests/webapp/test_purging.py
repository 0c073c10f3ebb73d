"""Three years after its last day a round goes whole, with a visa; what names nobody stays."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.webapp.world import World
from webapp.db import transaction
from webapp.jobs import night
from webapp.models import (
    Attachment,
    AuditLine,
    Declaration,
    LeadRow,
    PartyRow,
    Publication,
    Response,
    Reveal,
    Round,
    Synergy,
)

DPO, AGENT, FIRM = "dpo@alisiers.example", "agent@alisiers.example", "contact@f02.example"
SPRING, AUTUMN = "Campagne de printemps", "Campagne d’automne"


def count(world: World, kind, *where) -> int:
    session = world.rows()
    found = session.scalar(select(func.count()).select_from(kind).where(*where))
    session.close()
    return found


def three_years_on(world: World) -> str:
    """The night closes what was open; the address of the spring round's purge."""
    world.clock.forward(days=3 * 366)
    night(world.engine, world.info, world.clock)
    return f"/conformite/campagnes/{world.round(SPRING).public_id}/effacement"


def end_synergies(world: World) -> None:
    with transaction(world.engine, world.info) as session:
        for synergy in session.scalars(select(Synergy)):
            synergy.stage = "measured"


@pytest.mark.slow
def test_a_round_is_not_purged_before_its_time_without_a_visa_or_while_something_runs(world: World):
    """The spring round has cooperations that go on: the page says how many, and keeps it."""
    spring = world.round(SPRING)
    early = f"/conformite/campagnes/{spring.public_id}/effacement"
    officer = world.signed_in(DPO)
    assert SPRING not in officer.get("/conformite").text.split("Effacer une campagne")[1]
    assert officer.post(early, visa="AD49", word="EFFACER").status_code == 404

    path = three_years_on(world)
    officer = world.signed_in(DPO)
    assert SPRING in officer.get("/conformite").text.split("Effacer une campagne")[1]
    officer.post(path, visa="AD49", word="EFFACER")
    assert "encore en cours" in officer.get("/conformite").text
    end_synergies(world)
    officer.post(path, visa="", word="EFFACER")
    officer.post(path, visa="AD49", word="effacer")

    assert world.round(SPRING).state != "purged"


@pytest.mark.slow
def test_a_purged_round_leaves_its_name_its_reveals_and_the_log(world: World):
    """No answer, no party, no file; a revealed lead keeps a bare row; every page still opens."""
    spring = world.round(SPRING)
    of_autumn = count(
        world, Declaration, Declaration.response.has(Response.round.has(Round.name == AUTUMN))
    )
    revealed = count(world, Reveal)
    world.signed_in(AGENT).post(f"/territoire/campagnes/{spring.public_id}/publication")
    path = three_years_on(world)
    end_synergies(world)
    officer = world.signed_in(DPO)

    officer.post(path, visa="AD49 2030-2", word="EFFACER")

    session = world.rows()
    sheets = select(Response.id).where(Response.round_id == spring.id)
    leads = session.scalars(select(LeadRow).where(LeadRow.round_id == spring.id)).all()
    assert session.scalars(sheets).all() == []
    assert len(leads) == revealed and {lead.reckoning for lead in leads} <= {b""}
    assert [lead.parties for lead in leads] == [[]] * revealed
    line = session.scalars(select(AuditLine).where(AuditLine.action == "round_purged")).one()
    assert line.detail["visa"] == "AD49 2030-2" and line.detail["gone"]["declarations"] > 50
    session.close()
    assert count(world, Declaration) == of_autumn
    assert count(world, Attachment) == count(world, PartyRow) == count(world, Synergy) == 0
    assert count(world, Reveal) == revealed
    assert count(world, Publication) == 1

    assert "aucune rupture" in officer.get("/conformite").text
    night(world.engine, world.info, world.clock)
    agent = world.signed_in(AGENT)
    for page in ("/territoire/", "/territoire/campagnes", "/territoire/synergies/"):
        assert agent.get(page).status_code == 200, page
    assert agent.get(f"/territoire/campagnes/{spring.public_id}").status_code == 404
    firm = world.signed_in(FIRM)
    for page in ("/entreprise/", "/entreprise/propositions", "/entreprise/donnees"):
        assert firm.get(page).status_code == 200, page
    elected = world.signed_in("elu@alisiers.example")
    assert elected.get("/synthese").status_code == 200
    assert elected.get(f"/synthese/{spring.public_id}").status_code == 200
