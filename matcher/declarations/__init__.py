"""What firms declare, as read and checked: a :class:`Survey` is valid by construction.

Amounts are in the resource's own unit (t, MWh or m3: ``Resource.unit``), months are twelve shares,
money is EUR without VAT. ``None`` means "not known", never zero. The columns a person fills, with
labels and help, are in :mod:`matcher.survey_format`; this room is what the reader makes of them.
"""

from matcher.declarations.rows import (
    EVERY_MONTH,
    Equipment,
    Flow,
    Job,
    Months,
    Permit,
    Place,
    Pool,
    Quality,
    Site,
    Wish,
)
from matcher.declarations.survey import TABLES, Survey
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

__all__ = [
    "EVERY_MONTH",
    "TABLES",
    "AnimalOrigin",
    "Basis",
    "Conversion",
    "Direction",
    "Equipment",
    "EquipmentMode",
    "Flow",
    "Hazard",
    "Job",
    "JobDirection",
    "LegalStatus",
    "Months",
    "Outlet",
    "Permit",
    "PermitKind",
    "Place",
    "Pool",
    "PoolDirection",
    "Quality",
    "Recurrence",
    "Secrecy",
    "Site",
    "SiteKind",
    "Sorting",
    "Survey",
    "Tenure",
    "Way",
    "Wish",
    "WishAxis",
    "WorkingPattern",
]
