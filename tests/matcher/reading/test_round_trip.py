"""What is written reads back the same; what does not matter does not change the digest."""

import csv
import datetime
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.catalogue import load_catalogue
from matcher.declarations import (
    Basis,
    Direction,
    Equipment,
    EquipmentMode,
    Flow,
    Job,
    JobDirection,
    Outlet,
    Permit,
    PermitKind,
    Place,
    Pool,
    Quality,
    Secrecy,
    Site,
    SiteKind,
    Survey,
    Way,
    Wish,
    WishAxis,
    WorkingPattern,
)
from matcher.reading import read_survey, survey_digest
from matcher.reading.months import even_shares
from matcher.survey_format.writing import write_survey
from matcher.units import convert
from tests.matcher.reading.conftest import FLOW, SITE

CATALOGUE = load_catalogue()
RESOURCES = ("sawdust", "foundry_sand", "heat_hot_water", "water_rinse", "pallets")

words = st.text(st.sampled_from("abcéèœß ’\"';|,=+-@0123456789%"), min_size=1, max_size=20).map(
    lambda text: f"x{text}x"
)
amounts = st.floats(min_value=0, max_value=1e7).map(lambda value: float(f"{value:.9g}"))
days = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1))
month_sets = st.frozensets(st.integers(1, 12), min_size=1, max_size=11)


def maybe(values):
    return st.none() | values


@st.composite
def flows(draw, number):
    resource = draw(st.sampled_from(RESOURCES))
    entry = CATALOGUE.resources[resource]
    low = draw(maybe(amounts))
    declared = draw(maybe(amounts))
    unit = {"MWh": "GWh", "m3": "l"}.get(str(entry.unit), draw(st.sampled_from(["kg", "m³"])))
    conversion = None
    if declared is not None:
        conversion = convert(
            declared,
            unit,
            to_unit=entry.unit,
            density_t_per_m3=entry.density_t_per_m3,
            kg_per_piece=entry.kg_per_piece,
        )
    way = draw(st.sampled_from(Way))
    cost = draw(maybe(st.floats(1, 1e4)))
    if way is Way.FREE:
        cost = 0.0
    elif way is Way.IS_PAID and cost is not None:
        cost = -cost
    months = draw(maybe(month_sets))
    hours = st.integers(0, 1439).map(lambda minutes: minutes / 60)
    clock = draw(maybe(st.tuples(hours, hours).filter(lambda pair: pair[0] != pair[1])))
    return Flow(
        flow_id=f"F{number}",
        site_id="S1",
        direction=draw(st.sampled_from(Direction)),
        resource=resource,
        declared_resource=resource,
        description=draw(maybe(words)),
        amount=None if conversion is None else conversion.value,
        amount_low=low,
        amount_high=None if low is None else low * 2,
        conversion=conversion,
        basis=draw(st.sampled_from(Basis)),
        month_shares=even_shares(months or frozenset(range(1, 13))),
        months_declared=months is not None,
        today_outlet=draw(st.sampled_from(Outlet)),
        today_way=way,
        today_cost_eur_per_unit=cost,
        contract_end=draw(maybe(days)),
        max_distance_km=draw(maybe(st.floats(0, 20_000))),
        temperature_c=draw(maybe(st.floats(-273, 3000))),
        hours_of_day=clock,
        backup_needed=draw(maybe(st.booleans())),
        secrecy=draw(st.sampled_from(Secrecy)),
    )


