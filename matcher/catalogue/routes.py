"""Ways from an offer to a need: one row of the compatibility table, or two in a chain."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matcher.catalogue.rows import Compatibility, Delay, DoneBy, Rank

_DELAYS = tuple(Delay)
type _CostOf = Callable[[Compatibility], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """From one resource to another in one or two steps.

    Everything is per unit of what the giver gives: ``yield_per_unit`` units of need come out, and
    ``cost_eur_per_unit`` is the sum over the steps, each scaled by the yield before it.
    """

    steps: tuple[Compatibility, ...]

    @property
    def route_id(self) -> str:
        """The ids of the steps, joined."""
        return "+".join(step.key for step in self.steps)

    @property
    def from_resource(self) -> str:
        """What the giver has."""
        return self.steps[0].from_resource

    @property
    def to_resource(self) -> str:
        """What the taker needs."""
        return self.steps[-1].to_resource

    @property
    def yield_per_unit(self) -> float:
        """Units of need from one unit of offer."""
        return math.prod(step.yield_per_unit for step in self.steps)

    @property
    def yield_range(self) -> tuple[float, float]:
        """The least and the most of it."""
        return (
            math.prod(step.yield_low for step in self.steps),
            math.prod(step.yield_high for step in self.steps),
        )

    @property
    def cost_eur_per_unit(self) -> float:
        """EUR per giver's unit for all processes together."""
        return self._cost(lambda step: step.cost_eur_per_unit)

    @property
    def cost_range(self) -> tuple[float, float]:
        """The least and the most of it, at the usual yields."""
        return self._cost(lambda step: step.cost_low), self._cost(lambda step: step.cost_high)

    def _cost(self, cost_of: _CostOf) -> float:
        total, reached = 0.0, 1.0
        for step in self.steps:
            total += cost_of(step) * reached
            reached *= step.yield_per_unit
        return total

    @property
    def processor_step(self) -> Compatibility | None:
        """The step that a third site does, if any."""
        return next((step for step in self.steps if step.done_by is DoneBy.PROCESSOR), None)

    @property
    def permit_headings(self) -> tuple[str, ...]:
        """Headings of which the taker must hold one: those that every step allows."""
        asked = [step.permit_headings for step in self.steps if step.permit_headings]
        if not asked:
            return ()
        return tuple(heading for heading in asked[0] if all(heading in more for more in asked[1:]))

    @property
    def accepts_hazardous(self) -> bool:
        """Whether every step may be done on hazardous matter."""
        return all(step.accepts_hazardous for step in self.steps)

    @property
    def rank_to(self) -> Rank:
        """The use it ends in."""
        return self.steps[-1].rank_to

    @property
    def delay(self) -> Delay:
        """The longest of the steps."""
        return max((step.delay for step in self.steps), key=_DELAYS.index)


def build_routes(compatibilities: Iterable[Compatibility]) -> tuple[Route, ...]:
    """All one-step routes, and the chains that a giver or a processor starts and the taker ends.

    A chain never returns to what it came from, is left out where a single row already leads
    there, and where no permit of the taker could satisfy both steps.
    """
    rows = sorted(compatibilities, key=lambda row: row.key)
    direct = {(row.from_resource, row.to_resource) for row in rows}
    used_by_taker = defaultdict(list)
    for row in rows:
        if row.done_by is DoneBy.TAKER:
            used_by_taker[row.from_resource].append(row)
    routes = [Route(steps=(row,)) for row in rows]
    for first in rows:
        if first.done_by not in (DoneBy.GIVER, DoneBy.PROCESSOR):
            continue
        if first.from_resource == first.to_resource:
            continue
        for second in used_by_taker[first.to_resource]:
            ends = (first.from_resource, second.to_resource)
            if ends in direct or second.to_resource in (first.from_resource, first.to_resource):
                continue
            route = Route(steps=(first, second))
            asked = first.permit_headings and second.permit_headings
            if not asked or route.permit_headings:
                routes.append(route)
    return tuple(routes)
