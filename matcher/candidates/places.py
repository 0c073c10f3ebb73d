"""Where things are: a plane for searching, great circles for what is kept."""

from __future__ import annotations

import numpy as np

from matcher.candidates.table import Floats, FlowTable, Indices

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, IUGG."""

KM_PER_DEGREE = EARTH_RADIUS_KM * np.pi / 180


def project(latitude: Floats, longitude: Floats) -> tuple[Floats, Floats, float, float]:
    """East and north in km of the mean point, and that point (latitude, longitude).

    Equirectangular: true to the north, and to the east on the middle latitude.
    """
    if not latitude.size:
        return latitude, longitude, np.nan, np.nan
    middle, meridian = float(latitude.mean()), float(longitude.mean())
    east = (longitude - meridian) * KM_PER_DEGREE * np.cos(np.radians(middle))
    return east, (latitude - middle) * KM_PER_DEGREE, middle, meridian


def in_plane(flows: FlowTable, latitude: float, longitude: float) -> tuple[float, float]:
    """East and north in km of any place, in the plane of a flow table."""
    east = (longitude - flows.origin_longitude) * np.cos(np.radians(flows.origin_latitude))
    return float(east * KM_PER_DEGREE), float((latitude - flows.origin_latitude) * KM_PER_DEGREE)


def widening(flows: FlowTable) -> float:
    """By how much a search in the plane must be widened to miss nothing on the sphere."""
    if np.isnan(flows.origin_latitude) or not flows.north_km.size:
        return 1.0
    middle = np.radians(flows.origin_latitude)
    farthest = np.abs(flows.north_km).max() / EARTH_RADIUS_KM
    # East-west distances shrink towards the pole: there the plane shows them too long.
    pole = min(abs(middle) + farthest, np.pi / 2 - 1e-3)
    return float(max(1.0, np.cos(middle) / np.cos(pole)) * 1.001)


def crow_km(flows: FlowTable, left: Indices, right: Indices) -> Floats:
    """Distance between the sites of flows: great circle (haversine), or straight in a plane."""
    return _between(
        flows,
        flows.east_km[left],
        flows.north_km[left],
        flows.east_km[right],
        flows.north_km[right],
    )


def crow_km_to(flows: FlowTable, positions: Indices, east_km: float, north_km: float) -> Floats:
    """Distance from the sites of flows to another point of the same plane."""
    return _between(flows, flows.east_km[positions], flows.north_km[positions], east_km, north_km)


def _between(
    flows: FlowTable,
    east: Floats,
    north: Floats,
    other_east: Floats | float,
    other_north: Floats | float,
) -> Floats:
    if np.isnan(flows.origin_latitude):
        return np.hypot(east - other_east, north - other_north)
    middle = np.radians(flows.origin_latitude)
    turn = (east - other_east) / (EARTH_RADIUS_KM * np.cos(middle))
    rise = (north - other_north) / EARTH_RADIUS_KM
    latitudes = np.cos(middle + north / EARTH_RADIUS_KM) * np.cos(
        middle + other_north / EARTH_RADIUS_KM
    )
    chord = np.sin(rise / 2) ** 2 + latitudes * np.sin(turn / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))
