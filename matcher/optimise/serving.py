"""The plan with the floor (66), and what the floor costs.

The plan is sought without the floor first. Where it leaves out a site that could be served, the
parts of the model that hold such sites are solved again with the price; where these are large,
those left out are served one after the other. What the floor costs is the difference of both plans.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import Part, component_of_links, take_links
from matcher.optimise.floor import Floor
from matcher.optimise.in_turn import Solve, serve_in_turn
from matcher.optimise.problem import (
    Bools,
    ExchangeProblem,
    ExchangeSolution,
    ProofLimit,
)
from matcher.optimise.settle import check_rows, objective_of

_ROUNDING = 1e-9
# Up to so many decisions a part is solved anew with the floor; beyond, a gap of 1 % of the part
# hides many prices.
_WHOLE_LINKS = 100
# Part of a price that the solve may leave open.
_PART_OF_PRICE = 0.5


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
    part = take_links(exchange, again)
    is_whole = int(part.problem.has_choice().sum()) <= _WHOLE_LINKS
    if is_whole:
        found, bound = _anew(plain, floor, part, again, solve)
    else:
        found, bound = serve_in_turn(exchange, plain, floor, solve), plain.report.bound
    check_rows(exchange, found.amount, found.is_open)
    objective = objective_of(exchange, found.amount, found.is_open)
    more = int(floor.served(found.is_open).sum()) - int(floor.served(plain.is_open).sum())
    given_up = plain.report.objective - objective
    if more <= 0 or given_up > floor.price * more * (1 + _ROUNDING):
        return None, is_whole
    if bound - objective < _ROUNDING * abs(objective):
        bound = objective
    report = solver.report(found.report.status, objective, bound, found.report.seconds)
    return replace(found, report=report), is_whole


def _anew(
    plain: ExchangeSolution,
    floor: Floor,
    part: Part,
    again: Bools,
    solve: Solve,
) -> tuple[ExchangeSolution, float]:
    """The part solved with the price, and the bound on all plans that serve as many."""
    # A site may have links in several parts: one that another part serves wants nothing of this.
    own = floor.among(part.links, floor.served(plain.is_open & ~again))
    scale = max(abs(plain.report.objective), floor.price)
    solved = solve(own.rewarding(part.problem), _PART_OF_PRICE * floor.price / scale)
    arcs, links = part.arcs.size, part.links.size
    found = replace(
        plain,
        amount=plain.amount.copy(),
        is_open=plain.is_open.copy(),
        offer_price=plain.offer_price.copy(),
        need_price=plain.need_price.copy(),
        report=replace(
            plain.report,
            status=solved.report.status,
            seconds=plain.report.seconds + solved.report.seconds,
        ),
    )
    found.amount[part.arcs], found.is_open[part.links] = (
        solved.amount[:arcs],
        solved.is_open[:links],
    )
    found.offer_price[part.offers] = solved.offer_price[: part.offers.size]
    found.need_price[part.needs] = solved.need_price[: part.needs.size]
    # What the rest can bring: the bound of all less what this part brought at least.
    brought = objective_of(part.problem, plain.amount[part.arcs], plain.is_open[part.links])
    rest = 0.0 if again.all() else plain.report.bound - brought
    served = int(own.served(found.is_open[part.links]).sum())
    bound = rest + solved.report.bound - floor.price * served
    return found, min(plain.report.bound, bound)
