"""What holds the network together, in words."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.outputs.labels import Labels
from matcher.plan import Plan, SiteStanding
from matcher.settings import Objective

MOST_SITES = 20
"""Sites shown; the workbook has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """One site: what passes through it, what its closing costs, where it stands."""

    standing: SiteStanding
    name: str
    gain: str
    lost: str
    at_least: str
    regained: str
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """Rows, how many more there are, a sentence on the anchors, and whether closings were asked."""

    rows: tuple[StandingRow, ...]
    hidden: int
    anchors: str
    is_reckoned: bool


def network_view(plan: Plan, labels: Labels) -> NetworkView:
    """The sites that have a lead, in the plan's order."""
    shown = plan.resilience[:MOST_SITES]
    names = [labels.site(each.site_id) for each in plan.resilience if each.is_anchor]
    return NetworkView(
        rows=tuple(standing_row(each, plan, labels) for each in shown),
        hidden=len(plan.resilience) - len(shown),
        anchors=labels.joined(names),
        is_reckoned=any(each.closing is not None for each in plan.resilience),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRow:
    """One thing that is missing: what, what it would unlock, with whom."""

    what: str
    gain: str
    at_most: str
    names: str


def missing_rows(plan: Plan, labels: Labels) -> tuple[MissingRow, ...]:
    """In the plan's order; the proved limit only where it is more than what was found."""
    unit = "EUR/year" if plan.settings.objective is Objective.EUR else "tCO2e/year"
    return tuple(
        MissingRow(
            what=each.message.text(labels.language),
            gain=labels.figure(each.gain, unit),
            at_most=labels.figure(each.at_most, unit) if each.at_most > 1.01 * each.gain else "",
            names=labels.joined([labels.site(site_id) for site_id in each.site_ids]),
        )
        for each in plan.missing_links
    )


def standing_row(standing: SiteStanding, plan: Plan, labels: Labels) -> StandingRow:
    """One site in words; empty where its closing was not reckoned."""
    unit = "EUR/year" if plan.settings.objective is Objective.EUR else "tCO2e/year"
    closing = standing.closing
    return StandingRow(
        standing=standing,
        name=labels.site(standing.site_id),
        gain=labels.money(standing.gain_eur),
        lost="" if closing is None else labels.figure(closing.lost, unit),
        at_least=""
        if closing is None or closing.lost - closing.lost_at_least < 0.01 * closing.lost
        else labels.figure(closing.lost_at_least, unit),
        regained=""
        if closing is None
        else labels.figure(max(closing.falling - closing.lost, 0.0), unit),
        position=labels.say("network-cut", pieces=standing.pieces) if standing.pieces > 1 else "",
    )
