"""Doubts that only show across rows: a firm twice, a machine of two owners, too much for so few."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from matcher.catalogue import Catalogue
from matcher.catalogue.loading import default_folder
from matcher.declarations import (
    Basis,
    Direction,
    Equipment,
    Flow,
    Job,
    Place,
    Pool,
    Site,
    SiteKind,
    Tenure,
)
from matcher.reading.tables import TypedRow
from matcher.survey_format import fold

Rows = Mapping[str, TypedRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plausible:
    """The most that one person's work usually explains, in the resource's unit a year."""

    subject: str
    unit: str
    most_per_head: float


@cache
def plausibility() -> Mapping[tuple[str, str], Plausible]:
    """Resource or family, and unit -> threshold, from ``plausibility.csv``."""
    with (default_folder() / "plausibility.csv").open(encoding="utf-8", newline="") as stream:
        return {
            (line["subject"], line["unit"]): Plausible(
                subject=line["subject"],
                unit=line["unit"],
                most_per_head=float(line["most_per_head"]),
            )
            for line in csv.DictReader(stream)
        }


def doubt_sites(
    sites: Mapping[str, Site],
    rows: Rows,
    places: Mapping[str, Place],
    register: Collection[str] | None,
) -> None:
    """Sites there twice, without a position, or absent from the register."""
    first_with: dict[str, str] = {}
    for site_id, site in sites.items():
        row = rows[site_id]
        if site.siret is not None:
            other = first_with.setdefault(site.siret, site_id)
            if other != site_id:
                row.warn("siret-twice", "siret", other=other)
            if register is not None and site.siret not in register:
                row.warn("siret-not-in-register", "siret")
        key = f"{fold(site.name)} {site.commune_code} {site.latitude} {site.longitude}"
        other = first_with.setdefault(key, site_id)
        if other != site_id and (site.siret is None or sites[other].siret is None):
            row.warn("site-twice", "name", other=other)
        if site.latitude is None and site.commune_code not in places:
            row.warn("position-missing", "name")


def doubt_equipment(equipment: Mapping[str, Equipment], rows: Rows) -> None:
    """The same machine (same words, same specification) offered at two sites, rented at none."""
    owners: dict[tuple[str, str], Equipment] = {}
    for item in equipment.values():
        if item.direction is not Direction.OFFER or item.tenure is Tenure.TENANT:
            continue
        if not item.spec or item.basis is Basis.INFERRED:  # supposed in the same words of each
            continue
        other = owners.setdefault((fold(item.equipment), fold(item.spec)), item)
        if other.site_id != item.site_id:
            rows[item.item_id].warn(
                "equipment-two-owners", "spec", other=other.item_id, site=other.site_id
            )


def doubt_amounts(
    flows: Iterable[Flow], sites: Mapping[str, Site], rows: Rows, catalogue: Catalogue
) -> None:
    """Amounts that so few people can hardly make or use: a slip of unit or of thousands."""
    limits = plausibility()
    for flow in flows:
        headcount = sites[flow.site_id].headcount
        if flow.resource is None or flow.amount is None or not headcount:
            continue
        if sites[flow.site_id].kind is not SiteKind.FIRM:
            continue
        resource = catalogue.resources[flow.resource]
        unit = str(resource.unit)
        limit = limits.get((resource.key, unit)) or limits.get((resource.family, unit))
        if limit is None:
            continue
        if flow.amount > limit.most_per_head * headcount:
            rows[flow.flow_id].warn(
                "amount-implausible",
                "amount",
                amount=flow.amount,
                unit=unit,
                headcount=headcount,
                usual=limit.most_per_head * headcount,
            )


def doubt_same_flow(flows: Iterable[Flow], rows: Rows) -> None:
    """The same declaration written twice by one site."""
    seen: dict[tuple[str, str, str, float | None], str] = {}
    for flow in flows:
        key = (flow.site_id, flow.direction, fold(flow.declared_resource), flow.amount)
        other = seen.setdefault(key, flow.flow_id)
        if other != flow.flow_id and flow.amount is not None:
            rows[flow.flow_id].warn("flow-twice", "resource", other=other)


def doubt_same_pool(pools: Iterable[Pool], rows: Rows) -> None:
    """The same purchase written twice by one site."""
    seen: dict[tuple[object, ...], str] = {}
    for pool in pools:
        what = (fold(pool.category), fold(pool.description or ""))
        key = (pool.site_id, pool.direction, what, pool.amount, pool.eur_per_year)
        other = seen.setdefault(key, pool.pool_id)
        if other != pool.pool_id:
            rows[pool.pool_id].warn("pool-twice", "category", other=other)


def doubt_same_job(jobs: Iterable[Job], rows: Rows) -> None:
    """The same job written twice by one site."""
    seen: dict[tuple[object, ...], str] = {}
    for job in jobs:
        key = (job.site_id, job.direction, fold(job.title), job.hours_by_month)
        other = seen.setdefault(key, job.job_id)
        if other != job.job_id and job.hours_by_month is not None:
            rows[job.job_id].warn("job-twice", "title", other=other)
