"""Nobody forgotten: at least one credible proposal for each site that can have one, elastic.

A site that has one is worth a price (66); a link counts only if it is worth a call (67).
The plan is sought without the floor first. Where it leaves out a site that could be served, the
parts of the model that hold such sites are solved again with the price, and what the floor costs is
the difference of both plans.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import component_of_links, take_links
from matcher.optimise.needed_links import helpers_of
from matcher.optimise.problem import (
    Bools,
    ExchangeProblem,
    ExchangeSolution,
    Floats,
    Ints,
    ProofLimit,
    Rows,
)
from matcher.optimise.settle import check_rows, objective_of

Solve = Callable[[ExchangeProblem, float], ExchangeSolution]
"""Solves a model to a relative gap."""

_ROUNDING = 1e-9
# Up to so many decisions a part is solved anew with the floor; beyond, the choice is among what the
# plan has and what would serve those it left out: a gap of 1 % of a large part hides many prices.
_WHOLE_LINKS = 100
# Part of a price that the solve may leave open.
_PART_OF_PRICE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Who could have a credible proposal, by which links, and what that is worth.

    ``site``, ``link`` (E,) are the places of a site and of a link that would serve it; ``least``
    (L,) is what such a link must carry to be worth a call, a giver's unit a year, 0 for others;
    ``price`` is what a site served is worth at most, in the objective's unit a year.
    """

    sites: tuple[str, ...]
    site: Ints
    link: Ints
    least: Floats
    price: float

    def served(self, is_open: Bools) -> Bools:
        """(S,) the sites that some open link serves."""
        count = np.bincount(self.site, is_open[self.link], minlength=len(self.sites))
        return np.asarray(count > 0)

    def among(self, links: Ints, served: Bools | None = None) -> Floor:
        """The floor of the sites that these links serve, but for those ``served`` (S,) already by
        others; places are those in ``links``.
        """
        place = np.full(self.least.size, -1, np.int64)
        place[links] = np.arange(links.size)
        inside = place[self.link] >= 0
        if served is not None:
            inside &= ~served[self.site]
        kept, site = np.unique(self.site[inside], return_inverse=True)
        return replace(
            self,
            sites=tuple(self.sites[k] for k in kept.tolist()),
            site=site.astype(np.int64),
            link=place[self.link[inside]],
            least=self.least[links],
        )

    def rewarding(self, exchange: ExchangeProblem) -> ExchangeProblem:
        """The model in which each site served brings the price: links ``u_s`` after its own."""
        offers, needs, _, links = exchange.counts
        count, periods = len(self.sites), exchange.supply.shape[1]
        unit = np.zeros((count, periods))
        unit[:, :1] = 1.0
        own, rows = np.arange(count), exchange.link_rows
        first = rows.upper.size
        asked = np.zeros(links, np.bool_)  # stays whatever it carries (63)
        asked[rows.column[rows.upper[rows.row] < 0]] = True
        return replace(
            exchange,
            supply=np.vstack([exchange.supply, unit]),
            demand=np.vstack([exchange.demand, unit]),
            arc_offer=np.concatenate([exchange.arc_offer, offers + own]),
            arc_need=np.concatenate([exchange.arc_need, needs + own]),
            arc_link=np.concatenate([exchange.arc_link, links + own]),
            arc_yield=np.concatenate([exchange.arc_yield, np.ones(count)]),
            arc_gain=np.concatenate([exchange.arc_gain, np.full(count, self.price)]),
            link_cost=np.concatenate([exchange.link_cost, np.zeros(count)]),
            link_lot=np.concatenate(
                [
                    np.maximum(exchange.link_lot, np.where(asked, 0.0, self.least)),
                    np.ones(count),
                ]
            ),
            link_weight=np.concatenate([exchange.link_weight, np.zeros(count)]),
            link_rows=Rows(
                row=np.concatenate([rows.row, first + own, first + self.site]),
                column=np.concatenate([rows.column, links + own, self.link]),
                coefficient=np.concatenate(
                    [rows.coefficient, np.ones(count), -np.ones(self.link.size)]
                ),
                upper=np.concatenate([rows.upper, np.zeros(count)]),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorAccount:
    """What the floor asked, did and cost.

    ``is_whole``: the choice was among all links of the parts concerned, and not only among those of
    the plan and those that would serve who was left out.
    ``cost`` is what the plan brings less than the one without the floor, in the objective's unit a
    year; ``left`` the sites that could have a credible proposal and have none all the same: no
    place is left for them, or serving them costs more than the ``price``.
    """

    price: float
    possible: int
    served_without: int
    served: int
    cost: float
    left: tuple[str, ...]
    is_whole: bool = True

    @property
    def proof_limit(self) -> ProofLimit | None:
        """What the plan's bound is then a bound of."""
        if self.served <= self.served_without:
            return None
        return ProofLimit.AS_MANY_SERVED if self.is_whole else ProofLimit.FLOOR_IN_PART


def with_floor(
    exchange: ExchangeProblem, plain: ExchangeSolution, floor: Floor, solve: Solve
) -> tuple[ExchangeSolution, FloorAccount]:
    """The plan with the floor, and its account.

    The bound of the report is then on what a plan that serves as many sites can bring.

    Raises
    ------
    NoPlanError
        When there is no plan.
    """
    before = floor.served(plain.is_open)
    found, is_whole = plain, True
    if floor.price > 0 and not before.all():
        better, is_whole = _served_more(exchange, plain, floor, ~before, solve)
        found = plain if better is None else better
    served = floor.served(found.is_open)
    return found, FloorAccount(
        price=floor.price,
        possible=len(floor.sites),
        served_without=int(before.sum()),
        served=int(served.sum()),
        cost=max(plain.report.objective - found.report.objective, 0.0),
        left=tuple(floor.sites[k] for k in np.flatnonzero(~served).tolist()),
        is_whole=is_whole,
    )


def _served_more(
    exchange: ExchangeProblem,
    plain: ExchangeSolution,
    floor: Floor,
    without: Bools,
    solve: Solve,
) -> tuple[ExchangeSolution | None, bool]:
    """The plan anew where somebody was left out, None when nobody more can be served for it; and
    whether the choice was among all links.
    """
    label = component_of_links(exchange)
    again = np.isin(label, np.unique(label[floor.link[without[floor.site]]]))
    here = take_links(exchange, again)
    is_whole = int(here.problem.has_choice().sum()) <= _WHOLE_LINKS
    kept = again.copy()
    if not is_whole:
        wanted = np.zeros(kept.size, np.bool_)
        wanted[floor.link[without[floor.site]]] = True
        kept &= plain.is_open | wanted | helpers_of(exchange, plain.is_open | wanted)
    part = here if is_whole else take_links(exchange, kept)
    # A site may have links in several parts: one that another part serves wants nothing of this.
    own = floor.among(part.links, floor.served(plain.is_open & ~again))
    scale = max(abs(plain.report.objective), floor.price)
    solved = solve(own.rewarding(part.problem), _PART_OF_PRICE * floor.price / scale)
    arcs, links = part.arcs.size, part.links.size
    amount, is_open = plain.amount.copy(), plain.is_open.copy()
    offer_price, need_price = plain.offer_price.copy(), plain.need_price.copy()
    amount[part.arcs], is_open[part.links] = solved.amount[:arcs], solved.is_open[:links]
    offer_price[part.offers] = solved.offer_price[: part.offers.size]
    need_price[part.needs] = solved.need_price[: part.needs.size]
    check_rows(exchange, amount, is_open)
    objective = objective_of(exchange, amount, is_open)
    served = int(own.served(is_open[part.links]).sum())
    more = served - int(own.served(plain.is_open[part.links]).sum())
    given_up = plain.report.objective - objective
    if more <= 0 or given_up > floor.price * more * (1 + _ROUNDING):
        return None, is_whole
    bound = plain.report.bound
    if is_whole:
        # What the rest can bring: the bound of all less what this part brought at least.
        brought = objective_of(part.problem, plain.amount[part.arcs], plain.is_open[part.links])
        rest = 0.0 if again.all() else plain.report.bound - brought
        bound = min(bound, rest + solved.report.bound - floor.price * served)
    if bound - objective < _ROUNDING * abs(objective):
        bound = objective
    report = solver.report(
        solved.report.status, objective, bound, plain.report.seconds + solved.report.seconds
    )
    found = ExchangeSolution(
        amount=amount,
        is_open=is_open,
        offer_price=offer_price,
        need_price=need_price,
        report=report,
    )
    return found, is_whole
