"""The heat cascade against published and hand-made cases."""

import pytest

from matcher.optimise import heat_cascade

FIRM_A = [(20, 135, 2), (170, 60, 3)]
FIRM_B = [(80, 140, 4), (150, 30, 1.5)]


def test_four_streams_of_linnhoff_need_20_kw_hot_and_60_kw_cold():
    cascade = heat_cascade(FIRM_A + FIRM_B, 10)

    assert (cascade.hot_kw, cascade.cold_kw) == pytest.approx((20, 60))
    assert cascade.pinch_shifted_c == pytest.approx(85)


def test_two_firms_alone_need_150_kw_hot_and_190_kw_cold():
    """A: 0 and 100; B: 150 and 90. Together 20 and 60: 130 kW of fuel are saved."""
    alone = [heat_cascade(firm, 10) for firm in (FIRM_A, FIRM_B)]

    assert [(c.hot_kw, c.cold_kw) for c in alone] == [
        pytest.approx((0, 100)),
        pytest.approx((150, 90)),
    ]


def test_one_hot_stream_gives_all_its_heat_away_and_has_no_pinch():
    """(100 - 40) K x 2 kW/K = 120 kW, no stream to take it."""
    cascade = heat_cascade([(100, 40, 2)], 10)

    assert (cascade.hot_kw, cascade.cold_kw, cascade.pinch_shifted_c) == (0, 120, None)


def test_no_stream_needs_nothing():
    assert heat_cascade([], 10).hot_kw == 0


@pytest.mark.parametrize("stream", [(float("nan"), 20, 1), (100, 20, -1)])
def test_refuses_a_stream_that_is_no_stream(stream):
    with pytest.raises(ValueError, match="Stream"):
        heat_cascade([stream], 10)
