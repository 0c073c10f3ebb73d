"""Public files as they are found: any of three encodings, any of three separators, any case.

What is read is text; :class:`SourceRow` turns cells into numbers and codes and, where it cannot,
says so as a :class:`~matcher.errors.CellProblem` and goes on: all problems come at once.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import CellProblem, Severity, SurveyError

MOST_BYTES = 256 * 2**20
"""Public registers are tens of megabytes; what is larger is not one of them."""

_SEPARATORS = ";,\t"
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """One file: its name, its header as written, its columns in lower case, its rows."""

    file: str
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[SourceRow]:
        """Rows that hold something, numbered as the spreadsheet shows them: the header is row 1."""
        place = {column: index for index, column in enumerate(self.columns)}
        for number, cells in enumerate(self.rows, start=2):
            if any(cells):
                yield SourceRow(file=self.file, number=number, place=place, cells=cells)

    def require(self, columns: Sequence[str], what: str) -> None:
        """Refuse the file when a column is missing.

        Raises
        ------
        SurveyError
            With one problem that names every missing column.
        """
        missing = [column for column in columns if column not in self.columns]
        if missing:
            problem = CellProblem(
                code="import-columns-missing",
                file=self.file,
                row=1,
                details={"columns": ", ".join(missing), "what": what},
            )
            raise SurveyError([problem])


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row of a source; empty cells are ``None``, never zero."""

    file: str
    number: int
    place: Mapping[str, int]
    cells: tuple[str, ...]

    def text(self, column: str) -> str | None:
        """The words of a cell, without outer or doubled spaces."""
        index = self.place.get(column)
        if index is None or index >= len(self.cells):
            return None
        return _SPACES.sub(" ", self.cells[index]).strip() or None

    def amount(self, column: str, problems: list[CellProblem]) -> float | None:
        """A number that is not negative; otherwise ``None`` and a problem."""
        value = self.number_in(column, problems)
        if value is not None and value < 0:
            problems.append(self.problem("import-negative", column))
            return None
        return value

    def number_in(self, column: str, problems: list[CellProblem]) -> float | None:
        """A number, with a decimal comma or point; otherwise ``None`` and a problem."""
        written = self.text(column)
        if written is None:
            return None
        try:
            value = float(_SPACES.sub("", written).replace(",", "."))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            problems.append(self.problem("import-number", column))
            return None
        return value

    def problem(self, code: str, column: str, **details: object) -> CellProblem:
        """A problem of this row, with the cell as it is written. It does not stop the import."""
        return CellProblem(
            code=code,
            file=self.file,
            row=self.number,
            column=column,
            value=self.text(column),
            severity=Severity.WARNING,
            details=details,
        )


def read_source(path: Path) -> SourceTable:
    """Read a delimited text file whatever its encoding and separator.

    UTF-8 (with or without mark), UTF-16 with its mark, or else Windows-1252; ``;``, ``,`` or tab,
    whichever is most frequent in the first line.

    Raises
    ------
    SurveyError
        When the file cannot be opened, is empty, too large, or is not delimited text.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SurveyError(
                [CellProblem(code="import-too-large", file=path.name, details={"most": 256})]
            )
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = CellProblem(code="import-unreadable", file=path.name, details={"why": reason})
        raise SurveyError([problem]) from error
    text = _decode(content)
    if text is None or not text.strip():
        raise SurveyError([CellProblem(code="import-not-text", file=path.name)])
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise SurveyError([CellProblem(code="import-not-text", file=path.name)]) from error
    columns = tuple(_SPACES.sub("_", name.strip().lower()) for name in rows[0])
    return SourceTable(
        file=path.name,
        header=tuple(name.strip() for name in rows[0]),
        columns=columns,
        rows=tuple(tuple(cell.strip() for cell in row) for row in rows[1:]),
    )


def _decode(content: bytes) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        return None
    else:
        encodings = ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding).removeprefix(_BOM)
        except UnicodeDecodeError:
            continue
    return None
