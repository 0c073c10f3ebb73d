"""One cell: from what the file holds to the value that its column promises."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from matcher.declarations import Months
from matcher.reading import months as calendar
from matcher.reading import numbers
from matcher.survey_format import ClosedList, Column, Kind, fold

Raw = str | float | bool | datetime.datetime | datetime.date | datetime.time
"""What a file's cell holds, formulas and errors set apart."""

_YES = frozenset(("oui", "yes", "1", "true", "vrai", "o", "y"))
_NO = frozenset(("non", "no", "0", "false", "faux", "n"))
_NOT_KNOWN = frozenset(
    fold(word)
    for word in (
        "je ne sais pas", "ne sait pas", "inconnu", "nsp", "nc", "n/a", "?", "-", "unknown",
        "not known", "don't know",
    )
)  # fmt: skip
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
LIKE_ENOUGH = 70.0
"""Of 100: from there on a word of a closed list is offered in place of what was written."""
_LIST_SIGNS = re.compile(r"[;|\n]")
# Lost letters; UTF-8 and old Macintosh letters that were read as Windows-1252: Ã© and Ž for é.
_BROKEN_LETTERS = re.compile(
    "\N{REPLACEMENT CHARACTER}|[ÂÃÅ][\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€|[a-z][Žˆ‰]|[Žˆ‰][a-z]"
)
LARGEST_NUMBER = 1e12
"""Above it stands a slip of the keyboard: all France throws away 3e8 t a year."""
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2150


