"""Where marks go: scales, ticks and bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.optimise.problem import CurvePoint
from matcher.outputs.charts import curve_chart, interval, month_bars, nice_ticks


def test_a_range_is_placed_on_its_scale_with_the_zero_line():
    """On -100 to 300, 400 px wide: -100 is at 0, 0 at 100, 200 at 300."""
    bar = interval(-100, 100, 200, scale=(-100, 300), width=400)

    assert (bar.left, bar.value, bar.right, bar.zero) == (0, 200, 300, 100)


def test_a_scale_that_does_not_hold_zero_has_no_zero_line():
    assert interval(10, 12, 14, scale=(10, 20), width=100).zero is None


def test_the_largest_month_takes_the_height_and_an_empty_one_none():
    bars = month_bars((0, 5, 10) + (0,) * 9, width=120, height=40)

    assert [bar.height for bar in bars[:3]] == [0, 20, 40]
    assert bars[2].y == 0
    assert bars[1].y == 20


@given(st.floats(-1e9, 1e9, allow_nan=False), st.floats(1e-3, 1e9, allow_nan=False))
def test_ticks_cover_the_values_in_few_round_steps(low, size):
    ticks = nice_ticks(low, low + size)
    step = ticks[1] - ticks[0]

    assert ticks[0] <= low + 1e-6 * step
    assert ticks[-1] >= low + size - 1e-6 * abs(low + size) - 1e-6 * step
    assert 2 <= len(ticks) <= 8


def test_the_curve_rises_from_the_foot_to_the_top_and_a_bound_is_above_its_point():
    chart = curve_chart(
        (CurvePoint(proposals=0, gain=0, bound=0), CurvePoint(proposals=10, gain=80, bound=100)),
        None,
        width=720,
        height=340,
    )

    assert chart is not None
    first, last = chart.marks
    assert first.y == chart.bottom
    assert last.bound_y == pytest.approx(chart.top)
    assert last.bound_y < last.y < first.y
    assert last.has_whisker
    assert not first.has_whisker


def test_one_point_is_no_curve():
    assert curve_chart((CurvePoint(proposals=3, gain=1, bound=1),), None, width=9, height=9) is None
