"""Declared first: what is only supposed takes what the declared flows leave, and nothing else.

One optimum over both would give a firm's seat to a large supposition rather than to what two firms
have said. So the links between declarations are chosen as if there were no others; then the others
are chosen among what is left of amounts, attention, hours, permits and proposals. Each choice has
its own proof; the bound of the plan is the sum of both.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.optimise.animation import AnimationUse, Budget
from matcher.optimise.components import Part, take_links
from matcher.optimise.floor import Floor
from matcher.optimise.leftover import left_by
from matcher.optimise.needed_links import helpers_of
from matcher.optimise.portfolio import Portfolio, solve_portfolio
from matcher.optimise.problem import (
    Bools,
    CurvePoint,
    ExchangeProblem,
    ExchangeSolution,
    Floats,
    Ints,
    SolveReport,
    SolveStatus,
    relative_gap,
)
from matcher.settings import Settings

_WORST_LAST = (
    SolveStatus.OPTIMAL,
    SolveStatus.WITHIN_GAP,
    SolveStatus.WORK_LIMIT,
    SolveStatus.TIME_LIMIT,
)


def solve_in_stages(
    exchange: ExchangeProblem,
    is_later: Bools,
    settings: Settings,
    *,
    budget: Budget | None = None,
    floor: Floor | None = None,
    dask_address: str | None = None,
) -> Portfolio:
    """Choose the links that are not ``is_later`` (L,), then the others from what is left.

    A link that a row asks to be open (an accepted proposal) is chosen first, whatever it stands on.
    Only what was declared is credible, so the ``floor`` is a matter of the first choice.

    Returns
    -------
    Portfolio
        Its curve goes on from the last proposal of the first choice with those of the second.

    Raises
    ------
    NoPlanError
        When there is no plan.
    """
    if exchange.max_links is None and settings.proposals is not None:
        exchange = replace(exchange, max_links=settings.proposals)
    is_later = is_later & ~_asked_for(exchange)
    if is_later.all() or not is_later.any():
        return solve_portfolio(
            exchange, settings, budget=budget, floor=floor, dask_address=dask_address
        )
    free = replace(settings, proposals=None)
    part = take_links(exchange, ~is_later)
    hours = _part_of(budget, part.links, 0.0)
    asked = None if floor is None else floor.among(part.links)
    first = solve_portfolio(
        part.problem, free, budget=hours, floor=asked, dask_address=dask_address
    )
    chosen = _in_whole(part, first.solution, exchange)
    # What those of the first choice did not need open is still to be had.
    rest = take_links(
        left_by(exchange, chosen.amount, chosen.is_open),
        is_later | helpers_of(exchange, is_later) & ~chosen.is_open,
    )
    hours = _part_of(budget, rest.links, 0.0 if budget is None else budget.spent(chosen))
    second = solve_portfolio(rest.problem, free, budget=hours, dask_address=dask_address)
    solution = _sum(chosen, _in_whole(rest, second.solution, exchange))
    animation = None if budget is None else _animation(budget, solution, first, second)
    is_binding = animation is not None and animation.is_binding
    return Portfolio(
        solution=solution,
        curve=_thinned(
            (
                *first.curve,
                *_after(first.solution.report, first.curve, second.curve, chosen, exchange),
            ),
            settings.curve_points,
        ),
        components=first.components + second.components,
        problem=budget.limiting(exchange) if budget is not None and is_binding else exchange,
        animation=animation,
        floor=first.floor,
        in_stages=True,
    )


def _part_of(budget: Budget | None, links: Ints, spent: float) -> Budget | None:
    """The hours that are left, for some of the links."""
    if budget is None:
        return None
    return Budget(hours=budget.hours[links], most=max(budget.most - spent, 0.0))


def _animation(
    budget: Budget, solution: ExchangeSolution, first: Portfolio, second: Portfolio
) -> AnimationUse:
    """What the hours are worth: more of them go to declared links as long as these lack any."""
    uses = [part.animation for part in (first, second) if part.animation is not None]
    binding = [use for use in uses if use.is_binding]
    return AnimationUse(
        budget_hours=budget.most,
        used_hours=budget.spent(solution),
        is_binding=bool(binding),
        more_gain=binding[0].more_gain if binding else 0.0,
        more_bound=sum(use.more_bound for use in binding),
    )


def _asked_for(exchange: ExchangeProblem) -> Bools:
    """(L,) links of which a row asks that one be open (63)."""
    rows = exchange.link_rows
    asked = np.zeros(exchange.counts[3], np.bool_)
    asked[rows.column[rows.upper[rows.row] < 0]] = True
    return asked


def _in_whole(
    part: Part, solution: ExchangeSolution, exchange: ExchangeProblem
) -> ExchangeSolution:
    """The solution of a part, on the positions of the whole."""
    offers, needs, arcs, links = exchange.counts
    periods = exchange.supply.shape[1]

    def spread(values: Floats, places: np.ndarray, count: int) -> Floats:
        whole = np.zeros((count, periods))
        whole[places] = values
        return whole

    is_open = np.zeros(links, np.bool_)
    is_open[part.links] = solution.is_open
    return ExchangeSolution(
        amount=spread(solution.amount, part.arcs, arcs),
        is_open=is_open,
        offer_price=spread(solution.offer_price, part.offers, offers),
        need_price=spread(solution.need_price, part.needs, needs),
        report=solution.report,
    )


def _sum(one: ExchangeSolution, other: ExchangeSolution) -> ExchangeSolution:
    reports = (one.report, other.report)
    objective = sum(report.objective for report in reports)
    bound = sum(report.bound for report in reports)
    return ExchangeSolution(
        amount=one.amount + other.amount,
        is_open=one.is_open | other.is_open,
        offer_price=np.maximum(one.offer_price, other.offer_price),
        need_price=np.maximum(one.need_price, other.need_price),
        report=SolveReport(
            status=max((report.status for report in reports), key=_WORST_LAST.index),
            objective=objective,
            bound=bound,
            gap=relative_gap(objective, bound),
            seconds=sum(report.seconds for report in reports),
        ),
    )


def _thinned(curve: tuple[CurvePoint, ...], most: int) -> tuple[CurvePoint, ...]:
    """At most so many points, spread over both choices, the last one kept."""
    if len(curve) <= most:
        return curve
    kept = np.unique(np.round(np.linspace(len(curve) - 1, 0, most)).astype(int))
    return tuple(curve[place] for place in kept)


def _after(
    first: SolveReport,
    ended: tuple[CurvePoint, ...],
    curve: tuple[CurvePoint, ...],
    chosen: ExchangeSolution,
    exchange: ExchangeProblem,
) -> tuple[CurvePoint, ...]:
    """The points of the second choice, counted on from the first."""
    proposals = round(float(exchange.link_weight @ chosen.is_open))
    # With a floor the report's bound is on plans that serve as many; the curve's is on all.
    base = ended[-1].bound if ended else first.bound
    return tuple(
        CurvePoint(
            proposals=proposals + point.proposals,
            gain=first.objective + point.gain,
            bound=base + point.bound,
        )
        for point in curve
    )
