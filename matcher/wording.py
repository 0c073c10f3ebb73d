"""Every sentence a person reads, in French and in English, from the catalogues in ``locales/``.

A catalogue is one TOML file a room (``locales/fr/errors.toml``); its keys, joined by dots, are the
message ids: ``errors.amount-not-a-number.rule``. Values may hold fields with our own format
specs, written the way the reader's country writes them:

===========  =============================================  =======================
spec         value                                          French example
===========  =============================================  =======================
``num``      number, three significant figures at least     ``1 250`` ``12,5``
``eur``      euros, rounded to the euro                     ``1 250 €``
``keur``     euros, in thousands when above 10 000          ``182 k€``
``pct``      a share, 0.125                                 ``12,5 %``
``date``     :class:`datetime.date`                         ``12 décembre 2026``
``km``       kilometres; metres below one                   ``5,8 km`` ``230 m``
``sign``     number with its sign, even above nought        ``+98`` ``−68,2``
``unit``     a unit of measure                              ``m³``
``plural``   the s of a noun counted: none at 0 in French   ``s``
===========  =============================================  =======================
"""

from __future__ import annotations

import datetime
import string
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, override

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
LOCALES = Path(__file__).parent / "locales"
_BABEL_LOCALE = {"fr": "fr_FR", "en": "en_GB"}


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All messages of one language: message id -> template."""
    return read_catalogue(LOCALES / language)


def read_catalogue(folder: Path) -> dict[str, str]:
    """All messages of one folder of TOML files: message id -> template."""
    messages: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        with path.open("rb") as file:
            _flatten(path.stem, tomllib.load(file), messages)
    return messages


def _flatten(prefix: str, node: Mapping[str, Any], into: dict[str, str]) -> None:
    for key, value in node.items():
        if isinstance(value, str):
            into[f"{prefix}.{key}"] = value
        else:
            _flatten(f"{prefix}.{key}", value, into)


def say(message_id: str, language: Language, **values: object) -> str:
    """Render one message; ``KeyError`` when the catalogue or a field of it is missing."""
    return render(catalogue(language)[message_id], language, values)


def render(template: str, language: Language, values: Mapping[str, object]) -> str:
    """Fill the fields of a template, the reader's way; ``KeyError`` when a value is missing."""
    if "{" not in template and "}" not in template:
        return template  # most have no field, and a page says a hundred of them
    return _Formatter(language).vformat(template, (), values)


def number(value: float, language: Language = "fr") -> str:
    """Write a number for a reader: ``1 250``, ``12,5``, ``0,043``."""
    magnitude = abs(value)
    if magnitude >= 100 or float(value).is_integer():
        pattern = "#,##0"
    elif magnitude >= 10:
        pattern = "#,##0.#"
    elif magnitude >= 1:
        pattern = "#,##0.##"
    else:
        pattern = "#,##0.####"
    return format_decimal(value, format=pattern, locale=_BABEL_LOCALE[language])


def euros(value: float, language: Language = "fr") -> str:
    """Write an amount of euros: ``1 250 €`` or, in English, ``€1,250``."""
    digits = format_decimal(round(value), format="#,##0", locale=_BABEL_LOCALE[language])
    if language == "fr":
        return f"{digits}\u00a0€"
    return f"-€{digits[1:]}" if digits.startswith("-") else f"€{digits}"


def thousands_of_euros(value: float, language: Language = "fr") -> str:
    """Write euros in thousands from 10 000 on: ``182 k€``; below, as :func:`euros`."""
    if abs(value) < 10_000:
        return euros(value, language)
    digits = number(round(value / 1000, 1 if abs(value) < 100_000 else 0), language)
    if language == "fr":
        return f"{digits}\u00a0k€"
    return f"-€{digits[1:]}k" if digits.startswith("-") else f"€{digits}k"


def distance(km: float, language: Language = "fr") -> str:
    """Write a distance as people say it: ``5,8 km``, or ``230 m`` below one kilometre."""
    if abs(km) < 1:
        return f"{number(round(km * 1000, -1), language)}\u00a0m"
    return f"{number(round(km, 1), language)}\u00a0km"


def day(value: datetime.date, language: Language = "fr") -> str:
    """Write a date in words: ``12 décembre 2026``, ``1er janvier 2027``."""
    words = format_date(value, format="long", locale=_BABEL_LOCALE[language])
    return f"1er{words[1:]}" if language == "fr" and value.day == 1 else words


def listed(words: Sequence[str]) -> dict[str, str]:
    """Write a list as people say it, in every language: ``A, B et C``; a value of a message."""
    return {language: format_list(words, locale=_BABEL_LOCALE[language]) for language in LANGUAGES}


class _Formatter(string.Formatter):
    """``str.format`` with the specs of the module's docstring."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    @override
    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    @override
    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "num":
                return number(value, self._language)
            case "eur":
                return euros(value, self._language)
            case "keur":
                return thousands_of_euros(value, self._language)
            case "pct":
                sign = "\u00a0%" if self._language == "fr" else "%"
                return format_percent(
                    value, format=f"#,##0.#{sign}", locale=_BABEL_LOCALE[self._language]
                )
            case "date":
                return day(value, self._language)
            case "km":
                return distance(value, self._language)
            case "sign":
                sign = "+" if value > 0 else "\u2212" if value < 0 else ""
                return f"{sign}{number(abs(value), self._language)}"
            case "plural":
                is_plural = abs(value) >= 2 if self._language == "fr" else value != 1
                return "s" if is_plural else ""
            case "unit":
                return str(value).replace("m3", "m³").replace("m2", "m²")
            case _:
                return str(super().format_field(value, format_spec))
