"""A list of sites (SIRET, activity, headcount): an extract of the national register, or our own.

The columns are those of the table ``sites`` or of the register (``activitePrincipaleEtablissement``
…). A wrong cell is an error, all errors come together, and nothing is written: a number read wrong
would put supposed flows at somebody else's door.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import CellProblem, Severity, SurveyError
from matcher.importing.joining import FoundSite
from matcher.importing.places import Position, from_lambert_93
from matcher.importing.source import SourceRow, SourceTable, read_source
from matcher.reading.codes import is_valid_siren_or_siret
from matcher.survey_format import TABLE_BY_NAME, fold

BANDS: Mapping[str, tuple[float, float, float]] = {
    "00": (0, 0, 0), "01": (1, 1.5, 2), "02": (3, 4, 5), "03": (6, 7.5, 9), "11": (10, 14, 19),
    "12": (20, 31, 49), "21": (50, 70, 99), "22": (100, 141, 199), "31": (200, 223, 249),
    "32": (250, 353, 499), "41": (500, 707, 999), "42": (1_000, 1_414, 1_999),
    "51": (2_000, 3_162, 4_999), "52": (5_000, 7_071, 9_999), "53": (10_000, 14_142, 20_000),
}  # fmt: skip
"""Code of the register's bands of headcount -> lowest, geometric middle, highest. The last band has
no upper end in the register: twice its lower end is our judgement."""

_ALSO = {
    "siret": ("numero_siret",),
    "name": (
        "enseigne1Etablissement", "denominationUsuelleEtablissement", "denominationUniteLegale",
        "nom_etablissement", "raison_sociale", "nom",
    ),
    "activity_code": (
        "activitePrincipaleEtablissement", "activite_principale", "code_ape", "code_naf", "ape",
        "naf",
    ),
    "headcount": ("effectifs", "effectif", "salaries"),
    "band": (
        "trancheEffectifsEtablissement", "tranche_effectifs", "tranche_effectif",
        "tranche_effectif_salarie",
    ),
    "commune_code": ("codeCommuneEtablissement", "code_commune"),
    "latitude": ("lat",),
    "longitude": ("lon", "lng"),
    "easting": ("coordonneeLambertAbscisseEtablissement",),
    "northing": ("coordonneeLambertOrdonneeEtablissement",),
    "state": ("etatAdministratifEtablissement", "etat_administratif"),
}  # fmt: skip
_OWN = ("site_id", "name", "firm", "siret", "activity_code", "headcount", "commune_code")
_OWN_PLACE = ("latitude", "longitude")
_NOT_KNOWN = frozenset(("nn", "nd", "null"))  # what the register writes for "not given"
_ACTIVITY = re.compile(r"(\d{2})(?:\.?(\d)(?:(\d)([A-Z])?)?)?")
_RANGE = re.compile(r"(\d+)(?:a|ou|et|-|–|to)(\d+)(?:salaries?|employees|people)?")
_ROUNDED = re.compile(r"\d[.,]?\d*[eE]\+?\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """How many work at a site: the likely number and its ends."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSite:
    """One row: the site, its headcount (None: not known), and where it stands in the file."""

    site: FoundSite
    heads: Heads | None
    row: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteList:
    """The rows that were kept, why others were not (reason -> rows), and doubtful cells."""

    file: str
    sites: tuple[ListedSite, ...]
    rows_read: int
    left_out: Mapping[str, int]
    warnings: tuple[CellProblem, ...]


def read_site_list(path: Path) -> SiteList:
    """Read a csv list of sites.

    Raises
    ------
    SurveyError
        With every wrong cell of every row; when a column is missing or the file is no csv.
    """
    source = read_source(path)
    reader = _Reader(source)
    kept: list[ListedSite] = []
    left_out: Counter[str] = Counter()
    rows_read = 0
    for row in source:
        rows_read += 1
        if fold(reader.text(row, "state") or "") in ("f", "ferme", "closed"):
            left_out["closed"] += 1
            continue
        listed = reader.read(row)
        if listed is not None:
            kept.append(listed)
    if reader.errors:
        raise SurveyError(reader.errors)
    return SiteList(
        file=source.file,
        sites=tuple(kept),
        rows_read=rows_read,
        left_out=left_out,
        warnings=tuple(reader.warnings),
    )


def has_activities(path: Path) -> bool:
    """Whether a list says what its sites do.

    Raises
    ------
    SurveyError
        When the file is no csv.
    """
    return "activity_code" in _columns_of(read_source(path))


