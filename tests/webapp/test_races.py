"""Row 4 of the matrix: both sides at once, from processes that share nothing but the base."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import func, select, text

from tests.conftest import ROOT
from tests.webapp.test_leads_in_the_base import sent_copies
from webapp.db import make_engine, transaction
from webapp.models import AuditLine, LeadRow, OutgoingMail, PartyRow, Reveal
from webapp.operations import journal

ONE_SIDE = """
import datetime, sys
from sqlalchemy.exc import DBAPIError
from sqlalchemy import select
from tests.webapp.test_leads_in_the_base import manager
from tests.webapp.world import MASTER_KEY, SECRET
from webapp.db import make_engine, transaction
from webapp.lifecycle import Decision, StepError
from webapp.models import LeadRow, PartyRow, Vault
from webapp.operations.firm import leads

address, side, now = sys.argv[1], int(sys.argv[2]), datetime.datetime.fromisoformat(sys.argv[3])
engine, info = make_engine(address), {"vault": Vault((MASTER_KEY,), SECRET)}
ids = sys.stdin.read().split()
faults = revealed = 0
for lead in ids:
    try:
        with transaction(engine, info) as session:
            firm = session.scalar(
                select(PartyRow.firm_id).join(LeadRow).where(
                    LeadRow.public_id == lead, PartyRow.place == side))
            view = leads.decide(
                session, manager(session, firm), lead, Decision.ACCEPTED, version=1, now=now)
            revealed += view == "revealed"
    except StepError:
        pass  # the other process of this side, and the other side, were quicker
    except DBAPIError:
        faults += 1
print(faults, revealed)
"""


@pytest.mark.slow
@pytest.mark.parametrize("count", [30, pytest.param(500, marks=pytest.mark.long)])
def test_four_processes_that_accept_both_sides_reveal_each_lead_once(world, count):
    """Two processes a side, each through all leads, in opposite orders."""
    leads = [public_id for public_id, *_ in sent_copies(world, count)]
    address = world.engine.url.render_as_string(hide_password=False)
    now = world.clock().isoformat()
    processes = []
    for number in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", ONE_SIDE, address, str(number % 2), now],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        process.stdin.write("\n".join(leads if number < 2 else reversed(leads)))
        process.stdin.close()
        processes.append(process)
    told = [process.stdout.read().split() for process in processes]
    assert [process.wait() for process in processes] == [0] * 4

    session = world.rows()
    chosen = select(LeadRow.id).where(LeadRow.public_id.in_(leads))
    reveals = session.scalar(select(func.count()).where(Reveal.lead_id.in_(chosen)))
    lines = session.scalar(
        select(func.count()).where(
            AuditLine.action == "lead_revealed", AuditLine.subject.in_(leads)
        )
    )
    mails = session.scalar(select(func.count()).where(OutgoingMail.key.startswith("revealed:")))
    accepted = session.scalar(
        select(func.count()).where(PartyRow.lead_id.in_(chosen), PartyRow.decision == "accepted")
    )
    assert journal.verify(session)[1] is None
    session.close()
    assert sum(int(faults) for faults, _ in told) == 0
    assert sum(int(revealed) for _, revealed in told) == count
    assert (reveals, lines, accepted) == (count, count, 2 * count)
    assert mails == 2 * count + 2  # two of the demonstration's


def test_who_writes_beside_a_process_that_never_pauses_is_let_in(tmp_path):
    """Two engines share no turns, as two processes do not; one lets the lock go for an instant.

    It keeps the lock for 5 ms and takes it again at once. Eight writers in a row are each let in
    after a run of 0.1 s at most, and a little: SQLite's own wait, one look in 100 ms, met the lock
    taken nearly each time.
    """
    address = f"sqlite:///{tmp_path / 'base'}"
    busy, other, is_over = make_engine(address), make_engine(address), threading.Event()
    with transaction(busy, {}) as session:
        session.execute(text("CREATE TABLE lines (place INTEGER)"))

    def write_without_a_pause() -> None:
        while not is_over.is_set():
            with transaction(busy, {}) as session:
                session.execute(text("INSERT INTO lines VALUES (1)"))
                time.sleep(0.005)

    thread = threading.Thread(target=write_without_a_pause)
    thread.start()
    waits = []
    try:
        for _ in range(8):
            began = time.monotonic()
            with transaction(other, {}) as session:
                session.execute(text("INSERT INTO lines VALUES (2)"))
            waits.append(time.monotonic() - began)
            time.sleep(0.05)
    finally:
        is_over.set()
        thread.join()
        busy.dispose()
        other.dispose()
    assert sum(waits) < 4, waits
