"""A matching that follows another: what all accepted stays, or it is told why it cannot."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from matcher import match
from matcher.declarations import TABLES, Survey
from matcher.errors import SurveyError
from matcher.plan import Plan
from matcher.plan.as_json import plan_to_dict
from matcher.rounds.last_round import Answer, LastParty, LastProposal, LastRound
from matcher.settings import Settings
from matcher.terms import ProposalKind

WITHOUT_DECLARATION = "accepted-without-declaration"


def last_proposal(
    reckoning: Mapping[str, Any], label: Mapping[str, str], sites: Sequence[str]
) -> LastProposal:
    """A lead of an earlier round, as the next one needs it; ``reckoning`` as it was stored."""
    return LastProposal(
        proposal_id=reckoning["proposal_id"],
        kind=ProposalKind(reckoning["kind"]),
        process=tuple(reckoning["process"]),
        parties=tuple(
            LastParty(
                site_id=party["site_id"],
                declaration_id=party["declaration_id"],
                gain_eur_per_year=float(party["gain_eur_per_year"]),
            )
            for party in reckoning["parties"]
        ),
        amount_per_year=float(reckoning["amount_per_year"]),
        distance_km=float(reckoning["distance_km"]),
        title=title_of(label, sites),
    )


def title_of(label: Mapping[str, str], sites: Sequence[str]) -> dict[str, str]:
    """What the agent knows a lead by."""
    who = " → ".join(dict.fromkeys(sites))
    return {
        language: f"{label[language]}{'\u00a0:' if language == 'fr' else ':'} {who}"
        for language in sorted(label)
    }


def match_after(
    survey: Survey, settings: Settings, last: LastRound | None
) -> tuple[Plan, dict[str, str]]:
    """Match, holding what all accepted for as long as a plan can.

    What cannot be held any more (one of both did not answer this time, a gate refuses it now) is
    let go and told: proposal id -> message id of why. A cooperation that runs is not stopped by
    that: the plan only does not count it.

    Raises
    ------
    MaillageError
        As :func:`matcher.match`.
    """
    if last is None:
        return match(survey, settings), {}
    declared = {name for table in TABLES for name in getattr(survey, table)}
    let_go = {
        each.proposal_id: WITHOUT_DECLARATION
        for each in last.accepted
        if not each.declaration_ids <= declared
    }
    while True:
        held = without(last, let_go)
        try:
            return match(survey, settings, after=held), let_go
        except SurveyError as error:
            accepted = {each.proposal_id for each in held.accepted}
            named = {item.value: item.code for item in error.problems if item.value in accepted}
            if not named:
                raise
            let_go |= {str(name): code for name, code in named.items()}


def without(last: LastRound, names: Collection[str]) -> LastRound:
    """The same round, in which nobody is taken at his word about these proposals."""
    return dataclasses.replace(
        last,
        accepted_before=last.accepted_before - set(names),
        answers=tuple(
            each
            for each in last.answers
            if each.proposal_id not in names or each.answer is not Answer.ACCEPTED
        ),
    )


def account_told(
    plan: Plan, last: LastRound | None, let_go: Mapping[str, str]
) -> dict[str, Any] | None:
    """What stayed, came and went, with titles by language; None when no round came before."""
    plain = plan_to_dict(plan)
    account = plain["next_round"]
    if last is None or account is None:
        return None
    used = {
        item.proposal_id: sorted({party.declaration_id for party in item.parties})
        for item in (*plan.proposals, *plan.internal)
    }
    titles = {
        item.proposal_id: title_of(
            plan.declarations[item.parties[0].declaration_id].label,
            [plan.sites[party.site_id].name for party in item.parties],
        )
        for item in (*plan.proposals, *plan.internal)
    } | {name: dict(item.title) for name, item in last.proposals.items()}
    return {
        **{
            name: [
                {"proposal_id": key, "title": titles[key], "declarations": used[key]}
                for key in account[name]
            ]
            for name in ("accepted", "again", "new")
        },
        "gone": [
            {"proposal_id": item["proposal_id"], "title": item["title"], "why": item["why"]["text"]}
            for item in account["gone"]
            if item["proposal_id"] not in let_go
        ],
        "let_go": [
            {"proposal_id": key, "title": titles[key], "code": code}
            for key, code in sorted(let_go.items())
        ],
        "refused": [
            {
                "title": item["title"],
                "site": last.site_names.get(item["site_id"], ""),
                "code": item["reason_code"],
            }
            for item in account["refused"]
        ],
    }


def why_not_told(plan: Plan) -> list[dict[str, Any]]:
    """Every declaration without a lead, by site, with what stands in its way."""
    return [
        {
            "site": plan.sites[item["site_id"]].name,
            "site_id": item["site_id"],
            "label": dict(plan.declarations[item["declaration_id"]].label),
            "direction": plan.declarations[item["declaration_id"]].direction,
            "table": plan.declarations[item["declaration_id"]].table,
            "reasons": [reason["text"] for reason in item["reasons"]],
            "reopen_on": item["reopen_on"],
        }
        for item in plan_to_dict(plan)["unmatched"]
    ]
