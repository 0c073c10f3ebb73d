"""What others read of the survey's format, written from its one definition.

Table Schemas (``datasets/schemas``), the page ``docs/survey-format.md``, and the description that
makes a folder of csv files a Frictionless data package. To write them anew after a change of the
definition: ``python -m matcher.survey_format.schemas`` in the root of a clone.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from matcher.survey_format import TABLES, Column, Kind, Table, fold
from matcher.wording import say

_TYPES = {
    Kind.NUMBER: "number",
    Kind.WHOLE_NUMBER: "integer",
    Kind.DATE: "date",
    Kind.BOOLEAN: "boolean",
}
_YES = ["oui", "yes", "1", "true", "vrai"]
_NO = ["non", "no", "0", "false", "faux"]
_ONE_MONTH = "(1[0-2]|[1-9])"
_SPAN = f"{_ONE_MONTH}(-{_ONE_MONTH})?"
_SOME_MONTHS = f"{_SPAN}(,{_SPAN})*"
_HOUR = "([01]?[0-9]|2[0-4])([h:][0-5][0-9])?"
_PATTERNS = {
    Kind.MONTH_SET: _SOME_MONTHS,
    Kind.MONTHS: f"{_SOME_MONTHS}|[0-9]([.,][0-9]+)?([|][0-9]([.,][0-9]+)?){{11}}",
    Kind.CLOCK: f"{_HOUR}-{_HOUR}",
}

_INTRODUCTION = """\
# The format of a survey

*Written by `python -m matcher.survey_format.schemas` from what stands beside it: change it there.*

A survey is one `.xlsx` workbook (a sheet a table) or one folder of `.csv` files (a file a table). A
table may be absent. `maillage template enquete.xlsx` writes an empty workbook with help and lists;
`maillage check enquete.xlsx` lists everything that is wrong or doubtful, and what to do.

- **Sheets, files and headers** are named by their technical name, their French or their English
  label; accents, case, spaces and a `*` do not matter, and what stands in brackets may be
  left out (`Température`, `Unité`). A column that is not known is passed over
  with a warning.
- **Only columns marked `*` are required.** Empty is *not known*, never zero.
- **csv**: UTF-8 with or without its mark, or Windows-1252; `;`, `,` or tab; decimal comma or point.
- **Numbers**: `12,5`, `12.5`, `1 250`, `1.250,5`. What has two readings (`1.250`) is read by the
  bounds of its column or the decimal sign of the rest of the table, else it is an error.
- **Dates**: `2026-12-31` or `31/12/2026`, day first.
- **Months**: `1-12`, `3-5,9`, `11-2` (round the year), or twelve shares separated by `|` that add
  up to 1. Empty: every month but the closed ones of the site. A cell that was made a date
  by the spreadsheet is an error.
- **Booleans**: oui, non, yes, no, 1, 0. **Lists**: `;` in a workbook, `|` in csv.
- **Closed lists** take the technical value or its label in either language.
- **Identifiers** are unique over all tables.
- **Money** is EUR without VAT. `today_eur_per_unit` is per the row's own unit, haulage and taxes
  included; with `today_way` it is positive; without, positive means that the site pays, negative
  that it is paid. `today_eur_per_year` is the same on the year's invoice. When both are given and
  disagree, the price per unit is taken, with a warning.
- **An amount needs its unit**: none is assumed. A conversion that stands on a density or on the
  weight of a piece is shown as a warning with its sum.
- Rows whose first cell begins with `# ` are notes, rows whose first cell begins with `EXEMPLE` or
  `EXAMPLE` are examples: neither is read.
- **Limits**: two million cells, 160 MB unpacked; macros, passwords, document types and entities are
  refused. A formula is read by its stored value, with a warning, or refused without one.

