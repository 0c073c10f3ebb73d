"""What is lost if a site closes: each in turn, the plan made again without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from matcher.optimise.assembly import Assembly
from matcher.optimise.closing import losses, worth_of_links
from matcher.optimise.components import take_links
from matcher.optimise.problem import Bools, ExchangeProblem, ExchangeSolution
from matcher.plan import Closing, SiteStanding
from matcher.settings import Settings


def with_closures(
    standings: Iterable[SiteStanding],
    assembly: Assembly,
    problem: ExchangeProblem,
    is_supposed: Bools,
    solution: ExchangeSolution,
    settings: Settings,
) -> tuple[SiteStanding, ...]:
    """The standings with what closing each site would cost (77)-(79); the dearest first.

    The others are matched anew among the links that were candidates of the whole, within the limits
    of ``problem``, whose plan is ``solution``. Only declared flows take up what falls: a supposed
    lead (``is_supposed``, (L,)) that falls is lost, and none takes the place of another.
    """
    standings = tuple(standings)
    links_of: dict[str, list[int]] = {each.site_id: [] for each in standings}
    for link, sites in enumerate(assembly.sites_of_link):
        for site_id in sites:
            if site_id in links_of:
                links_of[site_id].append(link)
    part = take_links(problem, ~is_supposed)
    place = np.full(is_supposed.size, -1, np.int64)
    place[part.links] = np.arange(part.links.size)
    declared = replace(
        solution,
        amount=solution.amount[part.arcs],
        is_open=solution.is_open[part.links],
        offer_price=solution.offer_price[part.offers],
        need_price=solution.need_price[part.needs],
    )
    closings = [np.array(links_of[each.site_id], np.int64) for each in standings]
    found = losses(
        part.problem, declared, [place[links[~is_supposed[links]]] for links in closings], settings
    )
    worth = assembly.ways.told(worth_of_links(problem, solution), solution.is_open)
    closed = []
    for each, loss, links in zip(standings, found, closings, strict=True):
        supposed = float(worth[links[is_supposed[links]]].sum())
        closing = Closing(
            falling=loss.falling + supposed,
            lost=loss.lost + supposed,
            lost_at_least=loss.lost_at_least + supposed,
        )
        closed.append((closing.lost, replace(each, closing=closing)))
    return tuple(each for _, each in sorted(closed, key=lambda it: (-it[0], it[1].site_id)))
