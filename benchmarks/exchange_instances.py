"""Made-up instances of the exchange model for the benchmarks, from a seed.

A supply is linked to the 20 nearest demands of its own resource, at constant density, so the
number of arcs is 20 a supply. Amounts are whole tonnes, log-normal. The gain of a tonne is what
disposal and purchase cost today, less haulage by the kilometre.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from matcher.optimise.problem import ExchangeProblem, Rows

ARCS_A_SUPPLY = 20
RESOURCES = 20
NODES_PER_KM2 = 0.2
HAULAGE_EUR_PER_T_KM = 1.5
FIXED_EUR_PER_YEAR = 2_000.0
FIXED_EUR_PER_KM_YEAR = 20.0
LOT_T = 10.0
PARTNERS = 4


def build_transport(arcs: int, seed: int, *, single_component: bool = False) -> ExchangeProblem:
    """A linear model: no fixed cost, no lot, no limit on partners, one period.

    ``single_component``: one resource for all, so that everything hangs together.
    """
    return _build(arcs, seed, resources=1 if single_component else None)[0]


def build_fixed_cost(arcs: int, seed: int) -> ExchangeProblem:
    """The same with a fixed cost a link, a lot and at most four partners a node."""
    problem, distance_km = _build(arcs, seed, resources=None)
    count = len(problem.arc_offer)
    offers = problem.supply.shape[0]
    columns = np.arange(count)
    return ExchangeProblem(
        supply=problem.supply,
        demand=problem.demand,
        arc_offer=problem.arc_offer,
        arc_need=problem.arc_need,
        arc_link=problem.arc_link,
        arc_yield=problem.arc_yield,
        arc_gain=problem.arc_gain,
        link_cost=FIXED_EUR_PER_YEAR + FIXED_EUR_PER_KM_YEAR * distance_km,
        link_lot=np.full(count, LOT_T),
        link_weight=np.ones(count),
        link_rows=Rows(
            row=np.concatenate([problem.arc_offer, offers + problem.arc_need]),
            column=np.concatenate([columns, columns]),
            coefficient=np.ones(2 * count),
            upper=np.full(offers + problem.demand.shape[0], float(PARTNERS)),
        ),
    )


def _build(
    arcs: int, seed: int, *, resources: int | None
) -> tuple[ExchangeProblem, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    rng = np.random.default_rng(seed)
    count = max(arcs // ARCS_A_SUPPLY, ARCS_A_SUPPLY)
    if resources is None:
        resources = max(1, min(RESOURCES, count // 50 or 1))
        if count >= RESOURCES * (ARCS_A_SUPPLY + 5):
            resources = RESOURCES
    side_km = np.sqrt(2 * count / NODES_PER_KM2)
    offer_at, need_at = (rng.uniform(0, side_km, (count, 2)) for _ in range(2))
    offer_kind, need_kind = (np.arange(count) % resources for _ in range(2))
    offers, needs, distances = [], [], []
    for kind in range(resources):
        givers, takers = np.flatnonzero(offer_kind == kind), np.flatnonzero(need_kind == kind)
        near = min(ARCS_A_SUPPLY, takers.size)
        distance, place = cKDTree(need_at[takers]).query(offer_at[givers], k=near)
        offers.append(np.repeat(givers, near))
        needs.append(takers[place.reshape(-1)])
        distances.append(distance.reshape(-1))
    arc_offer, arc_need = np.concatenate(offers), np.concatenate(needs)
    distance_km = np.concatenate(distances)
    supply, demand = (np.ceil(rng.lognormal(4.0, 0.9, count)) for _ in range(2))
    disposal, purchase = rng.uniform(60, 160, count), rng.uniform(10, 90, count)
    gain = disposal[arc_offer] + purchase[arc_need] - HAULAGE_EUR_PER_T_KM * distance_km
    pays = gain > 0
    kept = np.flatnonzero(pays)
    problem = ExchangeProblem(
        supply=supply[:, np.newaxis],
        demand=demand[:, np.newaxis],
        arc_offer=arc_offer[kept],
        arc_need=arc_need[kept],
        arc_link=np.arange(kept.size),
        arc_yield=np.ones(kept.size),
        arc_gain=gain[kept],
        link_cost=np.zeros(kept.size),
        link_lot=np.zeros(kept.size),
        link_weight=np.ones(kept.size),
    )
    return problem, distance_km[kept]


def build_territory(sites: int, seed: int, *, max_links: int | None = None) -> ExchangeProblem:
    """A whole round: five flows a site, twelve months, fixed costs, attention of three a site.

    Three flows in four run all year, one in eight stops in August, one in eight has a season of
    three to eight months. Nine links in ten cost 1 000 to 5 000 EUR a year (a skip, a contract), the
    others 10 000 to 100 000 (works, a pipe).
    """
    rng = np.random.default_rng(seed)
    flows = 5 * sites
    side_km = np.sqrt(sites / 0.25)
    site_at = rng.uniform(0, side_km, (sites, 2))
    site = np.arange(flows) % sites
    is_offer = rng.random(flows) < 0.5
    kinds = max(8, sites // 4)
    weight = 1 / np.arange(1, kinds + 1) ** 0.8
    kind = rng.choice(kinds, flows, p=weight / weight.sum())
    shape = _month_shares(rng, flows)
    amount = rng.lognormal(3.5, 1.3, flows)[:, np.newaxis] * shape
    offers, needs = [], []
    for k in range(kinds):
        givers = np.flatnonzero(is_offer & (kind == k))
        takers = np.flatnonzero(~is_offer & (kind == k))
        if not (givers.size and takers.size):
            continue
        near = min(ARCS_A_SUPPLY, takers.size)
        _, place = cKDTree(site_at[site[takers]]).query(site_at[site[givers]], k=near)
        offers.append(np.repeat(givers, near))
        needs.append(takers[np.asarray(place).reshape(-1)])
    offer, need = np.concatenate(offers), np.concatenate(needs)
    other = site[offer] != site[need]
    offer, need = offer[other], need[other]
    distance_km = np.linalg.norm(site_at[site[offer]] - site_at[site[need]], axis=1) * 1.3
    worth = rng.lognormal(4.0, 0.9, flows)
    gain = worth[offer] + worth[need] * 0.5 - 8.0 - 0.15 * distance_km
    is_works = rng.random(offer.size) < 0.1
    cost = 10 ** np.where(is_works, rng.uniform(4, 5, offer.size), rng.uniform(3, 3.7, offer.size))
    offer_ids, arc_offer = np.unique(offer, return_inverse=True)
    need_ids, arc_need = np.unique(need, return_inverse=True)
    columns = np.arange(offer.size)
    return ExchangeProblem(
        supply=amount[offer_ids],
        demand=amount[need_ids],
        arc_offer=arc_offer,
        arc_need=arc_need,
        arc_link=columns,
        arc_yield=np.ones(offer.size),
        arc_gain=gain,
        link_cost=cost,
        link_lot=np.zeros(offer.size),
        link_weight=np.ones(offer.size),
        link_rows=Rows(
            row=np.concatenate([site[offer], site[need]]),
            column=np.concatenate([columns, columns]),
            coefficient=np.ones(2 * offer.size),
            upper=np.full(sites, 3.0),
        ),
        max_links=max_links,
    )


def _month_shares(
    rng: np.random.Generator, flows: int
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    shares = np.ones((flows, 12))
    kind = rng.random(flows)
    shares[kind > 0.75, 7] = 0.0
    first, length = rng.integers(0, 12, flows), rng.integers(3, 9, flows)
    month = np.arange(12)
    in_season = (month[np.newaxis, :] - first[:, np.newaxis]) % 12 < length[:, np.newaxis]
    seasonal = kind > 0.88
    shares[seasonal] = in_season[seasonal]
    return shares / shares.sum(axis=1, keepdims=True)
