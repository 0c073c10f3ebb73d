"""What a site may receive in a year: its permits as rows over the amounts (10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from matcher.candidates import Candidates
from matcher.candidates.rules import same_heading
from matcher.declarations import Permit, PermitKind, Survey
from matcher.optimise.problem import Ints, Rows
from matcher.optimise.row_book import RowBook


def permit_rows(survey: Survey, candidates: Candidates, kept: Ints, arc_link: Ints) -> Rows:
    """What a site receives in a year stays within its permits (10), in the giver's tonnes.

    Only waste is weighed: heat, water and products are not what a permit limits. Each arc counts
    against the permits that could cover it; a permit without a limit covers without end. Sets of
    permits that overlap are also limited together.
    """
    rows = RowBook()
    flows, arcs = candidates.flows, candidates.arcs
    permits = _permits_in_force(survey, candidates)
    if not any(row.yearly_limit_t is not None for held in permits.values() for row in held):
        return rows.freeze()
    covered: dict[str, dict[frozenset[int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for arc, link in enumerate(arc_link.tolist()):
        offer, route = int(arcs.offer[kept[link]]), int(arcs.route[kept[link]])
        held = permits.get(flows.site_id[flows.site[arcs.need[kept[link]]]])
        if held is None or not (candidates.is_matter[route] and flows.is_waste[offer]):
            continue
        code = int(flows.waste_code[offer])
        covering = _covering(
            held,
            candidates.routes[route].permit_headings,
            flows.waste_codes[code] if code >= 0 else None,
        )
        if covering and all(held[k].yearly_limit_t is not None for k in covering):
            covered[flows.site_id[flows.site[arcs.need[kept[link]]]]][covering].append(arc)
    for site_id in sorted(covered):
        for together in _unions(covered[site_id]):
            inside = sorted(
                arc
                for covering, found in covered[site_id].items()
                if covering <= together
                for arc in found
            )
            limit = sum(permits[site_id][k].yearly_limit_t or 0.0 for k in sorted(together))
            rows.add(inside, limit, [1.0] * len(inside))
    return rows.freeze()


def _permits_in_force(survey: Survey, candidates: Candidates) -> dict[str, list[Permit]]:
    found: dict[str, list[Permit]] = defaultdict(list)
    for permit in survey.permits:
        in_force = permit.valid_until is None or permit.valid_until >= candidates.as_of
        if permit.kind is PermitKind.ICPE and in_force:
            found[permit.site_id].append(permit)
    # In one order, whatever that of the rows.
    return {site_id: sorted(held, key=repr) for site_id, held in found.items()}


def _covering(held: Sequence[Permit], headings: Sequence[str], code: str | None) -> frozenset[int]:
    """Positions of the permits that could cover this use and this waste code."""
    return frozenset(
        k
        for k, permit in enumerate(held)
        if (not headings or any(same_heading(permit.heading or "", asked) for asked in headings))
        and (
            code is None
            or not permit.accepted_codes
            or code in {accepted.replace(" ", "") for accepted in permit.accepted_codes}
        )
    )


def _unions(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """The sets, and the unions of those that overlap: a site has a handful of permits."""
    found = set(sets)
    waiting = list(found)
    while waiting:
        one = waiting.pop()
        more = {one | other for other in found if one & other} - found
        found |= more
        waiting += more
    return sorted(found, key=sorted)
