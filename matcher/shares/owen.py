r"""Owen's shares of an exchange: each is paid the dual prices of what it brings.

With the links as chosen the exchange is a linear programme, and its duals :math:`\pi` (offers) and
:math:`\sigma` (needs) give payoffs that no coalition can better (Owen 1975):

.. math::

   u_f = \sum_{o \in f, t} \pi_{ot}\, s_{ot} + \sum_{n \in f, t} \sigma_{nt}\, d_{nt}
         - \sum_{l \ni f} \theta_{fl}\, c_l   & (62)

The cost of keeping a link open is borne by its two ends in proportion :math:`\theta` to what each
earns on it, so that no end of a link that pays is below doing nothing. What rows of blends,
machines, permits and lots are worth belongs to no flow; it is ``unshared``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.optimise.problem import ExchangeProblem, ExchangeSolution


@dataclass(frozen=True, slots=True, kw_only=True)
class OwenShares:
    """EUR a year by owner, and what belongs to no owner; together they are the plan's gain."""

    share: Mapping[str, float]
    unshared: float


def owen_shares(
    exchange: ExchangeProblem,
    solution: ExchangeSolution,
    offer_owner: Sequence[str],
    need_owner: Sequence[str],
) -> OwenShares:
    """(62) for the owners of offers (O,) and needs (N,)."""
    share: dict[str, float] = dict.fromkeys(sorted({*offer_owner, *need_owner}), 0.0)
    for owners, price, amount in (
        (offer_owner, solution.offer_price, exchange.supply),
        (need_owner, solution.need_price, exchange.demand),
    ):
        for owner, worth in zip(owners, (price * amount).sum(axis=1).tolist(), strict=True):
            share[owner] += worth
    given = (solution.offer_price[exchange.arc_offer] * solution.amount).sum(axis=1)
    taken = solution.need_price[exchange.arc_need] * solution.amount
    taken = taken.sum(axis=1) * exchange.arc_yield
    links = exchange.counts[3]
    by_giver, by_taker = (np.bincount(exchange.arc_link, x, links) for x in (given, taken))
    first = np.full(links, -1, np.int64)
    first[exchange.arc_link[::-1]] = np.arange(exchange.arc_link.size)[::-1]
    for link in np.flatnonzero(solution.is_open & (exchange.link_cost > 0)).tolist():
        arc, earned = first[link], float(by_giver[link] + by_taker[link])
        part = float(by_giver[link]) / earned if earned > 0 else 0.5
        cost = float(exchange.link_cost[link])
        share[offer_owner[exchange.arc_offer[arc]]] -= part * cost
        share[need_owner[exchange.arc_need[arc]]] -= (1 - part) * cost
    return OwenShares(share=share, unshared=solution.report.objective - sum(share.values()))
