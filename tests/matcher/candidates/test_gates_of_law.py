"""The gates of the law: what may go to whom, and with which permit."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest

from matcher.candidates import Refusal
from matcher.declarations import (
    AnimalOrigin,
    Hazard,
    LegalStatus,
    Outlet,
    Permit,
    PermitKind,
    Survey,
)
from tests.matcher.candidates.builders import (
    AS_OF,
    SAND,
    WANTED,
    a_need,
    a_permit,
    a_survey,
    an_offer,
    candidates_of,
    days_from_now,
    links_of,
    passes,
    refusal,
)


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
