"""A list of sites becomes a survey of supposed flows: marked, with ranges, and never in the way."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from matcher.catalogue import load_catalogue
from matcher.declarations import Basis, Direction, EquipmentMode
from matcher.errors import SurveyError
from matcher.matching import match
from matcher.prefilling import prefill, read_site_list
from matcher.reading import read_survey
from matcher.settings import Settings
from tests.conftest import ROOT

FOUNDRY, SAWMILL, BRICKS = "99980107900016", "99980128500019", "99980121000017"
HEADER = "siret;name;activity_code;headcount;latitude;longitude"


def a_list(folder: Path, *rows: str, header: str = HEADER, name: str = "sites.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows)), encoding="utf-8")
    return path


def test_amounts_are_those_of_the_trade_times_the_headcount(tmp_path):
    """By hand: 38 heads x 10, 60 and 250 t of sawdust a head (16.1) are 380, 2 280 and 9 500 t."""
    out = tmp_path / "out"
    prefill(a_list(tmp_path, f"{SAWMILL};Scierie;16.10A;38;46,97;-1,09"), out)

    flow = read_survey(out).flows[f"supposed-siret-{SAWMILL}-offer-sawdust"]

    assert (flow.amount_low, flow.amount, flow.amount_high) == (380, 2280, 9500)
    assert flow.basis is Basis.INFERRED


def test_a_band_of_headcount_widens_the_range(tmp_path):
    """By hand: band 12 is 20 to 49 people, middle 31: 200, 1 860 and 12 250 t (three digits)."""
    header = "siret;activitePrincipaleEtablissement;trancheEffectifsEtablissement"
    prefill(a_list(tmp_path, f"{SAWMILL};1610A;12", header=header), tmp_path / "out")

    flow = read_survey(tmp_path / "out").flows[f"supposed-siret-{SAWMILL}-offer-sawdust"]

    assert (flow.amount_low, flow.amount, flow.amount_high) == (200, 1860, 12200)


def test_machines_jobs_and_purchases_of_the_trade_come_too(tmp_path):
    """By hand: a quarry (08.1) has a weighbridge free some 60 h a month; a joinery (16.2) of 40
    buys 5 visits of inspection at 450 EUR each, and lacks 35 h a month of a safety person.
    """
    header = "site_id;activity_code;headcount"
    path = a_list(tmp_path, "Q;08.11Z;40", "J;16.29Z;40", header=header)
    report = prefill(path, tmp_path / "out", likely_percent=50)
    survey = read_survey(tmp_path / "out")

    bridge = survey.equipment["supposed-Q-offer-weighbridge"]
    assert bridge.hours_by_month == (60,) * 12 and bridge.mode is EquipmentMode.ON_SITE
    assert survey.jobs["supposed-J-need-H1303"].hours_by_month == (35,) * 12
    visits = survey.pools["supposed-J-buys-periodic_inspections"]
    assert (visits.amount, visits.eur_per_year) == (5, 2250)
    rows = [*survey.equipment.values(), *survey.jobs.values(), *survey.pools.values()]
    assert {row.basis for row in rows} == {Basis.INFERRED}
    assert sum(report.added.values()) == len(rows) + len(survey.flows)
    assert not {p.code for p in survey.warnings} - {"position-missing"}


def test_a_firm_that_declared_but_a_machine_has_answered(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "sites.csv").write_text("site_id;name;activity_code\nQ;Carrière;08.11Z\n", "utf-8")
    (out / "equipment.csv").write_text(
        "item_id;site_id;direction;equipment;hours_per_month\nE;Q;offre;pont-bascule;20\n", "utf-8"
    )
    path = a_list(tmp_path, "Q;08.11Z;40", header="site_id;activity_code;headcount")

    assert prefill(path, out, likely_percent=50).remarks["site-has-answered"] == 1
    prefill(path, out, likely_percent=50, complete=True)
    offered = read_survey(out).equipment.values()
    assert [e.equipment for e in offered if e.direction is Direction.OFFER] == ["pont-bascule"]


@pytest.mark.slow
def test_every_activity_of_the_table_reads_back_without_an_error(tmp_path):
    """Months, outlets, temperatures and units of all rows are those of a survey."""
    activities = sorted(
        {a for row in load_catalogue().activity_flows.values() for a in row.activities}
    )
    rows = [f"S{number};{activity};40" for number, activity in enumerate(activities)]
    path = a_list(tmp_path, *rows, header="site_id;activity_code;headcount")
    prefill(path, tmp_path / "out", likely_percent=1)

    survey = read_survey(tmp_path / "out")

    assert len(survey.sites) == len(activities)
    assert {flow.site_id for flow in survey.flows.values()} == set(survey.sites)
    tables = (survey.flows, survey.equipment, survey.jobs, survey.pools)
    assert {row.basis for table in tables for row in table.values()} == {Basis.INFERRED}
    assert {p.code for p in survey.warnings} <= {"position-missing", "cell-guarded"}


def test_every_wrong_cell_is_told_at_once_and_nothing_is_written(tmp_path):
    path = a_list(
        tmp_path,
        "123;A;16.10A;10;46;1",
        f"{SAWMILL};B;menuisier;10;46;1",
        f"{FOUNDRY};C;24.51Z;beaucoup;46;1",
        f"{BRICKS};D;23.32Z;70;460;1",
        ";E;16.10A;5;46;1",
        f"{FOUNDRY};F;24.51Z;10;46;1",
    )
    with pytest.raises(SurveyError) as caught:
        prefill(path, tmp_path / "out")

    found = [(p.row, p.column, p.code) for p in caught.value.problems]
    assert found == [
        (2, "siret", "prefill-siret"),
        (3, "activity_code", "prefill-activity"),
        (4, "headcount", "prefill-headcount"),
        (5, "latitude", "prefill-position"),
        (6, "siret", "prefill-siret-missing"),
        (7, "siret", "prefill-site-twice"),
    ]
    assert not (tmp_path / "out").exists()
    for language in ("fr", "en"):
        assert all(p.remedy_in(language) for p in caught.value.problems)


def test_a_list_without_its_columns_says_which(tmp_path):
    with pytest.raises(SurveyError) as caught:
        read_site_list(a_list(tmp_path, "x;1", header="nom;effectif"))
    assert [p.code for p in caught.value.problems] == [
        "prefill-no-siret-column",
        "prefill-no-activity-column",
    ]


@pytest.mark.parametrize(
    ("written", "heads"),
    [("38", (38, 38, 38)), ("20 à 49 salariés", (20, 31.3, 49)), ("20-49", (20, 31.3, 49))],
)
def test_a_headcount_is_a_number_or_a_range(tmp_path, written, heads):
    listed = read_site_list(a_list(tmp_path, f"{SAWMILL};A;16.10A;{written};;")).sites[0].heads
    assert listed is not None and (listed.low, listed.value, listed.high) == heads


def test_closed_sites_are_left_out_and_what_is_not_known_is_counted(tmp_path):
    header = (
        "siret;activitePrincipaleEtablissement;trancheEffectifsEtablissement;"
        "etatAdministratifEtablissement"
    )
    path = a_list(
        tmp_path,
        f"{SAWMILL};16.10A;NN;A",
        f"{FOUNDRY};;12;A",
        f"{BRICKS};23.32Z;21;F",
        "99980142600019;99.00Z;11;A",
        header=header,
    )
    report = prefill(path, tmp_path / "out")

    assert report.left_out == {"closed": 1} and report.sites_added == 3
    remarks = {key: count for key, count in report.remarks.items() if key != "position-not-known"}
    assert remarks == {
        "headcount-not-known": 1,
        "activity-not-known": 1,
        "activity-without-profile": 1,
    }
    amounts = read_survey(tmp_path / "out").flows.values()
    assert all(flow.amount is not None for flow in amounts)
    assert "établissement fermé : 1" in report.text("fr")
    assert "site closed: 1" in report.text("en")


def test_a_firm_that_has_answered_is_left_alone_unless_asked(tmp_path):
    """The foundry declared its sand: nothing is supposed of it; with complete, all but the sand."""
    out = tmp_path / "out"
    out.mkdir()
    a_list(out, f"{FOUNDRY};F01;Fonderie;24.51Z", header="siret;site_id;name;activity_code")
    flows = "flow_id;site_id;direction;resource;amount;unit;basis\n"
    row = "F01-sable;F01;offre;10 09 08;2400;t;invoice\n"
    (out / "flows.csv").write_text(flows + row, encoding="utf-8")
    path = a_list(tmp_path, f"{FOUNDRY};Fonderie;24.51Z;95;46;1", name="list.csv")

    assert prefill(path, out).remarks["site-has-answered"] == 1
    assert set(read_survey(out).flows) == {"F01-sable"}

    prefill(path, out, complete=True)
    survey = read_survey(out)
    offered = [f.flow_id for f in survey.flows.values() if f.resource == "foundry_sand"]
    assert offered == ["F01-sable"]
    assert "supposed-F01-offer-foundry_slag" in survey.flows
    before = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    assert prefill(path, out, complete=True).flows_added == 0
    assert {path.name: path.read_bytes() for path in out.glob("*.csv")} == before


def test_what_stands_on_a_supposition_is_marked_and_keeps_its_range(tmp_path):
    """A sawmill and a brickworks that said nothing: the sawdust lead is marked at both ends."""
    path = a_list(
        tmp_path,
        f"{SAWMILL};Scierie;16.10A;38;46,97;-1,09",
        f"{BRICKS};Briqueterie;23.32Z;70;46,94;-0,86",
    )
    prefill(path, tmp_path / "out", likely_percent=50)

    plan = match(read_survey(tmp_path / "out"), Settings(as_of=datetime.date(2027, 1, 11)))

    (sawdust,) = [p for p in plan.proposals if p.object == "sawdust"]
    assert sawdust.inferred and all(party.inferred for party in sawdust.parties)
    assert not sawdust.is_credible
    gain = sawdust.gain_eur_per_year
    assert gain.low is not None and gain.high is not None and gain.value is not None
    assert gain.low < 0.5 * gain.value and gain.high > 2 * gain.value
    assert plan.report.share_on_suppositions == pytest.approx(1)


@pytest.mark.slow
def test_supposing_never_costs_a_declared_lead(tmp_path):
    """The demonstration territory, without and with suppositions for the silent sites."""
    folder = ROOT / "datasets" / "demo"
    out = tmp_path / "out"
    shutil.copytree(folder, out)
    settings = Settings(as_of=datetime.date(2027, 1, 11))

    def declared_leads():
        plan = match(read_survey(out, as_of=settings.as_of), settings)
        return {
            p.proposal_id: p.gain_eur_per_year.value for p in plan.proposals if not p.inferred
        }, sum(p.inferred for p in plan.proposals)

    before, supposed_before = declared_leads()
    report = prefill(out / "sites.csv", out, likely_percent=50)
    after, supposed_after = declared_leads()

    assert report.flows_added > 100 and supposed_after > supposed_before + 10
    assert after == pytest.approx(before)
