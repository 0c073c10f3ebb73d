"""From the reveal to the measure: the board, the introduction, the firm's page, one call."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select

from tests.webapp.world import START, World
from webapp.meetings import Meeting, calendar_file
from webapp.models import Firm, LeadRow, Synergy
from webapp.operations.stages import (
    CLOCK_DAYS,
    PATH,
    ClosingCode,
    SynergyStage,
    clock_ends,
    may_follow,
)

AGENT = "agent@alisiers.example"
GIVER, TAKER = "contact@f12.example", "contact@f03.example"  # of the demonstration's revealed lead


@pytest.fixture
def agent(world: World):
    return world.signed_in(AGENT)


def synergy(world: World) -> Synergy:
    session = world.rows()
    found = session.scalar(select(Synergy))
    _ = found.steps, found.results, found.efforts
    session.close()
    return found


def test_stages_go_on_one_back_wait_or_end_and_an_end_is_final():
    assert may_follow(SynergyStage.CONTACTED, SynergyStage.RUNNING)
    assert may_follow(SynergyStage.TRIAL, SynergyStage.STUDIED)
    assert not may_follow(SynergyStage.RUNNING, SynergyStage.STUDIED)
    assert all(may_follow(stage, SynergyStage.DROPPED) for stage in (*PATH, SynergyStage.PAUSED))
    assert not any(may_follow(SynergyStage.DROPPED, stage) for stage in SynergyStage)
    assert set(CLOCK_DAYS) == set(PATH)
    assert [int(code) for code in ClosingCode] == list(range(91, 100))
    assert clock_ends(SynergyStage.CONTACTED, START) == datetime.date(2027, 3, 8)


def test_a_calendar_file_is_folded_escaped_and_in_utc():
    """75 octets a line (RFC 5545, 3.1); « é » is two of them and is never cut."""
    meeting = Meeting(
        key="a", starts_at=datetime.datetime(2027, 3, 12, 14, tzinfo=datetime.UTC), minutes=90,
        title="Visite ; four, séchoir", text="é" * 80 + "\nligne 2",
    )  # fmt: skip

    file = calendar_file([meeting], host="maillage.example", stamp=START)

    lines = file.split("\r\n")
    assert "\n" not in "".join(lines)
    assert max(len(line.encode()) for line in lines) <= 75
    unfolded = file.replace("\r\n ", "")
    assert "DTSTART:20270312T140000Z\r\nDTEND:20270312T153000Z" in unfolded
    assert "SUMMARY:Visite \\; four\\, séchoir" in unfolded
    assert f"DESCRIPTION:{'é' * 80}\\nligne 2\r\n" in unfolded
    assert "UID:a@maillage.example" in unfolded


def test_a_reveal_starts_a_synergy_with_its_axis_and_its_form(world, agent):
    found = synergy(world)

    assert (found.stage, found.axis, found.form) == ("revealed", "innover", "contract")
    assert [step.stage for step in found.steps] == ["revealed"]
    assert "À présenter" in agent.get("/territoire/synergies/").text


def test_the_introduction_gives_each_side_the_other_and_three_dates(world, agent):
    path = f"/territoire/synergies/{synergy(world).public_id}"
    fields = {"day-1": "2027-02-01", "hour-1": "14:00", "day-2": "2027-02-03", "hour-2": "09:30"}
    agent.post(f"{path}/presentation", **fields, **{"day-3": "2027-02-03", "hour-3": "09:30"})
    assert not any("Présentation" in mail["Subject"] for mail in world.post_mails()), "two dates"

    agent.post(f"{path}/presentation", **fields, **{"day-3": "2027-02-05", "hour-3": "11:00"})

    mails = [mail for mail in world.post_mails() if "Présentation" in mail["Subject"]]
    assert sorted(mail["To"] for mail in mails) == sorted([GIVER, TAKER])
    for mail in mails:
        body = mail.get_body().get_content()
        other = TAKER if mail["To"] == GIVER else GIVER
        assert other in body
        assert "1er février 2027, 14 h 00" in body
        (file,) = list(mail.iter_attachments())
        assert file.get_content_type() == "text/calendar"
        assert file.get_content().count("BEGIN:VEVENT") == 3
        assert "DTSTART:20270201T130000Z" in file.get_content()  # Paris in winter
    diary = agent.get(f"{path}/dates.ics")
    assert diary.mimetype == "text/calendar"
    assert "1er février 2027, 14 h 00" in agent.get(f"{path}/fiche").text


def test_it_is_not_measured_without_a_figure_nor_measured_without_a_proof(world, agent):
    path = f"/territoire/synergies/{synergy(world).public_id}"
    figure = {"basis": "measured", "indicator": "saved", "amount": "12 500,50", "year": "2027"}
    agent.post(f"{path}/etape", stage="measured")
    assert synergy(world).stage == "revealed"
    agent.post(f"{path}/resultat", **figure, evidence_kind="none")
    assert synergy(world).results == []

    agent.post(f"{path}/resultat", **figure, evidence_kind="invoice", evidence="F-2027-118")
    agent.post(f"{path}/resultat", **{**figure, "basis": "promised", "amount": "20000"})
    agent.post(f"{path}/etape", stage="measured")

    assert synergy(world).stage == "measured"
    page = agent.get(path).text
    assert "12\u202f500" in page or "12\xa0500" in page or "12 500" in page
    assert "F-2027-118" in page
    assert b"F-2027-118" not in synergy(world).results[0].sealed, "evidence is sealed"


def test_the_same_figure_of_the_same_year_again_replaces_it(world, agent):
    path = f"/territoire/synergies/{synergy(world).public_id}"
    for amount in ("100", "120"):
        agent.post(
            f"{path}/resultat", basis="promised", indicator="diverted", amount=amount, year="2027"
        )

    assert len(synergy(world).results) == 1
    assert "120 t" in agent.get(path).text


def test_it_ends_with_a_code_and_waits_with_a_day(world, agent):
    path = f"/territoire/synergies/{synergy(world).public_id}"
    agent.post(f"{path}/etape", stage="paused")
    agent.post(f"{path}/etape", stage="dropped", closing_code="90")
    assert synergy(world).stage == "revealed"
    agent.post(f"{path}/etape", stage="paused", wake_on="2027-06-01", note="après travaux")
    assert synergy(world).stage == "paused"

    agent.post(f"{path}/etape", stage="dropped", closing_code="94", note="arrêté refusé")

    found = synergy(world)
    assert (found.stage, found.closing_code) == ("dropped", 94)
    assert [step.stage for step in found.steps] == ["revealed", "paused", "dropped"]
    assert "94 · réglementaire" in agent.get(path).text
    assert agent.post(f"{path}/etape", stage="running").status_code == 409


def test_hours_are_counted_in_one_tap_and_public_euros_beside(world, agent):
    path = f"/territoire/synergies/{synergy(world).public_id}"
    agent.post(f"{path}/temps", minutes="60")
    agent.post(f"{path}/temps", minutes="210")
    agent.post(f"{path}/temps", public_eur="3 000 €")
    agent.post(f"{path}/temps", public_eur="beaucoup")

    found = synergy(world)
    assert sum(item.minutes for item in found.efforts) == 270
    assert sum(item.public_eur for item in found.efforts) == 3000
    assert "4,5 h" in agent.get(path).text


@pytest.mark.slow
def test_a_next_action_comes_up_on_its_day_and_a_clock_that_has_rung_nudges(world, agent):
    path = f"/territoire/synergies/{synergy(world).public_id}"
    assert "Vous avez dit oui tous les deux" in agent.get("/territoire/").text
    agent.post(f"{path}/suite", action="Demander l’analyse", on="2027-01-20")
    agent.post(f"{path}/etape", stage="contacted")
    assert "Demander l’analyse" not in agent.get("/territoire/").text

    world.clock.forward(days=9)
    agent = world.signed_in(AGENT)
    assert "Demander l’analyse" in agent.get("/territoire/").text
    world.clock.forward(days=70)
    agent = world.signed_in(AGENT)

    assert "en retard de" in agent.get("/territoire/synergies/").text


@pytest.mark.slow
def test_a_firm_that_is_left_alone_is_neither_called_nor_written_to(world, agent):
    """F10 is invited in the autumn: after its wish it is in no list and gets no reminder."""
    session = world.rows()
    firm = session.scalar(select(Firm).where(Firm.name == "Moulages Tessonnet"))
    session.close()
    path = f"/territoire/entreprises/{firm.public_id}"
    round_id = world.round("Campagne d’automne").public_id
    world.post_mails()

    agent.post(f"{path}/tranquille", until="2027-06-01")

    assert "Ne pas solliciter avant le 1er juin 2027" in agent.get(path).text
    assert "Moulages Tessonnet" not in agent.get("/territoire/").text
    world.clock.forward(days=8)
    agent = world.signed_in(AGENT)
    agent.post(f"/territoire/campagnes/{round_id}/inviter")
    assert "contact@f10.example" not in [mail["To"] for mail in world.post_mails()]


@pytest.mark.slow
def test_a_dead_address_comes_back_to_the_agent_who_mends_it(world, agent):
    session = world.rows()
    firm = session.scalar(select(Firm).where(Firm.name == "Moulages Tessonnet"))
    session.close()
    path = f"/territoire/entreprises/{firm.public_id}"
    round_path = f"/territoire/campagnes/{world.round('Campagne d’automne').public_id}"
    account = account_in(agent.get(path).text)

    agent.post(f"{path}/contact", account=account, do="returned")
    assert "courrier revenu" in agent.get(round_path).text
    agent.post(f"{path}/contact", account=account, name="Ana", address="contact@f05.example")
    assert "courrier revenu" in agent.get(round_path).text, "that address is another's"
    agent.post(f"{path}/contact", account=account, name="Ana", address="ana@f10.example")

    assert "courrier revenu" not in agent.get(round_path).text
    world.clock.forward(days=8)
    agent = world.signed_in(AGENT)
    world.post_mails()
    agent.post(f"{round_path}/inviter")
    assert "ana@f10.example" in [mail["To"] for mail in world.post_mails()]


def test_leads_between_the_same_firms_go_out_together_for_one_call(world, agent):
    """Drivers and floor space, both of F11 for F05."""
    first, second = pair(world)
    agent.post(f"/territoire/propositions/{first.public_id}/reunir")
    for lead in (first, second):
        for place in range(len(lead.parties)):
            agent.post(f"/territoire/propositions/{lead.public_id}/risque/{place}")
    agent.post(f"/territoire/propositions/{first.public_id}/approuver")
    send = f"/territoire/campagnes/{first.round.public_id}/envoi"
    agent.post(send, lead=first.public_id, until="2027-02-01")
    assert state(world, first) == "approved", "the other one is not approved yet"
    agent.post(f"/territoire/propositions/{second.public_id}/approuver")

    agent.post(send, lead=first.public_id, until="2027-02-01")

    assert (state(world, first), state(world, second)) == ("sent", "sent")
    assert "Et 2 pistes en tout" in agent.get("/territoire/").text


def pair(world: World) -> tuple[LeadRow, LeadRow]:
    by_firms: dict[frozenset[int], list[LeadRow]] = {}
    for lead in world.leads("draft"):
        by_firms.setdefault(frozenset(p.firm_id for p in lead.parties), []).append(lead)
    first, second = next(group for group in by_firms.values() if len(group) == 2)
    return first, second


def state(world: World, lead: LeadRow) -> str:
    session = world.rows()
    found = session.get(LeadRow, lead.id).state
    session.close()
    return found


def account_in(page: str) -> str:
    return page.split('name="account" value="')[1].split('"')[0]
