"""Leads outside: who to call for an offer that nobody in the round takes; never a proposal."""

from __future__ import annotations

import dataclasses
import datetime
import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner

from matcher.cli.commands import main
from matcher.declarations import (
    Basis,
    Direction,
    Flow,
    Hazard,
    Outlet,
    Pool,
    Site,
    SiteKind,
    Survey,
    Way,
)
from matcher.matching import match
from matcher.plan.as_json import plan_to_dict
from matcher.prefilling import known_sites
from matcher.settings import Settings
from tests.conftest import ROOT

AS_OF = datetime.date(2027, 1, 11)
GIVER = Site(
    site_id="F01",
    name="Fonderie",
    siret="99980107900016",
    activity_code="24.51Z",
    latitude=46.9,
    longitude=-1.0,
    excluded=frozenset(("999812100",)),
)
SAND = Flow(
    flow_id="F01-sable",
    site_id="F01",
    direction=Direction.OFFER,
    resource="foundry_sand",
    declared_resource="sable",
    amount=2400,
    today_outlet=Outlet.LANDFILL,
    today_way=Way.PAYS,
    today_cost_eur_per_unit=98,
    hazardous=Hazard.NO,
)


def bricks(name: str, **changes) -> Site:
    """A brickworks (23.3 takes foundry sand) some 11 km away by road."""
    usual = {
        "site_id": name,
        "name": name,
        "activity_code": "23.32Z",
        "latitude": 46.975,
        "longitude": -1.0,
    }
    return Site(**(usual | changes))


def a_survey(*flows: Flow) -> Survey:
    return Survey(sites={"F01": GIVER}, flows={flow.flow_id: flow for flow in flows}, digest="x")


def sites_for(survey: Survey, *register: Site) -> list[str]:
    plan = match(survey, Settings(as_of=AS_OF), register=register)
    assert plan.proposals == ()
    trades = [t for lead in plan.leads_outside for t in lead.trades if t.activity == "23.3"]
    return [site.name for trade in trades for site in trade.sites]


def test_the_nearest_known_sites_of_a_taking_trade_come_first():
    """0.075 degree of latitude is 8.3 km, times 1.3 by road 10.8 km; 0.15 degree is twice that."""
    near, farther = bricks("near"), bricks("farther", latitude=47.05)
    plan = match(a_survey(SAND), Settings(as_of=AS_OF), register=(farther, near))

    (lead,) = plan.leads_outside
    (trade,) = [trade for trade in lead.trades if trade.activity == "23.3"]
    assert [site.name for site in trade.sites] == ["near", "farther"]
    assert trade.sites[0].distance_km == pytest.approx(10.8, abs=0.1)
    assert trade.evidence == "receivers:foundry_sand.23.3"
    assert plan.proposals == () and plan.report.solve.objective == 0


@pytest.mark.parametrize(
    "site",
    [
        bricks("too far", latitude=52.0),
        bricks("own firm", siret="99980107900024"),
        bricks("shut out", siret="99981210000017"),
        bricks("shuts out", excluded=frozenset(("999801079",))),
        bricks("in the round", siret="99980107900016"),
        bricks("vacant", kind=SiteKind.VACANT),
        bricks("another trade", activity_code="62.01Z"),
    ],
    ids=lambda site: site.name,
)
def test_only_sites_that_may_be_called_are_named(site):
    assert sites_for(a_survey(SAND), site) == []
    assert sites_for(a_survey(SAND), site, bricks("good")) == ["good"]


def test_a_site_without_a_position_is_named_last_with_no_distance():
    lost = bricks("lost", latitude=None, longitude=None)
    assert sites_for(a_survey(SAND), lost, bricks("near")) == ["near", "lost"]


@pytest.mark.parametrize(
    "changes",
    [
        {"basis": Basis.INFERRED},
        {"amount": 0.0},
        {"today_way": Way.IS_PAID, "today_cost_eur_per_unit": -5.0},
        {"resource": None},
        {"available_until": AS_OF - datetime.timedelta(days=1)},
        {"contract_end": AS_OF + datetime.timedelta(days=400)},
        {"max_distance_km": 0.0},
    ],
    ids=["supposed", "none", "paid for", "unknown", "gone", "under contract", "not to be carried"],
)
def test_nobody_is_called_for_what_is_not_to_be_given(changes):
    flow = {name: getattr(SAND, name) for name in SAND.__dataclass_fields__} | changes
    assert sites_for(a_survey(Flow(**flow)), bricks("near")) == []


