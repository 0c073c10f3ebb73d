"""Sharing on the board, line by line.

To renew it after a change that was meant: ``GOLDEN=write pytest`` on this file, then read the diff.
"""

import os
from pathlib import Path

from matcher.optimise.facility_reference import build_reference
from tests.matcher.optimise.facility_towns import a_problem

GOLDEN = Path(__file__).parent / "golden" / "sharing.lp"


def a_problem_with_every_row():
    """Two hosts, two users, two months; one use has a cost of its own."""
    return a_problem(
        [[10, 6], [4, 5]], [100, 60], [[3, 2.5], [0, 7]], [[1, 2], [3, 4.5]], [[0, 12], [0, 0]]
    )


def test_sharing_on_the_board_is_the_model_that_was_agreed(tmp_path):
    """Variables, rows (40) to (45) with their numbers, coefficients and right-hand sides."""
    written = tmp_path / "sharing.lp"
    build_reference(a_problem_with_every_row()).problem.writeLP(str(written))
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(written.read_text(encoding="utf-8"), encoding="utf-8")

    assert written.read_text(encoding="utf-8") == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_sharing_shows_every_equation():
    text = GOLDEN.read_text(encoding="utf-8")

    for name in (
        "need_41_1_1", "capacity_42_0_1", "open_43_0_0", "enough_44_1", "use_45_1_0", "host_45_1",
    ):  # fmt: skip
        assert f"{name}:" in text
