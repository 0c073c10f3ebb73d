"""The short form of the load: a fifth of the people for half a minute."""

from __future__ import annotations

import pytest


@pytest.mark.slow
def test_a_hundred_firms_and_four_agents_meet_no_error_and_lose_no_save():
    """The time that answers take is the long form's to say, on a machine that does nothing else;
    here it only must not run away."""
    from benchmarks.load import run

    found = run(firms=100, agents=4, seconds=30)

    assert found.errors == 0
    assert found.saves >= 50 and found.lost == 0
    assert found.p95_ms < 3000
