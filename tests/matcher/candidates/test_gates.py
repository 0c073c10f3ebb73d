"""Each gate by itself: what it refuses, by how much, and what it lets through."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest

from matcher.candidates import LeftOut, Refusal
from matcher.catalogue import DoneBy
from matcher.declarations import (
    AnimalOrigin,
    Flow,
    Hazard,
    LegalStatus,
    Outlet,
    Permit,
    PermitKind,
    Quality,
    Recurrence,
    Survey,
)
from tests.matcher.candidates.builders import (
    AS_OF,
    RESOURCES,
    WAYS,
    a_catalogue,
    a_need,
    a_permit,
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

SAND = an_offer("F01-sand", "sand")
WANTED = a_need("F03-sand", "sand")


def refusal(survey: Survey, catalogue=None, **settings) -> tuple[Refusal, float, str]:
    """The refusal of the only pair of a survey."""
    found = candidates_of(survey, catalogue or a_catalogue(), **settings)
    assert links_of(found) == []
    (told,) = refusals_of(found).values()
    return told


def passes(survey: Survey, catalogue=None, **settings) -> bool:
    found = candidates_of(survey, catalogue or a_catalogue(), **settings)
    return len(links_of(found)) == 1 and refusals_of(found) == {}


def days_from_now(days: int) -> datetime.date:
    return AS_OF + datetime.timedelta(days=days)


def test_sand_nearby_passes_every_gate():
    """Guards the others: their pairs fail only for what each of them changes."""
    assert passes(a_survey(SAND, WANTED))


# Exclusion


@pytest.mark.parametrize("who", ["F01", "F03"])
@pytest.mark.parametrize("named_by", ["siren", "siret"])
def test_an_exclusion_binds_both_ways_by_siren_or_siret(who, named_by):
    sirets = {"F01": "11111111100011", "F03": "33333333300033"}
    other = {"F01": "F03", "F03": "F01"}[who]
    shut_out = sirets[other][:9] if named_by == "siren" else sirets[other]
    sites = [
        a_site(site, siret=siret, excluded=frozenset({shut_out} if site == who else ()))
        for site, siret in sirets.items()
    ]

    assert refusal(a_survey(SAND, WANTED, sites=sites))[0] is Refusal.EXCLUDED


def test_an_exclusion_by_siret_leaves_the_other_sites_of_that_firm():
    sites = [
        a_site("F01", siret="11111111100011", excluded=frozenset({"33333333300033"})),
        a_site("F03", siret="33333333300033"),
        a_site("F09", siret="33333333300099"),
    ]
    found = candidates_of(a_survey(SAND, WANTED, a_need("F09-sand", "sand"), sites=sites))

    assert links_of(found) == [("F01-sand", "F09-sand")]


# Law


def test_a_waste_code_that_left_the_list_is_refused_from_that_day_on():
    survey = a_survey(
        an_offer("F11-b", "batteries", waste_code="200134"), a_need("F03-b", "batteries")
    )

    assert refusal(survey)[0] is Refusal.WASTE_CODE_ENDED
    assert passes(survey, as_of=datetime.date(2026, 12, 8))


def test_a_code_that_the_tables_do_not_hold_is_a_doubt_and_not_a_refusal():
    sand = dataclasses.replace(SAND, waste_code="010409")

    assert passes(a_survey(sand, WANTED))


@pytest.mark.parametrize(
    ("declared", "code", "told"),
    [
        (Hazard.YES, None, "hazardous"),
        (Hazard.TO_CHECK, "030105", "to_check"),
        (None, "030105", "to_check"),
        (None, "030104", "to_check"),
        (None, None, "to_check"),
        (Hazard.NO, "030105", None),
        (Hazard.NO, None, None),
    ],
)
def test_what_may_be_hazardous_is_refused_until_it_is_analysed(declared, code, told):
    survey = a_survey(
        an_offer("F05-p", "panels", hazardous=declared, waste_code=code), a_need("F04-p", "panels")
    )

    if told is None:
        assert passes(survey)
    else:
        code_of_refusal, _, detail = refusal(survey)
        assert (code_of_refusal, detail) == (Refusal.HAZARD, told)


def test_a_use_that_takes_hazardous_matter_may_have_it():
    survey = a_survey(
        an_offer("F11-b", "batteries", hazardous=Hazard.YES), a_need("F03-b", "batteries")
    )
    found = candidates_of(survey)

    assert len(links_of(found)) == 1
    assert found.arcs.opening_cost[0] == 2500  # its waste has to be tracked


def by_products(use: str, *permits: Permit, **values) -> Survey:
    return a_survey(
        an_offer("F02-spa", "animal_c3", **values), a_need("F08-need", use), permits=permits
    )


APPROVAL = Permit(site_id="F08", kind=PermitKind.ANIMAL_BY_PRODUCTS)


def test_animal_by_products_need_an_approval_where_permits_were_declared():
    digester = a_permit("F08", "2781-1")

    code, _, detail = refusal(by_products("plant_matter", digester))
    assert (code, detail) == (Refusal.ANIMAL_ORIGIN, "c3")
    assert passes(by_products("plant_matter", digester, APPROVAL))


def test_a_site_that_declared_no_permit_is_asked_and_not_refused():
    assert passes(by_products("plant_matter"))


def test_category_one_never_becomes_feed():
    survey = by_products("animal_feed", APPROVAL, animal_origin=AnimalOrigin.C1)

    assert refusal(survey)[0] is Refusal.ANIMAL_ORIGIN


def mdf_for_the_boiler(*permits: Permit, **values) -> Survey:
    return a_survey(
        an_offer("F05-mdf", "mdf", **values), a_need("F04-chips", "wood_chips"), permits=permits
    )


def test_mdf_is_no_fuel_for_a_boiler_of_class_a():
    code, gap, detail = refusal(mdf_for_the_boiler(a_permit("F04", "2910-A")))

    assert (code, detail) == (Refusal.PERMIT, "2910-B, 2771")
    assert np.isnan(gap)


def test_one_of_several_headings_is_enough_and_a_heading_without_its_last_figure_is_a_doubt():
    assert passes(mdf_for_the_boiler(a_permit("F04", "2910-A"), a_permit("F04", "2771")))
    assert passes(mdf_for_the_boiler(a_permit("F04", "2910")))


def test_a_permit_that_ran_out_counts_no_more():
    over = a_permit("F04", "2771", valid_until=days_from_now(-1))

    assert refusal(mdf_for_the_boiler(over, a_permit("F04", "2910-A")))[0] is Refusal.PERMIT
    assert passes(mdf_for_the_boiler(a_permit("F04", "2771", valid_until=AS_OF)))


def test_what_is_no_waste_asks_for_no_permit():
    survey = mdf_for_the_boiler(a_permit("F04", "2910-A"), status=LegalStatus.BY_PRODUCT)

    assert passes(survey)


def test_a_permit_that_lists_its_codes_takes_no_other():
    named = a_permit("F04", "2771", accepted_codes=frozenset({"030105"}))

    assert passes(mdf_for_the_boiler(named, waste_code="030105"))
    assert passes(mdf_for_the_boiler(named))  # the code is not known: a question
    assert refusal(mdf_for_the_boiler(named, waste_code="200138"))[0] is Refusal.PERMIT


@pytest.mark.parametrize(
    ("outlet", "lost"),
    [
        (Outlet.FEED, 2),
        (Outlet.RECYCLING, 1),
        (Outlet.COMPOSTING, None),
        (Outlet.DIGESTION, None),
        (Outlet.ENERGY_RECOVERY, None),
        (Outlet.LANDFILL, None),
        (Outlet.UNKNOWN, None),
    ],
)
def test_nothing_goes_down_the_hierarchy_to_the_digester(outlet, lost):
    survey = a_survey(
        an_offer("F07-biscuits", "biscuits", today_outlet=outlet),
        a_need("F08-need", "plant_matter"),
    )

    if lost is None:
        assert passes(survey)
    else:
        assert refusal(survey)[:2] == (Refusal.HIERARCHY, lost)


# Time


@pytest.mark.parametrize("end", ["offer", "need"])
def test_a_contract_that_binds_either_end_for_over_a_year_waits(end):
    late = {"contract_end": datetime.date(2028, 6, 30), "notice_months": 6}
    sand = dataclasses.replace(SAND, **late) if end == "offer" else SAND
    wanted = dataclasses.replace(WANTED, **late) if end == "need" else WANTED

    assert refusal(a_survey(sand, wanted))[:2] == (Refusal.CONTRACT_RUNNING, 563)


def test_a_contract_that_ends_within_the_year_is_kept_with_its_day():
    sand = dataclasses.replace(SAND, contract_end=days_from_now(300))
    found = candidates_of(a_survey(sand, WANTED))

    assert links_of(found) == [("F01-sand", "F03-sand")]
    assert found.flows.free_from.tolist() == [days_from_now(300).toordinal(), 0]


def one_off(flow: Flow, start: int, end: int) -> Flow:
    return dataclasses.replace(
        flow,
        recurrence=Recurrence.ONE_OFF,
        available_from=days_from_now(start),
        available_until=days_from_now(end),
    )


def test_windows_that_do_not_meet_are_refused_with_the_days_between():
    survey = a_survey(one_off(SAND, 10, 40), one_off(WANTED, 50, 90))

    assert refusal(survey)[:2] == (Refusal.PERIOD_APART, 10)
    assert passes(a_survey(one_off(SAND, 10, 50), one_off(WANTED, 50, 90)))


def test_an_amount_in_all_is_spread_over_the_months_of_its_window_alone():
    """8 000 t in March and April 2027, against 20 000 t over the whole year."""
    earth = dataclasses.replace(
        an_offer("F12-sand", "sand", 8000),
        recurrence=Recurrence.ONE_OFF,
        available_from=datetime.date(2027, 3, 1),
        available_until=datetime.date(2027, 4, 30),
    )
    found = candidates_of(a_survey(earth, a_need("F03-sand", "sand", 20_000)))

    assert found.flows.by_month[1].tolist() == [0, 0, 4000, 4000, *[0] * 8]
    assert found.arcs.most[0] == pytest.approx(2 * 20_000 / 12)


def test_no_month_in_common_is_refused_and_one_is_enough():
    sand = dataclasses.replace(SAND, amount=700.0, month_shares=months(1, 2, 3, 4, 5, 6, 7))

    apart = dataclasses.replace(WANTED, month_shares=months(9, 10, 11, 12))
    assert refusal(a_survey(sand, apart))[:2] == (Refusal.MONTHS_APART, 12)
    one = dataclasses.replace(WANTED, month_shares=months(7, 9))
    assert passes(a_survey(sand, one))


def heat(offer: dict, need: dict) -> Survey:
    supply = {"temperature_c": 85, "return_temperature_c": 60, "power_kw": 500, **offer}
    return a_survey(
        an_offer("F01-heat", "heat_hot_water", 4500, cost=0, **supply),
        a_need("F02-heat", "heat_hot_water", 3200, **{"cost": 62, "temperature_c": 60, **need}),
    )


def test_washing_at_night_is_refused_with_the_hours_that_heat_does_not_cover():
    """Heat from 5 to 21 h, washing from 20 to 2 h: one hour of six is covered."""
    survey = heat({"hours_of_day": (5, 21)}, {"hours_of_day": (20, 2)})

    assert refusal(survey)[:2] == (Refusal.HOURS_APART, 5)
    assert passes(heat({"hours_of_day": (5, 21)}, {"hours_of_day": (18, 0)}))
    assert passes(heat({"hours_of_day": (5, 21)}, {}))
    assert passes(heat({"hours_of_day": (22, 6)}, {"hours_of_day": (23, 5)}))


def test_matter_waits_for_the_hour_at_which_it_is_needed():
    sand = dataclasses.replace(SAND, hours_of_day=(5, 21))
    wanted = dataclasses.replace(WANTED, hours_of_day=(22, 4))

    assert passes(a_survey(sand, wanted))


# Distance


def test_too_far_is_refused_with_the_kilometres_beyond_what_is_allowed():
    """Wash water from F06 to F03: 18.6 km of trench, 3 allowed."""
    survey = a_survey(
        an_offer("F06-w", "water_wash", 60_000), a_need("F03-w", "water_wash", 12_000, cost=2.4)
    )

    code, gap, _ = refusal(survey)
    assert code is Refusal.TOO_FAR
    assert gap == pytest.approx(15.6, abs=0.05)


@pytest.mark.parametrize("end", ["offer", "need"])
def test_either_end_may_say_how_far_is_too_far(end):
    limit = {"max_distance_km": 12}
    sand = dataclasses.replace(SAND, **limit) if end == "offer" else SAND
    wanted = dataclasses.replace(WANTED, **limit) if end == "need" else WANTED

    code, gap, _ = refusal(a_survey(sand, wanted))
    assert code is Refusal.TOO_FAR
    assert gap == pytest.approx(3.7, abs=0.05)


def test_a_pipe_is_too_far_when_a_third_of_it_would_eat_all_the_money_at_stake():
    """3 200 MWh x 1 EUR pay the annuity of 44 m of trench; three times that is under 1 km, and a
    pipe under 1 km is always reckoned: 0.34 km too far.
    """
    code, gap, _ = refusal(heat({}, {"cost": 1}))

    assert code is Refusal.TOO_FAR
    assert gap == pytest.approx(0.338, abs=0.005)


# Heat


def test_heat_that_is_not_warm_enough_is_refused_with_the_kelvin_that_are_missing():
    """60 °C asked and 5 K for the exchanger: 62 °C lack 3 K at the hot end."""
    assert refusal(heat({"temperature_c": 62}, {}))[:2] == (Refusal.TEMPERATURE, 3)
    assert passes(heat({"temperature_c": 65}, {}))


def test_only_the_heat_above_the_return_of_the_need_is_usable():
    """85 -> 60 °C against a return at 70 °C: (85 - 75) / (85 - 60) of it."""
    found = candidates_of(heat({}, {"return_temperature_c": 70}))

    assert found.arcs.usable_share[0] == pytest.approx(0.4)
    assert found.arcs.most[0] == pytest.approx(0.4 * 4500)


def test_heat_with_nothing_left_above_the_return_is_refused():
    """Return at 82 °C and 5 K: 85 °C lack 2 K at the cold end."""
    assert refusal(heat({}, {"return_temperature_c": 82}))[:2] == (Refusal.TEMPERATURE, 2)


def test_a_temperature_that_nobody_gave_is_asked_for():
    code, gap, _ = refusal(heat({"temperature_c": None}, {}))

    assert code is Refusal.TEMPERATURE
    assert np.isnan(gap)


def test_a_heat_pump_lifts_what_an_exchanger_could_not():
    catalogue = a_catalogue(
        ways=(
            a_way(
                "heat_hot_water",
                "heat_hot_water",
                process="heat_pump",
                done_by=DoneBy.GIVER,
                cost_eur_per_unit=10,
                yield_per_unit=1.3,
            ),
        )
    )

    assert passes(heat({"temperature_c": 30}, {}), catalogue, subsidy_share=0.5)


# Quality


def phenol(flow_id: str, value: float, unit: str = "mg/kg") -> Quality:
    return Quality(flow_id=flow_id, parameter="phenol", value=value, unit=unit)


LIMIT = Quality(flow_id="F03-sand", parameter="Phenol ", high=5, unit="mg/kg")


def test_sand_beyond_the_limit_with_nothing_to_blend_it_is_refused_with_the_excess():
    survey = a_survey(SAND, WANTED, qualities=[phenol("F01-sand", 7.5), LIMIT])

    assert refusal(survey) == (Refusal.QUALITY, 2.5, "phenol")


def test_sand_beyond_the_limit_is_kept_where_cleaner_sand_can_be_mixed_with_it():
    survey = a_survey(
        SAND,
        an_offer("F02-sand", "sand"),
        WANTED,
        qualities=[phenol("F01-sand", 7.5), phenol("F02-sand", 2), LIMIT],
    )

    assert links_of(candidates_of(survey)) == [("F01-sand", "F03-sand"), ("F02-sand", "F03-sand")]


def test_clean_sand_that_loses_money_is_kept_for_the_blend_it_allows():
    """5 EUR of sand less 7.7 of haulage: 2.7 EUR lost a tonne, where the other brings 47."""
    survey = a_survey(
        SAND,
        an_offer("F02-sand", "sand", cost=0),
        dataclasses.replace(WANTED, today_cost_eur_per_unit=5),
        qualities=[phenol("F01-sand", 7.5), phenol("F02-sand", 2), LIMIT],
    )
    found = candidates_of(survey)

    assert links_of(found) == [("F01-sand", "F03-sand"), ("F02-sand", "F03-sand")]
    assert found.arcs.gain[1] == pytest.approx(-2.7, abs=0.1)


@pytest.mark.parametrize("values", [[], [phenol("F01-sand", 0.002, "g/kg")]])
def test_a_value_that_is_missing_or_in_another_unit_is_asked_for(values):
    code, gap, detail = refusal(a_survey(SAND, WANTED, qualities=[*values, LIMIT]))

    assert (code, detail) == (Refusal.QUALITY, "phenol")
    assert np.isnan(gap)


# Money


def test_a_lot_larger_than_what_the_months_allow_is_refused_with_what_is_missing():
    lot = dataclasses.replace(WANTED, min_lot=120)

    assert refusal(a_survey(SAND, lot))[:2] == (Refusal.LOT, 20)


def test_the_lot_of_a_need_is_counted_in_what_the_giver_sends():
    """95 t of chips are 100 t of offcuts."""
    survey = a_survey(an_offer("F05-w", "offcuts"), a_need("F04-c", "wood_chips", min_lot=95))

    assert passes(survey)


def test_what_is_sold_well_already_stays_where_it_is():
    """1 150 EUR/t today against 980 x 0.92 - 20 - (5 + 0.19 x 10.7): 282 EUR/t less."""
    survey = a_survey(
        an_offer("F09-alu", "scrap", 42, cost=-1150), a_need("F01-alu", "scrap", cost=980)
    )

    code, gap, _ = refusal(survey)
    assert code is Refusal.SOLD_WELL
    assert gap == pytest.approx(1150 - (980 * 0.92 - 20 - 7.04), abs=0.1)


def test_a_link_that_does_not_pay_for_its_follow_up_is_refused_with_the_euros_missing():
    """10 t x (50 + 20 - 7.98) = 620 EUR against 1 000 EUR a year."""
    code, gap, _ = refusal(a_survey(dataclasses.replace(SAND, amount=10.0), WANTED))

    assert code is Refusal.DOES_NOT_PAY
    assert gap == pytest.approx(380, abs=1)


# Who takes part


def test_flows_that_cannot_take_part_say_why():
    gone = {"available_until": days_from_now(-1)}
    nowhere = dataclasses.replace(a_site("X"), latitude=None, longitude=None)
    found = candidates_of(
        a_survey(
            SAND,
            WANTED,
            an_offer("F01-unknown", "gadgets"),
            an_offer("F01-no-amount", "sand", None),
            an_offer("F01-zero", "sand", 0.0),
            an_offer("X-sand", "sand"),
            dataclasses.replace(SAND, flow_id="F01-gone", **gone),
            a_need("F02-fs", "foundry_sand"),
            an_offer("F02-saw", "sawdust"),
            sites=[nowhere],
        )
    )

    assert found.left_out == {
        "F01-gone": LeftOut.NOT_AVAILABLE,
        "F01-no-amount": LeftOut.AMOUNT_NOT_KNOWN,
        "F01-unknown": LeftOut.RESOURCE_NOT_KNOWN,
        "F01-zero": LeftOut.AMOUNT_ZERO,
        "F02-fs": LeftOut.NO_OUTLET_KNOWN,
        "F02-saw": LeftOut.NO_PARTNER,
        "X-sand": LeftOut.POSITION_NOT_KNOWN,
    }
    assert found.flows.flow_id == ("F01-sand", "F03-sand")


def test_a_flow_whose_only_partner_is_its_own_site_has_no_partner():
    found = candidates_of(a_survey(SAND, a_need("F01-need", "sand")))

    assert found.left_out == {"F01-need": LeftOut.NO_PARTNER, "F01-sand": LeftOut.NO_PARTNER}


def test_the_range_stands_in_for_an_amount_that_was_not_given():
    sand = dataclasses.replace(SAND, amount=None, amount_low=80.0, amount_high=120.0)
    found = candidates_of(a_survey(sand, WANTED))

    assert found.flows.amount[0] == 100
    assert (found.flows.amount_low[0], found.flows.amount_high[0]) == (80, 120)


def test_the_first_gate_that_fails_is_the_one_that_is_told():
    """Too far, apart in months and unpaid: distance is asked first."""
    sand = dataclasses.replace(SAND, month_shares=months(1), max_distance_km=1.0, amount=1.0)
    wanted = dataclasses.replace(WANTED, month_shares=months(7))

    assert refusal(a_survey(sand, wanted))[0] is Refusal.TOO_FAR


def test_the_hazard_of_the_matter_itself_counts_where_the_firm_said_nothing():
    catalogue = a_catalogue(
        resources=(*RESOURCES, a_resource("slag")), ways=(*WAYS, a_way("slag", "slag"))
    )

    assert passes(a_survey(an_offer("F01-s", "slag"), a_need("F03-s", "slag")), catalogue)
