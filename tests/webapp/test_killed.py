"""kill -9 of server and worker while people decide: nothing acknowledged is lost or done twice."""

from __future__ import annotations

import datetime
import http.client
import random
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import func, select

from tests.webapp.live import Installation, Sink, account_of, installed
from tests.webapp.test_leads_in_the_base import sent_copies
from tests.webapp.world import World, address_of
from webapp.app import utc_now
from webapp.db import transaction
from webapp.jobs import send_mails
from webapp.mail import Smtp
from webapp.models import AuditLine, LeadRow, OutgoingMail, PartyRow, Reveal
from webapp.operations import journal

SAVES = (
    "/entreprise/propositions/{}/decision",
    {"decision": "accepted", "version": "1"},
)


class Deciders:
    """Both firms say yes to lead after lead, and write down which answers they were given."""

    def __init__(self, world: World, site: Installation, leads: list[str]) -> None:
        model = next(lead for lead in world.leads("sent") if lead.public_id in leads)
        self.acknowledged: list[tuple[str, int]] = []
        self.is_over = threading.Event()
        self.faults: list[int] = []
        self._threads = []
        for place in (0, 1):
            person = site.signed_in(account_of(world, address_of(world, model, place)))
            arguments = (person, place, leads)
            self._threads.append(threading.Thread(target=self._decide, args=arguments))

    def _decide(self, person, place: int, leads: list[str]) -> None:
        mark = ""
        for lead in leads:
            while not self.is_over.is_set():
                try:
                    mark = mark or person.mark("/entreprise/")
                    status, _, _ = person.ask(
                        "POST", SAVES[0].format(lead), {"csrf_token": mark, **SAVES[1]}
                    )
                except (OSError, http.client.HTTPException):
                    time.sleep(0.02)  # the server is down: once more, as a person would
                    continue
                if status == 302:
                    self.acknowledged.append((lead, place))
                elif status != 409:  # revealed by a request whose answer was cut off
                    self.faults.append(status)
                break

    def __enter__(self) -> Deciders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        for thread in self._threads:
            thread.join()

    @property
    def are_at_work(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leads", "kills"), [(100, 4), pytest.param(300, 12, marks=pytest.mark.long)]
)
def test_what_was_acknowledged_is_there_and_each_mail_goes_once(world, leads, kills):
    """Server and worker are killed in turn, at random instants, while both sides accept.

    A mail server cannot be asked whether it has a mail already: a worker that dies between the
    server's yes and its own commit sends it again, with the same Message-ID. There may be as many
    copies as kills of the worker; there may be no second mail.
    """
    world.clock.now = utc_now()  # the processes have the real clock
    before_all = len(world.letters.messages)  # the demonstration's, which were posted with it
    move_deadlines(world)
    chosen = [public_id for public_id, *_ in sent_copies(world, leads)]
    dice, sink = random.Random(9), Sink()
    done = 0
    with installed(world, sink.address) as site, Deciders(world, site, chosen) as deciders:
        while deciders.are_at_work and done < kills:
            before = len(deciders.acknowledged)
            enough = before + dice.randint(1, 2 * leads // kills)
            while deciders.are_at_work and len(deciders.acknowledged) < enough:
                time.sleep(0.002)
            site.kill(is_server=done % 2 == 0)
            if done % 2 == 0:
                site.start()
            done += 1
        while deciders.are_at_work:
            time.sleep(0.05)
        assert site.stop() == 0
    later = utc_now() + datetime.timedelta(days=1)  # leases of the killed are over
    send_mails(world.engine, world.info, site.config, Smtp(sink.address), lambda: later)

    assert done == kills
    assert deciders.faults == []
    session = world.rows()
    decided = set(
        map(
            tuple,
            session.execute(
                select(LeadRow.public_id, PartyRow.place)
                .join(PartyRow.lead)
                .where(PartyRow.decision == "accepted")
            ),
        )
    )
    assert set(deciders.acknowledged) <= decided
    assert len(deciders.acknowledged) >= leads
    ids = select(LeadRow.id).where(LeadRow.public_id.in_(chosen))
    assert session.scalar(select(func.count()).where(Reveal.lead_id.in_(ids))) == leads
    lines = select(func.count()).where(
        AuditLine.action == "lead_revealed", AuditLine.subject.in_(chosen)
    )
    assert session.scalar(lines) == leads
    written = session.scalar(select(func.count()).select_from(OutgoingMail))
    unsent = session.scalar(select(func.count()).where(OutgoingMail.sent_at.is_(None)))
    assert journal.verify(session)[1] is None
    session.close()
    assert unsent == 0
    copies = Counter(mail["Message-ID"] for mail in sink.mails)
    assert len(copies) == written - before_all == 2 * leads
    assert sum(copies.values()) - len(copies) <= kills // 2


def move_deadlines(world: World) -> None:
    """The demonstration's leads, made in January 2027 of the tests, are open now."""
    with transaction(world.engine, world.info) as session:
        for lead in session.scalars(select(LeadRow).where(LeadRow.answer_by.is_not(None))):
            lead.answer_by = utc_now() + datetime.timedelta(days=10)


@pytest.mark.slow
def test_the_worker_ends_with_a_killed_server_and_starts_again_when_killed_itself(world):
    """No worker is left behind that nobody watches; none stays dead either."""
    with installed(world, "folder:" + str(world.engine.url.database) + ".mails") as site:
        first = wait_for_workers(site, 1)
        site.kill(is_server=False)
        second = wait_for_workers(site, 1, other_than=first)
        assert first != second
        site.kill(is_server=True)
        assert wait_for_workers(site, 0) == []


def wait_for_workers(site: Installation, count: int, other_than: list[int] = []) -> list[int]:  # noqa: B006
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = site.workers()
        if len(found) == count and (not count or found != other_than):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{site.workers()} work, {count} should")
