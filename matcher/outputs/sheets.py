"""A sheet of a workbook for people: widths, formats, a frozen header, and no live formula."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | int | bool | datetime.date | None

WHOLE, ONE_DECIMAL, TWO_DECIMALS, ANY = "#,##0", "#,##0.0", "#,##0.00", "#,##0.###"
DEGREES, DAY, SHARE = "0.00000", "dd/mm/yyyy", "0.00%"
TEXT = "General"

_INK, _LINE, _GROUND = "1D2A32", "D9D6CC", "F6F5F1"
_HEADER_FONT = Font(bold=True, color=_INK)
_HEADER_FILL = PatternFill("solid", start_color=_GROUND)
_HEADER_LINE = Border(bottom=Side(style="medium", color="0B5D57"))
_ROW_LINE = Border(bottom=Side(style="thin", color=_LINE))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MOST_CHARACTERS = 32_767  # of a cell, by the file format


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its header with the unit, its width in characters and its number format."""

    header: str
    width: float
    format: str = TEXT
    wrap: bool = False


_PAGE_WIDTH = 200
"""Characters across a landscape A4 that can still be read."""


def fill_sheet(
    sheet: Worksheet, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> None:
    """Write a header and rows; freeze the header, filter, and fit an A4 page across."""
    for place, column in enumerate(columns, start=1):
        cell = write_cell(sheet, 1, place, column.header)
        cell.font, cell.fill, cell.border = _HEADER_FONT, _HEADER_FILL, _HEADER_LINE
        cell.alignment = Alignment(
            wrap_text=True,
            vertical="bottom",
            horizontal="left" if column.format == TEXT else "right",
        )
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    alignments = [
        Alignment(
            wrap_text=column.wrap,
            vertical="top",
            horizontal="left" if column.format == TEXT else "right",
        )
        for column in columns
    ]
    last = 1
    styles: list[StyleArray] = []
    for last, row in enumerate(rows, start=2):
        for place, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            if last > 2:  # setting a style costs more than writing: the first row's is copied
                write_cell(sheet, last, place, value, style=styles[place - 1])
                continue
            cell = write_cell(sheet, last, place, None)
            cell.alignment, cell.border = alignments[place - 1], _ROW_LINE
            cell.number_format = column.format
            styles.append(copy(cell._style))  # type: ignore[attr-defined]  # not in the stubs
            write_cell(sheet, last, place, value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    # Beyond that a page across would be too small to read: several side by side.
    widest = sum(column.width for column in columns)
    sheet.page_setup.fitToWidth = max(1, round(widest / _PAGE_WIDTH))
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def write_cell(
    sheet: Worksheet, row: int, column: int, value: Value, *, style: StyleArray | None = None
) -> Cell:
    """Write one value; a text that a spreadsheet could run stays a text, and says so."""
    cell = sheet.cell(row=row, column=column)
    assert isinstance(cell, Cell)  # nothing is merged here
    if style is not None:
        cell._style = copy(style)  # type: ignore[attr-defined]  # not in the stubs
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)[:_MOST_CHARACTERS]
        cell.data_type = "s"
        if value.startswith(_FORMULA_STARTS):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
    return cell
