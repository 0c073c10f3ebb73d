"""Rows of flows and qualities, as declarations."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from matcher import units
from matcher.catalogue import Catalogue, Kind, Resource, ResourceMatch
from matcher.declarations import (
    EVERY_MONTH,
    AnimalOrigin,
    Basis,
    Direction,
    Flow,
    Hazard,
    LegalStatus,
    Months,
    Outlet,
    Quality,
    Recurrence,
    Secrecy,
    Site,
    Sorting,
    Way,
)
from matcher.reading.amounts import convert_amount, show_conversion
from matcher.reading.cells import MonthValue
from matcher.reading.codes import waste_code
from matcher.reading.months import even_shares
from matcher.reading.prices import read_today_cost
from matcher.reading.tables import TypedRow
from matcher.suggesting import words_of

_NEEDS_TEMPERATURE = frozenset(("heat", "steam", "cold"))
_ENDS_SOON_DAYS = 366
_ROUNDED_POWER = 0.98  # a power and a yearly amount are rounded by those who write them


def read_flow(
    row: TypedRow, site: Site | None, catalogue: Catalogue, as_of: datetime.date | None
) -> Flow | None:
    """One flow, None when its row has an error. ``site`` is None when the site's row has one."""
    code, match = _resource(row, catalogue, as_of)
    resource = None if match is None else catalogue.resources[match.resource]
    sizes, conversion = _amounts(row, resource)
    check_period(row, "available_from", "available_until")
    _check_temperatures(row, resource)
    direction = row.get("direction")
    outlet = Outlet(row.get("today_outlet") or Outlet.UNKNOWN)
    way = Way(row.get("today_way") or Way.UNKNOWN)
    hazardous = row.get("hazardous")
    contract_end = row.get("contract_end")
    if contract_end is not None and as_of is not None and contract_end < as_of:
        row.warn("contract-ended", "contract_end", date=contract_end)
    if row.has_error:
        return None
    cost = read_today_cost(
        row,
        direction=Direction(direction),
        outlet=outlet,
        way=way,
        amount=sizes["amount"],
        factor=None if conversion is None else conversion.factor,
    )
    partners = row.get("max_partners")
    flow = Flow(
        flow_id=row.get("flow_id"),
        site_id=row.get("site_id"),
        direction=Direction(direction),
        resource=None if match is None else match.resource,
        declared_resource=row.get("resource"),
        description=row.get("description"),
        waste_code=code,
        amount=sizes["amount"],
        amount_low=sizes["amount_low"],
        amount_high=sizes["amount_high"],
        conversion=None if match is not None and row.get("amount") is None else conversion,
        basis=Basis(row.get("basis") or Basis.ESTIMATE),
        recurrence=Recurrence(row.get("recurrence") or Recurrence.REGULAR),
        month_shares=_month_shares(row, site),
        months_declared=row.get("months") is not None,
        available_from=row.get("available_from"),
        available_until=row.get("available_until"),
        today_outlet=outlet,
        today_way=way,
        today_cost_eur_per_unit=cost,
        contract_end=contract_end,
        notice_months=row.get("notice_months"),
        max_distance_km=row.get("max_distance_km"),
        min_lot=sizes["min_lot"],
        max_partners=None if partners is None else int(partners),
        sorting=Sorting(row.get("sorted") or Sorting.UNKNOWN),
        hazardous=None if hazardous is None else Hazard(hazardous),
        animal_origin=AnimalOrigin(row.get("animal_origin") or AnimalOrigin.UNKNOWN),
        status=LegalStatus(row.get("status") or LegalStatus.UNKNOWN),
        temperature_c=row.get("temperature_c"),
        return_temperature_c=row.get("return_temperature_c"),
        power_kw=row.get("power_kw"),
        medium=row.get("medium"),
        hours_of_day=row.get("hours_of_day"),
        backup_needed=row.get("backup_needed"),
        secrecy=Secrecy(row.get("secrecy") or Secrecy.BLIND),
        row=row.number,
    )
    if resource is not None and resource.kind is Kind.ENERGY:
        _check_power(row, flow)
    return flow


def read_quality(row: TypedRow, flow: Flow | None) -> Quality | None:
    """One measured value or accepted range; None when its row has an error."""
    value, low, high = row.get("value"), row.get("min"), row.get("max")
    if low is not None and high is not None and low > high:
        row.error("quality-range", "min", low=low, high=high)
    if value is None and low is None and high is None and not row.unread:
        row.warn("quality-empty", "parameter")
    if flow is not None and flow.direction is Direction.NEED and value is not None:
        row.warn("quality-value-of-need", "value")
    if flow is not None and flow.direction is Direction.OFFER and value is None:
        if low is not None or high is not None:
            row.warn("quality-range-of-offer", "min" if low is not None else "max")
    if row.has_error:
        return None
    return Quality(
        flow_id=row.get("flow_id"),
        parameter=row.get("parameter"),
        value=value,
        low=low,
        high=high,
        unit=row.get("unit"),
        row=row.number,
    )


def check_period(row: TypedRow, start: str, end: str) -> None:
    """A first day after the last one is an error."""
    first, last = row.get(start), row.get(end)
    if first is not None and last is not None and first > last:
        row.error("dates-reversed", start, first=first, last=last)


def open_months(site: Site | None) -> Months:
    """Every month but the site's closed ones."""
    if site is None or not site.closed_months:
        return EVERY_MONTH
    return even_shares(frozenset(range(1, 13)) - site.closed_months)


