"""What leads between the same two sites pay once: trench, follow-up, hours of a call (69).

The common part of what they cost leaves each of them and becomes the cost of a **way**, a link of
weight 0 that must be open for any of them. Where one needs more of it than the others (a dearer
trench, a longer project), only what two of them need is common.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from matcher.candidates import ArcTable
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Ints
from matcher.optimise.row_book import RowBook, RowKind, RowName


class WayKind(StrEnum):
    """What is paid once."""

    TRENCH = "trench"
    FOLLOW_UP = "follow-up"
    CALL = "call"  # hours of animation


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways of a model, after its other links.

    Attributes
    ----------
    first
        Place of the first way among the links.
    kind
        (W,) what each is.
    amount
        (W,) what it costs: EUR a year; of a call, hours.
    way, link
        (U,) which way each of these links needs.
    """

    first: int
    kind: tuple[WayKind, ...] = ()
    amount: Floats = field(default_factory=lambda: np.empty(0))
    way: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    link: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.kind)

    def is_of(self, *kinds: WayKind) -> Bools:
        """(W,) those of some kinds."""
        return np.array([kind in kinds for kind in self.kind], np.bool_)

    @property
    def eur(self) -> Floats:
        """(W,) EUR a year."""
        return np.where(self.is_of(WayKind.CALL), 0.0, self.amount)

    @property
    def hours(self) -> Floats:
        """(W,) hours of animation."""
        return np.where(self.is_of(WayKind.CALL), self.amount, 0.0)

    def capital(self, arcs: ArcTable, kept: Ints) -> Floats:
        """(W,) EUR of capital behind a trench; it is to its annuity as that of any of its links."""
        yearly, capital = np.zeros(self.count), np.zeros(self.count)
        dug = self.is_of(WayKind.TRENCH)[self.way]
        way, arc = self.way[dug], kept[self.link[dug]]
        np.maximum.at(yearly, way, arcs.shared_trench[arc])
        np.maximum.at(capital, way, arcs.shared_capex[arc])
        return np.asarray(self.amount * capital / np.where(yearly > 0, yearly, 1.0))

    def common(self, values: Floats) -> Floats:
        """(first,) what leaves each link for the ways that it needs, of such values (W,)."""
        return np.bincount(self.link, values[self.way], minlength=self.first)

    def told(self, values: Floats, is_open: Bools) -> Floats:
        """(L,) figures of links with those of the open ways shared among the open links in need.

        Equal parts of each level: the Shapley value of the airport game (S. C. Littlechild and
        G. Owen, 1973; recalled, not read for this project), and nobody would do better apart.
        """
        told = values.copy()
        told[self.first :] = 0.0
        each = values[self.first :][self.way] * self._parts(is_open)
        np.add.at(told, self.link, each)
        return told

    def saved(self, is_open: Bools, values: Floats) -> Floats:
        """(first,) what each open link pays less than alone, of such values (W,) of the ways."""
        spared = values[self.way] * np.where(is_open[self.link], 1 - self._parts(is_open), 0.0)
        return np.bincount(self.link, spared, minlength=self.first)

    def beside(self, link: int, is_open: Bools) -> Ints:
        """The open links that share some way with an open one."""
        mine = self.way[self.link == link]
        others = self.link[np.isin(self.way, mine) & is_open[self.link]]
        return np.setdiff1d(others, [link])

    def needed_by(self, links: Bools) -> Bools:
        """(L,) the ways that some of these links (L,) need."""
        needed = np.zeros(links.size, np.bool_)
        needed[self.first + self.way[links[self.link]]] = True
        return needed

    def sharing_with(self, links: Bools) -> Bools:
        """(L,) the links that would pay something once with some of these (L,)."""
        mine = np.unique(self.way[links[self.link]])
        found = np.zeros(links.size, np.bool_)
        found[self.link[np.isin(self.way, mine)]] = True
        return found

    def _parts(self, is_open: Bools) -> Floats:
        """(U,) the part of its way that each open link pays."""
        opened = is_open[self.link].astype(np.float64)
        users = np.bincount(self.way, opened, minlength=self.count)
        return np.asarray(opened / np.maximum(users, 1.0)[self.way])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharer:
    """A link that could share something: of which lead it would be, what it costs it alone."""

    link: int
    lead: Hashable
    amount: float


