"""Row 3 of the matrix: R1 to R7 as a machine that acts on the base, and looks at what each reads.

``tests/webapp/test_lifecycle.py`` does the same to the pure tables; here operations, rows, log and
mails are in it, and names are looked for in what each side can read.
"""

from __future__ import annotations

import datetime
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from tests.webapp.bases import drop_base
from tests.webapp.test_leads_in_the_base import agent, fresh, manager
from tests.webapp.world import copy_of
from webapp.db import transaction
from webapp.jobs import night
from webapp.lifecycle import PHONE_YES_LASTS, Decision, LeadState, StepError, View
from webapp.models import AuditLine, Consent, LeadRow, OutgoingMail, Reveal
from webapp.operations import journal
from webapp.operations.errors import OperationError
from webapp.operations.firm import leads as firm_leads
from webapp.operations.territory import calling, reviewing

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES, STEPS = (50, 50) if IS_LONG else (8, 25)  # 2,000 steps in `make check`
sides = st.integers(0, 1)
counted = {"steps": 0, "reveals": 0, "ends": 0}


def machine(template: Path) -> type[RuleBasedStateMachine]:  # noqa: C901 - a rule a method
    class Leads(RuleBasedStateMachine):
        """One lead, its two firms, its agent, nights and a clock; a plain memory beside it."""

        @initialize()
        def send(self):
            self.folder = tempfile.TemporaryDirectory()
            self.path = Path(self.folder.name) / "m.db"
            self.world = copy_of(template, self.path)
            self.world.post_mails()
            self.lead = fresh(self.world)
            self.firms = [party.firm_id for party in self.lead.parties]
            self.version = 1
            self.said: list[tuple[Decision, int, datetime.datetime]] = [
                (Decision.PENDING, 1, self.world.clock())
            ] * 2
            self.charter = [True, True]
            self.is_withdrawn = self.was_revealed = False

        def act(self, do) -> object:
            counted["steps"] += 1
            others = [self.view(side) for side in (0, 1)]
            try:
                with transaction(self.world.engine, self.world.info) as session:
                    done = do(session)
            except (StepError, OperationError) as error:
                assert [self.view(side) for side in (0, 1)] == others, "a refusal changed something"
                return error
            self.world.clock.forward(seconds=1)
            return done

        def view(self, side: int) -> View:
            session = self.world.rows()
            own = firm_leads.own_lead(
                session, manager(session, self.firms[side]), self.lead.public_id
            )
            session.close()
            return own.view

        @rule(
            side=sides,
            decision=st.sampled_from(
                [Decision.ACCEPTED, Decision.ACCEPTED, Decision.DECLINED, Decision.PENDING]
            ),
            stale=st.sampled_from([0, 0, 0, 1]),
        )
        def decide(self, side, decision, stale):
            other, version = self.view(1 - side), self.version - stale
            done = self.act(
                lambda session: firm_leads.decide(
                    session, manager(session, self.firms[side]), self.lead.public_id, decision,
                    version=version, now=self.world.clock(),
                )
            )  # fmt: skip
            if isinstance(done, Exception):
                return
            assert not stale, "R5: an old text was decided on"
            self.said[side] = (decision, version, self.world.clock())
            if done is not View.REVEALED:
                assert self.view(1 - side) is other, "R2: one side's word shows on the other"

        @rule(side=sides)
        def phone(self, side):
            done = self.act(
                lambda session: calling.record_phone_yes(
                    session, agent(session), self.lead.public_id, side, now=self.world.clock()
                )
            )
            if not isinstance(done, Exception):
                self.said[side] = (Decision.PHONED, self.version, self.world.clock())

        @rule()
        def edit(self):
            done = self.act(
                lambda session: reviewing.edit(
                    session, agent(session), self.lead.public_id, coarseness={}, note="Un mot",
                    now=self.world.clock(),
                )
            )  # fmt: skip
            if not isinstance(done, Exception):
                self.version += 1
                self.said = [(Decision.PENDING, self.version, self.world.clock())] * 2

        @rule(sure=st.sampled_from([False, False, True]))
        def take_back(self, sure):
            if sure:
                done = self.act(
                    lambda session: reviewing.withdraw(
                        session, agent(session), self.lead.public_id, now=self.world.clock()
                    )
                )
                self.is_withdrawn |= not isinstance(done, Exception)

        @rule(side=sides, signs=st.booleans())
        def charter(self, side, signs):
            def do(session):
                consent = session.scalar(select(Consent).where(Consent.firm_id == self.firms[side]))
                consent.withdrawn_at = None if signs else self.world.clock()

            self.act(do)
            self.charter[side] = signs

        @rule(days=st.sampled_from([0, 0, 1, 1, 3, 8, 15]))
        def night_falls(self, days):
            counted["steps"] += 1
            self.world.clock.forward(days=days)
            night(self.world.engine, self.world.info, self.world.clock)
            if self.state() in {LeadState.SENT, LeadState.WITHDRAWN}:
                self.said = [
                    (Decision.LAPSED, version, at)
                    if decision is Decision.PHONED and self.world.clock() > at + PHONE_YES_LASTS
                    else (decision, version, at)
                    for decision, version, at in self.said
                ]

        def state(self) -> str:
            session = self.world.rows()
            found = session.scalar(select(LeadRow.state).where(LeadRow.id == self.lead.id))
            session.close()
            return found

        @invariant()
        def the_rules_hold(self):
            session = self.world.rows()
            try:
                row = session.get(LeadRow, self.lead.id)
                reveals = session.scalar(select(func.count()).where(Reveal.lead_id == row.id))
                lines = session.scalar(
                    select(func.count()).where(
                        AuditLine.action == "lead_revealed", AuditLine.subject == row.public_id
                    )
                )
                mails = session.scalar(
                    select(func.count()).where(
                        OutgoingMail.key.startswith(f"revealed:{row.public_id}")
                    )
                )
                is_revealed = row.state == LeadState.REVEALED
                assert (reveals, lines, mails) == ((1, 1, 2) if is_revealed else (0, 0, 0)), "R6"
                assert not (self.was_revealed and not is_revealed), "R6: nothing leads back"
                if is_revealed and not self.was_revealed:
                    assert all(
                        decision is Decision.ACCEPTED and version == self.version
                        for decision, version, _ in self.said
                    ), "R1"
                    assert all(self.charter) and not self.is_withdrawn, "R1"
                    counted["reveals"] += 1
                self.was_revealed = is_revealed
                for side in (0, 1):
                    own = firm_leads.own_lead(
                        session, manager(session, self.firms[side]), row.public_id
                    )
                    assert bool(own.partners) is is_revealed, "R7"
                    if not is_revealed:
                        assert row.parties[1 - side].site.name not in repr(own), "R7"
                    if row.state == LeadState.CLOSED:
                        assert own.view is View.ENDED, "R3"
                        assert self.world.clock() > row.answer_by, "R3: told too early"
            finally:
                session.close()

        def teardown(self):
            if hasattr(self, "world"):
                counted["ends"] += self.state() == LeadState.CLOSED
                session = self.world.rows()
                assert journal.verify(session)[1] is None
                session.close()
                self.world.engine.dispose()
                drop_base(self.path)
                self.folder.cleanup()

    return Leads


@pytest.mark.slow
def test_the_rules_hold_in_the_base_whatever_is_done_in_which_order(template_base):
    run_state_machine_as_test(
        machine(template_base),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
            database=None, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    print(counted)
    assert counted["reveals"] >= 1
    if IS_LONG:
        assert counted["steps"] >= 1_500 and counted["ends"] >= 5
