"""All declarations of one round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from matcher.declarations.rows import Equipment, Flow, Job, Permit, Place, Pool, Quality, Site, Wish
from matcher.errors import CellProblem

TABLES = ("flows", "equipment", "jobs", "pools")
"""The tables of what can be matched, by the names of their fields in :class:`Survey`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All declarations of one round. Ids are unique over all tables; every reference exists.

    ``warnings`` are the doubtful cells, kept beside the data. ``digest`` is a SHA-256 (hex) of the
    canonical content, whatever the order of rows or the file format. ``apart`` are pairs of
    declarations that an earlier round keeps from being proposed together; no file holds them.
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
    apart: frozenset[frozenset[str]] = frozenset()

    def position(self, site: Site) -> tuple[float, float] | None:
        """Latitude and longitude of a site: its own, else its commune's, else None."""
        if site.latitude is not None and site.longitude is not None:
            return site.latitude, site.longitude
        place = self.places.get(site.commune_code or "")
        return None if place is None else (place.latitude, place.longitude)

    def permits_of(self, site_id: str) -> Iterator[Permit]:
        """The permits that one site declared."""
        return (permit for permit in self.permits if permit.site_id == site_id)
