"""The French register of pollutant releases (IREP, Géorisques): establishments, and yearly waste.

Both files come to one function and are told apart by their headers. What firms declare there is a
year's tonnage by waste code and by operation of disposal (D) or recovery (R); needs are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matcher.errors import CellProblem, SurveyError
from matcher.importing.joining import FoundSite
from matcher.importing.places import Area, Around, Position, from_lambert_93, why_outside
from matcher.importing.report import ImportKind, ImportReport, Tally
from matcher.importing.source import SourceRow, SourceTable, read_source
from matcher.importing.territories import refuse_empty
from matcher.importing.writing import SurveyFolder
from matcher.wording import Language, say

SITE_COLUMNS = ("identifiant", "nom_etablissement", "numero_siret", "code_ape")
WASTE_COLUMNS = (
    "identifiant", "nom_etablissement", "annee", "code_operation_eliminatio_valorisation",
    "code_dechet", "quantite", "unite",
)  # fmt: skip

OUTLETS: Mapping[str, str] = {
    **dict.fromkeys(("D1", "D2", "D3", "D4", "D5", "D12"), "landfill"),
    **dict.fromkeys(("D6", "D7"), "discharge"),
    **dict.fromkeys(("D10", "D11"), "incineration"),
    "R1": "energy_recovery",
    **dict.fromkeys((f"R{n}" for n in range(2, 12)), "recycling"),
}
"""Operation of annexes I and II of directive 2008/98/EC -> where the waste ends. Engineering
judgement for the grouping. Pre-treatment, sorting and storage (D8, D9, D13 to D15, R12, R13) do not
say where it ends: not known."""

_NAMES = ("commune", "departement", "region", "id_ti_phase1", "id_ti")
_OPERATION = re.compile(r"[DR]\d{1,2}")
_TONNES = {"t": 1.0, "kg": 0.001}
_PROJECTIONS = {"2154": "lambert", "4326": "degrees"}


def import_irep(
    file: Path,
    out: Path,
    *,
    territory: str | None = None,
    around: Around | None = None,
    year: int | None = None,
    language: Language = "fr",
) -> ImportReport:
    """Turn a file of the register into a survey folder, or add it to one.

    Parameters
    ----------
    file
        Establishments (sites only), or one of the yearly waste tables (offers by site, waste code
        and operation). Amounts in kg or t; several rows of one site, code and operation are added.
    out
        Folder of the survey; made when absent, added to and never overwritten otherwise.
    territory
        Commune, département, région, first figures of the postcode, or identifier, as the file
        has it.
    around
        A circle; with ``territory``, both must hold. A waste table has no position: when a
        territory or a circle is given, only the folder's own sites are kept from it; when not,
        unknown ones are added without a position.
    year
        Year of a waste table to take; the latest one in the file when None.
    language
        Language of the descriptions that are written.

    Returns
    -------
    ImportReport
        What became of every row; its problems are rows or cells that could not be used.

    Raises
    ------
    SurveyError
        When the file is neither of the two, cannot be read, or nothing lies in the territory.
    """
    area = Area(words=territory, around=around)
    source = read_source(file)
    if "code_dechet" in source.columns:
        source.require(WASTE_COLUMNS, "IREP")
        return _import_waste(source, SurveyFolder(out), area, year, language)
    if "identifiant" in source.columns:
        source.require(SITE_COLUMNS, "IREP")
        return _import_sites(source, SurveyFolder(out), area)
    raise SurveyError([CellProblem(code="import-not-irep", file=source.file, row=1)])


def _import_sites(source: SourceTable, folder: SurveyFolder, area: Area) -> ImportReport:
    tally = Tally(kind=ImportKind.IREP_SITES, file=source.file)
    found: dict[str, FoundSite] = {}
    for row in source:
        tally.rows_read += 1
        problems: list[CellProblem] = []
        identifier, name = row.text("identifiant"), row.text("nom_etablissement")
        position = position_of(row, problems)
        reason = why_outside(area, row, position, names=_NAMES, postcode="code_postal")
        if reason == "outside":
            tally.leave_out(reason)
            continue
        tally.problems += problems
        if reason is not None:
            tally.leave_out(reason)
        elif identifier is None or name is None:
            missing = "identifiant" if identifier is None else "nom_etablissement"
            tally.problems.append(row.problem("import-identifier-missing", missing))
            tally.leave_out("bad-row")
        elif identifier in found:
            tally.leave_out("same-record-twice")
        elif folder.site_of(f"irep:{identifier}") and folder.has_position(f"irep:{identifier}"):
            tally.leave_out("already-there")
        else:
            tally.remarks["position-not-known"] += position is None
            found[identifier] = FoundSite(
                record=f"irep:{identifier}",
                name=name,
                siret=_siret(row, tally),
                activity_code=_activity(row, tally),
                position=position,
            )
    if tally.left_out["already-there"] == 0:
        refuse_empty(area, source.file, tally)
    folder.add_sites(found.values())
    report = tally.report(folder)
    folder.save(report.ledger_entry())
    return report


def position_of(row: SourceRow, problems: list[CellProblem]) -> Position | None:
    """Latitude and longitude from ``lat`` and ``lon``, or from the register's own coordinates.

    Those are in the projection that ``code_epsg`` names: Lambert-93 (2154) is converted, degrees
    (4326) are taken, any other is a problem and the position is not known.
    """
    if "lat" in row.place and "lon" in row.place:
        projection, first, second = "degrees", "lon", "lat"
    else:
        first, second = "coordonnees_x", "coordonnees_y"
        projection = _PROJECTIONS.get(row.text("code_epsg") or "2154", "")
    if row.text(first) is None or row.text(second) is None:
        return None
    if not projection:
        problems.append(row.problem("import-projection", "code_epsg"))
        return None
    x, y = row.number_in(first, problems), row.number_in(second, problems)
    if x is None or y is None:
        return None
    latitude, longitude = (y, x) if projection == "degrees" else from_lambert_93(x, y)
    # Lambert-93 is the mainland's: a point it sends elsewhere was not in it
    south, north = (-90.0, 90.0) if projection == "degrees" else (40.0, 52.0)
    if not (south <= latitude <= north and abs(longitude) <= 180):
        problems.append(row.problem("import-position", first))
        return None
    return latitude, longitude


def _siret(row: SourceRow, tally: Tally) -> str | None:
    written = row.text("numero_siret")
    if written is None:
        return None
    figures = written.replace(" ", "")
    # a spreadsheet that took the number for a number drops its leading zeros
    figures = figures.zfill(14) if figures.isdigit() and 11 <= len(figures) <= 14 else figures
    if not (figures.isdigit() and len(figures) == 14 and figures.strip("0")):
        tally.problems.append(row.problem("import-siret", "numero_siret"))
        return None
    return figures


def _activity(row: SourceRow, tally: Tally) -> str | None:
    written = row.text("code_ape")
    if written is None:
        return None
    plain = written.replace(".", "").replace(" ", "").upper()
    if not re.fullmatch(r"\d{4}[A-Z]", plain):
        tally.problems.append(row.problem("import-activity", "code_ape"))
        return None
    return f"{plain[:2]}.{plain[2:]}"


@dataclass(slots=True, kw_only=True)
class _Waste:
    """One waste of one site by one operation: the tonnes of its rows, and how many had none."""

    name: str
    label: str | None
    tonnes: float = 0.0
    rows: int = 0
    rows_without_amount: int = 0


def _import_waste(
    source: SourceTable,
    folder: SurveyFolder,
    area: Area,
    year: int | None,
    language: Language,
) -> ImportReport:
    tally = Tally(kind=ImportKind.IREP_WASTE, file=source.file)
    rows: list[tuple[SourceRow, int]] = []
    for row in source:
        tally.rows_read += 1
        its_year = row.number_in("annee", tally.problems)
        if its_year is None or not (its_year.is_integer() and 1990 <= its_year <= 2100):
            if row.text("annee") is None or its_year is not None:
                tally.problems.append(row.problem("import-year", "annee"))
            tally.leave_out("bad-row")
        else:
            rows.append((row, int(its_year)))
    taken = year if year is not None else max((its_year for _, its_year in rows), default=None)
    wastes: dict[tuple[str, str, str], _Waste] = {}
    for row, its_year in rows:
        if its_year != taken:
            tally.leave_out("other-year")
        else:
            _add_row(wastes, row, tally, folder, only_known_sites=not area.is_everything)
    refuse_empty(area, source.file, tally)
    _write_wastes(wastes, folder, tally, taken, language)
    report = tally.report(folder, year=taken)
    folder.save(report.ledger_entry())
    return report


def _add_row(
    wastes: dict[tuple[str, str, str], _Waste],
    row: SourceRow,
    tally: Tally,
    folder: SurveyFolder,
    *,
    only_known_sites: bool,
) -> None:
    """Count one row of the year under its site, code and operation, or leave it out."""
    problems: list[CellProblem] = []
    identifier = row.text("identifiant")
    if only_known_sites and identifier and folder.site_of(f"irep:{identifier}") is None:
        tally.leave_out("site-not-in-folder")
        return
    if identifier is None:
        problems.append(row.problem("import-identifier-missing", "identifiant"))
    code = re.sub(r"[\s.]+|\*$|#$", "", row.text("code_dechet") or "")
    if not re.fullmatch(r"\d{6}", code):
        problems.append(row.problem("import-waste-code", "code_dechet"))
    column = "code_operation_eliminatio_valorisation"
    operation = (row.text(column) or "").replace(" ", "").upper()
    if operation and not _OPERATION.fullmatch(operation):
        tally.problems.append(row.problem("import-operation", column))
        operation = ""
    amount = row.amount("quantite", problems)
    unit = (row.text("unite") or "").lower().replace(" ", "")
    unit = unit.removesuffix("/an").removesuffix("s").replace("tonne", "t")
    if unit not in _TONNES and row.text("quantite") is not None:
        problems.append(row.problem("import-unit", "unite"))
    if problems or identifier is None:
        tally.problems += problems
        tally.leave_out("bad-row")
    elif amount == 0:
        tally.leave_out("amount-zero")
    else:
        name = row.text("nom_etablissement") or identifier
        waste = wastes.setdefault(
            (identifier, code, operation), _Waste(name=name, label=row.text("libelle_dechet"))
        )
        waste.rows += 1
        if amount is None:
            waste.rows_without_amount += 1
        else:
            waste.tonnes += amount * _TONNES[unit]


def _write_wastes(
    wastes: Mapping[tuple[str, str, str], _Waste],
    folder: SurveyFolder,
    tally: Tally,
    year: int | None,
    language: Language,
) -> None:
    names: dict[str, str] = {}
    for (identifier, _, _), waste in wastes.items():
        names.setdefault(identifier, waste.name)
    new = {
        identifier: FoundSite(record=f"irep:{identifier}", name=name)
        for identifier, name in names.items()
        if folder.site_of(f"irep:{identifier}") is None
    }
    folder.add_sites(new.values())
    tally.remarks["site-without-position"] += len(new)
    for (identifier, code, operation), waste in sorted(wastes.items()):
        site_id = folder.site_of(f"irep:{identifier}")
        tally.remarks["amount-not-known"] += waste.tonnes == 0
        tally.remarks["amount-in-part"] += bool(waste.tonnes and waste.rows_without_amount)
        is_new = folder.add_declaration(
            "flows",
            {
                "flow_id": f"irep-{identifier}-{code}-{operation or 'x'}",
                "site_id": site_id,
                "direction": "offer",
                "resource": code,
                "description": say(
                    "importing.waste",
                    language,
                    label=waste.label or code,
                    year=year or "",
                    operation=operation or "?",
                ),
                "amount": round(waste.tonnes, 6) or None,
                "unit": "t",
                "basis": "estimate",
                "recurrence": "regular",
                "today_outlet": OUTLETS.get(operation, "unknown"),
                "status": "waste",
            },
        )
        if not is_new:
            tally.left_out["already-there"] += waste.rows
