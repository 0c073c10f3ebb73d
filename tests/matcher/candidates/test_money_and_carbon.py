"""What links are worth: the good synergies of the demonstration, reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.candidates import Candidates, Refusal
from matcher.catalogue import DoneBy
from matcher.declarations import Basis, Direction, Equipment, EquipmentMode, Outlet, Way
from matcher.settings import Objective
from tests.matcher.candidates.builders import (
    FACTORS,
    RESOURCES,
    a_catalogue,
    a_factor,
    a_need,
    a_resource,
    a_site,
    a_survey,
    a_way,
    an_offer,
    candidates_of,
    links_of,
    months,
    refusals_of,
)

NOT_AUGUST = months(*(month for month in range(1, 13) if month != 8))


def yearly_value(found: Candidates, place: int = 0) -> float:
    arcs = found.arcs
    return float(arcs.gain[place] * arcs.most[place] - arcs.opening_cost[place])


def test_foundry_sand_for_the_brickworks_is_worth_about_230_thousand_euros():
    """2 400 t x (98 + 16 - 10 - (5 + 0.19 x 15.7)) = 230.4 k EUR, less 1 k EUR of follow-up."""
    found = candidates_of(
        a_survey(
            an_offer("F01-sand", "foundry_sand", 2400, cost=98, month_shares=NOT_AUGUST),
            a_need("F03-sand", "sand", 6000, cost=16),
        )
    )

    assert found.arcs.distance_km[0] == pytest.approx(15.7, abs=0.05)
    assert found.arcs.haulage[0] == pytest.approx(7.98, abs=0.02)
    assert found.arcs.process_cost[0] == 10
    assert found.arcs.most[0] == pytest.approx(2400)
    assert yearly_value(found) == pytest.approx(229_400, rel=1e-3)


def test_the_months_bind_the_vegetable_waste_to_2500_of_3800_tonnes():
    """500 t a month over June to October; 24 + 12 - haulage over 5.8 km."""
    found = candidates_of(
        a_survey(
            an_offer("F06-veg", "vegetable", 3800, cost=24, month_shares=months(6, 7, 8, 9, 10)),
            a_need("F08-plants", "plant_matter", 6000, cost=12),
        )
    )

    assert found.arcs.most[0] == pytest.approx(2500)
    assert yearly_value(found) == pytest.approx(75_000, rel=0.02)


def test_heat_for_the_salting_house_pays_for_its_trench():
    """1.338 km x 900 + 1 200 kW x 125 = 1 354 k EUR; over 20 years at 5 %: 108.7 k EUR a year,
    against 62 EUR for each of the 3 200 x 11/12 MWh that reach it.
    """
    found = candidates_of(
        a_survey(
            an_offer(
                "F01-heat",
                "heat_hot_water",
                4500,
                cost=0,
                month_shares=NOT_AUGUST,
                temperature_c=85,
                return_temperature_c=60,
                power_kw=1200,
            ),
            a_need("F02-heat", "heat_hot_water", 3200, cost=62, temperature_c=60),
        )
    )
    arcs = found.arcs

    assert arcs.distance_km[0] == pytest.approx(1.338, abs=0.005)
    assert arcs.capex_eur[0] == pytest.approx(1_354_000, rel=2e-3)
    assert arcs.opening_cost[0] == pytest.approx(108_700 + 1_000, rel=2e-3)
    assert arcs.yield_per_unit[0] == pytest.approx(1 - 0.03 * 1.338, rel=1e-3)
    assert arcs.gain[0] * arcs.most[0] == pytest.approx(3200 * 11 / 12 * 62, rel=1e-3)


def heat_for_the_pool(**need):
    return a_survey(
        an_offer(
            "F01-heat",
            "heat_hot_water",
            4500,
            cost=0,
            month_shares=NOT_AUGUST,
            temperature_c=85,
            return_temperature_c=60,
            power_kw=1200,
        ),
        a_need("F12-heat", "heat_hot_water", 1100, cost=58, temperature_c=45, **need),
    )


def test_heat_for_the_pool_is_about_eleven_thousand_euros_a_year_short():
    """58.5 k EUR of gas, against 69 k EUR of annuity and 1 k EUR of follow-up."""
    found = candidates_of(heat_for_the_pool(power_kw=600))

    code, gap, _ = refusals_of(found)["F01-heat", "F12-heat"]
    assert code is Refusal.DOES_NOT_PAY
    assert gap == pytest.approx(11_500, abs=700)


def test_heat_for_the_pool_passes_with_thirty_percent_of_aid():
    found = candidates_of(heat_for_the_pool(power_kw=600), subsidy_share=0.3)

    assert links_of(found) == [("F01-heat", "F12-heat")]
    assert found.arcs.capex_eur[0] == pytest.approx(860_000, rel=0.01)


def test_a_heat_link_of_unknown_power_is_sized_for_4000_hours():
    """1 100 x 11/12 MWh served over 4 000 h are 252 kW: 31.5 k EUR of stations."""
    known = candidates_of(heat_for_the_pool(power_kw=252.08), subsidy_share=0.5)
    survey = a_survey(
        an_offer(
            "F01-heat",
            "heat_hot_water",
            4500,
            cost=0,
            month_shares=NOT_AUGUST,
            temperature_c=85,
            return_temperature_c=60,
        ),
        a_need("F12-heat", "heat_hot_water", 1100, cost=58, temperature_c=45),
    )
    unknown = candidates_of(survey, subsidy_share=0.5)

    # What leaves the giver is a little more: the pipe's losses.
    assert unknown.arcs.capex_eur[0] == pytest.approx(known.arcs.capex_eur[0], rel=2e-3)


def test_offcuts_for_the_sawmill_pay_for_their_chipping():
    """190 t x (38 + 0.95 x 45 - 15 - 8.5 of haulage) = 10.9 k EUR, less 1 k EUR of follow-up."""
    found = candidates_of(
        a_survey(
            an_offer("F05-wood", "offcuts", 190, cost=38),
            a_need("F04-chips", "wood_chips", 700, cost=45),
        )
    )

    assert yearly_value(found) == pytest.approx(10_900 - 1_000, rel=0.02)


def test_light_goods_pay_for_the_volume_that_they_take():
    """0.2 t/m3 fills the lorry with half a load: twice the price a tonne."""
    found = candidates_of(a_survey(an_offer("F01-dust", "sawdust"), a_need("F03-dust", "sawdust")))

    assert found.arcs.haulage[0] == pytest.approx(2 * (5 + 0.19 * 15.7), rel=1e-3)


def test_what_the_giver_makes_of_it_travels_in_its_own_volume():
    """Half a tonne of dense briquettes leaves for each tonne of sawdust pressed at home."""
    catalogue = a_catalogue(
        resources=(*RESOURCES, a_resource("briquettes", density_t_per_m3=0.8)),
        ways=(a_way("sawdust", "briquettes", done_by=DoneBy.GIVER, yield_per_unit=0.5),),
    )
    found = candidates_of(
        a_survey(an_offer("F01-dust", "sawdust"), a_need("F03-b", "briquettes", cost=100)),
        catalogue,
    )

    assert found.arcs.haulage[0] == pytest.approx(0.5 * (5 + 0.19 * 15.7), rel=1e-3)


def test_a_price_that_nobody_declared_comes_from_the_tables_and_is_marked():
    catalogue = a_catalogue(
        factors=(*FACTORS, a_factor("disposal", 80, "EUR/t", outlet="landfill")),
    )
    found = candidates_of(
        a_survey(
            an_offer("F01-sand", "sand", cost=None, today_outlet=Outlet.LANDFILL),
            an_offer("F02-sand", "sand", cost=None, today_way=Way.IS_PAID),
            an_offer("F11-sand", "sand", cost=None, today_way=Way.FREE),
            a_need("F03-sand", "sand"),
        ),
        catalogue,
    )
    flows = found.flows

    assert flows.flow_id == ("F01-sand", "F02-sand", "F03-sand", "F11-sand")
    assert flows.cost == pytest.approx([80, np.nan, 20, 0], nan_ok=True)
    assert flows.cost_is_default.tolist() == [True, False, False, False]
    assert flows.cost_factor == ("disposal_landfill", None, None, None)


def test_carbon_is_counted_at_both_ends_less_the_haulage():
    """0.5 from the landfill + 0.9 x 0.3 of purchase - 0.08 kg x 15.7 km, in tCO2e a tonne."""
    catalogue = a_catalogue(
        ways=(a_way("foundry_sand", "sand", yield_per_unit=0.9),),
        factors=(
            *FACTORS,
            a_factor("emission_disposal", 500, "kgCO2e/t", outlet="landfill"),
            a_factor("emission_purchase", 300, "kgCO2e/t", resource="sand"),
        ),
    )
    found = candidates_of(
        a_survey(
            an_offer("F01-sand", "foundry_sand", today_outlet=Outlet.LANDFILL),
            a_need("F03-sand", "sand"),
        ),
        catalogue,
    )

    assert found.arcs.avoided_tco2e[0] == pytest.approx(0.5 + 0.27 - 0.00125, abs=1e-4)


def test_carbon_that_nobody_knows_is_not_zero():
    found = candidates_of(a_survey(an_offer("F01-s", "sand"), a_need("F03-s", "sand")))

    assert np.isnan(found.arcs.avoided_tco2e[0])


CARBON = a_catalogue(
    factors=(
        *FACTORS,
        a_factor("emission_disposal", 500, "kgCO2e/t", outlet="landfill"),
        a_factor("emission_disposal", 5, "kgCO2e/t", outlet="recycling"),
        a_factor("emission_purchase", 300, "kgCO2e/t", resource="sand"),
    ),
)


def avoided_a_tonne(offer: dict, resource: str = "sand") -> float:
    found = candidates_of(
        a_survey(an_offer("F01-s", resource, **offer), a_need("F03-s", resource)), CARBON
    )
    return float(found.arcs.avoided_tco2e[0])


def test_what_is_recycled_today_spares_no_purchase_but_its_own_outlet():
    """Sand to F03, 15.7 km: 5 kg of recycling less 0.08 kg x 15.7; the 300 kg are displaced."""
    km = 1.3 * np.hypot(11, 5)

    assert avoided_a_tonne({"today_outlet": Outlet.RECYCLING}) == pytest.approx(
        0.005 - 0.00008 * km, rel=1e-2
    )
    assert avoided_a_tonne({"today_outlet": Outlet.LANDFILL}) == pytest.approx(
        0.8 - 0.00008 * km, rel=1e-3
    )


def test_one_side_that_is_not_known_leaves_the_whole_not_known():
    assert np.isnan(avoided_a_tonne({}))  # nobody said where it goes today
    assert np.isnan(avoided_a_tonne({"today_outlet": Outlet.LANDFILL}, "sawdust"))


def test_aiming_at_carbon_keeps_what_spares_it_even_at_a_loss():
    catalogue = a_catalogue(
        factors=(
            *FACTORS,
            a_factor("emission_purchase", 300, "kgCO2e/t", resource="sand"),
            a_factor("emission_disposal", 0, "kgCO2e/t", outlet="landfill"),
        ),
    )
    survey = a_survey(
        an_offer("F01-s", "sand", cost=0, today_outlet=Outlet.LANDFILL),
        a_need("F03-s", "sand", cost=0),
    )

    assert links_of(candidates_of(survey, catalogue)) == []
    found = candidates_of(survey, catalogue, objective=Objective.CO2E)
    assert links_of(found) == [("F01-s", "F03-s")]
    assert found.arcs.gain[0] < 0 < found.arcs.avoided_tco2e[0]


def test_inside_one_firm_no_follow_up_is_paid_and_inside_one_site_nothing_is_proposed():
    firm = {"siret": "12345678900012"}
    survey = a_survey(
        an_offer("F01-s", "sand"),
        a_need("F01-n", "sand"),
        a_need("F03-n", "sand"),
        sites=[a_site("F01", **firm), a_site("F03", siret="12345678900020")],
    )
    found = candidates_of(survey)

    assert links_of(found) == [("F01-s", "F03-n")]
    assert found.arcs.opening_cost[0] == 0


def test_water_goes_by_pipe_with_a_station_at_its_end():
    """0.23 km x 220 EUR/m + 9 000 EUR."""
    found = candidates_of(
        a_survey(
            an_offer("A-w", "water_wash", 25_000, cost=1.7),
            a_need("B-w", "water_wash", 25_000, cost=0.2),
            sites=[a_site("A"), a_site("B", 0.177)],
        )
    )

    assert found.arcs.distance_km[0] == pytest.approx(0.23, abs=0.001)
    assert found.arcs.capex_eur[0] == pytest.approx(0.23 * 220_000 + 9_000, rel=2e-3)
    assert found.arcs.haulage[0] == 0


CHIPPER = a_way(
    "offcuts",
    "wood_chips",
    yield_per_unit=0.95,
    cost_eur_per_unit=15,
    process="chipping",
    done_by=DoneBy.PROCESSOR,
    equipment="chipper",
    throughput_per_h=4.0,
    processor_headings=("2260",),
)


def a_chipper(site_id: str, **values) -> Equipment:
    usual = {"mode": EquipmentMode.SERVICE, "hours_by_month": (10.0,) * 12}
    return Equipment(
        item_id=f"{site_id}-chipper",
        site_id=site_id,
        direction=Direction.OFFER,
        equipment="chipper",
        **{**usual, **values},
    )


def wood_with(*machines: Equipment) -> Candidates:
    return candidates_of(
        a_survey(
            an_offer("F05-wood", "offcuts", 190),
            a_need("F04-chips", "wood_chips", 700),
            equipment=machines,
        ),
        a_catalogue(ways=(CHIPPER,)),
    )


def test_a_chain_goes_through_the_nearest_three_machines():
    found = wood_with(*(a_chipper(site) for site in ("F01", "F06", "F11", "F12", "F02")))
    arcs = found.arcs
    through = [found.flows.site_id[site] for site in arcs.processor]

    assert sorted(through) == ["F01", "F02", "F12"]
    # F05 -> F12 -> F04: 7.57 km and 11.28 km as the crow flies.
    assert arcs.distance_km[through.index("F12")] == pytest.approx(1.3 * 18.85, rel=2e-3)
    # 10 h a month at 4 t/h.
    assert found.processors.by_month[0] == pytest.approx([40.0] * 12)


def test_a_machine_that_nobody_spoke_of_processes_nothing():
    """Supposed from the trade of F12: a lead on it would be marked nowhere."""
    found = wood_with(a_chipper("F12", basis=Basis.INFERRED))
    assert found.arcs.offer.size == 0


def test_a_machine_that_comes_to_the_giver_adds_no_way():
    found = wood_with(a_chipper("F12", mode=EquipmentMode.ON_SITE, eur_per_hour=100))

    # F05 -> F04: 14.14 km as the crow flies; the owner asks 100 EUR/h for 4 t/h.
    assert found.arcs.distance_km[0] == pytest.approx(1.3 * 14.14, rel=2e-3)
    assert found.arcs.process_cost[0] == pytest.approx(25)


def test_a_chain_that_lacks_only_its_machine_says_which():
    found = wood_with(a_chipper("F12", hours_by_month=None))

    assert links_of(found) == []
    assert refusals_of(found) == {
        ("F05-wood", "F04-chips"): (
            Refusal.NO_PROCESSOR,
            pytest.approx(np.nan, nan_ok=True),
            "chipper",
        )
    }


def test_a_machine_that_would_not_make_the_chain_pay_is_not_asked_for():
    """1 t a year cannot bear the follow-up of a link: the money is what is told."""
    found = candidates_of(
        a_survey(an_offer("F05-wood", "offcuts", 1), a_need("F04-chips", "wood_chips", 700)),
        a_catalogue(ways=(CHIPPER,)),
    )

    assert refusals_of(found)["F05-wood", "F04-chips"][0] is Refusal.DOES_NOT_PAY
