"""The "pourquoi non" says facts of the plan: what the chosen links leave, and to whom."""

from __future__ import annotations

import math

import pytest

from matcher.declarations import Outlet, Quality
from matcher.matching import match
from matcher.plan import Plan, Reason
from matcher.settings import Objective, Settings
from tests.matcher.candidates.builders import (
    AS_OF,
    FACTORS,
    PLACES,
    a_catalogue,
    a_factor,
    a_need,
    a_site,
    a_survey,
    an_offer,
)

CATALOGUE = a_catalogue()


def plan_of(survey, catalogue=CATALOGUE, **settings) -> Plan:
    usual = {"as_of": AS_OF, "workers": 1, "portfolio_gap": 0.0, "floor_eur": 0.0}
    return match(survey, Settings(**{**usual, **settings}), catalogue=catalogue)


def reasons(plan: Plan, flow_id: str) -> tuple[Reason, ...]:
    return next(item for item in plan.unmatched if item.declaration_id == flow_id).reasons


def sand(site_id: str, amount: float, **values):
    return an_offer(f"{site_id}-s", "sand", amount, **values)


def test_a_need_that_is_full_is_said_with_what_is_left_of_it():
    """F02 is nearer and fills 100 t; 1 t is left at 60 EUR, less than the 1 000 EUR of a link."""
    plan = plan_of(a_survey(sand("F02", 99), sand("F10", 99), a_need("F01-n", "sand", 100)))

    (reason,) = reasons(plan, "F10-s")
    assert reason.code == "partner-better-served"
    assert reason.message.values["left"] == pytest.approx(1)
    assert reason.message.values["partner"] == "F01"
    assert reason.unit == "EUR/year"
    assert 900 < reason.gap < 1000


def test_a_site_that_has_all_its_leads_is_named_with_their_number():
    plan = plan_of(
        a_survey(
            sand("F02", 99),
            sand("F10", 99),
            a_need("F01-n", "sand", 1_000),
            sites=[a_site("F01", max_proposals=1)],
        )
    )

    (reason,) = reasons(plan, "F10-s")
    assert reason.code == "attention-spent"
    assert "F01 a déjà autant de pistes que permis (1)" in reason.message.text("fr")


def test_a_round_of_one_proposal_says_that_its_number_is_reached():
    plan = plan_of(
        a_survey(sand("F02", 99), sand("F10", 99), a_need("F01-n", "sand", 1_000)), proposals=1
    )

    (reason,) = reasons(plan, "F10-s")
    assert reason.code == "attention-spent"
    assert "the number of leads asked of the round is reached" in reason.message.text("en")


def phenol(flow_id: str, **values) -> Quality:
    return Quality(flow_id=flow_id, parameter="phenol", unit="mg/kg", **values)


def test_what_only_a_refused_offer_could_dilute_is_refused_for_its_quality():
    """F10 is pure but asks for a lot that F01 can never take: nothing is left to dilute F02."""
    plan = plan_of(
        a_survey(
            sand("F02", 99),
            sand("F10", 99, min_lot=500),
            a_need("F01-n", "sand", 1_000),
            qualities=[
                phenol("F02-s", value=8.0),
                phenol("F10-s", value=1.0),
                phenol("F01-n", high=5.0),
            ],
        )
    )

    assert plan.proposals == ()
    assert reasons(plan, "F02-s")[0].code == "quality"
    assert reasons(plan, "F02-s")[0].gap == pytest.approx(3)
    assert reasons(plan, "F10-s")[0].code == "lot"


def test_a_gap_of_quality_of_lot_or_of_price_stands_beside_its_unit():
    """8 mg/kg where 5 is the limit; 99 t where 500 are asked; 60 EUR a t are never offered."""
    plan = plan_of(
        a_survey(
            sand("F02", 99),
            sand("F10", 99, min_lot=500),
            sand("F09", 99, cost=-60),
            a_need("F01-n", "sand", 1_000),
            qualities=[phenol("F02-s", value=8.0), phenol("F10-s", value=1.0),
                       phenol("F09-s", value=1.0), phenol("F01-n", high=5.0)],
        )
    )  # fmt: skip

    (quality, lot, sold) = (reasons(plan, flow)[0] for flow in ("F02-s", "F10-s", "F09-s"))
    assert (quality.unit, lot.unit, sold.unit) == ("mg/kg", "t/year", "EUR/t")
    assert "3\u00a0mg/kg de trop" in quality.message.text("fr")
    assert "il manque 401 t par an" in lot.message.text("fr")
    assert "€ de plus par t que" in sold.message.text("fr")


def test_purer_matter_that_is_not_enough_is_said_to_be_not_enough():
    """10 t at 1 dilute 40 t at 6, not one of 205: the mix of both is at its limit of 5."""
    plan = plan_of(
        a_survey(
            sand("F10", 100),
            sand("F02", 400),
            sand("F09", 400, cost=45),
            a_need("F01-n", "sand", 1_000),
            qualities=[
                phenol("F10-s", value=1.0),
                phenol("F02-s", value=6.0),
                phenol("F09-s", value=6.0),
                phenol("F01-n", high=5.0),
            ],
        )
    )

    assert {party.declaration_id for p in plan.proposals for party in p.parties} == {
        "F10-s",
        "F02-s",
        "F01-n",
    }
    assert reasons(plan, "F09-s")[0].code == "blend-full"


def test_a_round_that_aims_at_carbon_says_what_avoids_none():
    """Recycled today already: what is left is 12 km of lorry for 99 t, at 0.08 kg a t and km."""
    catalogue = a_catalogue(
        factors=(
            *FACTORS,
            a_factor("emission_disposal", 500, "kgCO2e/t", outlet="landfill"),
            a_factor("emission_disposal", 0, "kgCO2e/t", outlet="recycling"),
            a_factor("emission_purchase", 300, "kgCO2e/t", resource="sand"),
        )
    )
    plan = plan_of(
        a_survey(
            sand("F02", 99, today_outlet=Outlet.LANDFILL),
            sand("F10", 99, today_outlet=Outlet.RECYCLING),
            a_need("F01-n", "sand", 1_000),
        ),
        catalogue,
        objective=Objective.CO2E,
    )

    assert [p.parties[0].declaration_id for p in plan.proposals] == ["F02-s"]
    refused = reasons(plan, "F10-s")[0]
    assert refused.code == "adds-emissions"
    assert refused.unit == "tCO2e/year"
    assert refused.gap == pytest.approx(99 * 0.08e-3 * plan_km("F10", "F01"), rel=1e-2)


def plan_km(one: str, other: str) -> float:
    (ax, ay), (bx, by) = PLACES[one], PLACES[other]
    return 1.3 * math.hypot(ax - bx, ay - by)
