"""Months that are alike are added up before the solve and shared out again after it.

Within one block (offers and needs that share rows of amounts), the periods whose supplies, demands
and capacities stand in the same proportions are one period: rows (2), (3), (7) and (8) are
homogeneous, so a best plan of the sum, shared out in those proportions, is a best plan of the
periods. Rows over links, lots and years only see sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from matcher.optimise.problem import ExchangeProblem, Floats, Ints

# Two months count as alike when their proportions agree to this many decimals.
_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Seasons:
    """The way back: ``shares[block, season, period]``, and the block of each arc and node."""

    shares: Floats
    arc_block: Ints
    offer_block: Ints
    need_block: Ints

    def amounts(self, amount: Floats) -> Floats:
        """(A, T) amounts by period, from amounts by season."""
        return np.asarray(np.einsum("as,ast->at", amount, self.shares[self.arc_block]))

    def merged(self, amount: Floats) -> Floats:
        """(A, S) amounts by season, from amounts (A, T) by period: the way there."""
        member = (self.shares > 0).astype(np.float64)
        return np.asarray(np.einsum("at,ast->as", amount, member[self.arc_block]))

    def offer_prices(self, price: Floats) -> Floats:
        """(O, T): a season's price is that of each of its periods."""
        return self._prices(price, self.offer_block)

    def need_prices(self, price: Floats) -> Floats:
        """(N, T): a season's price is that of each of its periods."""
        return self._prices(price, self.need_block)

    def _prices(self, price: Floats, block: Ints) -> Floats:
        member = (self.shares > 0).astype(np.float64)
        return np.asarray(np.einsum("ns,nst->nt", price, member[block]))


def merge_seasons(exchange: ExchangeProblem) -> tuple[ExchangeProblem, Seasons]:
    """Add up alike periods, block by block; every block uses its first seasons only."""
    offers, needs = exchange.counts[:2]
    periods = exchange.supply.shape[1]
    capacity = exchange.capacity if exchange.capacity.size else exchange.supply[:0]
    block, count = _blocks(exchange)
    nodes = offers + needs
    table = np.vstack([exchange.supply, exchange.demand, capacity])
    if periods == 1 or (table.size and table.min() < 0):
        return exchange, _unmerged(exchange, periods)
    merged = np.zeros_like(table)
    shares = np.zeros((count, periods, periods))
    order = np.argsort(block, kind="stable")
    bounds = np.searchsorted(block[order], np.arange(count + 1))
    seasons = 1
    for b in range(count):
        rows = order[bounds[b] : bounds[b + 1]]
        part = _season_shares(table[rows])
        shares[b, : len(part)] = part
        merged[rows, : len(part)] = table[rows] @ (part > 0).T
        seasons = max(seasons, len(part))
    merged = merged[:, :seasons]
    small = replace(
        exchange, supply=merged[:offers], demand=merged[offers:nodes], capacity=merged[nodes:]
    )
    return small, Seasons(
        shares=shares[:, :seasons],
        arc_block=block[exchange.arc_offer],
        offer_block=block[:offers],
        need_block=block[offers:nodes],
    )


def _unmerged(exchange: ExchangeProblem, periods: int) -> Seasons:
    offers, needs, arcs, _ = exchange.counts
    return Seasons(
        shares=np.eye(periods)[np.newaxis],
        arc_block=np.zeros(arcs, np.int64),
        offer_block=np.zeros(offers, np.int64),
        need_block=np.zeros(needs, np.int64),
    )


def _blocks(exchange: ExchangeProblem) -> tuple[Ints, int]:
    """Block of each offer, need and capacity row: those that share a row by period."""
    offers, needs = exchange.counts[:2]
    blend, capacity = exchange.arc_rows, exchange.capacity_rows
    first_capacity = offers + needs
    first_blend = first_capacity + exchange.capacity.shape[0]
    size = first_blend + blend.upper.size
    tail = np.concatenate(
        [
            exchange.arc_offer,
            exchange.arc_offer[capacity.column],
            exchange.arc_offer[blend.column],
        ]
    )
    head = np.concatenate(
        [offers + exchange.arc_need, first_capacity + capacity.row, first_blend + blend.row]
    )
    graph = sparse.coo_matrix((np.ones(tail.size, np.int8), (tail, head)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    return label[:first_blend].astype(np.int64), int(count)


def _season_shares(table: Floats) -> Floats:
    """(seasons, T) shares of each period in its season; periods of zeros have none."""
    largest = table.max(axis=1, keepdims=True)
    relative = table / np.where(largest > 0, largest, 1.0)
    height = relative.max(axis=0)
    shape = np.round(relative / np.where(height > 0, height, 1.0), _DECIMALS)
    first_alike: dict[bytes, int] = {}
    label = np.array([first_alike.setdefault(c.tobytes(), len(first_alike)) for c in shape.T])
    member = (label[np.newaxis, :] == np.arange(len(first_alike))[:, np.newaxis]) * height
    member = member[member.sum(axis=1) > 0]
    total: Floats = member.sum(axis=1, keepdims=True)
    return np.asarray(member / np.where(total > 0, total, 1.0), dtype=np.float64)
