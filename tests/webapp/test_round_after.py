"""A second round in the application: what was accepted stays, what was refused does not return."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select

from tests.webapp.test_leads_in_the_base import agent, manager
from tests.webapp.world import START, World, address_of
from webapp.db import transaction
from webapp.jobs import Workshop
from webapp.lifecycle import Decision, ResponseState
from webapp.mail import Console
from webapp.models import LeadRow, Response, Round, Synergy
from webapp.operations.firm import answering, cards
from webapp.operations.firm import leads as firm_leads
from webapp.operations.stages import ClosingCode
from webapp.operations.territory import findings, next_round, rounds, searching

AS_OF = datetime.date(2027, 1, 11)


def follow(world: World) -> str:
    """The round after the spring's, open. Returns its id."""
    with transaction(world.engine, world.info) as session:
        before = session.scalar(select(Round).where(Round.name == "Campagne de printemps"))
        public_id = next_round.next_round(
            session,
            agent(session),
            before.public_id,
            name="Deuxième",
            answers_until=START.date() + datetime.timedelta(days=30),
            now=world.clock(),
        )
        rounds.open_round(session, agent(session), public_id, now=world.clock())
    return public_id


def search(world: World, public_id: str, silent: frozenset[int] = frozenset()) -> None:
    """Every firm confirms what it had declared, but the silent ones; then the round is matched."""
    with transaction(world.engine, world.info) as session:
        row = session.scalar(select(Round).where(Round.public_id == public_id))
        for response in row.responses:
            if response.declarations and response.site_id not in silent:
                response.state = ResponseState.SUBMITTED.value
        rounds.close_round(session, agent(session), public_id, now=world.clock())
        searching.start_search(
            session, agent(session), public_id, {}, as_of=AS_OF, now=world.clock()
        )
    Workshop(
        engine=world.engine, info=world.info, config=world.config, transport=Console(),
        clock=world.clock,
    ).do_jobs()  # fmt: skip


def declarations_of(world: World, lead: LeadRow) -> frozenset[str]:
    session = world.rows()
    rows = session.get_one(LeadRow, lead.id).parties
    found = frozenset(party.declaration.lasting_id for party in rows)
    session.close()
    return found


@pytest.mark.slow
def test_accepted_stays_refused_does_not_return_and_it_is_told(world):
    """Earth was agreed on; F03 declines F01's sand as too far; nobody answers the rest."""
    sent = world.leads("sent")
    agreed, sand = world.leads("revealed")[0], sent[0]
    taker = sand.parties[1]
    with transaction(world.engine, world.info) as session:
        firm_leads.decide(
            session, manager(session, taker.firm_id), sand.public_id, Decision.DECLINED,
            version=sand.version, code=ClosingCode.DISTANCE_OR_LOGISTICS, now=world.clock(),
        )  # fmt: skip
    public_id = follow(world)
    search(world, public_id)

    new = [lead for lead in world.leads() if lead.round.public_id == public_id]
    found = [declarations_of(world, lead) for lead in new]
    assert len(new) > 20
    assert declarations_of(world, sand) not in found
    assert declarations_of(world, agreed) not in found  # it goes on as a synergy
    with transaction(world.engine, world.info) as session:
        told = findings.findings(session, agent(session), public_id, now=world.clock())
        synergy = session.scalar(select(Synergy.public_id).where(Synergy.lead_id == agreed.id))
    assert [item["synergy"] for item in told.since["accepted"]] == [synergy]
    assert [(item["site"], item["code"]) for item in told.since["refused"]] == [
        (taker.site.name, "95")
    ]
    gone = {item["title"]["fr"] for item in told.since["gone"]}
    assert any("Sable de fonderie" in title for title in gone)
    assert told.since["let_go"] == []
    assert told.before_name == "Campagne de printemps"

    visitor = world.signed_in("agent@alisiers.example")
    path = f"/territoire/campagnes/{public_id}"
    page = visitor.get(f"{path}/depuis").text
    assert "95 · distance ou logistique" in page
    assert f"/territoire/synergies/{synergy}" in page
    assert "Depuis « Campagne de printemps »" in visitor.get(path).text.replace("\u00a0", " ")


@pytest.mark.slow
def test_a_firm_that_is_silent_this_time_stops_neither_the_round_nor_its_cooperation(world):
    """F12 agreed to give earth and does not answer again: the plan goes without, and says so."""
    agreed = world.leads("revealed")[0]
    public_id = follow(world)
    search(world, public_id, frozenset({agreed.parties[0].site_id}))

    with transaction(world.engine, world.info) as session:
        told = findings.findings(session, agent(session), public_id, now=world.clock())
        stage = session.scalar(select(Synergy.stage).where(Synergy.lead_id == agreed.id))
    assert [item["code"] for item in told.since["let_go"]] == ["accepted-without-declaration"]
    assert told.since["accepted"] == []
    assert stage != "dropped"


def test_what_was_sent_is_laid_before_the_firm_again_to_be_confirmed(world):
    """F03's cards of the spring are in the new sheet, none of them seen; confirming makes one so.

    Nothing of them counts until the firm sends: the sheet stands where no firm has answered.
    """
    lead = world.leads("sent")[0]
    firm_id, site_id = lead.parties[1].firm_id, lead.parties[1].site_id
    public_id = follow(world)

    with transaction(world.engine, world.info) as session:
        new, old = (
            session.scalar(
                select(Response).join(Round).where(Response.site_id == site_id, Round.name == name)
            )
            for name in ("Deuxième", "Campagne de printemps")
        )
        actor = manager(session, firm_id)
        assert new.state == ResponseState.LISTED
        assert [item.lasting_id for item in new.declarations] == [
            item.public_id for item in old.declarations
        ]
        own = cards.cards(session, actor, new.public_id)
        assert own
        assert {card.stands for card in own} == {"carried"}
        rounds.invite(session, agent(session), public_id, [new.public_id], now=world.clock())
        answering.sign_charter(session, actor, new.public_id, now=world.clock())
        first = own[0]
        saved = cards.save_card(
            session, actor, new.public_id, first.table, {}, card_id=first.public_id,
            is_finished=True, now=world.clock(),
        )  # fmt: skip
        assert saved.stands == ""


def test_what_a_firm_asked_does_not_undo_why_it_said_no(world):
    lead = world.leads("sent")[0]
    firm = world.signed_in(address_of(world, lead, 1))
    path = f"/entreprise/propositions/{lead.public_id}"
    firm.post(f"{path}/decision", decision="declined", version="1", reason="pas ici", code="95")
    firm.post(f"{path}/question", question="Et plus près ?")
    page = (
        world.signed_in("agent@alisiers.example")
        .get(f"/territoire/propositions/{lead.public_id}")
        .text
    )

    for text in ("pas ici", "95 · distance ou logistique", "Et plus près"):
        assert text in page