class Fault(Exception):  # noqa: N818 - not an error of the program: a cell that cannot be read
    """Why a cell cannot be read: the problem's code and details."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class MonthValue:
    """A cell of months: which ones, and their shares."""

    months: frozenset[int]
    shares: Months


Value = (
    str
    | float
    | bool
    | datetime.date
    | frozenset[str]
    | frozenset[int]
    | MonthValue
    | tuple[float, float]
)


@dataclass(frozen=True, slots=True)
class CellReader:
    """Reads the cells of one table; ``doubt`` is told what is read but doubtful."""

    signs: frozenset[str]
    doubt: Callable[..., None]

    def read(self, column: Column, raw: Raw) -> Value | None:
        """The value of a cell that is not empty; ``None`` when it says "not known".

        Raises
        ------
        Fault
            When the cell cannot be read.
        """
        if (
            isinstance(raw, str)
            and column.kind not in _WORDS
            and (fold(raw) in _NOT_KNOWN or raw.strip() in ("?", "-"))
        ):
            self.doubt("read-as-not-known")
            return None
        return _READERS[column.kind](self, column, raw)

    def _text(self, _column: Column, raw: Raw) -> str:
        text = as_text(raw)
        if _BROKEN_LETTERS.search(text):
            self.doubt("broken-letters")
        return text

    def _number(self, column: Column, raw: Raw) -> float:
        if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
            raise Fault("not-a-number")
        if isinstance(raw, str):
            try:
                reading = numbers.read_number(raw, self.signs, column.low, column.high)
            except numbers.NotANumberError:
                raise Fault("not-a-number") from None
            except numbers.AmbiguousNumberError as two:
                raise Fault(
                    "number-ambiguous", decimal=two.decimal, thousands=two.thousands
                ) from None
            if reading.other is not None:
                self.doubt("number-read-as-thousands", chosen=reading.value, other=reading.other)
            value = reading.value
        else:
            value = float(raw)
        if not math.isfinite(value):
            raise Fault("not-a-number")
        self._check_bounds(column, value)
        if abs(value) > LARGEST_NUMBER:
            raise Fault("number-too-large", most=LARGEST_NUMBER)
        return value

    def _check_bounds(self, column: Column, value: float) -> None:
        if numbers.is_within(value, column.low, column.high):
            return
        if column.name in ("latitude", "longitude"):
            raise Fault("coordinate-out-of-range", low=column.low, high=column.high)
        if column.low == 0 and value < 0:
            raise Fault("number-negative")
        if column.name.endswith("temperature_c") and value < 0:
            raise Fault("below-absolute-zero")
        low = "-∞" if column.low is None else f"{column.low:g}"
        high = "∞" if column.high is None else f"{column.high:g}"
        raise Fault("number-out-of-range", low=low, high=high)

    def _whole_number(self, column: Column, raw: Raw) -> float:
        value = self._number(column, raw)
        if not value.is_integer():
            raise Fault("not-a-whole-number")
        return value

    def _date(self, _column: Column, raw: Raw) -> datetime.date:
        if isinstance(raw, datetime.datetime):
            found = raw.date()
        elif isinstance(raw, datetime.date):
            found = raw
        elif isinstance(raw, str):
            found = _date_of(raw.strip())
        elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
            raise Fault("date-is-a-number")
        else:
            raise Fault("not-a-date")
        if not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
            raise Fault("date-too-far", first=_EARLIEST_YEAR, last=_LATEST_YEAR)
        return found

    def _months(self, _column: Column, raw: Raw) -> MonthValue:
        text = _months_text(raw)
        try:
            if "|" in text:
                shares = calendar.read_shares(text)
                present = frozenset(m for m, share in enumerate(shares, start=1) if share > 0)
                return MonthValue(present, shares)
            found = calendar.read_month_set(text)
        except calendar.MonthsError as error:
            raise Fault(error.code, **error.details) from None
        return MonthValue(found, calendar.even_shares(found))

    def _month_set(self, _column: Column, raw: Raw) -> frozenset[int]:
        try:
            found = calendar.read_month_set(_months_text(raw).replace("|", ","))
        except calendar.MonthsError as error:
            raise Fault(error.code, **error.details) from None
        if len(found) == 12:
            raise Fault("closed-all-year")
        return found

    def _clock(self, _column: Column, raw: Raw) -> tuple[float, float]:
        if not isinstance(raw, str):
            raise Fault("clock-is-a-date")
        try:
            return calendar.read_clock(raw)
        except calendar.MonthsError as error:
            raise Fault(error.code, **error.details) from None

    def _choice(self, column: Column, raw: Raw) -> str:
        choices = column.choices
        assert choices is not None
        found = choices.words.get(fold(as_text(raw)))
        if found is None and isinstance(raw, bool):
            found = choices.words.get("yes" if raw else "no")
        if found is None:
            known = ", ".join(_both_words(choices, value) for value in choices.values)
            near = process.extractOne(
                fold(as_text(raw)),
                list(choices.words),
                scorer=fuzz.ratio,
                score_cutoff=LIKE_ENOUGH,
            )
            if near is None:  # a far word may mean the contrary: none is put in the mouth
                raise Fault("not-listed", known=known)
            nearest = _both_words(choices, choices.words[near[0]])
            raise Fault("not-in-list", nearest=nearest, known=known)
        return found

    def _boolean(self, _column: Column, raw: Raw) -> bool:
        if isinstance(raw, bool):
            return raw
        word = fold(as_text(raw))
        if word in _YES or word in _NO:
            return word in _YES
        raise Fault("not-yes-or-no")

    def _list(self, _column: Column, raw: Raw) -> frozenset[str]:
        parts = (part.strip() for part in _LIST_SIGNS.split(as_text(raw)))
        return frozenset(part for part in parts if part)


def as_text(raw: Raw) -> str:
    """The text of a cell; a whole number without its decimals."""
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, (int, float)):
        return str(int(raw)) if float(raw).is_integer() and abs(raw) < 1e15 else repr(raw)
    if isinstance(raw, datetime.datetime) and raw == datetime.datetime.combine(
        raw, datetime.time.min
    ):
        return raw.date().isoformat()
    if isinstance(raw, (datetime.datetime, datetime.date, datetime.time)):
        return raw.isoformat()
    return raw.strip()


def _date_of(text: str) -> datetime.date:
    if _SHORT_YEAR.fullmatch(text):
        raise Fault("date-short-year")
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        raise Fault("not-a-date")
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Fault("no-such-day") from None


def _months_text(raw: Raw) -> str:
    if isinstance(raw, (datetime.date, datetime.datetime, datetime.time)):
        raise Fault("months-is-a-date")
    if isinstance(raw, (int, float)) and not float(raw).is_integer():
        raise Fault("months-is-a-number")
    return as_text(raw)


def _both_words(choices: ClosedList, value: str) -> str:
    label = choices.label(value, "fr")
    return label if fold(label) == fold(value) else f"{label} ({value})"


_WORDS = frozenset((Kind.IDENTIFIER, Kind.REFERENCE, Kind.TEXT, Kind.CHOICE))

_READERS: dict[Kind, Callable[[CellReader, Column, Raw], Value]] = {
    Kind.IDENTIFIER: CellReader._text,
    Kind.REFERENCE: CellReader._text,
    Kind.TEXT: CellReader._text,
    Kind.CODE: CellReader._text,
    Kind.NUMBER: CellReader._number,
    Kind.WHOLE_NUMBER: CellReader._whole_number,
    Kind.DATE: CellReader._date,
    Kind.MONTHS: CellReader._months,
    Kind.MONTH_SET: CellReader._month_set,
    Kind.CLOCK: CellReader._clock,
    Kind.CHOICE: CellReader._choice,
    Kind.BOOLEAN: CellReader._boolean,
    Kind.LIST: CellReader._list,
}
