"""Writes a survey as a file that reads back the same: the inverse of :mod:`matcher.reading`."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from matcher.catalogue import Catalogue
from matcher.declarations import Flow, Months, Survey, Way
from matcher.survey_format.model import Column, Kind, Table
from matcher.survey_format.tables import MONTH_HOUR_NAMES, TABLES
from matcher.wording import Language

Row = dict[str, Any]

# Column -> field, where a column's name is a word of Python or says another unit.
_FIELD = {
    "flows": {"sorted": "sorting"},
    "qualities": {"min": "low", "max": "high"},
    "equipment": {"from": "available_from", "to": "available_until"},
    "pools": {"from": "available_from", "to": "available_until"},
    "permits": {"yearly_limit": "yearly_limit_t"},
}


def write_survey(
    survey: Survey, path: Path, catalogue: Catalogue, *, language: Language | None = None
) -> None:
    """Write a workbook (``.xlsx``) or else a folder of csv files, a table each if it has rows.

    Parameters
    ----------
    survey
        What to write; amounts go back to the units that the firms wrote.
    path
        The workbook, or the folder, which is made.
    catalogue
        Gives the unit of an amount that was declared only as a range.
    language
        Of headers, sheet names and closed lists; technical names when not given.
    """
    tables = [(table, rows) for table in TABLES if (rows := survey_rows(survey, table, catalogue))]
    if path.suffix.lower() == ".xlsx":
        _write_workbook(tables, path, language)
        return
    path.mkdir(parents=True, exist_ok=True)
    for table, rows in tables:
        name = table.name if language is None else table.label(language)
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter=";", lineterminator="\n")
            writer.writerow(_header(column, language) for column in table.columns)
            for row in rows:
                writer.writerow(_csv_text(c, row.get(c.name), language) for c in table.columns)


def survey_rows(survey: Survey, table: Table, catalogue: Catalogue) -> list[Row]:
    """The rows of one table, by column; cells without a value are None."""
    declarations: Mapping[str, Iterable[Any]] = {
        "sites": survey.sites.values(),
        "places": survey.places.values(),
        "permits": survey.permits,
        "flows": survey.flows.values(),
        "qualities": survey.qualities,
        "equipment": survey.equipment.values(),
        "jobs": survey.jobs.values(),
        "pools": survey.pools.values(),
        "wishes": survey.wishes,
    }
    fields = _FIELD.get(table.name, {})
    rows = []
    for item in declarations[table.name]:
        row: Row = {
            column.name: getattr(item, fields.get(column.name, column.name), None)
            for column in table.columns
        }
        if table.name == "flows":
            row.update(_flow_cells(item, catalogue))
        elif table.name == "permits":
            row["unit"] = None if item.yearly_limit_t is None else "t"
        elif table.name in ("equipment", "jobs"):
            row.update(_hour_cells(item.hours_by_month, getattr(item, "area_m2", None)))
        rows.append(row)
    return rows


def _flow_cells(flow: Flow, catalogue: Catalogue) -> Row:
    """What a flow keeps in the resource's unit, in the unit that the firm wrote."""
    if flow.conversion is not None:
        unit, factor = flow.conversion.declared_unit, flow.conversion.factor
    elif flow.resource is not None:
        unit, factor = str(catalogue.resources[flow.resource].unit), 1.0
    else:
        unit, factor = None, 1.0
    cells: Row = {
        name: None if (value := getattr(flow, name)) is None else value / factor
        for name in ("amount", "amount_low", "amount_high", "min_lot")
    }
    if flow.amount is not None and flow.conversion is not None:
        cells["amount"] = flow.conversion.declared
    cost = flow.today_cost_eur_per_unit
    if cost is not None and not (cost == 0 and flow.today_way is Way.FREE):
        known = flow.today_way in (Way.PAYS, Way.IS_PAID)
        cells["today_eur_per_unit"] = (abs(cost) if known else cost) * factor
    has_number = any(value is not None for value in cells.values())
    cells["unit"] = unit if has_number else None
    cells["resource"] = flow.declared_resource
    cells["months"] = _months_text(flow.month_shares) if flow.months_declared else None
    clock = flow.hours_of_day
    cells["hours_of_day"] = None if clock is None else "-".join(map(_hour_text, clock))
    return cells


def _hour_cells(hours: Months | None, area: float | None) -> Row:
    if hours is None:
        return {}
    if area is not None and set(hours) <= {0.0, area} and any(hours):
        return {"months": _months_text(tuple(hour / sum(hours) for hour in hours))}
    return dict(zip(MONTH_HOUR_NAMES, hours, strict=True))


def _months_text(shares: Months) -> str:
    present = [month for month, share in enumerate(shares, start=1) if share > 0]
    if all(abs(shares[month - 1] - 1 / len(present)) < 1e-12 for month in present):
        return ",".join(map(str, present))
    return "|".join(map(_number_text, shares))


def _hour_text(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60}" if minutes % 60 == 0 else f"{minutes // 60}h{minutes % 60:02d}"


def _number_text(value: float) -> str:
    """A number with a point, never with exactly three decimals: 1.250 has two readings."""
    text = repr(float(value)).removesuffix(".0")
    _, point, decimals = text.partition(".")
    return f"{text}0" if point and len(decimals) == 3 and decimals.isdecimal() else text


def _header(column: Column, language: Language | None) -> str:
    return column.name if language is None else column.label(language)


def _cell(column: Column, value: Any, language: Language | None, separator: str) -> Any:
    if value is None:
        return None
    if column.choices is not None:
        return str(value) if language is None else column.choices.label(str(value), language)
    match column.kind:
        case Kind.BOOLEAN:
            return {"fr": ("non", "oui"), "en": ("no", "yes")}[language or "fr"][bool(value)]
        case Kind.LIST:
            return separator.join(sorted(value)) or None
        case Kind.MONTH_SET:
            return ",".join(map(str, sorted(value))) or None
        case _:
            return value


def _csv_text(column: Column, value: Any, language: Language | None) -> str:
    cell = _cell(column, value, language, "|")
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return _number_text(cell) if isinstance(cell, (int, float)) else str(cell)


def _write_workbook(
    tables: Sequence[tuple[Table, list[Row]]], path: Path, language: Language | None
) -> None:
    book = Workbook(write_only=True)
    for table, rows in tables:
        sheet = book.create_sheet(table.name if language is None else table.label(language))
        sheet.append([_header(column, language) for column in table.columns])
        for row in rows:
            cells = []
            for column in table.columns:
                value = _cell(column, row.get(column.name), language, "; ")
                cell = WriteOnlyCell(sheet, str(value) if isinstance(value, StrEnum) else value)
                if isinstance(value, str):
                    cell.data_type = "s"  # a text that begins with = stays a text
                    cell.number_format = "@"
                cells.append(cell)
            sheet.append(cells)
    book.save(path)
