"""Power: what it carries in a month, and what a heat pump draws."""

from __future__ import annotations

import pytest

from matcher.catalogue import Kind
from matcher.declarations import Outlet
from tests.matcher.candidates.builders import (
    FACTORS,
    RESOURCES,
    a_catalogue,
    a_factor,
    a_need,
    a_resource,
    a_survey,
    a_way,
    an_offer,
    candidates_of,
)


def test_a_month_of_heat_is_no_more_than_its_power_carries():
    """100 kW over the 730.5 h of a mean month are 73.05 MWh; 4 500 a year would need more."""
    offer = an_offer("F01-heat", "heat_hot_water", 4500, temperature_c=85, power_kw=100)
    need = a_need("F02-heat", "heat_hot_water", 3200, temperature_c=60)
    flows = candidates_of(a_survey(offer, need)).flows
    place = flows.flow_id.index("F01-heat")

    assert flows.by_month[place, 0] == pytest.approx(73.05)
    assert flows.amount[place] == pytest.approx(876.6)


def test_the_electricity_of_a_heat_pump_is_emitted():
    """1 MWh at 25 °C leaves as 1.35: 0.35 of electricity at 50 kg, 1.35 of gas spared at 200."""
    found = candidates_of(
        a_survey(
            an_offer("F01-low", "heat_low", 5000, temperature_c=25, today_outlet=Outlet.LOST),
            a_need("F02-heat", "heat_hot_water", 10_000, cost=400, temperature_c=60),
        ),
        catalogue=a_catalogue(
            resources=(*RESOURCES, a_resource("heat_low", kind=Kind.ENERGY)),
            ways=(a_way("heat_low", "heat_hot_water", process="heat_pump", yield_per_unit=1.35),),
            factors=(
                *FACTORS,
                a_factor("emission_disposal", 0, "kgCO2e/MWh", outlet="lost"),
                a_factor("emission_purchase", 200, "kgCO2e/MWh", resource="heat_hot_water"),
                a_factor("emission_electricity", 50, "kgCO2e/MWh"),
            ),
        ),
    )

    delivered = float(found.arcs.yield_per_unit[0])
    assert found.arcs.avoided_tco2e[0] == pytest.approx(0.2 * delivered - 0.35 * 0.05)
