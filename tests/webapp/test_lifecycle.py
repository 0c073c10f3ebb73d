"""Rules R1 to R7 as a machine that decides, edits, withdraws and lets nights pass at random."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from webapp.lifecycle import (
    LEAD,
    PHONE_YES_LASTS,
    RESPONSE,
    ROUND,
    Decision,
    Lead,
    LeadState,
    LeadStep,
    RoundState,
    Side,
    StepError,
    View,
    closed_at_night,
    decided,
    edited,
    may_reveal,
    next_state,
    seen_by,
    withdrawn,
)

NOON = datetime.datetime(2027, 1, 11, 12, tzinfo=datetime.UTC)
DEADLINE = NOON + datetime.timedelta(days=14)
OWN_WORDS = {
    Decision.PENDING: View.TO_ANSWER,
    Decision.PHONED: View.TO_CONFIRM,
    Decision.ACCEPTED: View.WAITING,
    Decision.DECLINED: View.NOT_FOR_US,
    Decision.LAPSED: View.ENDED,
}
sides = st.integers(0, 2)


def sent(count: int = 2) -> Lead:
    return Lead(state=LeadState.SENT, version=1, sides=(Side(),) * count, answer_by=DEADLINE)


def accept(lead: Lead, side: int) -> Lead:
    return decided(lead, side, Decision.ACCEPTED, version=lead.version, now=NOON)


class Leads(RuleBasedStateMachine):
    """A lead of two or three sides, and a plain memory of what each side last said."""

    @initialize(count=st.integers(2, 3))
    def send(self, count):
        self.lead = sent(count)
        self.now = NOON
        self.said = [(Decision.PENDING, 0, NOON)] * count
        self.withdrew = set()
        self.taken_back = False
        self.reveals = 0

    @rule(side=sides, decision=st.sampled_from(list(Decision)), stale=st.booleans())
    def decide(self, side, decision, stale):
        side %= len(self.lead.sides)
        version = self.lead.version - stale
        try:
            after = decided(self.lead, side, decision, version=version, now=self.now)
        except StepError:
            return
        assert not stale and self.now <= DEADLINE and decision is not Decision.LAPSED
        others = [s for s in range(len(self.lead.sides)) if s != side]
        assert [seen_by(after, s) for s in others] == [seen_by(self.lead, s) for s in others]  # R2
        self.lead = after
        self.said[side] = (decision, self.lead.version, self.now)

    @rule(side=sides, in_force=st.booleans())
    def charter(self, side, in_force):
        side %= len(self.lead.sides)
        places = list(self.lead.sides)
        places[side] = dataclasses.replace(places[side], charter_in_force=in_force)
        self.lead = dataclasses.replace(self.lead, sides=tuple(places))

    @rule()
    def edit(self):
        try:
            self.lead = edited(self.lead)
        except StepError:
            assert self.lead.state is not LeadState.SENT
            return
        self.said = [(Decision.PENDING, 0, self.now)] * len(self.lead.sides)  # R5
        assert not may_reveal(self.lead)

    @rule(side=st.one_of(st.none(), sides))
    def withdraw(self, side):
        side = None if side is None else side % len(self.lead.sides)
        try:
            after = withdrawn(self.lead, side)
        except StepError:
            return
        assert all(
            seen_by(after, s) == seen_by(self.lead, s) for s in range(len(after.sides))
        )  # R2
        self.lead = after
        self.taken_back = True

    @rule(days=st.sampled_from([0, 0, 1, 1, 3, 8, 13]))
    def wait(self, days):
        self.now += datetime.timedelta(days=days)

    @rule()
    def night(self):
        before = self.lead
        self.lead = closed_at_night(before, self.now)
        if before.state in {LeadState.SENT, LeadState.WITHDRAWN}:
            assert (self.lead.state is LeadState.CLOSED) == (self.now > DEADLINE)
            for place, (word, version, at) in enumerate(self.said):
                if word is Decision.PHONED and self.now > at + PHONE_YES_LASTS:
                    self.said[place] = (Decision.LAPSED, version, at)

    @precondition(lambda self: may_reveal(self.lead))
    @rule()
    def reveal(self):
        assert not self.taken_back  # R1, seen from our own memory
        assert all(
            word is Decision.ACCEPTED and version == self.lead.version
            for word, version, _ in self.said
        )
        assert all(side.charter_in_force for side in self.lead.sides)
        self.lead = dataclasses.replace(
            self.lead, state=next_state(LEAD, self.lead.state, LeadStep.REVEAL)
        )
        self.reveals += 1

    @invariant()
    def each_side_reads_its_own_word_or_the_end(self):
        if not hasattr(self, "lead"):
            return
        for place, (word, _, _) in enumerate(self.said):
            expected = {LeadState.REVEALED: View.REVEALED, LeadState.CLOSED: View.ENDED}.get(
                self.lead.state, OWN_WORDS[word]
            )
            assert seen_by(self.lead, place) is expected
        assert self.reveals == (self.lead.state is LeadState.REVEALED)  # R6


class TestLeads(Leads.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True)


def test_two_yeses_reveal_and_one_does_not():
    one = accept(sent(), 0)

    assert not may_reveal(one)
    assert may_reveal(accept(one, 1))


def test_a_yes_by_phone_reveals_nothing_until_its_own_click():
    lead = decided(accept(sent(), 0), 1, Decision.PHONED, version=1, now=NOON)

    assert not may_reveal(lead)
    assert seen_by(lead, 1) is View.TO_CONFIRM
    assert may_reveal(accept(lead, 1))


def test_a_yes_by_phone_lapses_after_seven_days_and_the_other_side_sees_nothing():
    lead = decided(accept(sent(), 0), 1, Decision.PHONED, version=1, now=NOON)

    later = closed_at_night(lead, NOON + PHONE_YES_LASTS + datetime.timedelta(seconds=1))

    assert later.sides[1].decision is Decision.LAPSED
    assert seen_by(later, 0) is View.WAITING


@pytest.mark.parametrize("end", ["silence", "no", "withdrawal"])
def test_the_first_night_after_the_deadline_tells_every_end_in_one_word(end):
    lead = accept(sent(), 0)
    if end == "no":
        lead = decided(lead, 1, Decision.DECLINED, version=1, now=NOON)
    if end == "withdrawal":
        lead = withdrawn(lead, 1)

    assert seen_by(closed_at_night(lead, DEADLINE), 0) is View.WAITING
    late = closed_at_night(lead, DEADLINE + datetime.timedelta(seconds=1))
    assert seen_by(late, 0) is View.ENDED


def test_a_lead_that_was_never_sent_is_never_told_of():
    lead = Lead(state=LeadState.APPROVED, version=1, sides=(Side(), Side()))

    assert seen_by(lead, 0) is View.NOTHING
    assert seen_by(withdrawn(lead), 0) is View.NOTHING


def test_nothing_leads_back_from_a_reveal_or_an_end():
    assert not {step for state, step in LEAD if state in {LeadState.REVEALED, LeadState.CLOSED}}


def test_every_state_of_a_round_but_the_first_can_be_reached():
    assert set(ROUND.values()) | {RoundState.DRAFT} == set(RoundState)
    assert len(set(RESPONSE.values())) == 6


def test_a_step_that_the_table_does_not_hold_is_refused():
    with pytest.raises(StepError, match="not-now"):
        next_state(LEAD, LeadState.REVEALED, LeadStep.EDIT)
