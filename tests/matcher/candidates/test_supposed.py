"""An amount that nobody gave: the range of the trade stands in, marked."""

import dataclasses

import pytest

from matcher.candidates.supposed import with_supposed_amounts
from matcher.catalogue import load_catalogue
from matcher.declarations import Basis, Direction, Flow, Recurrence, Site, Survey

SAWMILL = Site(site_id="S", name="Scierie", activity_code="16.10A", headcount=38)
SAWDUST = Flow(
    flow_id="F",
    site_id="S",
    direction=Direction.OFFER,
    resource="sawdust",
    declared_resource="sciure",
)


def filled(flow: Flow = SAWDUST, site: Site = SAWMILL) -> Flow:
    survey = Survey(sites={"S": site}, flows={"F": flow}, digest="as read")
    after = with_supposed_amounts(survey, load_catalogue())
    assert after.digest == survey.digest
    return after.flows["F"]


def test_the_trade_times_the_headcount_fills_the_range_and_is_marked():
    """By hand: 38 heads x 10, 60 and 250 t of sawdust a head (16.1) are 380, 2 280 and 9 500 t."""
    flow = filled()

    assert (flow.amount_low, flow.amount, flow.amount_high) == (380, 2280, 9500)
    assert flow.basis is Basis.INFERRED


@pytest.mark.parametrize(
    "said",
    [
        {"amount": 0.0},
        {"amount": 12.0},
        {"amount_high": 50.0},
        {"basis": Basis.INFERRED},
        {"recurrence": Recurrence.ONE_OFF},
        {"resource": "whey"},
        {"resource": None},
    ],
    ids=str,
)
def test_what_was_said_stays_as_it_was_said(said):
    """A nought is an answer, a range is one; a stock sold once and whey of a sawmill are no habit
    of the trade.
    """
    flow = dataclasses.replace(SAWDUST, **said)
    assert filled(flow) == flow


@pytest.mark.parametrize("gap", [{"activity_code": None}, {"headcount": None}, {"headcount": 0.0}])
def test_a_site_of_which_too_little_is_known_gets_no_amount(gap):
    assert filled(site=dataclasses.replace(SAWMILL, **gap)) == SAWDUST
