"""Made-up instances of the exchange model for the benchmarks, from a seed.

A supply is linked to the 20 nearest demands of its own resource, at constant density, so the
number of arcs is 20 a supply. Amounts are whole tonnes, log-normal. The gain of a tonne is what
disposal and purchase cost today, less haulage by the kilometre.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from matcher.optimise.problem import ExchangeProblem

# The model's class is imported where it is built: its package loads HiGHS, and OR-tools, which
# carries another HiGHS, cannot live in the same process.

ARCS_A_SUPPLY = 20
RESOURCES = 20
NODES_PER_KM2 = 0.2
HAULAGE_EUR_PER_T_KM = 1.5
FIXED_EUR_PER_YEAR = 2_000.0
FIXED_EUR_PER_KM_YEAR = 20.0
LOT_T = 10.0
PARTNERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Arrays of a transportation problem: tonnes, EUR a tonne, km."""

    supply: np.ndarray
    demand: np.ndarray
    arc_offer: np.ndarray
    arc_need: np.ndarray
    gain: np.ndarray
    distance_km: np.ndarray


def build_transport(arcs: int, seed: int, *, single_component: bool = False) -> ExchangeProblem:
    """A linear model: no fixed cost, no lot, no limit on partners, one period."""
    from matcher.optimise.problem import ExchangeProblem

    made = make_transport(arcs, seed, single_component=single_component)
    count = made.gain.size
    nothing = np.zeros(count)
    return ExchangeProblem(
        supply=made.supply[:, np.newaxis],
        demand=made.demand[:, np.newaxis],
        arc_offer=made.arc_offer,
        arc_need=made.arc_need,
        arc_link=np.arange(count),
        arc_yield=np.ones(count),
        arc_gain=made.gain,
        link_cost=nothing,
        link_lot=nothing,
        link_weight=nothing,
    )


def build_fixed_cost(arcs: int, seed: int) -> ExchangeProblem:
    """The same with a fixed cost a link, a lot and at most four partners a node."""
    from matcher.optimise.problem import Rows

    made, problem = make_transport(arcs, seed), build_transport(arcs, seed)
    count, offers = made.gain.size, made.supply.size
    columns = np.arange(count)
    return replace(
        problem,
        link_cost=FIXED_EUR_PER_YEAR + FIXED_EUR_PER_KM_YEAR * made.distance_km,
        link_lot=np.full(count, LOT_T),
        link_weight=np.ones(count),
        link_rows=Rows(
            row=np.concatenate([made.arc_offer, offers + made.arc_need]),
            column=np.concatenate([columns, columns]),
            coefficient=np.ones(2 * count),
            upper=np.full(offers + made.demand.size, float(PARTNERS)),
        ),
    )


def make_transport(arcs: int, seed: int, *, single_component: bool = False) -> Transport:
    """Arrays only. ``single_component``: one resource for all, so that all hangs together."""
    rng = np.random.default_rng(seed)
    count = max(arcs // ARCS_A_SUPPLY, ARCS_A_SUPPLY)
    resources = 1
    if not single_component:
        is_full = count >= RESOURCES * (ARCS_A_SUPPLY + 5)
        resources = RESOURCES if is_full else max(1, min(RESOURCES, count // 50))
    side_km = np.sqrt(2 * count / NODES_PER_KM2)
    offer_at, need_at = (rng.uniform(0, side_km, (count, 2)) for _ in range(2))
    kind_of = np.arange(count) % resources
    offers, needs, distances = [], [], []
    for kind in range(resources):
        of_kind = np.flatnonzero(kind_of == kind)
        near = min(ARCS_A_SUPPLY, of_kind.size)
        distance, place = cKDTree(need_at[of_kind]).query(offer_at[of_kind], k=near)
        offers.append(np.repeat(of_kind, near))
        needs.append(of_kind[np.asarray(place).reshape(-1)])
        distances.append(np.asarray(distance).reshape(-1))
    arc_offer, arc_need = np.concatenate(offers), np.concatenate(needs)
    distance_km = np.concatenate(distances)
    supply, demand = (np.ceil(rng.lognormal(4.0, 0.9, count)) for _ in range(2))
    disposal, purchase = rng.uniform(60, 160, count), rng.uniform(10, 90, count)
    gain = disposal[arc_offer] + purchase[arc_need] - HAULAGE_EUR_PER_T_KM * distance_km
    kept = np.flatnonzero(gain > 0)
    return Transport(
        supply=supply,
        demand=demand,
        arc_offer=arc_offer[kept],
        arc_need=arc_need[kept],
        gain=gain[kept],
        distance_km=distance_km[kept],
    )


def build_territory(sites: int, seed: int, *, max_links: int | None = None) -> ExchangeProblem:
    """A whole round: five flows a site, twelve months, fixed costs, attention of three a site.

    Three flows in four run all year, one in eight stops in August, one in eight has a season of
    three to eight months. Nine links in ten cost 1 000 to 5 000 EUR a year (a skip, a contract),
    the others 10 000 to 100 000 (works, a pipe).
    """
    from matcher.optimise.problem import ExchangeProblem, Rows

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
