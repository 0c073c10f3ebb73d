"""From a deal to its bundle: who, how, which points to confirm, what to ask, what to do first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from matcher.candidates.bundles import Bundle, ClaimKey, Member
from matcher.catalogue import MachinePlace
from matcher.declarations import EquipmentMode, Months, Survey, Tenure
from matcher.groups.machines import Machine
from matcher.groups.neighbours import Neighbours
from matcher.groups.sharing_deal import FACTORS, Deal, Terms, gain_of_part
from matcher.groups.sharing_gates import MODE_NAMES, Pair
from matcher.terms import Audience, Confidence, Delay, Message, ProposalKind, Reason, Role

# Hours of animation until the agreement: a visit, two calls, reading the draft; and for each user
# more. Engineering judgement.
HOURS_A_PAIR = 8.0
HOURS_A_USER_MORE = 4.0
# Divisions of the activity code that make food, drugs or care: their hygiene binds the others.
_CLEAN_TRADES = frozenset({"10", "11", "12", "21", "86", "87"})
_INSTRUMENTS = {
    EquipmentMode.LEND: "equipment_loan",
    EquipmentMode.ON_SITE: "on_site_use",
    EquipmentMode.SERVICE: "service_contract",
}


def claims_of(deal: Deal, terms: Terms) -> dict[ClaimKey, float]:
    """Hours or m2 of the host, set-up included, and of each user's need, month by month."""
    claims: dict[ClaimKey, float] = {}
    for month in range(12):
        name = f"{month + 1:02d}"
        taken = 0.0
        for pair, served in zip(deal.pairs, deal.served, strict=True):
            if served[month] > 0:
                claims["room", pair.user.item_id, name] = served[month]
                taken += served[month] * (1 + terms.set_up_share(pair))
        if taken > 0:
            claims["room", deal.pairs[0].host.item_id, name] = taken
    return claims


def limits_of(machine: Machine) -> dict[ClaimKey, float]:
    """The room of a machine, or of a need, month by month."""
    return {
        ("room", machine.item_id, f"{month:02d}"): amount
        for month, amount in enumerate(machine.room, start=1)
    }


def bundle_of(deal: Deal, terms: Terms, survey: Survey, near: Neighbours) -> Bundle:
    """The deal as a candidate of the plan."""
    first = deal.pairs[0]
    host, users = first.host, [pair.user for pair in deal.pairs]
    sites = tuple(dict.fromkeys([host.site_id, *(user.site_id for user in users)]))
    confidence, doubts = _confidence(deal)
    return Bundle(
        kind=ProposalKind.SHARING,
        object=host.klass.key,
        form="contract" if len(users) == 1 else "group",
        instrument=_instrument(first),
        members=(
            Member(
                site_id=host.site_id,
                declaration_id=host.item_id,
                role=Role.HOST,
                gain=deal.host_gain,
                amount_by_month=_added(deal.served),
            ),
            *(
                Member(
                    site_id=user.site_id,
                    declaration_id=user.item_id,
                    role=Role.USER,
                    gain=gain,
                    amount_by_month=served,
                )
                for user, gain, served in zip(users, deal.user_gains, deal.served, strict=True)
            ),
        ),
        amount_per_year=deal.amount,
        unit="m2.month" if host.is_space else "h",
        value=deal.value,
        distance_km=max(pair.km for pair in deal.pairs),
        effort_hours=HOURS_A_PAIR + HOURS_A_USER_MORE * (len(users) - 1),
        delay=Delay.MONTHS_3_TO_12 if _is_let_on(host) else Delay.UNDER_3_MONTHS,
        first_step=_first_step(first, survey),
        confidence=confidence,
        confidence_reasons=doubts,
        one_off=all(pair.one_off for pair in deal.pairs),
        price_low=deal.price_low,
        fair_price=deal.fair_price,
        price_high=deal.price_high,
        claims=claims_of(deal, terms),
        facts=tuple(_facts(deal, terms)),
        questions=tuple(_questions(deal, survey)),
        conditions=tuple(sorted(_conditions(deal, survey, near, sites))),
        factors=FACTORS,
        gain_of_part=partial(gain_of_part, deal, terms) if len(users) > 1 else None,
    )


def _added(parts: tuple[Months, ...]) -> Months:
    return tuple(sum(part[month] for part in parts) for month in range(12))


def _is_let_on(host: Machine) -> bool:
    """Floor that its tenant would let another use."""
    return host.is_space and host.item.tenure is Tenure.TENANT


def _instrument(pair: Pair) -> str:
    if pair.host.is_space:
        return "sublease" if _is_let_on(pair.host) else "premises_agreement"
    return _INSTRUMENTS[pair.mode]


