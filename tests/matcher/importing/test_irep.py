"""The IREP register. No yearly waste table was at hand: those here are made up, header included
as the register documents it; the table of establishments is tested on the real file as well.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import SurveyError
from matcher.importing import Around, ImportKind, import_hotmaps, import_irep
from matcher.importing.irep import OUTLETS
from matcher.survey_format import TABLE_BY_NAME
from tests.matcher.importing.test_hotmaps import STEEL, a_base, accounted, table

SITES_HEADER = (
    "identifiant;nom_etablissement;numero_siret;adresse;code_postal;commune;departement;region;"
    "coordonnees_x;coordonnees_y;code_epsg;code_ape;libelle_ape;code_eprtr;libelle_eprtr"
)
# Lambert-93 of the town hall of Dunkerque, near 51.0383 N 2.3775 E
ACIERIE = (
    "0001;ACIERIE DE DENAIN;73282932000074;;59220;DENAIN;NORD;HDF;727694;7025763;2154;2410Z;;;"
)
TUILERIE = "0002;TUILERIE DU NORD;;;59140;DUNKERQUE;NORD;HDF;656364,0;7104322;2154;23.32Z;;;"
WASTE_HEADER = (
    "identifiant;nom_etablissement;annee;code_operation_eliminatio_valorisation;code_departement;"
    "pays;code_dechet;libelle_dechet;quantite;unite"
)
WASTE = (
    "0001;ACIERIE;2022;R4;59;FRANCE;10 02 07*;poussières d'aciérie;120,5;t/an",
    "0001;ACIERIE;2022;R4;62;FRANCE;100207;poussières d'aciérie;29500;kg/an",
    "0001;ACIERIE;2022;D5;59;FRANCE;10 02 07;poussières d'aciérie;50;t",
    "0001;ACIERIE;2021;D5;59;FRANCE;10 02 07;poussières d'aciérie;900;t",
    "0009;INCONNUE;2022;D10;59;FRANCE;14 06 03;solvants;8;t/an",
)


def a_file(folder: Path, header: str, *rows: str, name: str = "irep.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]), encoding="cp1252")
    return path


def test_tells_the_table_of_establishments_and_places_it_on_the_map(tmp_path):
    report = import_irep(a_file(tmp_path, SITES_HEADER, ACIERIE, TUILERIE), tmp_path / "out")

    sites = {site["site_id"]: site for site in table(tmp_path / "out", "sites")}
    assert report.kind is ImportKind.IREP_SITES
    steel = sites["irep-0001"]
    assert (steel["siret"], steel["activity_code"]) == ("73282932000074", "24.10Z")
    assert sites["irep-0002"]["siret"] == ""
    assert sites["irep-0002"]["activity_code"] == "23.32Z"
    assert float(sites["irep-0002"]["latitude"].replace(",", ".")) == pytest.approx(51.04, abs=0.02)
    assert not (tmp_path / "out" / "flows.csv").exists()


def test_rows_of_one_waste_are_summed_in_tonnes_and_operations_stay_apart(tmp_path):
    """By hand: recycled 120.5 t + 29 500 kg = 150 t; landfilled 50 t; 2021 is not the latest."""
    report = import_irep(a_file(tmp_path, WASTE_HEADER, *WASTE), tmp_path / "out")

    flows = {row["flow_id"]: row for row in table(tmp_path / "out", "flows")}
    assert report.kind is ImportKind.IREP_WASTE
    assert report.year == 2022
    recycled, buried = flows["irep-0001-100207-R4"], flows["irep-0001-100207-D5"]
    assert (recycled["amount"], recycled["unit"], recycled["today_outlet"]) == (
        "150", "t", "recycling",
    )  # fmt: skip
    assert (buried["amount"], buried["today_outlet"]) == ("50", "landfill")
    assert recycled["resource"] == "100207"
    assert recycled["direction"] == "offer"
    assert report.left_out == {"other-year": 1}
    assert (report.rows_read, report.rows_kept, report.flows_added) == (5, 4, 3)


def test_another_year_is_taken_when_asked(tmp_path):
    report = import_irep(a_file(tmp_path, WASTE_HEADER, *WASTE), tmp_path / "out", year=2021)

    (flow,) = table(tmp_path / "out", "flows")
    assert flow["amount"] == "900"
    assert report.left_out == {"other-year": 4}


def test_sites_that_no_table_of_establishments_placed_are_kept_and_counted(tmp_path):
    out = tmp_path / "out"
    import_irep(a_file(tmp_path, SITES_HEADER, ACIERIE), out)

    report = import_irep(a_file(tmp_path, WASTE_HEADER, *WASTE), out)

    sites = {site["site_id"]: site for site in table(out, "sites")}
    assert report.remarks == {"site-without-position": 1}
    assert report.sites_added == 1
    assert sites["irep-0009"]["latitude"] == ""
    assert sites["irep-0001"]["latitude"] != ""


def test_the_establishments_place_sites_that_a_waste_table_brought_before(tmp_path):
    out = tmp_path / "out"
    import_irep(a_file(tmp_path, WASTE_HEADER, *WASTE), out)

    report = import_irep(a_file(tmp_path, SITES_HEADER, ACIERIE, TUILERIE), out)

    steel = next(site for site in table(out, "sites") if site["site_id"] == "irep-0001")
    assert (report.sites_added, report.sites_completed) == (1, 1)
    assert steel["name"] == "ACIERIE"
    assert steel["latitude"] != ""
    assert steel["siret"] != ""


def test_with_a_territory_a_waste_table_keeps_the_sites_of_the_folder_only(tmp_path):
    out = tmp_path / "out"
    import_irep(a_file(tmp_path, SITES_HEADER, ACIERIE, TUILERIE), out, territory="Denain")

    report = import_irep(a_file(tmp_path, WASTE_HEADER, *WASTE), out, territory="Denain")

    assert report.left_out == {"other-year": 1, "site-not-in-folder": 1}
    assert len(table(out, "sites")) == 1
    assert len(table(out, "flows")) == 2


def test_zero_makes_no_flow_and_empty_makes_one_without_an_amount(tmp_path):
    rows = [
        "0001;ACIERIE;2022;D5;59;F;100207;poussières;0;t",
        "0001;ACIERIE;2022;R13;59;F;100210;battitures;;t",
        "0001;ACIERIE;2022;R4;59;F;100210;battitures;;t",
        "0001;ACIERIE;2022;R4;59;F;100210;battitures;7;t",
    ]

    report = import_irep(a_file(tmp_path, WASTE_HEADER, *rows), tmp_path / "out")

    flows = {row["flow_id"]: row for row in table(tmp_path / "out", "flows")}
    assert flows["irep-0001-100210-R13"]["amount"] == ""
    assert flows["irep-0001-100210-R13"]["today_outlet"] == "unknown"
    assert flows["irep-0001-100210-R4"]["amount"] == "7"
    assert len(flows) == 2
    assert report.left_out == {"amount-zero": 1}
    assert report.remarks["amount-not-known"] == 1
    assert report.remarks["amount-in-part"] == 1


def test_every_bad_row_is_reported_at_once_and_the_good_ones_are_kept(tmp_path):
    rows = [
        "0001;A;2022;R4;59;F;1002;x;1;t",
        "0001;A;2022;R4;59;F;100207;x;1;m3",
        "0001;A;deux mille;R4;59;F;100207;x;1;t",
        ";A;2022;R4;59;F;100207;x;1;t",
        "0001;A;2022;R4;59;F;100207;x;env. 12;t",
        "0001;A;2022;R4;59;F;100207;x;-1;t",
        "0001;A;2022;X9;59;F;100207;x;1;t",
    ]

    report = import_irep(a_file(tmp_path, WASTE_HEADER, *rows), tmp_path / "out")

    seen = {(problem.row, problem.code) for problem in report.problems}
    assert seen == {
        (2, "import-waste-code"),
        (3, "import-unit"),
        (4, "import-number"),
        (5, "import-identifier-missing"),
        (6, "import-number"),
        (7, "import-negative"),
        (8, "import-operation"),
    }
    assert report.left_out == {"bad-row": 6}
    assert accounted(report) == 7
    (flow,) = table(tmp_path / "out", "flows")
    assert flow["today_outlet"] == "unknown"


def test_a_doubtful_establishment_is_kept_without_the_doubtful_cell(tmp_path):
    rows = [
        "0001;A;12345;;;;;;655000;7105000;2154;2410Z;;;",
        "0002;B;00000000000000;;;;;;655000;7105000;27572;x;;;",
        "0003;C;732829320;;;;;;12;12;2154;2410Z;;;",
        "0003;C;732829320;;;;;;12;12;2154;2410Z;;;",
    ]

    report = import_irep(a_file(tmp_path, SITES_HEADER, *rows), tmp_path / "out")

    assert sorted((problem.row, problem.code) for problem in report.problems) == [
        (2, "import-siret"),
        (3, "import-activity"),
        (3, "import-projection"),
        (3, "import-siret"),
        (4, "import-position"),
        (4, "import-siret"),
        (5, "import-position"),
    ]
    assert report.rows_kept == 3
    assert report.left_out == {"same-record-twice": 1}
    assert report.remarks == {"position-not-known": 2}


def test_every_outlet_is_one_that_a_survey_may_hold():
    assert set(OUTLETS.values()) <= set(
        TABLE_BY_NAME["flows"].by_name["today_outlet"].choices.values
    )


def test_a_file_that_is_neither_of_the_two_is_refused(tmp_path):
    with pytest.raises(SurveyError) as caught:
        import_irep(a_file(tmp_path, "a;b", "1;2"), tmp_path / "out")

    assert [problem.code for problem in caught.value.problems] == ["import-not-irep"]


def test_real_establishments_and_their_heat_make_one_territory(tmp_path, shared):
    """Hainaut: 149 establishments, 13 sites of the heat base; those that both know are one site."""
    data = shared / "data"
    out = tmp_path / "hainaut"

    irep = import_irep(data / "firms" / "irep_etablissements_fr.csv", out, territory="ti-3210")
    heat = import_hotmaps(
        data / "heat" / "hotmaps_industrial_sites_france.csv", out, territory="ti-3210"
    )

    names = {site["site_id"]: site["name"] for site in table(out, "sites")}
    where = {flow["flow_id"]: flow["site_id"] for flow in table(out, "flows")}
    assert irep.rows_kept == 149
    assert heat.rows_kept == 13
    assert heat.sites_added + heat.sites_completed <= 13
    assert heat.sites_added <= 6
    assert "SAINT GOBAIN GLASS" in names[where["hotmaps-1069-heat"]].upper()
    assert "WIENERBERGER" in names[where["hotmaps-3293-heat"]].upper()


def test_a_circle_takes_the_real_neighbours_of_dunkerque(tmp_path, shared):
    file = shared / "data" / "firms" / "irep_etablissements_fr.csv"
    circle = Around.parse("51.03,2.33,12")

    report = import_irep(file, tmp_path / "out", around=circle)

    names = " ".join(site["name"] for site in table(tmp_path / "out", "sites"))
    assert "ARCELORMITTAL" in names
    assert 30 <= report.rows_kept <= 60
    assert report.left_out["position-not-known"] > 0


def test_heat_and_register_meet_at_one_site_whatever_the_order(tmp_path):
    """The steelworks of both files lie 0.4 km apart under one name; the others do not."""
    heat = a_base(tmp_path, STEEL.replace("ACIERIE", "ACIERIE DE DENAIN SA"))
    register = a_file(tmp_path, SITES_HEADER, ACIERIE, TUILERIE)
    steps = [(import_hotmaps, heat), (import_irep, register)]
    for order in (steps, steps[::-1]):
        out = tmp_path / order[0][0].__name__
        for import_file, file in order:
            import_file(file, out)

        sites = table(out, "sites")
        assert len(sites) == 2
        (flow,) = (f for f in table(out, "flows") if f["flow_id"] == "hotmaps-2-heat-500")
        steel = next(site for site in sites if site["site_id"] == flow["site_id"])
        assert steel["siret"] == "73282932000074"
