"""Who is near whom: offers spread over their routes, one k-d tree a needed resource."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from matcher.candidates.figures import Figures, RouteTable
from matcher.candidates.places import widening
from matcher.candidates.rules import Rules
from matcher.candidates.table import Bools, Floats, FlowTable, Indices
from matcher.settings import Settings

# Offers asked at a time: the working arrays stay within the processor's cache.
_OFFERS_AT_A_TIME = 1_024
# A first look at the dearest needs of a neighbourhood, per partner wanted: a circle fills a third
# of the nine squares around it.
_LOOKED_AT = 4
_DECIMETRE_KM = 1e-4
# Up to so many distances it costs less to reckon them all than to plant a tree.
_ALL_DISTANCES = 2_000_000
_OWN_SITE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Offers and needs that a route joins; positions (P,).

    ``spread`` is the place of the offer and route among all spread offers, over all crowds.
    """

    offer: Indices
    need: Indices
    route: Indices
    spread: Indices

    @property
    def count(self) -> int:
        """How many pairs."""
        return int(self.offer.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """All that may serve one needed resource: its needs, and the offers spread over the routes.

    ``search_km`` (E,) is how far the route of each spread offer may reach as the crow flies, in
    the plane; ``first`` is the place of the first of them among the spread offers of all crowds.
    """

    first: int
    needs: Indices
    offers: Indices
    routes: Indices
    search_km: Floats


def find_crowds(
    flows: FlowTable,
    routes: RouteTable,
    figures: Figures,
    *,
    usable: Bools | None = None,
    rules: Rules | None = None,
    first: int = 0,
) -> tuple[Crowd, ...]:
    """One crowd a needed resource, in the order of resources; those without an offer left out.

    Parameters
    ----------
    usable
        (W,) the routes to follow; all when left out.
    rules
        With them, a route that asks for the taker's own plant leads only to the sites that declared
        a heading for it, in a crowd apart.
    first
        Place of the first spread offer, after those of other crowds.
    """
    offers_of = _by_resource(flows, flows.is_offer, figures)
    needs_of = _by_resource(flows, ~flows.is_offer, figures)
    wider = widening(flows)
    order = np.argsort(routes.to_resource, kind="stable")
    bounds = np.searchsorted(
        routes.to_resource[order], np.arange(len(figures.radius_km) + 1), side="left"
    )
    found: list[Crowd] = []
    for resource, all_needs in enumerate(needs_of):
        every = order[bounds[resource] : bounds[resource + 1]]
        chosen = np.array([offers_of[r].size > 0 for r in routes.from_resource[every]], np.bool_)
        if usable is not None:
            chosen &= usable[every]
        if not all_needs.size or not chosen.any():
            continue
        apart = (
            (needs, into)
            for alike in _declared_and_supposed(flows, all_needs)
            for needs, into in _with_plant(flows, routes, rules, alike, every[chosen])
        )
        for needs, into in apart:
            groups = [offers_of[routes.from_resource[route]] for route in into]
            sizes = [group.size for group in groups]
            carried = routes.carried[into]
            reach = figures.radius_km[carried] / figures.detour(carried) * wider
            found.append(
                Crowd(
                    first=first,
                    needs=needs,
                    offers=np.concatenate(groups),
                    routes=np.repeat(into, sizes),
                    search_km=np.repeat(reach, sizes),
                )
            )
            first += sum(sizes)
    return tuple(found)


def _declared_and_supposed(flows: FlowTable, needs: Indices) -> Iterator[Indices]:
    """Needs that were declared, and those that are supposed: these never crowd out the others."""
    supposed = flows.inferred[needs]
    for alike in (needs[~supposed], needs[supposed]):
        if alike.size:
            yield alike


def _with_plant(
    flows: FlowTable, routes: RouteTable, rules: Rules | None, needs: Indices, into: Indices
) -> Iterator[tuple[Indices, Indices]]:
    """Needs and the routes that lead to them: apart where only owners of a plant can take."""
    asks = routes.asks_plant[into]
    if rules is None or not asks.any():
        yield needs, into
        return
    if not asks.all():
        yield needs, into[~asks]
    by_headings: dict[tuple[str, ...], list[int]] = {}
    for route in into[asks].tolist():
        by_headings.setdefault(routes.routes[route].permit_headings, []).append(route)
    held = rules.permit_set[flows.site[needs]]
    for headings, its_routes in by_headings.items():
        owns = [permits.allows(headings, None) for permits in rules.permit_sets]
        owners = needs[np.array([*owns, False], np.bool_)[held]]  # -1, nothing declared: the last
        if owners.size:
            yield owners, np.array(its_routes, dtype=into.dtype)


def _by_resource(flows: FlowTable, chosen: Bools, figures: Figures) -> list[Indices]:
    """Positions of the chosen flows, grouped by resource, ascending."""
    positions = np.flatnonzero(chosen)
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
        distance, near = self._nearest(spread, wanted)
        rows, columns = np.nonzero(near[:, skip:] >= 0)
        found = near[rows, columns + skip]
        more = np.zeros(len(spread), np.bool_)
        if near.shape[1] < self._crowd.needs.size:
            more = near[:, -1] >= 0
        if skip == 0 and self._settings.best_paying_partners and more.any():
            full = np.flatnonzero(more)
            extra_rows, extra = self._best_paying(spread[full], near[full], distance[full, -1])
            rows = np.concatenate((rows, full[extra_rows]))
            found = np.concatenate((found, extra))
        return self._pairs(spread[rows], found), spread[more]

    def _pairs(self, spread: Indices, found: Indices) -> Pairs:
        return _elsewhere(self._flows, self._crowd, spread, self._crowd.needs[found])

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

    def _nearest(self, spread: Indices, wanted: int) -> tuple[Floats, Indices]:
        """(E, k) distances and positions among the needs, nearest first; -1 out of reach."""
        reach = self._crowd.search_km[spread]
        distance, found = self._ask(self._points(spread), wanted, float(reach.max(initial=0.0)))
        found[distance > reach[:, np.newaxis]] = -1
        return distance, found

    def _best_paying(
        self, spread: Indices, near: Indices, farthest_km: Floats
    ) -> tuple[Indices, Indices]:
        """Best-paying needs within reach that are not among the nearest: rows and needs."""
        price = self._flows.cost[self._crowd.needs]
        if np.isnan(price).all() or np.nanmax(price) <= np.nanmin(price):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        rows: list[Indices] = []
        found: list[Indices] = []
        squared_km: list[Floats] = []
        reaches = self._crowd.search_km[spread]
        points = self._points(spread)
        for reach in np.unique(reaches).tolist():
            if reach not in self._squares:
                self._squares[reach] = _Squares(self._places, price, reach)
            asked = np.flatnonzero(reaches == reach)
            own, best, apart = self._squares[reach].best(
                points[asked], self._settings.best_paying_partners
            )
            rows.append(asked[own])
            found.append(best)
            squared_km.append(apart)
        row, best = np.concatenate(rows), np.concatenate(found)
        # Only a need no farther than the farthest of the nearest can be among them.
        close = np.concatenate(squared_km) <= (farthest_km[row] + _DECIMETRE_KM) ** 2
        known = np.zeros(row.size, np.bool_)
        known[close] = (near[row[close]] == best[close, np.newaxis]).any(axis=1)
        return row[~known], best[~known]


def nearest_needs(flows: FlowTable, crowd: Crowd, spread: Indices) -> Pairs:
    """The nearest need of each of some spread offers, however far, outside its own site."""
    rows, found = _nearest_elsewhere(flows, crowd.offers[spread], crowd.needs)
    return _elsewhere(flows, crowd, spread[rows], crowd.needs[found])


def nearest_offers(flows: FlowTable, crowd: Crowd, needs: Indices) -> Pairs:
    """The nearest spread offer of each of some needs, however far, outside its own site."""
    rows, found = _nearest_elsewhere(flows, needs, crowd.offers)
    return _elsewhere(flows, crowd, found, needs[rows])


def _nearest_elsewhere(
    flows: FlowTable, asking: Indices, asked: Indices
) -> tuple[Indices, Indices]:
    """Rows of ``asking`` and, for each, the place in ``asked`` of the nearest at another site."""
    places = np.column_stack((flows.east_km[asked], flows.north_km[asked]))
    points = np.column_stack((flows.east_km[asking], flows.north_km[asking]))
    if asking.size * asked.size > _ALL_DISTANCES:
        # At most as many neighbours of one's own site as a site has of one resource.
        count = min(_OWN_SITE, asked.size)
        _, found = cKDTree(places).query(points, k=np.arange(1, count + 1))
        own = flows.site[asked[found]] == flows.site[asking][:, np.newaxis]
        first = np.argmin(own, axis=1)
        nearest = found[np.arange(asking.size), first]
    else:
        apart = cdist(points, places, "sqeuclidean")
        apart[flows.site[asking][:, np.newaxis] == flows.site[asked]] = np.inf
        nearest = np.argmin(apart, axis=1)
    rows = np.flatnonzero(flows.site[asked[nearest]] != flows.site[asking])
    return rows, nearest[rows]


def _elsewhere(flows: FlowTable, crowd: Crowd, spread: Indices, needs: Indices) -> Pairs:
    """Pairs of spread offers and needs, those inside one site left out."""
    offers = crowd.offers[spread]
    elsewhere = flows.site[offers] != flows.site[needs]
    kept = spread[elsewhere]
    return Pairs(
        offer=offers[elsewhere],
        need=needs[elsewhere],
        route=crowd.routes[kept],
        spread=kept + crowd.first,
    )


def joined(parts: Sequence[Pairs]) -> Pairs:
    """Several lots of pairs as one."""
    return Pairs(
        offer=np.concatenate([part.offer for part in parts]),
        need=np.concatenate([part.need for part in parts]),
        route=np.concatenate([part.route for part in parts]),
        spread=np.concatenate([part.spread for part in parts]),
    )


class _Squares:
    """Squares as wide as the reach; each knows the needs in and around it, the dearest first."""

    def __init__(self, places: Floats, price: Floats, reach: float) -> None:
        self._reach = reach
        self._corner = places.min(axis=0) - reach
        dearest_first = np.argsort(-np.nan_to_num(price, nan=-np.inf), kind="stable")
        squares = self._square(places[dearest_first])
        self._width = int(squares[:, 1].max()) + 3
        own = squares[:, 0] * self._width + squares[:, 1]
        around = np.array([i * self._width + j for i in (-1, 0, 1) for j in (-1, 0, 1)])
        keys = (own[:, np.newaxis] + around).ravel()
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._needs = dearest_first[order // around.size]
        # Single precision (a decimetre in 1 000 km) is enough to look; the gates measure anew.
        near_corner = (places - self._corner).astype(np.float32)
        self._east, self._north = near_corner[self._needs, 0], near_corner[self._needs, 1]

    def _square(self, points: Floats) -> Indices:
        return np.asarray(np.floor((points - self._corner) / self._reach), dtype=np.int64)

    def best(self, points: Floats, wanted: int) -> tuple[Indices, Indices, Floats]:
        """The ``wanted`` dearest needs within reach of each point: rows, needs, squared km.

        The first needs of the square are looked at; where that was too few, twice as many.
        """
        square = self._square(points)
        inside = (square >= 0).all(axis=1) & (square[:, 1] < self._width)
        key = np.where(inside, square[:, 0] * self._width + square[:, 1], -1)
        first = np.searchsorted(self._keys, key, side="left")
        last = np.searchsorted(self._keys, key, side="right")
        rows: list[Indices] = []
        found: list[Indices] = []
        squared_km: list[Floats] = []
        waiting = np.flatnonzero(last > first)
        looked_at = _LOOKED_AT * wanted
        while waiting.size:
            own, slot, apart, settled = self._look(points, first, last, waiting, looked_at, wanted)
            rows.append(own)
            found.append(self._needs[slot])
            squared_km.append(apart)
            waiting = waiting[~settled]
            looked_at *= 2
        if not rows:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        return np.concatenate(rows), np.concatenate(found), np.concatenate(squared_km)

    def _look(
        self,
        points: Floats,
        first: Indices,
        last: Indices,
        waiting: Indices,
        looked_at: int,
        wanted: int,
    ) -> tuple[Indices, Indices, Floats, Bools]:
        """What is taken among the first so many of each square: rows, slots, squared km, done."""
        start, end = first[waiting], last[waiting]
        slots = start[:, np.newaxis] + np.arange(min(looked_at, int((end - start).max())))
        np.minimum(slots, self._keys.size - 1, out=slots)
        own = (points[waiting] - self._corner).astype(np.float32)
        east = self._east[slots] - own[:, :1]
        north = self._north[slots] - own[:, 1:]
        apart = east * east + north * north
        near = apart <= np.float32((self._reach + _DECIMETRE_KM) ** 2)
        near &= slots < end[:, np.newaxis]
        so_far = np.cumsum(near, axis=1, dtype=np.int32)
        settled = (so_far[:, -1] >= wanted) | (end - start <= looked_at)
        near &= (so_far <= wanted) & settled[:, np.newaxis]
        row, column = np.nonzero(near)
        return waiting[row], slots[row, column], apart[row, column], settled
