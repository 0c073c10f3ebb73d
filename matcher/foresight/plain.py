"""The findings as plain values, for ``plan.json``: sections that may be missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.foresight.findings import BriefProposal, Change, Foresight, OtherPlan


def foresight_to_dict(
    found: Foresight, labels: Mapping[str, Mapping[str, str]], sites: Mapping[str, str]
) -> dict[str, Any]:
    """The section ``foresight``: what was asked for, and nothing else.

    ``labels`` are the declarations' by id and language, ``sites`` the names by id.
    """
    plain: dict[str, Any] = {
        "if_refused": [
            {
                "proposal_id": item.proposal_id,
                "loss": item.loss,
                "instead": [_brief(brief) for brief in item.instead],
            }
            for item in found.if_refused
        ]
    }
    if found.other_plans:
        plain["other_plans"] = [_other_plan(item) for item in found.other_plans]
    if found.steady is not None:
        plain["gain_over_draws"] = {
            "draws": found.steady.draws,
            "low": found.steady.low,
            "middle": found.steady.middle,
            "high": found.steady.high,
        }
    if found.key_questions:
        plain["key_questions"] = [
            {
                "declaration_id": item.declaration_id,
                "site_id": item.site_id,
                "about": item.about.value,
                "low": item.low,
                "likely": item.likely,
                "high": item.high,
                "unit": item.unit,
                "worth_eur": item.worth_eur,
                "question": item.question(labels[item.declaration_id], sites[item.site_id]).texts(),
                "if_low": _change(item.if_low),
                "if_high": _change(item.if_high),
            }
            for item in found.key_questions
        ]
    return plain


def robustness_to_list(found: Foresight) -> list[dict[str, Any]]:
    """The section ``robustness``: a row a proposal; empty without draws."""
    return [
        {
            "proposal_id": item.proposal_id,
            "pays_share": item.pays_share,
            "low": item.low,
            "high": item.high,
        }
        for item in (found.steady.proposals if found.steady is not None else ())
    ]


def _change(item: Change | OtherPlan) -> dict[str, Any]:
    return {"left": list(item.left), "added": [_brief(brief) for brief in item.added]}


def pareto_to_list(found: Foresight) -> list[dict[str, Any]]:
    """The section ``pareto``: empty where no points were asked for."""
    return [
        {
            "euros_per_year": point.euros_per_year,
            "avoided_tco2e_per_year": point.avoided_tco2e_per_year,
            "sites": point.sites,
            "least_sites": point.least_sites,
            "proposals": point.proposals,
            "not_known": point.not_known,
            "euros_bound": point.euros_bound,
            "gap": point.gap,
            "is_plan": point.is_plan,
        }
        for point in found.pareto
    ]


def _brief(item: BriefProposal) -> dict[str, Any]:
    return {
        "proposal_id": item.proposal_id,
        "kind": item.kind.value,
        "object": item.object,
        "declaration_ids": list(item.declaration_ids),
        "site_ids": list(item.site_ids),
        "gain_eur_per_year": item.gain_eur_per_year,
    }


def _other_plan(item: OtherPlan) -> dict[str, Any]:
    return {
        "gain": item.gain,
        "gain_share": item.gain_share,
        "difference": item.difference,
        "distance": item.distance,
        "distance_bound": item.distance_bound,
        "kept": list(item.kept),
        **_change(item),
    }
