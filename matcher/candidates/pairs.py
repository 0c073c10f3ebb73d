"""Who is near whom: offers spread over their routes, one k-d tree a needed resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from matcher.candidates.figures import Figures, RouteTable
from matcher.candidates.places import widening
from matcher.candidates.table import Bools, Floats, FlowTable, Indices
from matcher.settings import Settings

# Offers asked at a time: the working arrays stay within the processor's cache.
_OFFERS_AT_A_TIME = 4_096
# A first look at the dearest needs of a neighbourhood, per partner wanted: a circle fills a third
# of the nine squares around it.
_LOOKED_AT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Offers and needs that a route joins; positions (P,)."""

    offer: Indices
    need: Indices
    route: Indices

    @property
    def count(self) -> int:
        """How many pairs."""
        return int(self.offer.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """All that may serve one needed resource: its needs, and the offers spread over the routes.

    ``search_km`` (E,) is how far the route of each spread offer may reach as the crow flies, in
    the plane.
    """

    resource: int
    needs: Indices
    offers: Indices
    routes: Indices
    search_km: Floats


def crowds(flows: FlowTable, routes: RouteTable, figures: Figures) -> Iterator[Crowd]:
    """One crowd a needed resource, in the order of resources; those without an offer left out."""
    offers_of = _by_resource(flows, flows.is_offer, figures)
    needs_of = _by_resource(flows, ~flows.is_offer, figures)
    wider = widening(flows)
    order = np.argsort(routes.to_resource, kind="stable")
    bounds = np.searchsorted(
        routes.to_resource[order], np.arange(len(figures.radius_km) + 1), side="left"
    )
    for resource, needs in enumerate(needs_of):
        into = order[bounds[resource] : bounds[resource + 1]]
        into = into[[offers_of[r].size > 0 for r in routes.from_resource[into]]]
        if not needs.size or not into.size:
            continue
        groups = [offers_of[routes.from_resource[route]] for route in into]
        sizes = [group.size for group in groups]
        carried = routes.carried[into]
        reach = figures.radius_km[carried] / figures.detour(carried) * wider
        yield Crowd(
            resource=resource,
            needs=needs,
            offers=np.concatenate(groups),
            routes=np.repeat(into.astype(np.int32), sizes),
            search_km=np.repeat(reach, sizes),
        )


def _by_resource(flows: FlowTable, chosen: Bools, figures: Figures) -> list[Indices]:
    """Positions of the chosen flows, grouped by resource, ascending."""
    positions = np.flatnonzero(chosen).astype(np.int32)
    order = positions[np.argsort(flows.resource[positions], kind="stable")]
    bounds = np.searchsorted(flows.resource[order], np.arange(len(figures.radius_km) + 1))
    return [order[bounds[r] : bounds[r + 1]] for r in range(len(figures.radius_km))]


class Neighbourhood:
    """Finds, for the offers of one crowd, the nearest and the best-paying needs."""

    def __init__(self, flows: FlowTable, crowd: Crowd, settings: Settings) -> None:
        self._flows = flows
        self._crowd = crowd
        self._settings = settings
        needs = crowd.needs
        self._places = np.column_stack((flows.east_km[needs], flows.north_km[needs]))
        self._tree = cKDTree(self._places, balanced_tree=False, compact_nodes=False)
        self._squares: dict[float, _Squares] = {}

    def pieces(self) -> Iterator[tuple[Pairs, Indices]]:
        """The nearest and best-paying pairs, and the spread offers with more needs within reach."""
        for start in range(0, self._crowd.offers.size, _OFFERS_AT_A_TIME):
            end = min(start + _OFFERS_AT_A_TIME, self._crowd.offers.size)
            yield self.near(np.arange(start, end), self._settings.nearest_partners, skip=0)

    def all_within_reach(self) -> Pairs:
        """Every pair within reach."""
        spread = np.arange(self._crowd.offers.size)
        return self.near(spread, self._crowd.needs.size, skip=0)[0]

    def near(self, spread: Indices, wanted: int, *, skip: int) -> tuple[Pairs, Indices]:
        """The ``wanted`` nearest needs of some spread offers, the first ``skip`` of them left out.

        With ``skip`` at 0 the best-paying needs within reach are added. The second value holds
        the spread offers that have more than ``wanted`` within reach.
        """
        near = self._nearest(spread, wanted)
        rows, columns = np.nonzero(near[:, skip:] >= 0)
        found = near[rows, columns + skip]
        more = np.zeros(len(spread), np.bool_)
        if near.shape[1] < self._crowd.needs.size:
            more = near[:, -1] >= 0
        if skip == 0 and self._settings.best_paying_partners and more.any():
            full = np.flatnonzero(more)
            extra_rows, extra = self._best_paying(spread[full], near[full])
            rows = np.concatenate((rows, full[extra_rows]))
            found = np.concatenate((found, extra))
        return self._pairs(spread[rows], found), spread[more]

    def nearest_needs(self, spread: Indices, wanted: int) -> Pairs:
        """The nearest needs of some spread offers, however far, nearest first."""
        _, found = self._ask(self._points(spread), wanted, np.inf)
        rows, columns = np.nonzero(found < self._crowd.needs.size)
        return self._pairs(spread[rows], found[rows, columns])

    def _pairs(self, spread: Indices, found: Indices) -> Pairs:
        offers, needs = self._crowd.offers[spread], self._crowd.needs[found]
        elsewhere = self._flows.site[offers] != self._flows.site[needs]
        return Pairs(
            offer=offers[elsewhere],
            need=needs[elsewhere],
            route=self._crowd.routes[spread][elsewhere],
        )

    def _points(self, spread: Indices) -> Floats:
        offers = self._crowd.offers[spread]
        return np.column_stack((self._flows.east_km[offers], self._flows.north_km[offers]))

    def _ask(self, points: Floats, wanted: int, bound: float) -> tuple[Floats, Indices]:
        count = min(wanted, self._crowd.needs.size)
        # The tree's bound is exclusive, ours is not.
        distance, found = self._tree.query(
            points, k=np.arange(1, count + 1), distance_upper_bound=np.nextafter(bound, np.inf)
        )
        return distance, found

    def _nearest(self, spread: Indices, wanted: int) -> Indices:
        """(E, k) positions among the needs, nearest first; -1 where none is within reach."""
        reach = self._crowd.search_km[spread]
        distance, found = self._ask(self._points(spread), wanted, float(reach.max(initial=0.0)))
        return np.where(distance <= reach[:, np.newaxis], found, -1)

    def _best_paying(self, spread: Indices, near: Indices) -> tuple[Indices, Indices]:
        """Best-paying needs within reach that are not among the nearest: rows and needs."""
        price = self._flows.cost[self._crowd.needs]
        if np.isnan(price).all() or np.nanmax(price) <= np.nanmin(price):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        rows: list[Indices] = []
        found: list[Indices] = []
        reaches = self._crowd.search_km[spread]
        for reach in np.unique(reaches).tolist():
            if reach not in self._squares:
                self._squares[reach] = _Squares(self._places, price, reach)
            asked = np.flatnonzero(reaches == reach)
            own, best = self._squares[reach].best(
                self._points(spread[asked]), self._settings.best_paying_partners
            )
            known = (near[asked[own]] == best[:, np.newaxis]).any(axis=1)
            rows.append(asked[own[~known]])
            found.append(best[~known])
        return np.concatenate(rows), np.concatenate(found)


def nearest_offers(flows: FlowTable, crowd: Crowd, needs: Indices, wanted: int) -> Pairs:
    """The nearest spread offers of some needs, however far, nearest first."""
    places = np.column_stack((flows.east_km[crowd.offers], flows.north_km[crowd.offers]))
    points = np.column_stack((flows.east_km[needs], flows.north_km[needs]))
    tree = cKDTree(places, balanced_tree=False, compact_nodes=False)
    count = min(wanted, len(places))
    _, found = tree.query(points, k=np.arange(1, count + 1))
    rows, columns = np.nonzero(found < len(places))
    spread = found[rows, columns]
    offers, takers = crowd.offers[spread], needs[rows]
    elsewhere = flows.site[offers] != flows.site[takers]
    return Pairs(
        offer=offers[elsewhere], need=takers[elsewhere], route=crowd.routes[spread][elsewhere]
    )


class _Squares:
    """Squares as wide as the reach; each knows the needs in and around it, the dearest first."""

    def __init__(self, places: Floats, price: Floats, reach: float) -> None:
        self._places = places
        self._reach = reach
        self._corner = places.min(axis=0) - reach
        dearest_first = np.argsort(-np.nan_to_num(price, nan=-np.inf), kind="stable")
        columns = self._square(places[dearest_first])
        self._width = int(columns[:, 1].max()) + 3
        around = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
        keys = ((columns[:, 0, None] + around[:, 0]) * self._width) + (
            columns[:, 1, None] + around[:, 1]
        )
        order = np.argsort(keys.ravel(), kind="stable")
        self._keys = keys.ravel()[order]
        self._needs = np.repeat(dearest_first, len(around))[order]

    def _square(self, points: Floats) -> Indices:
        return np.floor((points - self._corner) / self._reach).astype(np.int64)

    def best(self, points: Floats, wanted: int) -> tuple[Indices, Indices]:
        """The ``wanted`` dearest needs within reach of each point: rows and needs.

        The first needs of the square are looked at; where that was too few, four times as many.
        """
        square = self._square(points)
        inside = (square >= 0).all(axis=1) & (square[:, 1] < self._width)
        key = np.where(inside, square[:, 0] * self._width + square[:, 1], -1)
        first = np.searchsorted(self._keys, key, side="left")
        last = np.searchsorted(self._keys, key, side="right")
        rows: list[Indices] = []
        found: list[Indices] = []
        waiting = np.flatnonzero(last > first)
        looked_at = _LOOKED_AT * wanted
        while waiting.size:
            slots = first[waiting, None] + np.arange(looked_at)
            known = slots < last[waiting, None]
            needs = self._needs[np.where(known, slots, 0)]
            apart = self._places[needs] - points[waiting, None]
            near = known & (np.hypot(apart[..., 0], apart[..., 1]) <= self._reach)
            taken = near & (np.cumsum(near, axis=1) <= wanted)
            settled = (near.sum(axis=1) >= wanted) | (last[waiting] - first[waiting] <= looked_at)
            own, slot = np.nonzero(taken & settled[:, None])
            rows.append(waiting[own])
            found.append(needs[own, slot])
            waiting = waiting[~settled]
            looked_at *= 4
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate(rows), np.concatenate(found)
