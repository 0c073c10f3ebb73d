"""What keeps two purchases of one category apart."""

from __future__ import annotations

from matcher.candidates.bundles import Gate
from matcher.declarations import Survey
from matcher.groups.buyers import Buyer
from matcher.groups.misses import Miss
from matcher.groups.neighbours import Neighbours
from matcher.settings import Settings


def pair_miss(
    one: Buyer, other: Buyer, survey: Survey, near: Neighbours, settings: Settings
) -> Miss | None:
    """What keeps two purchases apart."""
    names = {
        "one": survey.sites[one.site_id].name,
        "other": survey.sites[other.site_id].name,
    }
    if near.shut_out(one.site_id, other.site_id):
        return Miss(gate=Gate.EXCLUDED, code="excluded")
    if near.refused_before(one.pool_id, other.pool_id):
        return Miss(gate=Gate.REFUSED, code="refused-before", values=names)
    km = near.road_km(one.site_id, other.site_id)
    if km is None:
        return Miss(gate=Gate.NOT_KNOWN, code="position-not-known", values=names)
    limits = [buyer.pool.max_distance_km for buyer in (one, other)]
    allowed = min([settings.pool_radius_km, *(limit for limit in limits if limit is not None)])
    if km > allowed:
        gap = km - allowed
        return Miss(
            gate=Gate.TOO_FAR, code="too-far", gap=gap, unit="km", values={**names, "gap": gap}
        )
    starts = [b.pool.available_from for b in (one, other) if b.pool.available_from]
    ends = [b.pool.available_until for b in (one, other) if b.pool.available_until]
    if starts and ends and max(starts) > min(ends):
        days = (max(starts) - min(ends)).days
        return Miss(
            gate=Gate.MONTHS_APART, code="period-apart", gap=days, unit="day",
            values={**names, "gap": days},
        )  # fmt: skip
    return None
