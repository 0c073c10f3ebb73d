"""What sites and flows said besides amounts: whom they shut out, what they may take, limits."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matcher.candidates.table import Floats, FlowTable, Ints
from matcher.declarations import Permit, PermitKind, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitSet:
    """What the permits of a site allow: one entry a heading, with the codes that it accepts.

    An empty set of codes is "not said": any code may be asked for. ``says_headings`` is False
    where the site declared other permits, but no heading at all.
    """

    headings: tuple[tuple[str, frozenset[str]], ...]
    animal_by_products: bool
    says_headings: bool = True

    def allows(self, asked: Iterable[str], code: str | None) -> bool:
        """Whether one heading covers the use (any of ``asked``; none asked: any) and the code."""
        wanted = tuple(asked)
        return any(
            (not wanted or any(same_heading(held, heading) for heading in wanted))
            and (code is None or not codes or code in codes)
            for held, codes in self.headings
        ) or (not wanted and not self.headings)

    def bars(self, asked: Iterable[str], code: str | None) -> bool:
        """Whether headings were declared and none of them covers the use and the code."""
        return self.says_headings and not self.allows(asked, code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One quality parameter over all flows (F,): what offers have, what needs accept; NaN open."""

    parameter: str
    value: Floats
    low: Floats
    high: Floats
    unit: Ints  # position of the declared unit, 0 when none is declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the gates ask besides the flow table.

    ``excluded`` holds pairs of sites that shut each other out, as ``site * sites + other`` in both
    orders, sorted. ``permit_set`` (S,) points into ``permit_sets``, -1 for a site that declared no
    permit at all.
    """

    excluded: NDArray[np.int64]
    permit_set: Ints
    permit_sets: tuple[PermitSet, ...]
    limits: tuple[Limits, ...] = ()
    has_limit: frozenset[int] = field(default_factory=frozenset)  # needs with a limited parameter

    @classmethod
    def none(cls, sites: int) -> Rules:
        """Nobody said anything."""
        return cls(
            excluded=np.empty(0, np.int64),
            permit_set=np.full(sites, -1, np.int32),
            permit_sets=(),
        )


def same_heading(held: str, asked: str) -> bool:
    """Whether two headings name the same thing, one perhaps in more detail: 2781, 2781-1, 2781-1-b.

    A permit written without its last figures is a doubt, so it is let through here.
    """
    left, right = _parts(held), _parts(asked)
    shared = min(len(left), len(right))
    return shared > 0 and left[:shared] == right[:shared]


def _parts(heading: str) -> tuple[str, ...]:
    return tuple(
        part for part in heading.lower().replace(".", "-").replace(" ", "-").split("-") if part
    )


def build_rules(survey: Survey, flows: FlowTable, as_of: datetime.date) -> Rules:
    """Gather the rules of a survey along the positions of its flow table."""
    limits = _limits(survey, flows)
    permit_set, permit_sets = _permits(survey, flows, as_of)
    limited = np.zeros(len(flows.flow_id), np.bool_)
    for limit in limits:
        limited |= ~(np.isnan(limit.low) & np.isnan(limit.high))
    return Rules(
        excluded=_excluded(survey, flows),
        permit_set=permit_set,
        permit_sets=permit_sets,
        limits=limits,
        has_limit=frozenset(np.flatnonzero(limited).tolist()),
    )


def _excluded(survey: Survey, flows: FlowTable) -> NDArray[np.int64]:
    """A firm that shuts out a SIREN shuts out all its sites; a SIRET only that one. Both ways."""
    position = {site_id: place for place, site_id in enumerate(flows.site_id)}
    sites_of: dict[str, list[int]] = {}
    named: dict[str, set[int]] = {}
    for site_id, site in survey.sites.items():
        sites_of.setdefault(site.firm_id, []).append(position[site_id])
        names = {site_id, site.firm_id, site.siret or site_id}
        for name in names:
            named.setdefault(name, set()).add(position[site_id])
    pairs: set[int] = set()
    count = len(flows.site_id)
    for site in survey.sites.values():
        for shut_out in site.excluded:
            for other in named.get(shut_out.replace(" ", ""), ()):
                for own in sites_of[site.firm_id]:
                    pairs |= {own * count + other, other * count + own}
    return np.array(sorted(pairs), dtype=np.int64)


def _permits(
    survey: Survey, flows: FlowTable, as_of: datetime.date
) -> tuple[Ints, tuple[PermitSet, ...]]:
    position = {site_id: place for place, site_id in enumerate(flows.site_id)}
    by_site: dict[str, list[Permit]] = {}
    for permit in survey.permits:
        # A carrier's or a broker's receipt says nothing of what the site may take.
        if permit.kind in (PermitKind.ICPE, PermitKind.ANIMAL_BY_PRODUCTS):
            by_site.setdefault(permit.site_id, []).append(permit)
    permit_set = np.full(len(flows.site_id), -1, np.int32)
    found: dict[PermitSet, int] = {}
    for site_id in sorted(by_site):
        held = _permit_set(by_site[site_id], as_of)
        permit_set[position[site_id]] = found.setdefault(held, len(found))
    return permit_set, tuple(found)


def _permit_set(permits: Sequence[Permit], as_of: datetime.date) -> PermitSet:
    valid = [row for row in permits if row.valid_until is None or row.valid_until >= as_of]
    headings = {
        (row.heading or "", frozenset(code.replace(" ", "") for code in row.accepted_codes))
        for row in valid
        if row.kind is PermitKind.ICPE
    }
    return PermitSet(
        headings=tuple(sorted(headings, key=lambda entry: (entry[0], sorted(entry[1])))),
        animal_by_products=any(row.kind is PermitKind.ANIMAL_BY_PRODUCTS for row in valid),
        says_headings=any(row.kind is PermitKind.ICPE for row in permits),
    )


def _limits(survey: Survey, flows: FlowTable) -> tuple[Limits, ...]:
    position = {flow_id: place for place, flow_id in enumerate(flows.flow_id)}
    names = sorted({row.parameter.strip().casefold() for row in survey.qualities})
    units = _unit_positions(row.unit for row in survey.qualities)
    columns: Mapping[str, tuple[Floats, Floats, Floats, Ints]] = {
        name: (
            np.full(len(position), np.nan),
            np.full(len(position), np.nan),
            np.full(len(position), np.nan),
            np.zeros(len(position), np.int32),
        )
        for name in names
    }
    for row in survey.qualities:
        place = position.get(row.flow_id)
        if place is None:
            continue
        value, low, high, unit = columns[row.parameter.strip().casefold()]
        for column, declared in ((value, row.value), (low, row.low), (high, row.high)):
            if declared is not None:
                column[place] = declared
        unit[place] = units.get(_plain(row.unit), 0)
    return tuple(
        Limits(parameter=name, value=value, low=low, high=high, unit=unit)
        for name, (value, low, high, unit) in columns.items()
        if not (np.isnan(low).all() and np.isnan(high).all())
    )


def _plain(unit: str | None) -> str:
    return (unit or "").replace(" ", "").casefold()


def _unit_positions(units: Iterable[str | None]) -> dict[str, int]:
    known = sorted({_plain(unit) for unit in units} - {""})
    return {unit: place for place, unit in enumerate(known, start=1)}
