"""What the outputs show of sites and declarations: labels and totals, nothing to reckon with."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.catalogue import Catalogue, Kind
from matcher.declarations import Site, Survey
from matcher.plan import DeclarationView, SiteView


def site_views(
    survey: Survey, catalogue: Catalogue, clusters: Mapping[str, int]
) -> dict[str, SiteView]:
    """One view a site, sorted by id; totals in t, MWh and m3 a year, None when nothing is known."""
    totals: dict[str, dict[Kind, float]] = {}
    for flow in survey.flows.values():
        if flow.resource is not None and flow.amount is not None:
            kind = catalogue.resources[flow.resource].kind
            held = totals.setdefault(flow.site_id, {})
            held[kind] = held.get(kind, 0.0) + flow.amount
    return {
        site_id: _site_view(survey.sites[site_id], survey, totals.get(site_id, {}), clusters)
        for site_id in sorted(survey.sites)
    }


def _site_view(
    site: Site, survey: Survey, totals: Mapping[Kind, float], clusters: Mapping[str, int]
) -> SiteView:
    position = survey.position(site)
    return SiteView(
        site_id=site.site_id,
        name=site.name,
        firm_id=site.firm_id,
        kind=site.kind.value,
        latitude=None if position is None else position[0],
        longitude=None if position is None else position[1],
        commune_code=site.commune_code,
        park=site.park,
        activity_code=site.activity_code,
        cluster=clusters.get(site.site_id),
        flow_t_per_year=totals.get(Kind.MATTER),
        flow_mwh_per_year=totals.get(Kind.ENERGY),
        flow_m3_per_year=totals.get(Kind.WATER),
    )


def declaration_views(survey: Survey, catalogue: Catalogue) -> dict[str, DeclarationView]:
    """One view a declaration of every table, by id."""
    views: dict[str, DeclarationView] = {}
    for flow_id, flow in survey.flows.items():
        resource = None if flow.resource is None else catalogue.resources[flow.resource]
        words = {"fr": flow.declared_resource, "en": flow.declared_resource}
        views[flow_id] = DeclarationView(
            declaration_id=flow_id,
            site_id=flow.site_id,
            table="flows",
            direction=flow.direction.value,
            label=words if resource is None else _labels(resource.label_fr, resource.label_en),
            family="matter" if resource is None else resource.kind.value,
            amount=flow.amount,
            unit=None if resource is None else resource.unit.value,
            basis=flow.basis.value,
            secrecy=flow.secrecy.value,
        )
    for item_id, item in survey.equipment.items():
        known = catalogue.equipment_classes.get(item.equipment)
        views[item_id] = DeclarationView(
            declaration_id=item_id,
            site_id=item.site_id,
            table="equipment",
            direction=item.direction.value,
            label=_labels(item.equipment, item.equipment)
            if known is None
            else _labels(known.label_fr, known.label_en),
            family="equipment",
            amount=sum(item.hours_by_month) if item.hours_by_month else item.area_m2,
            unit="h" if item.hours_by_month else "m2" if item.area_m2 else None,
            basis=item.basis.value,
            secrecy=item.secrecy.value,
        )
    for job_id, job in survey.jobs.items():
        views[job_id] = DeclarationView(
            declaration_id=job_id,
            site_id=job.site_id,
            table="jobs",
            direction=job.direction.value,
            label=_labels(job.title, job.title),
            family="jobs",
            amount=sum(job.hours_by_month) if job.hours_by_month else None,
            unit="h" if job.hours_by_month else None,
            basis=job.basis.value,
            secrecy=job.secrecy.value,
        )
    for pool_id, pool in survey.pools.items():
        category = catalogue.service_categories.get(pool.category)
        views[pool_id] = DeclarationView(
            declaration_id=pool_id,
            site_id=pool.site_id,
            table="pools",
            direction=pool.direction.value,
            label=_labels(pool.category, pool.category)
            if category is None
            else _labels(category.label_fr, category.label_en),
            family="services",
            amount=pool.amount,
            unit=pool.unit,
            basis=pool.basis.value,
            secrecy=pool.secrecy.value,
        )
    return dict(sorted(views.items()))


def _labels(french: str, english: str) -> dict[str, str]:
    return {"fr": french, "en": english}
