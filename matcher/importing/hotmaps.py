"""Industrial sites with excess heat: the Hotmaps Industrial Database (Fraunhofer ISI, 2014 data).

The base is modelled from production and emissions, not declared by the firms: every amount goes
in as ``inferred``, so that it is shown as supposed until the firm confirms. A zero there means
that the model has nothing to say; it becomes a flow without an amount, never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matcher.errors import CellProblem
from matcher.importing.joining import FoundSite
from matcher.importing.places import Area, Around, Position, why_outside
from matcher.importing.report import ImportKind, ImportReport, Tally
from matcher.importing.source import SourceRow, read_source
from matcher.importing.territories import refuse_empty
from matcher.importing.writing import SurveyFolder
from matcher.wording import Language, catalogue, say

REQUIRED = ("siteid", "sitename", "excess_heat_total")
LEVELS: Mapping[str, tuple[float, str]] = {
    "excess_heat_100-200c": (100.0, "100–200 °C"),
    "excess_heat_200-500c": (200.0, "200–500 °C"),
    "excess_heat_500c": (500.0, "> 500 °C"),
}
"""Column -> (lowest temperature of the level in °C, its name). The lowest is what goes in: nothing
is promised that the level does not hold."""
HEAT_RESOURCE = "heat_flue_gas"
"""Engineering judgement: above 100 °C, what a plant lets go is mostly exhaust gas."""

_NAMES = ("city", "nuts2_id", "id_ti_phase1", "id_ti")

# Engineering judgement: the class of the European activity list that a subsector mostly stands for.
_ACTIVITY = {
    "cement": "23.51",
    "chemical industry": "20.1",
    "glass": "23.1",
    "iron and steel": "24.10",
    "non-ferrous metals": "24.4",
    "non-metallic mineral products": "23",
    "paper and printing": "17.1",
    "refineries": "19.20",
}
_ADDS_UP_GWH = 0.05  # the base rounds each level to 0.01 GWh


def import_hotmaps(
    file: Path,
    out: Path,
    *,
    territory: str | None = None,
    around: Around | None = None,
    language: Language = "fr",
) -> ImportReport:
    """Turn sites of the Hotmaps base into a survey folder, or add them to one.

    Parameters
    ----------
    file
        The base as csv: one row a site, columns ``SiteID``, ``SiteName``, ``CompanyName``,
        ``City``, ``Subsector``, ``Excess_Heat_…`` (GWh a year), ``lon`` and ``lat`` or ``geom``.
    out
        Folder of the survey; made when absent, added to and never overwritten otherwise.
    territory
        City, first figures of the postcode, NUTS 2 region, or identifier, as the file has it.
    around
        A circle; with ``territory``, both must hold.
    language
        Language of the descriptions that are written.

    Returns
    -------
    ImportReport
        What became of every row; its problems are rows or cells that could not be used.

    Raises
    ------
    SurveyError
        When the file or the folder cannot be read, or nothing lies in the territory.
    """
    area = Area(words=territory, around=around)
    source = read_source(file)
    source.require(REQUIRED, "Hotmaps")
    folder = SurveyFolder(out)
    tally = Tally(kind=ImportKind.HOTMAPS, file=source.file)
    kept: list[tuple[SourceRow, FoundSite]] = []
    seen: set[str] = set()
    for row in source:
        tally.rows_read += 1
        problems: list[CellProblem] = []
        position = position_of(row, problems)
        identifier = row.text("siteid")
        reason = why_outside(area, row, position, names=_NAMES, postcode="citycode")
        if reason == "outside":
            tally.leave_out(reason)
            continue
        tally.problems += problems
        if reason is not None:
            tally.leave_out(reason)
        elif identifier is None:
            tally.problems.append(row.problem("import-identifier-missing", "siteid"))
            tally.leave_out("bad-row")
        elif identifier in seen:
            tally.leave_out("same-record-twice")
        else:
            seen.add(identifier)
            tally.remarks["position-not-known"] += position is None
            kept.append((row, _site(identifier, row, position, language)))
    refuse_empty(area, source.file, tally)
    site_of = folder.add_sites([site for _, site in kept])
    for row, site in kept:
        if not _add_heat(folder, tally, row, site_of[site.record], site.record, language):
            tally.leave_out("already-there")
    report = tally.report(folder)
    folder.save(report.ledger_entry())
    return report


def position_of(row: SourceRow, problems: list[CellProblem]) -> Position | None:
    """Latitude and longitude: ``lat`` and ``lon``, else ``geom`` (``…;POINT(3.32 49.4)``)."""
    if row.text("lat") is not None or row.text("lon") is not None:
        latitude = row.number_in("lat", problems)
        longitude = row.number_in("lon", problems)
        if latitude is None or longitude is None:
            return None
    else:
        geometry = row.text("geom")
        if geometry is None:
            return None
        inside = geometry.rpartition("POINT(")[2].removesuffix(")").split()
        try:
            longitude, latitude = (float(part) for part in inside)
        except ValueError:
            problems.append(row.problem("import-position", "geom"))
            return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        problems.append(row.problem("import-position", "lat"))
        return None
    return latitude, longitude


def _site(
    identifier: str, row: SourceRow, position: Position | None, language: Language
) -> FoundSite:
    company = row.text("companyname")
    name = row.text("sitename") or company
    return FoundSite(
        record=f"hotmaps:{identifier}",
        name=name or say("importing.unnamed-site", language, identifier=identifier),
        firm=company,
        activity_code=_ACTIVITY.get((row.text("subsector") or "").lower()),
        position=position,
    )


def _subsector(row: SourceRow, language: Language) -> str:
    """The subsector in the reader's language, or as the file has it when it is a new one."""
    written = row.text("subsector")
    if written is None:
        return say("importing.subsector.not-known", language)
    key = f"importing.subsector.{written.lower().replace(' ', '-')}"
    return say(key, language) if key in catalogue(language) else written


def _add_heat(
    folder: SurveyFolder,
    tally: Tally,
    row: SourceRow,
    site_id: str,
    record: str,
    language: Language,
) -> bool:
    """Write one offer a level with heat, or one without an amount; whether anything was new."""
    amounts = {
        column: value
        for column in LEVELS
        if (value := row.amount(column, tally.problems)) is not None and value > 0
    }
    total = row.amount("excess_heat_total", tally.problems)
    levels = sum(amounts.values())
    if total is not None and abs(total - levels) > max(_ADDS_UP_GWH, 0.01 * total):
        tally.problems.append(row.problem("import-levels", "excess_heat_total", levels=levels))
    common = {
        "site_id": site_id,
        "direction": "offer",
        "resource": HEAT_RESOURCE,
        "basis": "inferred",
        "recurrence": "regular",
        "today_outlet": "lost",
    }
    subsector = _subsector(row, language)
    prefix = record.replace(":", "-")
    if not amounts:
        words = say("importing.heat.not-known", language, subsector=subsector)
        is_new = folder.add_declaration(
            "flows", common | {"flow_id": f"{prefix}-heat", "description": words}
        )
        tally.remarks["heat-not-known"] += is_new
        return is_new
    is_new = False
    for column, gwh in amounts.items():
        temperature_c, level = LEVELS[column]
        words = say("importing.heat.level", language, level=level, subsector=subsector)
        is_new |= folder.add_declaration(
            "flows",
            common
            | {
                "flow_id": f"{prefix}-heat-{temperature_c:.0f}",
                "description": words,
                "amount": gwh,
                "unit": "GWh",
                "temperature_c": temperature_c,
            },
        )
    return is_new
