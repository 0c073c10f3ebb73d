"""Rows of sites, places and permits, as declarations."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from matcher.catalogue import Catalogue
from matcher.declarations import Permit, PermitKind, Place, Site, SiteKind, WorkingPattern
from matcher.reading.amounts import convert_amount
from matcher.reading.codes import (
    read_activity,
    read_commune,
    read_excluded,
    read_siret,
    read_waste_codes,
)
from matcher.reading.tables import TypedRow

# Mainland France, to tell a swapped pair: no point of it has both in the other's range.
_FRENCH_LATITUDES = (41.0, 51.5)
_FRENCH_LONGITUDES = (-5.5, 10.0)


def read_site(row: TypedRow) -> Site | None:
    """One site, None when its row has an error."""
    _check_position(row)
    site_id, name = row.get("site_id"), row.get("name")
    max_proposals = row.get("max_proposals")
    siret, excluded = read_siret(row), read_excluded(row)
    if siret is not None and excluded & {siret, siret[:9]}:
        row.warn("excludes-itself", "excluded")
    commune, activity = read_commune(row), read_activity(row)
    if row.has_error:
        return None
    return Site(
        site_id=site_id,
        name=name,
        kind=SiteKind(row.get("kind") or SiteKind.FIRM),
        firm=row.get("firm"),
        siret=siret,
        activity_code=activity,
        headcount=row.get("headcount"),
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
        commune_code=commune,
        park=row.get("park"),
        idcc=row.get("idcc"),
        working_pattern=_pattern(row.get("working_pattern")),
        closed_months=row.get("closed_months") or frozenset(),
        max_proposals=None if max_proposals is None else int(max_proposals),
        excluded=excluded,
        row=row.number,
    )


def read_place(row: TypedRow) -> Place | None:
    """One commune's centre, None when its row has an error."""
    _check_position(row)
    code = read_commune(row)
    if row.has_error or code is None:
        return None
    return Place(
        commune_code=code,
        latitude=row.get("latitude"),
        longitude=row.get("longitude"),
        name=row.get("name"),
    )


def read_permit(row: TypedRow, as_of: datetime.date | None) -> Permit | None:
    """One permit, its limit in t a year; None when its row has an error."""
    codes = read_waste_codes(row, "accepted_codes")
    limit = row.get("yearly_limit")
    limit_t = None
    if limit is not None:
        conversion = convert_amount(row, "yearly_limit", limit, None, to_unit="t")
        limit_t = None if conversion is None else limit * conversion.factor
    until = row.get("valid_until")
    if until is not None and as_of is not None and until < as_of:
        row.warn("permit-expired", "valid_until", date=until)
    if row.has_error:
        return None
    return Permit(
        site_id=row.get("site_id"),
        kind=PermitKind(row.get("kind")),
        heading=row.get("heading"),
        regime=row.get("regime"),
        accepted_codes=codes,
        yearly_limit_t=limit_t,
        valid_until=until,
        row=row.number,
    )


def warn_of_unknown_codes(row: TypedRow, codes: Collection[str], catalogue: Catalogue) -> None:
    """A permit's codes that our list does not hold are kept, and said."""
    unknown = sorted(code for code in codes if catalogue.waste_code(code) is None)
    if unknown:
        row.warn("permit-codes-unknown", "accepted_codes", codes=", ".join(unknown))


def _check_position(row: TypedRow) -> None:
    latitude, longitude = row.get("latitude"), row.get("longitude")
    if {"latitude", "longitude"} & row.unread:
        return
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        if missing in row.headers or latitude is not None or longitude is not None:
            row.error("coordinate-alone", "longitude" if missing == "latitude" else "latitude")
        return
    if latitude is None or longitude is None:
        return
    if latitude == 0 and longitude == 0:
        row.error("coordinates-zero", "latitude")
    elif _within(longitude, _FRENCH_LATITUDES) and _within(latitude, _FRENCH_LONGITUDES):
        row.error("coordinates-swapped", "latitude", latitude=longitude, longitude=latitude)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _pattern(value: str | None) -> WorkingPattern | None:
    return None if value is None else WorkingPattern(value)