def ways_between(
    sharers: Mapping[WayKind, Mapping[tuple[str, ...], Sequence[Sharer]]], first: int
) -> Ways:
    """The ways of those who could share, by the two sites; levels that one lead alone needs are
    left with it.
    """
    kinds: list[WayKind] = []
    amounts: list[float] = []
    needs: list[tuple[int, int]] = []
    for kind, between in sharers.items():
        for sites in sorted(between):
            reached = 0.0
            for level in sorted({each.amount for each in between[sites] if each.amount > 0}):
                users = [each for each in between[sites] if each.amount >= level]
                if len({each.lead for each in users}) < 2:
                    break
                needs += [(len(kinds), each.link) for each in users]
                kinds.append(kind)
                amounts.append(level - reached)
                reached = level
    way, link = np.array(needs, np.int64).reshape(-1, 2).T
    return Ways(
        first=first, kind=tuple(kinds), amount=np.array(amounts, np.float64), way=way, link=link
    )


def sharers_of(
    arcs: ArcTable,
    kept: Ints,
    touched: Sequence[tuple[str, ...]],
    internal: Bools,
    effort_hours: Floats | None,
) -> dict[WayKind, dict[tuple[str, ...], list[Sharer]]]:
    """Who could share what: the links ``kept`` of the exchange, then the groups.

    ``effort_hours`` (L,) where hours are counted. A lead of three sites or more shares nothing, nor
    do two ways to bring the same flow to the same need, of which one at most is open. A group's
    value holds its follow-up: it shares the call alone.
    """
    found: dict[WayKind, dict[tuple[str, ...], list[Sharer]]] = {kind: {} for kind in WayKind}

    def add(kind: WayKind, link: int, lead: Hashable, amount: float) -> None:
        sharer = Sharer(link=link, lead=lead, amount=amount)
        found[kind].setdefault(tuple(sorted(touched[link])), []).append(sharer)

    for link, sites in enumerate(touched):
        if len(sites) != 2:
            continue
        is_exchange = link < len(kept)
        lead: Hashable = link
        if is_exchange:
            arc = int(kept[link])
            lead = (int(arcs.offer[arc]), int(arcs.need[arc]))
            add(WayKind.TRENCH, link, lead, float(arcs.shared_trench[arc]))
            add(WayKind.FOLLOW_UP, link, lead, float(arcs.shared_follow_up[arc]))
        if effort_hours is not None and not internal[link]:
            add(WayKind.CALL, link, lead, float(effort_hours[link]))
    return found


def with_ways(
    exchange: ExchangeProblem, rows: RowBook, ways: Ways, *, in_euros: bool
) -> ExchangeProblem:
    """The model with a link more for each way, and a row for each link in need of it (69).

    Where carbon is the aim a way costs nothing in it, and tells no less what is paid once.
    """
    if not ways.count:
        return exchange
    for way, link in zip(ways.way.tolist(), ways.link.tolist(), strict=True):
        rows.add([link, ways.first + way], 0.0, [1.0, -1.0])
        rows.names.append(RowName(kind=RowKind.WAY, of=ways.kind[way].value, most=0.0))
    offers, needs, _, links = exchange.counts
    own, ones = np.arange(ways.count), np.ones(ways.count)
    unit = np.zeros((ways.count, exchange.supply.shape[1]))
    unit[:, :1] = 1.0
    cost = ways.eur if in_euros else np.zeros(ways.count)
    return replace(
        exchange,
        supply=np.vstack([exchange.supply, unit]),
        demand=np.vstack([exchange.demand, unit]),
        arc_offer=np.concatenate([exchange.arc_offer, offers + own]),
        arc_need=np.concatenate([exchange.arc_need, needs + own]),
        arc_link=np.concatenate([exchange.arc_link, links + own]),
        arc_yield=np.concatenate([exchange.arc_yield, ones]),
        arc_gain=np.concatenate([exchange.arc_gain, np.zeros(ways.count)]),
        link_cost=np.concatenate([np.maximum(exchange.link_cost - ways.common(cost), 0.0), cost]),
        link_lot=np.concatenate([exchange.link_lot, ones]),
        link_weight=np.concatenate([exchange.link_weight, np.zeros(ways.count)]),
    )
