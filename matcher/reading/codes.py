"""Numbers that are names: SIRET, SIREN, commune, activity and waste codes, as firms type them."""

from __future__ import annotations

import re

from matcher.catalogue import waste_code_in
from matcher.reading.tables import TypedRow

_LA_POSTE = "356000000"
_BETWEEN = re.compile(r"[\s.\u00a0\u202f_-]")
_SCIENTIFIC = re.compile(r"\d[.,]?\d*[eE]\+?\d+")
_ACTIVITY = re.compile(r"(\d{2})(?:\.?(\d)(\d)?)?([A-Z])?")
_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}")


def is_valid_siren_or_siret(digits: str) -> bool:
    """Whether the check digit holds (Luhn; La Poste's sites are numbered by another rule)."""
    if digits.startswith(_LA_POSTE) and len(digits) == 14 and digits[9:] != "00048":
        return sum(map(int, digits)) % 5 == 0
    total = 0
    for place, sign in enumerate(reversed(digits)):
        digit = int(sign) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def read_siret(row: TypedRow) -> str | None:
    """The SIRET of a row of sites, None (with a warning) when it cannot be one."""
    text = row.get("siret")
    if text is None:
        return None
    digits = _BETWEEN.sub("", text)
    if _SCIENTIFIC.fullmatch(text) and not digits.isdecimal():
        row.warn("siret-rounded", "siret")
        return None
    if digits.isdecimal() and len(digits) == 13 and is_valid_siren_or_siret(f"0{digits}"):
        row.warn("siret-zero-lost", "siret", siret=f"0{digits}")
        return f"0{digits}"
    if digits.isdecimal() and len(digits) == 9:
        row.warn("siret-is-a-siren", "siret")
        return None
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 14):
        row.warn("siret-not-14-digits", "siret")
        return None
    if not is_valid_siren_or_siret(digits):
        row.warn("siret-check-digit", "siret")
    return digits


def read_excluded(row: TypedRow) -> frozenset[str]:
    """SIRENs and SIRETs to keep away from: one that cannot be read is an error, never dropped."""
    found = set()
    for text in row.get("excluded") or ():
        for part in text.split(","):
            digits = _BETWEEN.sub("", part)
            if not (digits.isascii() and digits.isdecimal() and len(digits) in (9, 14)):
                row.error("excluded-unreadable", "excluded", part=part.strip())
                continue
            if not is_valid_siren_or_siret(digits):
                row.warn("excluded-check-digit", "excluded", part=digits)
            found.add(digits)
    return frozenset(found)


def read_commune(row: TypedRow) -> str | None:
    """A commune code; the leading zero that a spreadsheet took away is given back."""
    text = row.get("commune_code")
    if text is None:
        return None
    code = str(_BETWEEN.sub("", text)).upper()
    if code.isdecimal() and len(code) == 4:
        code = f"0{code}"
    if not _COMMUNE.fullmatch(code):
        row.warn("commune-code-form", "commune_code")
    return code


def read_activity(row: TypedRow) -> str | None:
    """An activity code, written ``16.10A``; what has another form is kept with a warning."""
    text = row.get("activity_code")
    if text is None:
        return None
    code = str(text).replace(" ", "").upper()
    match = _ACTIVITY.fullmatch(code)
    if match is None:
        row.warn("activity-code-form", "activity_code")
        return code
    division, group, klass, letter = (part or "" for part in match.groups())
    return f"{division}.{group}{klass}{letter}" if group else division + letter


def read_waste_codes(row: TypedRow, column: str) -> frozenset[str]:
    """Six-digit codes of a list; one that cannot be read is an error."""
    found = set()
    for text in row.get(column) or ():
        for part in text.split(","):
            code = waste_code(part)
            if code is None:
                row.error("waste-code-form", column, part=part.strip())
            else:
                found.add(code)
    return frozenset(found)


def waste_code(text: str) -> str | None:
    """Six digits when a text is a waste code, also one whose leading zero a spreadsheet took."""
    text = text.strip()
    if re.fullmatch(r"[1-9]\d{4}", text):
        text = f"0{text}"
    return waste_code_in(text)
