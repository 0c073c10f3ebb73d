"""A plan as leads: the reckoning of each, and of each party the card that the others will read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from matcher.catalogue import Catalogue, Kind, load_catalogue
from matcher.declarations import LegalStatus, Survey
from matcher.plan import Party, Plan, Proposal, ProposalKind
from matcher.plan.as_json import plan_to_dict
from webapp.disclosure import (
    COARSEST,
    Attributes,
    Band,
    Candidate,
    Card,
    OwnGain,
    card_of,
    coarsened,
    firms_behind,
    own_gain,
)

EARTH_RADIUS_KM = 6371.0
DETOUR = 1.3  # contract 3.1: road over great circle


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyDraft:
    """One party, ready to be stored. ``own``: what this party itself may read of its part."""

    site_id: str
    declaration_id: str
    role: str
    secrecy: str
    card: dict[str, Any]
    behind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDraft:
    """One proposal, ready to be stored."""

    kind: str
    is_waste: bool
    reckoning: dict[str, Any]
    parties: tuple[PartyDraft, ...]


def leads_of(plan: Plan, survey: Survey, least_hiding: int) -> tuple[LeadDraft, ...]:
    """Every proposal of a plan, in its order."""
    catalogue = load_catalogue()
    reckonings = plan_to_dict(plan)["proposals"]
    attributes = _attributes(plan, survey, catalogue)
    return tuple(
        LeadDraft(
            kind=proposal.kind.value,
            is_waste=_is_waste(proposal, survey, catalogue),
            reckoning=reckoning,
            parties=tuple(
                _party(party, proposal, plan, survey, attributes, least_hiding)
                for party in proposal.parties
            ),
        )
        for proposal, reckoning in zip(plan.proposals, reckonings, strict=True)
    )


def card_from(data: Mapping[str, Any]) -> Card:
    """A card as it was stored."""
    values = dict(data)
    for name in ("amount", "distance"):
        values[name] = None if values[name] is None else Band(**values[name])
    return Card(**values)


def card_at(data: Mapping[str, Any], coarseness: int) -> dict[str, Any]:
    """A stored party's card, made anew at another level, with how many could hide behind it."""
    card = card_of(Attributes(**data["attributes"]), coarseness)
    behind = data["behind_by_level"][coarseness]
    return {**data, "card": asdict(card), "behind": behind}


def gain_from(data: Mapping[str, Any] | None) -> OwnGain | None:
    """An own gain as it was stored."""
    return None if data is None else OwnGain(**data)


def _party(
    party: Party,
    proposal: Proposal,
    plan: Plan,
    survey: Survey,
    attributes: Mapping[str, Attributes],
    least_hiding: int,
) -> PartyDraft:
    reader = next(other.site_id for other in proposal.parties if other.site_id != party.site_id)
    mine = dataclasses.replace(attributes[party.declaration_id], distance_km=proposal.distance_km)
    around = [
        Candidate(
            firm_id=_number(plan.sites[plan.declarations[key].site_id].firm_id),
            attributes=dataclasses.replace(
                mine if key == party.declaration_id else other,
                distance_km=proposal.distance_km
                if key == party.declaration_id
                else _distance(survey, plan.declarations[key].site_id, reader),
            ),
        )
        for key, other in attributes.items()
        if plan.declarations[key].site_id != reader
    ]
    card, behind = coarsened(mine, around, least_hiding)
    view = plan.declarations[party.declaration_id]
    flow = survey.flows.get(party.declaration_id)
    gain = (
        None
        if flow is None
        else own_gain(
            direction=flow.direction.value,
            amount=flow.amount,
            cost_eur_per_unit=flow.today_cost_eur_per_unit,
        )
    )
    return PartyDraft(
        site_id=party.site_id,
        declaration_id=party.declaration_id,
        role=party.role.value,
        secrecy=view.secrecy,
        card={
            "card": asdict(card),
            "attributes": asdict(mine),
            "behind_by_level": [
                firms_behind(card_of(mine, level), around) for level in range(COARSEST + 1)
            ],
            "behind": behind,
            "label": dict(view.label),
            "own_gain": None if gain is None else asdict(gain),
            "inferred": party.inferred,
            "note": None,
        },
        behind=behind,
    )


def _attributes(plan: Plan, survey: Survey, catalogue: Catalogue) -> dict[str, Attributes]:
    """What a card of each declaration could say; distances come with the reader."""
    found = {}
    for key, view in plan.declarations.items():
        flow = survey.flows.get(key)
        resource = None if flow is None or flow.resource is None else flow.resource
        is_open = view.secrecy == "open"
        found[key] = Attributes(
            direction=view.direction,
            family=view.family if resource is None else catalogue.resources[resource].family,
            amount=view.amount,
            unit=view.unit or "",
            recurrence="regular" if flow is None else flow.recurrence.value,
            distance_km=None,
            open_name=plan.sites[view.site_id].name if is_open else None,
            kind=view.family if resource is None else catalogue.resources[resource].kind.value,
        )
    return found


def _is_waste(proposal: Proposal, survey: Survey, catalogue: Catalogue) -> bool:
    """Whether the law on waste may bear on it: matter that nobody has called a product."""
    resource = catalogue.resources.get(proposal.object)
    if proposal.kind is not ProposalKind.EXCHANGE or resource is None:
        return False
    products = {LegalStatus.PRODUCT, LegalStatus.BY_PRODUCT, LegalStatus.END_OF_WASTE}
    giver = survey.flows.get(proposal.parties[0].declaration_id)
    return resource.kind is Kind.MATTER and (giver is None or giver.status not in products)


def _number(firm_id: str) -> int:
    """A firm as a number: only sameness counts."""
    return int.from_bytes(firm_id.encode(), "big")


def _distance(survey: Survey, left: str, right: str) -> float | None:
    """Kilometres by road between two sites; None where a position is not known."""
    ends = [_position(survey, left), _position(survey, right)]
    if ends[0] is None or ends[1] is None:
        return None
    (a, b), (c, d) = ends[0], ends[1]
    north, east = math.radians(c - a) / 2, math.radians(d - b) / 2
    part = (
        math.sin(north) ** 2
        + math.cos(math.radians(a)) * math.cos(math.radians(c)) * math.sin(east) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, part))) * DETOUR


def _position(survey: Survey, site_id: str) -> tuple[float, float] | None:
    site = survey.sites[site_id]
    if site.latitude is not None and site.longitude is not None:
        return site.latitude, site.longitude
    place = survey.places.get(site.commune_code or "")
    return None if place is None else (place.latitude, place.longitude)
