"""From a group of buyers to its bundle: who, since when, points to confirm, what to ask first."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from functools import partial

from matcher.candidates.bundles import Bundle, Member
from matcher.declarations import Survey
from matcher.groups.buyers import Buyer
from matcher.groups.neighbours import Neighbours
from matcher.groups.pooling_deal import Offer, PoolDeal, gain_of_part
from matcher.groups.sharing_deal import End
from matcher.settings import Settings
from matcher.terms import (
    Audience,
    Confidence,
    Delay,
    Message,
    ProposalKind,
    Range,
    Reason,
    Role,
)

# Hours of animation until the order is placed, and for each member more. Engineering judgement.
HOURS_A_GROUP = 10.0
HOURS_A_MEMBER = 2.0
_SOON_DAYS = 92
# A declared number of places may be off by this share.
_AMOUNT_DOUBT = 0.15


def bundle_of(deal: PoolDeal, survey: Survey, near: Neighbours, settings: Settings) -> Bundle:
    """A group of buyers as a candidate of the plan."""
    group, category = deal.group, deal.offer.category
    sites = tuple(buyer.site_id for buyer in group)
    assert settings.as_of is not None
    start = max((buyer.free_from for buyer in group if buyer.free_from), default=settings.as_of)
    by_lot = deal.offer.lot_at_likely is not None
    in_eur = not by_lot and any(buyer.amount is None for buyer in group)
    amounts = [
        (buyer.eur or 0.0) if in_eur else units if by_lot else (buyer.amount or 0.0)
        for buyer, units in zip(group, deal.pooled, strict=True)
    ]
    is_declared = all(buyer.pool.decided_here for buyer in group)
    return Bundle(
        kind=ProposalKind.POOLING,
        object=category.key,
        form="group",
        instrument="joint_public_order" if near.has_public(sites) else "group_order",
        members=tuple(
            Member(
                site_id=buyer.site_id,
                declaration_id=buyer.pool_id,
                role=Role.MEMBER,
                gain=gain,
                amount_by_month=(amount / 12,) * 12,
            )
            for buyer, gain, amount in zip(group, deal.gains, amounts, strict=True)
        ),
        amount_per_year=sum(amounts),
        unit="EUR" if in_eur else category.unit,
        value=deal.value,
        distance_km=near.widest_km(sites) or 0.0,
        effort_hours=HOURS_A_GROUP + HOURS_A_MEMBER * len(group),
        delay=(
            Delay.UNDER_3_MONTHS
            if (start - settings.as_of).days <= _SOON_DAYS
            else Delay.MONTHS_3_TO_12
        ),
        first_step=Message(
            code="pooling.first-step.lot" if by_lot else "pooling.first-step.steps",
            values={"what": {"fr": category.label_fr, "en": category.label_en}},
        ),
        confidence=Confidence.MEDIUM,
        confidence_reasons=(
            Message(code="pooling.confidence.lot" if by_lot else "pooling.confidence.discount"),
            *(() if is_declared else (Message(code="pooling.confidence.decision"),)),
        ),
        claims={("places", buyer.pool_id): 1.0 for buyer in group},
        facts=tuple(_facts(deal, start, settings.as_of)),
        questions=tuple(_questions(deal, survey, settings.as_of)),
        conditions=tuple(sorted(_conditions(group, near, settings.as_of))),
        factors=("pool_follow_up",),
        gain_of_part=partial(gain_of_part, deal),
    )


def places_bundle(
    carrier: Buyer, group: Sequence[Buyer], offer: Offer, survey: Survey, near: Neighbours
) -> Bundle | None:
    """Free places of one site for others; None when somebody would not gain."""
    taken = _places_of(carrier, group)
    if min(taken) <= 0:
        return None
    doubt = {End.WORST: 1 - _AMOUNT_DOUBT, End.LIKELY: 1.0, End.BEST: 1 + _AMOUNT_DOUBT}

    def gains(end: End) -> list[float]:
        """Of the carrier, then of each buyer: half the difference each, follow-up paid."""
        half = [
            (buyer.unit_eur - carrier.unit_eur) * places * doubt[end] / 2
            for buyer, places in zip(group, taken, strict=True)
        ]
        each = [one - offer.cost_of_member(end) for one in half]
        return [sum(half) - offer.cost_of_member(end), *each]

    by_end = {end: gains(end) for end in End}
    if min(by_end[End.LIKELY]) <= 0:
        return None
    ranges = [
        Range(
            value=by_end[End.LIKELY][at],
            low=by_end[End.WORST][at],
            high=by_end[End.BEST][at],
        )
        for at in range(len(group) + 1)
    ]
    everyone = [carrier, *group]
    sites = tuple(buyer.site_id for buyer in everyone)
    category = carrier.category
    return Bundle(
        kind=ProposalKind.POOLING,
        object=category.key,
        form="contract" if len(group) == 1 else "group",
        instrument="place_purchase",
        members=tuple(
            Member(
                site_id=buyer.site_id,
                declaration_id=buyer.pool_id,
                role=Role.CARRIER if buyer is carrier else Role.MEMBER,
                gain=gain,
                amount_by_month=(amount / 12,) * 12,
            )
            for buyer, gain, amount in zip(everyone, ranges, [sum(taken), *taken], strict=True)
        ),
        amount_per_year=sum(taken),
        unit=category.unit,
        value=Range(
            value=sum(by_end[End.LIKELY]),
            low=sum(by_end[End.WORST]),
            high=sum(by_end[End.BEST]),
        ),
        distance_km=near.widest_km(sites) or 0.0,
        effort_hours=HOURS_A_GROUP / 2 + HOURS_A_MEMBER * len(group),
        delay=Delay.UNDER_3_MONTHS,
        first_step=Message(
            code="pooling.first-step.places",
            values={
                "carrier": survey.sites[carrier.site_id].name,
                "places": sum(taken),
            },
        ),
        confidence=Confidence.HIGH,
        confidence_reasons=(Message(code="pooling.confidence.declared"),),
        price_low=carrier.unit_eur,
        price_high=min(buyer.unit_eur for buyer in group),
        fair_price=sum(
            (buyer.unit_eur + carrier.unit_eur) / 2 * places
            for buyer, places in zip(group, taken, strict=True)
        )
        / sum(taken),
        claims={
            ("places", carrier.pool_id): sum(taken),
            **{("places", buyer.pool_id): 1.0 for buyer in group},
        },
        facts=(_told("pooling.fact.places", Audience.AGENT, places=sum(taken)),),
        questions=(Message(code="pooling.question.same-thing"),),
        conditions=tuple(sorted(_conditions(everyone, near, None))),
        factors=("pool_follow_up",),
        gain_of_part=(
            partial(_gain_of_part, carrier, tuple(group), offer) if len(group) > 1 else None
        ),
    )


def _places_of(carrier: Buyer, group: Sequence[Buyer]) -> list[float]:
    """The places that each takes, the first as many as it wants."""
    left, taken = carrier.amount or 0.0, []
    for buyer in group:
        taken.append(min(left, buyer.amount or 0.0))
        left -= taken[-1]
    return taken


def _gain_of_part(
    carrier: Buyer, group: Sequence[Buyer], offer: Offer, members: frozenset[str]
) -> float:
    """EUR a year of the carrier with some of the buyers."""
    part = [buyer for buyer in group if buyer.pool_id in members]
    if carrier.pool_id not in members or not part:
        return 0.0
    saved = sum(
        (buyer.unit_eur - carrier.unit_eur) * places
        for buyer, places in zip(part, _places_of(carrier, part), strict=True)
    )
    return saved - offer.cost_of_member(End.LIKELY) * (len(part) + 1)


def _told(code: str, audience: Audience, **values: object) -> Reason:
    """What a group would do with another's amounts and dates is for the agent alone."""
    return Reason(message=Message(code=code, values=values), audience=audience)


