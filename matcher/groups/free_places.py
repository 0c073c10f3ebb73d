"""Places that one site has to spare (training, crèche, shuttle), for those who buy them today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcher.candidates.bundles import Bundle, Gate, LeftOut
from matcher.catalogue import Catalogue
from matcher.declarations import Survey
from matcher.groups.buyers import Buyer
from matcher.groups.misses import Miss, Misses
from matcher.groups.neighbours import Neighbours
from matcher.groups.pooling_card import places_bundle
from matcher.groups.pooling_deal import offer_of
from matcher.groups.pooling_gates import pair_miss
from matcher.settings import Settings


def with_places(
    same: Sequence[Buyer],
    survey: Survey,
    near: Neighbours,
    catalogue: Catalogue,
    settings: Settings,
    misses: Misses,
) -> Iterator[Bundle]:
    """Each carrier with each buyer, and with all that fit, the dearest place of today first."""
    carriers = [buyer for buyer in same if buyer.has_places]
    for carrier in carriers:
        offer = offer_of(carrier.category, catalogue, settings)
        takers: list[Buyer] = []
        for buyer in same:
            if buyer.has_places or near.same_firm(buyer.site_id, carrier.site_id):
                continue
            miss = _miss(carrier, buyer, survey, near, settings)
            if miss is not None:
                misses.note(carrier.pool_id, miss, buyer.pool_id)
                misses.note(buyer.pool_id, miss, carrier.pool_id)
                continue
            takers.append(buyer)
        takers.sort(key=lambda buyer: (-buyer.unit_eur, buyer.pool_id))
        for group in _choices(carrier, takers, near):
            bundle = places_bundle(carrier, group, offer, survey, near)
            if bundle is not None:
                yield bundle


def more_takers(same: Sequence[Buyer]) -> Iterator[LeftOut]:
    """Of those who could take places of one carrier, groups that are neither one nor all."""
    for carrier in (buyer for buyer in same if buyer.has_places):
        worth = {
            buyer.pool_id: (buyer.unit_eur - carrier.unit_eur)
            * min(buyer.amount, carrier.amount or 0.0)
            for buyer in same
            if not buyer.has_places and buyer.amount and buyer.unit_eur > carrier.unit_eur
        }
        if len(worth) > 2:
            yield LeftOut(
                hub=carrier.pool_id,
                worth=worth,
                beyond=frozenset(worth),
                most=len(worth),
                at_once=len(worth),
            )


def _choices(carrier: Buyer, takers: Sequence[Buyer], near: Neighbours) -> Iterator[list[Buyer]]:
    for buyer in takers:
        yield [buyer]
    together: list[Buyer] = []
    left = carrier.amount or 0.0
    for buyer in takers:
        fits = left > 0 and near.may_meet([b.site_id for b in (*together, buyer)])
        if fits:
            together.append(buyer)
            left -= buyer.amount or 0.0
    if len(together) > 1:
        yield together


def _miss(
    carrier: Buyer, buyer: Buyer, survey: Survey, near: Neighbours, settings: Settings
) -> Miss | None:
    miss = pair_miss(carrier, buyer, survey, near, settings)
    if miss is not None:
        return miss
    if not buyer.amount:
        return Miss(
            gate=Gate.NOT_KNOWN, code="amount-not-known", values={"unit": buyer.category.units}
        )
    if buyer.unit_eur <= carrier.unit_eur:
        gap = carrier.unit_eur - buyer.unit_eur
        return Miss(
            gate=Gate.DOES_NOT_PAY, code="place-too-dear", gap=gap, unit="EUR/unit",
            values={"gap": gap},
        )  # fmt: skip
    return None
