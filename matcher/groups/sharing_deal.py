"""What sharing one machine is worth: to each, at the likely figures and at either end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Self

from matcher.catalogue import Catalogue
from matcher.declarations import EquipmentMode, Months
from matcher.groups.machines import AMOUNT_DOUBT, Price
from matcher.groups.sharing_gates import Pair
from matcher.settings import Settings
from matcher.terms import Range

FACTORS = ("sharing_follow_up", "sharing_trip", "hours_per_visit", "host_cost_share")


class End(Enum):
    """At which end of every range something is reckoned, seen from the gain."""

    WORST = "worst"
    LIKELY = "likely"
    BEST = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Follow-up in EUR a year and user, trips in EUR a km, hours of use a visit; at one end."""

    follow_up: float
    trip: float
    visit_hours: float
    end: End

    @classmethod
    def of(cls, catalogue: Catalogue, settings: Settings, end: End) -> Self:
        """The figures of ``factors.csv`` at one end; an override holds at all three."""

        def figure(key: str, *, is_cost: bool) -> float:
            factor = catalogue.factors[key]
            if key in settings.factor_overrides:
                return settings.factor_overrides[key]
            if end is End.LIKELY:
                return factor.value
            return factor.low if (end is End.BEST) == is_cost else factor.high

        return cls(
            follow_up=figure("sharing_follow_up", is_cost=True),
            trip=figure("sharing_trip", is_cost=True),
            visit_hours=figure("hours_per_visit", is_cost=False),
            end=end,
        )

    def hire(self, price: Price) -> float:
        """What a unit costs its user today, EUR."""
        ends = {End.WORST: price.low, End.LIKELY: price.value, End.BEST: price.high}
        return ends[self.end]

    def asked(self, price: Price) -> float:
        """What a unit costs at the host, EUR."""
        ends = {End.WORST: price.high, End.LIKELY: price.value, End.BEST: price.low}
        return ends[self.end]

    def set_up_share(self, pair: Pair) -> float:
        """Hours that the machine loses for each hour of use."""
        if pair.host.is_space or self.visit_hours <= 0:
            return 0.0
        return pair.host.klass.set_up_hours / self.visit_hours

    def unit_cost(self, pair: Pair) -> float:
        """EUR a unit served: the host's price, set-up, and the way there and back (46).

        In a service, set-up is inside the price; a machine that is lent travels by the month.
        """
        asked = self.asked(pair.host.price)
        cost = asked
        if pair.mode is not EquipmentMode.SERVICE:
            cost += asked * self.set_up_share(pair)
        if not pair.is_lent and not pair.host.is_space:
            cost += 2 * pair.km * self.trip / self.visit_hours
        return cost

    def yearly_cost(self, pair: Pair, served: Months) -> float:
        """EUR a year for a user to use a host at all: follow-up; a lent machine comes and goes."""
        trips = sum(1 for amount in served if amount > 0) if pair.is_lent else 0
        return self.follow_up + 4 * pair.km * self.trip * trips

    def at_most(self, pair: Pair) -> float:
        """EUR a year that a user adds to any group of a host at most: each month that pays."""
        margin = self.hire(pair.user.price) - self.unit_cost(pair)
        trip = self.yearly_cost(pair, (1.0, *[0.0] * 11)) - self.follow_up
        months = sum(max(margin * amount - trip, 0.0) for amount in pair.most if amount > 0)
        return months - self.follow_up

    def net(self, pair: Pair, served: Months) -> float:
        """EUR a year that both gain together against today (47)."""
        doubt = {End.WORST: 1 - AMOUNT_DOUBT, End.LIKELY: 1.0, End.BEST: 1 + AMOUNT_DOUBT}
        amount = sum(served) * doubt[self.end]
        margin = self.hire(pair.user.price) - self.unit_cost(pair)
        return margin * amount - self.yearly_cost(pair, served)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One host and those it serves, reckoned: gains of each, and the price between them.

    ``served`` has twelve amounts for each pair; prices are EUR a unit, from user to host.
    """

    pairs: tuple[Pair, ...]
    served: tuple[Months, ...]
    user_gains: tuple[Range, ...]
    host_gain: Range
    value: Range
    price_low: float
    price_high: float
    fair_price: float

    @property
    def amount(self) -> float:
        """Units a year, over all users."""
        return sum(map(sum, self.served))


def share_out(
    pairs: Sequence[Pair], terms: Terms, room: Months | None = None
) -> tuple[Months, ...]:
    """What each user gets on one host: month by month, whoever gains most by a unit first.

    A linear programme with one row a month (42) and nothing else is solved by that order.
    ``room`` is what the host has for them; all of it when left out.
    """
    order = sorted(
        range(len(pairs)),
        key=lambda at: (
            terms.unit_cost(pairs[at]) - terms.hire(pairs[at].user.price),
            pairs[at].user.item_id,
        ),
    )
    served = [[0.0] * 12 for _ in pairs]
    for month, there in enumerate(pairs[0].host.room if room is None else room):
        left = there
        for at in order:
            weight = 1 + terms.set_up_share(pairs[at])
            amount = min(pairs[at].most[month], left / weight)
            served[at][month] = amount
            left -= amount * weight
    return tuple(tuple(months) for months in served)


def gain_of_part(deal: Deal, terms: Terms, members: frozenset[str]) -> float:
    """EUR a year of the host with some of its users, on the room that the whole group has."""
    host = deal.pairs[0].host
    pairs = [pair for pair in deal.pairs if pair.user.item_id in members]
    if host.item_id not in members or not pairs:
        return 0.0
    room = tuple(
        sum(
            served[month] * (1 + terms.set_up_share(pair))
            for pair, served in zip(deal.pairs, deal.served, strict=True)
        )
        for month in range(12)
    )
    served = share_out(pairs, terms, room)
    return sum(terms.net(pair, months) for pair, months in zip(pairs, served, strict=True))


def reckon(
    pairs: Sequence[Pair], served: Sequence[Months], terms: Mapping[End, Terms]
) -> Deal | None:
    """The deal at one price for all, halfway between what the host asks and what every user can
    pay; None when somebody would not gain (48).
    """
    likely = terms[End.LIKELY]
    amounts = [sum(months) for months in served]
    if min(amounts) <= 0:
        return None
    nets = {
        end: [one.net(pair, months) for pair, months in zip(pairs, served, strict=True)]
        for end, one in terms.items()
    }
    if min(nets[End.LIKELY]) <= 0:
        return None
    asked = likely.asked(pairs[0].host.price)
    most = min(net / amount for net, amount in zip(nets[End.LIKELY], amounts, strict=True))
    half = most / 2
    # What moves with amounts and costs moves both halves alike.
    parts = [half * amount / net for net, amount in zip(nets[End.LIKELY], amounts, strict=True)]

    def to_host(end: End) -> float:
        return sum(part * net for part, net in zip(parts, nets[end], strict=True))

    return Deal(
        pairs=tuple(pairs),
        served=tuple(served),
        user_gains=tuple(
            Range(
                value=(1 - part) * nets[End.LIKELY][at],
                low=(1 - part) * nets[End.WORST][at],
                high=(1 - part) * nets[End.BEST][at],
            )
            for at, part in enumerate(parts)
        ),
        host_gain=Range(value=to_host(End.LIKELY), low=to_host(End.WORST), high=to_host(End.BEST)),
        value=Range(
            value=sum(nets[End.LIKELY]), low=sum(nets[End.WORST]), high=sum(nets[End.BEST])
        ),
        price_low=asked,
        price_high=asked + most,
        fair_price=asked + half,
    )
