"""The model on the board, line by line: a change of the model shows as a change of this file.

To renew it after a change that was meant: ``GOLDEN=write pytest`` on this file, then read the diff.
"""

import os
from pathlib import Path

import numpy as np

from matcher.optimise.hiring_reference import build_hiring_reference
from matcher.optimise.reference import build_reference
from tests.matcher.optimise.tiny_towns import a_town, rows_of
from tests.matcher.optimise.tiny_trades import a_trade

GOLDEN = Path(__file__).parent / "golden" / "exchange.lp"
HIRING = GOLDEN.with_name("hiring.lp")


def a_town_with_every_row():
    """Two offers, two needs, three links, two periods; the last link has two arcs and no choice
    of its own: free, no lot, inside one firm.
    """
    return a_town(
        [[10, 6], [4, 5]],
        [[8, 8], [3, 9]],
        [(0, 0, 30, 0), (0, 1, 22.5, 0), (1, 1, -2, 0), (1, 0, 7, 0)],
        arc_link=np.array([0, 1, 2, 2]),
        arc_yield=np.array([1.0, 0.5, 2.0, 1.0]),
        link_cost=np.array([100.0, 60.0, 0.0]),
        link_lot=np.array([0.0, 5.0, 0.0]),
        link_weight=np.array([1.0, 1.0, 0.0]),
        link_rows=rows_of([(0, 0, 1.0), (0, 1, 1.0)], [1.0]),
        arc_rows=rows_of([(0, 1, 2.0), (0, 2, -1.5)], [0.0]),
        capacity_rows=rows_of([(0, 0, 1.0), (0, 3, 0.25)], [0.0]),
        capacity=np.array([[7.0, 3.5]]),
        year_rows=rows_of([(0, 0, 1.0), (0, 3, 1.0)], [12.0]),
        max_links=1,
    )


def test_the_model_on_the_board_is_the_one_that_was_agreed(tmp_path):
    """Variables, rows (1) to (10) with their numbers, coefficients and right-hand sides."""
    written = tmp_path / "exchange.lp"
    build_reference(a_town_with_every_row()).problem.writeLP(str(written))
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(written.read_text(encoding="utf-8"), encoding="utf-8")

    assert written.read_text(encoding="utf-8") == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_model_shows_every_equation():
    text = GOLDEN.read_text(encoding="utf-8")

    for name in (
        "supply_2_0_0",
        "demand_3_1_1",
        "open_4_0_1",
        "lot_5_1",
        "attention_6_0",
        "blend_7_0_1",
        "capacity_8_0_1",
        "proposals_9",
        "year_10_0",
    ):
        assert f"{name}:" in text


def a_trade_with_every_row():
    """Three needs; the first and the last too far apart, and one job among them."""
    return a_trade([[60] * 12, [50] * 12, [40] * 7 + [0] * 5], at_km=[0, 20, 40])


def test_shared_jobs_on_the_board_are_those_that_were_agreed(tmp_path):
    """Variables, rows (30) to (37) with their numbers, coefficients and right-hand sides."""
    written = tmp_path / "hiring.lp"
    build_hiring_reference(a_trade_with_every_row()).problem.writeLP(str(written))
    if os.environ.get("GOLDEN") == "write":
        HIRING.write_text(written.read_text(encoding="utf-8"), encoding="utf-8")

    text = written.read_text(encoding="utf-8")
    assert text == HIRING.read_text(encoding="utf-8")
    for name in (
        "once_31_0",
        "year_32_0",
        "month_32_33_0_11",
        "days_33_0_0",
        "leave_33_0",
        "leader_34_0",
        "pilot_34_1_0",
        "share_34_2_0",
        "apart_35_0_2_0",
        "most_35_0",
        "overflow_36_0_3",
        "load_36_0",
        "trip_37_0_1_0",
    ):
        assert f"{name}:" in text
