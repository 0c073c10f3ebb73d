"""From a sheet to typed rows: headers are recognised, cells read, every problem noted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process

from matcher.errors import Severity
from matcher.reading.cells import CellReader, Fault, Raw, Value, as_text
from matcher.reading.numbers import decimal_signs
from matcher.reading.problems import Problems
from matcher.reading.sheets import LONGEST_TEXT, Cell, ErrorCell, FormulaCell, Row, Sheet
from matcher.survey_format import EXAMPLE_PREFIXES, NOTE_MARK, Column, Kind, Table, fold
from matcher.wording import LANGUAGES

# A title or a date above the header is common; further down it is no header any more.
_HEADER_WITHIN_ROWS = 10
# A thirteenth month of hours: h00, h13 and on.
_MONTH_BEYOND = re.compile(r"h\s?(00|1[3-9]|[2-9]\d)")
_NUMBERS = (Kind.NUMBER, Kind.WHOLE_NUMBER)
# What a spreadsheet leaves in a csv file for a formula that failed, in both languages.
_ERROR_TEXTS = frozenset(
    "#REF! #N/A #VALUE! #DIV/0! #NAME? #NULL! #NUM! #VALEUR! #NOM? #NUL! #NOMBRE!".split()
)


@dataclass(slots=True)
class TypedRow:
    """One row whose cells are read. ``has_error`` grows true when any cell or check fails."""

    file: str
    number: int
    headers: Mapping[str, str]
    problems: Problems
    values: dict[str, Value] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    has_error: bool = False
    unread: set[str] = field(default_factory=set)

    def get(self, name: str) -> Any:
        """The value of a column, None when empty, absent or unreadable."""
        return self.values.get(name)

    def error(self, code: str, column: str | None = None, **details: Any) -> None:
        """Note that the row cannot be kept."""
        self.has_error = True
        self._note(Severity.ERROR, code, column, details)

    def warn(self, code: str, column: str | None = None, **details: Any) -> None:
        """Note that something is doubtful."""
        self._note(Severity.WARNING, code, column, details)

    def _note(
        self, severity: Severity, code: str, column: str | None, details: Mapping[str, Any]
    ) -> None:
        self.problems.note(
            severity,
            code,
            self.file,
            self.number,
            None if column is None else self.headers.get(column, column),
            None if column is None else self.written.get(column),
            **details,
        )


def read_table(table: Table, sheet: Sheet, problems: Problems) -> list[TypedRow] | None:
    """The rows of one table, without examples, notes and blank rows; None without its header."""
    rows = [row for row in sheet.rows if not _is_note(row)]
    if not rows:
        problems.note(Severity.WARNING, "table-empty", sheet.file)
        return []
    header_at = _header_position(table, rows)
    if header_at is None:
        wanted = ", ".join(c.both_names for c in table.columns if c.is_required)
        problems.note(Severity.ERROR, "header-missing", sheet.file, rows[0].number, required=wanted)
        return None
    header, body = rows[header_at], rows[header_at + 1 :]
    columns = _read_header(table, sheet, header, problems)
    headers = {column.name: as_text(_plain(header.cells[at])) for at, column in columns.items()}
    if not all(column.name in headers for column in table.columns if column.is_required):
        return None
    texts = (
        cell
        for row in body
        for at, column in columns.items()
        if column.kind in _NUMBERS and isinstance(cell := row.cells.get(at), str)
    )
    reader = _TableReader(
        table, sheet, columns, headers, frozenset(header.cells), problems, decimal_signs(texts)
    )
    typed = [
        found
        for row in body
        if not _is_header_again(table, row, columns) and (found := reader.read(row)) is not None
    ]
    reader.note_formulas()
    return typed


def _is_note(row: Row) -> bool:
    first = row.cells[min(row.cells)]
    return isinstance(first, str) and first.lstrip().startswith(NOTE_MARK)


def _header_position(table: Table, rows: list[Row]) -> int | None:
    for position, row in enumerate(rows[:_HEADER_WITHIN_ROWS]):
        known = sum(fold(as_text(_plain(c))) in table.by_header for c in row.cells.values())
        if known >= min(2, len(row.cells)) and known:
            return position
    return None


def _is_header_again(table: Table, row: Row, columns: Mapping[int, Column]) -> bool:
    """A header under the header (the other language's, or a file's glued under another)."""
    known = [at for at in row.cells if at in columns]
    return len(known) > 1 and all(
        table.by_header.get(fold(as_text(_plain(row.cells[at])))) is columns[at] for at in known
    )


def _read_header(table: Table, sheet: Sheet, header: Row, problems: Problems) -> dict[int, Column]:
    columns: dict[int, Column] = {}
    present: set[str] = set()
    for at, cell in sorted(header.cells.items()):
        text = as_text(_plain(cell))
        column = table.by_header.get(fold(text))
        if column is None and _MONTH_BEYOND.fullmatch(fold(text)):
            problems.note(
                Severity.ERROR, "column-month-beyond", sheet.file, header.number, text, said=text
            )
        elif column is None:
            near = process.extractOne(fold(text), list(table.by_header))
            assert near is not None
            problems.note(
                Severity.WARNING,
                "column-unknown",
                sheet.file,
                header.number,
                text,
                nearest=table.by_header[near[0]].both_names,
            )
        elif column.name in present:
            problems.note(Severity.ERROR, "column-twice", sheet.file, header.number, text)
        else:
            columns[at] = column
            present.add(column.name)
    for column in table.columns:
        if column.is_required and column.name not in present:
            problems.note(
                Severity.ERROR,
                "column-missing",
                sheet.file,
                header.number,
                wanted=column.both_names,
            )
    return columns


class _TableReader:
    """Reads the rows under one header."""

    def __init__(
        self,
        table: Table,
        sheet: Sheet,
        columns: Mapping[int, Column],
        headers: Mapping[str, str],
        header_places: frozenset[int],
        problems: Problems,
        signs: frozenset[str],
    ) -> None:
        self._header_places = header_places
        self._table = table
        self._sheet = sheet
        self._columns = columns
        self._headers = headers
        self._problems = problems
        self._cells = CellReader(signs=signs, doubt=self._doubt)
        self._place: tuple[TypedRow, Column] | None = None
        self._formulas: dict[str, tuple[TypedRow, int]] = {}
        self._said_outside = False

    def read(self, row: Row) -> TypedRow | None:
        """One row, None when it holds nothing for us."""
        typed = TypedRow(self._sheet.file, row.number, self._headers, self._problems)
        if any(at not in self._header_places for at in row.cells):
            self._note_outside(row, typed)
        if not any(at in self._columns for at in row.cells) or self._is_example(row, typed):
            return None
        for at, column in self._columns.items():
            cell = row.cells.get(at)
            if cell is not None:
                self._read_cell(typed, column, cell)
        for column in self._table.columns:
            if (
                column.is_required
                and column.name not in typed.values
                and column.name not in typed.unread
            ):
                typed.error("cell-required", column.name)
        return typed

    def note_formulas(self) -> None:
        """One warning a column, however many formulas it holds."""
        for name, (row, count) in self._formulas.items():
            row.warn("formula-stored-value", name, count=count)

    def _read_cell(self, row: TypedRow, column: Column, cell: Cell) -> None:
        if isinstance(cell, FormulaCell):
            if cell.stored is None:
                row.unread.add(column.name)
                row.error("formula-without-value", column.name)
                return
            first, count = self._formulas.get(column.name, (row, 0))
            self._formulas[column.name] = (first, count + 1)
        raw = _plain(cell)
        row.written[column.name] = as_text(raw)
        self._place = (row, column)
        try:
            if isinstance(cell, ErrorCell) or raw in _ERROR_TEXTS:
                raise Fault("error-cell")
            if isinstance(raw, str) and len(raw) >= LONGEST_TEXT:
                raise Fault("text-too-long", most=LONGEST_TEXT)
            value = self._cells.read(column, raw)
        except Fault as fault:
            row.unread.add(column.name)
            row.error(fault.code, column.name, **fault.details)
            return
        if value is not None:
            row.values[column.name] = value

    def _doubt(self, code: str, **details: Any) -> None:
        assert self._place is not None
        row, column = self._place
        row.warn(code, column.name, **details)

    def _note_outside(self, row: Row, typed: TypedRow) -> None:
        """In a csv file, more fields than headers means that all of them may have moved."""
        if self._sheet.is_csv:
            typed.error(
                "row-too-long", fields=max(row.cells) + 1, headers=max(self._header_places) + 1
            )
        elif not self._said_outside:
            self._said_outside = True
            typed.warn("cells-outside")

    def _is_example(self, row: Row, typed: TypedRow) -> bool:
        first_at = min(self._columns)
        first = row.cells.get(first_at)
        if not isinstance(first, str) or not fold(first).startswith(EXAMPLE_PREFIXES):
            return False
        for at, column in self._columns.items():
            cell = row.cells.get(at)
            if cell is not None and not _is_example_of(column, cell):
                typed.written[self._columns[first_at].name] = first.strip()
                typed.warn("example-row-ignored", self._columns[first_at].name)
                break
        return True


def _is_example_of(column: Column, cell: Cell) -> bool:
    raw = _plain(cell)
    for language in LANGUAGES:
        example = column.example_in(language)
        if example is not None and (raw == example or fold(as_text(raw)) == fold(str(example))):
            return True
    return (
        column.kind in (*_NUMBERS, Kind.DATE)
        and isinstance(raw, str) is False
        and (as_text(raw)[:10] == str(column.example)[:10])
    )


def _plain(cell: Cell) -> Raw:
    if isinstance(cell, FormulaCell):
        return "" if cell.stored is None else cell.stored
    return cell.text if isinstance(cell, ErrorCell) else cell
