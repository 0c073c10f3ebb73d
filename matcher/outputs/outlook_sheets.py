"""Sheets of the workbook for what a plan says beyond its leads."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.outputs.group_sheets import Sheet, columns_of
from matcher.outputs.labels import Labels
from matcher.outputs.sheets import ANY, SHARE, TEXT, WHOLE, Value
from matcher.plan import Plan


def outlook_sheets(plan: Plan, labels: Labels) -> Iterator[Sheet]:
    """Where each site stands, and what its closing would cost."""
    names = (("site", 36, TEXT), ("anchor", 12, TEXT), ("leads", 8, WHOLE),
             ("gain", 16, WHOLE), ("share", 12, SHARE), ("betweenness", 16, SHARE),
             ("pieces", 16, WHOLE), ("falling", 18, ANY), ("lost", 18, ANY),
             ("at_least", 20, ANY), ("unit", 12, TEXT))  # fmt: skip
    yield Sheet(
        view="network",
        columns=columns_of("network", names, labels),
        rows=tuple(_standings(plan, labels)),
    )


def _standings(plan: Plan, labels: Labels) -> Iterator[tuple[Value, ...]]:
    unit = labels.unit("EUR/year" if plan.settings.objective == "eur" else "tCO2e/year")
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
