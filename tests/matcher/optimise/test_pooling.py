"""Buying together: known optima, every subset tried, laws, the board's golden file."""

import os
from itertools import combinations
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.optimise import solve_pooling
from matcher.optimise.pooling import build_pooling_model
from matcher.settings import Settings, Solver

WAYS = [Settings(), Settings(solver=Solver.CBC)]
GOLDEN = Path(__file__).parent / "golden" / "pooling.lp"


@pytest.mark.parametrize("settings", WAYS)
def test_twenty_three_seats_fill_three_sessions(settings):
    """23 x 620 = 14 260 EUR today, 3 x 2 900 = 8 700 together: 5 560 EUR."""
    seats = {"a": 5, "b": 8, "c": 4, "d": 6}

    plan = solve_pooling(seats, {k: 620 * n for k, n in seats.items()}, settings, lot=(8, 2_900))

    assert plan.report.objective == pytest.approx(5_560)
    assert plan.report.proved_optimal
    assert plan.lots == 3
    assert sum(plan.amounts.values()) == pytest.approx(23)


def test_a_session_too_many_is_left_and_its_seats_stay_as_today():
    """9 seats at 620: one session of 8 saves 4 960 - 2 900 = 2 060; a second would lose 2 280."""
    plan = solve_pooling({"a": 5, "b": 4}, {"a": 3_100, "b": 2_480}, Settings(), lot=(8, 2_900))

    assert (plan.lots, sum(plan.amounts.values())) == (1, pytest.approx(8))
    assert plan.report.objective == pytest.approx(2_060)


@pytest.mark.parametrize("settings", WAYS)
def test_a_third_member_reaches_the_better_discount(settings):
    """6 % on 200 is 12; 9 % on 300 is 27, less 3 x 2 for the follow-up: 21."""
    plan = solve_pooling(
        dict.fromkeys("abc", 1.0),
        dict.fromkeys("abc", 100.0),
        settings,
        steps=[(2, 0.06), (3, 0.09)],
        member_cost=2,
    )

    assert plan.report.objective == pytest.approx(21)
    assert (len(plan.amounts), plan.discount) == (3, 0.09)


def test_nobody_pools_alone_or_at_a_loss():
    """10 % of 100 for each, and 11 to take part."""
    plan = solve_pooling(
        {"a": 1, "b": 1}, {"a": 100, "b": 100}, Settings(), steps=[(1, 0.1)], member_cost=11
    )

    assert plan.amounts == {}
    assert plan.report.objective == 0


def test_those_who_are_apart_are_not_in_one_group():
    plan = solve_pooling(
        dict.fromkeys("abc", 1.0),
        {"a": 300, "b": 200, "c": 100},
        Settings(),
        steps=[(2, 0.1)],
        apart=[("a", "b")],
    )

    assert set(plan.amounts) == {"a", "c"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({}, "give a lot, or steps"),
        ({"lot": (0, 100)}, "lot must hold something"),
        ({"steps": [(1, 1.5)]}, "a discount is a share"),
        ({"steps": [(1, 0.1)], "counts": {"z": 1}}, "must have the same ids"),
    ],
)
def test_terms_that_cannot_be_are_refused(more, message):
    with pytest.raises(ValueError, match=message):
        solve_pooling({"a": 1}, {"a": 10}, Settings(), **more)


def best_by_hand(amount, today, lot, steps, member_cost, apart):
    """Every subset; for a lot, every number of lots, the dearest units first."""
    best = 0.0
    for size in range(2, len(amount) + 1):
        for group in combinations(amount, size):
            if any(pair in apart for pair in combinations(group, 2)):
                continue
            spent = sum(today[name] for name in group)
            if lot is None:
                saved = max((share for start, share in steps if size >= start), default=0.0) * spent
            else:
                units = sorted(
                    (today[name] / amount[name] for name in group for _ in range(amount[name])),
                    reverse=True,
                )
                saved = max(
                    sum(units[: n * lot[0]]) - n * lot[1]
                    for n in range(ceil(len(units) / lot[0]) + 1)
                )
            best = max(best, saved - member_cost * size)
    return best


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 60)), min_size=1, max_size=5),
    st.one_of(st.none(), st.tuples(st.integers(2, 8), st.integers(0, 200))),
    st.integers(0, 9),
    st.sets(st.sampled_from(["ab", "ac", "bd", "ce"])),
)
def test_no_group_gains_more(members, lot, member_cost, apart):
    amount = {name: units for name, (units, _) in zip("abcde", members, strict=False)}
    today = {name: units * price for name, (units, price) in zip("abcde", members, strict=False)}
    pairs = {(pair[0], pair[1]) for pair in apart if set(pair) <= set(amount)}
    steps = [] if lot else [(2, 0.05), (4, 0.12)]

    plan = solve_pooling(
        amount, today, Settings(), lot=lot, steps=steps, member_cost=member_cost, apart=pairs
    )

    by_hand = best_by_hand(amount, today, lot, steps, member_cost, pairs)
    assert plan.report.objective == pytest.approx(by_hand, abs=1e-6)
    assert plan.report.proved_optimal


@given(st.lists(st.integers(1, 500), min_size=2, max_size=6), st.integers(1, 300))
def test_one_more_buyer_never_lowers_the_gain(spent, newcomer):
    names = "abcdefg"[: len(spent)]
    today = dict(zip(names, spent, strict=True))
    steps = [(2, 0.05), (3, 0.08)]

    def gain(table):
        return solve_pooling(
            dict.fromkeys(table, 1.0), table, Settings(), steps=steps, member_cost=3
        ).report.objective

    assert gain({**today, "z": newcomer}) >= gain(today) - 1e-6


def test_pooling_on_the_board_is_the_model_that_was_agreed(tmp_path):
    """Rows (50) to (55); ``GOLDEN=write pytest`` renews the file after a change that was meant."""
    written = tmp_path / "pooling.lp"
    by_lot = build_pooling_model(
        {"a": 5, "b": 8}, {"a": 3_100, "b": 4_960}, lot=(8, 2_900), member_cost=120
    )
    by_steps = build_pooling_model(
        {"a": 1, "b": 1, "c": 1},
        {"a": 100, "b": 200, "c": 300},
        steps=[(2, 0.05), (3, 0.08)],
        apart=[("a", "c")],
        most_members=2,
        with_member="b",
    )
    text = ""
    for model in (by_lot, by_steps):
        model.problem.writeLP(str(written))
        text += written.read_text(encoding="utf-8")
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(text, encoding="utf-8")

    assert text == GOLDEN.read_text(encoding="utf-8")
    for row in (
        "gain_50", "member_51_0", "lots_51", "step_52_0", "paid_52", "step_53_1", "one_step_53",
        "apart_54_0_2", "two_at_least_55", "members_55", "exists_55_0", "with_55",
    ):  # fmt: skip
        assert f"{row}:" in text
