"""One function for what is expected and for what is measured."""

from matcher.plan import Range
from matcher.plan.indicators import Outcome, indicators


def an_outcome(**changes):
    given = {
        "site_ids": ("A", "B"),
        "one_off": False,
        "gain_eur": Range(value=100.0, low=80.0, high=120.0),
        "avoided_tco2e": Range(value=2.0, low=1.0, high=3.0),
        "diverted_t": Range(value=10.0, low=10.0, high=10.0),
        "energy_mwh": Range(value=0.0, low=0.0, high=0.0),
        "water_m3": Range(value=0.0, low=0.0, high=0.0),
        "capex_eur": 0.0,
        "effort_hours": 8.0,
    }
    return Outcome(**{**given, **changes})


def by_name(outcomes):
    return {item.indicator: item for item in indicators(outcomes)}


def test_what_happens_once_is_never_added_to_what_happens_every_year():
    found = by_name([an_outcome(), an_outcome(one_off=True, gain_eur=Range(value=900.0))])

    assert found["gain_eur_per_year"].value == 100
    assert found["gain_eur_once"].value == 900
    assert found["diverted_t_per_year"].value == 10
    assert found["diverted_t_once"].value == 10


def test_what_is_not_known_is_counted_apart_and_not_as_zero():
    found = by_name([an_outcome(), an_outcome(avoided_tco2e=Range(value=None))])

    assert found["avoided_tco2e_per_year"].value == 2
    assert found["avoided_tco2e_per_year"].not_known == 1


def test_a_site_with_two_proposals_counts_once():
    found = by_name([an_outcome(), an_outcome(site_ids=("B", "C"))])

    assert found["proposals"].value == 2
    assert found["sites_with_a_proposal"].value == 3


def test_low_and_high_ends_add_up():
    gain = by_name([an_outcome(), an_outcome()])["gain_eur_per_year"]

    assert (gain.low, gain.value, gain.high) == (160, 200, 240)


def test_nothing_adds_up_to_zero_with_its_unit():
    gain = by_name([])["gain_eur_per_year"]

    assert gain.value == 0
    assert gain.unit == "EUR/year"
