"""Those left out of a large plan, served one after the other.

For each, the links that would serve it and those of the plan that stand in their way are chosen
anew, with the price of (66), while all others stay. Each step is small and solved as a model of its
own; it is taken when gain and sites served together bring more. Nothing is proved of the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matcher.errors import NoPlanError
from matcher.optimise.components import take_links
from matcher.optimise.floor import Floor
from matcher.optimise.leftover import set_aside, touching, with_mixed
from matcher.optimise.needed_links import helpers_of
from matcher.optimise.problem import Bools, ExchangeProblem, ExchangeSolution, Floats
from matcher.optimise.settle import objective_of

Solve = Callable[[ExchangeProblem, float], ExchangeSolution]
"""Solves a model to a relative gap."""

# What a step may leave open. Twice as long for a gap of half a price serves one site in a hundred
# more (measured at 500 sites).
_STEP_GAP = 0.01
# So many ways to serve a site are tried, those first that could bring most, and so many for each
# site that what stands in their way serves: a step stays below what is solved at once.
_WAYS, _WAYS_BESIDE = 8, 2


def serve_in_turn(
    exchange: ExchangeProblem, plain: ExchangeSolution, floor: Floor, solve: Solve
) -> ExchangeSolution:
    """The plan with those served that this is worth; its report is that of ``plain``."""
    wanted = np.zeros(exchange.counts[3], np.bool_)
    wanted[floor.link[~floor.served(plain.is_open)[floor.site]]] = True
    wanted |= plain.is_open
    part = take_links(exchange, wanted | helpers_of(exchange, wanted))
    own = floor.among(part.links)
    plan = _Plan(
        problem=part.problem,
        promise=_promise(part.problem),
        floor=own,
        solution=replace(
            plain,
            amount=plain.amount[part.arcs],
            is_open=plain.is_open[part.links],
            offer_price=plain.offer_price[part.offers],
            need_price=plain.need_price[part.needs],
        ),
    )
    for site in range(len(own.sites)):
        plan.serve(site, solve)
    found = replace(
        plain,
        amount=np.zeros_like(plain.amount),
        is_open=np.zeros_like(plain.is_open),
        offer_price=plain.offer_price.copy(),
        need_price=plain.need_price.copy(),
    )
    found.amount[part.arcs], found.is_open[part.links] = plan.solution.amount, plan.solution.is_open
    found.offer_price[part.offers] = plan.solution.offer_price
    found.need_price[part.needs] = plan.solution.need_price
    return found


@dataclass(slots=True)
class _Plan:
    """A plan that changes step by step; ``promise`` (L,) is what each link could bring alone."""

    problem: ExchangeProblem
    promise: Floats
    floor: Floor
    solution: ExchangeSolution

    def serve(self, site: int, solve: Solve) -> None:
        """Choose anew around a site, if nothing serves it yet and more comes of it."""
        problem, floor, now = self.problem, self.floor, self.solution
        served = floor.served(now.is_open)
        if served[site]:
            return
        free = self._free_for(site)
        stays, amount, part = set_aside(problem, now.amount, now.is_open, free)
        here = floor.among(part.links, floor.served(stays))
        brought = objective_of(part.problem, now.amount[part.arcs], now.is_open[part.links])
        try:
            found = solve(here.rewarding(part.problem), _STEP_GAP)
        except NoPlanError:  # what the floor asks of a link is more than a part allows
            return
        is_open = stays.copy()
        is_open[part.links] = found.is_open[: part.links.size]
        amount[part.arcs] = found.amount[: part.arcs.size]
        more = objective_of(part.problem, amount[part.arcs], is_open[part.links]) - brought
        more += floor.price * (int(floor.served(is_open).sum()) - int(served.sum()))
        if more <= 0:
            return
        offer_price, need_price = now.offer_price.copy(), now.need_price.copy()
        offer_price[part.offers] = found.offer_price[: part.offers.size]
        need_price[part.needs] = found.need_price[: part.needs.size]
        self.solution = replace(
            now, amount=amount, is_open=is_open, offer_price=offer_price, need_price=need_price
        )

    def _free_for(self, site: int) -> Bools:
        """What would serve the site, what is open beside it, and all that is mixed with these."""
        free = self._ways(site, _WAYS)
        beside = touching(self.problem, free) & self.solution.is_open
        free |= beside
        for other in np.unique(self.floor.site[beside[self.floor.link]]).tolist():
            free |= self._ways(other, _WAYS_BESIDE)
        free |= helpers_of(self.problem, free)
        return with_mixed(self.problem, free)

    def _ways(self, site: int, most: int) -> Bools:
        """(L,) the most promising links that would serve a site and are not open."""
        ways = self.floor.link[self.floor.site == site]
        ways = ways[~self.solution.is_open[ways]]
        found = np.zeros(self.problem.counts[3], np.bool_)
        found[ways[np.argsort(-self.promise[ways], kind="stable")[:most]]] = True
        return found


def _promise(exchange: ExchangeProblem) -> Floats:
    most = np.maximum(exchange.arc_gain, 0.0) * exchange.most().sum(axis=1)
    earned = np.bincount(exchange.arc_link, most, minlength=exchange.counts[3])
    return np.asarray(earned - exchange.link_cost)
