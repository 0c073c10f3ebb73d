"""A sheet of a workbook for people: widths, formats, a frozen header, and no live formula."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value = str | float | int | bool | datetime.date | None
Style = Mapping[str, object]

WHOLE, ONE_DECIMAL, TWO_DECIMALS, ANY = "#,##0", "#,##0.0", "#,##0.00", "#,##0.###"
DEGREES, DAY, SHARE = "0.00000", "dd/mm/yyyy", "0.00%"
TEXT = "General"

_INK, _LINE, _GROUND = "#1D2A32", "#D9D6CC", "#F6F5F1"
_HEADER: Style = {"bold": True, "font_color": _INK, "bg_color": _GROUND, "text_wrap": True,
                  "valign": "bottom", "bottom": 2, "bottom_color": "#0B5D57"}  # fmt: skip
_ROW: Style = {"valign": "top", "bottom": 1, "bottom_color": _LINE}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOST_CHARACTERS = 32_767  # of a cell, by the file format
_A4 = 9  # the file format's number


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its header with the unit, its width in characters and its number format."""

    header: str
    width: float
    format: str = TEXT
    wrap: bool = False


_PAGE_WIDTH = 200
"""Characters across a landscape A4 that can still be read."""


class Book:
    """A workbook whose texts stay texts; each style is made once."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        # Neither a formula nor a link is ever made out of a text.
        self._book = Workbook(
            self._file,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self._made: dict[tuple[tuple[str, object], ...], _Formats] = {}

    def describe(self, **properties: str) -> None:
        """Title, author and the like, as XlsxWriter names them."""
        self._book.set_properties(properties)

    def sheet(self, name: str, *, header: str) -> Worksheet:
        """A new sheet without grid, the ``header`` and the page's number on paper."""
        sheet: Worksheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_header(f"&L{header.replace('&', '&&')}")
        sheet.set_footer("&R&P / &N")
        return sheet

    def written(self) -> bytes:
        """The file; nothing can be added afterwards."""
        self._book.close()
        return self._file.getvalue()

    def fill(
        self, sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
    ) -> None:
        """Write a header and rows; freeze the header, filter, and fit an A4 page across."""
        formats: list[_Formats] = []
        for place, column in enumerate(columns):
            side: Style = {"align": "left" if column.format == TEXT else "right"}
            self.write(sheet, 0, place, column.header, {**_HEADER, **side})
            sheet.set_column(place, place, column.width)
            style = {**_ROW, **side, "text_wrap": column.wrap, "num_format": column.format}
            formats.append(self._formats(style))
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, (form, value) in enumerate(zip(formats, row, strict=True)):
                _write(sheet, last, place, value, form)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        # Beyond that a page across would be too small to read: several side by side.
        widest = sum(column.width for column in columns)
        sheet.fit_to_pages(max(1, round(widest / _PAGE_WIDTH)), 0)
        sheet.repeat_rows(0)

    def write(self, sheet: Worksheet, row: int, column: int, value: Value, style: Style) -> None:
        """Write one value in a style (XlsxWriter's words)."""
        _write(sheet, row, column, value, self._formats(style))

    def _formats(self, style: Style) -> _Formats:
        key = tuple(style.items())
        if key not in self._made:
            quoted = {**style, "quote_prefix": True}
            self._made[key] = _Formats(
                plain=self._book.add_format(dict(style)), quoted=self._book.add_format(quoted)
            )
        return self._made[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Formats:
    """A style, and the same for a text that a spreadsheet could run."""

    plain: Format
    quoted: Format


def _write(sheet: Worksheet, row: int, column: int, value: Value, form: _Formats) -> None:
    """Write one value; a text that a spreadsheet could run stays a text, and says so."""
    if value is None:
        sheet.write_blank(row, column, None, form.plain)
    elif isinstance(value, str):
        text = _ILLEGAL.sub(" ", value)[:_MOST_CHARACTERS]
        runs = text.startswith(_FORMULA_STARTS)
        sheet.write_string(row, column, text, form.quoted if runs else form.plain)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form.plain)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, value, form.plain)
    else:
        sheet.write_number(row, column, value, form.plain)
