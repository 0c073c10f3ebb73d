"""Leads outside: for an offer without a taker in the round, known sites whose trade takes it.

They are whom to call, never proposals: those sites have declared nothing (not in the round, or
silent in it), no gain is reckoned, and nothing of them is in the optimum.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from matcher.catalogue import Catalogue
from matcher.declarations import Basis, Direction, Flow, Site, SiteKind, Survey, Way
from matcher.groups.neighbours import Neighbours
from matcher.plan import LeadOutside, OutsideSite, OutsideTrade
from matcher.settings import Settings
from matcher.suggesting.receivers import receivers

MOST_TRADES, MOST_SITES = 3, 5
"""Trades named for an offer, and sites for a trade: what a person calls in an afternoon."""


def leads_outside(
    survey: Survey,
    register: Sequence[Site],
    has_taker: frozenset[str],
    catalogue: Catalogue,
    settings: Settings,
) -> tuple[LeadOutside, ...]:
    """Trades that take what nobody in the round takes, and the register's sites that have them.

    Only what a firm has declared itself, has to give now, is not paid for, and no declared need of
    the round could take (those that are in ``has_taker``). What costs the giver most today comes
    first. Without a register: none.
    """
    if not register:
        return ()
    search = _Search(survey, register, catalogue, settings)
    offers = [
        flow
        for flow in survey.flows.values()
        if _is_open(flow, settings.round_day) and flow.flow_id not in has_taker
    ]
    offers.sort(key=lambda flow: (-_paid_today(flow), flow.flow_id))
    found = (search.of(flow) for flow in offers)
    return tuple(lead for lead in found if lead.trades)


def _is_open(flow: Flow, day: datetime.date) -> bool:
    """Whether somebody declared an offer that looks for a taker on the day of the round."""
    is_paid = flow.today_way is Way.IS_PAID or (flow.today_cost_eur_per_unit or 0.0) < 0
    return (
        flow.direction is Direction.OFFER
        and flow.resource is not None
        and flow.basis is not Basis.INFERRED
        and flow.amount != 0
        and not is_paid
        and (flow.available_until is None or flow.available_until >= day)
        and (flow.contract_end is None or flow.contract_end <= day)
    )


def _paid_today(flow: Flow) -> float:
    return (flow.today_cost_eur_per_unit or 0.0) * (flow.amount or 0.0)


def _answered(survey: Survey) -> frozenset[str]:
    """Sites that have declared something: of the others, a supposition is all that is known."""
    tables = (survey.flows, survey.equipment, survey.jobs, survey.pools)
    return frozenset(
        row.site_id for table in tables for row in table.values() if row.basis is not Basis.INFERRED
    )


class _Search:
    """The register by trade, with distances from the round's sites."""

    def __init__(
        self, survey: Survey, register: Sequence[Site], catalogue: Catalogue, settings: Settings
    ) -> None:
        self._survey = survey
        self._catalogue = catalogue
        answered = {survey.sites[site_id] for site_id in _answered(survey)}
        sirets = {site.siret for site in answered if site.siret}
        ids = {site.site_id for site in answered}
        self._outside = {
            f"outside:{site.site_id}": site
            for site in register
            if site.kind is not SiteKind.VACANT
            and site.site_id not in ids
            and site.siret not in sirets
        }
        everybody = dataclasses.replace(survey, sites={**survey.sites, **self._outside})
        self._neighbours = Neighbours(everybody, settings)
        self._by_trade: dict[str, list[str]] = defaultdict(list)
        for key, site in sorted(self._outside.items()):
            self._by_trade[(site.activity_code or "")[:4]].append(key)

    def of(self, flow: Flow) -> LeadOutside:
        """The trades for one offer: those with a known site first in view, else the usual ones."""
        resource = self._catalogue.resources[flow.resource or ""]
        radius = resource.radius_km
        if flow.max_distance_km is not None:
            radius = min(radius, flow.max_distance_km)
        trades = [
            OutsideTrade(
                activity=row.activity,
                label={
                    "fr": self._catalogue.activity_label(row.activity, "fr") or row.activity,
                    "en": self._catalogue.activity_label(row.activity, "en") or row.activity,
                },
                use={"fr": row.use_fr, "en": row.use_en},
                evidence=f"receivers:{row.key}",
                sites=near[:MOST_SITES],
                more_sites=max(len(near) - MOST_SITES, 0),
            )
            for row in receivers().get(resource.key, ())
            for near in (self._near(flow, self._by_trade.get(row.activity, ()), radius),)
        ]
        known = [trade for trade in trades if trade.sites]
        return LeadOutside(
            declaration_id=flow.flow_id,
            site_id=flow.site_id,
            resource=resource.key,
            trades=tuple((known or trades)[:MOST_TRADES]),
        )

    def _near(self, flow: Flow, keys: Iterable[str], radius_km: float) -> tuple[OutsideSite, ...]:
        """Sites within reach, the nearest first; those without a position last."""
        found: list[tuple[float, str, OutsideSite]] = []
        for key in keys:
            if self._neighbours.shut_out(flow.site_id, key):
                continue
            if self._neighbours.same_firm(flow.site_id, key):
                continue
            km = self._neighbours.road_km(flow.site_id, key)
            if km is not None and km > radius_km:
                continue
            site = self._outside[key]
            view = OutsideSite(
                name=site.name,
                siret=site.siret,
                activity_code=site.activity_code or "",
                distance_km=km,
            )
            found.append((float("inf") if km is None else km, key, view))
        return tuple(view for _, _, view in sorted(found, key=lambda item: item[:2]))
