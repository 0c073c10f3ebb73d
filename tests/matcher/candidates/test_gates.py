"""Each gate by itself: what it refuses, by how much, and what it lets through.

Law, and time and place, have modules of their own.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from matcher.candidates import LeftOut, Refusal
from matcher.declarations import (
    Quality,
)
from tests.matcher.candidates.builders import (
    RESOURCES,
    SAND,
    WANTED,
    WAYS,
    a_catalogue,
    a_need,
    a_resource,
    a_site,
    a_survey,
    a_way,
    an_offer,
    candidates_of,
    days_from_now,
    links_of,
    months,
    passes,
    refusal,
)


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
