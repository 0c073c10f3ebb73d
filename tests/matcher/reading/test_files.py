"""Careless files: what people really send."""

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.matcher.reading.conftest import FLOW, SITE


def moment(year, month, day):
    """What a spreadsheet keeps of a day: it knows no time zone."""
    return datetime.datetime(year, month, day)  # noqa: DTZ001


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_reads_three_separators_and_three_encodings(folder, read, separator, encoding):
    found = read(
        folder(
            separator=separator,
            encoding=encoding,
            sites=[SITE | {"name": "Forêt d’Œuvre & fils"}],
            flows=[FLOW | {"amount": "12,5", "unit": "t"}],
        )
    )

    assert found.problems == ()
    assert found.survey.sites["S1"].name == "Forêt d’Œuvre & fils"
    assert found.survey.flows["F1"].amount == 12.5


@pytest.mark.parametrize(
    ("name", "code"),
    [("utf-16", "csv-utf-16"), ("utf-16-le", "csv-nul")],
)
def test_utf_16_is_refused_with_what_to_do(folder, read, name, code):
    found = read(folder(encoding=name))

    assert found.errors == [code]
    assert "CSV UTF-8" in found.problem(code).remedy


@pytest.mark.parametrize(
    "header",
    [
        "site_id;name;latitude;longitude",
        "Identifiant du site;Nom du site;Latitude;Longitude",
        "IDENTIFIANT  DU SITE *;nom-du-site;LATITUDE;longitude",
        "Site identifier;Site name;Latitude;Longitude",
    ],
)
@pytest.mark.parametrize("file", ["sites.csv", "Sites.csv", "SITES.CSV"])
def test_headers_are_names_or_labels_whatever_accents_case_and_spaces(tmp_path, read, header, file):
    (tmp_path / file).write_text(f"{header}\nS1;Scierie;46,9;-1\n", encoding="utf-8")
    found = read(tmp_path)

    assert found.problems == ()
    assert found.survey.sites["S1"].latitude == 46.9


def test_a_header_may_leave_out_what_stands_in_brackets_and_say_no_more_than_unit(tmp_path, read):
    (tmp_path / "Sites.csv").write_text(
        "Identifiant du site;Nom du site\nS1;Un\n", encoding="utf-8"
    )
    (tmp_path / "Flux.csv").write_text(
        "Identifiant du flux;Site;Sortie ou besoin;Quoi;Quantité;Unité;Température\n"
        "F1;S1;sortie;eau chaude;12;MWh;70\n",
        encoding="utf-8",
    )

    flow = read(tmp_path).survey.flows["F1"]
    assert (flow.amount, flow.temperature_c) == (12, 70)


def test_an_unknown_column_is_passed_over_with_the_nearest_name(folder, read):
    found = read(folder(sites=[SITE | {"effectifs": "4"}]))

    assert found.problem("column-unknown").details["nearest"] == "Effectif (headcount)"
    assert found.errors == []


def test_a_missing_column_and_one_there_twice_are_errors(tmp_path, read):
    (tmp_path / "sites.csv").write_text(
        "site_id;nom;nom du site;Site name\nS1;a;b;c\n", encoding="utf-8"
    )
    (tmp_path / "flows.csv").write_text("flow_id;resource\nF1;sciure\n", encoding="utf-8")
    found = read(tmp_path)

    assert found.errors.count("column-missing") == 2  # site_id and direction of flows
    assert found.errors.count("column-twice") == 1
    assert "Sortie ou besoin (direction)" in {
        problem.details.get("wanted") for problem in found.problems
    }


def test_a_title_above_the_header_does_not_hide_it(workbook, read):
    found = read(
        workbook(sites=[["Enquête 2026"], [], list(SITE), ["S1", "Scierie", 46.9, "beaucoup"]])
    )

    assert found.problem("not-a-number").row == 4, "rows count as the spreadsheet shows them"


