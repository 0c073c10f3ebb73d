"""A survey folder that imports add to: what is there stays as it is written, cell by cell.

Tables are csv as contract 3.1 says (``;``, decimal comma, UTF-8 with its mark so that spreadsheets
show accents, technical headers). ``imports.json`` beside them keeps what each import did and which
site of the folder each record of a public file became, so that a later file finds its sites again.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matcher.errors import CellProblem, SurveyError
from matcher.importing.joining import FoundSite, KnownSite, join
from matcher.importing.source import read_source
from matcher.survey_format import TABLE_BY_NAME, fold

SITE_COLUMNS = (
    "site_id", "name", "kind", "firm", "siret", "activity_code", "headcount", "commune_code",
    "latitude", "longitude",
)  # fmt: skip
FLOW_COLUMNS = (
    "flow_id", "site_id", "direction", "resource", "description", "amount", "amount_low",
    "amount_high", "unit", "basis", "recurrence", "months", "today_outlet", "status",
    "temperature_c", "medium",
)  # fmt: skip
DECLARED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "flows": FLOW_COLUMNS,
    "equipment": (
        "item_id", "site_id", "direction", "equipment", "mode", "spec", "hours_per_month",
        "area_m2", "months", "basis",
    ),
    "jobs": (
        "job_id", "site_id", "direction", "title", "occupation", "hours_per_month", "months",
        "basis",
    ),
    "pools": (
        "pool_id", "site_id", "direction", "category", "description", "amount", "unit",
        "eur_per_year", "basis",
    ),
}  # fmt: skip
"""The tables of declarations that are added to; the first column of each is its identifier."""
LEDGER = "imports.json"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = str | float | None


@dataclass(slots=True)
class _Table:
    """One csv: its header as written, what each column is, and its rows as text."""

    path: Path
    header: list[str]
    columns: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def load(cls, folder: Path, name: str, columns: Iterable[str]) -> _Table:
        definition = TABLE_BY_NAME[name]
        there = folder.glob("*.csv") if folder.is_dir() else ()
        path = min((p for p in there if fold(p.stem) in definition.names), default=None)
        if path is None:
            return cls(folder / f"{name}.csv", list(columns), list(columns))
        source = read_source(path)
        width = max([len(source.header), *map(len, source.rows)])
        header = [*source.header, *[""] * (width - len(source.header))]
        named = [definition.by_header.get(fold(title)) for title in header]
        known = [f"#{place}" if at is None else at.name for place, at in enumerate(named)]
        table = cls(path, header, known)
        for row in source.rows:
            if any(row):
                table.rows.append(dict(zip(known, row, strict=False)))
        for column in columns:
            if column not in known:
                table.header.append(column)
                table.columns.append(column)
        return table

    def save(self) -> None:
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows([row.get(column, "") for column in self.columns] for row in self.rows)
        _replace(self.path, buffer.getvalue().encode("utf-8-sig"))


class SurveyFolder:
    """A folder of survey tables, read once, added to, and saved."""

    def __init__(self, folder: Path) -> None:
        """Open a folder, which may not exist yet.

        Raises
        ------
        SurveyError
            When the path is a file, or a table in it cannot be read.
        """
        if folder.exists() and not folder.is_dir():
            raise SurveyError([CellProblem(code="import-out-not-a-folder", file=folder.name)])
        self._folder = folder
        self._sites = _Table.load(folder, "sites", SITE_COLUMNS)
        self._declared = {
            name: _Table.load(folder, name, columns) for name, columns in DECLARED_COLUMNS.items()
        }
        self._ids = {
            row.get(DECLARED_COLUMNS[name][0], "")
            for name, table in self._declared.items()
            for row in table.rows
        }
        self._row_of = {row.get("site_id", ""): row for row in self._sites.rows}
        ledger = _read_ledger(folder / LEDGER)
        self._imports: list[dict[str, Any]] = ledger["imports"]
        self._site_of: dict[str, str] = {
            record: site for record, site in ledger["sites"].items() if site in self._row_of
        }
        self.sites_added = 0
        self.added: Counter[str] = Counter()
        self._completed: set[str] = set()

    @property
    def sites_completed(self) -> int:
        """Sites that were there and got a cell filled that was empty."""
        return len(self._completed)

    def site_of(self, record: str) -> str | None:
        """The site that a record of a public file (``irep:0007000956``) became."""
        return self._site_of.get(record)

    def add_sites(self, found: Iterable[FoundSite]) -> Mapping[str, str]:
        """Join records to the sites that are there, add the others; record -> site id.

        A site that is there keeps every cell it has; only empty ones are filled.
        """
        found = list(found)
        joined = join(found, self._known_sites())
        for site in sorted(found, key=lambda item: item.record):
            site_id = joined.get(site.record)
            if site_id is None:
                site_id = self._append(site)
            else:
                # two records of one file may be one site, added a moment ago
                site_id = self._site_of.get(site_id, site_id)
                self._complete(site_id, site)
            self._site_of[site.record] = site_id
        return {site.record: self._site_of[site.record] for site in found}

    def add_declaration(self, table: str, cells: Mapping[str, Cell]) -> bool:
        """Add one row of a table; False, and nothing done, when its id is there already."""
        key = str(cells[DECLARED_COLUMNS[table][0]])
        if key in self._ids:
            return False
        self._ids.add(key)
        self._declared[table].rows.append({column: written(cell) for column, cell in cells.items()})
        self.added[table] += 1
        return True

    def has_position(self, record: str) -> bool:
        """Whether the site that a record became has coordinates."""
        return _position(self._row_of.get(self._site_of.get(record, ""), {})) is not None

    def save(self, entry: Mapping[str, Any]) -> None:
        """Write the tables, and one entry more in the ledger; each file is replaced whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sites.save()
        for table in self._declared.values():
            if table.rows:
                table.save()
        self._imports.append(dict(entry))
        ledger = {"imports": self._imports, "sites": dict(sorted(self._site_of.items()))}
        text = json.dumps(ledger, ensure_ascii=False, indent=1) + "\n"
        _replace(self._folder / LEDGER, text.encode())

    def _known_sites(self) -> list[KnownSite]:
        records: dict[str, list[str]] = {}
        for record, site_id in self._site_of.items():
            records.setdefault(site_id, []).append(record)
        return [
            KnownSite(
                site_id=site_id,
                names=tuple(row[name] for name in ("name", "firm") if row.get(name)),
                siret="".join(row.get("siret", "").split()) or None,
                position=_position(row),
                sources=frozenset(r.split(":", 1)[0] for r in records.get(site_id, ())),
            )
            for site_id, row in self._row_of.items()
        ]

    def _append(self, site: FoundSite) -> str:
        site_id = site.record.replace(":", "-")
        while site_id in self._row_of:  # somebody else's site already goes by this id
            site_id += "-bis"
        row = {"site_id": site_id, "kind": "firm"} | _cells(site)
        self._sites.rows.append(row)
        self._row_of[site_id] = row
        self.sites_added += 1
        return site_id

    def _complete(self, site_id: str, site: FoundSite) -> None:
        row = self._row_of[site_id]
        has_position = bool(row.get("latitude") or row.get("longitude"))
        for column, cell in _cells(site).items():
            if (
                row.get(column)
                or not cell
                or (column in ("latitude", "longitude") and has_position)
            ):
                continue
            row[column] = cell
            self._completed.add(site_id)


def written(cell: Cell) -> str:
    """A cell as the csv has it: decimal comma, empty for not known, and never a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
    return f"{cell:.10g}".replace(".", ",")


def _cells(site: FoundSite) -> dict[str, str]:
    latitude, longitude = site.position or (None, None)
    return {
        "name": written(site.name),
        "firm": written(site.firm),
        "siret": written(site.siret),
        "activity_code": written(site.activity_code),
        "headcount": written(site.headcount),
        "commune_code": written(site.commune_code),
        "latitude": written(latitude),
        "longitude": written(longitude),
    }


def _position(row: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        latitude, longitude = (
            float(row.get(column, "").replace(",", ".")) for column in ("latitude", "longitude")
        )
    except ValueError:
        return None
    return latitude, longitude


def _read_ledger(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"imports": [], "sites": {}}
    try:
        ledger = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(ledger["imports"], list) and isinstance(ledger["sites"], dict):
            return {"imports": ledger["imports"], "sites": ledger["sites"]}
    except (ValueError, KeyError, TypeError):
        pass
    raise SurveyError([CellProblem(code="import-ledger-broken", file=path.name)])


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
