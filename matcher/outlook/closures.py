"""What is lost if a site closes: each in turn, the plan made again without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from matcher.optimise.assembly import Assembly
from matcher.optimise.closing import losses
from matcher.optimise.problem import ExchangeProblem, ExchangeSolution
from matcher.plan import Closing, SiteStanding
from matcher.settings import Settings


def with_closures(
    standings: Iterable[SiteStanding],
    assembly: Assembly,
    problem: ExchangeProblem,
    solution: ExchangeSolution,
    settings: Settings,
) -> tuple[SiteStanding, ...]:
    """The standings with what closing each site would cost (77)-(79); the dearest first.

    The others are matched anew among the links that were candidates of the whole, within the limits
    of ``problem``, whose plan is ``solution``.
    """
    standings = tuple(standings)
    links_of: dict[str, list[int]] = {each.site_id: [] for each in standings}
    for link, sites in enumerate(assembly.sites_of_link):
        for site_id in sites:
            if site_id in links_of:
                links_of[site_id].append(link)
    closings = [np.array(links_of[each.site_id], np.int64) for each in standings]
    found = losses(problem, solution, closings, settings)
    closed = [
        replace(
            each,
            closing=Closing(falling=loss.falling, lost=loss.lost, lost_at_least=loss.lost_at_least),
        )
        for each, loss in zip(standings, found, strict=True)
    ]
    return tuple(sorted(closed, key=lambda each: (-_lost(each), each.site_id)))


def _lost(standing: SiteStanding) -> float:
    return 0.0 if standing.closing is None else standing.closing.lost