class _Reader:
    """Reads the rows of one file, gathering what is wrong."""

    def __init__(self, source: SourceTable) -> None:
        self.errors: list[CellProblem] = []
        self.warnings: list[CellProblem] = []
        self._first: dict[str, int] = {}
        self._columns = _columns_of(source)
        missing = [
            both
            for names, both in ((("siret", "site_id"), "siret"), (("activity_code",), "activity"))
            if not any(name in self._columns for name in names)
        ]
        if missing:
            raise SurveyError(
                [
                    CellProblem(code=f"prefill-no-{name}-column", file=source.file, row=1)
                    for name in missing
                ]
            )

    def text(self, row: SourceRow, name: str) -> str | None:
        """The first cell with something in it among the columns of a name."""
        at = self._cell(row, name)
        return None if at is None else row.text(at)

    def _cell(self, row: SourceRow, name: str) -> str | None:
        return next((c for c in self._columns.get(name, ()) if row.text(c) is not None), None)

    def _error(self, row: SourceRow, code: str, name: str, **details: object) -> None:
        column = self._cell(row, name) or self._columns[name][0]
        self.errors.append(_as(Severity.ERROR, row.problem(code, column, **details)))

    def read(self, row: SourceRow) -> ListedSite | None:
        """One site; None when its row has an error, which is noted."""
        before = len(self.errors)
        siret = self._siret(row)
        record = self.text(row, "site_id") or (None if siret is None else f"siret:{siret}")
        if record is None and len(self.errors) == before:
            self._error(
                row, "prefill-siret-missing", "siret" if "siret" in self._columns else "site_id"
            )
        if record is not None:
            first = self._first.setdefault(record, row.number)
            if first != row.number:
                name = "site_id" if self.text(row, "site_id") else "siret"
                self._error(row, "prefill-site-twice", name, first=first)
        activity, heads = self._activity(row), self._heads(row)
        position = self._position(row)
        if len(self.errors) > before or record is None:
            return None
        name = self.text(row, "name") or self.text(row, "firm") or siret or record
        return ListedSite(
            site=FoundSite(
                record=record,
                name=name,
                firm=self.text(row, "firm"),
                siret=siret,
                activity_code=activity,
                position=position,
                headcount=None if heads is None else heads.value,
                commune_code=self.text(row, "commune_code"),
            ),
            heads=heads,
            row=row.number,
        )

    def _siret(self, row: SourceRow) -> str | None:
        written = self.text(row, "siret")
        if written is None:
            return None
        digits = re.sub(r"[\s._-]", "", written)
        if len(digits) == 13 and digits.isdecimal() and is_valid_siren_or_siret(f"0{digits}"):
            digits = f"0{digits}"  # a spreadsheet took the zero
        if _ROUNDED.fullmatch(written) and not digits.isdecimal():
            self._error(row, "prefill-siret-rounded", "siret")
            return None
        if not (digits.isascii() and digits.isdecimal() and len(digits) == 14):
            self._error(row, "prefill-siret", "siret")
            return None
        if not is_valid_siren_or_siret(digits):
            column = self._cell(row, "siret") or "siret"
            self.warnings.append(row.problem("siret-check-digit", column))
        return digits

    def _activity(self, row: SourceRow) -> str | None:
        written = self.text(row, "activity_code")
        if written is None or fold(written) in _NOT_KNOWN:
            return None
        match = _ACTIVITY.fullmatch(written.replace(" ", "").upper())
        if match is None:
            self._error(row, "prefill-activity", "activity_code")
            return None
        division, group, klass, letter = (part or "" for part in match.groups())
        return f"{division}.{group}{klass}{letter}" if group else division

    def _heads(self, row: SourceRow) -> Heads | None:
        for name in ("headcount", "band"):
            written = self.text(row, name)
            if written is None or fold(written) in _NOT_KNOWN:
                continue
            heads = _band(written) if name == "band" else None
            heads = heads or _number_of_heads(written)
            if heads is None:
                self._error(row, "prefill-headcount", name)
            return heads
        return None

    def _position(self, row: SourceRow) -> Position | None:
        for first, second in (_OWN_PLACE, ("northing", "easting")):
            cells = self.text(row, first), self.text(row, second)
            if cells == (None, None) or fold(cells[0] or "") in _NOT_KNOWN:
                continue
            name = first if cells[0] is not None else second
            try:
                one, other = (float((cell or "").replace(",", ".")) for cell in cells)
            except ValueError:
                self._error(row, "prefill-position", name)
                return None
            position = from_lambert_93(other, one) if first == "northing" else (one, other)
            if not (abs(position[0]) <= 90 and abs(position[1]) <= 180):
                self._error(row, "prefill-position", name)
                return None
            return position
        return None


def _as(severity: Severity, problem: CellProblem) -> CellProblem:
    return CellProblem(
        code=problem.code,
        file=problem.file,
        row=problem.row,
        column=problem.column,
        value=problem.value,
        severity=severity,
        details=problem.details,
    )


def _columns_of(source: SourceTable) -> dict[str, tuple[str, ...]]:
    """Our name -> the columns of the file that hold it, the surest first."""
    sites = TABLE_BY_NAME["sites"].by_name
    names = {name: sites[name].names for name in (*_OWN, *_OWN_PLACE)}
    for name, also in _ALSO.items():
        names[name] = (*names.get(name, ()), *(fold(word) for word in also))
    there: dict[str, str] = {}
    for column in source.columns:
        there.setdefault(fold(column), column)
    found = {
        name: tuple(there[word] for word in dict.fromkeys(words) if word in there)
        for name, words in names.items()
    }
    return {name: columns for name, columns in found.items() if columns}


def _band(written: str) -> Heads | None:
    """A band by its code, also one whose zero a spreadsheet took away."""
    known = BANDS.get(written.strip().zfill(2))
    return None if known is None else Heads(low=known[0], value=known[1], high=known[2])


def _number_of_heads(written: str) -> Heads | None:
    """A number, or a range such as ``20 à 49 salariés`` (geometric middle)."""
    plain = fold(written.replace("-", "à").replace("–", "à"))
    between = _RANGE.fullmatch(plain)
    if between:
        low, high = (float(part) for part in between.groups())
        if low > high:
            return None
        return Heads(low=low, value=round((max(low, 0.5) * high) ** 0.5, 1), high=high)
    try:
        number = float(re.sub(r"\s", "", written).replace(",", "."))
    except ValueError:
        return None
    if not 0 <= number < 1e6:
        return None
    return Heads(low=number, value=number, high=number)
