"""Supposed profiles against real ones: better than knowing only what other sectors throw away."""

from __future__ import annotations

import pytest

from benchmarks.real.prefill import FIRMS, SECTORS, SEEN, mean


@pytest.mark.slow
def test_sectors_that_nobody_looked_at_are_ranked_better_than_by_the_mix_of_the_others():
    """Measured: 0.71 beside 0.52, and 47 % of the real amounts inside the supposed range."""
    if not FIRMS.is_dir():
        pytest.skip("the folder 'shared' beside the repository is absent: nothing to compare with")
    figures = mean([sector for sector in SECTORS if sector not in SEEN], 0)

    assert figures["spearman"] > 0.65 > figures["others"]
    assert figures["in_range_percent"] > 40