def _first_step(pair: Pair, survey: Survey) -> Message:
    values: Mapping[str, object] = {
        "host": survey.sites[pair.host.site_id].name,
        "user": survey.sites[pair.user.site_id].name,
    }
    if _is_let_on(pair.host):
        return Message(code="sharing.first-step.landlord", values=values)
    if pair.host.is_space:
        return Message(code="sharing.first-step.visit", values=values)
    if pair.mode is EquipmentMode.SERVICE:
        return Message(code="sharing.first-step.service", values=values)
    if pair.is_lent:
        return Message(code="sharing.first-step.lend", values=values)
    return Message(code="sharing.first-step.on-site", values=values)


def _facts(deal: Deal, terms: Terms) -> Iterator[Reason]:
    pair = deal.pairs[0]
    yield _told(
        "sharing.fact.floor" if pair.host.is_space else f"sharing.fact.mode-{pair.mode.value}"
    )
    distance = max(each.km for each in deal.pairs)
    if len(deal.pairs) == 1:
        yield _told("reasons.distance", Audience.AGENT, distance_km=distance)
    else:
        yield _told("sharing.fact.farthest", Audience.AGENT, distance_km=distance)
    for each, served in zip(deal.pairs, deal.served, strict=True):
        months = sum(1 for amount in served if amount > 0)
        yield _told(
            "sharing.fact.reckoning-floor" if pair.host.is_space else "sharing.fact.reckoning",
            audience=Audience.AGENT,
            amount=sum(served),
            months=months,
            today=each.user.price.value,
            asked=each.host.price.value,
            way=terms.unit_cost(each) - terms.asked(each.host.price),
            fixed=terms.yearly_cost(each, served),
        )
        wanted = sum(each.user.room)
        if sum(served) < wanted - 1e-9:
            yield _told("sharing.fact.part-of-the-need", Audience.AGENT, share=sum(served) / wanted)


def _told(code: str, audience: Audience = Audience.FIRM, **values: object) -> Reason:
    return Reason(message=Message(code=code, values=values), audience=audience)


def _questions(deal: Deal, survey: Survey) -> Iterator[Message]:
    pair = deal.pairs[0]
    host = pair.host
    for each in deal.pairs:
        if each.user.item.spec or host.item.spec:
            yield Message(
                code="sharing.question.spec",
                values={"wanted": each.user.item.spec or "?", "offered": host.item.spec or "?"},
            )
        if each.user.price.is_supposed:
            yield Message(
                code="sharing.question.price-today",
                values={"site": survey.sites[each.user.site_id].name},
            )
    if host.price.is_supposed:
        yield Message(
            code="sharing.question.price-asked", values={"site": survey.sites[host.site_id].name}
        )
    ends = [each.certificate_ends for each in deal.pairs if each.certificate_ends is not None]
    if ends:
        yield Message(code="sharing.question.certificate", values={"date": min(ends)})
    if host.is_space:
        yield Message(code="sharing.question.goods")
    if host.mode is None and pair.user.mode is None and not host.is_space:
        yield Message(code="sharing.question.mode", values={"mode": dict(MODE_NAMES[pair.mode])})


def _conditions(
    deal: Deal, survey: Survey, near: Neighbours, sites: tuple[str, ...]
) -> Iterator[str]:
    pair = deal.pairs[0]
    host = pair.host
    yield "machine_insurance"
    if host.is_space:
        if host.item.tenure is Tenure.TENANT:
            yield "landlord_agreement"
        elif host.item.tenure is None:
            yield "tenure_not_said"
    else:
        if pair.mode is EquipmentMode.SERVICE:
            yield "service_not_staff_loan"
        if pair.mode is EquipmentMode.ON_SITE:
            yield "prevention_plan"
        if host.klass.licences and pair.mode is not EquipmentMode.SERVICE:
            yield "machine_licence"
        is_inspected = bool(host.klass.licences) or host.klass.place is MachinePlace.MOBILE
        if any(each.certificate_ends for each in deal.pairs) or (
            is_inspected and host.item.certificate_until is None
        ):
            yield "machine_certificate"
    trades = {(survey.sites[site_id].activity_code or "")[:2] for site_id in sites}
    if host.klass.hygiene and trades & _CLEAN_TRADES:
        yield "shared_hygiene"
    if near.has_competitors(sites):
        yield "competitors_together"
    if near.has_public(sites):
        yield "public_party_procurement"


def _confidence(deal: Deal) -> tuple[Confidence, tuple[Message, ...]]:
    """High when both prices are the firms' own, low when both are ours."""
    host = deal.pairs[0].host.price.is_supposed
    user = any(pair.user.price.is_supposed for pair in deal.pairs)
    doubts = [
        Message(code=f"sharing.confidence.{name}")
        for name, supposed in (("price-asked", host), ("price-today", user))
        if supposed
    ]
    if not doubts:
        return Confidence.HIGH, (Message(code="sharing.confidence.declared"),)
    return (Confidence.LOW if host and user else Confidence.MEDIUM), tuple(doubts)
