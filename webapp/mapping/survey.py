"""A round's answers as a survey (contract 3.1): the same file that the agent can download."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matcher.declarations import Survey
from matcher.errors import CellProblem, SurveyError
from matcher.reading import read_rows
from matcher.survey_format import TABLE_BY_NAME

Row = Mapping[str, Any]
OWN_ID = {"flows": "flow_id", "equipment": "item_id", "jobs": "job_id", "pools": "pool_id"}
"""The tables whose rows have a name of their own: it is the declaration's public id."""


def write_folder(tables: Mapping[str, Iterable[Row]], folder: Path) -> None:
    """One csv file a table, in the columns of contract 3.1; a table without rows is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = [column.name for column in TABLE_BY_NAME[name].columns]
        lines = [[_text(row.get(column)) for column in columns] for row in rows]
        if lines:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, delimiter=";", lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(lines)


def read_tables(
    tables: Mapping[str, Iterable[Row]], as_of: datetime.date | None
) -> tuple[Survey, Sequence[CellProblem]]:
    """The survey, and what is wrong in it: a bad row is left out and told, never the whole."""
    columns = {name: TABLE_BY_NAME[name].by_name for name in tables}
    texts = {
        name: [
            {column: _text(value) for column, value in row.items() if column in columns[name]}
            for row in rows
        ]
        for name, rows in tables.items()
    }
    try:
        return read_rows(texts, as_of=as_of), ()
    except SurveyError as error:
        if not isinstance(error.partial, Survey):
            raise
        return error.partial, error.problems


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(map(str, value))
    return str(value)
