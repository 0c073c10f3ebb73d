"""What leads between the same two sites pay once, on the leads themselves; reckoned by hand.

Two sites 100 m of trench apart, no interest over twenty years. A water main costs 22 000 EUR of
trench (1 100 a year) and 9 000 of station (450), its follow-up 1 000: 2 550 a year. Half of the
trench (550) and of the follow-up (500) is paid once: beside another, each pays 525 less.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from matcher import match
from matcher.settings import Settings
from tests.matcher.candidates.builders import (
    AS_OF,
    FACTORS,
    a_catalogue,
    a_factor,
    a_need,
    a_site,
    a_survey,
    an_offer,
)

CATALOGUE = a_catalogue(
    factors=[
        *FACTORS,
        a_factor("shared_trench", 0.5, "share"),
        a_factor("shared_follow_up", 0.5, "share"),
    ]
)
SETTINGS = Settings(as_of=AS_OF, workers=1, interest_rate=0.0, robustness_draws=20)
SITES = (a_site("A"), a_site("B", 0.1 / SETTINGS.trench_detour_factor))


def roughly(value):
    """The earth is round: 100 m by the degrees of the sites are 99.95."""
    return pytest.approx(value, rel=2e-3)


def plan_of(there: float | None, back: float | None, settings: Settings = SETTINGS):
    """So many m3 a year from A to B, and from B to A; each saves 2 EUR."""
    flows = []
    for giver, taker, amount in (("A", "B", there), ("B", "A", back)):
        if amount is not None:
            flows.append(an_offer(f"{giver}-waste", "water_wash", amount, cost=1.0))
            flows.append(a_need(f"{taker}-need", "water_wash", amount, cost=1.0))
    return match(a_survey(*flows, sites=SITES), settings, catalogue=CATALOGUE)


def codes(proposal):
    return {reason.code for reason in proposal.reasons}


def test_two_mains_that_pay_only_in_one_trench_are_proposed_together():
    """1 150 m3 each: 2 300 - 2 550 = -250 alone, and 275 together."""
    plan = plan_of(1150.0, 1150.0)
    one, other = plan.proposals

    assert [p.gain_eur_per_year.value for p in plan.proposals] == roughly([275.0, 275.0])
    assert plan.report.solve.objective == roughly(550.0)
    assert plan.report.solve.proved_optimal
    assert one.capex_eur == roughly(31_000 - 5_500)
    assert {"once-trench", "once-follow-up"} <= codes(one)
    assert (one.depends_on, other.depends_on) == ((other.proposal_id,), (one.proposal_id,))
    (words,) = [r.message.text("fr") for r in one.reasons if r.code == "once-trench"]
    assert "275\u00a0€ par an de moins" in words and "-250\u00a0€ par an" in words


def test_alone_such_a_main_is_refused_and_says_how_much_it_lacks():
    plan = plan_of(1150.0, None)

    assert not plan.proposals
    reasons = {reason.code: reason.gap for item in plan.unmatched for reason in item.reasons}
    assert reasons["does-not-pay-works"] == roughly(250.0)


def test_the_sum_of_the_leads_is_the_gain_of_the_plan_and_foresight_agrees():
    """1 300 m3 pays alone (50), 1 150 does not: 2 600 + 2 300 - 2 x 2 550 + 1 050 = 850.

    Without the one, the other does not pay: all 850 are lost with it. Without the other, the one
    brings 50: 800 are lost.
    """
    plan = plan_of(1300.0, 1150.0)
    gains = [p.gain_eur_per_year.value for p in plan.proposals]

    assert gains == roughly([575.0, 275.0])
    assert sum(gains) == pytest.approx(plan.report.solve.objective)
    assert [bool(p.depends_on) for p in plan.proposals] == [False, True]
    lost = {item.proposal_id: item.loss for item in plan.foresight.if_refused}
    assert [lost[p.proposal_id] for p in plan.proposals] == roughly([850.0, 800.0])


def test_one_call_takes_the_hours_of_its_longest_lead_in_the_budget_too():
    """Two projects of 60 h between the same two: 60 h are enough for both, 59 for neither."""
    enough = plan_of(1300.0, 1300.0, replace(SETTINGS, animation_hours=60.0))
    short = plan_of(1300.0, 1300.0, replace(SETTINGS, animation_hours=59.0))

    assert len(enough.proposals) == 2 and not short.proposals
    assert enough.animation.used_hours == 60.0
    assert [call.effort_hours for call in enough.calls] == [60.0]
