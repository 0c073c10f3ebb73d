"""What a group of buyers gains: by the lot, or by a discount in steps; at either end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.catalogue import Catalogue, ServiceCategory, StepOn
from matcher.groups.buyers import Buyer
from matcher.groups.sharing_deal import End
from matcher.settings import Settings
from matcher.terms import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What buying one category together brings, and costs each member, EUR a year."""

    category: ServiceCategory
    member_cost: float
    member_cost_low: float
    member_cost_high: float

    @property
    def lot_at_likely(self) -> tuple[float, float] | None:
        """Units and EUR of a lot."""
        size, price = self.category.lot_size, self.category.lot_eur
        return None if size is None or price is None else (size, price)

    @property
    def steps_at_likely(self) -> tuple[tuple[float, float], ...]:
        """From so much together on, such a discount."""
        return tuple((step.start, step.share) for step in self.category.discounts)

    def counted(self, buyer: Buyer) -> float:
        """What a buyer adds to that by which the discount goes."""
        match self.category.step_on:
            case StepOn.AMOUNT:
                return buyer.amount or 0.0
            case StepOn.EUR:
                return buyer.eur or 0.0
            case _:
                return 1.0

    def at_most(self, buyer: Buyer, everybody: Sequence[Buyer]) -> float:
        """EUR a year that a buyer adds to any group at most: the discount of all together, or full
        lots.
        """
        if self.lot_at_likely is not None:
            size, price = self.lot_at_likely
            today = buyer.unit_eur if buyer.amount else 0.0
            return max(today - price / size, 0.0) * (buyer.amount or 0.0) - self.member_cost
        return self.discount(everybody, End.LIKELY) * (buyer.eur or 0.0) - self.member_cost

    def cost_of_member(self, end: End) -> float:
        """EUR a year of follow-up for each."""
        ends = {
            End.WORST: self.member_cost_high,
            End.LIKELY: self.member_cost,
            End.BEST: self.member_cost_low,
        }
        return ends[end]

    def lot_price(self, end: End) -> float:
        """EUR a lot."""
        category = self.category
        ends = {
            End.WORST: category.lot_high,
            End.LIKELY: category.lot_eur,
            End.BEST: category.lot_low,
        }
        return ends[end] or 0.0

    def discount(self, group: Sequence[Buyer], end: End) -> float:
        """The discount of the last step that the group reaches, a share (53)."""
        together = sum(self.counted(buyer) for buyer in group)
        best = 0.0
        for step in self.category.discounts:
            if together >= step.start:
                ends = {End.WORST: step.low, End.LIKELY: step.share, End.BEST: step.high}
                best = max(best, ends[end])
        return best


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDeal:
    """A group reckoned. ``pooled``: units each buys together, the rest as today."""

    group: tuple[Buyer, ...]
    offer: Offer
    pooled: tuple[float, ...]
    lots: int
    discount: float
    gains: tuple[Range, ...]
    value: Range
    short_of_lot: float | None

    @property
    def value_at_likely(self) -> float:
        """EUR a year."""
        return self.value.value or 0.0

    @property
    def is_worth_it(self) -> bool:
        """Whether everybody gains."""
        return min(gain.value or 0.0 for gain in self.gains) > 0


def offer_of(category: ServiceCategory, catalogue: Catalogue, settings: Settings) -> Offer:
    """The offer of a category, with the follow-up of ``factors.csv``."""
    factor = catalogue.factors["pool_follow_up"]
    override = settings.factor_overrides.get(factor.key)
    return Offer(
        category=category,
        member_cost=factor.value if override is None else override,
        member_cost_low=factor.low if override is None else override,
        member_cost_high=factor.high if override is None else override,
    )


def reckon(group: Sequence[Buyer], offer: Offer) -> PoolDeal:
    """Gains in proportion to what each buys together; follow-up paid by each."""
    lots, pooled = _lots(group, offer) if offer.lot_at_likely else (0, [b.amount for b in group])
    spent = [
        (buyer.eur or 0.0)
        if not offer.lot_at_likely or not buyer.amount
        else buyer.unit_eur * (units or 0.0)
        for buyer, units in zip(group, pooled, strict=True)
    ]
    total = sum(spent)
    saved = {
        end: total - lots * offer.lot_price(end)
        if offer.lot_at_likely
        else total * offer.discount(group, end)
        for end in End
    }

    def gain(at: int, end: End) -> float:
        part = spent[at] / total if total > 0 else 0.0
        return part * saved[end] - offer.cost_of_member(end)

    everyone = range(len(group))
    size = offer.category.lot_size
    return PoolDeal(
        group=tuple(group),
        offer=offer,
        pooled=tuple(units or 0.0 for units in pooled),
        lots=lots,
        discount=0.0 if offer.lot_at_likely else offer.discount(group, End.LIKELY),
        gains=tuple(
            Range(value=gain(at, End.LIKELY), low=gain(at, End.WORST), high=gain(at, End.BEST))
            for at in everyone
        ),
        value=Range(
            value=sum(gain(at, End.LIKELY) for at in everyone),
            low=sum(gain(at, End.WORST) for at in everyone),
            high=sum(gain(at, End.BEST) for at in everyone),
        ),
        short_of_lot=None if size is None or lots else _short(group, offer),
    )


def gain_of_part(deal: PoolDeal, members: frozenset[str]) -> float:
    """EUR a year of some of the buyers as an order of their own."""
    group = [buyer for buyer in deal.group if buyer.pool_id in members]
    return reckon(group, deal.offer).value_at_likely if len(group) > 1 else 0.0


def _lots(group: Sequence[Buyer], offer: Offer) -> tuple[int, list[float | None]]:
    """How many lots pay, and what each puts in: the dearest units of today first (51)."""
    assert offer.lot_at_likely is not None
    size, price = offer.lot_at_likely
    order = sorted(range(len(group)), key=lambda at: (-group[at].unit_eur, group[at].pool_id))
    total = sum(buyer.amount or 0.0 for buyer in group)
    best = (0.0, 0, [0.0] * len(group))
    for lots in range(1, math.ceil(total / size - 1e-9) + 1):
        left, units, saved = lots * size, [0.0] * len(group), -lots * price
        for at in order:
            units[at] = min(left, group[at].amount or 0.0)
            left -= units[at]
            saved += units[at] * group[at].unit_eur
        if saved > best[0] + 1e-9:
            best = (saved, lots, units)
    return best[1], list(best[2])


def _short(group: Sequence[Buyer], offer: Offer) -> float:
    """Units that are missing for one lot to pay, at what the group pays today."""
    assert offer.lot_at_likely is not None
    size, price = offer.lot_at_likely
    total = sum(buyer.amount or 0.0 for buyer in group)
    paid = sum(buyer.eur or 0.0 for buyer in group)
    if total <= 0 or paid <= 0:
        return 0.0
    return min(size, price / (paid / total)) - total
