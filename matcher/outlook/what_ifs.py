"""What could be added to a round: a newcomer, a unit at the service of all, half a job, a floor.

Each is a few declarations of a site that is not there, so that the whole walk judges it as it would
judge a firm, gate by gate. A newcomer takes matter for nothing: what it would pay is not known, and
what the others save is what counts. Machines, posts and floors are at the usual prices. Ids begin
with ``~``, which no survey's do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from matcher.catalogue import Carriage, Catalogue, DoneBy, Kind, MachinePlace, Named
from matcher.catalogue.profiles import Per, ProfileTable
from matcher.catalogue.trades import trade_of
from matcher.declarations import (
    Basis,
    Direction,
    Equipment,
    EquipmentMode,
    Flow,
    Job,
    JobDirection,
    Permit,
    PermitKind,
    Site,
    Survey,
)
from matcher.terms import Message
from matcher.wording import LANGUAGES

UNIT_HOURS, HALF_JOB_HOURS, FLOOR_M2 = 120.0, 67.0, 300.0
"""A month, of what is added: a machine on one shift, half a post, three hundred square metres."""

BESIDE_KM, NEWCOMER_HEADS = 0.5, 50
"""Of a newcomer that takes by pipe: how far it stands from its largest giver, as the crow flies,
and how many work there (engineering judgement: what a park may hope for).
"""

_KM_PER_DEGREE = 111.2
_UNIT_LEADS = 20
# Trades that waste and waste water go to today as a rule: no need to attract them.
_DISPOSAL = frozenset({"37.0", "38.1", "38.2", "39.0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """One addition: its site, its declarations, and what it is in words."""

    key: str
    kind: str  # newcomer, unit, job, floor
    message: Message
    site: Site
    flows: tuple[Flow, ...] = ()
    permits: tuple[Permit, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    jobs: tuple[Job, ...] = ()
    by_pipe: bool = False
    weight: float = field(default=0.0)  # how much waits for it, to rank those without a price


def with_these(survey: Survey, added: Iterable[WhatIf]) -> Survey:
    """The survey as if these had answered."""
    added = tuple(added)
    return replace(
        survey,
        sites={**survey.sites, **{each.site.site_id: each.site for each in added}},
        flows={**survey.flows, **{flow.flow_id: flow for each in added for flow in each.flows}},
        permits=(*survey.permits, *(permit for each in added for permit in each.permits)),
        equipment={
            **survey.equipment,
            **{item.item_id: item for each in added for item in each.equipment},
        },
        jobs={**survey.jobs, **{job.job_id: job for each in added for job in each.jobs}},
    )


def newcomers(survey: Survey, catalogue: Catalogue) -> tuple[WhatIf, ...]:
    """One a trade that takes some declared matter: it stands amid its givers, permits in hand; and
    one a trade that takes declared heat, cold or water by pipe: it stands beside the largest giver,
    needs what :data:`NEWCOMER_HEADS` heads of the trade usually do (all that is given, if that is
    less), and buys it at the usual price today.
    """
    return (
        *_newcomers(survey, catalogue, by_pipe=False),
        *_newcomers(survey, catalogue, by_pipe=True),
    )


def _newcomers(survey: Survey, catalogue: Catalogue, *, by_pipe: bool) -> Iterable[WhatIf]:
    given: dict[str, list[Flow]] = defaultdict(list)
    for flow in _declared_offers(survey, catalogue, by_pipe=by_pipe):
        given[flow.resource or ""].append(flow)
    wanted: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    headings: dict[str, set[str]] = defaultdict(set)
    givers: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in catalogue.compatibilities.values():
        ends_in_pipe = catalogue.resources[row.to_resource].carriage is Carriage.PIPE
        if row.done_by is DoneBy.PROCESSOR or (by_pipe and not ends_in_pipe):
            continue
        for flow in given.get(row.from_resource, ()):
            for trade in sorted(set(row.receiver_activities) - _DISPOSAL):
                amount = (flow.amount or 0.0) * row.yield_per_unit
                wanted[trade][row.to_resource] += amount
                headings[trade] |= set(row.permit_headings)
                givers[trade].append((flow.site_id, amount))
    key = "newcomer-pipe" if by_pipe else "newcomer"
    stands = _site_beside if by_pipe else _site_amid
    for trade in sorted(wanted):
        site = stands(survey, f"~{key}.{trade}", givers[trade], trade)
        if site is None:
            continue
        site_id = site.site_id
        label = {
            language: catalogue.activity_label(trade, language) or trade for language in LANGUAGES
        }
        needs = wanted[trade].items()
        flows = [
            _usual_need(site, resource, amount, catalogue)
            if by_pipe
            else Flow(
                flow_id=f"{site_id}.{resource}",
                site_id=site_id,
                direction=Direction.NEED,
                resource=resource,
                declared_resource=resource,
                amount=amount,
                basis=Basis.ESTIMATE,
                # What it would pay for matter is not known: what others save is what counts.
                today_cost_eur_per_unit=0.0,
            )
            for resource, amount in sorted(needs)
        ]
        known = tuple(flow for flow in flows if flow is not None)
        if known:
            yield WhatIf(
                key=f"{key}.{trade}",
                kind="newcomer",
                message=Message(code=f"outlook.{key}", values={"trade": label, "code": trade}),
                site=site,
                flows=known,
                permits=_permits(site_id, headings[trade]),
            )


def _usual_need(site: Site, resource: str, most: float, catalogue: Catalogue) -> Flow | None:
    """What a firm of the trade usually needs, ``most`` at most; None where no row says."""
    for row in catalogue.activity_profile(site.activity_code or ""):
        if row.what == (ProfileTable.FLOWS, "need", resource) and row.holds_for(NEWCOMER_HEADS):
            usual = row.value * (NEWCOMER_HEADS if row.per is Per.HEAD else 1)
            return Flow(
                flow_id=f"{site.site_id}.{resource}",
                site_id=site.site_id,
                direction=Direction.NEED,
                resource=resource,
                declared_resource=resource,
                amount=min(usual, most),
                basis=Basis.ESTIMATE,
                month_shares=row.month_shares,
                temperature_c=row.temperature_c,
            )
    return None


def units(survey: Survey, catalogue: Catalogue) -> tuple[WhatIf, ...]:
    """One a machine that some way needs between giver and taker, at the usual toll."""
    given = _declared_offers(survey, catalogue, by_pipe=False)
    found = []
    steps = defaultdict(list)
    for row in catalogue.compatibilities.values():
        if row.done_by is DoneBy.PROCESSOR and row.equipment:
            steps[row.equipment].append(row)
    for equipment in sorted(steps):
        taken = {row.from_resource for row in steps[equipment]}
        givers = [(f.site_id, f.amount or 0.0) for f in given if f.resource in taken]
        site = _site_amid(survey, f"~unit.{equipment}", givers, None)
        if site is None:
            continue
        klass = catalogue.equipment_classes[equipment]
        is_mobile = klass.place is MachinePlace.MOBILE
        found.append(
            WhatIf(
                key=f"unit.{equipment}",
                kind="unit",
                message=Message(
                    code="outlook.unit",
                    values={
                        "machine": {language: klass.label(language) for language in LANGUAGES},
                        "hours": UNIT_HOURS,
                    },
                ),
                site=site,
                permits=_permits(
                    site.site_id,
                    {heading for row in steps[equipment] for heading in row.processor_headings},
                ),
                equipment=(
                    Equipment(
                        item_id=f"{site.site_id}.machine",
                        site_id=site.site_id,
                        direction=Direction.OFFER,
                        equipment=equipment,
                        mode=EquipmentMode.ON_SITE if is_mobile else EquipmentMode.SERVICE,
                        hours_by_month=(UNIT_HOURS,) * 12,
                    ),
                ),
            )
        )
    return tuple(found)


def half_jobs(survey: Survey, catalogue: Catalogue, is_alone: frozenset[str]) -> tuple[WhatIf, ...]:
    """One a trade of which somebody still lacks hours: another employer of half a post."""
    waiting: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for job_id in sorted(is_alone & survey.jobs.keys()):
        job = survey.jobs[job_id]
        trade = trade_of(job.occupation, job.title, catalogue.occupations)
        is_said = job.basis is not Basis.INFERRED and job.direction is JobDirection.NEED
        if trade is not None and is_said and job.hours_by_month:
            waiting[trade.key].append((job.site_id, sum(job.hours_by_month)))
    found = []
    for key in sorted(waiting):
        site = _site_amid(survey, f"~job.{key}", waiting[key], None)
        if site is None:
            continue
        trade = catalogue.occupations[key]
        label = {language: trade.label(language) for language in LANGUAGES}
        found.append(
            WhatIf(
                key=f"job.{key}",
                kind="job",
                message=Message(
                    code="outlook.job",
                    values={"trade": label, "hours": 12 * HALF_JOB_HOURS},
                ),
                site=site,
                jobs=(
                    Job(
                        job_id=f"{site.site_id}.need",
                        site_id=site.site_id,
                        title=trade.label("fr"),
                        occupation=key,
                        hours_by_month=(HALF_JOB_HOURS,) * 12,
                    ),
                ),
                weight=sum(hours for _, hours in waiting[key]),
            )
        )
    return tuple(found)


def floors(survey: Survey, catalogue: Catalogue, is_alone: frozenset[str]) -> tuple[WhatIf, ...]:
    """One a kind of premises that somebody still lacks, all year, where it is lacked."""
    waiting: dict[str, list[tuple[str, float]]] = defaultdict(list)
    classes = Named(catalogue.equipment_classes)
    for item_id in sorted(is_alone & survey.equipment.keys()):
        item = survey.equipment[item_id]
        klass = classes.of(item.equipment)
        is_floor = klass is not None and klass.place is MachinePlace.SPACE
        is_said = item.basis is not Basis.INFERRED and item.direction is Direction.NEED
        if klass is not None and is_floor and is_said:
            amount = sum(item.hours_by_month or ())
            waiting[klass.key].append((item.site_id, amount))
    found = []
    for key in sorted(waiting):
        site = _site_amid(survey, f"~floor.{key}", waiting[key], None)
        if site is None:
            continue
        klass = catalogue.equipment_classes[key]
        found.append(
            WhatIf(
                key=f"floor.{key}",
                kind="floor",
                message=Message(
                    code="outlook.floor",
                    values={
                        "floor": {language: klass.label(language) for language in LANGUAGES},
                        "area": FLOOR_M2,
                    },
                ),
                site=site,
                equipment=(
                    Equipment(
                        item_id=f"{site.site_id}.floor",
                        site_id=site.site_id,
                        direction=Direction.OFFER,
                        equipment=key,
                        area_m2=FLOOR_M2,
                        hours_by_month=(FLOOR_M2,) * 12,
                    ),
                ),
                weight=sum(amount for _, amount in waiting[key]),
            )
        )
    return tuple(found)


def _declared_offers(survey: Survey, catalogue: Catalogue, *, by_pipe: bool) -> list[Flow]:
    """Matter that somebody said to have; or heat, cold and water."""
    resources = catalogue.resources
    return [
        flow
        for _, flow in sorted(survey.flows.items())
        if flow.direction is Direction.OFFER
        and flow.resource is not None
        and (
            resources[flow.resource].carriage is Carriage.PIPE
            if by_pipe
            else resources[flow.resource].kind is Kind.MATTER
        )
        and flow.basis is not Basis.INFERRED
        and flow.amount
    ]


def _site_amid(
    survey: Survey, site_id: str, weights: Iterable[tuple[str, float]], trade: str | None
) -> Site | None:
    """A site at the centre of these sites, by weight; None where no position is known."""
    total, north, east = 0.0, 0.0, 0.0
    for other, weight in weights:
        position = survey.position(survey.sites[other])
        if position is not None and weight > 0:
            total += weight
            north += weight * position[0]
            east += weight * position[1]
    if total <= 0:
        return None
    return Site(
        site_id=site_id,
        name=site_id,
        activity_code=trade,
        latitude=north / total,
        longitude=east / total,
        max_proposals=None if trade else _UNIT_LEADS,
    )


def _site_beside(
    survey: Survey, site_id: str, weights: Iterable[tuple[str, float]], trade: str | None
) -> Site | None:
    """A site :data:`BESIDE_KM` north of the largest of these of which a position is known."""
    for other, _ in sorted(weights, key=lambda pair: (-pair[1], pair[0])):
        position = survey.position(survey.sites[other])
        if position is not None:
            north = position[0] + BESIDE_KM / _KM_PER_DEGREE
            return Site(
                site_id=site_id,
                name=site_id,
                activity_code=trade,
                latitude=north,
                longitude=position[1],
                headcount=NEWCOMER_HEADS,
            )
    return None


def _permits(site_id: str, headings: Iterable[str]) -> tuple[Permit, ...]:
    """All that could be asked of it: whoever comes asks for what it needs."""
    icpe = [
        Permit(site_id=site_id, kind=PermitKind.ICPE, heading=heading)
        for heading in sorted(headings)
    ]
    return (*icpe, Permit(site_id=site_id, kind=PermitKind.ANIMAL_BY_PRODUCTS))