@st.composite
def surveys(draw):
    site = Site(
        site_id="S1",
        name=draw(words),
        kind=draw(st.sampled_from(SiteKind)),
        siret=draw(maybe(st.just("99980107900016"))),
        headcount=draw(maybe(amounts)),
        latitude=draw(st.floats(42, 51)),
        longitude=draw(st.floats(-5, 9)),
        commune_code=draw(maybe(st.sampled_from(["01004", "2A004", "85109"]))),
        working_pattern=draw(maybe(st.sampled_from(WorkingPattern))),
        excluded=draw(st.frozensets(st.sampled_from(["999801145", "99980114500015"]))),
    )
    hours = draw(st.lists(st.floats(0, 700), min_size=12, max_size=12))
    listed = [draw(flows(number)) for number in range(draw(st.integers(0, 3)))]
    return Survey(
        sites={"S1": site},
        places={"01004": Place(commune_code="01004", latitude=46.1, longitude=5.2)},
        permits=(
            Permit(
                site_id="S1",
                kind=draw(st.sampled_from(PermitKind)),
                accepted_codes=frozenset({"150103", "030105"}),
                yearly_limit_t=draw(maybe(amounts)),
                valid_until=draw(maybe(days)),
            ),
        ),
        flows={flow.flow_id: flow for flow in listed},
        qualities=tuple(
            Quality(flow_id=flow.flow_id, parameter=draw(words), value=draw(st.floats(-9, 9)))
            for flow in listed
        ),
        equipment={
            "E1": Equipment(
                item_id="E1",
                site_id="S1",
                direction=Direction.OFFER,
                equipment=draw(words),
                mode=draw(maybe(st.sampled_from(EquipmentMode))),
                area_m2=500.0,
                hours_by_month=tuple(500.0 * (month in (11, 12, 1)) for month in range(1, 13)),
            )
        },
        jobs={
            "J1": Job(
                job_id="J1",
                site_id="S1",
                title=draw(words),
                direction=draw(st.sampled_from(JobDirection)),
                hours_by_month=tuple(hours),
                licences=frozenset({"R489", "habilitation"}),
            )
        },
        pools={"P1": Pool(pool_id="P1", site_id="S1", category="gardiennage", participants=4)},
        wishes=(Wish(site_id="S1", text=draw(words), axis=draw(maybe(st.sampled_from(WishAxis)))),),
    )


@pytest.mark.parametrize("name", ["survey.xlsx", "survey"])
@given(survey=surveys(), language=st.sampled_from([None, "fr", "en"]))
@settings(max_examples=20)
def test_what_is_written_reads_back_the_same(name, survey, language):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write_survey(survey, path, CATALOGUE, language=language)
        back = read_survey(path, catalogue=CATALOGUE)

    assert back.digest == survey_digest(survey)


def test_order_of_rows_headers_language_and_kind_of_file_leave_the_digest(folder, catalogue):
    sites = [SITE | {"site_id": f"S{n}", "name": f"Site {n}"} for n in range(4)]
    flows = [
        FLOW | {"flow_id": f"F{n}", "site_id": f"S{n % 4}", "amount": f"{n},5", "unit": "t"}
        for n in range(12)
    ]
    first = read_survey(folder(sites=sites, flows=flows), catalogue=catalogue)
    rng = random.Random(5)
    rng.shuffle(sites)
    rng.shuffle(flows)
    columns = [*flows[0]]
    rng.shuffle(columns)
    path = folder(sites=sites, flows=[{name: row[name] for name in columns} for row in flows])
    shuffled = read_survey(path, catalogue=catalogue)
    write_survey(shuffled, path.parent / "again.xlsx", catalogue, language="fr")

    assert len(first.digest) == 64
    assert shuffled.digest == first.digest
    assert read_survey(path.parent / "again.xlsx", catalogue=catalogue).digest == first.digest


@pytest.mark.parametrize(
    "change", [{"amount": "11"}, {"unit": "kg"}, {"secrecy": "open"}, {"description": "sec"}]
)
def test_whatever_a_firm_changes_changes_the_digest(folder, catalogue, change):
    flow = FLOW | {"amount": "10", "unit": "t", "secrecy": "", "description": ""}
    before = read_survey(folder(flows=[flow]), catalogue=catalogue)
    after = read_survey(folder(flows=[flow | change]), catalogue=catalogue)

    assert before.digest != after.digest


def test_the_row_and_the_warnings_are_no_part_of_the_digest(folder, catalogue):
    path = folder(flows=[FLOW])
    before = read_survey(path, catalogue=catalogue)
    text = (path / "flows.csv").read_text(encoding="utf-8")
    (path / "flows.csv").write_text(f"\n\n{text}", encoding="utf-8")
    after = read_survey(path, catalogue=catalogue)

    assert after.flows["F1"].row == 4
    assert after.digest == before.digest


def test_a_number_is_never_written_with_two_readings(folder, catalogue, tmp_path):
    flow = FLOW | {"amount": "1250", "unit": "kg", "max_distance_km": "7,1250"}
    survey = read_survey(folder(flows=[flow]), catalogue=catalogue)
    write_survey(survey, tmp_path / "out", catalogue)
    with (tmp_path / "out" / "flows.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream, delimiter=";")

    assert row["max_distance_km"] == "7.1250"
