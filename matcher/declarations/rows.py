"""One dataclass a table of the survey: sites, permits, flows, equipment, jobs, pools, wishes."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from matcher.declarations.words import (
    AnimalOrigin,
    Basis,
    Direction,
    EquipmentMode,
    Hazard,
    JobDirection,
    LegalStatus,
    Outlet,
    PermitKind,
    PoolDirection,
    Recurrence,
    Secrecy,
    SiteKind,
    Sorting,
    Tenure,
    Way,
    WishAxis,
    WorkingPattern,
)
from matcher.units import Conversion

Months = tuple[float, ...]
"""Twelve values, January first."""

EVERY_MONTH: Months = (1 / 12,) * 12
DAYS_OF_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place of one firm (SIRET)."""

    site_id: str
    name: str
    kind: SiteKind = SiteKind.FIRM
    firm: str | None = None
    siret: str | None = None
    activity_code: str | None = None
    headcount: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    commune_code: str | None = None
    park: str | None = None
    idcc: str | None = None
    working_pattern: WorkingPattern | None = None
    closed_months: frozenset[int] = frozenset()
    max_proposals: int | None = None
    excluded: frozenset[str] = frozenset()
    row: int | None = None

    @property
    def firm_id(self) -> str:
        """What says that two sites are one firm: SIREN, else the firm's name, else the site."""
        if self.siret is not None:
            return self.siret[:9]
        return self.firm if self.firm is not None else self.site_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A commune's centre: where a site without coordinates is put."""

    commune_code: str
    latitude: float
    longitude: float
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What a site may take or do. A site with at least one row is taken to have declared them all.

    ``yearly_limit_t`` in t a year; ``accepted_codes`` empty: not known.
    """

    site_id: str
    kind: PermitKind
    heading: str | None = None
    regime: str | None = None
    accepted_codes: frozenset[str] = frozenset()
    yearly_limit_t: float | None = None
    valid_until: datetime.date | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A resource crossing the fence of one site.

    Attributes
    ----------
    resource
        Key of the catalogue; None when the words were not recognised (kept, never matched).
    declared_resource
        As written by the firm.
    amount, amount_low, amount_high
        In the resource's unit, a year (in all when ``recurrence`` is one_off); None = not known.
    month_shares
        Twelve shares that add up to 1: declared, or every month but the site's closed ones.
    today_cost_eur_per_unit
        Positive when the site pays (outlet of an offer, purchase price of a need), negative when
        it is paid, in EUR per unit of the resource; None = not known. For a need, what it pays to
        be supplied today.
    hours_of_day
        (from, to) on the clock; to < from runs over midnight.
    """

    flow_id: str
    site_id: str
    direction: Direction
    resource: str | None
    declared_resource: str
    description: str | None = None
    waste_code: str | None = None
    amount: float | None = None
    amount_low: float | None = None
    amount_high: float | None = None
    conversion: Conversion | None = None
    basis: Basis = Basis.ESTIMATE
    recurrence: Recurrence = Recurrence.REGULAR
    month_shares: Months = EVERY_MONTH
    months_declared: bool = False
    available_from: datetime.date | None = None
    available_until: datetime.date | None = None
    today_outlet: Outlet = Outlet.UNKNOWN
    today_way: Way = Way.UNKNOWN
    today_cost_eur_per_unit: float | None = None
    contract_end: datetime.date | None = None
    notice_months: float | None = None
    max_distance_km: float | None = None
    min_lot: float | None = None
    max_partners: int | None = None
    sorting: Sorting = Sorting.UNKNOWN
    hazardous: Hazard | None = None
    animal_origin: AnimalOrigin = AnimalOrigin.UNKNOWN
    status: LegalStatus = LegalStatus.UNKNOWN
    temperature_c: float | None = None
    return_temperature_c: float | None = None
    power_kw: float | None = None
    medium: str | None = None
    hours_of_day: tuple[float, float] | None = None
    backup_needed: bool | None = None
    secrecy: Secrecy = Secrecy.BLIND
    row: int | None = None

    def __post_init__(self) -> None:
        for name in ("amount", "amount_low", "amount_high"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"Flow {self.flow_id}: {name} must be finite and not negative.")
        if len(self.month_shares) != 12 or abs(sum(self.month_shares) - 1) > 1e-6:
            raise ValueError(f"Flow {self.flow_id}: month_shares are not twelve adding up to 1.")

    @property
    def most_mwh_per_month(self) -> float | None:
        """What ``power_kw`` carries in a month, in the hours of the day declared; MWh.

        Of a month of mean length: an even year is declared in twelve equal parts, and a power
        that just carries it must not fall short in February.
        """
        if not self.power_kw:
            return None
        first, last = self.hours_of_day or (0.0, 24.0)
        hours = (last - first) % 24 or 24.0
        return self.power_kw / 1000 * hours * DAYS_OF_A_MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """A measured value of an offer, or what a need accepts (None = open)."""

    flow_id: str
    parameter: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A machine, vehicle or floor lent, shared or lacking; ``hours_by_month`` in h."""

    item_id: str
    site_id: str
    direction: Direction
    equipment: str
    mode: EquipmentMode | None = None
    spec: str | None = None
    hours_by_month: Months | None = None
    area_m2: float | None = None
    available_from: datetime.date | None = None
    available_until: datetime.date | None = None
    eur_per_hour: float | None = None
    purchase_eur: float | None = None
    life_years: float | None = None
    certificate_until: datetime.date | None = None
    tenure: Tenure | None = None
    max_distance_km: float | None = None
    basis: Basis = Basis.ESTIMATE
    secrecy: Secrecy = Secrecy.BLIND
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Hours of one trade that a site needs, has to spare, or can top up; a post, never a person."""

    job_id: str
    site_id: str
    title: str
    direction: JobDirection = JobDirection.NEED
    occupation: str | None = None
    days_per_week: float | None = None
    hours_by_month: Months | None = None
    today_solution: str | None = None
    today_eur_per_hour: float | None = None
    gross_eur_per_hour_low: float | None = None
    gross_eur_per_hour_high: float | None = None
    shift: str | None = None
    licences: frozenset[str] = frozenset()
    start_by: datetime.date | None = None
    duration: str | None = None
    max_distance_km: float | None = None
    exclusivity: bool | None = None
    basis: Basis = Basis.ESTIMATE
    secrecy: Secrecy = Secrecy.BLIND
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What several sites could buy or organise together."""

    pool_id: str
    site_id: str
    category: str
    direction: PoolDirection = PoolDirection.BUYS
    description: str | None = None
    amount: float | None = None
    unit: str | None = None
    eur_per_year: float | None = None
    participants: int | None = None
    available_from: datetime.date | None = None
    available_until: datetime.date | None = None
    contract_end: datetime.date | None = None
    notice_months: float | None = None
    decided_here: bool | None = None
    max_distance_km: float | None = None
    basis: Basis = Basis.ESTIMATE
    secrecy: Secrecy = Secrecy.BLIND
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A sentence for the EPCI under one axis of the programme; never matched."""

    site_id: str
    text: str
    axis: WishAxis | None = None
    row: int | None = None
