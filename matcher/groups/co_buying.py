"""A machine bought together: its annuity against what each pays to hire one today (49)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from matcher.candidates.bundles import Bundle, Gate, LeftOut, Member
from matcher.catalogue import Catalogue
from matcher.declarations import EquipmentMode, Survey
from matcher.groups.machines import AMOUNT_DOUBT, PRICE_DOUBT, Machine
from matcher.groups.misses import Miss, Misses
from matcher.groups.neighbours import Neighbours
from matcher.groups.sharing_deal import End, Terms
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

# Hours of animation until the owners' agreement is signed, and for each owner more; judgement.
HOURS_A_PURCHASE = 20.0
HOURS_AN_OWNER_MORE = 6.0
# Buyers of one class among whom groups are formed, those who would use it most first.
_GROUPS_AMONG = 9
FACTORS = ("sharing_follow_up", "sharing_trip", "hours_per_visit", "co_buy_running_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """EUR for the machine, years that it lasts, EUR a year for owning it."""

    price: float
    years: float
    yearly_cost: float


def annuity_of(price: float, years: float, rate: float) -> float:
    """EUR a year that pay a price back over its years, interest included."""
    return price / years if rate == 0 else price * rate / (1 - (1 + rate) ** -years)


def co_bought(
    same: Sequence[Machine],
    survey: Survey,
    near: Neighbours,
    terms: Mapping[End, Terms],
    catalogue: Catalogue,
    settings: Settings,
    misses: Misses,
) -> Iterator[Bundle]:
    """Every group of one class that a machine of its own would pay for."""
    willing = [machine for machine in same if machine.mode is EquipmentMode.CO_BUY]
    if not willing:
        return
    others = _could_join(same)
    if all(machine.item.purchase_eur is None for machine in willing):
        for machine in willing:
            misses.note(machine.item_id, Miss(gate=Gate.NOT_KNOWN, code="purchase-not-known"))
        return
    ranked = _ranked(willing, others)[:_GROUPS_AMONG]
    for size in range(2, min(settings.most_users_a_host, len(ranked)) + 1):
        for group in combinations(ranked, size):
            if any(machine.mode is EquipmentMode.CO_BUY for machine in group):
                answer = _bundle_or_miss(group, survey, near, terms, catalogue, settings)
                if isinstance(answer, Bundle):
                    yield answer
                elif answer is not None:
                    for machine in group:
                        rest = [one.item_id for one in group if one is not machine]
                        misses.note(machine.item_id, answer, *rest)


def _ranked(willing: Sequence[Machine], others: Sequence[Machine]) -> list[Machine]:
    """Those who would use it most first."""
    return sorted([*willing, *others], key=lambda one: (-sum(one.room), one.item_id))


def more_buyers(
    same: Sequence[Machine], terms: Mapping[End, Terms], settings: Settings
) -> Iterator[LeftOut]:
    """The groups with a buyer beyond those among whom groups were made: next to the machine, each
    saves its hire; the cheapest machine that was spoken of, over the longest life.
    """
    willing = [machine for machine in same if machine.mode is EquipmentMode.CO_BUY]
    prices = [m.item.purchase_eur for m in same if m.item.purchase_eur is not None]
    ranked = _ranked(willing, _could_join(same))
    beyond = frozenset(machine.item_id for machine in ranked[_GROUPS_AMONG:])
    if not willing or not prices or not beyond:
        return
    years = max([m.item.life_years or 0.0 for m in same] + [settings.machine_life_years])
    saved = _saved(ranked, [0.0] * len(ranked), terms[End.LIKELY])
    yield LeftOut(
        hub=None,
        worth={machine.item_id: each for machine, each in zip(ranked, saved, strict=True)},
        beyond=beyond,
        most=settings.most_users_a_host,
        at_once=len(ranked) // 2,
        cost=annuity_of(min(prices), years, settings.interest_rate),
    )


def _could_join(same: Sequence[Machine]) -> list[Machine]:
    """Those who hire one today at a price that they said."""
    return [
        machine
        for machine in same
        if machine.mode is None and not machine.is_offer and not machine.price.is_supposed
    ]


def _bundle_or_miss(
    group: Sequence[Machine],
    survey: Survey,
    near: Neighbours,
    terms: Mapping[End, Terms],
    catalogue: Catalogue,
    settings: Settings,
    purchase: Purchase | None = None,
) -> Bundle | Miss | None:
    """The host is who would use it most: the first of the group. ``purchase``: as already known."""
    sites = [machine.site_id for machine in group]
    if len(set(sites)) < len(sites):
        return None
    if any(near.shut_out(one, other) for one, other in combinations(sites, 2)):
        return Miss(gate=Gate.EXCLUDED, code="excluded-group")
    items = [machine.item_id for machine in group]
    if any(near.refused_before(one, other) for one, other in combinations(items, 2)):
        return Miss(gate=Gate.REFUSED, code="refused-before-group")
    if not near.may_meet(sites):
        return None
    km = [near.road_km(sites[0], site_id) for site_id in sites]
    if any(way is None for way in km):
        return Miss(gate=Gate.NOT_KNOWN, code="position-of-group")
    ways = [way or 0.0 for way in km]
    allowed = min(
        group[0].klass.radius_km,
        *(
            machine.item.max_distance_km
            for machine in group
            if machine.item.max_distance_km is not None
        ),
        float("inf"),
    )
    if max(ways) > allowed:
        gap = max(ways) - allowed
        return Miss(
            gate=Gate.TOO_FAR, code="group-too-far", gap=gap, unit="km", values={"gap": gap}
        )
    busiest = max(sum(machine.room[month] for machine in group) for month in range(12))
    if busiest > settings.machine_hours_a_month:
        gap = busiest - settings.machine_hours_a_month
        return Miss(
            gate=Gate.CAPACITY, code="one-machine-too-few", gap=gap, unit="h", values={"gap": gap}
        )
    purchase = purchase or _purchase(group, catalogue, settings)
    if purchase is None:
        return None
    saved = {end: _saved(group, ways, one) for end, one in terms.items()}
    likely = saved[End.LIKELY]
    value = sum(likely) - purchase.yearly_cost
    if value <= 0 or min(likely) <= 0:
        gap = max(-value, -min(likely))
        return Miss(
            gate=Gate.DOES_NOT_PAY,
            code="purchase-does-not-pay",
            gap=gap,
            unit="EUR/year",
            values={"gap": gap, "price": purchase.price, "yearly": purchase.yearly_cost},
        )
    found = _written(group, ways, saved, purchase, survey, near)
    part = partial(_gain_of_part, group, purchase, survey, near, terms, catalogue, settings)
    return replace(found, gain_of_part=part)


def _gain_of_part(
    group: Sequence[Machine],
    purchase: Purchase,
    survey: Survey,
    near: Neighbours,
    terms: Mapping[End, Terms],
    catalogue: Catalogue,
    settings: Settings,
    members: frozenset[str],
) -> float:
    """EUR a year of some of the buyers with their own machine; alone, no way and no follow-up."""
    part = [machine for machine in group if machine.item_id in members]
    if len(part) == 1:
        return terms[End.LIKELY].hire(part[0].price) * sum(part[0].room) - purchase.yearly_cost
    answer = _bundle_or_miss(part, survey, near, terms, catalogue, settings, purchase)
    return answer.worth if isinstance(answer, Bundle) else 0.0


def _purchase(
    group: Sequence[Machine], catalogue: Catalogue, settings: Settings
) -> Purchase | None:
    """The dearest of what was said, over the shortest life that was said."""
    prices = [m.item.purchase_eur for m in group if m.item.purchase_eur is not None]
    if not prices:
        return None
    lives = [m.item.life_years for m in group if m.item.life_years]
    years = min(lives, default=settings.machine_life_years)
    share = catalogue.factors["co_buy_running_share"]
    running = settings.factor_overrides.get(share.key, share.value)
    price = max(prices)
    yearly = annuity_of(price, years, settings.interest_rate) + running * price
    return Purchase(price=price, years=years, yearly_cost=yearly)


def _saved(group: Sequence[Machine], ways: Sequence[float], terms: Terms) -> list[float]:
    """EUR a year: today's hire, less the way to the machine and the follow-up."""
    doubt = {End.WORST: 1 - AMOUNT_DOUBT, End.LIKELY: 1.0, End.BEST: 1 + AMOUNT_DOUBT}
    return [
        sum(machine.room)
        * doubt[terms.end]
        * (terms.hire(machine.price) - 2 * way * terms.trip / terms.visit_hours)
        - terms.follow_up
        for machine, way in zip(group, ways, strict=True)
    ]


