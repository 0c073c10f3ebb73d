"""Draws and questions, against shares and values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.foresight.key_questions import key_questions
from matcher.foresight.steadiness import steadiness
from matcher.foresight.unknowns import Unknowns, triangular
from tests.matcher.foresight.small_rounds import a_round, written


def test_the_triangle_has_its_quantiles_where_they_are_by_hand():
    """From 0 to 2, likeliest at 1: half is below 1, an eighth below 0.5; from 1 to 1: always 1."""
    at = triangular(np.array([0.0, 0.125, 0.5, 1.0]), np.zeros(4), 1.0, np.full(4, 2.0))

    assert at.tolist() == pytest.approx([0.0, 0.5, 1.0, 2.0])
    assert triangular(np.array([0.3]), np.ones(1), 1.0, np.ones(1)).tolist() == [1.0]


def test_what_is_known_to_the_tonne_pays_in_every_draw(tmp_path):
    """Both ends of both brackets are the amount itself, and both prices are the firms' own."""
    round_ = a_round(written(tmp_path, [(300, 30, 300, 300)], [(300, 60, 300, 300)]))
    found = steadiness(round_, 50)
    gain = round_.solution.report.objective

    assert [item.pays_share for item in found.proposals] == [1.0]
    assert (found.low, found.middle, found.high) == pytest.approx((gain, gain, gain))


def test_a_lead_near_its_break_even_pays_as_often_as_its_amount_is_above_it(tmp_path):
    """One offer from a fifth to twice its amount: the share above break-even is a triangle's."""
    survey = written(tmp_path, [(20, 30, 4, 40)], [(4000, 60, 4000, 4000)])
    round_ = a_round(survey)
    exchange = round_.exchange
    even = exchange.link_cost[0] / exchange.arc_gain[0] / 20.0  # as a share of 20 t
    assert 0.2 < even < 1.0
    below = (even - 0.2) ** 2 / ((2.0 - 0.2) * (1.0 - 0.2))
    (item,) = steadiness(round_, 4000).proposals

    assert item.pays_share == pytest.approx(1 - below, abs=0.03)


def test_the_same_seed_throws_the_same_draws_and_nothing_else_does(tmp_path):
    round_ = a_round(written(tmp_path, [(300, 30)], [(300, 60)]))
    other = replace(round_, settings=replace(round_.settings, seed=1))

    assert steadiness(round_, 40) == steadiness(round_, 40)
    assert steadiness(round_, 40) != steadiness(other, 40)
    assert steadiness(round_, 0) is None


def test_the_key_question_goes_to_the_one_whose_answer_turns_the_plan(tmp_path):
    """One sawmill, one lead a site. The first stable wants 300 t, perhaps only 60; the second 250 t
    for sure. If the first wants little, the second is served: 0.3 of that difference is the worth.
    """
    survey = written(
        tmp_path, [(300, 30, 300, 300)], [(300, 60, 60, 330), (250, 60, 250, 250)]
    )  # fmt: skip
    round_ = a_round(survey)
    exchange = round_.exchange
    assert round_.site_ids[int(np.flatnonzero(round_.is_proposal)[0])] == ("S00", "H01")
    first, *others = key_questions(round_, 3)
    low = float(triangular(np.array([0.1]), np.array([0.2]), 1.0, np.array([1.1]))[0]) * 300

    def brings(link, tonnes):
        return exchange.arc_gain[link] * tonnes - exchange.link_cost[link]

    one, two = (round_.site_ids.index(("S00", name)) for name in ("H01", "H02"))
    assert (first.declaration_id, first.about.value) == ("H01-f", "amount")
    assert first.low == pytest.approx(low)
    assert first.worth_eur == pytest.approx(0.3 * (brings(two, 250) - brings(one, low)), rel=1e-3)
    assert [brief.site_ids for brief in first.if_low.added] == [("S00", "H02")]
    assert first.if_low.left == (round_.proposal_ids[one],)
    assert (first.if_high.left, first.if_high.added) == ((), ())
    assert all(item.worth_eur <= first.worth_eur for item in others)
    assert "H01" in first.question({"fr": "sciure", "en": "sawdust"}, "H01").text("fr")


def test_where_no_answer_changes_the_plan_there_is_no_question(tmp_path):
    """One sawmill, one stable, and a gain at every end of the brackets."""
    round_ = a_round(written(tmp_path, [(300, 30)], [(300, 60)]))

    assert key_questions(round_, 3) == ()


def test_the_likely_state_is_the_model_itself(tmp_path):
    round_ = a_round(written(tmp_path, [(300, 30)], [(300, 60)]))
    unknowns = Unknowns(round_=round_)
    same = unknowns.at(unknowns.likely)

    assert same.supply == pytest.approx(round_.exchange.supply)
    assert same.arc_gain == pytest.approx(round_.exchange.arc_gain)
