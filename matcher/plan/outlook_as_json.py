"""The parts of ``plan.json`` that tell of groups, of the network and of what it lacks."""

from __future__ import annotations

from typing import Any

from matcher.candidates.bundles import Figure
from matcher.plan import Message, MissingLink, Proposal, SiteStanding
from matcher.shares import CoreGap, GroupShares


def figure_to_dict(figure: Figure) -> dict[str, Any]:
    """One figure of a group."""
    return {
        "code": figure.code,
        "text": Message(code=figure.code).texts(),
        "value": figure.value,
        "unit": figure.unit,
        "site_id": figure.site_id,
        "by_month": list(figure.by_month),
    }


def shares_to_dict(item: Proposal, shares: GroupShares) -> dict[str, Any]:
    """What each of a group should get, in the order of the parties."""
    return {
        "members": [
            {
                "declaration_id": party.declaration_id,
                "fair_eur_per_year": shares.share[party.declaration_id],
                "shapley_eur_per_year": shares.shapley[party.declaration_id],
                "shapley_error": shares.shapley_error[party.declaration_id],
            }
            for party in item.parties
        ],
        "fair": _core(shares.core),
        "usual": None if shares.usual_core is None else _core(shares.usual_core),
    }


def _core(core: CoreGap) -> dict[str, Any]:
    return {
        "excess_eur_per_year": core.excess,
        "leaving": sorted(core.coalition),
        "is_proved": core.is_proved,
    }


def missing_to_dict(item: MissingLink) -> dict[str, Any]:
    """One thing that is missing."""
    return {
        "key": item.key,
        "kind": item.kind,
        "text": item.message.texts(),
        "estimate": item.estimate,
        "gain": item.gain,
        "at_most": item.at_most,
        "site_ids": list(item.site_ids),
    }


def standing_to_dict(item: SiteStanding) -> dict[str, Any]:
    """Where one site stands."""
    closing = item.closing
    return {
        "site_id": item.site_id,
        "leads": item.leads,
        "gain_eur": item.gain_eur,
        "share": item.share,
        "betweenness": item.betweenness,
        "pieces": item.pieces,
        "is_anchor": item.is_anchor,
        "closing": None
        if closing is None
        else {
            "falling": closing.falling,
            "lost": closing.lost,
            "lost_at_least": closing.lost_at_least,
        },
    }