def _month_shares(row: TypedRow, site: Site | None) -> Months:
    declared = row.get("months")
    return declared.shares if isinstance(declared, MonthValue) else open_months(site)


def _resource(
    row: TypedRow, catalogue: Catalogue, as_of: datetime.date | None
) -> tuple[str | None, ResourceMatch | None]:
    text = row.get("resource")
    if text is None:
        return None, None
    code = waste_code(text)
    match = catalogue.resource_for(code or text, description=row.get("description") or "")
    if code is not None:
        _check_code(row, code, catalogue, as_of)
        _check_what_it_covers(row, code, match, catalogue)
    elif match is None:
        near = words_of(catalogue).nearest(f"{text} {row.get('description') or ''}")
        names = ", ".join(f"{catalogue.resources[key].label_fr} ({key})" for key in near)
        if names:
            row.warn("resource-not-recognised", "resource", nearest=names)
        else:
            row.warn("resource-like-nothing", "resource")
    return code, match


def _check_what_it_covers(
    row: TypedRow, code: str, match: ResourceMatch | None, catalogue: Catalogue
) -> None:
    """Say what was taken for a code that covers several resources, or that says too little."""
    entry = catalogue.waste_code(code)
    if entry is None:
        return
    if match is None:
        row.warn("waste-code-says-too-little", "resource", waste_code=_spaced(code))
        return
    taken = catalogue.resources[match.resource].label_fr
    if entry.resource is None:
        row.warn("resource-from-description", "resource", taken=taken, words=match.matched)
    elif match.also:
        covered = (match.resource, *match.also)
        names = ", ".join(catalogue.resources[name].label_fr for name in covered)
        row.warn("waste-code-covers-several", "resource", taken=taken, names=names)


def _check_code(
    row: TypedRow, code: str, catalogue: Catalogue, as_of: datetime.date | None
) -> None:
    entry = catalogue.waste_code(code)
    if entry is None:
        row.warn("waste-code-unknown", "resource", waste_code=_spaced(code))
        return
    if row.get("hazardous") == Hazard.NO and entry.hazardous:
        row.warn("hazard-disagrees", "hazardous", waste_code=_spaced(code))
    if as_of is None:
        return
    successors = ", ".join(_spaced(item) for item in entry.successor) or "–"
    if entry.valid_until is not None and entry.valid_until < as_of:
        gone = entry.valid_until + datetime.timedelta(days=1)
        row.warn("waste-code-deleted", "resource", date=gone, successors=successors)
    elif entry.valid_until is not None and (entry.valid_until - as_of).days <= _ENDS_SOON_DAYS:
        row.warn("waste-code-ending", "resource", date=entry.valid_until, successors=successors)
    elif entry.valid_from is not None and entry.valid_from > as_of:
        row.warn("waste-code-not-yet", "resource", date=entry.valid_from)


def _spaced(code: str) -> str:
    return f"{code[:2]} {code[2:4]} {code[4:]}"


def _amounts(
    row: TypedRow, resource: Resource | None
) -> tuple[Mapping[str, float | None], units.Conversion | None]:
    """Amounts in the resource's unit, and the conversion that all of them share."""
    names = ("amount", "amount_low", "amount_high", "min_lot")
    declared = {name: row.get(name) for name in names}
    first = next((name for name in names if declared[name] is not None), None)
    if first is None and row.get("today_eur_per_unit") is not None:
        if row.get("unit") is None and "unit" not in row.unread:
            row.warn("price-without-unit", "today_eur_per_unit")
            return declared, None
        first = "today_eur_per_unit"
    if first is None:
        return declared, None
    value = declared.get(first)
    conversion = convert_amount(row, first, 1.0 if value is None else value, resource)
    if conversion is None:
        return dict.fromkeys(names), None
    if value is not None:
        show_conversion(row, conversion)
    _check_range(row, declared["amount_low"], declared["amount"], declared["amount_high"])
    factor = conversion.factor
    return {
        name: None if number is None else number * factor for name, number in declared.items()
    }, conversion


def _check_range(
    row: TypedRow, low: float | None, amount: float | None, high: float | None
) -> None:
    if low is not None and high is not None and low > high:
        row.error("amounts-reversed", "amount_low", low=low, high=high)
    elif amount is not None and (
        (low is not None and amount < low) or (high is not None and amount > high)
    ):
        row.warn("amount-outside-range", "amount")


def _check_power(row: TypedRow, flow: Flow) -> None:
    """An amount that the declared power cannot carry in its months and hours is a doubt."""
    most = flow.most_mwh_per_month
    if most is None or flow.amount is None or flow.recurrence is Recurrence.ONE_OFF:
        return
    carried = sum(min(flow.amount * share, most) for share in flow.month_shares)
    if carried < _ROUNDED_POWER * flow.amount:
        row.warn("power-too-small", "power_kw", amount=flow.amount, most=carried)


def _check_temperatures(row: TypedRow, resource: Resource | None) -> None:
    if resource is None or resource.family not in _NEEDS_TEMPERATURE:
        return
    supply, back = row.get("temperature_c"), row.get("return_temperature_c")
    if supply is None and "temperature_c" not in row.unread:
        row.warn("heat-without-temperature", "resource")
    if supply is not None and back is not None and resource.family != "cold" and back >= supply:
        row.warn("return-not-cooler", "return_temperature_c", supply=supply)
