"""The last plan and the answers to it: every mistake at once, each with its cell and its remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.errors import SurveyError
from matcher.outputs.answers_file import answers_file
from matcher.plan.as_json import plan_json
from matcher.reading import read_last_round
from matcher.rounds.last_round import Answer
from matcher.terms import ReasonCode
from tests.matcher.outputs.sample_plan import a_plan

HEADER = "proposal_id;site_id;answer;reason_code\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_bytes(plan_json(a_plan()))
    return path


def answers(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "reponses.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def refused(plan: Path, file: Path | None) -> SurveyError:
    with pytest.raises(SurveyError) as caught:
        read_last_round(plan, file)
    return caught.value


def test_answers_are_read_in_the_words_that_people_write(plan, tmp_path):
    last = read_last_round(plan)
    proposal = next(iter(last.proposals.values()))
    one, other = sorted(proposal.site_ids)[:2]
    name = proposal.proposal_id
    file = answers(
        tmp_path,
        f"{name};{one};Oui;",
        f"{name};{other};non;distance ou logistique",
        header="Identifiant de la piste;Identifiant du site;Réponse;Motif\n",
    )

    found = read_last_round(plan, file).answers

    assert [(a.site_id, a.answer, a.code) for a in found] == [
        (one, Answer.ACCEPTED, None),
        (other, Answer.REFUSED, ReasonCode.DISTANCE),
    ]


def test_all_mistakes_come_at_once_each_with_its_cell_and_its_remedy(plan, tmp_path):
    proposal = next(iter(read_last_round(plan).proposals.values()))
    name, site = proposal.proposal_id, min(proposal.site_ids)
    file = answers(
        tmp_path,
        "nobody;S1;oui;",
        f"{name};ELSEWHERE;oui;",
        f"{name};{site};oui;93",
        f"{name};{site};peut-être;",
        f"{name};{site};non;90",
        f"{name};;non;91",
        f"{name};{site};sans réponse;95",
        f"{name};{site};non;91",
        f"{name};{site};non;92",
        f"{name};{site};;94",
    )

    error = refused(plan, file)

    assert [(p.row, p.code) for p in error.problems] == [
        (2, "answer-of-no-proposal"),
        (3, "answer-of-no-party"),
        (4, "answer-yes-with-reason"),
        (5, "not-listed"),
        (6, "not-listed"),
        (7, "cell-required"),
        (8, "answer-none-with-reason"),
        (10, "answer-twice"),
        (11, "answer-missing"),
    ]
    line = error.problems[0].message("fr")
    assert line.startswith("reponses.csv, ligne 2, colonne « proposal_id » : « nobody » n’est")


def test_an_answers_file_without_its_columns_says_which_are_missing(plan, tmp_path):
    file = answers(tmp_path, "x;y", header="proposal_id;site_id\n")

    assert {p.code for p in refused(plan, file).problems} == {"column-missing"}


def test_the_file_that_a_plan_comes_with_reads_back_as_nobody_having_answered(plan, tmp_path):
    file = tmp_path / "answers.csv"
    file.write_text(answers_file(a_plan(), "fr"), encoding="utf-8")
    rows = file.read_text(encoding="utf-8-sig").splitlines()

    assert read_last_round(plan, file).answers == ()
    assert rows[0] == "proposal_id;site_id;answer;reason_code;Piste;Site"
    filled = rows[1].replace(";;;", ";oui;;", 1)
    file.write_text("\n".join([rows[0], filled]), encoding="utf-8")
    assert [a.answer for a in read_last_round(plan, file).answers] == [Answer.ACCEPTED]


def test_an_empty_file_is_no_answer(plan, tmp_path):
    assert read_last_round(plan, answers(tmp_path)).answers == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("not json", "plan-not-json"),
        ("[" * 100_000, "plan-not-json"),
        ("[1, 2]", "plan-is-something-else"),
        ('{"proposals": []}', "plan-of-another-version"),
        ('{"proposals": [], "schema_version": "9.0"}', "plan-of-another-version"),
        ('{"proposals": [{}], "schema_version": "1.0"}', "plan-damaged"),
    ],
)
def test_what_is_no_plan_is_refused_by_what_it_is(tmp_path, content, code):
    path = tmp_path / "plan.json"
    path.write_text(content, encoding="utf-8")

    assert [problem.code for problem in refused(path, None).problems] == [code]


def test_a_plan_that_is_not_there_is_named(tmp_path):
    (problem,) = refused(tmp_path / "absent.json", None).problems

    assert (problem.code, problem.file) == ("file-not-found", "absent.json")


def test_a_plan_whose_parts_do_not_fit_is_damaged(plan):
    plain = json.loads(plan.read_text(encoding="utf-8"))
    del plain["sites"][plain["proposals"][0]["parties"][0]["site_id"]]
    plan.write_text(json.dumps(plain), encoding="utf-8")

    assert [problem.code for problem in refused(plan, None).problems] == ["plan-damaged"]
