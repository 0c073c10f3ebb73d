"""Which sites may sit at one table, and how far apart they are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations

from matcher.declarations import SiteKind, Survey
from matcher.settings import Settings

_EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, IUGG."""


class Neighbours:
    """Distances by road, exclusions in both directions, firms, trades."""

    def __init__(self, survey: Survey, settings: Settings) -> None:
        self._survey = survey
        self._detour = settings.detour_factor
        self._names = {
            site_id: frozenset(
                name for name in (site.siret, site.siret and site.siret[:9]) if name is not None
            )
            for site_id, site in survey.sites.items()
        }

    def road_km(self, one: str, other: str) -> float | None:
        """Great circle times the detour; None when one of the two has no position."""
        ends = [self._survey.position(self._survey.sites[site_id]) for site_id in (one, other)]
        if ends[0] is None or ends[1] is None:
            return None
        (lat, lon), (other_lat, other_lon) = (tuple(map(math.radians, end)) for end in ends if end)
        chord = (
            math.sin((lat - other_lat) / 2) ** 2
            + math.cos(lat) * math.cos(other_lat) * math.sin((lon - other_lon) / 2) ** 2
        )
        return 2 * _EARTH_RADIUS_KM * math.asin(min(math.sqrt(chord), 1.0)) * self._detour

    def shut_out(self, one: str, other: str) -> bool:
        """Whether either firm shut the other out: it binds both ways."""
        sites = self._survey.sites
        return bool(
            sites[one].excluded & self._names[other] or sites[other].excluded & self._names[one]
        )

    def refused_before(self, one: str, other: str) -> bool:
        """Whether an earlier round keeps two declarations apart."""
        return frozenset((one, other)) in self._survey.apart

    def same_firm(self, one: str, other: str) -> bool:
        """Two sites of one firm share without us."""
        return self._survey.sites[one].firm_id == self._survey.sites[other].firm_id

    def has_competitors(self, site_ids: Iterable[str]) -> bool:
        """Whether two of the sites are of one trade: the group of the activity code (``10.1``)."""
        groups = [
            code[:4]
            for site_id in site_ids
            if len(code := self._survey.sites[site_id].activity_code or "") >= 4
        ]
        return len(groups) > len(set(groups))

    def has_public(self, site_ids: Iterable[str]) -> bool:
        """Whether a public body is among them."""
        return any(self._survey.sites[site_id].kind is SiteKind.PUBLIC for site_id in site_ids)

    def may_meet(self, site_ids: Iterable[str]) -> bool:
        """Whether nobody among them shut another out, and no firm is there twice."""
        return not any(
            self.shut_out(one, other) or self.same_firm(one, other)
            for one, other in combinations(site_ids, 2)
        )

    def widest_km(self, site_ids: Iterable[str]) -> float | None:
        """The longest way between two of the sites; None when one has no position."""
        ways = [self.road_km(one, other) for one, other in combinations(site_ids, 2)]
        known = [way for way in ways if way is not None]
        return max(known, default=0.0) if len(known) == len(ways) else None
