"""plan.xlsx: one sheet a view, readable, and nothing in it that a spreadsheet could run."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from matcher.outputs.sheets import Book, Column
from matcher.outputs.workbook import write_workbook
from tests.matcher.outputs.sample_leads import a_proposal
from tests.matcher.outputs.sample_plan import a_plan


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "plan.xlsx"
    write_workbook(a_plan(), path, "fr")
    return openpyxl.load_workbook(path)


def test_one_sheet_a_view_in_reading_order(book):
    assert book.sheetnames == [
        "Mode d’emploi", "Pistes", "Parties", "Chiffres des groupes", "Points à confirmer",
        "Pourquoi non", "Courbe", "Indicateurs", "Sites", "Maillon manquant", "Solidité du réseau",
    ]  # fmt: skip


def test_every_table_has_a_frozen_header_with_widths_and_prints_across_one_page(book):
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
        assert all(6 <= width <= 100 for width in widths)


def test_units_stand_in_the_headers_and_numbers_stay_numbers(book):
    sheet = book["Pistes"]
    column = {cell.value: cell.column for cell in sheet[1]}
    gain = sheet.cell(row=2, column=column["Gain (€/an)"])

    assert gain.value == 230_000
    assert gain.number_format == "#,##0"
    assert sheet.cell(row=2, column=column["Distance (km)"]).value == 15.7


def test_what_is_not_known_is_an_empty_cell_not_a_zero(book):
    sheet = book["Pistes"]
    column = {cell.value: cell.column for cell in sheet[1]}
    diverted = {
        sheet.cell(row=row, column=column["Objet"]).value: sheet.cell(
            row=row, column=column["Déchets détournés (t/an)"]
        ).value
        for row in range(2, sheet.max_row + 1)
    }

    assert diverted["Déchets végétaux"] is None
    assert diverted["Palettes d’occasion"] == 0


def test_no_cell_of_the_file_holds_a_formula(book, tmp_path):
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in archive.read(name)
    sheet = book["Sites"]
    names = {sheet.cell(row=row, column=2).value: row for row in range(2, sheet.max_row + 1)}
    hostile = next(name for name in names if name.startswith("=HYPERLINK"))
    cell = sheet.cell(row=names[hostile], column=2)

    assert cell.data_type == "s"
    assert cell.quotePrefix


def a_sheet_of(*values):
    """The cells of a sheet with these values in a row, read again."""
    book = Book()
    sheet = book.sheet("S", header="H")
    book.fill(sheet, [Column(header="h", width=10)] * len(values), [values])
    return openpyxl.load_workbook(io.BytesIO(book.written()))["S"][2]


@pytest.mark.parametrize("text", ["=1+1", "+33 5 49", "-cmd", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_is_written_as_a_text(text):
    (cell,) = a_sheet_of(text)

    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_a_text_that_looks_like_a_link_is_no_link():
    (cell,) = a_sheet_of("https://elsewhere.example/x")

    assert (cell.value, cell.hyperlink) == ("https://elsewhere.example/x", None)


def test_control_characters_are_blanked_and_long_texts_cut_to_what_a_cell_holds():
    controls, long, yes = a_sheet_of("a\x00b\x07c", "x" * 40_000, True)

    assert controls.value == "a b c"
    assert len(long.value) == 32_767
    assert yes.value is True


def test_leads_quick_first_then_projects_then_inside_one_firm(book):
    sheet = book["Pistes"]
    lists = [sheet.cell(row=row, column=2).value for row in range(2, sheet.max_row + 1)]

    assert lists == ["piste rapide"] * 5 + ["projet"] * 3 + ["dans une même entreprise"]
    assert [sheet.cell(row=row, column=1).value for row in range(2, 11)] == list(range(1, 10))


def test_pourquoi_non_gives_the_gap_its_unit_and_the_day_to_look_again(book):
    rows = list(book["Pourquoi non"].iter_rows(values_only=True))
    header = rows[0]
    sawdust = next(dict(zip(header, row, strict=True)) for row in rows if row[1] == "Sciure")

    assert sawdust["Écart"] == 606
    assert sawdust["Unité de l’écart"] == "jours"
    assert sawdust["À rouvrir le"].date().isoformat() == "2028-06-30"


def test_the_guide_says_confidential_and_what_is_proved(book):
    text = "\n".join(str(row[0]) for row in book["Mode d’emploi"].iter_rows(values_only=True))

    assert "CONFIDENTIEL – pour l’agent de l’EPCI" in text
    assert "2 novembre 2026" in text
    assert "0,8" in text
    assert "jamais de l’affaire" in text


def test_the_english_workbook_has_english_headers_and_the_same_figures(tmp_path):
    path = tmp_path / "plan.xlsx"
    write_workbook(a_plan(), path, "en")
    sheet = openpyxl.load_workbook(path)["Leads"]
    header = [cell.value for cell in sheet[1]]

    assert "Gain (€/year)" in header
    assert sheet.cell(row=2, column=header.index("Gain (€/year)") + 1).value == 230_000


def test_an_empty_plan_still_makes_a_readable_workbook(tmp_path):
    path = tmp_path / "plan.xlsx"
    write_workbook(
        a_plan(proposals=(), internal=(), unmatched=(), curve=(), indicators=(), warnings=()),
        path,
        "fr",
    )

    assert openpyxl.load_workbook(path)["Pistes"].max_row == 1


def test_a_lead_on_an_unknown_declaration_shows_its_id(tmp_path):
    path = tmp_path / "plan.xlsx"
    write_workbook(a_plan(proposals=(a_proposal("p"),), declarations={}), path, "fr")

    assert openpyxl.load_workbook(path)["Pistes"]["C2"].value == "F01-sand"


def test_shares_stand_beside_gains_and_figures_have_their_sheet(book):
    parties = book["Parties"]
    column = {cell.value: cell.column for cell in parties[1]}
    fair = {
        parties.cell(row=row, column=column["Site"]).value: parties.cell(
            row=row, column=column["Part équitable (€/an)"]
        ).value
        for row in range(2, parties.max_row + 1)
        if parties.cell(row=row, column=column["Part équitable (€/an)"]).value is not None
    }
    words = [row[5].value for row in book["Chiffres des groupes"].iter_rows(min_row=2)]

    assert sum(fair.values()) == 8_200
    assert words[0].replace("\xa0", " ") == "83 %"
