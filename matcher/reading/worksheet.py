"""The XML of one sheet, walked as it streams by: no tree is ever built."""

from __future__ import annotations

import datetime
import re
from typing import IO, Any, Protocol
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import DefusedXMLParser
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from matcher.reading.problems import UnreadableError
from matcher.reading.sheets import (
    LONGEST_TEXT,
    Cell,
    CellBudget,
    ErrorCell,
    FormulaCell,
    Row,
    Sheet,
)

_CHUNK_BYTES = 1 << 16
_DEEPEST = 64
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384  # the size of an Excel sheet
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class _Target(Protocol):
    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...


def parse_stream(stream: IO[bytes], target: _Target, file: str) -> None:
    """Feed a part of the archive to a target, in pieces, with document types refused."""
    parser = DefusedXMLParser(target=_Guard(target, file), forbid_dtd=True)
    while chunk := stream.read(_CHUNK_BYTES):
        parser.feed(chunk)
    parser.close()


def count_cells(stream: IO[bytes]) -> int:
    """About how many cells a sheet has: a first look that costs a tenth of reading them.

    It misses what is written in an unusual way; the parser counts again, exactly.
    """
    count = 0
    while chunk := stream.read(_CHUNK_BYTES):
        count += chunk.count(b"<c ") + chunk.count(b"<c>")
    return count


class _Guard:
    """Passes events on without their namespace; stops what is nested beyond reason."""

    def __init__(self, target: _Target, file: str) -> None:
        self._target = target
        self._file = file
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError("file-damaged", self._file)
        self._target.start(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._target.end(tag.rpartition("}")[2])

    def data(self, text: str) -> None:
        self._target.data(text)

    def close(self) -> None:
        """Nothing is left to build."""


class SharedStrings:
    """The texts that cells point to. What is longer than a cell can hold is cut."""

    def __init__(self, budget: CellBudget, file: str) -> None:
        self.texts: list[str] = []
        self._most = budget.most
        self._file = file
        self._length = 0
        self._pieces: list[str] = []
        self._is_text = False
        self._is_phonetic = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        """An element opens."""
        if tag == "si":
            self._pieces, self._length = [], 0
            if len(self.texts) >= self._most:
                raise UnreadableError("table-too-large", self._file, most=self._most)
        elif tag == "rPh":
            self._is_phonetic = True
        elif tag == "t":
            self._is_text = not self._is_phonetic

    def end(self, tag: str) -> None:
        """An element closes."""
        if tag == "si":
            self.texts.append("".join(self._pieces)[:LONGEST_TEXT])
        elif tag == "rPh":
            self._is_phonetic = False
        elif tag == "t":
            self._is_text = False

    def data(self, text: str) -> None:
        """A piece of text inside an element."""
        if self._is_text and self._length < LONGEST_TEXT:
            self._pieces.append(text)
            self._length += len(text)


class StyledNumbers:
    """Tells dates from numbers: a date is a number that wears a date's format."""

    def __init__(self, styles: Element | None, *, from_1904: bool) -> None:
        self._epoch = CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900
        self._is_date: list[bool] = []
        if styles is None:
            return
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        for node in styles.iter():
            if node.tag.rpartition("}")[2] == "numFmt" and node.get("numFmtId", "").isdecimal():
                codes[int(node.get("numFmtId", "0"))] = node.get("formatCode", "")
        for group in styles.iter():
            if group.tag.rpartition("}")[2] == "cellXfs":
                self._is_date = [
                    _is_date(codes.get(_whole(style.get("numFmtId")), "")) for style in group
                ]

    def read(self, text: str, style: str | None) -> Cell:
        """A stored number, as a date when its style says so."""
        try:
            value = float(text)
        except ValueError:
            return text
        index = _whole(style)
        if not (0 <= index < len(self._is_date) and self._is_date[index]):
            return value
        try:
            found = from_excel(value, self._epoch)
        except (ValueError, OverflowError):
            return value
        if isinstance(found, (datetime.datetime, datetime.time)):
            return found
        return value


class SheetParser:
    """Fills a :class:`Sheet` with the cells that are there."""

    def __init__(
        self, sheet: Sheet, strings: SharedStrings, numbers: StyledNumbers, budget: CellBudget
    ) -> None:
        self._sheet = sheet
        self._strings = strings.texts
        self._numbers = numbers
        self._budget = budget
        self._row = Row(0, {})
        self._column = -1
        self._kind = "n"
        self._style: str | None = None
        self._has_formula = False
        self._pieces: list[str] = []
        self._length = 0
        self._listens = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        if tag == "c":
            self._start_cell(attributes)
        elif tag in ("v", "t"):
            self._listens = True
        elif tag == "rPh":
            self._listens = False
        elif tag == "f":
            self._has_formula = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = Row(int(number) if number.isdecimal() else self._row.number + 1, {})
            self._column = -1
        elif tag == "mergeCell":
            self._sheet.merged_count += 1
            if self._sheet.first_merged is None:
                self._sheet.first_merged = attributes.get("ref", "")[:20]

    def end(self, tag: str) -> None:
        """An element closes."""
        if tag == "c":
            self._end_cell()
        elif tag in ("v", "t"):
            self._listens = False
        elif tag == "row" and self._row.cells:
            self._sheet.rows.append(self._row)

    def data(self, text: str) -> None:
        """A piece of text inside an element."""
        if self._listens and self._length < LONGEST_TEXT:
            self._pieces.append(text)
            self._length += len(text)

    def _start_cell(self, attributes: dict[str, Any]) -> None:
        if not self._budget.spend():
            raise UnreadableError("table-too-large", self._sheet.file, most=self._budget.most)
        self._column += 1
        if place := _PLACE.fullmatch(attributes.get("r", "")):
            self._column = _column_number(place[1])
            if not self._row.number:
                self._row.number = int(place[2])
        if self._row.number > _MOST_ROWS or self._column >= _MOST_COLUMNS:
            raise UnreadableError("file-damaged", self._sheet.file)
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s")
        self._has_formula = False
        self._pieces, self._length = [], 0

    def _end_cell(self) -> None:
        text = "".join(self._pieces)[:LONGEST_TEXT]
        value = self._value(text) if text else None
        if isinstance(value, str) and not value.strip():
            value = None
        if self._has_formula and not isinstance(value, ErrorCell):
            assert not isinstance(value, FormulaCell)
            self._row.cells[self._column] = FormulaCell(value)
        elif value is not None:
            self._row.cells[self._column] = value

    def _value(self, text: str) -> Any:
        match self._kind:
            case "s":
                position = _whole(text)
                return self._strings[position] if 0 <= position < len(self._strings) else None
            case "str" | "inlineStr":
                return text
            case "b":
                return text.strip() in ("1", "true")
            case "e":
                return ErrorCell(text)
            case "d":
                try:
                    return datetime.datetime.fromisoformat(text.removesuffix("Z"))
                except ValueError:
                    return text
            case _:
                return self._numbers.read(text, self._style)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else -1


def _is_date(code: str) -> bool:
    return bool(code) and code != "General" and bool(is_date_format(code))
