"""Amounts: from what a firm counts in (palettes, bennes) to the resource's own unit."""

from __future__ import annotations

from matcher import units
from matcher.catalogue import Resource
from matcher.reading.tables import TypedRow

_UNITS_OF_RESOURCES = ("t", "MWh", "m3")


def convert_amount(
    row: TypedRow,
    column: str,
    value: float,
    resource: Resource | None,
    *,
    to_unit: str | None = None,
) -> units.Conversion | None:
    """The conversion of one amount of a row, None (with an error) when it cannot be done.

    The unit is never assumed: an amount without one is an error. Without a resource the amount is
    kept in whichever of t, MWh and m3 the unit leads to.
    """
    unit_text = row.get("unit")
    if unit_text is None:
        if "unit" not in row.unread:
            row.error("unit-missing", column)
        return None
    wanted = (to_unit,) if to_unit else (resource.unit,) if resource else _UNITS_OF_RESOURCES
    for unit in wanted:
        try:
            return units.convert(
                value,
                unit_text,
                to_unit=unit,
                density_t_per_m3=resource.density_t_per_m3 if resource else None,
                kg_per_piece=resource.kg_per_piece if resource else None,
            )
        except units.UnknownUnitError as error:
            row.error("unit-unknown", "unit", known=", ".join(error.known))
            return None
        except units.UnitMismatchError:
            continue
    row.error("unit-of-another-kind", "unit", unit=unit_text, wanted=" / ".join(wanted))
    return None


def show_conversion(row: TypedRow, conversion: units.Conversion) -> None:
    """Say the sum where it stands on an assumption (a density, the weight of a palette)."""
    if conversion.assumption is not None:
        row.warn(
            "unit-assumed",
            "unit",
            declared=conversion.declared,
            unit=conversion.declared_unit,
            factor=conversion.factor,
            result=conversion.value,
            into=conversion.unit,
        )
