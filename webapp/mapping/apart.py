"""A workbook that somebody sent, read in a process of its own that may neither grow nor last.

The reader is careful by itself; this is for the day on which it is not careful enough. The child
gets no secret: an empty environment, a folder of its own, and limits that it sets before it looks
at the file.
"""

from __future__ import annotations

import csv
import datetime
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.wording import Language

MOST_MEMORY_BYTES = 1_000_000_000
"""Address space: numpy and scipy map some 500 MB before anything is read."""
MOST_CPU_S = 20
MOST_WRITTEN_BYTES = 20_000_000
PATIENCE_S = 30
MOST_CELLS = 300_000
"""5 000 rows of 60 columns (contract 3.2, an upload)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that cannot be read, in the reader's words."""

    where: str
    value: str
    rule: str
    remedy: str
    is_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Rows by table, as texts; and what was wrong. No row at all: it is not our workbook."""

    tables: dict[str, list[dict[str, str]]]
    problems: tuple[Problem, ...]


class HostileError(Exception):
    """The file could not be read within the limits."""


def read_apart(content: bytes, language: Language, as_of: datetime.date) -> Reading:
    """Read a workbook of ours, by the rules of a day; all that is wrong or doubtful at once.

    Raises
    ------
    HostileError
        When the child was stopped, or died.
    """
    with tempfile.TemporaryDirectory(prefix="maillage-") as name:
        folder = Path(name)
        said = _child(content, folder, language, as_of.isoformat())
        problems = tuple(Problem(**item) for item in json.loads(said))
        return Reading(tables=_tables(folder / "tables"), problems=problems)


def cells_apart(content: bytes) -> list[list[str]]:
    """Read somebody's workbook as cells: the first sheet that holds any, row by row, as texts.

    Raises
    ------
    HostileError
        When the child was stopped, or died.
    """
    with tempfile.TemporaryDirectory(prefix="maillage-") as name:
        rows: list[list[str]] = json.loads(_child(content, Path(name), CELLS))
        return rows


CELLS = "cells"
"""What the child is asked for instead of a language."""

ON_FILE = "position-missing"
"""A doubt about the firm's site, which we know better than its workbook does."""


def _child(content: bytes, folder: Path, *wanted: str) -> bytes:
    (folder / "classeur.xlsx").write_bytes(content)
    try:
        done = subprocess.run(  # noqa: S603 - our own module, on a folder that we made
            [sys.executable, "-I", "-m", "webapp.mapping.apart", str(folder), *wanted],
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            cwd=folder,
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise HostileError from None
    if done.returncode != 0:
        raise HostileError
    return done.stdout


def _tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, delimiter=";")
            found[path.stem] = [{k: v for k, v in row.items() if v} for row in rows]
    return found


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(arguments: Sequence[str]) -> None:
    """The child's part: limits first, then the file."""
    _limit()
    from matcher.catalogue import load_catalogue
    from matcher.declarations import Survey
    from matcher.errors import CellProblem, Severity, SurveyError
    from matcher.reading import read_survey
    from matcher.survey_format.writing import write_survey
    from webapp.mapping.cards import spoken_rule

    folder = Path(arguments[0])
    if arguments[1] == CELLS:
        sys.stdout.write(json.dumps(_cells(folder / "classeur.xlsx")))
        return
    language: Language = "en" if arguments[1] == "en" else "fr"
    as_of = datetime.date.fromisoformat(arguments[2])
    survey: Survey | None = None
    problems: tuple[CellProblem, ...] = ()
    try:
        survey = read_survey(folder / "classeur.xlsx", as_of=as_of, most_cells=MOST_CELLS)
    except SurveyError as error:
        problems = tuple(error.problems)
        survey = error.partial if isinstance(error.partial, Survey) else None
    if survey is not None:
        problems += tuple(item for item in survey.warnings if item.code != ON_FILE)
        write_survey(survey, folder / "tables", load_catalogue())
    told = [
        Problem(
            where=" ".join(
                part
                for part in (item.file, f"l. {item.row}" if item.row else "", item.column or "")
                if part
            ),
            value=item.value or "",
            rule=spoken_rule(item, language),
            remedy=item.remedy_in(language),
            is_error=item.severity is Severity.ERROR,
        )
        for item in problems
    ]
    sys.stdout.write(json.dumps([asdict(item) for item in told]))


def _cells(path: Path) -> list[list[str]]:
    """A whole number without its ".0"; what a formula showed; nothing for a mistake."""
    from matcher.reading.sheets import CellBudget, ErrorCell, FormulaCell
    from matcher.reading.workbook import open_workbook

    def text(cell: object) -> str:
        if isinstance(cell, FormulaCell):
            cell = cell.stored
        if cell is None or isinstance(cell, ErrorCell):
            return ""
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return str(cell)

    for sheet in open_workbook(path, lambda _name: True, CellBudget(MOST_CELLS)):
        if sheet.rows:
            return [
                [text(row.cells.get(at)) for at in range(max(row.cells, default=-1) + 1)]
                for row in sheet.rows
            ]
    return []


if __name__ == "__main__":
    main(sys.argv[1:])