def test_a_header_under_the_header_is_no_row(workbook, read):
    """In the other language, or of a file that was glued under another."""
    labels = ["Identifiant du site", "Nom du site", "Latitude", "Longitude"]
    found = read(workbook(sites=[list(SITE), labels, ["S1", "Scierie", 46.9, -1], list(SITE)]))

    assert found.problems == ()
    assert set(found.survey.sites) == {"S1"}


def test_rows_count_as_the_spreadsheet_shows_them_also_after_blank_and_long_ones(tmp_path, read):
    (tmp_path / "sites.csv").write_text(
        'site_id;name;latitude;longitude\n\n"S1";"Scierie\ndu haut";46,9;-1\nS2;;46,9;-1\n',
        encoding="utf-8",
    )

    assert read(tmp_path).problem("cell-required").row == 4


def test_a_row_with_more_fields_than_headers_may_have_slipped(tmp_path, read):
    (tmp_path / "sites.csv").write_text(
        "site_id,name,latitude,longitude\nS1,Scierie,46,9,-1,0\n", encoding="utf-8"
    )

    assert read(tmp_path).errors == ["row-too-long"]


def test_unclosed_quotes_are_said_with_their_row(tmp_path, read):
    (tmp_path / "sites.csv").write_text('site_id;name\nS1;ok\nS2;"oh\n', encoding="utf-8")

    assert read(tmp_path).problem("csv-quotes").details == {"row": 3}


def test_a_workbook_reads_numbers_dates_and_numbers_written_as_text(workbook, read):
    header = [*FLOW, "amount", "unit", "contract_end", "months", "max_distance_km"]
    row = [*FLOW.values(), "1 250,5", "t", moment(2027, 6, 30), 8, 30]
    found = read(workbook(Flux=[header, row]))

    flow = found.survey.flows["F1"]
    assert found.problems == ()
    assert (flow.amount, flow.contract_end) == (1250.5, datetime.date(2027, 6, 30))
    assert (flow.month_shares[7], flow.max_distance_km) == (1, 30)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("months", moment(2026, 5, 3), "months-is-a-date"),
        ("months", 3.9, "months-is-a-number"),
        ("hours_of_day", moment(2026, 5, 21), "clock-is-a-date"),
        ("contract_end", 46387, "date-is-a-number"),
        ("amount", moment(2026, 5, 3), "not-a-number"),
        ("amount", True, "not-a-number"),
    ],
)
def test_what_a_spreadsheet_made_of_a_cell_is_said_with_its_remedy(
    workbook, read, column, value, code
):
    found = read(workbook(flows=[[*FLOW, "unit", column], [*FLOW.values(), "t", value]]))

    assert found.errors == [code]
    assert found.problem(code).column == column


def test_leading_zeros_that_a_spreadsheet_took_away_are_given_back(workbook, read):
    """30105 is the waste code 03 01 05, 1004 the commune 01004."""
    found = read(
        workbook(
            sites=[[*SITE, "commune_code"], ["S1", "Scierie", 46.9, -1, 1004]],
            flows=[list(FLOW), ["F1", "S1", "offer", 30105]],
        )
    )

    assert found.survey.sites["S1"].commune_code == "01004"
    assert found.survey.flows["F1"].waste_code == "030105"


def test_a_formula_without_a_stored_value_is_an_error(workbook, read):
    found = read(workbook(flows=[[*FLOW, "amount", "unit"], [*FLOW.values(), "=2*3", "t"]]))

    assert found.errors == ["formula-without-value"]


def test_a_formula_is_read_by_its_stored_value_with_one_warning_a_column(workbook, read, tmp_path):
    path = workbook(
        flows=[
            [*FLOW, "amount", "unit"],
            [*FLOW.values(), 4711, "t"],
            ["F2", "S1", "offer", "sawdust", 4712, "t"],
        ]
    )
    rewrite(path, "<v>4711</v>", "<f>2*3</f><v>6</v>")
    rewrite(path, "<v>4712</v>", "<f>2*4</f><v>8</v>")
    found = read(path)

    assert found.warnings == ["formula-stored-value"]
    assert found.problem("formula-stored-value").details == {"count": 2}
    assert found.survey.flows["F1"].amount == 6


