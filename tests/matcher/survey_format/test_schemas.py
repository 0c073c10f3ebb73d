"""What is made from the one definition equals what is committed; Frictionless takes it."""

import json
import re
import string
from pathlib import Path

import pytest
from frictionless import Schema, system, validate

from matcher.survey_format import CLOSED_LISTS, TABLES
from matcher.survey_format.schemas import (
    survey_format_page,
    table_schema,
    write_all,
    write_datapackage,
)
from matcher.wording import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "datasets" / "demo"
CODE = re.compile(
    r"\b(?:error|warn|Fault|UnreadableError|doubt|MonthsError|note)\(\s*"
    r'(?:Severity\.\w+,\s*)?"([a-z0-9-]+)"'
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_committed_schema_is_the_one_of_the_definition(table):
    path = ROOT / "datasets" / "schemas" / f"{table.name}.schema.json"

    assert json.loads(path.read_text(encoding="utf-8")) == table_schema(table), (
        "write anew: python -m matcher.survey_format.schemas"
    )
    assert Schema.validate_descriptor(table_schema(table)).valid


def test_the_committed_page_is_the_one_of_the_definition():
    page = (ROOT / "docs" / "survey-format.md").read_text(encoding="utf-8")

    assert page == survey_format_page(), "write anew: python -m matcher.survey_format.schemas"


def test_writing_everything_anew_writes_schemas_and_page(tmp_path):
    (tmp_path / "docs").mkdir()
    write_all(tmp_path)

    written = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {"survey-format.md", *(f"{table.name}.schema.json" for table in TABLES)}


def test_the_demo_survey_is_a_data_package_that_frictionless_accepts():
    if not (DEMO / "datapackage.json").is_file():
        pytest.skip("the demo survey is not there")
    with system.use_context(trusted=True):
        report = validate(str(DEMO / "datapackage.json"))

    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])
    assert {task.name for task in report.tasks} == {table.name for table in TABLES}


def test_the_description_of_the_demo_survey_is_the_one_of_the_definition(tmp_path):
    if not (DEMO / "datapackage.json").is_file():
        pytest.skip("the demo survey is not there")
    for file in DEMO.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    committed = json.loads((DEMO / "datapackage.json").read_text(encoding="utf-8"))
    path = write_datapackage(tmp_path, name=committed["name"], title=committed["title"])

    assert json.loads(path.read_text(encoding="utf-8")) == committed, (
        "write anew: python -m matcher.survey_format.schemas"
    )


def test_frictionless_refuses_what_breaks_the_definition(tmp_path):
    (tmp_path / "sites.csv").write_text(
        "site_id;name;kind;latitude\nS1;Scierie;usine;96,9\nS1;;firm;46,9\n", encoding="utf-8"
    )
    write_datapackage(tmp_path)
    with system.use_context(trusted=True):
        report = validate(str(tmp_path / "datapackage.json"))

    fields = {fault[0] for fault in report.flatten(["fieldName"])}
    assert {"kind", "latitude", "name"} <= fields


def test_no_two_columns_of_a_table_and_no_two_words_of_a_list_can_be_confused():
    for table in TABLES:
        names = [name for column in table.columns for name in column.names]
        assert len(names) == len(set(names)), table.name
    sheets = [name for table in TABLES for name in table.names]
    assert len(sheets) == len(set(sheets))
    for choices in CLOSED_LISTS:
        for language in LANGUAGES:
            labels = choices.labels(language)
            assert len(labels) == len(set(labels)), choices.name


def test_every_problem_that_the_reader_knows_has_its_words_in_both_languages():
    rooms = ROOT / "matcher" / "reading"
    codes = {code for file in rooms.glob("*.py") for code in CODE.findall(file.read_text("utf-8"))}

    assert len(codes) > 90
    french, english = (catalogue(language) for language in LANGUAGES)
    for code in codes:
        for part in ("rule", "remedy"):
            key = f"errors.{code}.{part}"
            assert fields(french[key]) == fields(english[key]), key


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
