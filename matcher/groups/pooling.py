"""``build_pooling``: what several sites could buy or organise together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from matcher.candidates.bundles import Bundle, Bundles, Gate, LeftOut
from matcher.catalogue import Catalogue, Named, ServiceCategory
from matcher.declarations import Survey
from matcher.groups.buyers import Buyer, buyers
from matcher.groups.free_places import more_takers, with_places
from matcher.groups.misses import Miss, Misses
from matcher.groups.neighbours import Neighbours
from matcher.groups.pooling_card import bundle_of
from matcher.groups.pooling_deal import Offer, offer_of, reckon
from matcher.groups.pooling_gates import pair_miss
from matcher.optimise.pooling import solve_pooling
from matcher.settings import Settings

# Up to so many buyers of one thing near each other, every group is a candidate; beyond, the best
# group of each size, and the best among those who are in none of them, again and again.
_EVERY_GROUP_TO = 7


def build_pooling(survey: Survey, catalogue: Catalogue, settings: Settings) -> Bundles:
    """Groups of buyers that a discount or a lot pays for, and free places taken; the refusals.

    Raises
    ------
    SettingsError
        Without ``as_of``.
    """
    _ = settings.round_day  # refused before anything is read
    if not survey.pools:
        return Bundles()
    near = Neighbours(survey, settings)
    misses = Misses("pooling")
    by_category: dict[str, list[Buyer]] = defaultdict(list)
    held: set[str] = set()  # categories that somebody cannot pool yet
    categories = Named(catalogue.service_categories)
    for answer in buyers(survey, categories, settings):
        if isinstance(answer, Buyer):
            by_category[answer.category.key].append(answer)
            continue
        misses.note(*answer)
        category = categories.of(survey.pools[answer[0]].category)
        held |= set() if category is None else {category.key}
    bundles: list[Bundle] = []
    left_out: list[LeftOut] = []
    for key in sorted(by_category):
        same = by_category[key]
        buying = [buyer for buyer in same if not buyer.has_places]
        bundles += _groups(buying, survey, near, catalogue, settings, misses)
        bundles += with_places(same, survey, near, catalogue, settings, misses)
        left_out += _more_groups(buying, catalogue, settings)
        left_out += more_takers(same)
    found = [buyer for same in by_category.values() for buyer in same]
    return misses.closed(
        bundles,
        {
            ("places", buyer.pool_id): buyer.amount or 0.0 if buyer.has_places else 1.0
            for buyer in found
        },
        ((buyer.pool_id, _alone(buyer, held)) for buyer in found),
        left_out,
    )


def _alone(buyer: Buyer, held: set[str]) -> str:
    if buyer.category.key in held:
        return "others-held"
    return "alone-places" if buyer.has_places else "alone"


def _groups(
    buying: Sequence[Buyer],
    survey: Survey,
    near: Neighbours,
    catalogue: Catalogue,
    settings: Settings,
    misses: Misses,
) -> Iterator[Bundle]:
    """Every group worth a call, of one category."""
    if len(buying) < 2:
        return
    offer = offer_of(buying[0].category, catalogue, settings)
    apart = set(_apart(buying, survey, near, settings, misses))
    for group in _candidates(buying, offer, apart, settings):
        deal = reckon(group, offer)
        if deal.is_worth_it:
            yield bundle_of(deal, survey, near, settings)
            continue
        miss = _too_little(deal.short_of_lot, -deal.value_at_likely, offer.category)
        for buyer in group:
            rest = [other.pool_id for other in group if other is not buyer]
            misses.note(buyer.pool_id, miss, *rest)


def _more_groups(
    buying: Sequence[Buyer], catalogue: Catalogue, settings: Settings
) -> Iterator[LeftOut]:
    """Of many buyers, the groups that are not the best ones."""
    if len(buying) <= _EVERY_GROUP_TO:
        return
    offer = offer_of(buying[0].category, catalogue, settings)
    names = frozenset(buyer.pool_id for buyer in buying)
    yield LeftOut(
        hub=None,
        worth={buyer.pool_id: offer.at_most(buyer, buying) for buyer in buying},
        beyond=names,
        most=settings.most_pool_members,
        at_once=len(names) // 2,
    )


def _too_little(short: float | None, missing: float, category: ServiceCategory) -> Miss:
    if short is not None and short > 0:
        return Miss(
            gate=Gate.LOT,
            code="lot",
            gap=short,
            unit=category.unit,
            values={"gap": short, "unit": category.units},
        )
    return Miss(
        gate=Gate.DOES_NOT_PAY, code="does-not-pay", gap=missing, unit="EUR/year",
        values={"gap": missing},
    )  # fmt: skip


def _apart(
    buying: Sequence[Buyer],
    survey: Survey,
    near: Neighbours,
    settings: Settings,
    misses: Misses,
) -> Iterator[tuple[str, str]]:
    """Pairs that may not be in one group; what keeps them apart is noted."""
    for one, other in combinations(buying, 2):
        miss = pair_miss(one, other, survey, near, settings)
        if miss is not None:
            misses.note(one.pool_id, miss, other.pool_id)
            misses.note(other.pool_id, miss, one.pool_id)
            yield one.pool_id, other.pool_id
        elif near.same_firm(one.site_id, other.site_id):
            yield one.pool_id, other.pool_id


def _candidates(
    buying: Sequence[Buyer],
    offer: Offer,
    apart: set[tuple[str, str]],
    settings: Settings,
) -> list[tuple[Buyer, ...]]:
    """Groups in which nobody is kept apart: all of them, or the best by (50)-(55)."""
    most = min(settings.most_pool_members, len(buying))
    if len(buying) <= _EVERY_GROUP_TO:
        return [
            group
            for size in range(2, most + 1)
            for group in combinations(buying, size)
            if not any(
                (one.pool_id, other.pool_id) in apart for one, other in combinations(group, 2)
            )
        ]
    by_id = {buyer.pool_id: buyer for buyer in buying}
    sizes = sorted({2, 3, 4, 6, 8, most} & set(range(2, most + 1)))
    found = {_best(buying, offer, apart, settings, size, None) for size in sizes}
    left = [b for b in buying if not any(b.pool_id in names for names in found)]
    while len(left) > 1:  # those who are in none of these, among themselves
        names = _best(left, offer, apart, settings, min(most, len(left)), None)
        if not names:
            break
        found.add(names)
        left = [buyer for buyer in left if buyer.pool_id not in names]
    found |= {_best(buying, offer, apart, settings, most, buyer.pool_id) for buyer in left}
    return [tuple(by_id[name] for name in names) for names in sorted(found) if len(names) > 1]


def _best(
    buying: Sequence[Buyer],
    offer: Offer,
    apart: Iterable[tuple[str, str]],
    settings: Settings,
    most: int,
    with_member: str | None,
) -> tuple[str, ...]:
    """The best group of at most so many, perhaps with one that must be in it."""
    if with_member is not None:
        # Nobody is apart from all others here: one who is has no group.
        shut = {name for pair in apart if with_member in pair for name in pair}
        if len(shut) == len(buying):
            return ()
    own = {buyer.pool_id for buyer in buying}
    plan = solve_pooling(
        {buyer.pool_id: buyer.amount or 1.0 for buyer in buying},
        {buyer.pool_id: buyer.eur or 0.0 for buyer in buying},
        settings,
        lot=offer.lot_at_likely,
        steps=offer.steps_at_likely,
        counts={buyer.pool_id: offer.counted(buyer) for buyer in buying},
        member_cost=offer.member_cost,
        apart=[pair for pair in apart if own.issuperset(pair)],
        most_members=most,
        with_member=with_member,
    )
    return tuple(sorted(name for name, units in plan.amounts.items() if units > 0))
