"""The workbook's sheet of leads outside: an offer, a trade and a known site a row."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.outputs.group_sheets import Sheet, columns_of
from matcher.outputs.labels import Labels
from matcher.outputs.sheets import ANY, ONE_DECIMAL, TEXT, Value
from matcher.plan import Plan


def outside_sheet(plan: Plan, labels: Labels) -> Sheet:
    """Every offer without a taker; a trade without a known site has one row, its site empty."""
    names = (("site", 32, TEXT), ("declaration", 30, TEXT), ("amount", 14, ANY), ("unit", 10, TEXT),
             ("trade", 34, TEXT), ("use", 34, TEXT), ("name", 34, TEXT), ("siret", 18, TEXT),
             ("distance", 12, ONE_DECIMAL), ("evidence", 26, TEXT))  # fmt: skip
    return Sheet(
        view="outside",
        columns=columns_of("outside", names, labels),
        rows=tuple(_rows(plan, labels)),
    )


def _rows(plan: Plan, labels: Labels) -> Iterator[tuple[Value, ...]]:
    for lead in plan.leads_outside:
        view = plan.declarations[lead.declaration_id]
        for trade in lead.trades:
            for site in trade.sites or (None,):
                yield (
                    labels.site(lead.site_id),
                    labels.declaration(lead.declaration_id),
                    view.amount,
                    None if view.unit is None else labels.unit(view.unit),
                    trade.label[labels.language],
                    trade.use[labels.language],
                    None if site is None else site.name,
                    None if site is None else site.siret,
                    None if site is None else site.distance_km,
                    trade.evidence,
                )
