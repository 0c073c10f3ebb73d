"""Rows of equipment, jobs, pools and wishes, as declarations."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from matcher.catalogue import EquipmentClass, MachinePlace, Named, Occupation, ServiceCategory
from matcher.catalogue.trades import nearest_trades, trade_of
from matcher.declarations import (
    Basis,
    Direction,
    Equipment,
    EquipmentMode,
    Job,
    JobDirection,
    Months,
    Pool,
    PoolDirection,
    Secrecy,
    Site,
    Tenure,
    Wish,
    WishAxis,
)
from matcher.reading.cells import MonthValue
from matcher.reading.flows import check_period
from matcher.reading.tables import TypedRow
from matcher.survey_format import MONTH_HOUR_NAMES

# Code du travail L. 3121-27: the legal week is 35 hours, here over five days.
HOURS_PER_DAY = 7.0
WEEKS_PER_MONTH = 52 / 12
# Days a week and hours a month that differ by more than this are not the same post.
_DISAGREE_FROM = 0.25
_HOURS_IN_A_MONTH = 744.0


def read_equipment(
    row: TypedRow,
    site: Site | None,
    as_of: datetime.date | None,
    classes: Named[EquipmentClass],
) -> Equipment | None:
    """One machine, vehicle or floor; None when its row has an error."""
    _doubt_class(row, classes)
    hours = _hours(row, site)
    area = row.get("area_m2")
    if hours is None and area is not None:
        hours = _in_months(row, site, area)  # m2 months
    elif hours is not None and area is not None:
        row.warn("hours-and-area", "area_m2")
    elif hours is None and not row.has_error:
        row.warn("equipment-without-hours", "equipment")
    if area is None:
        _check_month(row, hours)
    check_period(row, "from", "to")
    certificate = row.get("certificate_until")
    if certificate is not None and as_of is not None and certificate < as_of:
        row.warn("certificate-past", "certificate_until", date=certificate)
    if row.get("life_years") == 0:
        row.error("life-nought", "life_years")
    if row.has_error:
        return None
    mode, tenure = row.get("mode"), row.get("tenure")
    return Equipment(
        item_id=row.get("item_id"),
        site_id=row.get("site_id"),
        direction=Direction(row.get("direction")),
        equipment=row.get("equipment"),
        mode=None if mode is None else EquipmentMode(mode),
        spec=row.get("spec"),
        hours_by_month=hours,
        area_m2=area,
        available_from=row.get("from"),
        available_until=row.get("to"),
        eur_per_hour=row.get("eur_per_hour"),
        purchase_eur=row.get("purchase_eur"),
        life_years=row.get("life_years"),
        certificate_until=certificate,
        tenure=None if tenure is None else Tenure(tenure),
        max_distance_km=row.get("max_distance_km"),
        basis=Basis(row.get("basis") or Basis.ESTIMATE),
        secrecy=Secrecy(row.get("secrecy") or Secrecy.BLIND),
        row=row.number,
    )


def read_job(row: TypedRow, site: Site | None, trades: Mapping[str, Occupation]) -> Job | None:
    """One post; None when its row has an error."""
    _doubt_trade(row, trades)
    hours = _hours(row, site)
    days = row.get("days_per_week")
    if days is not None:
        by_days = days * HOURS_PER_DAY * WEEKS_PER_MONTH
        if hours is None:
            hours = _in_months(row, site, by_days)
        elif abs(max(hours) - by_days) > _DISAGREE_FROM * max(max(hours), by_days):
            row.warn("job-hours-disagree", "days_per_week", by_days=by_days, hours=max(hours))
    if hours is None and not row.has_error:
        row.warn("job-without-hours", "title")
    _check_month(row, hours)
    low, high = row.get("gross_eur_per_hour_low"), row.get("gross_eur_per_hour_high")
    if low is not None and high is not None and low > high:
        row.error("wages-reversed", "gross_eur_per_hour_low", low=low, high=high)
    if row.has_error:
        return None
    return Job(
        job_id=row.get("job_id"),
        site_id=row.get("site_id"),
        title=row.get("title"),
        direction=JobDirection(row.get("direction") or JobDirection.NEED),
        occupation=row.get("occupation"),
        days_per_week=days,
        hours_by_month=hours,
        today_solution=row.get("today_solution"),
        today_eur_per_hour=row.get("today_eur_per_hour"),
        gross_eur_per_hour_low=low,
        gross_eur_per_hour_high=high,
        shift=row.get("shift"),
        licences=row.get("licences") or frozenset(),
        start_by=row.get("start_by"),
        duration=row.get("duration"),
        max_distance_km=row.get("max_distance_km"),
        exclusivity=row.get("exclusivity"),
        basis=Basis(row.get("basis") or Basis.ESTIMATE),
        secrecy=Secrecy(row.get("secrecy") or Secrecy.BLIND),
        row=row.number,
    )


def read_pool(
    row: TypedRow, as_of: datetime.date | None, categories: Named[ServiceCategory]
) -> Pool | None:
    """One common purchase or service; None when its row has an error."""
    check_period(row, "from", "to")
    _doubt_category(row, categories)
    end = row.get("contract_end")
    if end is not None and as_of is not None and end < as_of:
        row.warn("contract-ended", "contract_end", date=end)
    if row.has_error:
        return None
    participants = row.get("participants")
    return Pool(
        pool_id=row.get("pool_id"),
        site_id=row.get("site_id"),
        category=row.get("category"),
        direction=PoolDirection(row.get("direction") or PoolDirection.BUYS),
        description=row.get("description"),
        amount=row.get("amount"),
        unit=row.get("unit"),
        eur_per_year=row.get("eur_per_year"),
        participants=None if participants is None else int(participants),
        available_from=row.get("from"),
        available_until=row.get("to"),
        contract_end=end,
        notice_months=row.get("notice_months"),
        decided_here=row.get("decided_here"),
        max_distance_km=row.get("max_distance_km"),
        basis=Basis(row.get("basis") or Basis.ESTIMATE),
        secrecy=Secrecy(row.get("secrecy") or Secrecy.BLIND),
        row=row.number,
    )


def _doubt_trade(row: TypedRow, trades: Mapping[str, Occupation]) -> None:
    """A job of no trade is kept and never shared."""
    code, title = row.get("occupation"), row.get("title")
    if title is not None and trade_of(code, title, trades) is None:
        near = ", ".join(
            f"{trade.label_fr} ({trade.key})" for trade in nearest_trades(title, trades)
        )
        column = "title" if code is None else "occupation"
        row.warn("occupation-not-listed", column, nearest=near or "–")


def _doubt_class(row: TypedRow, classes: Named[EquipmentClass]) -> None:
    """A machine of no class is kept and never shared; floor is not lent; who buys says a price."""
    words, mode = row.get("equipment"), row.get("mode")
    klass = None if words is None else classes.of(words)
    if klass is None:
        if words is not None:
            row.warn("equipment-not-listed", "equipment", nearest=_names(classes.nearest(words)))
        return
    if klass.place is MachinePlace.SPACE and mode in (EquipmentMode.LEND, EquipmentMode.CO_BUY):
        row.warn("floor-is-used-on-site", "mode")
    if mode == EquipmentMode.CO_BUY and row.get("purchase_eur") is None:
        row.warn("purchase-without-price", "mode")


def _doubt_category(row: TypedRow, categories: Named[ServiceCategory]) -> None:
    """A purchase of no category is kept and never pooled; nor one of which too little is said."""
    words, unit = row.get("category"), row.get("unit")
    category = None if words is None else categories.of(words)
    if category is None:
        if words is not None:
            row.warn("category-not-listed", "category", nearest=_names(categories.nearest(words)))
        return
    has_places = row.get("direction") == PoolDirection.HAS_PLACES
    is_counted = category.goes_by_amount or has_places
    heads = row.get("participants") if category.unit == "places" else None
    if is_counted and row.get("amount") is None and heads is None and "amount" not in row.unread:
        row.warn("pool-without-amount", "category", unit=category.unit_words)
    elif is_counted and unit is not None and category.times_of(unit) is None:
        row.warn("pool-unit-unknown", "unit", wanted=category.unit_words)
    if row.get("eur_per_year") is None and "eur_per_year" not in row.unread:
        row.warn("pool-without-spending", "category")


def _names(rows: Iterable[EquipmentClass | ServiceCategory]) -> str:
    """Names to choose from, in French with their keys, which both languages understand."""
    return ", ".join(f"{row.label_fr} ({row.key})" for row in rows) or "–"


def read_wish(row: TypedRow) -> Wish | None:
    """One sentence for the EPCI; None when its row has an error."""
    if row.has_error:
        return None
    axis = row.get("axis")
    return Wish(
        site_id=row.get("site_id"),
        text=row.get("text"),
        axis=None if axis is None else WishAxis(axis),
        row=row.number,
    )


def _hours(row: TypedRow, site: Site | None) -> Months | None:
    """Twelve hours, from the column of an ordinary month or from the twelve columns."""
    ordinary = row.get("hours_per_month")
    by_month = [row.get(name) for name in MONTH_HOUR_NAMES]
    given = [hours for hours in by_month if hours is not None]
    if ordinary is not None and given:
        row.error("hours-twice", "hours_per_month")
        return None
    if given:
        if row.get("months") is not None:
            row.warn("months-not-used", "months")
        return tuple(hours or 0.0 for hours in by_month)
    return None if ordinary is None else _in_months(row, site, ordinary)


def _in_months(row: TypedRow, site: Site | None, per_month: float) -> Months:
    declared = row.get("months")
    if isinstance(declared, MonthValue):
        months = declared.months
    else:
        months = frozenset(range(1, 13)) - (site.closed_months if site else frozenset())
    return tuple(per_month if month in months else 0.0 for month in range(1, 13))


def _check_month(row: TypedRow, hours: Months | None) -> None:
    """A month has at most 744 hours; more is several machines or people, or a year's figure."""
    if hours is not None and max(hours) > _HOURS_IN_A_MONTH:
        column = "hours_per_month"
        if row.get(column) is None:
            column = MONTH_HOUR_NAMES[hours.index(max(hours))]
        row.warn("hours-above-month", column, most=_HOURS_IN_A_MONTH)
