"""The one definition of a survey's tables and columns (docs/survey-format.md is written from it).

Reader, template, Table Schemas and documentation all come from here; labels and help are in the
catalogue ``survey``. Bounds are those of physics, of a calendar or of the globe, never of taste:
what is only doubtful is a warning of :mod:`matcher.reading`.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

from matcher import declarations as d
from matcher.survey_format.model import ClosedList, Column, Kind, Table

ABSOLUTE_ZERO_C = -273.15
EARTH_HALF_TURN_KM = 20_040.0

_LISTS: list[ClosedList] = []
_WORDS = "…"  # the example is text: the catalogues hold it in both languages


def _choices(name: str, values: type[StrEnum], **also: str) -> ClosedList:
    """A closed list; ``also`` are further words understood, and the value each stands for."""
    _LISTS.append(ClosedList(name=name, values=tuple(member.value for member in values), also=also))
    return _LISTS[-1]


DIRECTION = _choices(
    "direction", d.Direction, offre="offer", output="offer", entrant="need", input="need"
)
EQUIPMENT_DIRECTION = _choices("equipment_direction", d.Direction)
SITE_KIND = _choices("site_kind", d.SiteKind)
WORKING_PATTERN = _choices("working_pattern", d.WorkingPattern)
PERMIT_KIND = _choices("permit_kind", d.PermitKind)
BASIS = _choices("basis", d.Basis)
RECURRENCE = _choices("recurrence", d.Recurrence)
OUTLET = _choices("outlet", d.Outlet)
WAY = _choices("way", d.Way)
SORTING = _choices("sorting", d.Sorting)
HAZARD = _choices("hazard", d.Hazard)
ANIMAL_ORIGIN = _choices("animal_origin", d.AnimalOrigin)
LEGAL_STATUS = _choices("legal_status", d.LegalStatus)
SECRECY = _choices("secrecy", d.Secrecy)
EQUIPMENT_MODE = _choices("equipment_mode", d.EquipmentMode)
TENURE = _choices("tenure", d.Tenure)
JOB_DIRECTION = _choices("job_direction", d.JobDirection)
POOL_DIRECTION = _choices("pool_direction", d.PoolDirection)
WISH_AXIS = _choices("wish_axis", d.WishAxis)

CLOSED_LISTS: tuple[ClosedList, ...] = tuple(_LISTS)

MONTH_HOUR_NAMES = tuple(f"h{month:02d}" for month in range(1, 13))


def _column(text: str, name: str, kind: Kind, example: Any = None, **rest: Any) -> Column:
    """A column; ``rest`` takes ``*`` fields of :class:`Column`."""
    return Column(name=name, kind=kind, text_id=f"{text}.{name}", example=example, **rest)


def _amount(text: str, name: str, unit: str | None = None, example: Any = None, **r: Any) -> Column:
    """A number that cannot be negative."""
    r.setdefault("low", 0.0)
    return _column(text, name, Kind.NUMBER, example, unit=unit, **r)


def _site_id() -> Column:
    return _column(
        "shared", "site_id", Kind.REFERENCE, "EXEMPLE-S1", is_required=True, refers_to="sites"
    )


def _secrecy() -> Column:
    return _column(
        "shared", "secrecy", Kind.CHOICE, "blind", choices=SECRECY, is_asked_of_firms=True
    )


def _basis() -> Column:
    return _column("shared", "basis", Kind.CHOICE, "estimate", choices=BASIS)


def _distance(example: float | None = None) -> Column:
    return _amount("shared", "max_distance_km", "km", example, high=EARTH_HALF_TURN_KM)


def _month_hours() -> tuple[Column, ...]:
    return tuple(_amount("shared", name, "h", high=1_000_000.0) for name in MONTH_HOUR_NAMES)


_ASKED: dict[str, Any] = {"is_asked_of_firms": True}
_REQUIRED: dict[str, Any] = {"is_required": True, "is_asked_of_firms": True}

SITES = Table(
    name="sites",
    columns=(
        _column("sites", "site_id", Kind.IDENTIFIER, "EXEMPLE-S1", is_required=True),
        _column("sites", "name", Kind.TEXT, _WORDS, **_REQUIRED),
        _column("sites", "kind", Kind.CHOICE, "firm", choices=SITE_KIND),
        _column("sites", "firm", Kind.TEXT, _WORDS, **_ASKED),
        _column("sites", "siret", Kind.CODE, None, **_ASKED),
        _column("sites", "activity_code", Kind.CODE, "16.23Z"),
        _amount("sites", "headcount", "FTE", 42.0, **_ASKED),
        _column("sites", "latitude", Kind.NUMBER, 46.8935, unit="°", low=-90.0, high=90.0),
        _column("sites", "longitude", Kind.NUMBER, -0.9871, unit="°", low=-180.0, high=180.0),
        _column("sites", "commune_code", Kind.CODE, None, **_ASKED),
        _column("sites", "park", Kind.TEXT, _WORDS),
        _column("sites", "idcc", Kind.CODE, "3222"),
        _column("sites", "working_pattern", Kind.CHOICE, "day", choices=WORKING_PATTERN, **_ASKED),
        _column("sites", "closed_months", Kind.MONTH_SET, "8", **_ASKED),
        _column("sites", "max_proposals", Kind.WHOLE_NUMBER, 3.0, low=0.0, high=1000.0, **_ASKED),
        _column("sites", "excluded", Kind.LIST, None, **_ASKED),
    ),
)

PLACES = Table(
    name="places",
    columns=(
        _column("places", "commune_code", Kind.CODE, "EXEMPLE", is_required=True),
        _column("places", "name", Kind.TEXT, _WORDS),
        _column(
            "sites", "latitude", Kind.NUMBER, 46.8935, is_required=True, unit="°", low=-90, high=90
        ),
        _column(
            "sites",
            "longitude",
            Kind.NUMBER,
            -0.9871,
            is_required=True,
            unit="°",
            low=-180,
            high=180,
        ),
    ),
)

PERMITS = Table(
    name="permits",
    columns=(
        _site_id(),
        _column("permits", "kind", Kind.CHOICE, "icpe", choices=PERMIT_KIND, is_required=True),
        _column("permits", "heading", Kind.CODE, "2714"),
        _column("permits", "regime", Kind.TEXT, _WORDS),
        _column("permits", "accepted_codes", Kind.LIST, "15 01 03; 17 02 01"),
        _amount("permits", "yearly_limit", None, 900.0),
        _column("permits", "unit", Kind.TEXT, "t"),
        _column("permits", "valid_until", Kind.DATE, datetime.date(2031, 12, 31)),
    ),
)

FLOWS = Table(
    name="flows",
    columns=(
        _column("flows", "flow_id", Kind.IDENTIFIER, "EXEMPLE-F1", is_required=True),
        _site_id(),
        _column("flows", "direction", Kind.CHOICE, "offer", choices=DIRECTION, **_REQUIRED),
        _column("flows", "resource", Kind.TEXT, _WORDS, **_REQUIRED),
        _column("flows", "description", Kind.TEXT, _WORDS, **_ASKED),
        _amount("flows", "amount", None, 120.0, **_ASKED),
        _amount("flows", "amount_low", None, 100.0),
        _amount("flows", "amount_high", None, 150.0),
        _column("flows", "unit", Kind.TEXT, "t", **_ASKED),
        _column("flows", "basis", Kind.CHOICE, "invoice", choices=BASIS, **_ASKED),
        _column("flows", "recurrence", Kind.CHOICE, "regular", choices=RECURRENCE, **_ASKED),
        _column("flows", "months", Kind.MONTHS, "9-7", **_ASKED),
        _column("flows", "available_from", Kind.DATE, datetime.date(2027, 1, 1)),
        _column("flows", "available_until", Kind.DATE),
        _column("flows", "today_outlet", Kind.CHOICE, "energy_recovery", choices=OUTLET, **_ASKED),
        _column("flows", "today_way", Kind.CHOICE, "pays", choices=WAY, **_ASKED),
        _column("flows", "today_eur_per_unit", Kind.NUMBER, 38.0, unit="€"),
        _column("flows", "today_eur_per_year", Kind.NUMBER, None, unit="€", **_ASKED),
        _column("flows", "contract_end", Kind.DATE, datetime.date(2026, 12, 31)),
        _amount("flows", "notice_months", "month", 3.0, high=1200.0),
        _distance(50.0),
        _amount("flows", "min_lot", None, 10.0),
        _column("flows", "max_partners", Kind.WHOLE_NUMBER, 2.0, low=1.0, high=10_000.0),
        _column("flows", "sorted", Kind.CHOICE, "alone", choices=SORTING, **_ASKED),
        _column("flows", "hazardous", Kind.CHOICE, "no", choices=HAZARD),
        _column("flows", "animal_origin", Kind.CHOICE, "no", choices=ANIMAL_ORIGIN),
        _column("flows", "status", Kind.CHOICE, "unknown", choices=LEGAL_STATUS),
        _column("flows", "temperature_c", Kind.NUMBER, unit="°C", low=ABSOLUTE_ZERO_C, high=5000),
        _column(
            "flows", "return_temperature_c", Kind.NUMBER, unit="°C", low=ABSOLUTE_ZERO_C, high=5000
        ),
        _amount("flows", "power_kw", "kW"),
        _column("flows", "medium", Kind.TEXT),
        _column("flows", "hours_of_day", Kind.CLOCK, "8-17"),
        _column("flows", "backup_needed", Kind.BOOLEAN),
        _secrecy(),
    ),
)

QUALITIES = Table(
    name="qualities",
    columns=(
        _column(
            "qualities",
            "flow_id",
            Kind.REFERENCE,
            "EXEMPLE-F1",
            is_required=True,
            refers_to="flows",
        ),
        _column("qualities", "parameter", Kind.TEXT, _WORDS, is_required=True),
        _column("qualities", "value", Kind.NUMBER, 12.0),
        _column("qualities", "min", Kind.NUMBER),
        _column("qualities", "max", Kind.NUMBER),
        _column("qualities", "unit", Kind.TEXT, "%"),
    ),
)

EQUIPMENT = Table(
    name="equipment",
    columns=(
        _column("equipment", "item_id", Kind.IDENTIFIER, "EXEMPLE-E1", is_required=True),
        _site_id(),
        _column(
            "equipment", "direction", Kind.CHOICE, "offer", choices=EQUIPMENT_DIRECTION, **_REQUIRED
        ),
        _column("equipment", "equipment", Kind.TEXT, _WORDS, **_REQUIRED),
        _column("equipment", "mode", Kind.CHOICE, "lend", choices=EQUIPMENT_MODE, **_ASKED),
        _column("equipment", "spec", Kind.TEXT, _WORDS, **_ASKED),
        _amount("shared", "hours_per_month", "h", 20.0, **_ASKED),
        *_month_hours(),
        _amount("equipment", "area_m2", "m²", None, **_ASKED),
        _column("shared", "months", Kind.MONTHS, "1-12", **_ASKED),
        _column("shared", "from", Kind.DATE),
        _column("shared", "to", Kind.DATE),
        _amount("equipment", "eur_per_hour", "€/h", 18.0, **_ASKED),
        _amount("equipment", "purchase_eur", "€", 24_000.0),
        _amount("equipment", "life_years", "year", 10.0, high=200.0),
        _column("equipment", "certificate_until", Kind.DATE, datetime.date(2027, 6, 30)),
        _column("equipment", "tenure", Kind.CHOICE, "owner", choices=TENURE),
        _distance(15.0),
        _basis(),
        _secrecy(),
    ),
)

JOBS = Table(
    name="jobs",
    columns=(
        _column("jobs", "job_id", Kind.IDENTIFIER, "EXEMPLE-J1", is_required=True),
        _site_id(),
        _column("jobs", "direction", Kind.CHOICE, "need", choices=JOB_DIRECTION, **_ASKED),
        _column("jobs", "title", Kind.TEXT, _WORDS, **_REQUIRED),
        _column("jobs", "occupation", Kind.CODE, "I1304"),
        _amount("jobs", "days_per_week", "day", None, high=7.0, **_ASKED),
        _amount("shared", "hours_per_month", "h", 40.0, **_ASKED),
        _column("shared", "months", Kind.MONTHS, "9-7", **_ASKED),
        *_month_hours(),
        _column("jobs", "today_solution", Kind.TEXT, _WORDS, **_ASKED),
        _amount("jobs", "today_eur_per_hour", "€/h", 34.0, **_ASKED),
        _amount("jobs", "gross_eur_per_hour_low", "€/h", 14.0),
        _amount("jobs", "gross_eur_per_hour_high", "€/h", 17.0),
        _column("jobs", "shift", Kind.TEXT, _WORDS),
        _column("jobs", "licences", Kind.LIST, _WORDS),
        _column("jobs", "start_by", Kind.DATE, datetime.date(2027, 3, 1)),
        _column("jobs", "duration", Kind.TEXT, _WORDS),
        _distance(20.0),
        _column("jobs", "exclusivity", Kind.BOOLEAN, False),
        _basis(),
        _secrecy(),
    ),
)

POOLS = Table(
    name="pools",
    columns=(
        _column("pools", "pool_id", Kind.IDENTIFIER, "EXEMPLE-P1", is_required=True),
        _site_id(),
        _column("pools", "direction", Kind.CHOICE, "buys", choices=POOL_DIRECTION, **_ASKED),
        _column("pools", "category", Kind.TEXT, _WORDS, **_REQUIRED),
        _column("pools", "description", Kind.TEXT, _WORDS, **_ASKED),
        _amount("pools", "amount", None, 26.0, **_ASKED),
        _column("pools", "unit", Kind.TEXT, _WORDS, **_ASKED),
        _amount("pools", "eur_per_year", "€", 2_300.0, **_ASKED),
        _column("pools", "participants", Kind.WHOLE_NUMBER, low=0.0, high=1e6, **_ASKED),
        _column("shared", "from", Kind.DATE),
        _column("shared", "to", Kind.DATE),
        _column("flows", "contract_end", Kind.DATE, datetime.date(2026, 12, 31)),
        _amount("flows", "notice_months", "month", 3.0, high=1200.0),
        _column("pools", "decided_here", Kind.BOOLEAN, True),
        _distance(25.0),
        _basis(),
        _secrecy(),
    ),
)

WISHES = Table(
    name="wishes",
    columns=(
        _site_id(),
        _column("wishes", "axis", Kind.CHOICE, "recruter", choices=WISH_AXIS, **_ASKED),
        _column("wishes", "text", Kind.TEXT, _WORDS, **_REQUIRED),
    ),
)

TABLES: tuple[Table, ...] = (
    SITES,
    PLACES,
    PERMITS,
    FLOWS,
    QUALITIES,
    EQUIPMENT,
    JOBS,
    POOLS,
    WISHES,
)
TABLE_BY_NAME = {table.name: table for table in TABLES}
EXAMPLE_PREFIXES = ("exemple", "example")
"""A row whose first cell starts so (folded) is an example, and is not read."""

NOTE_MARK = "# "
"""A row whose first cell starts so is a note to the reader, and is not read."""