def test_a_site_of_which_all_is_supposed_has_not_answered_and_may_be_called():
    buys = Pool(pool_id="p", site_id="B", category="cleaning", basis=Basis.INFERRED)
    sites = {"F01": GIVER, "B": bricks("B")}
    supposed = Survey(sites=sites, flows={SAND.flow_id: SAND}, pools={"p": buys}, digest="x")
    said = dataclasses.replace(
        supposed, pools={"p": dataclasses.replace(buys, basis=Basis.INVOICE)}
    )

    assert sites_for(supposed, bricks("B")) == ["B"]
    assert sites_for(said, bricks("B")) == []


def test_an_offer_of_no_known_amount_looks_for_a_taker_though_its_trade_tells_one():
    """A foundry (24.5) of 95 has sand for sure: the range of its trade makes it no supposition."""
    flow = dataclasses.replace(SAND, amount=None)
    assert sites_for(a_survey(flow), bricks("near")) == ["near"]


def test_an_offer_that_a_firm_of_the_round_can_take_is_no_lead_outside():
    taker = bricks("T")
    need = Flow(
        flow_id="T-sable",
        site_id="T",
        direction=Direction.NEED,
        resource="sand",
        declared_resource="sable",
        amount=3000,
        today_way=Way.PAYS,
        today_cost_eur_per_unit=16,
    )
    survey = Survey(
        sites={"F01": GIVER, "T": taker}, flows={"F01-sable": SAND, "T-sable": need}, digest="x"
    )
    plan = match(survey, Settings(as_of=AS_OF), register=(bricks("near"),))
    assert len(plan.proposals) == 1 and plan.leads_outside == ()

    supposed = {**survey.flows, "T-sable": dataclasses.replace(need, basis=Basis.INFERRED)}
    survey = dataclasses.replace(survey, flows=supposed)
    plan = match(survey, Settings(as_of=AS_OF), register=(bricks("near"),))
    assert len(plan.proposals) == 1 and plan.leads_outside[0].declaration_id == "F01-sable"


def test_plan_json_has_them_under_the_schema_only_with_a_register():
    schema = json.loads((ROOT / "datasets" / "schemas" / "plan.schema.json").read_text("utf-8"))
    with_register = match(a_survey(SAND), Settings(as_of=AS_OF), register=(bricks("near"),))
    without = match(a_survey(SAND), Settings(as_of=AS_OF))
    for plan in (with_register, without):
        jsonschema.validate(plan_to_dict(plan), schema)
    assert "leads_outside" not in plan_to_dict(without)
    assert plan_to_dict(with_register)["leads_outside"][0]["trades"]


def written(path: Path, *rows: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["folder", "list"])
def test_the_command_shows_them_in_every_file_of_the_agent_and_in_none_of_the_public(
    tmp_path, kind
):
    survey = tmp_path / "survey"
    written(
        survey / "sites.csv",
        "site_id;name;activity_code;latitude;longitude",
        "F1;Fondeur;24.51Z;46,9;-1",
    )
    flow = (
        "flow_id;site_id;direction;resource;amount;unit;today_outlet",
        "X;F1;offer;10 09 08;900;t;landfill",
    )
    written(survey / "flows.csv", *flow)
    header = "site_id;name;siret;activity_code;latitude;longitude"
    row = "B1;Tuilerie Voisine;99980121000017;23.32Z;46,95;-1"
    register = written(tmp_path / "known" / "sites.csv", header, row)
    if kind == "folder":
        register = register.parent
    assert [site.name for site in known_sites(register)] == ["Tuilerie Voisine"]

    for out, more in (("agent", []), ("public", ["--public"])):
        line = ["match", str(survey), "--out", str(tmp_path / out), "--as-of", "2027-01-11"]
        done = CliRunner().invoke(main, [*line, "--register", str(register), *more])
        assert done.exit_code == 0, done.output

    report = (tmp_path / "agent" / "report.html").read_text("utf-8")
    assert "Hors de la campagne" in report and "Tuilerie Voisine" in report
    book = openpyxl.load_workbook(tmp_path / "agent" / "plan.xlsx")
    cells = [cell.value for row in book["Hors campagne"].iter_rows() for cell in row]
    assert "Tuilerie Voisine" in cells
    for path in (tmp_path / "public").iterdir():
        assert "Tuilerie" not in path.read_text("utf-8"), path.name
