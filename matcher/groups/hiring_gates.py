"""What must hold between two posts before one person can hold both."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.candidates.bundles import Gate
from matcher.declarations import JobDirection
from matcher.groups.misses import Miss
from matcher.groups.neighbours import Neighbours
from matcher.groups.posts import Post
from matcher.groups.shifts import missing_rest_h, works_at_week_ends_only
from matcher.settings import Settings


def same_trade(one: Post, other: Post) -> bool:
    """The same trade, or one that the catalogue holds for near."""
    if one.trade.key == other.trade.key:
        return True
    return other.trade.key in one.trade.near and other.trade.level is one.trade.level


def pair_miss(
    one: Post, other: Post, near: Neighbours, settings: Settings
) -> tuple[float, Miss | None]:
    """Road between the two sites, km, and the first gate that they do not pass."""
    names = names_of(one, other)
    if near.shut_out(one.site.site_id, other.site.site_id):
        return 0.0, Miss(gate=Gate.EXCLUDED, code="excluded", values=names)
    if near.refused_before(one.job_id, other.job_id):
        return 0.0, Miss(gate=Gate.REFUSED, code="refused-before", values=names)
    km = near.road_km(one.site.site_id, other.site.site_id)
    if km is None:
        return 0.0, Miss(gate=Gate.NOT_KNOWN, code="position-not-known", values=names)
    most = min(
        settings.hiring_radius_km if post.job.max_distance_km is None else post.job.max_distance_km
        for post in (one, other)
    )
    if km > most:
        return km, _short(Gate.TOO_FAR, "too-far", km - most, "km", names)
    rest = missing_rest_h(one.windows, other.windows)
    if rest > 0:
        return km, _short(Gate.SHIFT, "rest", rest, "h", names)
    if works_at_week_ends_only(one.site) != works_at_week_ends_only(other.site):
        # Five days here and two there leave no day of weekly rest (Code du travail, L. 3132-1).
        return km, _short(Gate.SHIFT, "weekly-rest", 1.0, "day", names)
    exclusive = one.job.exclusivity or other.job.exclusivity
    if exclusive and near.has_competitors((one.site.site_id, other.site.site_id)):
        return km, Miss(gate=Gate.SPECIFICATION, code="exclusivity", values=names)
    return km, _licence(one, other, names)


def names_of(one: Post, other: Post) -> Mapping[str, object]:
    """The two sites, as sentences call them."""
    return {"one": one.site.name, "other": other.site.name}


def _short(gate: Gate, code: str, gap: float, unit: str, names: Mapping[str, object]) -> Miss:
    return Miss(gate=gate, code=code, gap=gap, unit=unit, values={**names, "gap": gap})


def _licence(one: Post, other: Post, names: Mapping[str, object]) -> Miss | None:
    """Who is already employed must hold what the need asks for; a post to come can ask for all.

    A giver of the same trade that says nothing of licences is a question, not a refusal.
    """
    if one.job.direction is JobDirection.NEED and other.job.direction is JobDirection.NEED:
        return None
    giver, taker = (one, other) if other.job.direction is JobDirection.NEED else (other, one)
    held = {_folded(licence) for licence in giver.job.licences}
    lacking = sorted(x for x in taker.job.licences if _folded(x) not in held)
    if lacking and (held or giver.trade.key != taker.trade.key):
        licence = ", ".join(lacking)
        return Miss(gate=Gate.LICENCE, code="licence", values={**names, "licence": licence})
    return None


def _folded(licence: str) -> str:
    return "".join(letter for letter in licence.casefold() if letter.isalnum())
