"""The machines, floors and purchases of the made-up territory: as reckoned by hand, or refused."""

import csv
from pathlib import Path

import pytest

from matcher.candidates.bundles import Gate
from matcher.groups.pooling import build_pooling
from matcher.groups.sharing import build_sharing
from matcher.reading import read_survey
from tests.matcher.groups.a_round import CATALOGUE, SETTINGS

DEMO = Path(__file__).resolve().parents[3] / "datasets" / "demo"
KINDS = {"equipment": "sharing", "premises": "sharing", "training": "pooling"}


def cases():
    """The synergies of these kinds in the table of what was reckoned by hand."""
    with (DEMO / "expected" / "cases.csv").open(encoding="utf-8", newline="") as file:
        return [
            row
            for row in csv.DictReader(file, delimiter=";")
            if row["kind"] == "synergy" and row["family"] in KINDS
        ]


@pytest.fixture(scope="module")
def found():
    survey = read_survey(DEMO)
    return {
        "sharing": build_sharing(survey, CATALOGUE, SETTINGS),
        "pooling": build_pooling(survey, CATALOGUE, SETTINGS),
    }


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["case_id"])
def test_comes_within_a_quarter_of_what_was_reckoned_by_hand(found, case):
    wanted = {
        name
        for column in ("giver_declaration", "taker_declaration")
        for name in case[column].split("|")
        if name
    }
    (bundle,) = [
        bundle
        for bundle in found[KINDS[case["family"]]].bundles
        if set(bundle.declaration_ids) == wanted
    ]

    by_hand = float(case["gain_eur"].replace(",", "."))
    assert bundle.worth == pytest.approx(
        by_hand, rel=float(case["tolerance_share"].replace(",", "."))
    )


def test_the_measuring_machine_is_a_service_and_its_neighbour_stays_shut_out(found):
    (bundle,) = [b for b in found["sharing"].bundles if b.object == "measuring_machine"]
    refusal = next(r for r in found["sharing"].refusals if r.declaration_id == "F01-mmt")

    assert bundle.instrument == "service_contract"
    assert "service_not_staff_loan" in bundle.conditions
    assert refusal.gate is Gate.EXCLUDED


def test_the_tenants_floor_waits_for_its_landlord(found):
    (bundle,) = [b for b in found["sharing"].bundles if b.object == "storage_area"]

    assert "landlord_agreement" in bundle.conditions


def test_the_weighbridge_of_the_haulier_serves_the_sawmill(found):
    (bundle,) = [b for b in found["sharing"].bundles if b.object == "weighbridge"]

    assert bundle.declaration_ids == ("F11-pont", "F04-pont")


@pytest.mark.parametrize(
    ("kind", "declaration_id", "gate", "gap"),
    [
        ("sharing", "F07-surface", Gate.MONTHS_APART, 4),
        ("pooling", "F12-gardien", Gate.NOT_DECIDED_HERE, None),
        ("pooling", "F32-gardien", Gate.CONTRACT_RUNNING, 536),
        ("pooling", "F37-creche", Gate.NOT_DECIDED_HERE, None),
    ],
)
def test_a_trap_fails_its_one_gate(found, kind, declaration_id, gate, gap):
    """September to December against January to July; what others decide; a contract to 2028."""
    (refusal,) = [r for r in found[kind].refusals if r.declaration_id == declaration_id]

    assert (refusal.gate, refusal.reason.gap) == (gate, gap)
