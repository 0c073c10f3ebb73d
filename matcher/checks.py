"""Points to confirm on a proposal: the law is asked, never decided."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from matcher.catalogue import Catalogue, Kind, Rank, Route
from matcher.declarations import (
    AnimalOrigin,
    Flow,
    Hazard,
    LegalStatus,
    Permit,
    PermitKind,
    SiteKind,
    Survey,
)
from matcher.plan import Check, CheckSeverity

NOTICE_HORIZON_DAYS = 366
"""A contract that ends within a year of the round is free in time, with notice to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What the conditions look at: the two flows, the way between them and the date."""

    giver: Flow
    taker: Flow
    route: Route
    given_kind: Kind
    hazard: Hazard  # of this batch, as the gate of the same name sees it
    as_of: datetime.date
    one_off: bool


def checks_for(deal: Deal, survey: Survey, catalogue: Catalogue) -> tuple[Check, ...]:
    """The rows of ``legal_checks.csv`` whose condition holds, blocking ones first."""
    return checks_of(frozenset(_conditions(deal, survey, catalogue)), catalogue)


def checks_of(conditions: frozenset[str], catalogue: Catalogue) -> tuple[Check, ...]:
    """The rows of ``legal_checks.csv`` of some conditions, blocking ones first."""
    order = list(CheckSeverity)
    found = [
        Check(
            code=row.condition,
            question={"fr": row.question_fr, "en": row.question_en},
            article=row.article,
            article_date=row.article_date,
            severity=CheckSeverity(row.severity),
            who=row.who,
            before=row.before,
        )
        for row in catalogue.legal_checks.values()
        if row.condition in conditions
    ]
    return tuple(sorted(found, key=lambda check: (order.index(check.severity), check.code)))


def _conditions(deal: Deal, survey: Survey, catalogue: Catalogue) -> Iterator[str]:
    """Names of the conditions that hold, as ``legal_checks.csv`` spells them."""
    if deal.given_kind is Kind.MATTER:
        yield from _matter_conditions(deal, survey, catalogue)
    if deal.given_kind is Kind.WATER:
        yield "water_reuse_route"
    if deal.given_kind is Kind.ENERGY:
        yield "heat_sale"
    ends = (deal.giver, deal.taker)
    if any(survey.sites[flow.site_id].kind is SiteKind.PUBLIC for flow in ends):
        yield "public_party_procurement"
    if any(
        flow.contract_end is not None
        and deal.as_of < flow.contract_end
        and (flow.contract_end - deal.as_of).days <= NOTICE_HORIZON_DAYS
        for flow in ends
    ):
        yield "contract_notice"


def _matter_conditions(deal: Deal, survey: Survey, catalogue: Catalogue) -> Iterator[str]:
    giver = deal.giver
    permits = list(survey.permits_of(deal.taker.site_id))
    yield from _waste_conditions(deal, permits)
    if deal.hazard is Hazard.YES:
        yield "hazardous_traceability"
    if deal.hazard is Hazard.TO_CHECK:
        yield "mirror_entry_not_analysed"
    if giver.animal_origin in (AnimalOrigin.C1, AnimalOrigin.C2, AnimalOrigin.C3) and not any(
        permit.kind is PermitKind.ANIMAL_BY_PRODUCTS for permit in permits
    ):
        yield "animal_by_products_approval"
    family = catalogue.resources[deal.route.from_resource].family
    if deal.route.rank_to is Rank.ENERGY and family == "wood":
        yield "wood_fuel_class"
    if deal.route.rank_to is Rank.FEED:
        yield "feed_registration"
    if deal.one_off and giver.resource == "excavated_earth":
        yield "one_off_earth_traceability"


def _waste_conditions(deal: Deal, taker_permits: list[Permit]) -> Iterator[str]:
    """A giver's matter is taken for waste unless it is declared a product."""
    if deal.giver.status in (LegalStatus.PRODUCT, LegalStatus.END_OF_WASTE):
        yield "product_status"
        return
    yield "broker_guard"
    yield "producer_responsibility"
    if deal.giver.status is LegalStatus.BY_PRODUCT:
        yield "by_product_claim"
    elif not any(permit.kind is PermitKind.ICPE for permit in taker_permits):
        yield "receiver_permit_unknown"
    if deal.giver.status is LegalStatus.UNKNOWN:
        yield "end_of_waste"
