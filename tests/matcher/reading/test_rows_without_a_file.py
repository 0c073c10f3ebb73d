"""Rows that are no file yet are read as the same rows in a folder of csv files."""

from __future__ import annotations

import csv
import dataclasses
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.errors import SurveyError
from matcher.reading import read_rows, read_survey
from matcher.survey_format import TABLE_BY_NAME

SIGNS = st.text(st.characters(codec="cp1252", exclude_characters="\0\r\n"), max_size=12)
TYPED = st.one_of(
    SIGNS,
    st.sampled_from(
        ["offer", "need", "12", "1 250,5", "-3", "12 tonnes", "t", "MWh", "1-12", "11-2", "sciure",
         "150101", "palettes cassées", "zzz", "oui", "=1+1", "day", "S1", "D1", "31/02/2027", " "]
    ),
)  # fmt: skip
IDS = {"sites": "site_id", "flows": "flow_id", "equipment": "item_id", "jobs": "job_id"}


@st.composite
def rows_of(draw: st.DrawFn, name: str) -> list[dict[str, str]]:
    columns = [column.name for column in TABLE_BY_NAME[name].columns]
    return [
        {column: draw(TYPED) for column in draw(st.sets(st.sampled_from(columns), max_size=8))}
        | {IDS[name]: f"{name[0].upper()}{number}", "site_id": "S1"}
        for number in range(draw(st.integers(1, 3)))
    ]


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[dict[str, str]]]:
    named = draw(st.sets(st.sampled_from(["flows", "equipment", "jobs"]), min_size=1))
    sites = [{"site_id": "S1", "name": "Un"}, *draw(rows_of("sites"))]
    return {"sites": sites, **{name: draw(rows_of(name)) for name in sorted(named)}}


def said(read, where):
    """The survey, its doubts and its mistakes, without the name of the folder."""
    try:
        survey, problems = read(where), ()
    except SurveyError as error:
        survey, problems = error.partial, error.problems
    return survey, list(problems)


@settings(max_examples=20, deadline=None)
@given(tables())
def test_a_row_is_read_the_same_with_and_without_a_file(written):
    """Whatever was typed, right or wrong: survey, warnings and errors, in the same order."""
    with tempfile.TemporaryDirectory() as name:
        for table, rows in written.items():
            columns = [column.name for column in TABLE_BY_NAME[table].columns]
            with (Path(name) / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
                lines = csv.DictWriter(stream, columns, delimiter=";", lineterminator="\n")
                lines.writeheader()
                lines.writerows(rows)
        from_file, problems_of_file = said(read_survey, Path(name))
    from_rows, problems = said(read_rows, written)

    assert dataclasses.asdict(from_rows) == dataclasses.asdict(from_file)
    assert problems == problems_of_file
