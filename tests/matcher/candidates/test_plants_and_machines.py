"""Plants and third parties: who owns a boiler, who lends a machine, and what lacks."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.candidates import Refusal
from matcher.catalogue import DoneBy, Kind, Rank
from matcher.declarations import Direction, Equipment, EquipmentMode, PermitKind
from matcher.matching import match
from matcher.plan import Role
from matcher.settings import Settings
from tests.matcher.candidates.builders import (
    AS_OF,
    RESOURCES,
    a_catalogue,
    a_need,
    a_permit,
    a_resource,
    a_survey,
    a_way,
    an_offer,
    candidates_of,
    links_of,
    refusals_of,
)

CHIPPING = a_way(
    "offcuts",
    "wood_chips",
    yield_per_unit=0.95,
    cost_eur_per_unit=15,
    process="chipping",
    done_by=DoneBy.PROCESSOR,
    equipment="chipper",
    throughput_per_h=4.0,
)
SHREDDING = a_way(
    "sawdust",
    "wood_chips",
    process="shredding",
    done_by=DoneBy.PROCESSOR,
    equipment="chipper",
    throughput_per_h=2.0,
)
BURNING = a_way(
    "wood_chips",
    "heat_hot_water",
    yield_per_unit=3.5,
    cost_eur_per_unit=20,
    process="boiler",
    done_by=DoneBy.TAKER,
    permit_headings=("2910-A", "2910-B"),
    rank_to=Rank.ENERGY,
)
EXCHANGING = a_way("heat_hot_water", "heat_hot_water", rank_to=Rank.ENERGY)
LIFTING = a_way("heat_low", "heat_hot_water", process="heat_pump", yield_per_unit=1.35)
WOOD = a_catalogue(
    resources=(*RESOURCES, a_resource("heat_low", kind=Kind.ENERGY)),
    ways=(CHIPPING, SHREDDING, BURNING, EXCHANGING, LIFTING),
)
BOILER = a_permit("F12", "2910-B")


def a_chipper(site_id: str = "F01", hours: float = 100.0, **values) -> Equipment:
    return Equipment(
        item_id=f"{site_id}-chipper",
        site_id=site_id,
        direction=Direction.OFFER,
        equipment="chipper",
        mode=EquipmentMode.SERVICE,
        hours_by_month=(hours,) * 12,
        **values,
    )


def wood_and_heat(*others, permits=(), equipment=(), **offer):
    return a_survey(
        an_offer("F05-wood", "offcuts", 200, **offer),
        a_need("F12-heat", "heat_hot_water", 1100, cost=58, temperature_c=60),
        *others,
        permits=permits,
        equipment=equipment,
    )


def test_waste_wood_becomes_chips_at_a_chipper_and_heat_at_a_boiler_that_was_declared():
    """200 t x 0.95 x 3.5 = 665 MWh for 1 100 asked; one proposal of three parties."""
    survey = wood_and_heat(permits=[BOILER], equipment=[a_chipper()])

    plan = match(survey, Settings(as_of=AS_OF, workers=1), catalogue=WOOD)

    (proposal,) = plan.proposals
    assert [party.role for party in proposal.parties] == [Role.GIVER, Role.TAKER, Role.PROCESSOR]
    assert [party.site_id for party in proposal.parties] == ["F05", "F12", "F01"]
    assert proposal.process == ("chipping", "boiler")
    assert proposal.delivered_per_year == pytest.approx(665)
    assert proposal.delivered_unit == "MWh"


@pytest.mark.parametrize("permits", [[], [a_permit("F12", "1185-2")]])
def test_a_buyer_of_heat_is_not_taken_for_the_owner_of_a_boiler(permits):
    """The heat of F01 lacks 11 K: that alone is told to F12, and nothing of wood."""
    survey = wood_and_heat(
        an_offer("F01-heat", "heat_hot_water", 1000, cost=0, temperature_c=54),
        permits=permits,
        equipment=[a_chipper()],
    )

    found = candidates_of(survey, WOOD)

    assert links_of(found) == []
    told = refusals_of(found)
    assert told["F01-heat", "F12-heat"][:2] == (Refusal.TEMPERATURE, 11)
    # The wood has no other way at all, so it alone is told what the taker would need.
    assert told["F05-wood", "F12-heat"] == (
        Refusal.PERMIT,
        pytest.approx(np.nan, nan_ok=True),
        "2910-A, 2910-B",
    )


def test_nothing_of_burning_is_told_to_those_who_have_another_reason():
    survey = wood_and_heat(
        an_offer("F01-heat", "heat_hot_water", 1000, cost=0, temperature_c=54),
        a_need("F04-chips", "wood_chips", 1, cost=0),
        equipment=[a_chipper()],
        cost=0,
    )

    told = refusals_of(candidates_of(survey, WOOD))

    assert set(told) == {("F01-heat", "F12-heat"), ("F05-wood", "F04-chips")}


def test_a_product_too_needs_a_boiler_to_be_burnt():
    chips = an_offer("F05-chips", "wood_chips", 200, status="product")
    heat = a_need("F12-heat", "heat_hot_water", 1100, cost=58)

    assert links_of(candidates_of(a_survey(chips, heat), WOOD)) == []
    assert links_of(candidates_of(a_survey(chips, heat, permits=[BOILER]), WOOD)) == [
        ("F05-chips", "F12-heat")
    ]


def test_a_carriers_receipt_says_nothing_of_what_a_site_may_take():
    catalogue = a_catalogue()
    wanted = a_need("F08-plant", "plant_matter", 100)
    given = an_offer("F06-veg", "vegetable", 100)
    carrier = a_permit("F08", None)
    carrier = type(carrier)(site_id="F08", kind=PermitKind.CARRIER)

    assert links_of(candidates_of(a_survey(given, wanted, permits=[carrier]), catalogue))
    other = a_permit("F08", "2260")
    refused = refusals_of(candidates_of(a_survey(given, wanted, permits=[carrier, other])))
    assert refused["F06-veg", "F08-plant"][0] is Refusal.PERMIT


def test_two_processes_share_the_hours_of_one_machine():
    """10 h a month: at 4 t/h 120 h chip 480 t; at 2 t/h they shred 240 t. Offcuts bring more an
    hour, so all the hours are theirs, and the sawdust is told that the machine is full.
    """
    survey = a_survey(
        an_offer("F05-wood", "offcuts", 480),
        an_offer("F05-dust", "sawdust", 240, cost=40),
        a_need("F04-chips", "wood_chips", 5_000, cost=45),
        equipment=[a_chipper(hours=10.0)],
    )

    plan = match(survey, Settings(as_of=AS_OF, workers=1, portfolio_gap=0.0), catalogue=WOOD)

    hours = sum(
        proposal.amount_per_year / (4 if proposal.object == "offcuts" else 2)
        for proposal in plan.proposals
    )
    assert hours == pytest.approx(120)
    assert [proposal.object for proposal in plan.proposals] == ["offcuts"]
    (left,) = [item for item in plan.unmatched if item.declaration_id == "F05-dust"]
    assert left.reasons[0].code == "machine-full"


def test_a_permit_weighs_the_waste_it_covers_and_neither_heat_nor_products():
    """500 t a year of 2781 for 900 t of waste; the heat of 3 000 MWh is no tonne."""
    survey = a_survey(
        an_offer("F06-veg", "vegetable", 900),
        a_need("F08-plant", "plant_matter", 2_000),
        an_offer("F07-heat", "heat_hot_water", 3_000, cost=0, temperature_c=90),
        a_need(
            "F08-heat",
            "heat_hot_water",
            3_000,
            cost=90,
            temperature_c=60,
            return_temperature_c=40,
        ),
        sites=[],
        permits=[a_permit("F08", "2781-1", yearly_limit_t=500.0), a_permit("F08", "2260")],
    )

    plan = match(
        survey,
        Settings(as_of=AS_OF, workers=1, trench_detour_factor=1.0),
        catalogue=a_catalogue(
            resources=[
                a_resource("vegetable"),
                a_resource("plant_matter"),
                a_resource("heat_hot_water", kind=Kind.ENERGY, radius_km=20.0),
            ],
            ways=(
                a_way(
                    "vegetable", "plant_matter", permit_headings=("2781-1",), rank_to=Rank.DIGESTION
                ),
                EXCHANGING,
            ),
            factors=(),
        ),
    )

    amounts = {proposal.object: proposal.amount_per_year for proposal in plan.proposals}
    assert amounts == {
        "vegetable": pytest.approx(500),
        "heat_hot_water": pytest.approx(3_000),
    }


def test_a_heat_pump_carries_what_an_exchanger_beside_it_could_not():
    """Both offers serve one need at 60 °C: the exchanger's is cut at its temperatures, the heat
    pump's 40 °C are not compared with them: 1 800 + 1.35 x 1 000 MWh for 3 200 asked.
    """
    survey = a_survey(
        an_offer(
            "F01-hot", "heat_hot_water", 1_800, cost=0, temperature_c=85, return_temperature_c=45
        ),
        an_offer("F01-low", "heat_low", 1_000, cost=0, temperature_c=40, return_temperature_c=30),
        a_need(
            "F02-heat", "heat_hot_water", 3_200, cost=90, temperature_c=60, return_temperature_c=40
        ),
    )

    plan = match(survey, Settings(as_of=AS_OF, workers=1), catalogue=WOOD)

    amounts = {proposal.object: proposal.amount_per_year for proposal in plan.proposals}
    assert amounts == {
        "heat_hot_water": pytest.approx(1_800, rel=0.01),
        "heat_low": pytest.approx(1_000),
    }
