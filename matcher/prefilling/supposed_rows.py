"""The cells of one supposed row: a flow, a machine, a job or a purchase, as a survey holds it."""

from __future__ import annotations

from matcher.candidates.supposed import rounded
from matcher.catalogue import ActivityFlow, Catalogue, MachinePlace, Per, ProfileTable
from matcher.declarations import Basis, EquipmentMode, Recurrence
from matcher.importing.writing import Cell
from matcher.prefilling.listing import Heads
from matcher.wording import Language, say

Cells = dict[str, Cell]


def supposed_cells(
    row: ActivityFlow,
    site_id: str,
    activity: str,
    heads: Heads | None,
    tables: Catalogue,
    language: Language,
) -> Cells:
    """The row of the survey that says what a row of a profile supposes of a site."""
    times = heads if row.per is Per.HEAD and heads is not None else Heads(low=1, value=1, high=1)
    said = say(
        f"prefill.description-{row.per}",
        language,
        activity=tables.activity_label(activity, language) or activity,
        share=row.share_percent,
    )
    amount = rounded(row.value * times.value)
    common: Cells = {"site_id": site_id, "direction": row.direction, "basis": Basis.INFERRED.value}
    key = f"supposed-{site_id}-{row.direction}-{row.subject}"
    match row.table:
        case ProfileTable.FLOWS:
            return common | {
                "flow_id": key,
                "resource": row.subject,
                "description": said,
                "amount": amount,
                "amount_low": rounded(row.low * times.low),
                "amount_high": rounded(row.high * times.high),
                "unit": str(tables.resources[row.subject].unit),
                "recurrence": Recurrence.REGULAR.value,
                "months": row.months or None,
                "today_outlet": row.today_outlet,
                "temperature_c": row.temperature_c,
            }
        case ProfileTable.EQUIPMENT:
            is_space = tables.equipment_classes[row.subject].place is MachinePlace.SPACE
            return common | {
                "item_id": key,
                "equipment": row.subject,
                "mode": _mode(row, tables),
                "spec": said,
                "area_m2" if is_space else "hours_per_month": amount,
                "months": row.months or None,
            }
        case ProfileTable.JOBS:
            trade = tables.occupations[row.subject]
            return common | {
                "job_id": key,
                "title": trade.label_fr if language == "fr" else trade.label_en,
                "occupation": row.subject,
                "hours_per_month": amount,
                "months": row.months or None,
            }
        case ProfileTable.POOLS:
            category = tables.service_categories[row.subject]
            return common | {
                "pool_id": key,
                "category": row.subject,
                "description": said,
                "amount": amount,
                "unit": category.unit_fr if language == "fr" else category.unit,
                "eur_per_year": rounded(amount * category.usual_eur),
            }


def _mode(row: ActivityFlow, tables: Catalogue) -> str | None:
    """How a machine is offered: one that moves is lent, any other is used where it stands."""
    if row.direction != "offer":
        return None
    is_mobile = tables.equipment_classes[row.subject].place is MachinePlace.MOBILE
    return (EquipmentMode.LEND if is_mobile else EquipmentMode.ON_SITE).value
