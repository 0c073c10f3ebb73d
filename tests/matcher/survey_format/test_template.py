"""The workbook that a firm's contact fills."""

import datetime

import pytest
from openpyxl import load_workbook

from matcher.catalogue import load_catalogue
from matcher.reading import read_survey
from matcher.survey_format import CLOSED_LISTS, TABLES, Kind
from matcher.survey_format.template import write_template
from matcher.wording import LANGUAGES

FIRST_FREE_ROW = 5


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def path(tmp_path, language):
    written = tmp_path / "enquete.xlsx"
    write_template(written, language=language)
    return written


def test_what_it_writes_reads_back_as_an_empty_survey_without_a_word(path):
    survey = read_survey(path, catalogue=load_catalogue(), as_of=datetime.date(2026, 11, 1))

    assert survey.warnings == ()
    assert not (survey.sites or survey.flows or survey.jobs or survey.permits or survey.wishes)


def test_the_example_lines_are_good_answers_once_they_are_renamed(path, language):
    """Every label, example, list and number format of the template is understood by the reader."""
    book = load_workbook(path)
    for table in TABLES:
        sheet = book[table.label(language)]
        for cell in sheet[4]:
            if isinstance(cell.value, str) and cell.value.startswith("EXEMPLE-"):
                cell.value = cell.value.removeprefix("EXEMPLE-")
            elif cell.value == "EXEMPLE":
                cell.value = "85109"
    book.save(path)
    survey = read_survey(path, catalogue=load_catalogue(), as_of=datetime.date(2026, 11, 1))

    assert survey.warnings == ()
    assert survey.flows["F1"].resource == "sawdust"
    assert survey.flows["F1"].month_shares[7] == 0
    assert survey.sites["S1"].closed_months == {8}
    assert len(survey.permits) == len(survey.qualities) == len(survey.wishes) == 1
    assert survey.equipment and survey.jobs and survey.pools and survey.places


def test_every_word_of_its_lists_is_understood(path, language):
    book = load_workbook(path)
    hidden = next(sheet for sheet in book if sheet.sheet_state == "hidden")
    offered = {
        column[0].value: [cell.value for cell in column[1:] if cell.value]
        for column in hidden.iter_cols()
    }

    for choices in CLOSED_LISTS:
        assert offered[choices.name] == choices.labels(language)


def test_each_choice_and_each_unit_has_a_drop_down_list(path, language):
    book = load_workbook(path)
    for table in TABLES:
        sheet = book[table.label(language)]
        listed = {
            area.min_col
            for rule in sheet.data_validations.dataValidation
            for area in rule.sqref.ranges
        }
        for at, column in enumerate(table.columns, start=1):
            if column.choices is not None or column.kind in (Kind.BOOLEAN, Kind.REFERENCE):
                assert at in listed, (table.name, column.name)


def test_cells_that_a_spreadsheet_would_make_dates_are_text(path, language):
    book = load_workbook(path)
    for table in TABLES:
        sheet = book[table.label(language)]
        for column, head in zip(table.columns, sheet[1], strict=True):
            if column.kind in (Kind.MONTHS, Kind.MONTH_SET, Kind.CLOCK, Kind.CODE, Kind.IDENTIFIER):
                style = sheet.column_dimensions[head.column_letter]
                assert style.number_format == "@", (table.name, column.name)


def test_it_holds_no_formula_no_macro_and_no_address_of_another_host(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert "vba" not in name.lower()
            text = archive.read(name).decode("utf-8")
            assert "<f>" not in text
            assert "TargetMode" not in text or 'TargetMode="External"' not in text


def test_help_stands_under_each_header_and_stays_in_sight(path, language):
    book = load_workbook(path)
    assert book.sheetnames[0] in ("Mode d’emploi", "Read me")
    for table in TABLES:
        sheet = book[table.label(language)]
        assert sheet.freeze_panes == "B4"
        for column, head, name, text in zip(
            table.columns, sheet[1], sheet[2], sheet[3], strict=True
        ):
            assert head.value.removesuffix(" *") == column.label(language)
            assert name.value.removeprefix("# ") == column.name
            assert text.value.removeprefix("# ") == column.help(language)
        assert all(cell.value is None for cell in sheet[FIRST_FREE_ROW])
