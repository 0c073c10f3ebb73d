"""What foresight found, as a person reads it and as the next tool does."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from matcher.matching import match
from matcher.outputs.report_page import report_page
from matcher.outputs.workbook import write_workbook
from matcher.plan.as_json import plan_json
from matcher.settings import Settings
from tests.conftest import ROOT
from tests.matcher.foresight.small_rounds import AS_OF, written

SCHEMA = json.loads((ROOT / "datasets" / "schemas" / "plan.schema.json").read_text("utf-8"))
ASKED = Settings(
    as_of=AS_OF,
    workers=1,
    max_proposals_per_site=1,
    other_plans=2,
    pareto_points=20,
    key_questions=3,
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    survey = written(
        tmp_path_factory.mktemp("shown"),
        [(300, 30), (280, 30), (120, 45)],
        [(290, 55, 60, 500), (300, 54), (90, 240)],
    )
    return match(survey, ASKED)


def test_it_stands_in_the_plan_file_and_is_valid(plan):
    plain = json.loads(plan_json(plan))

    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(plain)) == []
    assert len(plain["foresight"]["if_refused"]) == len(plain["proposals"])
    assert plain["pareto"] and len(plain["robustness"]) == len(plain["proposals"])
    assert " : quel besoin de « " in plain["foresight"]["key_questions"][0]["question"]["fr"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "La question à poser d’abord",
                "Si les chiffres bougent",
                "Si l’un dit non",
                "ce que l’un coûte à l’autre",
            ),
        ),
        (
            "en",
            (
                "The question to ask first",
                "If the figures move",
                "If one says no",
                "what one costs the other",
            ),
        ),
    ],
)
def test_the_report_says_it_in_words(plan, language, words):
    page = report_page(plan, language)

    assert all(word in page for word in words)


def test_the_workbook_has_a_sheet_for_each(plan, tmp_path: Path):
    write_workbook(plan, tmp_path / "plan.xlsx", "fr")
    sheets = openpyxl.load_workbook(tmp_path / "plan.xlsx", read_only=True).sheetnames

    assert {"Questions d’abord", "Solidité", "Si refus", "Euros et carbone"} <= set(sheets)
    assert ("Autres plans" in sheets) == bool(plan.foresight.other_plans)


def test_the_next_best_partners_are_those_that_were_checked(plan):
    found = {item.proposal_id: item for item in plan.foresight.if_refused}
    for proposal in plan.proposals:
        own = {party.declaration_id for party in proposal.parties}
        names = {
            name for brief in found[proposal.proposal_id].instead for name in brief.declaration_ids
        }
        assert set(proposal.alternatives) == names - own
