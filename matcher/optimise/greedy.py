"""A plan soon, at any size: links are opened one at a time, the one that adds most first.

What a link would add only shrinks as others take its offer and its need, so a value reckoned
earlier bounds it from above: a link is looked at again only when it stands first (lazy greedy).
What it needs open beside it (69) is paid for by the first that needs it; those that this made too
dear are looked at again once it is open.
Nothing is proved of the plan; it is where the engine starts from, and never ends below.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matcher.optimise.needed_links import brings_nothing
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Rows


def greedy_links(exchange: ExchangeProblem) -> Bools:
    """Choose links (L,) that can be open together; none where a row asks for a link to be open, or
    where one that earns something lets others be open.
    """
    board = _Board(exchange)
    is_open = np.zeros(exchange.counts[3], np.bool_)
    if board.asks:
        return is_open
    earned = np.bincount(
        exchange.arc_link,
        np.maximum(exchange.arc_gain, 0.0) * exchange.most().sum(axis=1),
        minlength=is_open.size,
    )
    at_best = earned - exchange.link_cost
    heap = [(-float(at_best[link]), int(link)) for link in np.flatnonzero(at_best > 0)]
    heapq.heapify(heap)
    too_dear: dict[int, list[tuple[float, int]]] = defaultdict(list)
    while heap:
        hoped, link = heapq.heappop(heap)
        needed = [way for way in board.needed_by(link) if not is_open[way]]
        if not board.has_room(link, needed):
            continue
        amounts = board.amounts(link)
        value = board.value(link, amounts)
        if value <= 0:
            continue
        if heap and value < -heap[0][0] and value < -hoped:
            heapq.heappush(heap, (-value, link))
            continue
        if value <= sum(float(exchange.link_cost[way]) for way in needed):
            for way in needed:
                too_dear[way].append((-value, link))
            continue
        for way in needed:
            board.take(way, {})
            is_open[way] = True
            for waiting in too_dear.pop(way, ()):
                heapq.heappush(heap, waiting)
        board.take(link, amounts)
        is_open[link] = True
    return is_open


class _Board:
    """What is left of every offer, need and row while links are taken."""

    def __init__(self, exchange: ExchangeProblem) -> None:
        self._exchange = exchange
        self._supply = exchange.supply.copy()
        self._demand = exchange.demand.copy()
        self._places = exchange.link_rows.upper.copy()
        self._left = float("inf") if exchange.max_links is None else float(exchange.max_links)
        self._year = exchange.year_rows.upper.copy()
        self._capacity = exchange.capacity.copy()
        self._rows_of_link = _by_column(exchange.link_rows)
        ways = brings_nothing(exchange)
        self._ways_of_row: dict[int, list[int]] = defaultdict(list)
        for way in np.flatnonzero(ways).tolist():
            for row, coefficient in self._rows_of_link[way]:
                if coefficient < 0:
                    self._ways_of_row[row].append(way)
        self._year_of_arc = _by_column(exchange.year_rows)
        self._capacity_of_arc = _by_column(exchange.capacity_rows)
        order = np.argsort(exchange.arc_link, kind="stable")
        ends = np.cumsum(np.bincount(exchange.arc_link, minlength=exchange.counts[3]))
        self._arcs = [part.tolist() for part in np.split(order, ends[:-1])]
        # A mix needs others to dilute it: what is beyond a limit alone is left to the solver.
        blend = exchange.arc_rows
        self._beyond = frozenset(blend.column[blend.coefficient > 0].tolist())
        links = exchange.link_rows
        self.asks = (
            bool((links.coefficient[~ways[links.column]] < 0).any() or (links.upper < 0).any())
            or any(
                bool((rows.coefficient < 0).any() or (rows.upper < 0).any())
                for rows in (exchange.year_rows, exchange.capacity_rows)
            )
            or bool((blend.upper < 0).any())
        )

    def needed_by(self, link: int) -> list[int]:
        """The ways that rows ask for beside a link."""
        return [
            way
            for row, coefficient in self._rows_of_link.get(link, ())
            if coefficient > 0
            for way in self._ways_of_row.get(row, ())
        ]

    def has_room(self, link: int, needed: Sequence[int]) -> bool:
        """Whether every row of links, and the number of proposals, lets one more in, with the ways
        that it needs.
        """
        if self._exchange.link_weight[link] > self._left:
            return False
        taken: dict[int, float] = defaultdict(float)
        for each in (link, *needed):
            for row, coefficient in self._rows_of_link.get(each, ()):
                taken[row] += coefficient
        return all(more <= self._places[row] + 1e-9 for row, more in taken.items())

    def amounts(self, link: int) -> dict[int, Floats]:
        """What each arc of a link could carry a period, of what is left."""
        exchange = self._exchange
        found: dict[int, Floats] = {}
        taken: dict[tuple[bool, int], Floats] = {}
        nothing = np.zeros(self._supply.shape[1])
        for arc in self._arcs[link]:
            if exchange.arc_gain[arc] <= 0 or arc in self._beyond:
                continue
            giver = (True, int(exchange.arc_offer[arc]))
            taker = (False, int(exchange.arc_need[arc]))
            share = float(exchange.arc_yield[arc])
            amount = np.minimum(
                self._supply[giver[1]] - taken.get(giver, nothing),
                (self._demand[taker[1]] - taken.get(taker, nothing)) / share,
            )
            for row, coefficient in self._capacity_of_arc.get(arc, ()):
                amount = np.minimum(amount, self._capacity[row] / coefficient)
            amount = np.maximum(amount, 0.0)
            total = float(amount.sum())
            for row, coefficient in self._year_of_arc.get(arc, ()):
                if coefficient * total > self._year[row]:
                    amount = amount * (max(self._year[row], 0.0) / (coefficient * total))
                    total = float(amount.sum())
            found[arc] = amount
            taken[giver] = taken.get(giver, nothing) + amount
            taken[taker] = taken.get(taker, nothing) + share * amount
        return found

    def value(self, link: int, amounts: dict[int, Floats]) -> float:
        """What the link adds, its cost paid; nothing when it is short of its least lot."""
        total = sum(float(amount.sum()) for amount in amounts.values())
        if total < self._exchange.link_lot[link]:
            return 0.0
        earned = sum(
            float(self._exchange.arc_gain[arc]) * float(amount.sum())
            for arc, amount in amounts.items()
        )
        return earned - float(self._exchange.link_cost[link])

    def take(self, link: int, amounts: dict[int, Floats]) -> None:
        """Open the link: its amounts, places and proposal are gone."""
        exchange = self._exchange
        self._left -= float(exchange.link_weight[link])
        for row, coefficient in self._rows_of_link.get(link, ()):
            self._places[row] -= coefficient
        for arc, amount in amounts.items():
            self._supply[exchange.arc_offer[arc]] -= amount
            self._demand[exchange.arc_need[arc]] -= exchange.arc_yield[arc] * amount
            for row, coefficient in self._capacity_of_arc.get(arc, ()):
                self._capacity[row] -= coefficient * amount
            for row, coefficient in self._year_of_arc.get(arc, ()):
                self._year[row] -= coefficient * float(amount.sum())


def _by_column(rows: Rows) -> dict[int, list[tuple[int, float]]]:
    """The rows that each link or arc stands in, with its coefficient."""
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for row, column, coefficient in zip(
        rows.row.tolist(), rows.column.tolist(), rows.coefficient.tolist(), strict=True
    ):
        if coefficient != 0:
            found[column].append((row, coefficient))
    return dict(found)
