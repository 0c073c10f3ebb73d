"""Points to confirm on a proposal: the law is asked, never decided."""

from __future__ import annotations

import datetime
import re
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
    Site,
    SiteKind,
    Survey,
)
from matcher.plan import Check, CheckSeverity

NOTICE_HORIZON_DAYS = 366
"""What ends or changes within a year of the round matters to it: a contract, a waste code."""

_FRENCH_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)


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
    """The points to confirm on one exchange, blocking ones first."""
    return checks_of(frozenset(_conditions(deal, survey, catalogue)), catalogue, deal.as_of)


def checks_of(
    conditions: frozenset[str], catalogue: Catalogue, day: datetime.date
) -> tuple[Check, ...]:
    """The rows of ``legal_checks.csv`` of some conditions, in force on ``day``."""
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
        if row.condition in conditions and row.is_in_force(day)
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
    yield from _waste_conditions(deal, survey, catalogue, permits)
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


def _is_abroad(site: Site) -> bool:
    """Whether a site's commune code is of another country: no SIRET, and no French form."""
    code = site.commune_code
    return site.siret is None and code is not None and not _FRENCH_COMMUNE.fullmatch(code)


def _waste_conditions(
    deal: Deal, survey: Survey, catalogue: Catalogue, taker_permits: list[Permit]
) -> Iterator[str]:
    """A giver's matter is taken for waste unless it is declared a product."""
    if deal.giver.status in (LegalStatus.PRODUCT, LegalStatus.END_OF_WASTE):
        yield "product_status"
        return
    yield "broker_guard"
    yield "producer_responsibility"
    giver, taker = (survey.sites[flow.site_id] for flow in (deal.giver, deal.taker))
    if _is_abroad(giver) != _is_abroad(taker):
        yield "cross_border"
    if deal.giver.status is LegalStatus.BY_PRODUCT:
        yield "by_product_claim"
    elif not any(permit.kind is PermitKind.ICPE for permit in taker_permits):
        yield "receiver_permit_unknown"
    if deal.giver.status is LegalStatus.UNKNOWN:
        yield "end_of_waste"
    if catalogue.resources[deal.route.from_resource].producer_scheme:
        yield "extended_producer_scheme"
    entry = catalogue.waste_code(deal.giver.waste_code or "")
    if entry is not None and entry.to_confirm_from is not None:
        if (entry.to_confirm_from - deal.as_of).days <= NOTICE_HORIZON_DAYS:
            yield "waste_code_may_change"
