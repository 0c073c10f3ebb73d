"""Writes the empty workbook that a firm's contact can fill, in French or in English.

Each table has its sheet: header, technical name, help, an example (the reader passes over the last
three), drop-down lists, and text cells wherever a spreadsheet would make a date out of 3-5.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from matcher import units
from matcher.survey_format import CLOSED_LISTS, NOTE_MARK, TABLES, Column, Kind, Table
from matcher.wording import Language, say

_HELP_ROWS = 4  # header, technical names, help, example
_LAST_ROW = 1004  # lists are offered so far down; the reader reads on
_WIDEST = 34

# LOOK: ink, quiet ink, main, ground.
_INK, _QUIET, _MAIN, _GROUND = "1D2A32", "4D5B63", "0B5D57", "F6F5F1"
_HEADER_FILL = PatternFill("solid", fgColor=_MAIN)
_OPTIONAL_FILL = PatternFill("solid", fgColor="4A6B68")
_GROUND_FILL = PatternFill("solid", fgColor=_GROUND)
_LINE = Border(bottom=Side(style="thin", color="D9D6CC"))
_TOP = Alignment(wrap_text=True, vertical="top")

_TEXT_FORMAT = "@"
_TEXT_KINDS = frozenset(
    (
        Kind.IDENTIFIER,
        Kind.REFERENCE,
        Kind.TEXT,
        Kind.CODE,
        Kind.MONTHS,
        Kind.MONTH_SET,
        Kind.CLOCK,
        Kind.LIST,
    )
)


def write_template(path: Path | str, language: Language = "fr") -> None:
    """Write the empty survey workbook.

    Parameters
    ----------
    path
        The ``.xlsx`` file to write; it is replaced.
    language
        Of labels, help and lists. The reader takes either, whatever the template's.
    """
    book = Workbook()
    book.properties.title = say("template.file-title", language)
    book.properties.creator = "Maillage"
    # Without the day on which it was written, the same template is the same file.
    book.properties.created = book.properties.modified = datetime.datetime(2026, 1, 1)  # noqa: DTZ001
    guide = book.active
    assert isinstance(guide, Worksheet)
    _write_guide(guide, language)
    references = {name: table.label(language) for name, table in _BY_NAME.items()}
    lists = book.create_sheet(say("template.lists-sheet", language))
    ranges = _write_lists(lists, language)
    units_sheet = book.create_sheet(say("template.units-sheet", language))
    ranges["units"] = _write_units(units_sheet, language)
    for table in TABLES:
        sheet = book.create_sheet(table.label(language))
        _write_table(sheet, table, ranges, references, language)
    book.move_sheet(units_sheet, len(TABLES))
    book.move_sheet(lists, len(TABLES) + 1)
    lists.sheet_state = "hidden"
    book.active = 0
    book.save(path)


_BY_NAME = {table.name: table for table in TABLES}


def _write_guide(sheet: Worksheet, language: Language) -> None:
    sheet.title = say("template.guide-sheet", language)
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 92
    sheet["A1"] = say("template.title", language)
    sheet["A1"].font = Font(size=16, bold=True, color=_MAIN)
    row = 3
    for topic in ("who", "unknown", "start", "fill", "units", "numbers", "price", "check"):
        text = say(f"template.guide.{topic}-text", language)
        _write_pair(sheet, row, say(f"template.guide.{topic}", language), text)
        row += 1
    row += 1
    sheet.cell(row, 1, say("template.guide.sheets", language)).font = Font(
        size=13, bold=True, color=_MAIN
    )
    for table in TABLES:
        row += 1
        _write_pair(sheet, row, table.label(language), table.help(language))
        # Inside the workbook: a plain address would be written as one of another host.
        sheet.cell(row, 1).hyperlink = Hyperlink(
            ref=f"A{row}", location=f"'{table.label(language)}'!A1"
        )
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.sheet_properties.tabColor = _MAIN


def _write_pair(sheet: Worksheet, row: int, title: str, text: str) -> None:
    for column, (value, font) in enumerate(
        ((title, Font(bold=True, color=_INK)), (text, Font(color=_INK))), start=1
    ):
        cell = sheet.cell(row, column, value)
        cell.font, cell.alignment, cell.border = font, _TOP, _LINE
    sheet.row_dimensions[row].height = 15 * (1 + len(text) // 95) + 4


def _write_lists(sheet: Worksheet, language: Language) -> dict[str, str]:
    """The words of the closed lists, a column each; returns where each list stands."""
    ranges = {}
    columns = [(choices.name, choices.labels(language)) for choices in CLOSED_LISTS]
    columns.append(("boolean", [say("template.yes", language), say("template.no", language)]))
    for at, (name, words) in enumerate(columns, start=1):
        sheet.cell(1, at, name).font = Font(bold=True)
        for row, word in enumerate(words, start=2):
            sheet.cell(row, at, word)
        letter = get_column_letter(at)
        ranges[name] = f"'{sheet.title}'!${letter}$2:${letter}${len(words) + 1}"
    return ranges


def _write_units(sheet: Worksheet, language: Language) -> str:
    for at, key in enumerate(("unit", "worth"), start=1):
        cell = sheet.cell(1, at, say(f"template.units.{key}", language))
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEADER_FILL
    for row, unit in enumerate(units.KNOWN_UNITS, start=2):
        sheet.cell(row, 1, unit).border = _LINE
        sheet.cell(row, 2, _worth(unit, language)).border = _LINE
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 60
    sheet.freeze_panes = "A2"
    return f"'{sheet.title}'!$A$2:$A${len(units.KNOWN_UNITS) + 1}"


def _worth(unit: str, language: Language) -> str:
    for base in ("t", "MWh", "m3"):
        try:
            conversion = units.convert(1, unit, to_unit=base)
        except units.UnitMismatchError:
            continue
        if conversion.assumption is None:
            name = "m³" if base == "m3" else base
            return say("template.units.exact", language, value=conversion.factor, unit=name)
    return say("template.units.depends", language)


def _write_table(
    sheet: Worksheet,
    table: Table,
    ranges: dict[str, str],
    references: dict[str, str],
    language: Language,
) -> None:
    for at, column in enumerate(table.columns, start=1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = _width(column, language)
        sheet.column_dimensions[letter].number_format = _number_format(column, language)
        _write_column_head(sheet, at, column, language)
        _offer_choices(sheet, letter, column, ranges, references)
    for row, height in ((1, 50), (2, 13), (3, 92), (4, 18)):
        sheet.row_dimensions[row].height = height
    sheet.freeze_panes = f"B{_HELP_ROWS}"
    sheet.sheet_properties.tabColor = "8A4B08" if table.name == "flows" else _QUIET
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _write_column_head(sheet: Worksheet, at: int, column: Column, language: Language) -> None:
    mark = " *" if column.is_required else ""
    note = NOTE_MARK if at == 1 else ""
    header = sheet.cell(1, at, column.label(language) + mark)
    header.font = Font(bold=True, color="FFFFFF")
    header.fill = _HEADER_FILL if column.is_asked_of_firms or mark else _OPTIONAL_FILL
    header.alignment = Alignment(wrap_text=True, vertical="center")
    name = sheet.cell(2, at, note + column.name)
    name.font = Font(size=8, italic=True, color=_QUIET)
    help_text = sheet.cell(3, at, note + column.help(language))
    help_text.font = Font(size=9, color=_QUIET)
    help_text.alignment = _TOP
    example = sheet.cell(_HELP_ROWS, at, column.example_in(language))
    example.font = Font(italic=True, color=_QUIET)
    example.number_format = _number_format(column, language)
    for cell in (name, help_text, example):
        cell.fill, cell.border = _GROUND_FILL, _LINE
    for cell in (header, name, help_text):
        cell.number_format = _TEXT_FORMAT


def _number_format(column: Column, language: Language) -> str:
    if column.kind in _TEXT_KINDS or column.choices is not None:
        return _TEXT_FORMAT
    if column.kind is Kind.DATE:
        return "dd/mm/yyyy" if language == "fr" else "yyyy-mm-dd"
    if column.name in ("latitude", "longitude"):
        return "0.00000"
    if column.kind is Kind.WHOLE_NUMBER or column.name.endswith(("_per_year", "purchase_eur")):
        return "#,##0"
    return "#,##0.00" if column.unit is not None and "€" in column.unit else "General"


def _width(column: Column, language: Language) -> float:
    if column.kind is Kind.TEXT and column.name in ("description", "text", "spec"):
        return _WIDEST
    longest = max(map(len, column.label(language).split()), default=8)
    help_lines = len(column.help(language)) / 6  # six lines of help at most, about
    return min(_WIDEST, max(12, longest + 3, help_lines))


def _offer_choices(
    sheet: Worksheet,
    letter: str,
    column: Column,
    ranges: dict[str, str],
    references: dict[str, str],
) -> None:
    if column.choices is not None:
        where, is_strict = ranges[column.choices.name], True
    elif column.kind is Kind.BOOLEAN:
        where, is_strict = ranges["boolean"], True
    elif column.name == "unit" and column.text_id in ("flows.unit", "permits.unit"):
        where, is_strict = ranges["units"], False
    elif column.refers_to is not None:
        title = references[column.refers_to]
        where, is_strict = f"'{title}'!$A${_HELP_ROWS + 1}:$A${_LAST_ROW}", False
    else:
        return
    validation = DataValidation(type="list", formula1=where, allow_blank=True)
    # A word of ours in another language or an id not yet written is the reader's business.
    validation.showErrorMessage = is_strict
    validation.errorStyle = "warning"
    validation.add(f"{letter}{_HELP_ROWS + 1}:{letter}{_LAST_ROW}")
    sheet.add_data_validation(validation)
