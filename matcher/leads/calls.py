"""Several leads between the same two sites are one call: which ones, what they bring together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from matcher.plan import Call, Proposal


def calls_of(proposals: Iterable[Proposal]) -> tuple[Call, ...]:
    """The pairs of sites with two leads or more, in the order of the plan.

    A lead of three sites or more is a call of its own. A call takes the hours of its longest lead.
    """
    by_pair: dict[tuple[str, ...], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        sites = _sites(proposal)
        if len(sites) == 2:
            by_pair[sites].append(proposal)
    return tuple(
        Call(
            site_ids=sites,
            proposal_ids=tuple(each.proposal_id for each in together),
            gain_eur_per_year=sum(
                each.gain_eur_per_year.value or 0.0 for each in together if not each.one_off
            ),
            gain_eur_once=sum(
                each.gain_eur_per_year.value or 0.0 for each in together if each.one_off
            ),
            effort_hours=max(each.effort_hours for each in together),
        )
        for sites, together in by_pair.items()
        if len(together) > 1
    )


def hours_once(proposals: Sequence[Proposal]) -> list[float]:
    """Hours of animation that each adds: of a call with several leads, the longest counts."""
    longest = {call.proposal_ids: max(call.effort_hours, 0.0) for call in calls_of(proposals)}
    rest = {name: names for names in longest for name in names}
    hours = []
    for proposal in proposals:
        names = rest.get(proposal.proposal_id)
        hours.append(proposal.effort_hours if names is None else longest.pop(names, 0.0))
    return hours


def _sites(proposal: Proposal) -> tuple[str, ...]:
    return tuple(sorted({party.site_id for party in proposal.parties}))
