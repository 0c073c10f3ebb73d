"""The model on the board, line by line: a change of the model shows as a change of this file.

To renew it after a change that was meant: ``GOLDEN=write pytest`` on this file, then read the diff.
"""

import os
from pathlib import Path

import numpy as np

from matcher.optimise.reference import build_reference
from tests.matcher.optimise.tiny_towns import a_town, rows_of

GOLDEN = Path(__file__).parent / "golden" / "exchange.lp"


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
