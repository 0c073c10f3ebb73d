"""plan.json: valid against its schema, and equal bytes for equal plans."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import jsonschema
import pytest

from matcher.plan import Range
from matcher.plan.as_json import plan_json, plan_to_dict
from tests.matcher.outputs.sample_leads import PROPOSALS, a_proposal
from tests.matcher.outputs.sample_plan import a_plan

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "datasets" / "schemas" / "plan.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
TOP = ("schema_version", "input_digest", "settings", "report", "proposals", "unmatched", "curve",
       "missing_links", "resilience", "pareto", "robustness", "indicators")  # fmt: skip
PROPOSAL = (
    "proposal_id", "kind", "object", "parties", "amount_per_year", "delivered_per_year",
    "delivered_unit", "distance_km", "price_low", "fair_price", "price_high", "gain_eur_per_year",
    "avoided_tco2e_per_year", "diverted_t_per_year", "axis", "form", "instrument", "effort_hours",
    "delay", "capex_eur", "first_step", "questions", "factors", "reasons", "checks", "confidence",
    "depends_on", "alternatives",
)  # fmt: skip
PARTY = ("site_id", "declaration_id", "role", "gain_low", "gain_eur_per_year", "gain_high",
         "amount_by_month", "inferred", "capex_eur")  # fmt: skip


def test_a_plan_is_valid_against_its_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    assert list(VALIDATOR.iter_errors(json.loads(plan_json(a_plan())))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("proposals", 0, "kind"), "gift"),
        (("proposals", 0, "parties", 0, "amount_by_month"), [1] * 11),
        (("proposals", 0, "surprise"), 1),
        (("report", "status"), "fine"),
        (("unmatched", 0, "reopen_on"), "tomorrow"),
        (("schema_version",), "2.0"),
    ],
)
def test_the_schema_refuses_what_the_contract_does_not_say(path, value):
    plain = json.loads(plan_json(a_plan()))
    node = plain
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value

    assert list(VALIDATOR.iter_errors(plain))


def test_the_names_of_contract_3_4_are_all_there():
    plain = plan_to_dict(a_plan())
    proposal = plain["proposals"][0]

    assert set(TOP) <= set(plain)
    assert set(PROPOSAL) <= set(proposal)
    assert set(PARTY) <= set(proposal["parties"][0])
    assert set(plain["unmatched"][0]["reasons"][0]) == {"code", "gap", "unit", "text", "audience"}
    assert set(plain["curve"][0]) == {"proposals", "gain_eur_per_year", "bound"}


def test_whole_and_decimal_writings_of_one_number_give_the_same_bytes():
    """3 and 3.0 are equal, and so are two sums that differ in the sixteenth digit."""
    a = a_plan(proposals=(a_proposal("p", distance_km=3, effort_hours=0.1 + 0.2),))
    b = a_plan(proposals=(a_proposal("p", distance_km=3.0, effort_hours=0.3),))

    assert plan_json(a) == plan_json(b)


def test_the_order_in_which_sites_were_read_changes_no_byte():
    plan = a_plan()
    turned = a_plan(sites=dict(reversed(plan.sites.items())))

    assert plan_json(plan) == plan_json(turned)


def test_no_wall_time_is_in_the_plan():
    assert re.search(rb"seconds|1\.84", plan_json(a_plan())) is None


def test_a_number_that_is_not_finite_is_refused():
    plan = a_plan(
        proposals=(a_proposal("p", gain_eur_per_year=Range(value=float("nan"), low=0, high=0)),)
    )

    with pytest.raises(ValueError, match="finite"):
        plan_json(plan)


def test_not_known_stays_null_and_dates_are_iso():
    plain = plan_to_dict(a_plan())

    assert plain["proposals"][2]["diverted_t_per_year"] is None
    assert plain["unmatched"][2]["reopen_on"] == datetime.date(2028, 6, 30).isoformat()
    assert [item["proposal_id"] for item in plain["proposals"]] == [
        item.proposal_id for item in PROPOSALS
    ]
