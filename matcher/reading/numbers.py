"""Numbers as people write them: 12,5 · 1 250 · 1.250,5. What has two readings is not guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " ") | {"\u2212": "-"})
_PLAIN = re.compile(r"[+-]?\d+")
_SPACED = re.compile(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+)")
_MANY_GROUPS = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3}){2,}|(?:,\d{3}){2,})")
_DECIMAL = re.compile(r"[+-]?\d*[.,]\d+|[+-]?\d+[.,]")
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}")


class NotANumberError(ValueError):
    """The text is not a number."""


class AmbiguousNumberError(ValueError):
    """The text can be read in two ways, 1.25 and 1250, and nothing decides."""

    def __init__(self, decimal: float, thousands: float) -> None:
        super().__init__("two readings")
        self.decimal = decimal
        self.thousands = thousands


@dataclass(frozen=True, slots=True)
class Reading:
    """A number, and the other reading that was set aside, to be said."""

    value: float
    other: float | None = None


def tidy(text: str) -> str:
    """The text with ordinary spaces and minus signs."""
    return text.translate(_SPACES).strip()


def decimal_sign(text: str) -> str | None:
    """The decimal sign, ``.`` or ``,``, when this text leaves no doubt about it."""
    text = tidy(text)
    if _TWO_READINGS.fullmatch(text) or not re.search(r"[.,]", text):
        return None
    if _MANY_GROUPS.fullmatch(text):
        return "," if "." in text else "."
    if any(form.fullmatch(text) for form in (_SPACED, _GROUPED, _DECIMAL, _SCIENTIFIC)):
        return max(".,", key=text.rfind)
    return None


def decimal_signs(texts: Iterable[str]) -> frozenset[str]:
    """The decimal signs that the unambiguous numbers of a table show."""
    return frozenset(sign for sign in map(decimal_sign, texts) if sign)


def read_number(
    text: str,
    signs: frozenset[str] = frozenset(),
    low: float | None = None,
    high: float | None = None,
) -> Reading:
    """Read a number.

    ``1.250`` is 1.25 or 1250: the bounds of the column decide, else the decimal sign that the
    rest of the table shows (a reading as thousands then carries the other one, to be said).

    Raises
    ------
    NotANumberError
        When the text is no number at all.
    AmbiguousNumberError
        When nothing decides between the two readings.
    """
    text = tidy(text)
    if _TWO_READINGS.fullmatch(text):
        return _read_ambiguous(text, signs, low, high)
    if _MANY_GROUPS.fullmatch(text):
        return Reading(_finite(re.sub(r"[.,]", "", text)))
    if _PLAIN.fullmatch(text):
        return Reading(_finite(text))
    if _GROUPED.fullmatch(text):
        decimal = max(".,", key=text.rfind)
        group = "." if decimal == "," else ","
        return Reading(_finite(text.replace(group, "").replace(decimal, ".")))
    if any(form.fullmatch(text) for form in (_SPACED, _DECIMAL, _SCIENTIFIC)):
        return Reading(_finite(text.replace(" ", "").replace(",", ".")))
    raise NotANumberError(text)


def _read_ambiguous(
    text: str, signs: frozenset[str], low: float | None, high: float | None
) -> Reading:
    sign = "." if "." in text else ","
    decimal = float(text.replace(sign, "."))
    thousands = float(text.replace(sign, ""))
    if not is_within(thousands, low, high):
        return Reading(decimal)
    if signs == {sign}:
        return Reading(decimal)
    if signs and sign not in signs:
        return Reading(thousands, other=decimal)
    raise AmbiguousNumberError(decimal, thousands)


def is_within(value: float, low: float | None, high: float | None) -> bool:
    """Whether a value respects its bounds; ``None`` is open."""
    return (low is None or value >= low) and (high is None or value <= high)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotANumberError(text)
    return value
