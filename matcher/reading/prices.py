"""What a flow costs today: two columns, a sign that people get wrong, one figure at the end."""

from __future__ import annotations

from matcher.declarations import Direction, Outlet, Way
from matcher.reading.tables import TypedRow

# An invoice holds rounding and a rent: further apart than this, one of the two is wrong.
DISAGREE_FROM = 0.05
# Outlets that cost: a firm that says it is paid there has most likely turned the sign round.
_OUTLETS_THAT_COST = frozenset(
    (Outlet.LANDFILL, Outlet.INCINERATION, Outlet.ENERGY_RECOVERY, Outlet.DISCHARGE, Outlet.LOST)
)


def read_today_cost(
    row: TypedRow,
    *,
    direction: Direction,
    outlet: Outlet,
    way: Way,
    amount: float | None,
    factor: float | None,
) -> float | None:
    """EUR per unit of the resource, positive when the site pays, negative when it is paid.

    ``amount`` in the resource's unit; ``factor`` resource units per unit of the row (contract 3.1:
    ``today_eur_per_unit`` is per the row's own unit, ``today_eur_per_year`` the year's invoice).
    """
    per_unit, per_year = row.get("today_eur_per_unit"), row.get("today_eur_per_year")
    cost: float | None = None
    if per_year is not None:
        signed = _signed(row, "today_eur_per_year", per_year, way)
        if amount:
            cost = None if signed is None else signed / amount
        elif per_unit is None and per_year != 0:
            row.warn("yearly-price-without-amount", "today_eur_per_year")
    if per_unit is not None and factor:
        signed = _signed(row, "today_eur_per_unit", per_unit, way)
        by_unit = None if signed is None else signed / factor
        if cost is not None and by_unit is not None and amount:
            _compare(row, by_unit * amount, cost * amount)
        cost = by_unit
    if per_unit is None and per_year is None and way is Way.FREE:
        cost = 0.0
    if cost is not None and cost < 0 and direction is Direction.OFFER:
        if outlet in _OUTLETS_THAT_COST:
            row.warn("paid-for-disposal", "today_outlet")
    return cost


def _signed(row: TypedRow, column: str, value: float, way: Way) -> float | None:
    if way is Way.UNKNOWN:
        return float(value)
    if way is Way.FREE:
        if value == 0:
            return 0.0
        row.warn("price-though-free", column)
        return None
    if value < 0:
        row.warn("price-sign-pays" if way is Way.PAYS else "price-sign-is-paid", column)
    return abs(value) if way is Way.PAYS else -abs(value)


def _compare(row: TypedRow, by_unit: float, by_year: float) -> None:
    if abs(by_unit - by_year) > DISAGREE_FROM * max(abs(by_unit), abs(by_year)):
        row.warn("prices-disagree", "today_eur_per_year", by_unit=by_unit, by_year=by_year)
