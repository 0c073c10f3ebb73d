"""A survey file, read whole: valid declarations with every doubt, or every error at once."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from matcher.catalogue import Catalogue, Named, load_catalogue
from matcher.declarations import Equipment, Flow, Job, Place, Pool, Site, Survey
from matcher.errors import Severity, SurveyError
from matcher.reading import doubts
from matcher.reading.codes import read_siret
from matcher.reading.delimited import open_csv, sheet_of
from matcher.reading.digest import survey_digest
from matcher.reading.flows import read_flow, read_quality
from matcher.reading.opening import open_tables
from matcher.reading.problems import Problems, UnreadableError
from matcher.reading.sharing import read_equipment, read_job, read_pool, read_wish
from matcher.reading.sheets import CellBudget
from matcher.reading.sites import read_permit, read_place, read_site, warn_of_unknown_codes
from matcher.reading.tables import TypedRow, read_table
from matcher.survey_format import TABLE_BY_NAME, TABLES, fold


def read_survey(
    path: Path | str,
    *,
    catalogue: Catalogue | None = None,
    as_of: datetime.date | None = None,
    register: Path | str | Collection[str] | None = None,
    most_cells: int | None = None,
) -> Survey:
    """Read a workbook or a folder of csv files (contract 3.1).

    Parameters
    ----------
    path
        An ``.xlsx`` file, a sheet a table, or a folder, a ``.csv`` file a table.
    catalogue
        The reference tables; ours when not given.
    as_of
        The date of the round. Without it, nothing is compared with a date.
    register
        Known SIRETs, or a csv file with the columns of ``sites``: a site that is not in it is a
        warning.
    most_cells
        How many cells are read at most; two million when not given.

    Returns
    -------
    Survey
        With its doubtful cells in ``warnings``.

    Raises
    ------
    SurveyError
        With every error of every table, and the good rows in ``partial``.
    """
    path = Path(path)
    problems = Problems()
    try:
        known = read_register(Path(register)) if isinstance(register, Path | str) else register
        rows, unreadable = _typed_rows(path, problems, most_cells)
    except UnreadableError as error:
        raise SurveyError([error.problem]) from None
    except OSError:
        raise SurveyError([UnreadableError("file-not-opened", path.name).problem]) from None
    builder = _Builder(rows, unreadable, problems, catalogue or load_catalogue(), as_of)
    return _read(builder.build(known), problems, path.name)


def read_rows(
    tables: Mapping[str, Iterable[Mapping[str, str]]],
    *,
    catalogue: Catalogue | None = None,
    as_of: datetime.date | None = None,
) -> Survey:
    """Read rows that are no file yet: tables by name, a row a mapping of columns to texts.

    What comes out, and what is wrong, is what :func:`read_survey` says of the same rows in a folder
    of csv files with all columns; an empty text is an empty cell.

    Raises
    ------
    SurveyError
        With every error of every table, and the good rows in ``partial``.
    """
    problems = Problems()
    rows: dict[str, list[TypedRow]] = {table.name: [] for table in TABLES}
    unreadable: set[str] = set()
    for name, written in sorted(tables.items()):
        table = TABLE_BY_NAME[name]
        try:
            sheet = sheet_of(table, written)
        except UnreadableError as error:
            problems.add(error.problem)
            unreadable.add(name)
            continue
        rows[name] = (read_table(table, sheet, problems) or []) if sheet.rows else []
    builder = _Builder(rows, frozenset(unreadable), problems, catalogue or load_catalogue(), as_of)
    return _read(builder.build(None), problems, "")


def _read(survey: Survey, problems: Problems, file: str) -> Survey:
    """The survey with its doubts and its digest, or all that is wrong in it."""
    survey = dataclasses.replace(survey, warnings=problems.warnings(file))
    survey = dataclasses.replace(survey, digest=survey_digest(survey))
    if problems.has_errors:
        raise SurveyError(problems.errors(file), partial=survey)
    return survey


def read_register(path: Path) -> frozenset[str]:
    """The SIRETs of a csv file with the columns of ``sites``; other columns are passed over.

    Raises
    ------
    SurveyError
        When the file cannot be read, or has no column ``siret``.
    """
    table = TABLE_BY_NAME["sites"]
    siret = table.by_name["siret"]
    only_siret = dataclasses.replace(table, columns=(siret,))
    try:
        if not path.is_file():
            raise UnreadableError("file-not-found", path.name)
        sheet = open_csv(path, table, CellBudget())
        headed = sheet.rows[:1] and any(
            table.by_header.get(fold(str(cell))) is siret for cell in sheet.rows[0].cells.values()
        )
        if not headed:
            raise UnreadableError("register-without-siret", path.name)
    except UnreadableError as error:
        raise SurveyError([error.problem]) from None
    found = (read_siret(row) for row in read_table(only_siret, sheet, Problems()) or ())
    return frozenset(number for number in found if number is not None)


def _typed_rows(
    path: Path, problems: Problems, most_cells: int | None
) -> tuple[Mapping[str, list[TypedRow]], frozenset[str]]:
    """Rows by table, and the tables that are there but could not be read."""
    rows: dict[str, list[TypedRow]] = {table.name: [] for table in TABLES}
    unreadable: set[str] = set()
    for table, sheet in open_tables(path, problems, unreadable.add, most_cells=most_cells):
        found = read_table(table, sheet, problems)
        if found is None:
            unreadable.add(table.name)
        else:
            rows[table.name] = found
    return rows, frozenset(unreadable)


class _Builder:
    """Makes declarations out of typed rows, table after table, in the order they refer."""

    def __init__(
        self,
        rows: Mapping[str, list[TypedRow]],
        unreadable: frozenset[str],
        problems: Problems,
        catalogue: Catalogue,
        as_of: datetime.date | None,
    ) -> None:
        self._rows = rows
        self._unreadable = unreadable
        self._problems = problems
        self._catalogue = catalogue
        self._as_of = as_of
        self._row_of: dict[str, TypedRow] = {}
        self._table_of: dict[str, str] = {}

    def build(self, register: Collection[str] | None) -> Survey:
        """The survey of the rows without an error."""
        self._note_identifiers()
        places = self._places()
        sites: dict[str, Site] = self._keyed("sites", "site_id", read_site)
        self._check_sites()
        site_of = self._site_of(sites)
        flows: dict[str, Flow] = self._keyed(
            "flows",
            "flow_id",
            lambda row: read_flow(row, site_of(row), self._catalogue, self._as_of),
        )
        classes = Named(self._catalogue.equipment_classes if self._rows["equipment"] else {})
        categories = Named(self._catalogue.service_categories if self._rows["pools"] else {})
        equipment: dict[str, Equipment] = self._keyed(
            "equipment",
            "item_id",
            lambda row: read_equipment(row, site_of(row), self._as_of, classes),
        )
        jobs: dict[str, Job] = self._keyed(
            "jobs",
            "job_id",
            lambda row: read_job(row, site_of(row), self._catalogue.occupations),
        )
        pools: dict[str, Pool] = self._keyed(
            "pools", "pool_id", lambda row: read_pool(row, self._as_of, categories)
        )
        self._check_references("qualities", "flow_id", "flows")
        permits = [p for row in self._rows["permits"] if (p := self._permit(row)) is not None]
        qualities = [
            read_quality(row, flows.get(row.get("flow_id") or ""))
            for row in self._rows["qualities"]
        ]
        wishes = [read_wish(row) for row in self._rows["wishes"]]
        # What hangs on a row with an error waits for it: every reference of a survey exists.
        flows = {key: flow for key, flow in flows.items() if flow.site_id in sites}
        equipment = {key: item for key, item in equipment.items() if item.site_id in sites}
        doubts.doubt_sites(sites, self._row_of, places, register)
        doubts.doubt_equipment(equipment, self._row_of)
        doubts.doubt_same_pool(pools.values(), self._row_of)
        doubts.doubt_same_job(jobs.values(), self._row_of)
        doubts.doubt_amounts(flows.values(), sites, self._row_of, self._catalogue)
        doubts.doubt_same_flow(flows.values(), self._row_of)
        return Survey(
            sites=sites,
            places=places,
            permits=tuple(item for item in permits if item.site_id in sites),
            flows=flows,
            qualities=tuple(item for item in qualities if item and item.flow_id in flows),
            equipment=equipment,
            jobs={key: job for key, job in jobs.items() if job.site_id in sites},
            pools={key: pool for key, pool in pools.items() if pool.site_id in sites},
            wishes=tuple(item for item in wishes if item and item.site_id in sites),
        )

    def _note_identifiers(self) -> None:
        for table in TABLES:
            column = table.identifier
            for row in self._rows[table.name] if column else ():
                assert column is not None
                name = row.get(column.name)
                if name is None:
                    continue
                other = self._row_of.setdefault(name, row)
                if other is not row:
                    where = f"{other.file}, {other.number}"
                    row.error("identifier-twice", column.name, where=where)
                else:
                    self._table_of[name] = table.name

    def _places(self) -> dict[str, Place]:
        places: dict[str, Place] = {}
        for row in self._rows["places"]:
            place = read_place(row)
            if place is None:
                continue
            if place.commune_code in places:
                row.error("commune-twice", "commune_code")
            else:
                places[place.commune_code] = place
        return places

    def _check_sites(self) -> None:
        tables = [table for table in TABLES if table.name not in ("sites", "places", "qualities")]
        filled = [table for table in tables if self._rows[table.name]]
        if filled and not self._rows["sites"] and "sites" not in self._unreadable:
            row = self._rows[filled[0].name][0]
            self._problems.note(Severity.ERROR, "no-sites", row.file)
            return
        for table in tables:
            self._check_references(table.name, "site_id", "sites")

    def _check_references(self, table: str, column: str, target: str) -> None:
        if target in self._unreadable:
            return
        for row in self._rows[table]:
            name = row.get(column)
            if name is not None and self._table_of.get(name) != target:
                row.error("reference-unknown", column, table=TABLE_BY_NAME[target].both_names)

    def _keyed(self, table: str, key: str, read: Callable[[TypedRow], Any]) -> dict[str, Any]:
        found = ((row, read(row)) for row in self._rows[table])
        return {row.get(key): item for row, item in found if item is not None}

    def _site_of(self, sites: Mapping[str, Site]) -> Callable[[TypedRow], Site | None]:
        return lambda row: sites.get(row.get("site_id") or "")

    def _permit(self, row: TypedRow) -> Any:
        permit = read_permit(row, self._as_of)
        if permit is not None:
            warn_of_unknown_codes(row, permit.accepted_codes, self._catalogue)
        return permit
