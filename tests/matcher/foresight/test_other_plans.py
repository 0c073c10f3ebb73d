"""Other plans, and what is left when one says no, against every plan of a small town."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.foresight.other_plans import MARGIN, other_plans
from matcher.foresight.refusals import if_refused
from tests.matcher.foresight.small_rounds import a_round, every_plan, written

# Two sawmills of 300 t, two stables of 300 t a few km away, one lead a site: two ways to pair.
TWO_AND_TWO = [(300, 30), (300, 30)], [(300, 60), (300, 60)]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return a_round(written(tmp_path_factory.mktemp("pairs"), *TWO_AND_TWO))


def test_the_other_pairing_is_the_other_plan(pairs):
    """Both sawmills can serve both stables: all of the gain rests on other leads, proved."""
    (other, *more) = other_plans(pairs, 2)

    assert other.difference == pytest.approx(1.0)
    assert other.distance_bound == pytest.approx(1.0, abs=1e-5)
    assert 1 - MARGIN <= other.gain_share <= 1 + 1e-6
    assert other.kept == () and len(other.left) == len(other.added) == 2
    assert all(item.difference < 0.99 for item in more)


@pytest.mark.parametrize("seed", range(4))
def test_no_plan_within_the_margin_is_further(tmp_path, seed):
    """Tried one by one: every set of leads of a small town that keeps 98 % of the gain."""
    chance = np.random.default_rng(seed)
    round_ = a_round(
        written(
            tmp_path,
            [(int(t), 30) for t in chance.integers(100, 400, 3)],
            [
                (int(t), int(p))
                for t, p in zip(chance.integers(100, 400, 3), (60, 62, 58), strict=True)
            ],
        ),
    )
    exchange, best = round_.exchange, round_.solution.report.objective
    brings = np.maximum(
        exchange.arc_gain * round_.solution.amount.sum(axis=1) - exchange.link_cost, 0.0
    ) * round_.solution.is_open  # fmt: skip
    share = brings / brings.sum()
    furthest = max(
        share[~is_open].sum()
        for is_open, gain, _ in every_plan(exchange)
        if gain >= (1 - MARGIN) * best
    )
    found = other_plans(round_, 1)

    assert (found[0].difference if found else 0.0) == pytest.approx(furthest, abs=0.01)
    assert all(item.distance_bound >= furthest - 1e-4 for item in found)


def test_no_other_plan_gives_up_what_is_declared_for_what_is_supposed(pairs):
    """The only other pairing stands on suppositions: there is no other plan."""
    supposed = replace(pairs, is_later=~pairs.solution.is_open)

    assert other_plans(supposed, 1) == ()


def test_when_one_says_no_a_declared_partner_comes_before_a_supposed_one(tmp_path):
    """Stables at 60, 40 and 55 EUR for one sawmill: 55 would come next, if it were declared."""
    round_ = a_round(written(tmp_path, [(300, 30)], [(300, 60), (300, 40), (300, 55)]))
    is_third = np.array(["H03-f" in ids for ids in round_.declaration_ids])

    (found,) = if_refused(round_)
    (supposed,) = if_refused(replace(round_, is_later=is_third))

    assert [item.declaration_ids for item in found.instead] == [("S00-f", "H03-f")]
    assert [item.declaration_ids for item in supposed.instead] == [("S00-f", "H02-f")]
    assert supposed.loss > found.loss


def test_when_one_says_no_the_others_stay_and_the_next_best_comes_in(tmp_path):
    """Three stables for two sawmills: the third, who pays least, waits for a refusal."""
    round_ = a_round(written(tmp_path, [(300, 30), (200, 30)], [(300, 60), (200, 60), (250, 40)]))
    exchange, solution = round_.exchange, round_.solution
    chosen = np.flatnonzero(round_.is_proposal)
    found = {item.proposal_id: item for item in if_refused(round_)}

    assert len(chosen) == len(found) == 2
    for link in chosen.tolist():
        others = solution.is_open.copy()
        others[link] = False
        near = (exchange.arc_offer == exchange.arc_offer[link]) | (
            exchange.arc_need == exchange.arc_need[link]
        )
        best = max(
            gain
            for is_open, gain, _ in every_plan(exchange)
            if not is_open[link] and is_open[others].all() and not (is_open & ~others & ~near).any()
        )
        item = found[round_.proposal_ids[link]]
        assert item.loss == pytest.approx(solution.report.objective - best, rel=1e-4)
        assert [brief.site_ids[1] for brief in item.instead] == ["H04"]


def test_nobody_comes_in_where_there_is_nobody(tmp_path):
    """One sawmill, one stable: the refusal costs the whole gain."""
    round_ = a_round(written(tmp_path, [(300, 30)], [(300, 60)]))
    (item,) = if_refused(round_)

    assert item.instead == ()
    assert item.loss == pytest.approx(round_.solution.report.objective)


def test_nothing_is_asked_of_an_empty_plan(tmp_path):
    round_ = a_round(written(tmp_path, [(300, 30)], []))

    assert if_refused(round_) == () and other_plans(round_, 2) == ()


def test_attention_taken_by_leads_far_away_stays_taken(tmp_path):
    """With two leads in all (K = 2), a refusal makes room for one, not more."""
    survey = written(tmp_path, [(300, 30)] * 3, [(300, 60)] * 3)
    round_ = a_round(survey)
    limited = replace(round_, settings=replace(round_.settings, proposals=2))
    limited = a_round(survey, limited.settings)

    assert all(len(item.instead) <= 1 for item in if_refused(limited))
