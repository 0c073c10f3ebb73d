"""R1 to R7 where they count: in the base, under race, over nights, in what each firm reads."""

from __future__ import annotations

import re
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from tests.webapp.world import World, address_of, copy_of
from webapp.db import transaction
from webapp.jobs import night
from webapp.lifecycle import Decision, LeadState, StepError, View
from webapp.models import Account, AuditLine, Consent, LeadRow, OutgoingMail, PartyRow, Reveal
from webapp.operations.firm import leads as firm_leads
from webapp.operations.signing_in import actor_of
from webapp.operations.territory import calling, reviewing
from webapp.policy import Role

NEUTRAL = "Cette piste n’ira pas plus loin. Vos autres pistes restent ouvertes."


def manager(session, firm_id: int):
    account = session.scalar(
        select(Account).where(Account.firm_id == firm_id, Account.role == Role.MANAGER)
    )
    return actor_of(account)


def agent(session):
    return actor_of(session.scalar(select(Account).where(Account.role == Role.AGENT)))


def say(world: World, lead: LeadRow, place: int, decision=Decision.ACCEPTED, version=1) -> View:
    with transaction(world.engine, world.info) as session:
        who = manager(session, lead.parties[place].firm_id)
        return firm_leads.decide(
            session, who, lead.public_id, decision, version=version, now=world.clock()
        )


def fresh(world: World) -> LeadRow:
    """A lead that was sent and that nobody has answered, between two firms with a contact."""
    return next(
        lead
        for lead in world.leads("sent")
        if all(party.decision == Decision.PENDING for party in lead.parties)
    )


def reread(world: World, lead: LeadRow) -> LeadRow:
    return next(item for item in world.leads() if item.id == lead.id)


def test_two_yeses_give_one_reveal_two_mails_and_the_names(world):
    lead = fresh(world)

    assert say(world, lead, 0) is View.WAITING
    assert say(world, lead, 1) is View.REVEALED

    session = world.rows()
    assert session.scalar(select(func.count()).where(Reveal.lead_id == lead.id)) == 1
    mails = session.scalars(
        select(OutgoingMail).where(OutgoingMail.key.startswith(f"revealed:{lead.public_id}"))
    ).all()
    assert len(mails) == 2
    own = firm_leads.own_lead(session, manager(session, lead.parties[0].firm_id), lead.public_id)
    assert own.partners[0].name == lead.parties[1].site.name
    session.close()


def test_nothing_can_be_changed_after_a_reveal(world):
    lead = fresh(world)
    say(world, lead, 0)
    say(world, lead, 1)

    with pytest.raises(StepError):
        say(world, lead, 0, Decision.DECLINED)
    with pytest.raises(StepError), transaction(world.engine, world.info) as session:
        reviewing.edit(
            session, agent(session), lead.public_id, coarseness={}, note="", now=world.clock()
        )


def test_an_edit_takes_the_decisions_back(world):
    lead = fresh(world)
    say(world, lead, 0)
    with transaction(world.engine, world.info) as session:
        reviewing.edit(
            session,
            agent(session),
            lead.public_id,
            coarseness={0: 2},
            note="Un mot",
            now=world.clock(),
        )

    with pytest.raises(StepError, match="text-changed"):
        say(world, lead, 1, version=1)
    assert say(world, lead, 1, version=2) is View.WAITING
    assert reread(world, lead).parties[0].decision == Decision.PENDING


def test_a_charter_taken_back_stops_the_reveal(world):
    lead = fresh(world)
    with transaction(world.engine, world.info) as session:
        consent = session.scalar(select(Consent).where(Consent.firm_id == lead.parties[1].firm_id))
        consent.withdrawn_at = world.clock()

    say(world, lead, 0)
    assert say(world, lead, 1) is View.WAITING
    assert reread(world, lead).state == LeadState.SENT


def test_a_yes_by_phone_waits_for_the_firms_own_click(world):
    lead = fresh(world)
    with transaction(world.engine, world.info) as session:
        calling.record_phone_yes(session, agent(session), lead.public_id, 1, now=world.clock())
    assert say(world, lead, 0) is View.WAITING
    assert reread(world, lead).state == LeadState.SENT

    assert say(world, lead, 1) is View.REVEALED


def test_a_yes_by_phone_that_nobody_confirms_ends_in_the_neutral_words(world):
    lead = fresh(world)
    say(world, lead, 0)
    with transaction(world.engine, world.info) as session:
        calling.record_phone_yes(session, agent(session), lead.public_id, 1, now=world.clock())
    world.clock.forward(days=8)
    night(world.engine, world.info, world.clock)
    assert reread(world, lead).parties[1].decision == Decision.LAPSED
    world.clock.forward(days=8)
    night(world.engine, world.info, world.clock)

    address = address_of(world, lead, 0)
    page = world.signed_in(address).get(f"/entreprise/propositions/{lead.public_id}")
    assert NEUTRAL in page.text