The Table Schemas in `datasets/schemas` describe the same tables, by their technical names, for
tools that read Frictionless data packages. *Asked* says which columns the web survey asks of a
firm; the rest is the agent's.
"""


def table_schema(table: Table) -> dict[str, Any]:
    """The Table Schema (Frictionless) of one table: technical names, technical values."""
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/1.0/tableschema.json",
        "title": table.label("en"),
        "description": table.help("en"),
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.identifier is not None:
        schema["primaryKey"] = [table.identifier.name]
    keys = [
        {
            "fields": [column.name],
            "reference": {"resource": column.refers_to, "fields": [column.name]},
        }
        for column in table.columns
        if column.refers_to is not None
    ]
    if keys:
        schema["foreignKeys"] = keys
    return schema


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, "string"),
        "title": column.label("en"),
        "titleFr": column.label("fr"),
        "description": column.help("en"),
    }
    if column.unit is not None:
        field["unit"] = column.unit
    if column.kind is Kind.BOOLEAN:
        field["trueValues"], field["falseValues"] = _YES, _NO
    if column.kind is Kind.NUMBER:
        field["bareNumber"] = True
    constraints: dict[str, Any] = {}
    if column.is_required:
        constraints["required"] = True
    if column.kind is Kind.IDENTIFIER:
        constraints["unique"] = True
    if column.choices is not None:
        constraints["enum"] = list(column.choices.values)
    if column.kind in _PATTERNS:
        constraints["pattern"] = _PATTERNS[column.kind]
    if column.low is not None:
        constraints["minimum"] = _plain(column.low)
    if column.high is not None:
        constraints["maximum"] = _plain(column.high)
    if constraints:
        field["constraints"] = constraints
    return field


def survey_format_page() -> str:
    """The page ``docs/survey-format.md``."""
    return "\n".join([_INTRODUCTION, *(line for table in TABLES for line in _section(table))])


def _section(table: Table) -> Iterator[str]:
    yield f"## `{table.name}` · {table.label('fr')} · {table.label('en')}"
    yield ""
    yield table.help("en")
    yield ""
    yield "| column | French label | English label | holds | asked | help |"
    yield "|---|---|---|---|---|---|"
    for column in table.columns:
        star = "*" if column.is_required else ""
        asked = "yes" if column.is_asked_of_firms else ""
        yield (
            f"| `{column.name}`{star} | {column.label('fr')} | {column.label('en')} "
            f"| {_holds(column)} | {asked} | {_escaped(column.help('en'))} |"
        )
    yield ""


def _holds(column: Column) -> str:
    if column.choices is not None:
        choices = column.choices
        return ", ".join(
            f"`{value}`"
            if fold(choices.label(value, "fr")) == fold(value)
            else f"`{value}` ({choices.label(value, 'fr')})"
            for value in choices.values
        )
    words = column.kind.value.replace("_", " ")
    if column.refers_to is not None:
        words = f"identifier of a row of `{column.refers_to}`"
    if column.unit is not None:
        words += f", {column.unit}"
    if column.low is not None and column.high is not None:
        words += f", {_plain(column.low)} to {_plain(column.high)}"
    elif column.low is not None:
        words += f", at least {_plain(column.low)}"
    return words


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _plain(bound: float) -> float | int:
    return int(bound) if float(bound).is_integer() else bound


def write_schemas(folder: Path) -> None:
    """Write one ``<table>.schema.json`` a table into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in TABLES:
        _write_json(folder / f"{table.name}.schema.json", table_schema(table))


def write_datapackage(folder: Path, *, name: str | None = None, title: str | None = None) -> Path:
    """Describe a folder of survey tables in ``datapackage.json``, for ``frictionless validate``.

    Separator, encoding and decimal sign of each file are looked up in it. Schemas are those of
    :func:`table_schema`, cut to the columns that the file has. Files with other headers than the
    technical names are left out.

    Returns
    -------
    Path
        Of the file written.
    """
    path = folder / "datapackage.json"
    found = {table.name: folder / f"{table.name}.csv" for table in TABLES}
    present = {key for key, file in found.items() if file.is_file()}
    package: dict[str, Any] = {
        "name": name or fold(folder.resolve().name) or "survey",
        "title": title or say("template.file-title", "en"),
        "profile": "tabular-data-package",
        "resources": [
            _resource(table, found[table.name], present)
            for table in TABLES
            if table.name in present
        ],
    }
    _write_json(path, package)
    return path


def _resource(table: Table, file: Path, present: set[str]) -> dict[str, Any]:
    raw = file.read_bytes()
    try:
        text, encoding = raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = raw.decode("cp1252"), "cp1252"
    if raw.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    first = text.split("\n", 1)[0]
    delimiter = max(";,", key=first.count)
    rows = list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    header = first.strip().split(delimiter)
    schema = table_schema(table)
    schema["fields"] = [
        _with_decimal_sign(field, rows) for field in schema["fields"] if field["name"] in header
    ]
    schema["fields"].sort(key=lambda field: header.index(field["name"]))
    schema["foreignKeys"] = [
        key for key in schema.get("foreignKeys", ()) if key["reference"]["resource"] in present
    ]
    return {
        "name": table.name,
        "path": file.name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": encoding,
        "dialect": {"delimiter": delimiter},
        "schema": {key: value for key, value in schema.items() if value},
    }


def _with_decimal_sign(field: dict[str, Any], rows: list[dict[str, str]]) -> dict[str, Any]:
    has_comma = any("," in (row.get(field["name"]) or "") for row in rows)
    return field | {"decimalChar": ","} if field["type"] == "number" and has_comma else field


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(
        json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n"
    )


def write_all(root: Path) -> None:
    """Write everything that is made from the definition into a clone of the project."""
    write_schemas(root / "datasets" / "schemas")
    (root / "docs" / "survey-format.md").write_text(
        survey_format_page(), encoding="utf-8", newline="\n"
    )
    demo = root / "datasets" / "demo"
    if (demo / "sites.csv").is_file():
        write_datapackage(demo, name="maillage-demo", title="Maillage: a made-up territory")


if __name__ == "__main__":
    write_all(Path.cwd())
