"""A table as a file holds it, before any meaning: rows of cells, and what was odd about it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

MOST_CELLS = 2_000_000
"""In all the tables of a survey that the command reads (contract 3.2)."""

LONGEST_TEXT = 32_767
"""Signs in one cell: Excel's own limit."""


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A cell that a formula filled: what it showed when the file was saved, None if nothing."""

    stored: str | float | bool | datetime.datetime | datetime.time | None


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """``#REF!`` and its like."""

    text: str


Cell = (
    str | float | bool | datetime.datetime | datetime.date | datetime.time | FormulaCell | ErrorCell
)


@dataclass(slots=True)
class Row:
    """One row that is not empty; ``number`` as the spreadsheet shows it, cells by column from 0."""

    number: int
    cells: dict[int, Cell]


@dataclass(slots=True, kw_only=True)
class Sheet:
    """One sheet or one csv file. ``file`` is how messages name it, ``name`` what it is called."""

    file: str
    name: str
    rows: list[Row] = field(default_factory=list)
    is_csv: bool = False
    is_hidden: bool = False
    first_merged: str | None = None
    merged_count: int = 0


class CellBudget:
    """Counts the cells of a survey, so that a huge one is refused while it is read."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        self.most = most
        self.left = most

    def spend(self, count: int = 1) -> bool:
        """Take some cells; False when there are none left."""
        self.left -= count
        return self.left >= 0