@pytest.mark.slow
@pytest.mark.parametrize("end", ["silence", "no", "withdrawal", "agent"])
def test_every_end_reads_the_same_before_and_after_the_deadline(template_base, tmp_path, end):
    """What the side that said yes reads, compared with the world where the other kept silent."""
    pages = []
    for number, what in enumerate(("silence", end)):
        world = copy_of(template_base, tmp_path / f"{number}.db")
        lead = fresh(world)
        say(world, lead, 0)
        with transaction(world.engine, world.info) as session:
            who = manager(session, lead.parties[1].firm_id)
            if what == "no":
                firm_leads.decide(
                    session, who, lead.public_id, Decision.DECLINED, version=1, reason="concurrent",
                    now=world.clock(),
                )  # fmt: skip
            elif what == "withdrawal":
                sheet = next(
                    item.public_id
                    for item in session.get(LeadRow, lead.id).round.responses
                    if item.site_id == lead.parties[1].site_id
                )
                firm_leads.withdraw(session, who, sheet, now=world.clock())
            elif what == "agent":
                reviewing.withdraw(session, agent(session), lead.public_id, now=world.clock())
        before = read_all(world, lead)
        world.clock.forward(days=15)
        night(world.engine, world.info, world.clock)
        mails = [
            (message["Subject"], message.get_content())
            for message in world.post_mails()
            if message["To"] == address_of(world, lead, 0)
        ]
        pages.append((before, read_all(world, lead), mails))
        world.engine.dispose()

    assert pages[0] == pages[1]
    assert NEUTRAL in pages[0][1][0][1]
    assert [subject for subject, _ in pages[0][2]].count("Une piste n’ira pas plus loin") == 1


def read_all(world: World, lead: LeadRow) -> list[tuple[int, str, str]]:
    """Status, text and headers of every page of the first side that could tell."""
    visitor = world.signed_in(address_of(world, lead, 0))
    found = []
    for path in (
        f"/entreprise/propositions/{lead.public_id}",
        "/entreprise/propositions",
        "/entreprise/",
        "/entreprise/suites",
    ):
        answer = visitor.get(path)
        text = re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
        headers = str(sorted((k, v) for k, v in answer.headers if k != "Set-Cookie"))
        headers = re.sub(r"'Content-Length', '\d+'", str(len(text)), headers)
        found.append((answer.status_code, text, headers))
    return found


def sent_copies(world: World, count: int) -> list[tuple[str, int, int]]:
    """More leads like the first, to be accepted in a race."""
    model = fresh(world)
    with transaction(world.engine, world.info) as session:
        row = session.get(LeadRow, model.id)
        made = []
        for _ in range(count):
            copy = LeadRow(
                public_id=world.vault.new_token(), round_id=row.round_id, run_id=row.run_id,
                kind=row.kind, state="sent", version=1, rank=row.rank, is_waste=row.is_waste,
                reckoning=row.reckoning, sent_at=row.sent_at, answer_by=row.answer_by,
                parties=[
                    PartyRow(
                        place=p.place, site_id=p.site_id, firm_id=p.firm_id, firm=p.firm,
                        declaration_id=p.declaration_id, role=p.role, secrecy=p.secrecy,
                        card=p.card, behind=p.behind, decision="pending",
                    )
                    for p in row.parties
                ],
            )  # fmt: skip
            session.add(copy)
            made.append(copy)
        session.flush()
        return [(item.public_id, *(p.firm_id for p in item.parties)) for item in made]


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.long)])
def test_leads_accepted_from_both_sides_at_once_are_revealed_once_each(world, count):
    leads = sent_copies(world, count)
    faults = []

    def accept(side: int) -> None:
        for public_id, *firms in leads:
            try:
                with transaction(world.engine, world.info) as session:
                    firm_leads.decide(
                        session, manager(session, firms[side]), public_id, Decision.ACCEPTED,
                        version=1, now=world.clock(),
                    )  # fmt: skip
            except (DBAPIError, StepError) as error:
                faults.append(error)

    threads = [threading.Thread(target=accept, args=(side,)) for side in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session = world.rows()
    ids = [public_id for public_id, *_ in leads]
    reveals = session.scalar(
        select(func.count()).select_from(Reveal).join(LeadRow).where(LeadRow.public_id.in_(ids))
    )
    lines = session.scalar(
        select(func.count()).where(AuditLine.action == "lead_revealed", AuditLine.subject.in_(ids))
    )
    mails = session.scalar(select(func.count()).where(OutgoingMail.key.startswith("revealed:")))
    session.close()
    assert faults == []
    assert (reveals, lines, mails) == (count, count, 2 * count + 2)  # two of the demonstration's


def test_a_second_reveal_of_one_lead_is_refused_by_the_base_itself(world):
    lead = world.leads("revealed")[0]
    with pytest.raises(DBAPIError), transaction(world.engine, world.info) as session:
        session.add(Reveal(lead_id=lead.id, at=world.clock()))
