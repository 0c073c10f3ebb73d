"""Exchange problems of any size whose optimum is known by construction.

Prices come first: u of each offer, v of each need. A link of the planted plan has the gain u + v
and carries something; any other link has less, so that it is not worth its prices. An offer or a
need with a price above 0 is used up by the plan; one with the price 0 has some left. Prices and
amounts then prove each other (complementary slackness), and the optimum is the worth of all
supplies and demands at their prices.
"""

from __future__ import annotations

import numpy as np

from matcher.optimise.problem import ExchangeProblem
from tests.matcher.optimise.tiny_towns import rows_of


def plant_exchange(arcs, seed, *, blends=True, town_of_nodes=None):
    """A linear model of that many links, and its greatest gain.

    ``town_of_nodes``: nodes of a town, when links stay inside towns (the model then falls apart).
    """
    random = np.random.default_rng(seed)
    nodes = max(arcs // 10, 2)
    town = np.arange(nodes) // (town_of_nodes or nodes)
    offer = random.integers(0, nodes, arcs)
    need = random.integers(0, nodes, arcs)
    if town_of_nodes:
        need = np.minimum(town[offer] * town_of_nodes + need % town_of_nodes, nodes - 1)
    offer_price = random.uniform(0, 20, nodes) * (random.random(nodes) < 0.8)
    need_price = random.uniform(0, 20, nodes) * (random.random(nodes) < 0.8)
    arc_yield = random.choice([0.5, 1.0, 2.0], arcs)
    planted = random.random(arcs) < 0.3
    amount = np.where(planted, random.uniform(1, 100, arcs), 0.0)
    worth = offer_price[offer] + arc_yield * need_price[need]

    entries = []
    if blends:  # the row holds with equality at the planted amounts, so it may have a price
        for n in range(0, nodes, 3):
            into = np.flatnonzero((need == n) & planted)
            if into.size < 2:
                continue
            price = random.uniform(0, 3)
            excess = random.uniform(-5, 5, into.size)
            excess[-1] = -(excess[:-1] @ amount[into[:-1]]) / amount[into[-1]]
            worth[into] += price * excess
            row = len(entries) and entries[-1][0] + 1
            entries += [(row, int(a), float(q)) for a, q in zip(into, excess, strict=True)]
    gain = worth - np.where(planted, 0.0, random.uniform(0.5, 10, arcs))
    sent = np.bincount(offer, amount, minlength=nodes)
    received = np.bincount(need, amount * arc_yield, minlength=nodes)
    supply = sent + np.where(offer_price > 0, 0.0, random.uniform(1, 50, nodes))
    demand = received + np.where(need_price > 0, 0.0, random.uniform(1, 50, nodes))
    problem = ExchangeProblem(
        supply=supply[:, np.newaxis],
        demand=demand[:, np.newaxis],
        arc_offer=offer,
        arc_need=need,
        arc_link=np.arange(arcs),
        arc_yield=arc_yield,
        arc_gain=gain,
        link_cost=np.zeros(arcs),
        link_lot=np.zeros(arcs),
        link_weight=np.ones(arcs),
        arc_rows=rows_of(entries, [0.0] * (entries[-1][0] + 1 if entries else 0)),
    )
    return problem, float(offer_price @ supply + need_price @ demand)


def towns_with_choices(count, seed, *, nodes=6, months=3):
    """Towns apart from each other, every link of a town with a cost: many parts that are no LP."""
    random = np.random.default_rng(seed)
    offers = np.repeat(np.arange(count * nodes), nodes)
    needs = (offers // nodes) * nodes + np.tile(np.arange(nodes), count * nodes)
    links = offers.size
    return ExchangeProblem(
        supply=random.uniform(5, 50, (count * nodes, months)),
        demand=random.uniform(5, 50, (count * nodes, months)),
        arc_offer=offers,
        arc_need=needs,
        arc_link=np.arange(links),
        arc_yield=np.ones(links),
        arc_gain=random.uniform(5, 40, links),
        link_cost=random.uniform(50, 900, links),
        link_lot=random.choice([0.0, 10.0], links),
        link_weight=np.ones(links),
    )
