import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.reading.numbers import (
    AmbiguousNumberError,
    NotANumberError,
    decimal_signs,
    read_number,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1 250", 1250),
        ("1\u202f250,5", 1250.5),
        ("1\u00a0250\u00a0000", 1_250_000),
        ("1.250,5", 1250.5),
        ("1,250.5", 1250.5),
        ("1.250.000", 1_250_000),
        ("0,125", 0.125),
        ("0.125", 0.125),
        ("1250.125", 1250.125),
        ("\u22128", -8),
        ("-0,99342", -0.99342),
        ("1e-05", 1e-5),
        (",5", 0.5),
        ("12,", 12),
    ],
)
def test_reads_the_number_that_a_person_meant(text, value):
    assert read_number(text).value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["env. 12t", "12 t", "12 5", "1.25.3", "1,2,3", "", "nan", "inf", "1e999", "--3", "=1+1"],
)
def test_refuses_what_is_no_number(text):
    with pytest.raises(NotANumberError):
        read_number(text)


@pytest.mark.parametrize("text", ["1.250", "1,250", "-12.000", "999,999"])
def test_never_guesses_between_a_decimal_and_a_thousands_sign(text):
    with pytest.raises(AmbiguousNumberError) as two:
        read_number(text)

    assert two.value.thousands == pytest.approx(1000 * two.value.decimal)


def test_the_bounds_of_the_column_decide_between_two_readings():
    assert read_number("46.905", low=-90, high=90).value == pytest.approx(46.905)


def test_the_rest_of_the_table_decides_between_two_readings_and_the_other_one_is_said():
    french = decimal_signs(["12,5", "1.250", "7"])

    assert french == {","}
    assert read_number("1,250", french).value == pytest.approx(1.25)
    reading = read_number("1.250", french)
    assert (reading.value, reading.other) == (1250, pytest.approx(1.25))


def test_a_table_that_writes_both_ways_decides_nothing():
    mixed = decimal_signs(["12,5", "12.5"])

    with pytest.raises(AmbiguousNumberError):
        read_number("1.250", mixed)


@given(st.floats(min_value=-1e11, max_value=1e11, allow_nan=False))
def test_reads_back_what_python_writes(value):
    text = repr(value)
    if len(text.partition(".")[2]) == 3:
        text += "0"

    assert read_number(text).value == value
