"""Shared jobs: worked by hand, the case of capacity alone, brute force, laws."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matcher.optimise import check_job, solve_hiring
from matcher.optimise.hiring import RefusedJob, SharedJob, solve
from matcher.optimise.hiring_groups import judge
from matcher.optimise.hiring_reference import solve_hiring_reference
from matcher.settings import Settings, Solver
from tests.matcher.optimise.tiny_trades import (
    PROFILES,
    a_trade,
    best_by_trying,
    every_job,
    trades,
)

SAFETY = {
    "F01": [40] * 7 + [20] + [40] * 4,  # 460 h
    "F05": [45] * 12,  # 540 h
    "F09": [30] * 12,  # 360 h
    "F10": [28] * 12,  # 336 h
}
LINE = {
    "F02": [0, 0, 60, 120, 130, 60, 0, 0, 0, 0, 0, 0],  # 370 h
    "F06": [0, 0, 0, 0, 0, 70, 150, 150, 150, 80, 0, 0],  # 600 h
    "F07": [0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 140, 130],  # 330 h
}
# The shared job of the cases: five needs, hours a month.
FIVE = {
    "Conserverie": [0, 0, 0, 0, 0, 60, 152, 152, 152, 60, 0, 0],
    "Chocolatier": [76, 76, 76, 60, 0, 0, 0, 0, 0, 76, 152, 152],
    "Jardinerie": [0, 0, 76, 92, 152, 92, 0, 0, 0, 0, 0, 0],
    "Plasturgie": [76] * 12,
    "Station ski": [152, 152, 76, 0, 0, 0, 0, 0, 0, 0, 0, 76],
}
TRIO = ("Chocolatier", "Conserverie", "Jardinerie")
CAPACITY_ALONE = Settings(hiring_yearly_hours=12 * 151.67, hiring_leave_days=0)


def close(value):
    return pytest.approx(value, rel=1e-6, abs=1e-6)


def test_three_safety_officers_become_one_and_the_fourth_is_89_hours_beyond_the_year():
    """460 + 540 + 336 = 1 336 h of 1 607 = 83 %, F05 first with 40.4 %. With F09: 1 696 h, 89 too
    many. F01, F05 and F09 make 1 360 h, of which F05 has 39.7 %: nobody has 40 %.
    """
    plan = solve_hiring(SAFETY, Settings())

    (job,) = plan.jobs
    assert job.sites == ("F01", "F05", "F10") and job.pilot == "F05"
    assert job.covered_h == close(1336) and job.load == close(1336 / 1607)
    assert plan.report.proved_optimal
    four = next(refused for refused in plan.refused if len(refused.sites) == 4)
    assert (four.code, four.gap, four.unit) == ("over-legal-hours", close(89), "h")


def test_the_line_operator_has_leave_when_nobody_needs_him():
    """370 + 600 + 330 = 1 300 h of 1 607 = 80.9 %. January and February are empty: 25 days of
    leave, 21 working days in one and 4 in the other.
    """
    (job,) = solve_hiring(LINE, Settings()).jobs

    assert job.load == close(1300 / 1607) and job.pilot == "F06"
    assert sum(job.leave_days[:2]) == 25
    assert job.overflow_h == 0


def test_the_value_of_a_job_is_the_one_worked_by_hand():
    """Two level needs of 60 and 50 h a month, 28 EUR an hour today: 1 320 h, 36 960 EUR. A year
    at 20 EUR costs 32 000, two employers 200, and 10 km there and back on 600 / 7 days at 0.5 EUR
    857.14.
    """
    trade = a_trade([[60] * 12, [50] * 12], at_km=[0, 10])

    groups, report = solve(trade, Settings())

    assert report.objective == close(36_960 - 32_000 - 200 - 600 / 7 * 2 * 10 * 0.5)
    assert groups.pilot.tolist() == [0]


def test_by_capacity_alone_the_trio_of_the_cases_is_loaded_at_908_per_thousand():
    """1 656 h asked, 151.67 a month at most: nine months of 152 lose 0.33 h each, 3 h in all."""
    job = check_job(TRIO, FIVE, CAPACITY_ALONE)

    assert isinstance(job, SharedJob)
    assert job.load == pytest.approx(0.9082, abs=5e-5)
    assert job.overflow_h == pytest.approx(3.0, abs=0.05)
    assert solve_hiring(FIVE, CAPACITY_ALONE).jobs[0].sites == TRIO


def test_with_a_year_of_presence_the_trio_is_refused_by_49_hours():
    """576 + 668 + 412 = 1 656 h, and a year has 1 607."""
    refused = check_job(TRIO, FIVE, Settings())
    plan = solve_hiring(FIVE, Settings())

    assert refused == RefusedJob(sites=TRIO, code="over-legal-hours", gap=close(49), unit="h")
    assert TRIO not in [job.sites for job in plan.jobs]
    assert refused in plan.refused


def test_the_figures_typed_here_are_those_of_the_shared_cases(shared):
    case = json.loads((shared / "cases" / "small_cases.json").read_text(encoding="utf-8"))
    job = case["J1_shared_job_months"]

    assert job["need_h"] == FIVE
    names = sorted(FIVE)
    trade = a_trade([FIVE[name] for name in names])
    terms = replace(trade.terms, year_h=12 * 151.67, month_h=151.67, leave_days=0)
    expected = job["expected"]
    for key, load, overflow in (
        ("best_trio_overflow_le_5h", "load_1fte", "overflow_h"),
        ("best_quad", "load_quad", "overflow_quad_h"),
    ):
        members = sorted(names.index(name) for name in expected[key])
        group = judge(replace(trade, terms=terms), np.array([members + [-1] * (4 - len(members))]))
        assert group.covered_h[0] / (12 * 151.67) == pytest.approx(expected[load], abs=5e-5)
        assert group.overflow_h[0] == pytest.approx(expected[overflow], abs=0.05)


@pytest.mark.parametrize(
    ("change", "code", "gap"),
    [
        ({"hiring_yearly_hours": 1300.0}, "over-legal-hours", 36),
        ({"hiring_monthly_hours": 100.0}, "month-too-full", 113 - 105),
        ({"hiring_daily_hours": 4.0}, "days-too-many", 10 + 12 + 7 - 21),
        ({"hiring_least_pilot": 0.5}, "no-first-employer", 50 - 54_000 / 1336),
        ({"hiring_most_share": 0.4, "hiring_least_pilot": 0.3}, "one-uses-too-much", 0.4192),
        ({"hiring_least_load": 0.9}, "not-enough-hours", 0.9 * 1607 - 1336),
    ],
)
def test_each_rule_refuses_the_safety_officer_by_what_it_lacks(change, code, gap):
    """1 336 h, 113 h a month; F05 has 540 of them; days of at most 4 h: 10, 12 and 7 a month."""
    refused = check_job(("F01", "F05", "F10"), SAFETY, Settings(**change))

    assert (refused.code, refused.gap) == (code, pytest.approx(gap, abs=1e-3))


def test_leave_that_fits_nowhere_is_refused_by_the_days_that_are_left():
    """Twelve months of 130 h leave 159.25 - 130 = 29.25 h, four days of leave: 48 of 50."""
    refused = check_job(
        ("a", "b"),
        {"a": [70] * 12, "b": [60] * 12},
        Settings(hiring_leave_days=50, hiring_yearly_hours=1600),
    )

    assert (refused.code, refused.gap, refused.unit) == ("leave-does-not-fit", 2, "day")


def test_sites_that_are_too_far_apart_share_no_job():
    far = {("F01", "F05"): 10.0, ("F05", "F10"): 12.0, ("F01", "F10"): 26.0}
    hours = {name: SAFETY[name] for name in ("F01", "F05", "F10")}

    plan = solve_hiring(hours, Settings(), distance_km=far)

    assert plan.jobs == ()
    assert "too-far" in {refused.code for refused in plan.refused}


def test_distances_are_read_in_either_order():
    hours = {"a": [60] * 12, "b": [50] * 12}

    one = solve_hiring(hours, Settings(), distance_km={("a", "b"): 5.0})
    other = solve_hiring(hours, Settings(), distance_km={("b", "a"): 5.0})

    assert one.jobs == other.jobs and one.jobs


@pytest.mark.parametrize(
    ("hours", "distance", "today"),
    [
        ({"a": [1] * 13}, None, None),
        ({"a": [1] * 11 + [float("nan")]}, None, None),
        ({"a": [1] * 11 + [-1]}, None, None),
        ({"a": [1] * 12}, {("a", "x"): 3.0}, None),
        ({"a": [1] * 12, "b": [1] * 12}, {("a", "b"): -3.0}, None),
        ({"a": [1] * 12, "b": [1] * 12}, {("a", "b"): 3.0, ("b", "a"): 4.0}, None),
        ({"a": [1] * 12}, None, -5.0),
        ({"a": [1] * 12}, None, {"x": 5.0}),
    ],
)
def test_figures_that_cannot_be_are_refused(hours, distance, today):
    with pytest.raises(ValueError, match=r"hours|distance|today"):
        solve_hiring(hours, Settings(), distance_km=distance, today_eur_per_hour=today)


def test_no_need_is_no_job_and_proved():
    plan = solve_hiring({}, Settings())

    assert plan.jobs == () and plan.report.proved_optimal and plan.report.objective == 0


@given(trades())
def test_nobody_finds_a_better_choice_of_jobs_by_trying_them_all(trade):
    _, report = solve(trade, Settings())

    assert report.objective == close(best_by_trying(trade))
    assert report.proved_optimal


@given(trades())
def test_groups_priced_anew_in_each_round_give_the_same_optimum(trade):
    _, in_hand = solve(trade, Settings())
    _, anew = solve(trade, Settings(), enough=0)

    assert anew.objective == close(in_hand.objective)
    assert anew.proved_optimal


def test_the_drawn_trades_do_have_jobs():
    """Or the laws above would hold of nothing."""
    found = []

    @settings(max_examples=40)
    @given(trades())
    def count(trade):
        found.append(len(every_job(trade)))

    count()
    assert sum(number > 0 for number in found) > 15
    assert sum(number > 2 for number in found) > 5


@pytest.mark.parametrize("solver", Solver)
@pytest.mark.parametrize("year", [(500, 300, 420, 640), (800, 500, 300, 420), (560, 560, 500, 640)])
def test_the_compact_model_is_worth_the_same_with_either_solver(year, solver):
    """Four sites 4 km apart, level, summer, winter and level again."""
    hours = [np.array(shape) * (h / sum(shape)) for h, shape in zip(year, PROFILES, strict=True)]
    trade = a_trade(hours, today=35.0, at_km=[0, 4, 8, 12])

    _, columns = solve(trade, Settings())
    _, board = solve_hiring_reference(trade, Settings(solver=solver))

    assert columns.objective > 1000
    assert board.objective == pytest.approx(columns.objective, rel=1e-4)


@given(trades())
def test_a_job_keeps_the_hours_of_the_year_the_month_and_the_day_and_places_all_leave(trade):
    need = {f"s{at}": row.tolist() for at, row in enumerate(trade.hours)}
    plan = solve_hiring(need, Settings(), today_eur_per_hour=35.0)

    for job in plan.jobs:
        month = np.sum([job.hours[site] for site in job.sites], axis=0)
        days = np.sum([np.ceil(np.divide(need[site], 10) - 1e-6) for site in job.sites], axis=0)
        assert 2 <= len(job.sites) <= 4
        assert sum(sum(need[site]) for site in job.sites) <= 1607 + 1e-6
        assert (month <= 151.67 + 1e-6).all()
        assert sum(job.leave_days) == 25
        assert (days + job.leave_days <= 21).all()
        assert (month + 7 * np.array(job.leave_days) <= 151.67 * 1.05 + 1e-6).all()
        shares = [sum(need[site]) for site in job.sites]
        assert 0.4 * sum(shares) <= max(shares) + 1e-6 and max(shares) <= 0.7 * sum(shares) + 1e-6
        assert job.load >= 0.8 - 1e-9
    served = [site for job in plan.jobs for site in job.sites]
    assert len(served) == len(set(served))
    assert plan.report.objective == close(sum(job.value for job in plan.jobs))


@given(trades())
def test_the_order_and_the_names_of_sites_change_nothing(trade):
    forward = {f"s{at}": row.tolist() for at, row in enumerate(trade.hours)}
    backward = dict(reversed(forward.items()))
    renamed = {f"z{9 - at}": row.tolist() for at, row in enumerate(trade.hours)}

    assert solve_hiring(forward, Settings()).jobs == solve_hiring(backward, Settings()).jobs
    assert solve_hiring(renamed, Settings()).report.objective == close(
        solve_hiring(forward, Settings()).report.objective
    )


@given(trades())
def test_one_more_site_or_a_wider_radius_never_lowers_the_optimum(trade):
    fewer = replace(
        trade,
        hours=trade.hours[:-1],
        worth=trade.worth[:-1],
        near=trade.near[:-1, :-1],
        distance_km=trade.distance_km[:-1, :-1],
    )
    wider = replace(trade, near=~np.eye(len(trade.worth), dtype=bool))

    value = solve(trade, Settings())[1].objective
    assert solve(fewer, Settings())[1].objective <= value + 1e-6
    assert value <= solve(wider, Settings())[1].objective + 1e-6
