"""Reads the reference tables, and says everything that is wrong with them at once."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from matcher.catalogue import rows
from matcher.errors import CatalogueError

_YES_NO = {"yes": True, "no": False}


def default_folder() -> Path:
    """Where the reference tables are: inside the installed package, or beside it in a clone.

    Raises
    ------
    CatalogueError
        When neither folder exists.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (
        package / "datasets" / "reference",
        package.parent / "datasets" / "reference",
    ):
        if folder.is_dir():
            return folder
    raise CatalogueError(["datasets/reference: not found."])


class Reader:
    """Reads tables into rows, collecting problems instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[str] = []
        self._row_of: dict[tuple[str, str], int] = {}

    def problem(self, file: str, row: int, column: str, what: str) -> None:
        """Note one problem; rows count as a spreadsheet shows them."""
        self.problems.append(f"{file}, row {row}, column '{column}': {what}")

    def read[R: rows.Sourced](self, file: str, row_class: type[R]) -> list[tuple[int, R]]:
        """All good rows of one table with their row numbers."""
        path = self.folder / file
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                raw = list(csv.DictReader(stream))
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(f"{file}: cannot be read ({error}).")
            return []
        built = []
        columns = columns_of(row_class)
        for number, cells in enumerate(raw, start=2):
            row = self._build(file, number, cells, row_class, columns)
            if row is not None:
                built.append((number, row))
        return built

    def by_key[R: rows.Sourced](self, file: str, row_class: type[R]) -> dict[str, R]:
        """The same as a mapping from key to row; a key that comes twice is a problem."""
        mapping: dict[str, R] = {}
        for number, row in self.read(file, row_class):
            key = getattr(row, "key")  # noqa: B009 - every keyed row class has it
            if key in mapping:
                self.problem(file, number, "key", f"'{key}' comes twice.")
            mapping[key] = row
            self._row_of[file, key] = number
        return mapping

    def row_of(self, file: str, key: str) -> int:
        """The row of a key, as a spreadsheet shows it."""
        return self._row_of[file, key]

    def _build[R: rows.Sourced](
        self,
        file: str,
        number: int,
        cells: Mapping[str, str | None],
        row_class: type[R],
        columns: tuple[_Column, ...],
    ) -> R | None:
        values: dict[str, Any] = {}
        found = len(self.problems)
        for name, column, convert, has_default in columns:
            if column not in cells:
                if not has_default:
                    self.problem(file, number, column, "the column is missing.")
                continue
            text = (cells[column] or "").strip()
            try:
                values[name] = convert(text)
            except ValueError as error:
                self.problem(file, number, column, f"'{text}' {error}")
        if len(self.problems) > found:
            return None
        try:
            return row_class(**values)
        except ValueError as error:
            self.problem(file, number, columns[0][1], str(error))
            return None

    def refuse_unknown(
        self,
        file: str,
        entries: Mapping[str, rows.Sourced],
        column: str,
        known: Mapping[str, object],
    ) -> None:
        """Check that every key named in one column exists in another table."""
        for key, row in entries.items():
            value = getattr(row, column)
            for named in value if isinstance(value, tuple) else (value,):
                if named and named not in known:
                    number = self._row_of[file, key]
                    self.problem(file, number, column, f"'{named}' is in no table.")

    def finish(self) -> None:
        """Raise everything that was found.

        Raises
        ------
        CatalogueError
            When there is anything.
        """
        if self.problems:
            raise CatalogueError(self.problems)


type _Column = tuple[str, str, Callable[[str], Any], bool]


def columns_of(row_class: type[rows.Sourced]) -> tuple[_Column, ...]:
    """Field, column, reading and whether it may be left out, of each column; the key first."""
    hints = get_type_hints(row_class)
    columns = [
        (
            item.name,
            item.metadata.get("column", item.name),
            _converter(hints[item.name]),
            item.default is not MISSING,
        )
        for item in fields(row_class)
    ]
    return tuple(sorted(columns, key=lambda column: column[0] != "key"))


def _converter(hint: Any) -> Callable[[str], Any]:
    if get_origin(hint) is tuple:
        return lambda text: tuple(part.strip() for part in text.split("|") if part.strip())
    options = get_args(hint)
    if NoneType in options:
        inner = _converter(next(option for option in options if option is not NoneType))
        return lambda text: inner(text) if text else None
    if hint is str:
        return str
    if hint is bool:
        return _yes_or_no
    if hint is float:
        return _number
    if hint is int:
        return _whole_number
    if hint is datetime.date:
        return datetime.date.fromisoformat
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return lambda text: _member(hint, text)
    raise TypeError(f"no reading is defined for {hint}")


def _yes_or_no(text: str) -> bool:
    if text not in _YES_NO:
        raise ValueError("is neither yes nor no.")
    return _YES_NO[text]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("is not a number.") from None


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("is not a whole number.") from None


def _member(enum: type[StrEnum], text: str) -> StrEnum:
    try:
        return enum(text)
    except ValueError:
        raise ValueError(f"is not one of {', '.join(enum)}.") from None
