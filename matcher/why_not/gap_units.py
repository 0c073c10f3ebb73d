"""The unit of each gap: what stands beside the figure by which a link was missed."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.candidates import Refusal
from matcher.catalogue import Resource
from matcher.declarations import Quality

GAP_UNITS: dict[Refusal, str] = {
    Refusal.HIERARCHY: "ranks",
    Refusal.CONTRACT_RUNNING: "days",
    Refusal.TOO_FAR: "km",
    Refusal.PERIOD_APART: "days",
    Refusal.MONTHS_APART: "months",
    Refusal.HOURS_APART: "h",
    Refusal.TEMPERATURE: "K",
    Refusal.DOES_NOT_PAY: "EUR/year",
}
"""Units that depend on nothing but the gate."""


def unit_of_gap(
    refusal: Refusal, given: Resource, detail: str, limits: Iterable[Quality]
) -> str | None:
    """The unit of a gap; None where there is nothing to measure, or no unit was declared.

    A quality is measured in the unit of the need's limit of that parameter (``detail``), a lot
    and a price in the unit of what is given.
    """
    if refusal is Refusal.QUALITY:
        return next((limit.unit for limit in limits if limit.parameter == detail), None)
    if refusal is Refusal.LOT:
        return f"{given.unit.value}/year"
    if refusal is Refusal.SOLD_WELL:
        return f"EUR/{given.unit.value}"
    return GAP_UNITS.get(refusal)


def beside(unit: str | None) -> str:
    """A declared unit as it stands after a number; nothing where none is declared."""
    return f"\u00a0{unit}" if unit else ""
