"""From a path to the sheets that hold our tables; says what is missing, foreign or there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from rapidfuzz import process

from matcher.errors import Severity
from matcher.reading.delimited import open_csv
from matcher.reading.problems import Problems, UnreadableError
from matcher.reading.sheets import CellBudget, Sheet
from matcher.reading.workbook import open_workbook
from matcher.survey_format import TABLES, Table, fold

_TABLE_BY_FOLDED_NAME = {name: table for table in TABLES for name in table.names}
# Sheets of the template that hold no answers.
_SILENT_SHEETS = frozenset(
    fold(name) for name in ("Mode d’emploi", "Read me", "Listes", "Lists", "Unités", "Units")
)
MOST_FILES = 1_000


def open_tables(
    path: Path,
    problems: Problems,
    note_unreadable: Callable[[str], None],
    *,
    most_cells: int | None = None,
) -> Iterator[tuple[Table, Sheet]]:
    """The tables of a workbook or of a folder of csv files, one after the other.

    ``note_unreadable`` is told the name of a table whose own file cannot be read.

    Raises
    ------
    UnreadableError
        When nothing can be read at all.
    """
    budget = CellBudget() if most_cells is None else CellBudget(most_cells)
    found: dict[str, str] = {}
    for table, sheet in _candidates(path, problems, budget, found, note_unreadable):
        if table.name in found:
            problems.note(Severity.ERROR, "table-twice", sheet.file, other=found[table.name])
            continue
        found[table.name] = sheet.file
        if sheet.is_hidden:
            problems.note(Severity.WARNING, "sheet-hidden", sheet.file)
        if sheet.merged_count:
            problems.note(
                Severity.WARNING,
                "merged-cells",
                sheet.file,
                first=sheet.first_merged,
                count=sheet.merged_count,
            )
        yield table, sheet
    if not found:
        inside = sorted(p.name for p in path.glob("*.xlsx")) if path.is_dir() else []
        if inside:
            raise UnreadableError("folder-of-workbooks", path.name, workbook=inside[0])
        names = ", ".join(table.name for table in TABLES)
        raise UnreadableError("no-table", path.name, names=names)


def _candidates(
    path: Path,
    problems: Problems,
    budget: CellBudget,
    found: dict[str, str],
    note_unreadable: Callable[[str], None],
) -> Iterator[tuple[Table, Sheet]]:
    if path.is_dir():
        yield from _csv_tables(path, problems, budget, found, note_unreadable)
        return
    if not path.exists():
        raise UnreadableError("file-not-found", path.name)
    if path.suffix.lower() not in (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"):
        code = "csv-alone" if path.suffix.lower() == ".csv" else "file-wrong-kind"
        raise UnreadableError(code, path.name)
    for sheet in open_workbook(path, _is_table, budget):
        table = _TABLE_BY_FOLDED_NAME.get(fold(sheet.name))
        if table is not None:
            yield table, sheet
        elif fold(sheet.name) not in _SILENT_SHEETS:
            _note_unknown(problems, sheet.file, sheet.name)


def _is_table(name: str) -> bool:
    return fold(name) in _TABLE_BY_FOLDED_NAME


def _csv_tables(
    folder: Path,
    problems: Problems,
    budget: CellBudget,
    found: dict[str, str],
    note_unreadable: Callable[[str], None],
) -> Iterator[tuple[Table, Sheet]]:
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".csv" and p.is_file())
    if len(files) > MOST_FILES:
        raise UnreadableError("file-too-many-parts", folder.name, most=MOST_FILES)
    for file in files:
        table = _TABLE_BY_FOLDED_NAME.get(fold(file.stem))
        if table is None:
            _note_unknown(problems, file.name, file.stem)
            continue
        try:
            sheet = open_csv(file, table, budget)
        except UnreadableError as error:
            problems.add(error.problem)
            found[table.name] = file.name
            note_unreadable(table.name)
            continue
        yield table, sheet


def _note_unknown(problems: Problems, file: str, name: str) -> None:
    near = process.extractOne(fold(name), list(_TABLE_BY_FOLDED_NAME))
    assert near is not None
    table = _TABLE_BY_FOLDED_NAME[near[0]]
    nearest = table.both_names
    problems.note(Severity.WARNING, "table-unknown", file, value=name, nearest=nearest)
