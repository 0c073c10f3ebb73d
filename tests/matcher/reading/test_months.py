import pytest

from matcher.reading.months import MonthsError, read_clock, read_month_set, read_shares


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("1-12", set(range(1, 13))),
        ("3-5,9", {3, 4, 5, 9}),
        ("3-5; 9", {3, 4, 5, 9}),
        ("11-2", {11, 12, 1, 2}),
        ("8", {8}),
        ("08", {8}),
        ("juin à octobre", {6, 7, 8, 9, 10}),
        ("juil.-août", {7, 8}),
        ("Décembre", {12}),
        ("May, june", {5, 6}),
        ("3–5", {3, 4, 5}),
    ],
)
def test_reads_months_also_round_the_year_and_in_words(text, months):
    assert read_month_set(text) == months


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13", "month-out-of-range"),
        ("0-3", "month-out-of-range"),
        ("1-2-3", "months-unreadable"),
        ("toujours", "months-unreadable"),
        ("", "months-unreadable"),
        ("3,,5", "months-unreadable"),
    ],
)
def test_says_what_is_wrong_with_months(text, code):
    with pytest.raises(MonthsError) as error:
        read_month_set(text)

    assert error.value.code == code


def test_rounded_shares_are_brought_to_one():
    shares = read_shares("|".join(["0,083"] * 12))

    assert sum(shares) == pytest.approx(1)
    assert shares[0] == pytest.approx(1 / 12)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("|".join(["0,1"] * 13), "shares-not-twelve"),
        ("|".join(["0,05"] * 12), "shares-sum"),
        ("|".join(["10"] * 12), "shares-sum"),
        ("-1|2" + "|0" * 10, "shares-negative"),
        ("beaucoup" + "|0" * 11, "shares-not-numbers"),
    ],
)
def test_says_what_is_wrong_with_shares(text, code):
    with pytest.raises(MonthsError) as error:
        read_shares(text)

    assert error.value.code == code


def test_hours_of_the_day_may_run_over_midnight():
    assert read_clock("20-02") == (20, 2)
    assert read_clock("5h30 - 21h") == (5.5, 21)
    assert read_clock("08:15-17:00") == (8.25, 17)


@pytest.mark.parametrize("text", ["8", "8-8", "8-25", "5-12-17", "matin", "8:75-9"])
def test_refuses_hours_that_no_clock_shows(text):
    with pytest.raises(MonthsError):
        read_clock(text)
