"""Sheets of the workbook for what a plan says beyond its leads."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.outputs.group_sheets import Sheet, columns_of
from matcher.outputs.labels import Labels
from matcher.outputs.sheets import ANY, SHARE, TEXT, WHOLE, Value
from matcher.plan import Plan
from matcher.settings import Objective


def outlook_sheets(plan: Plan, labels: Labels) -> Iterator[Sheet]:
    """What is missing; where each site stands, and what its closing would cost."""
    names: tuple[tuple[str, float, str], ...]
    names = (("what", 70, TEXT), ("kind", 22, TEXT), ("gain", 18, ANY), ("at_most", 20, ANY),
             ("estimate", 20, ANY), ("unit", 12, TEXT), ("with", 60, TEXT))  # fmt: skip
    yield Sheet(
        view="missing",
        columns=columns_of("missing", names, labels),
        rows=tuple(_missing(plan, labels)),
    )
    names = (("site", 36, TEXT), ("anchor", 12, TEXT), ("leads", 8, WHOLE),
             ("gain", 16, WHOLE), ("share", 12, SHARE), ("betweenness", 16, SHARE),
             ("pieces", 16, WHOLE), ("falling", 18, ANY), ("lost", 18, ANY),
             ("at_least", 20, ANY), ("unit", 12, TEXT))  # fmt: skip
    yield Sheet(
        view="network",
        columns=columns_of("network", names, labels),
        rows=tuple(_standings(plan, labels)),
    )


def _missing(plan: Plan, labels: Labels) -> Iterator[tuple[Value, ...]]:
    for each in plan.missing_links:
        yield (
            each.message.text(labels.language),
            labels.word("missing-kind", each.kind),
            each.gain,
            each.at_most,
            each.estimate,
            _unit(plan, labels),
            labels.joined([labels.site(site_id) for site_id in each.site_ids]),
        )


def _unit(plan: Plan, labels: Labels) -> str:
    return labels.unit("EUR/year" if plan.settings.objective is Objective.EUR else "tCO2e/year")


def _standings(plan: Plan, labels: Labels) -> Iterator[tuple[Value, ...]]:
    unit = _unit(plan, labels)
    for each in plan.resilience:
        closing = each.closing
        yield (
            labels.site(each.site_id),
            labels.say("yes" if each.is_anchor else "no"),
            each.leads,
            each.gain_eur,
            each.share,
            each.betweenness,
            each.pieces,
            None if closing is None else closing.falling,
            None if closing is None else closing.lost,
            None if closing is None else closing.lost_at_least,
            None if closing is None else unit,
        )
