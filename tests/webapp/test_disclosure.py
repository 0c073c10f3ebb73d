"""What may be shown: bands are honest, cards coarsen, and a partner's secrets change nothing."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.disclosure import (
    COARSE_STEPS,
    COARSEST,
    Attributes,
    Band,
    Candidate,
    Card,
    amount_band,
    card_of,
    coarsened,
    distance_band,
    firms_behind,
    own_gain,
)

amounts = st.floats(0, 1e12, allow_nan=False)
WOOD = Attributes(
    direction="offer",
    family="wood",
    amount=190.0,
    unit="t",
    recurrence="regular",
    distance_km=7.3,
)


@pytest.mark.parametrize(
    ("amount", "low", "high"),
    [
        (0, 0, 1),
        (0.99, 0, 1),
        (1, 1, 3),
        (2.9, 1, 3),
        (3, 3, 10),
        (190, 100, 300),
        (9999, 3000, 10_000),
    ],
)
def test_a_quantity_falls_in_the_band_worked_out_by_hand(amount, low, high):
    assert amount_band(amount) == Band(low=low, high=high)


@given(amounts)
def test_a_band_holds_its_amount_and_is_no_narrower_than_a_factor_of_three(amount):
    band = amount_band(amount)

    assert band.high is not None
    assert band.low <= amount < band.high
    assert band.low == 0 or band.high / band.low >= 3


@given(amounts)
def test_a_coarser_band_holds_the_finer_one(amount):
    fine, coarse = amount_band(amount), amount_band(amount, COARSE_STEPS)

    assert coarse.low <= fine.low
    assert fine.high is not None and coarse.high is not None and fine.high <= coarse.high


@pytest.mark.parametrize(
    ("km", "high"), [(0, 2), (2, 2), (2.01, 5), (7.3, 10), (50, 50), (50.1, None), (900, None)]
)
def test_a_distance_is_told_as_less_than(km, high):
    assert distance_band(km).high == high


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_what_is_no_quantity_has_no_band(value):
    with pytest.raises(ValueError, match="has no band"):
        amount_band(value)
    with pytest.raises(ValueError, match="has no band"):
        distance_band(value)


def test_a_card_has_no_field_for_a_name_a_place_or_a_price():
    """The shape itself: whoever adds a field to it has to come by here."""
    shown = "direction family amount unit recurrence distance open_name coarseness"

    assert [item.name for item in dataclasses.fields(Card)] == shown.split()


@given(st.floats(100, 299.9), st.floats(5.01, 10))
def test_two_worlds_with_equal_bands_give_equal_cards(amount, km):
    """Whatever lies between the same bounds reads the same: the exact figures cannot be told."""
    other = dataclasses.replace(WOOD, amount=amount, distance_km=km)

    for level in range(COARSEST + 1):
        assert card_of(other, level) == card_of(WOOD, level)
        assert repr(card_of(other, level)) == repr(card_of(WOOD, level))


def candidate(firm_id: int, **changes: object) -> Candidate:
    return Candidate(firm_id=firm_id, attributes=dataclasses.replace(WOOD, **changes))  # type: ignore[arg-type]


def test_firms_behind_a_card_are_counted_once_each():
    """Firms 1 and 2 fit (2 twice), 3 is of another family, 4 of another size."""
    around = [
        candidate(1),
        candidate(2, amount=120.0),
        candidate(2, amount=110.0),
        candidate(3, family="metal"),
        candidate(4, amount=9.0),
    ]

    assert firms_behind(card_of(WOOD), around) == 2


def test_a_card_is_coarsened_until_three_can_hide():
    """At the first level 1 alone fits; from 100 to 1000 t, three do."""
    around = [candidate(1), candidate(2, amount=400.0), candidate(3, amount=900.0)]

    card, behind = coarsened(WOOD, around, 3)

    assert behind == 3
    assert card.coarseness == 1
    assert card.amount == Band(low=100.0, high=1000.0)


def test_where_nobody_else_fits_the_coarsest_card_comes_back_with_its_number():
    card, behind = coarsened(WOOD, [candidate(1)], 3)

    assert (card.coarseness, behind) == (COARSEST, 1)
    assert card.distance is None and card.recurrence is None


@given(st.lists(st.tuples(st.integers(1, 8), amounts, st.floats(0, 80)), min_size=1, max_size=12))
def test_coarser_never_hides_fewer(rows):
    around = [candidate(firm, amount=amount, distance_km=km) for firm, amount, km in rows]
    counts = [firms_behind(card_of(WOOD, level), around) for level in range(COARSEST + 1)]

    assert counts == sorted(counts)


def test_an_own_gain_is_a_share_of_the_own_bill():
    """190 t at 38 EUR/t is 7 220 EUR a year: from a quarter (1 805) to three quarters (5 415)."""
    gain = own_gain(direction="offer", amount=190, cost_eur_per_unit=38)

    assert gain is not None
    assert (gain.low, gain.high) == (1800.0, 5400.0)


@pytest.mark.parametrize(
    ("amount", "cost"), [(None, 38), (190, None), (190, 0), (190, -28), (0, 5)]
)
def test_without_a_bill_of_ones_own_nothing_is_promised(amount, cost):
    """Not known is not zero, and whoever is paid today has no bill to save."""
    assert own_gain(direction="offer", amount=amount, cost_eur_per_unit=cost) is None