def _written(
    group: Sequence[Machine],
    ways: Sequence[float],
    saved: Mapping[End, Sequence[float]],
    purchase: Purchase,
    survey: Survey,
    near: Neighbours,
) -> Bundle:
    """Each pays in proportion to what it saves, so that each gains in the same proportion."""
    likely = saved[End.LIKELY]
    parts = [one / sum(likely) for one in likely]
    dearer = {End.WORST: 1 + PRICE_DOUBT, End.LIKELY: 1.0, End.BEST: 1 - PRICE_DOUBT}

    def gain(at: int, end: End) -> float:
        return saved[end][at] - parts[at] * purchase.yearly_cost * dearer[end]

    gains = [
        Range(value=gain(at, End.LIKELY), low=gain(at, End.WORST), high=gain(at, End.BEST))
        for at in range(len(group))
    ]
    sites = tuple(machine.site_id for machine in group)
    supposed = any(machine.price.is_supposed for machine in group)
    conditions = {"co_ownership", "machine_insurance"}
    if group[0].klass.licences:
        conditions.add("machine_licence")
    if near.has_competitors(sites):
        conditions.add("competitors_together")
    if near.has_public(sites):
        conditions.add("public_party_procurement")
    hours = sum(sum(machine.room) for machine in group)
    return Bundle(
        kind=ProposalKind.SHARING,
        object=group[0].klass.key,
        form="group",
        instrument="co_ownership",
        members=tuple(
            Member(
                site_id=machine.site_id,
                declaration_id=machine.item_id,
                role=Role.HOST if at == 0 else Role.USER,
                gain=gains[at],
                amount_by_month=machine.room,
                capex_eur=parts[at] * purchase.price,
            )
            for at, machine in enumerate(group)
        ),
        amount_per_year=hours,
        unit="h",
        value=Range(
            value=sum(gain(at, End.LIKELY) for at in range(len(group))),
            low=sum(gain(at, End.WORST) for at in range(len(group))),
            high=sum(gain(at, End.BEST) for at in range(len(group))),
        ),
        distance_km=max(ways),
        effort_hours=HOURS_A_PURCHASE + HOURS_AN_OWNER_MORE * (len(group) - 2),
        delay=Delay.MONTHS_3_TO_12,
        first_step=Message(
            code="sharing.first-step.co-buy", values={"host": survey.sites[sites[0]].name}
        ),
        confidence=Confidence.LOW if supposed else Confidence.MEDIUM,
        confidence_reasons=(
            Message(
                code="sharing.confidence.price-today"
                if supposed
                else "sharing.confidence.purchase-declared"
            ),
        ),
        claims={
            ("room", machine.item_id, f"{month:02d}"): amount
            for machine in group
            for month, amount in enumerate(machine.room, start=1)
            if amount > 0
        },
        facts=(
            Reason(message=Message(code="sharing.fact.mode-co_buy"), audience=Audience.FIRM),
            Reason(
                message=Message(
                    code="sharing.fact.purchase",
                    values={
                        "price": purchase.price,
                        "years": purchase.years,
                        "yearly": purchase.yearly_cost,
                        "hours": hours,
                        "today": sum(likely),
                    },
                ),
                audience=Audience.AGENT,
            ),
        ),
        questions=(Message(code="sharing.question.purchase"),),
        conditions=tuple(sorted(conditions)),
        factors=FACTORS,
    )
