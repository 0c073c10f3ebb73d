"""The gates of time, distance and temperature: what they refuse, and by how much."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import pytest

from matcher.candidates import Refusal
from matcher.catalogue import DoneBy
from matcher.declarations import (
    Flow,
    Recurrence,
    Survey,
)
from tests.matcher.candidates.builders import (
    SAND,
    WANTED,
    a_catalogue,
    a_need,
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
    supply = {"temperature_c": 85, "return_temperature_c": 60, "power_kw": 600, **offer}
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
    assert passes(heat({"hours_of_day": (22, 6), "power_kw": 1600}, {"hours_of_day": (23, 5)}))


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
    assert passes(heat({"temperature_c": 65}, {"return_temperature_c": 40}))


def test_a_need_that_does_not_say_its_return_is_taken_to_want_all_at_its_temperature():
    """60 °C and 5 K: of 85 -> 60 °C, 20 K of 25 are warm enough. At 65 °C nothing is left, and the
    return is asked for.
    """
    found = candidates_of(heat({}, {}))
    code, gap, _ = refusal(heat({"temperature_c": 65}, {}))

    assert found.arcs.usable_share[0] == pytest.approx(0.8)
    assert code is Refusal.TEMPERATURE
    assert np.isnan(gap)


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
