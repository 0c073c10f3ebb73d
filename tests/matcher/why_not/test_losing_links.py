"""A link that loses money by itself has no price, and its loss is where its use is."""

from __future__ import annotations

import pytest

from matcher.declarations import Quality
from matcher.matching import match
from matcher.plan import Confidence, Role
from matcher.settings import Settings
from tests.matcher.candidates.builders import (
    AS_OF,
    a_catalogue,
    a_need,
    a_survey,
    an_offer,
)


def phenol(flow_id: str, **values) -> Quality:
    return Quality(flow_id=flow_id, parameter="phenol_index", unit="mg/kg", **values)


@pytest.fixture(scope="module")
def plan():
    """Sand at 2 mg/kg lets in as much at 8 where 5 is the limit; its haulage exceeds its price."""
    survey = a_survey(
        an_offer("F02-s", "sand", 1_000, cost=98),
        an_offer("F10-s", "sand", 1_000, cost=0),
        a_need("F01-n", "sand", 4_000, cost=2),
        qualities=[
            phenol("F02-s", value=8.0),
            phenol("F10-s", value=2.0),
            phenol("F01-n", high=5.0),
        ],
    )
    settings = Settings(as_of=AS_OF, workers=1, portfolio_gap=0.0)
    return match(survey, settings, catalogue=a_catalogue())


def test_purer_matter_that_loses_money_is_taken_for_what_it_lets_in(plan):
    gains = sorted(proposal.gain_eur_per_year.value for proposal in plan.proposals)

    assert len(gains) == 2 and gains[0] < 0 < sum(gains)


def test_a_losing_link_has_no_price_and_its_loss_is_with_the_taker(plan):
    losing = min(plan.proposals, key=lambda proposal: proposal.gain_eur_per_year.value)

    assert (losing.price_low, losing.fair_price, losing.price_high) == (None, None, None)
    assert {party.role: party.gain_eur_per_year for party in losing.parties} == {
        Role.GIVER: 0.0,
        Role.TAKER: losing.gain_eur_per_year.value,
    }


def test_a_losing_link_says_so_and_is_of_low_confidence(plan):
    losing = min(plan.proposals, key=lambda proposal: proposal.gain_eur_per_year.value)

    assert losing.confidence is Confidence.LOW
    assert losing.confidence_reasons[0].code == "confidence.loses-alone"
