"""The front between euros, tonnes and sites, against every plan of a small town."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from matcher.foresight.pareto import pareto_front
from matcher.outputs.pareto_chart import front_chart
from tests.matcher.foresight.small_rounds import a_round, every_plan, written

CLOSE = 5e-3
"""As a share of the most there can be: closer plans are told as one."""


def figures_of_every_plan(round_):
    """(euros, tonnes, sites) of each set of leads; one lead a site, so each carries all it can."""
    exchange, carbon = round_.exchange, round_.carbon
    for is_open, gain, amount in every_plan(exchange):
        sites = {name for link in np.flatnonzero(is_open) for name in round_.site_ids[link]}
        yield gain, float(carbon.arc @ amount + carbon.link @ is_open), len(sites)


def unbeaten(figures):
    """Those that no other reaches in all three; figures are told to a ten-thousandth."""
    size = np.maximum(np.abs(np.array(figures)).max(axis=0), 1e-9)
    rounded = sorted({tuple(np.round(np.array(own) / size, 4).tolist()) for own in figures})
    return {
        own
        for own in rounded
        if not any(o != own and all(x >= y for x, y in zip(o, own, strict=True)) for o in rounded)
    }, size


@pytest.mark.parametrize("seed", range(4))
def test_with_points_enough_the_front_is_the_enumerated_one(tmp_path, seed):
    """Those who pay most want least: the dearest tonnes are not the most tonnes."""
    chance = np.random.default_rng(seed)
    offers = [
        (int(tonnes), eur)
        for tonnes, eur in zip(chance.integers(60, 400, 2), (10, 45), strict=True)
    ]
    needs = [
        (int(tonnes * part), eur)
        for tonnes, part, eur in zip(
            chance.integers(300, 400, 3), (1, 0.6, 0.3), (20, 80, 240), strict=True
        )
    ]
    round_ = a_round(written(tmp_path, offers, needs))
    front, size = unbeaten(list(figures_of_every_plan(round_)))
    found = pareto_front(round_, 200)
    told = [np.array((p.euros_per_year, p.avoided_tco2e_per_year, p.sites)) / size for p in found]

    for point in front:  # each is reached
        assert any((own >= np.array(point) - CLOSE).all() for own in told)
    for own in told:  # and each found is one of them
        assert any(np.allclose(own, point, atol=CLOSE) for point in front)
    assert all(point.euros_bound >= point.euros_per_year for point in found)
    assert len(front) > 1
    assert sum(point.is_plan for point in found) == 1


def test_fewer_points_are_points_of_the_same_front(tmp_path):
    round_ = a_round(
        written(tmp_path, [(300, 10), (200, 30), (120, 45)], [(150, 40), (260, 55), (90, 70)])
    )
    front, size = unbeaten(list(figures_of_every_plan(round_)))
    few = pareto_front(round_, 3)

    assert 1 <= len(few) <= 3
    for p in few:
        own = np.array((p.euros_per_year, p.avoided_tco2e_per_year, p.sites)) / size
        assert any(np.allclose(own, point, atol=2e-4) for point in front)


def test_no_point_is_asked_for_and_none_is_given(tmp_path):
    assert pareto_front(a_round(written(tmp_path, [(300, 30)], [(300, 60)])), 0) == ()
    assert pareto_front(a_round(written(tmp_path, [(300, 30)], [])), 21) == ()


def test_the_names_of_the_lines_do_not_cover_each_other(tmp_path):
    round_ = a_round(
        written(tmp_path, [(300, 10), (200, 30), (120, 45)], [(150, 40), (260, 55), (90, 70)])
    )
    points = pareto_front(round_, 200)
    chart = front_chart(points, width=760.0, height=380.0)

    if len(points) < 2:
        assert chart is None
    else:
        heights = sorted(line.label_y for line in chart.lines)
        assert all(b - a >= 20 for a, b in pairwise(heights))
        assert chart.here is not None
