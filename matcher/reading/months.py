"""Months and hours of the day as people write them: 1-12 · 3-5,9 · 11-2 · juin-octobre · 20-02."""

from __future__ import annotations

import re

from matcher.declarations import Months
from matcher.reading.numbers import NotANumberError, read_number
from matcher.survey_format import fold

# People round each of the twelve shares (0,083): off by more than this, something is missing.
SHARES_TOLERANCE = 0.02

_NAMES = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6,
    "jun": 6, "juil": 7, "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_RANGE_SIGNS = re.compile(r"\s*(?:-|\u2013|\u2014|\bà\b|\bto\b)\s*")
_CLOCK = re.compile(r"(\d{1,2})\s*(?:[h:]\s*(\d{2})?|[.,](\d+))?\s*(?:h|:00)?", re.IGNORECASE)


class MonthsError(ValueError):
    """Months that cannot be read; ``code`` is the problem's."""

    def __init__(self, code: str, **details: float | int | str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def read_month_set(text: str) -> frozenset[int]:
    """Months 1 to 12 out of ``3-5,9`` or ``11-2`` (round the year)."""
    months: set[int] = set()
    for part in re.split(r"[,;]", text):
        ends = _RANGE_SIGNS.split(part.strip())
        if not 1 <= len(ends) <= 2:
            raise MonthsError("months-unreadable")
        first, last = _month(ends[0]), _month(ends[-1])
        length = (last - first) % 12 + 1
        months.update((first - 1 + step) % 12 + 1 for step in range(length))
    return frozenset(months)


def read_shares(text: str) -> Months:
    """Twelve shares that add up to 1, separated by ``|``; rounded ones are brought to 1."""
    parts = text.split("|")
    if len(parts) != 12:
        raise MonthsError("shares-not-twelve", count=len(parts))
    try:
        shares = [read_number(part, low=0.0, high=1.0).value for part in parts]
    except (NotANumberError, ValueError) as error:
        raise MonthsError("shares-not-numbers") from error
    if min(shares) < 0:
        raise MonthsError("shares-negative")
    total = sum(shares)
    if abs(total - 1) > SHARES_TOLERANCE:
        raise MonthsError("shares-sum", total=round(total, 6))
    return tuple(share / total for share in shares)


def even_shares(months: frozenset[int]) -> Months:
    """The same share in each of some months, none in the others."""
    return tuple(1 / len(months) if month in months else 0.0 for month in range(1, 13))


def read_clock(text: str) -> tuple[float, float]:
    """From and to, in hours: ``20-02``, ``5h30-21h``."""
    ends = _RANGE_SIGNS.split(text.strip())
    if len(ends) != 2:
        raise MonthsError("clock-unreadable")
    start, end = (_hour(part) for part in ends)
    if start == end:
        raise MonthsError("clock-unreadable")
    return start, end


def _month(text: str) -> int:
    text = text.strip()
    if re.fullmatch(r"\d{1,4}", text):
        if not 1 <= int(text) <= 12:
            raise MonthsError("month-out-of-range", month=int(text))
        return int(text)
    folded = fold(text)
    for length in (4, 3):
        if folded[:length] in _NAMES and len(folded) >= 3:
            return _NAMES[folded[:length]]
    raise MonthsError("months-unreadable")


def _hour(text: str) -> float:
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise MonthsError("clock-unreadable")
    hours, minutes, fraction = match.groups()
    hour = int(hours) + int(minutes or 0) / 60 + float(f"0.{fraction or 0}")
    if hour > 24 or int(minutes or 0) > 59:
        raise MonthsError("clock-unreadable")
    return hour
