"""Prices between two firms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.shares import price_interval


def test_sand_is_given_away_and_paid_for_between_the_two_refusals():
    """By hand: the foundry pays 98 EUR/t today, the link nets 95.58 EUR/t in all. At -98 the
    foundry gains nothing, at -2.42 the brickworks gains nothing, half way each gets 47.79 EUR/t.
    """
    price = price_interval(avoided_cost_eur_per_unit=98, net_gain_eur_per_unit=95.58)

    assert price.low == -98
    assert price.high == pytest.approx(-2.42)
    assert price.fair == pytest.approx(-50.21)


def test_a_giver_that_is_paid_today_gets_at_least_that():
    price = price_interval(avoided_cost_eur_per_unit=-1.5, net_gain_eur_per_unit=5.5)

    assert price.low == 1.5
    assert price.fair == pytest.approx(4.25)


def test_a_processor_takes_a_third():
    price = price_interval(avoided_cost_eur_per_unit=30, net_gain_eur_per_unit=9, parties=3)

    assert price.fair == pytest.approx(-27)


def test_there_is_nothing_to_share_in_a_loss():
    with pytest.raises(ValueError, match="Nothing to share"):
        price_interval(avoided_cost_eur_per_unit=10, net_gain_eur_per_unit=-1)


@given(st.floats(-500, 500), st.floats(0, 500))
def test_nobody_is_worse_off_at_the_fair_price(avoided_cost, net_gain):
    price = price_interval(avoided_cost_eur_per_unit=avoided_cost, net_gain_eur_per_unit=net_gain)
    giver = price.fair + avoided_cost
    taker = net_gain - giver

    assert giver >= -1e-9
    assert taker >= -1e-9
    assert giver == pytest.approx(taker)
