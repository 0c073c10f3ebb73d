"""What cannot be, or is doubtful, in a post."""

import pytest

from tests.matcher.reading.conftest import SITE

JOB = {"job_id": "J1", "site_id": "S1", "title": "Cariste", "hours_per_month": "40"}


@pytest.mark.parametrize(
    ("said", "code", "column"),
    [
        ({"months": "1-13"}, "month-out-of-range", "months"),
        ({"months": "|".join(["1"] * 13)}, "shares-not-twelve", "months"),
        ({"today_eur_per_hour": "-28"}, "number-negative", "today_eur_per_hour"),
        ({"hours_per_month": "-40"}, "number-negative", "hours_per_month"),
        ({"h01": "10"}, "hours-twice", "hours_per_month"),
        ({"days_per_week": "9"}, "number-out-of-range", "days_per_week"),
        (
            {"gross_eur_per_hour_low": "15", "gross_eur_per_hour_high": "12"},
            "wages-reversed",
            "gross_eur_per_hour_low",
        ),
        ({"direction": "vend"}, "not-listed", "direction"),
        ({"title": ""}, "cell-required", "title"),
    ],
)
def test_a_job_that_cannot_be_is_an_error_in_its_cell(folder, read, said, code, column):
    found = read(folder(sites=[SITE], jobs=[JOB | said]))

    assert found.errors == [code]
    problem = found.problem(code)
    assert (problem.file, problem.row, problem.column) == ("jobs.csv", 2, column)


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        ({"hours_per_month": ""}, ["job-without-hours"]),
        ({"hours_per_month": "1600"}, ["hours-above-month"]),
        ({"occupation": "Z9999"}, ["occupation-not-listed"]),
        ({"title": "Homme-orchestre"}, ["occupation-not-listed"]),
        ({"title": "Homme-orchestre", "occupation": "n1101"}, []),
    ],
)
def test_a_job_of_which_too_little_is_known_is_kept_with_a_doubt(folder, read, said, warned):
    found = read(folder(sites=[SITE], jobs=[JOB | said]))

    assert found.warnings == warned
    assert found.survey.jobs["J1"].title == (JOB | said)["title"]


def test_the_same_job_written_twice_is_a_doubt(folder, read):
    found = read(folder(sites=[SITE], jobs=[JOB, JOB | {"job_id": "J2"}]))

    assert found.warnings == ["job-twice"]