def _facts(deal: PoolDeal, start: datetime.date, as_of: datetime.date) -> Iterator[Reason]:
    category, spent = deal.offer.category, sum(buyer.eur or 0.0 for buyer in deal.group)
    if deal.lots:
        yield _told(
            "pooling.fact.lots",
            lots=deal.lots,
            units=sum(deal.pooled),
            size=category.lot_size,
            price=category.lot_eur,
            today=sum(
                buyer.unit_eur * units for buyer, units in zip(deal.group, deal.pooled, strict=True)
            ),
            audience=Audience.AGENT,
        )
        rest = sum(buyer.amount or 0.0 for buyer in deal.group) - sum(deal.pooled)
        if rest > 1e-6:
            yield _told("pooling.fact.rest", Audience.AGENT, units=rest)
    else:
        yield _told(
            "pooling.fact.discount",
            discount=deal.discount,
            today=spent,
            audience=Audience.AGENT,
        )
    if start > as_of:
        yield _told("pooling.fact.start", Audience.AGENT, date=start)


def _questions(deal: PoolDeal, survey: Survey, as_of: datetime.date) -> Iterator[Message]:
    yield Message(code="pooling.question.same-thing")
    for buyer in deal.group:
        name = survey.sites[buyer.site_id].name
        if buyer.pool.decided_here is None:
            yield Message(code="pooling.question.decided", values={"site": name})
        if buyer.notice_by is not None:
            late = buyer.notice_by < as_of
            yield Message(
                code="pooling.question.notice-late" if late else "pooling.question.notice",
                values={"site": name, "date": buyer.notice_by},
            )
    if deal.lots:
        yield Message(code="pooling.question.every-year")


def _conditions(
    group: Sequence[Buyer], near: Neighbours, as_of: datetime.date | None
) -> Iterator[str]:
    sites = [buyer.site_id for buyer in group]
    if near.has_competitors(sites):
        yield "competitors_together"
    if near.has_public(sites):
        yield "public_party_procurement"
    if as_of is not None and any(b.free_from is not None and b.free_from > as_of for b in group):
        yield "contract_notice"
