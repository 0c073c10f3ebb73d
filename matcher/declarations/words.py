"""Closed lists of what firms may answer, stored by value; labels are in the survey format."""

from __future__ import annotations

from enum import StrEnum


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
