"""Small surveys on disk, and what reading them says."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from openpyxl import Workbook

from matcher.catalogue import Catalogue, load_catalogue
from matcher.declarations import Survey
from matcher.errors import CellProblem, Severity, SurveyError
from matcher.reading import read_survey

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
AS_OF = datetime.date(2026, 11, 1)
SITE = {"site_id": "S1", "name": "Scierie", "latitude": "46,9", "longitude": "-1"}
FLOW = {"flow_id": "F1", "site_id": "S1", "direction": "offer", "resource": "sawdust"}


@dataclass(frozen=True)
class Read:
    """What came of reading: a survey or not, and every problem."""

    survey: Survey | None
    problems: tuple[CellProblem, ...]

    @property
    def errors(self) -> list[str]:
        return [p.code for p in self.problems if p.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[str]:
        return [p.code for p in self.problems if p.severity is Severity.WARNING]

    def problem(self, code: str) -> CellProblem:
        (found,) = (p for p in self.problems if p.code == code)
        return found


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def read(catalogue: Catalogue) -> Callable[..., Read]:
    """Read a path; an error is an answer too, and every message of it must be writable."""

    def read_path(path: Path, **options: Any) -> Read:
        options = {"as_of": AS_OF, "catalogue": catalogue} | options
        try:
            survey = read_survey(path, **options)
        except SurveyError as error:
            partial = cast("Survey | None", error.partial)
            warnings = partial.warnings if partial else ()
            found = Read(partial, (*error.problems, *warnings))
        else:
            found = Read(survey, survey.warnings)
        for problem in found.problems:
            assert problem.message("fr") != problem.message("en")
        return found

    return read_path


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write csv files; ``site=None`` leaves out the site that is there otherwise."""

    def write(*, separator: str = ";", encoding: str = "utf-8", **tables: Any) -> Path:
        path = tmp_path / "survey"
        path.mkdir(exist_ok=True)
        for name, rows in ({"sites": [SITE]} | tables).items():
            header = list(dict.fromkeys(column for row in rows for column in row))
            with (path / f"{name}.csv").open("w", encoding=encoding, newline="") as stream:
                writer = csv.DictWriter(stream, header, delimiter=separator)
                writer.writeheader()
                writer.writerows(rows)
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook, a list of rows a sheet; the site is there unless given."""

    def write(**sheets: Sequence[Sequence[Any]]) -> Path:
        book = Workbook()
        book.remove(book.worksheets[0])
        default = {"sites": [list(SITE), ["S1", "Scierie", 46.9, -1]]}
        for name, rows in (default | sheets).items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        path = tmp_path / "survey.xlsx"
        book.save(path)
        return path

    return write


@pytest.fixture
def read_flow(folder: Callable[..., Path], read: Callable[..., Read]) -> Callable[..., Read]:
    """Read a survey of one site and one flow with some cells changed."""

    def read_cells(**cells: Any) -> Read:
        site = cells.pop("site", {})
        return read(folder(sites=[SITE | site], flows=[FLOW | cells]))

    return read_cells
