"""Excess heat of industrial sites: levels become offers, zero means not known, nothing is lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from matcher.catalogue import load_catalogue
from matcher.errors import SurveyError
from matcher.importing import Around, ImportReport, import_hotmaps
from matcher.importing.hotmaps import HEAT_RESOURCE
from matcher.survey_format import TABLE_BY_NAME

HEADER = (
    "SiteID,CompanyName,SiteName,Address,CityCode,City,Country,geom,Subsector,DataSource,"
    "Excess_Heat_100-200C,Excess_Heat_200-500C,Excess_Heat_500C,Excess_Heat_Total,Nuts2_ID"
)
GLASS = (
    "1,Verre SA,VERRERIE,,59100,Aniche,France,SRID=4326;POINT(3.25 50.33),Glass,ETS,0,21,0,21,FR30"
)
STEEL = (
    "2,Acier SA,ACIERIE,,59200,Denain,France,SRID=4326;POINT(3.39 50.33),Iron and steel,ETS,"
    "5.5,0,7.25,12.75,FR30"
)
PAPER = "3,,PAPETERIE,,64000,Pau,France,,Paper and printing,ETS,0.0,0.0,0.0,0.0,FR61"


def a_base(folder: Path, *rows: str, encoding: str = "utf-8", separator: str = ",") -> Path:
    path = folder / "base.csv"
    text = io.StringIO(newline="")
    cells = [row.split(",") for row in (HEADER, *rows)]
    csv.writer(text, delimiter=separator).writerows(cells)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def accounted(report: ImportReport) -> int:
    return report.rows_kept + sum(report.left_out.values())


def test_each_level_with_heat_becomes_one_offer_at_the_levels_lowest_temperature(tmp_path):
    report = import_hotmaps(a_base(tmp_path, GLASS, STEEL), tmp_path / "out")

    flows = {row["flow_id"]: row for row in table(tmp_path / "out", "flows")}
    assert set(flows) == {"hotmaps-1-heat-200", "hotmaps-2-heat-100", "hotmaps-2-heat-500"}
    steel = flows["hotmaps-2-heat-500"]
    assert (steel["amount"], steel["unit"], steel["temperature_c"]) == ("7,25", "GWh", "500")
    assert (steel["direction"], steel["basis"], steel["today_outlet"]) == (
        "offer", "inferred", "lost",
    )  # fmt: skip
    assert (report.sites_added, report.flows_added, report.rows_kept) == (2, 3, 2)


def test_zero_heat_is_a_flow_without_an_amount_and_never_zero(tmp_path):
    report = import_hotmaps(a_base(tmp_path, PAPER), tmp_path / "out")

    (flow,) = table(tmp_path / "out", "flows")
    assert flow["amount"] == ""
    assert flow["temperature_c"] == ""
    assert report.remarks == {"heat-not-known": 1, "position-not-known": 1}


def test_columns_and_resource_written_are_those_of_the_survey_and_the_catalogue(tmp_path):
    import_hotmaps(a_base(tmp_path, STEEL), tmp_path / "out")

    for name in ("sites", "flows"):
        assert set(table(tmp_path / "out", name)[0]) <= set(TABLE_BY_NAME[name].by_name)
    assert load_catalogue().resources[HEAT_RESOURCE].unit == "MWh"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_reads_any_encoding_and_separator(tmp_path, encoding, separator):
    base = a_base(
        tmp_path, STEEL.replace("ACIERIE", "Aciérie"), encoding=encoding, separator=separator
    )

    import_hotmaps(base, tmp_path / "out")

    (site,) = table(tmp_path / "out", "sites")
    assert site["name"] == "Aciérie"
    assert (site["latitude"], site["longitude"]) == ("50,33", "3,39")


@pytest.mark.parametrize(
    "territory",
    [
        {"territory": "DENAIN"},
        {"territory": "denain"},
        {"territory": "592"},
        {"around": Around(latitude=50.33, longitude=3.40, radius_km=3)},
        {"territory": "FR30", "around": Around(latitude=50.33, longitude=3.40, radius_km=3)},
    ],
    ids=str,
)
def test_keeps_the_territory_and_counts_what_lies_outside(tmp_path, territory):
    report = import_hotmaps(a_base(tmp_path, GLASS, STEEL, PAPER), tmp_path / "out", **territory)

    assert [site["site_id"] for site in table(tmp_path / "out", "sites")] == ["hotmaps-2"]
    assert sum(report.left_out.values()) == 2
    assert accounted(report) == report.rows_read == 3


def test_a_site_without_position_is_left_out_of_a_circle_and_said_so(tmp_path):
    circle = Around(latitude=50.33, longitude=3.25, radius_km=1)

    report = import_hotmaps(a_base(tmp_path, GLASS, PAPER), tmp_path / "out", around=circle)

    assert report.left_out == {"position-not-known": 1}


def test_a_territory_that_matches_nothing_is_an_error_and_writes_nothing(tmp_path):
    with pytest.raises(SurveyError) as caught:
        import_hotmaps(a_base(tmp_path, GLASS), tmp_path / "out", territory="Dunkerke")

    (problem,) = caught.value.problems
    assert (problem.code, problem.value) == ("import-territory-empty", "Dunkerke")
    assert not (tmp_path / "out").exists()


def test_every_bad_cell_is_reported_at_once_with_its_row(tmp_path):
    bad_number = GLASS.replace(",21,0,21,", ",vingt,0,21,")
    negative = STEEL.replace("5.5", "-5.5")
    bad_point = PAPER.replace("France,,", "France,SRID=4326;POINT(3.2),").replace("3,,", "4,,")
    no_id = GLASS.removeprefix("1")

    report = import_hotmaps(
        a_base(tmp_path, bad_number, negative, bad_point, no_id), tmp_path / "out"
    )

    seen = {(problem.row, problem.code) for problem in report.problems}
    assert seen == {
        (2, "import-number"),
        (2, "import-levels"),
        (3, "import-negative"),
        (3, "import-levels"),
        (4, "import-position"),
        (5, "import-identifier-missing"),
    }
    assert report.left_out == {"bad-row": 1}
    assert accounted(report) == 4
    for language in ("fr", "en"):
        assert len(report.lines(language)) >= 6 + len(report.problems) - 2


def test_doing_it_twice_adds_nothing_and_changes_no_cell(tmp_path):
    base = a_base(tmp_path, GLASS, STEEL, PAPER)
    import_hotmaps(base, tmp_path / "out")
    before = {name: table(tmp_path / "out", name) for name in ("sites", "flows")}

    report = import_hotmaps(base, tmp_path / "out")

    assert report.left_out == {"already-there": 3}
    assert (report.sites_added, report.sites_completed, report.flows_added) == (0, 0, 0)
    assert before == {name: table(tmp_path / "out", name) for name in ("sites", "flows")}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import-not-text"),
        (b"PK\x03\x04\x00\x00", "import-not-text"),
        (b"a,b\n1,2\n", "import-columns-missing"),
    ],
)
def test_a_file_that_is_not_the_base_is_refused_with_a_reason(tmp_path, content, code):
    path = tmp_path / "autre.csv"
    path.write_bytes(content)

    with pytest.raises(SurveyError) as caught:
        import_hotmaps(path, tmp_path / "out")

    assert [problem.code for problem in caught.value.problems] == [code]
    assert all(problem.message("fr") for problem in caught.value.problems)


def test_a_missing_file_is_refused_with_a_reason(tmp_path):
    with pytest.raises(SurveyError) as caught:
        import_hotmaps(tmp_path / "rien.csv", tmp_path / "out")

    assert caught.value.problems[0].code == "import-unreadable"


def test_the_whole_base_of_france_comes_through(tmp_path, shared):
    """The file beside the repository: 465 sites, 140 of them with heat, 8 731 GWh a year."""
    base = shared / "data" / "heat" / "hotmaps_industrial_sites_france.csv"

    report = import_hotmaps(base, tmp_path / "out")

    amounts = [row["amount"] for row in table(tmp_path / "out", "flows")]
    known = [float(amount.replace(",", ".")) for amount in amounts if amount]
    assert report.rows_kept == 465
    assert not report.problems
    assert report.remarks["heat-not-known"] == 465 - 140 == amounts.count("")
    assert sum(known) == pytest.approx(8731, abs=1)
