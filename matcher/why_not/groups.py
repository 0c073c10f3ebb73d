"""The "pourquoi non" of machines, jobs and purchases left alone.

A bundle that was possible and not kept comes first, with what the plan put in its place; then the
gates that refused the others, what is mended most easily first. A builder refuses whatever it
leaves without a bundle; a declaration that nobody judged is of a kind that is not matched yet.
"""

from __future__ import annotations

from collections import defaultdict

from matcher.candidates.bundles import Bundle, Bundles, GroupRefusal
from matcher.declarations import Survey
from matcher.optimise.assembly import Assembly
from matcher.optimise.problem import ExchangeSolution
from matcher.optimise.row_book import RowKind
from matcher.plan import Audience, Message, Reason, Unmatched
from matcher.why_not.passed_over import Leftovers, Obstacle, who_is_full
from matcher.wording import listed

MOST_REASONS = 4
"""Nearest misses kept a declaration: a person reads no more."""


class GroupWhyNot:
    """Finds, for each machine, job or purchase left alone, the nearest misses."""

    def __init__(
        self, found: Bundles, survey: Survey, assembly: Assembly, solution: ExchangeSolution
    ) -> None:
        self._survey = survey
        self._leftovers = Leftovers(assembly, solution)
        self._refusals: dict[str, list[GroupRefusal]] = defaultdict(list)
        for refusal in found.refusals:
            self._refusals[refusal.declaration_id].append(refusal)
        self._best: dict[str, tuple[int, Bundle]] = {}
        first = assembly.arc_of_link.size
        closed = [
            (first + place, bundle)
            for place, bundle in enumerate(assembly.bundles)
            if not solution.is_open[first + place]
        ]
        for link, bundle in sorted(closed, key=lambda pair: (-pair[1].worth, pair[0])):
            for declaration_id in bundle.declaration_ids:
                self._best.setdefault(declaration_id, (link, bundle))

    def unmatched(self, matched: frozenset[str]) -> tuple[Unmatched, ...]:
        """Every declaration but flows that no proposal uses, sorted by id."""
        tables = (self._survey.equipment, self._survey.jobs, self._survey.pools)
        rows = {key: row.site_id for table in tables for key, row in table.items()}
        return tuple(
            self._of(declaration_id, rows[declaration_id])
            for declaration_id in sorted(rows)
            if declaration_id not in matched
        )

    def _of(self, declaration_id: str, site_id: str) -> Unmatched:
        refusals = sorted(
            self._refusals.get(declaration_id, ()),
            key=lambda each: (each.gate, abs(each.reason.gap or 0.0), each.others),
        )
        nearest = {refusal.gate: refusal for refusal in reversed(refusals)}
        reasons = [nearest[gate].reason for gate in sorted(nearest)]
        if declaration_id in self._best:
            reasons.insert(0, self._passed_over(*self._best[declaration_id]))
        days = [each.reopen_on for each in refusals if each.reopen_on is not None]
        return Unmatched(
            declaration_id=declaration_id,
            site_id=site_id,
            reasons=tuple(reasons[:MOST_REASONS]) or (_why("kind-comes-later", {}),),
            reopen_on=min(days, default=None),
        )

    def _passed_over(self, link: int, bundle: Bundle) -> Reason:
        """What keeps a group that was possible out of the plan."""
        found = self._leftovers.obstacle_of(link)
        sites = listed([self._survey.sites[site_id].name for site_id in bundle.site_ids])
        values: dict[str, object] = {"sites": sites, "worth": bundle.worth}
        is_claimed = found.row is not None and found.row.kind is RowKind.CLAIM
        if is_claimed or found.obstacle is Obstacle.MACHINE:
            return _why("group-room-taken", values, bundle.worth)
        if found.obstacle is not Obstacle.SEATS:
            return _why("group-not-kept", values, bundle.worth)
        return _why(
            "group-attention-spent",
            {**values, "who": who_is_full(found.row, self._survey)},
            bundle.worth,
        )


def _why(code: str, values: dict[str, object], worth: float | None = None) -> Reason:
    return Reason(
        message=Message(code=f"why-not.{code}", values=values),
        audience=Audience.AGENT,
        gap=worth,
        unit=None if worth is None else "EUR/year",
    )
