"""What the trade of a site lets one suppose of an amount that nobody gave.

A firm that says "we have this, we do not know how much" has declared the flow, not its amount: the
range of its trade times its headcount stands in, with ``basis`` inferred, so that every lead on it
is marked and comes after those that stand on declared amounts alone.
"""

from __future__ import annotations

from dataclasses import replace

from matcher.catalogue import ActivityFlow, Catalogue, Per, ProfileTable
from matcher.declarations import Basis, Flow, Recurrence, Site, Survey

_DIGITS = 3  # significant digits of a supposed amount: more would look measured


def rounded(amount: float) -> float:
    """A supposed amount as it is written."""
    return float(f"{amount:.{_DIGITS}g}")


def with_supposed_amounts(survey: Survey, catalogue: Catalogue) -> Survey:
    """The survey with the trade's range wherever a declared flow has no amount.

    A flow keeps no amount when its site's activity or headcount is not known, or when the profile
    of the activity has no such flow: nothing is guessed from a neighbour.
    """
    flows = {
        key: _supposed(flow, survey.sites[flow.site_id], catalogue)
        for key, flow in survey.flows.items()
    }
    return replace(survey, flows=flows)


def _supposed(flow: Flow, site: Site, catalogue: Catalogue) -> Flow:
    is_known = (flow.amount, flow.amount_low, flow.amount_high) != (None, None, None)
    if is_known or flow.basis is Basis.INFERRED or flow.recurrence is not Recurrence.REGULAR:
        return flow
    row = _usual(flow, site, catalogue)
    if row is None:
        return flow
    times = 1.0 if row.per is Per.SITE else site.headcount or 0.0
    return replace(
        flow,
        amount=rounded(row.value * times),
        amount_low=rounded(row.low * times),
        amount_high=rounded(row.high * times),
        basis=Basis.INFERRED,
    )


def _usual(flow: Flow, site: Site, catalogue: Catalogue) -> ActivityFlow | None:
    """The row of the site's trade for the flow, where it says an amount for its headcount."""
    for row in catalogue.activity_profile(site.activity_code or ""):
        if (row.table, row.direction, row.subject) == (
            ProfileTable.FLOWS, flow.direction, flow.resource,
        ):  # fmt: skip
            is_sized = row.per is Per.SITE or bool(site.headcount)
            return row if is_sized and row.holds_for(site.headcount) else None
    return None
