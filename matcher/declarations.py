"""What firms declare, as read and checked: a :class:`Survey` is valid by construction.

Amounts are in the resource's own unit (t, MWh or m3: ``Resource.unit``), months are twelve shares,
money is EUR without VAT. ``None`` means "not known", never zero. The columns a person fills, with
labels and help, are in :mod:`matcher.survey_format`; this module is what the reader makes of them.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matcher.errors import CellProblem
from matcher.units import Conversion

Months = tuple[float, ...]
"""Twelve values, January first."""

EVERY_MONTH: Months = (1 / 12,) * 12


class Direction(StrEnum):
    """Which way a declaration goes, seen from the site."""

    OFFER = "offer"
    NEED = "need"


class SiteKind(StrEnum):
    FIRM = "firm"
    PUBLIC = "public"
    VACANT = "vacant"


class WorkingPattern(StrEnum):
    DAY = "day"
    TWO_SHIFTS = "2x8"
    THREE_SHIFTS = "3x8"
    FIVE_SHIFTS = "5x8"
    WEEKEND = "weekend"
    SEASONAL = "seasonal"


class PermitKind(StrEnum):
    ICPE = "icpe"
    ANIMAL_BY_PRODUCTS = "animal_by_products"
    CARRIER = "carrier"
    BROKER = "broker"


class Basis(StrEnum):
    """What an amount stands on; ``inferred`` is shown as *supposé* until confirmed."""

    MEASURED = "measured"
    INVOICE = "invoice"
    ESTIMATE = "estimate"
    INFERRED = "inferred"


class Recurrence(StrEnum):
    REGULAR = "regular"
    CAMPAIGN = "campaign"
    ONE_OFF = "one_off"


class Outlet(StrEnum):
    """Where an output goes today."""

    LANDFILL = "landfill"
    INCINERATION = "incineration"
    ENERGY_RECOVERY = "energy_recovery"
    RECYCLING = "recycling"
    COMPOSTING = "composting"
    DIGESTION = "digestion"
    FEED = "feed"
    DISCHARGE = "discharge"
    LOST = "lost"
    REUSE = "reuse"
    STOCK = "stock"
    UNKNOWN = "unknown"


class Way(StrEnum):
    """Which way the money goes today, seen from the site."""

    PAYS = "pays"
    IS_PAID = "is_paid"
    FREE = "free"
    UNKNOWN = "unknown"


class Sorting(StrEnum):
    ALONE = "alone"
    MIXED = "mixed"
    SOILED = "soiled"
    UNKNOWN = "unknown"


class Hazard(StrEnum):
    YES = "yes"
    NO = "no"
    TO_CHECK = "to_check"


class AnimalOrigin(StrEnum):
    """Animal by-products, by category of Regulation (EC) 1069/2009."""

    NO = "no"
    C1 = "c1"
    C2 = "c2"
    C3 = "c3"
    UNKNOWN = "unknown"


class LegalStatus(StrEnum):
    UNKNOWN = "unknown"
    WASTE = "waste"
    BY_PRODUCT = "by_product"
    END_OF_WASTE = "end_of_waste"
    PRODUCT = "product"


class Secrecy(StrEnum):
    OPEN = "open"
    BLIND = "blind"
    SENSITIVE = "sensitive"


class EquipmentMode(StrEnum):
    LEND = "lend"
    ON_SITE = "on_site"
    SERVICE = "service"
    CO_BUY = "co_buy"


class Tenure(StrEnum):
    OWNER = "owner"
    TENANT = "tenant"


class JobDirection(StrEnum):
    NEED = "need"
    SURPLUS = "surplus"
    TOP_UP = "top_up"


class PoolDirection(StrEnum):
    BUYS = "buys"
    HAS_PLACES = "has_places"


class WishAxis(StrEnum):
    """The four axes of the *Territoires d'industrie* programme."""

    RECRUIT = "recruter"
    ATTRACT = "attirer"
    INNOVATE = "innover"
    SIMPLIFY = "simplifier"


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
    secrecy: Secrecy = Secrecy.BLIND
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A sentence for the EPCI under one axis of the programme; never matched."""

    site_id: str
    text: str
    axis: WishAxis | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All declarations of one round. Ids are unique over all tables; every reference exists.

    ``warnings`` are the doubtful cells, kept beside the data. ``digest`` is a SHA-256 (hex) of the
    canonical content, whatever the order of rows or the file format.
    """

    sites: Mapping[str, Site]
    places: Mapping[str, Place] = field(default_factory=dict)
    permits: tuple[Permit, ...] = ()
    flows: Mapping[str, Flow] = field(default_factory=dict)
    qualities: tuple[Quality, ...] = ()
    equipment: Mapping[str, Equipment] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    wishes: tuple[Wish, ...] = ()
    warnings: tuple[CellProblem, ...] = ()
    digest: str = ""

    def position(self, site: Site) -> tuple[float, float] | None:
        """Latitude and longitude of a site: its own, else its commune's, else None."""
        if site.latitude is not None and site.longitude is not None:
            return site.latitude, site.longitude
        place = self.places.get(site.commune_code or "")
        return None if place is None else (place.latitude, place.longitude)

    def permits_of(self, site_id: str) -> Iterator[Permit]:
        """The permits that one site declared."""
        return (permit for permit in self.permits if permit.site_id == site_id)
