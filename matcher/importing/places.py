"""Where a row is, and whether that is in the territory that was asked for."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.errors import CellProblem, SurveyError
from matcher.importing.source import SourceRow

_EARTH_RADIUS_KM = 6371.0088  # mean radius of the GRS80 ellipsoid

# Lambert-93 (EPSG 2154): GRS80, standard parallels 44 and 49 N, origin 46.5 N 3 E,
# false easting 700 km, false northing 6 600 km.
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY = math.sqrt(0.006_694_380_022_9)
_PARALLELS = (math.radians(44.0), math.radians(49.0))
_ORIGIN_LATITUDE, _ORIGIN_LONGITUDE = math.radians(46.5), math.radians(3.0)
_FALSE_EASTING_M, _FALSE_NORTHING_M = 700_000.0, 6_600_000.0

Position = tuple[float, float]
"""Latitude and longitude, degrees of WGS 84."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Everything within a radius of a point, as the crow flies."""

    latitude: float
    longitude: float
    radius_km: float

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= 90 and abs(self.longitude) <= 180):
            raise ValueError(f"not a position on Earth: {self.latitude}, {self.longitude}")
        if not (math.isfinite(self.radius_km) and self.radius_km > 0):
            raise ValueError(f"radius_km must be above 0, got {self.radius_km}")

    @classmethod
    def parse(cls, text: str) -> Around:
        """Read ``51.03,2.37,25`` (latitude, longitude, km); ``;`` lets numbers have a comma.

        Raises
        ------
        SurveyError
            When it is anything else.
        """
        parts = text.split(";") if ";" in text else text.split(",")
        try:
            latitude, longitude, radius_km = (float(part.replace(",", ".")) for part in parts)
            return cls(latitude=latitude, longitude=longitude, radius_km=radius_km)
        except ValueError as error:
            problem = CellProblem(code="import-around", file="--around", value=text)
            raise SurveyError([problem]) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What is asked for: words of the file, a circle, both (then both must hold) or neither."""

    words: str | None = None
    around: Around | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing was asked for."""
        return self.words is None and self.around is None

    def __str__(self) -> str:
        circle = self.around
        place = f"{circle.latitude}, {circle.longitude}, {circle.radius_km} km" if circle else None
        return " · ".join(part for part in (self.words, place) if part)


def distance_km(one: Position, other: Position) -> float:
    """Great-circle distance (haversine), km."""
    (lat_1, lon_1), (lat_2, lon_2) = one, other
    half = (
        math.sin(math.radians(lat_2 - lat_1) / 2) ** 2
        + math.cos(math.radians(lat_1))
        * math.cos(math.radians(lat_2))
        * math.sin(math.radians(lon_2 - lon_1) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def why_outside(
    area: Area,
    row: SourceRow,
    position: Position | None,
    *,
    names: Sequence[str],
    postcode: str,
) -> str | None:
    """The reason to leave a row out of the territory, or ``None`` when it is inside.

    ``names`` are the columns whose words may name the territory; ``postcode`` the column whose
    first figures may (``59`` or ``59140``).
    """
    if area.words is not None and not _is_named(area.words, row, names, postcode):
        return "outside"
    if area.around is None:
        return None
    if position is None:
        return "position-not-known"
    centre = (area.around.latitude, area.around.longitude)
    return None if distance_km(centre, position) <= area.around.radius_km else "outside"


def _is_named(words: str, row: SourceRow, names: Sequence[str], postcode: str) -> bool:
    asked = folded(words)
    if any(folded(row.text(name) or "") == asked for name in names):
        return True
    return asked.isdigit() and len(asked) >= 2 and (row.text(postcode) or "").startswith(asked)


def folded(text: str) -> str:
    """Words without accents, case or punctuation, so that they can be compared."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def from_lambert_93(easting_m: float, northing_m: float) -> Position:
    """Latitude and longitude (degrees) of a point in Lambert-93.

    Inverse of the conformal conic projection with two standard parallels on the ellipsoid; the
    latitude by fixed-point iteration, to less than a millimetre.
    """
    cone, scale_m, radius_at_origin_m = _cone()
    x = easting_m - _FALSE_EASTING_M
    y = radius_at_origin_m - (northing_m - _FALSE_NORTHING_M)
    reduced = (math.hypot(x, y) / scale_m) ** (1 / cone)
    latitude = math.pi / 2 - 2 * math.atan(reduced)
    for _ in range(12):
        sine = _ECCENTRICITY * math.sin(latitude)
        latitude = math.pi / 2 - 2 * math.atan(
            reduced * ((1 - sine) / (1 + sine)) ** (_ECCENTRICITY / 2)
        )
    longitude = math.atan2(x, y) / cone + _ORIGIN_LONGITUDE
    return math.degrees(latitude), math.degrees(longitude)


def _cone() -> tuple[float, float, float]:
    """Constant of the cone, scale and radius at the origin (m)."""

    def parallel_radius(latitude: float) -> float:
        return math.cos(latitude) / math.sqrt(1 - (_ECCENTRICITY * math.sin(latitude)) ** 2)

    def reduced(latitude: float) -> float:
        sine = _ECCENTRICITY * math.sin(latitude)
        flattened = math.pow((1 - sine) / (1 + sine), _ECCENTRICITY / 2)
        return math.tan(math.pi / 4 - latitude / 2) / flattened

    south, north = _PARALLELS
    cone = math.log(parallel_radius(south) / parallel_radius(north)) / math.log(
        reduced(south) / reduced(north)
    )
    scale_m = _SEMI_MAJOR_M * parallel_radius(south) / (cone * reduced(south) ** cone)
    return cone, scale_m, scale_m * reduced(_ORIGIN_LATITUDE) ** cone
