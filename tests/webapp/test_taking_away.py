"""The network, the survey as files, and the round that follows with what was refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select

from matcher.reading import read_survey
from tests.webapp.world import START, World, address_of
from webapp.db import transaction
from webapp.models import ErasedError, LeadRow, PartyRow, Round, Run
from webapp.operations.territory.next_round import hold_refused
from webapp.operations.territory.taking_away import _harmless

AGENT = "agent@alisiers.example"


@pytest.fixture
def agent(world: World):
    return world.signed_in(AGENT)


def path_of(world: World, name: str = "Campagne de printemps") -> str:
    return f"/territoire/campagnes/{world.round(name).public_id}"


def test_the_network_is_drawn_with_names_and_asks_our_own_host_only(world, agent):
    page = agent.get(f"{path_of(world)}/reseau").text

    assert "Briqueterie des" in page
    assert 'src="/reseau/network.js"' in page
    assert "<style" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace(
        'http-equiv="Content-Security-Policy"', ""
    )
    assert agent.get("/reseau/network.js").mimetype == "text/javascript"
    assert agent.get("/reseau/../secret").status_code == 404
    assert agent.get(f"{path_of(world, 'Campagne d’automne')}/reseau").status_code == 404


def test_a_drawing_is_gone_with_the_key_of_any_of_its_firms(world):
    session = world.rows()
    run = session.scalar(select(Run))
    keys = [world.vault.new_key(), world.vault.new_key()]
    sealed = world.vault.seal_jointly(keys, {"fr": "x"})

    assert world.vault.open_jointly(keys, sealed) == {"fr": "x"}
    assert b"Briqueterie" not in run.drawing
    for fewer in ([keys[0], None], [None, keys[1]], [keys[1], keys[0]], keys[:1]):
        with pytest.raises(ErasedError):
            world.vault.open_jointly(fewer, sealed)
    session.close()


def test_the_survey_taken_away_is_the_one_that_was_matched(world, agent, tmp_path):
    answer = agent.get(f"{path_of(world)}/enquete.zip")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(tmp_path)
    survey = read_survey(tmp_path, as_of=START.date())
    assert len(survey.sites) == 37
    assert len(survey.flows) > 80
    assert answer.headers["Content-Disposition"] == 'attachment; filename="enquete.zip"'


@pytest.mark.parametrize(
    ("said", "kept"),
    [("=1+1", "'=1+1"), ("-12,5", "-12,5"), ("-cmd|x", "'-cmd|x"), ("@a", "'@a"), ("bois", "bois")],
)
def test_no_cell_that_is_taken_away_is_a_formula(said, kept):
    assert _harmless(said) == kept


@pytest.mark.slow
def test_a_refusal_is_told_with_its_reason_and_the_next_round_keeps_the_set_up(world, agent):
    lead = world.leads("sent")[0]
    firm = world.signed_in(address_of(world, lead, 1))
    firm.post(
        f"/entreprise/propositions/{lead.public_id}/decision",
        decision="declined", version="1", reason="trop loin",
    )  # fmt: skip
    agent = world.signed_in(AGENT)
    path = path_of(world)

    page = agent.get(f"{path}/suivante").text
    agent.post(f"{path}/suivante", name="Deuxième", until="2027-06-30")

    assert "trop loin" in page
    row = world.round("Deuxième")
    assert row.previous == world.round("Campagne de printemps").public_id
    assert row.state == "draft"


def test_what_was_refused_is_held_when_it_is_found_again(world):
    """The first lead is refused; a later round's lead of the same firms and thing is held."""
    with transaction(world.engine, world.info) as session:
        spring = session.scalar(select(Round).where(Round.name == "Campagne de printemps"))
        autumn = session.scalar(select(Round).where(Round.name == "Campagne d’automne"))
        old = session.scalar(select(LeadRow).where(LeadRow.round_id == spring.id))
        old.parties[1].decision = "declined"
        again = [
            LeadRow(
                public_id=f"{rank}", round_id=autumn.id, run_id=lead.run_id, kind=lead.kind,
                state="draft", rank=rank, is_waste=False, reckoning=lead.reckoning,
                parties=[
                    PartyRow(
                        place=party.place, site=party.site, firm=party.firm,
                        declaration=party.declaration, role=party.role, secrecy=party.secrecy,
                        card=party.card, behind=3, decision="pending",
                    )
                    for party in lead.parties
                ],
            )
            for rank, lead in enumerate((old, world_lead(session, spring, old)), start=1)
        ]  # fmt: skip
        session.add_all(again)
        session.flush()

        assert hold_refused(session, autumn) == 1
        assert [(lead.state, lead.refused_before) for lead in again] == [
            ("held", True), ("draft", False),
        ]  # fmt: skip


def world_lead(session, row: Round, but: LeadRow) -> LeadRow:
    return session.scalar(
        select(LeadRow).where(LeadRow.round_id == row.id, LeadRow.id != but.id).limit(1)
    )
