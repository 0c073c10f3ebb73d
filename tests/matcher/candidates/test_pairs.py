"""The search for partners: nearest and best-paying, against all distances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.candidates.build import gather_terms
from matcher.candidates.columns import Columns
from matcher.candidates.pairs import Neighbourhood, find_crowds
from matcher.declarations import Basis, Survey
from matcher.settings import Settings
from tests.matcher.candidates.builders import (
    AS_OF,
    CATALOGUE,
    a_need,
    a_site,
    a_survey,
    an_offer,
)

REACH_KM = 60 / 1.3


def search(survey: Survey, nearest: int, best: int) -> set[tuple[str, str]]:
    """Offer and need of every pair that is met."""
    settings = Settings(as_of=AS_OF, nearest_partners=nearest, best_paying_partners=best)
    terms, _ = gather_terms(survey, CATALOGUE, settings, AS_OF)
    ids = terms.flows.flow_id
    met = []
    for crowd in find_crowds(terms.flows, terms.routes, terms.figures):
        for pairs, _ in Neighbourhood(terms.flows, crowd, settings).pieces():
            met += [
                (ids[offer], ids[need]) for offer, need in zip(pairs.offer, pairs.need, strict=True)
            ]
    assert len(set(met)) == len(met)
    return set(met)


def a_row(places: list[float], prices: list[float | None]) -> Survey:
    """One offer at 0 km, needs east of it."""
    sites = [a_site("giver"), *(a_site(f"n{k:02}", east) for k, east in enumerate(places))]
    needs = [a_need(f"n{k:02}-s", "sand", cost=price) for k, price in enumerate(prices)]
    return a_survey(an_offer("giver-s", "sand", 1000), *needs, sites=sites)


def test_an_offer_meets_its_nearest_needs_and_those_that_pay_best():
    """Of 60 needs a kilometre apart, the 3 nearest and the 2 dearest of the 46 within reach."""
    prices = [20.0 + (k in (30, 35, 55)) * (40 + k) for k in range(60)]
    met = search(a_row([k + 1.0 for k in range(60)], prices), nearest=3, best=2)

    assert sorted(need for _, need in met) == ["n00-s", "n01-s", "n02-s", "n30-s", "n35-s"]


def test_supposed_needs_crowd_out_no_declared_one():
    """Ten supposed needs lie nearer than the declared one: of each kind the two nearest are met."""
    survey = a_row([k + 1.0 for k in range(11)], [20.0] * 11)
    supposed = {
        key: replace(flow, basis=Basis.INFERRED)
        for key, flow in survey.flows.items()
        if key.startswith("n") and key != "n10-s"
    }
    met = search(replace(survey, flows={**survey.flows, **supposed}), nearest=2, best=0)

    assert sorted(need for _, need in met) == ["n00-s", "n01-s", "n10-s"]


def test_where_all_pay_the_same_the_nearest_are_enough():
    met = search(a_row([k + 1.0 for k in range(10)], [20.0] * 10), nearest=3, best=5)

    assert len(met) == 3


@given(
    st.lists(
        st.tuples(st.integers(-70, 70), st.sampled_from([5.0, 10.0, 20.0, 40.0, 41.0])),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 5),
    st.integers(0, 5),
)
def test_the_search_finds_what_all_distances_and_prices_say(needs, nearest, best):
    """Kilometres and prices of a kind may tie: then any of the tied will do."""
    survey = a_row([float(east) for east, _ in needs], [price for _, price in needs])
    met = [int(need[1:3]) for _, need in search(survey, nearest, best)]
    within = [place for place, (east, _) in enumerate(needs) if abs(east) < REACH_KM - 0.1]

    def kilometres(places):
        return sorted(abs(needs[place][0]) for place in places)

    def prices(places):
        return sorted((needs[place][1] for place in places), reverse=True)

    assert kilometres(met)[:nearest] == kilometres(within)[:nearest]
    assert len(met) <= nearest + best
    if len(within) > nearest and len(set(prices(range(len(needs))))) > 1:
        assert prices(met)[:best] == prices(within)[:best]


def test_columns_keep_a_number_that_never_changes_only_once():
    columns = Columns({"same": np.float64, "late": np.int32, "many": np.float32}, room=2)
    for batch in (1, 2, 3):
        columns.append(
            same=np.full(4, np.nan),
            late=np.full(4, 7 if batch < 3 else batch),
            many=np.arange(4.0) + batch,
        )

    assert columns.column("same").strides == (0,)
    assert np.isnan(columns.column("same")).all()
    assert columns.column("late").tolist() == [7] * 8 + [3] * 4
    assert columns.column("many").tolist() == [1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6]
    assert columns.column("many").dtype == np.float32


def test_columns_without_rows_are_empty():
    assert Columns({"gain": np.float64}, room=0).column("gain").shape == (0,)
