"""Opens one csv file that may be hostile or careless: encoding, separator, quotes, size."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from matcher.reading.problems import UnreadableError
from matcher.reading.sheets import LONGEST_TEXT, Cell, CellBudget, Row, Sheet
from matcher.survey_format import Table, fold

MOST_FILE_BYTES = 200_000_000
LONGEST_LINE_BYTES = 1_000_000
_CHUNK_BYTES = 1 << 20
_SEPARATORS = (";", ",", "\t")
_LINES_TO_LOOK_AT = 20


def open_csv(path: Path, table: Table, budget: CellBudget) -> Sheet:
    """The rows of one csv file; a field that is empty is not kept.

    Raises
    ------
    UnreadableError
        When the file is not a csv file that we read.
    """
    encoding = _encoding_of(path)
    sheet = Sheet(file=path.name, name=path.stem, is_csv=True)
    with path.open(encoding=encoding, newline="") as stream:
        # The header may stand under a title or blank lines: the reader of the table finds it.
        top = [stream.readline(LONGEST_LINE_BYTES) for _ in range(_LINES_TO_LOOK_AT)]
    separator = max(
        _SEPARATORS, key=lambda sign: max(_known_headers(line, sign, table) for line in top)
    )
    with path.open(encoding=encoding, newline="") as stream:
        records = csv.reader(stream, delimiter=separator, strict=True)
        for number, fields in _numbered(records, path.name):
            if not budget.spend(len(fields)):
                raise UnreadableError("table-too-large", path.name, most=budget.most)
            cells = {
                place: text[:LONGEST_TEXT] for place, text in enumerate(fields) if text.strip()
            }
            if cells:
                sheet.rows.append(Row(number, dict(cells)))
    return sheet


def sheet_of(table: Table, rows: Iterable[Mapping[str, str]]) -> Sheet:
    """What :func:`open_csv` would find in a file of these rows; no row at all when there is none.

    Raises
    ------
    UnreadableError
        When a text holds what no csv file may.
    """
    sheet = Sheet(file=f"{table.name}.csv", name=table.name, is_csv=True)
    places = {column.name: place for place, column in enumerate(table.columns)}
    for number, row in enumerate(rows, start=2):
        texts = {places[name]: text for name, text in row.items() if text.strip()}
        if any("\0" in text for text in texts.values()):
            raise UnreadableError("csv-nul", sheet.file)
        if texts:
            sheet.rows.append(
                Row(number, {place: texts[place][:LONGEST_TEXT] for place in sorted(texts)})
            )
    if sheet.rows:
        header: dict[int, Cell] = {place: name for name, place in places.items()}
        sheet.rows.insert(0, Row(1, header))
    return sheet


def _numbered(records: Iterator[list[str]], file: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            fields = next(records)
        except StopIteration:
            return
        except csv.Error:
            raise UnreadableError("csv-quotes", file, row=number) from None
        yield number, fields


def _known_headers(line: str, separator: str, table: Table) -> int:
    fields = line.strip().replace('"', "").split(separator)
    return sum(fold(field) in table.by_header for field in fields)


def _encoding_of(path: Path) -> str:
    """``utf-8-sig`` or ``cp1252``, after one pass over the bytes that also bounds each line."""
    if path.stat().st_size > MOST_FILE_BYTES:
        raise UnreadableError("file-too-big", path.name, megabytes=MOST_FILE_BYTES // 1_000_000)
    with path.open("rb") as stream:
        start = stream.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnreadableError("csv-utf-16", path.name)
        if start.startswith(b"PK\x03\x04"):
            raise UnreadableError("csv-is-a-workbook", path.name)
        stream.seek(0)
        is_utf_8 = _scan(stream, path.name)
    if not is_utf_8:
        with path.open("rb") as stream:
            _check_cp1252(stream, path.name)
    return "utf-8-sig" if is_utf_8 else "cp1252"


def _scan(stream: IO[bytes], file: str) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8 = True
    line_bytes = 0
    while chunk := stream.read(_CHUNK_BYTES):
        if b"\0" in chunk:
            raise UnreadableError("csv-nul", file)
        first_end = _line_end(chunk)
        if first_end < 0:
            line_bytes += len(chunk)
            longest = line_bytes
        else:
            longest = max(line_bytes + first_end, _longest_inside(chunk))
            line_bytes = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        if longest > LONGEST_LINE_BYTES:
            raise UnreadableError("csv-line-too-long", file, signs=LONGEST_LINE_BYTES)
        if is_utf_8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf_8 = False
    if is_utf_8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf_8 = False
    return is_utf_8


def _line_end(chunk: bytes) -> int:
    ends = [place for place in (chunk.find(b"\n"), chunk.find(b"\r")) if place >= 0]
    return min(ends, default=-1)


def _longest_inside(chunk: bytes) -> int:
    return max(map(len, chunk.splitlines()), default=0)


def _check_cp1252(stream: IO[bytes], file: str) -> None:
    while chunk := stream.read(_CHUNK_BYTES):
        try:
            chunk.decode("cp1252")
        except UnicodeDecodeError:
            raise UnreadableError("csv-encoding", file) from None
