"""The last plan and the answers to it: read whole, every error at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matcher.errors import Severity, SurveyError
from matcher.reading.delimited import open_csv
from matcher.reading.problems import Problems, UnreadableError
from matcher.reading.sheets import CellBudget
from matcher.reading.tables import TypedRow, read_table
from matcher.rounds.last_round import (
    Answer,
    LastParty,
    LastProposal,
    LastRound,
    SiteAnswer,
)
from matcher.survey_format.answers import ANSWERS
from matcher.terms import ProposalKind, ReasonCode, Refused

_VERSIONS = ("1.",)


def read_last_round(plan: Path | str, answers: Path | str | None = None) -> LastRound:
    """Read a ``plan.json`` and the csv of the answers to it (contract 3.2).

    Parameters
    ----------
    plan
        As an earlier :func:`matcher.match` wrote it.
    answers
        ``proposal_id;site_id;answer;reason_code``; nobody answered when left out.

    Raises
    ------
    SurveyError
        With every error of both files.
    """
    plan = Path(plan)
    try:
        last = _read_plan(plan)
        if answers is None:
            return last
        answers = Path(answers)
        problems = Problems()
        read = _read_answers(answers, last, problems)
    except UnreadableError as error:
        raise SurveyError([error.problem]) from None
    except OSError as error:
        name = Path(error.filename or plan).name
        raise SurveyError([UnreadableError("file-not-opened", name).problem]) from None
    if problems.has_errors:
        raise SurveyError(problems.errors(answers.name))
    return LastRound(
        input_digest=last.input_digest,
        settings=last.settings,
        proposals=last.proposals,
        answers=tuple(read),
        accepted_before=last.accepted_before,
        refused_before=last.refused_before,
        file=answers.name,
        site_names=last.site_names,
    )


def _read_plan(path: Path) -> LastRound:
    if not path.is_file():
        raise UnreadableError("file-not-found", path.name)
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise UnreadableError("plan-not-json", path.name) from None
    if not isinstance(plain, dict) or "proposals" not in plain:
        raise UnreadableError("plan-is-something-else", path.name)
    version = str(plain.get("schema_version", "?"))
    if not version.startswith(_VERSIONS):
        raise UnreadableError("plan-of-another-version", path.name, version=version)
    try:
        return _last_round(plain, path.name)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration):
        raise UnreadableError("plan-damaged", path.name) from None


def _last_round(plain: Mapping[str, Any], file: str) -> LastRound:
    names = {site_id: str(site["name"]) for site_id, site in plain["sites"].items()}
    labels = {key: item["label"] for key, item in plain["declarations"].items()}
    proposals = [
        _proposal(item, names, labels) for item in (*plain["proposals"], *plain["internal"])
    ]
    before = plain.get("next_round") or {}
    return LastRound(
        input_digest=str(plain["input_digest"]),
        settings=plain["settings"],
        proposals={item.proposal_id: item for item in proposals},
        accepted_before=frozenset(before.get("accepted", ())),
        refused_before=tuple(_refused(item) for item in before.get("refused", ())),
        file=file,
        site_names=names,
    )


def _proposal(
    item: Mapping[str, Any], names: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]
) -> LastProposal:
    parties = [
        LastParty(
            site_id=party["site_id"],
            declaration_id=party["declaration_id"],
            gain_eur_per_year=float(party["gain_eur_per_year"]),
        )
        for party in item["parties"]
    ]
    who = ", ".join(dict.fromkeys(names[party.site_id] for party in parties))
    label = labels[parties[0].declaration_id]
    return LastProposal(
        proposal_id=item["proposal_id"],
        kind=ProposalKind(item["kind"]),
        process=tuple(item["process"]),
        parties=tuple(parties),
        amount_per_year=float(item["amount_per_year"]),
        distance_km=float(item["distance_km"]),
        title={language: f"{label[language]} ({who})" for language in sorted(label)},
    )


def _refused(item: Mapping[str, Any]) -> Refused:
    return Refused(
        proposal_id=item["proposal_id"],
        kind=ProposalKind(item["kind"]),
        code=None if item["reason_code"] is None else ReasonCode(item["reason_code"]),
        site_id=item["site_id"],
        declaration_ids=tuple(item["declaration_ids"]),
        other_declaration_ids=tuple(item["other_declaration_ids"]),
        other_site_ids=tuple(item["other_site_ids"]),
        gain_eur_per_year=float(item["gain_eur_per_year"]),
        distance_km=float(item["distance_km"]),
        title=dict(item["title"]),
    )


def _read_answers(path: Path, last: LastRound, problems: Problems) -> list[SiteAnswer]:
    if not path.is_file():
        raise UnreadableError("file-not-found", path.name)
    sheet = open_csv(path, ANSWERS, CellBudget())
    if not sheet.rows:
        return []
    rows = read_table(ANSWERS, sheet, problems) or ()
    if rows and "answer" not in rows[0].headers:  # its cells may be empty, it may not be missing
        wanted = ANSWERS.by_name["answer"].both_names
        problems.note(Severity.ERROR, "column-missing", sheet.file, None, wanted=wanted)
        return []
    found: list[SiteAnswer] = []
    first_row: dict[tuple[str, str], int] = {}
    for row in rows:
        answer = _answer(row, last)
        if answer is None:
            continue
        key = answer.proposal_id, answer.site_id
        if key in first_row:
            row.error("answer-twice", "site_id", first=first_row[key])
            continue
        first_row[key] = row.number
        found.append(answer)
    return found


def _answer(row: TypedRow, last: LastRound) -> SiteAnswer | None:
    """One answer, when nothing is wrong with its row."""
    proposal = last.proposals.get(row.get("proposal_id") or "")
    if row.get("proposal_id") and proposal is None:
        row.error("answer-of-no-proposal", "proposal_id")
    site_id = row.get("site_id")
    if site_id and proposal is not None and site_id not in proposal.site_ids:
        row.error("answer-of-no-party", "site_id", parties=", ".join(sorted(proposal.site_ids)))
    answer = None if row.get("answer") is None else Answer(row.get("answer"))
    code = None if row.get("reason_code") is None else ReasonCode(row.get("reason_code"))
    if answer is None and code is not None and "answer" not in row.unread:
        row.error("answer-missing", "answer")
    if answer is Answer.ACCEPTED and code is not None:
        row.error("answer-yes-with-reason", "reason_code")
    if answer is Answer.NO_ANSWER and code not in (None, ReasonCode.NO_ANSWER):
        row.error("answer-none-with-reason", "reason_code")
    if row.has_error or proposal is None or answer is None:
        return None
    return SiteAnswer(
        proposal_id=proposal.proposal_id,
        site_id=site_id,
        answer=answer,
        code=code,
        row=row.number,
    )
