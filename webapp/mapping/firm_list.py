"""A list of firms as people have it: SIRETs pasted, or the columns of a club's workbook.

Columns are known by their heading, or, where there is none, by what stands in them. Rows about the
same firm are one row: what one lacks, the other gives.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matcher.reading.codes import is_valid_siren_or_siret

MOST_LINES = 2_000
MOST_SIGNS = 200

_HEADINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # the first that is found in a heading names it: "nom du contact" is a contact, not a name
    ("siret", ("siret",)),
    ("address", ("mail", "courriel", "electronique")),
    ("phone", ("tel", "phone", "portable", "mobile")),
    ("commune_code", ("insee", "code commune", "commune_code", "municipality code")),
    ("community", ("communaute", "epci", "intercommunalite", "community")),
    ("activity_code", ("naf", "ape", "activity code", "activity_code")),
    ("headcount", ("effectif", "salaries", "headcount", "staff")),
    ("contact", ("contact", "interlocuteur", "dirigeant", "prenom", "person")),
    ("name", ("raison sociale", "entreprise", "societe", "nom", "name", "company", "firm")),
)
_BETWEEN = re.compile(r"[\s.\u00a0\u202f_-]")
_SIRET_FIRST = re.compile(r"^\s*((?:\d[\s.\u00a0\u202f-]?){13,14})(?!\d)\s*(.*)$")
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_PHONE = re.compile(r"\+?[\d\s.()/-]{9,20}")
_ROUNDED = re.compile(r"\d[.,]\d*[eE]\+?\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmLine:
    """One firm of a list; empty text: not said."""

    number: int
    siret: str = ""
    name: str = ""
    contact: str = ""
    address: str = ""
    phone: str = ""
    commune_code: str = ""
    activity_code: str = ""
    headcount: str = ""
    community: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    """What is wrong in a row: ``code`` is a message id under ``setup.list.problem``."""

    number: int
    value: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmList:
    """What could be read, what could not, and how many rows were the same firm again."""

    lines: tuple[FirmLine, ...]
    problems: tuple[LineProblem, ...]
    merged: int


def read_text(text: str) -> FirmList:
    """A list as pasted: one firm a line, columns parted by tabs or semicolons, or a SIRET alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = next((sign for sign in ("\t", ";") if any(sign in line for line in lines)), None)
    if separator is None:
        return read_rows([_by_siret(line) for line in lines])
    return read_rows([line.split(separator) for line in lines])


def read_rows(rows: Iterable[Sequence[str]]) -> FirmList:
    """A list as cells, row by row, as the sheet counts them."""
    wanted: dict[int, str] | None = None
    found: list[FirmLine] = []
    problems: list[LineProblem] = []
    for number, raw in enumerate(rows, start=1):
        cells = [" ".join(str(cell).split())[:MOST_SIGNS] for cell in raw]
        if not any(cells):
            continue
        if wanted is None:
            wanted = _headings(cells)
            if wanted:
                continue
        if len(found) >= MOST_LINES:
            problems.append(LineProblem(number=number, value="", code="too-many"))
            break
        values = (
            {name: cells[place] for place, name in wanted.items() if place < len(cells)}
            if wanted
            else _by_shape(cells)
        )
        line = _line(number, values, problems)
        if line is not None:
            found.append(line)
    lines = _merged(found)
    return FirmList(lines=lines, problems=tuple(problems), merged=len(found) - len(lines))


def same_name(text: str) -> str:
    """A name as it is compared: small letters, no accents, no signs, no legal form."""
    plain = _plain(text)
    words = re.findall(r"[a-z0-9]+", plain)
    return " ".join(word for word in words if word not in {"sa", "sas", "sarl", "eurl", "sasu"})


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _by_siret(line: str) -> list[str]:
    found = _SIRET_FIRST.match(line)
    return [line] if found is None else [found[1], found[2]]


def _headings(cells: Sequence[str]) -> dict[int, str]:
    """Column by place, when the row is one of headings; none at all when it is a firm."""
    if any(sum(sign.isdigit() for sign in cell) >= 5 or "@" in cell for cell in cells):
        return {}
    named: dict[int, str] = {}
    for place, cell in enumerate(cells):
        plain = _plain(cell)
        name = next(
            (name for name, words in _HEADINGS if any(word in plain for word in words)), None
        )
        if name is not None and name not in named.values():
            named[place] = name
    is_enough = "siret" in named.values() or len(named) >= 2
    return named if is_enough else {}


def _by_shape(cells: Sequence[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for cell in cells:
        digits = _BETWEEN.sub("", cell)
        if not cell:
            continue
        if "siret" not in values and (
            (digits.isdecimal() and len(digits) in (13, 14)) or _ROUNDED.fullmatch(cell)
        ):
            values["siret"] = cell
        elif "@" in cell:
            values.setdefault("address", cell)
        elif _PHONE.fullmatch(cell):
            values.setdefault("phone", cell)
        else:
            values.setdefault("name" if "name" not in values else "contact", cell)
    return values


def _line(number: int, values: dict[str, str], problems: list[LineProblem]) -> FirmLine | None:
    def complain(code: str, value: str) -> None:
        problems.append(LineProblem(number=number, value=value, code=code))

    siret = _siret(values.get("siret", ""), complain)
    if siret is None:
        return None
    address = values.get("address", "")
    if address and not _ADDRESS.fullmatch(address):
        complain("address-wrong", address)
        address = ""
    if not siret and not values.get("name"):
        complain("nothing-known", "")
        return None
    return FirmLine(number=number, **{**values, "siret": siret, "address": address})


def _siret(text: str, complain: Callable[[str, str], None]) -> str | None:
    """Fourteen digits; empty when none was given; None when what was given cannot be one."""
    digits = _BETWEEN.sub("", text)
    if not digits:
        return ""
    if digits.isdecimal() and len(digits) == 13 and is_valid_siren_or_siret(f"0{digits}"):
        digits = f"0{digits}"  # a spreadsheet took it for a number
    if _ROUNDED.fullmatch(text):
        complain("siret-rounded", text)
    elif digits.isdecimal() and len(digits) == 9:
        complain("siret-is-a-siren", text)
    elif not (digits.isascii() and digits.isdecimal() and len(digits) == 14):
        complain("siret-not-14-digits", text)
    elif not is_valid_siren_or_siret(digits):
        complain("siret-check-digit", text)
    else:
        return digits
    return None


def _merged(lines: Sequence[FirmLine]) -> tuple[FirmLine, ...]:
    by_key: dict[str, FirmLine] = {}
    for line in lines:
        key = line.siret or f"name:{same_name(line.name)}"
        before = by_key.get(key)
        if before is None:
            by_key[key] = line
            continue
        gaps = {
            field.name: getattr(line, field.name)
            for field in dataclasses.fields(FirmLine)
            if not getattr(before, field.name)
        }
        by_key[key] = dataclasses.replace(before, **gaps)
    return tuple(by_key.values())
