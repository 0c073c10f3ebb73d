"""The format of a survey: its tables, their columns, and what each cell may hold."""

from matcher.survey_format.model import ClosedList, Column, Kind, Table, fold
from matcher.survey_format.tables import (
    CLOSED_LISTS,
    EXAMPLE_PREFIXES,
    MONTH_HOUR_NAMES,
    NOTE_MARK,
    TABLE_BY_NAME,
    TABLES,
)

__all__ = [
    "CLOSED_LISTS",
    "EXAMPLE_PREFIXES",
    "MONTH_HOUR_NAMES",
    "NOTE_MARK",
    "TABLES",
    "TABLE_BY_NAME",
    "ClosedList",
    "Column",
    "Kind",
    "Table",
    "fold",
]