def test_an_error_of_the_spreadsheet_is_an_error_of_ours(workbook, read):
    path = workbook(flows=[[*FLOW, "amount", "unit"], [*FLOW.values(), 4711, "t"]])
    rewrite(path, '<c r="E2" t="n"><v>4711</v>', '<c r="E2" t="e"><v>#REF!</v>')

    assert read(path).problem("error-cell").value == "#REF!"


def test_extra_hidden_and_merged_sheets_are_said(workbook, read):
    path = workbook(flows=[list(FLOW), list(FLOW.values())], Brouillon=[["à", "trier"]])
    book = load_workbook(path)
    book["flows"].sheet_state = "hidden"
    book["flows"].merge_cells("A5:B6")
    book.save(path)
    found = read(path)

    assert sorted(found.warnings) == ["merged-cells", "sheet-hidden", "table-unknown"]
    assert set(found.survey.flows) == {"F1"}


def test_a_table_there_twice_is_an_error(workbook, read):
    found = read(workbook(flows=[list(FLOW)], Flux=[list(FLOW)]))

    assert found.errors == ["table-twice"]


def test_an_empty_table_is_a_doubt_and_a_header_alone_is_nothing(tmp_path, read):
    (tmp_path / "sites.csv").write_text("site_id;name\n", encoding="utf-8")
    (tmp_path / "flows.csv").write_bytes(b"")
    found = read(tmp_path)

    assert found.errors == []
    assert found.warnings == ["table-empty"]
    assert found.survey.sites == {}


def test_declarations_without_any_site_are_said_once(tmp_path, read):
    lines = "".join(f"F{n};S1;offer;sciure\n" for n in range(9))
    (tmp_path / "flows.csv").write_text(";".join(FLOW) + "\n" + lines, encoding="utf-8")

    assert read(tmp_path).errors == ["no-sites"]


def test_a_table_that_cannot_be_read_does_not_make_every_reference_wrong(folder, read):
    path = folder(flows=[FLOW])
    (path / "sites.csv").write_bytes(b"site_id;name\n\0")

    assert read(path).errors == ["csv-nul"]


def test_a_folder_without_our_tables_says_how_to_name_them(tmp_path, read):
    (tmp_path / "notes.csv").write_text("a;b\n", encoding="utf-8")
    found = read(tmp_path)

    assert found.errors == ["no-table"]
    assert "flows" in found.problem("no-table").remedy


def test_a_folder_with_a_workbook_says_to_give_the_workbook(workbook, read):
    path = workbook(sites=[list(SITE)])
    problem = read(path.parent).problem("folder-of-workbooks")

    assert path.name in problem.remedy


def test_the_example_row_is_not_read_and_one_that_was_changed_is_said(workbook, read):
    header = list(SITE)
    untouched = read(workbook(sites=[header, ["EXEMPLE-S1", "Menuiserie des Tilleuls"]]))
    changed = read(workbook(sites=[header, ["EXEMPLE-S1", "Ma vraie menuiserie"]]))

    assert (untouched.problems, untouched.survey.sites) == ((), {})
    assert (changed.warnings, changed.survey.sites) == (["example-row-ignored"], {})


def test_text_that_begins_with_a_sign_of_formulas_stays_text(tmp_path, read):
    book = Workbook()
    sheet = book.active
    sheet.title = "sites"
    sheet.append(["site_id", "name"])
    sheet.append(["S1", "x"])
    sheet["B2"].value = "=cmd|' /C calc'!A0"
    sheet["B2"].data_type = "s"
    path = tmp_path / "survey.xlsx"
    book.save(path)

    assert read(path).survey.sites["S1"].name == "=cmd|' /C calc'!A0"


def rewrite(path: Path, old: str, new: str) -> None:
    """Change the XML inside a workbook, as no library of ours would write it."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert sum(old.encode() in part for part in parts.values()) == 1, old
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part.replace(old.encode(), new.encode()))
