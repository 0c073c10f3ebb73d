"""The portfolio: one plan, and the curve of gain against number of proposals.

Every point of the curve is a plan that can be carried out, with a bound that is proved. The bound
of a point is Lagrange's (21), reckoned over all links from the prices of a few linear relaxations:
for one set of prices, the best k links at those prices bound what any k proposals can bring.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.errors import NoPlanError
from matcher.optimise.animation import AnimationUse, Budget
from matcher.optimise.components import component_of_links, drop_what_cannot_pay, take_links
from matcher.optimise.exchange import solve
from matcher.optimise.floor import Floor
from matcher.optimise.prices import Prices, search_prices_by_limit
from matcher.optimise.problem import (
    Bools,
    CurvePoint,
    ExchangeProblem,
    ExchangeSolution,
    Floats,
    Ints,
    ProofLimit,
)
from matcher.optimise.seasons import merge_seasons
from matcher.optimise.serving import FloorAccount, with_floor
from matcher.optimise.settle import check_rows, settle
from matcher.settings import Settings

# Sets of prices behind the bounds of a curve; a small model has one for every point.
_RELAXATIONS = 6
_EVERY_POINT_UP_TO_LINKS = 5_000
# Up to this many links, each point of the curve is chosen by a solve of its own.
_SOLVE_POINTS_UP_TO_LINKS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """The plan, its curve, and how many parts the model fell into."""

    solution: ExchangeSolution
    curve: tuple[CurvePoint, ...]
    components: int
    problem: ExchangeProblem  # the model that was solved last, with the rows that were needed
    animation: AnimationUse | None = None
    floor: FloorAccount | None = None
    in_stages: bool = False  # declared links first, then supposed ones from what is left

    @property
    def proof_limits(self) -> tuple[ProofLimit, ...]:
        """What its bound is a bound of; none when it is of every choice among the links."""
        limits = [ProofLimit.DECLARED_FIRST] if self.in_stages else []
        floor = None if self.floor is None else self.floor.proof_limit
        return tuple(limits if floor is None else [*limits, floor])


def solve_portfolio(
    exchange: ExchangeProblem,
    settings: Settings,
    *,
    budget: Budget | None = None,
    floor: Floor | None = None,
    dask_address: str | None = None,
) -> Portfolio:
    """Choose the proposals of a round and draw the curve that ends at them.

    Parameters
    ----------
    exchange
        The model; its ``max_links`` is the number of proposals wanted, or ``None``. When it is
        ``None`` and ``settings.proposals`` is not, that is used.
    settings
        ``portfolio_gap``, ``curve_points`` and what :func:`matcher.optimise.exchange.solve` reads.
    budget
        Hours of animation; without a limit when left out.
    floor
        Sites that should have a credible proposal each; none is asked when left out.
    dask_address
        A Dask scheduler to run the parts on.

    Returns
    -------
    Portfolio
        The last point of the curve is the plan itself. No point when no proposal pays.

    Raises
    ------
    NoPlanError
        When there is no plan.
    """
    if exchange.max_links is None and settings.proposals is not None:
        exchange = replace(exchange, max_links=settings.proposals)
    components = len(np.unique(component_of_links(replace(exchange, max_links=None))))
    solution = _solve_with_limit(exchange, settings, dask_address)
    animation, free = None, exchange
    if budget is not None:
        is_kept = budget.is_kept_by(solution)
        if not is_kept:
            exchange = budget.limiting(free)
            solution = _solve_with_limit(exchange, settings, dask_address)
        animation = _animation(free, solution, budget, settings, is_kept, dask_address)
    # What no plan can pass, whoever it serves, bounds the curve.
    bound, account = solution.report.bound, None
    if floor is not None:
        limited = exchange
        if budget is not None and exchange is free:
            limited = budget.limiting(exchange)
        solution, account = with_floor(
            limited,
            solution,
            floor,
            lambda part, gap: _solve_with_limit(
                part,
                replace(settings, portfolio_gap=min(settings.portfolio_gap, gap)),
                dask_address,
            ),
        )
    if animation is not None and budget is not None:
        animation = replace(animation, used_hours=budget.spent(solution))
    return Portfolio(
        solution=solution,
        curve=_curve(exchange, solution, settings, bound),
        components=components,
        problem=exchange,
        animation=animation,
        floor=account,
    )


def _animation(
    free: ExchangeProblem,
    solution: ExchangeSolution,
    budget: Budget,
    settings: Settings,
    is_kept: bool,
    dask_address: str | None,
) -> AnimationUse:
    """What the hours are worth: the same question with a week more."""
    use = AnimationUse(
        budget_hours=budget.most, used_hours=budget.spent(solution), is_binding=not is_kept
    )
    if is_kept:
        return use
    wider = replace(budget, most=budget.most + use.more_hours)
    report = _solve_with_limit(wider.limiting(free), settings, dask_address).report
    return replace(
        use,
        more_gain=max(report.objective - solution.report.objective, 0.0),
        more_bound=max(report.bound - solution.report.objective, 0.0),
    )


def _solve_with_limit(
    exchange: ExchangeProblem, settings: Settings, dask_address: str | None
) -> ExchangeSolution:
    """Without the limit first: when it does not bind, the parts stay apart and the proof holds."""
    gap = settings.portfolio_gap
    if exchange.max_links is not None:
        most = _links_at_most(exchange)
        if most > exchange.max_links:
            return solve(exchange, settings, gap=gap, dask_address=dask_address)
    free = replace(exchange, max_links=None)
    return solve(free, settings, gap=gap, dask_address=dask_address)


def _links_at_most(exchange: ExchangeProblem) -> float:
    """How many proposals the rows of attention could let through at most."""
    useful = drop_what_cannot_pay(exchange).problem
    return float(useful.link_weight.sum())


def _curve(
    exchange: ExchangeProblem, solution: ExchangeSolution, settings: Settings, bound: float
) -> tuple[CurvePoint, ...]:
    counted = solution.is_open & (exchange.link_weight > 0)
    total = round(float(exchange.link_weight @ solution.is_open))
    ks = points_of_curve(total, settings.curve_points)
    if not ks.size:
        return ()
    gains = _gains(exchange, solution, counted, ks, settings)
    # Below what has to stay (63) there is no plan, hence no point.
    ks, gains = ks[np.isfinite(gains)], gains[np.isfinite(gains)]
    bounds = _bounds(exchange, ks)
    # More proposals never bring less, and none brings more than the whole plan's bound.
    bounds = np.minimum(bounds, bound)
    bounds = np.minimum.accumulate(bounds[::-1])[::-1]
    gains = np.minimum(np.maximum.accumulate(gains), solution.report.objective)
    gains[-1], bounds[-1] = solution.report.objective, bound
    return tuple(
        CurvePoint(proposals=int(k), gain=float(gain), bound=float(max(gain, bound)))
        for k, gain, bound in zip(ks, gains, bounds, strict=True)
    )


def points_of_curve(total: int, most_points: int) -> Ints:
    """Every number from 1 up to ``total`` if there is room, else a spread that ends there."""
    if total == 0 or most_points == 0:
        return np.empty(0, np.int64)
    spread = (
        np.linspace(1, total, min(total, most_points)) if most_points > 1 else np.array([total])
    )
    return np.unique(np.round(spread).astype(np.int64))


def _gains(
    exchange: ExchangeProblem,
    solution: ExchangeSolution,
    counted: Bools,
    ks: Ints,
    settings: Settings,
) -> Floats:
    """Best gain found with k proposals out of the plan's own links."""
    part = take_links(exchange, solution.is_open)
    if part.links.size <= _SOLVE_POINTS_UP_TO_LINKS:
        return np.array([_solved_gain(part.problem, int(k), settings) for k in ks])
    earned = np.bincount(
        exchange.arc_link,
        exchange.arc_gain * solution.amount.sum(axis=1),
        minlength=exchange.counts[3],
    )
    net = np.where(counted, earned - exchange.link_cost, -np.inf)
    ranked = np.argsort(-net, kind="stable")[: int(counted.sum())]
    free = solution.is_open & ~counted
    return np.array([_kept_gain(exchange, ranked[: int(k)], free, settings) for k in ks])


def _solved_gain(exchange: ExchangeProblem, k: int, settings: Settings) -> float:
    limited = replace(exchange, max_links=k)
    try:
        return solve(limited, replace(settings, workers=1), gap=1e-4).report.objective
    except NoPlanError:
        if (exchange.link_rows.upper < 0).any():
            return -np.inf
        raise


def _kept_gain(exchange: ExchangeProblem, links: Ints, free: Bools, settings: Settings) -> float:
    """Gain of the given links with their amounts chosen again; none when a row asks for others."""
    is_open = free.copy()
    is_open[links] = True
    try:
        settled = settle(exchange, is_open, settings)
        check_rows(exchange, settled.amount, settled.is_open)
    except NoPlanError:
        return -np.inf if (exchange.link_rows.upper < 0).any() else 0.0
    return settled.objective


def _bounds(exchange: ExchangeProblem, ks: Ints) -> Floats:
    useful = drop_what_cannot_pay(replace(exchange, max_links=None)).problem
    merged, _ = merge_seasons(useful)
    count = len(ks) if useful.counts[3] <= _EVERY_POINT_UP_TO_LINKS else _RELAXATIONS
    spread = ks[np.unique(np.round(np.linspace(0, len(ks) - 1, count)).astype(np.int64))]
    prices = search_prices_by_limit(merged, spread.tolist())
    bounds = [_bound_by_count(price, useful.link_weight, ks) for price in prices]
    return np.asarray(np.minimum.reduce(bounds), dtype=np.float64)


def _bound_by_count(price: Prices, weight: Floats, ks: Ints) -> Floats:
    """(21) for every k at one set of prices: the best k links, the last in part."""
    free = weight == 0
    fixed = price.worth + float(np.maximum(price.link_value[free], 0.0).sum())
    value, weight = price.link_value[~free], weight[~free]
    pays = value > 0
    value, weight = value[pays], weight[pays]
    order = np.argsort(-value / weight, kind="stable")
    taken = np.concatenate([[0.0], np.cumsum(weight[order])])
    earned = np.concatenate([[0.0], np.cumsum(value[order])])
    return np.asarray(fixed + np.interp(ks, taken, earned), dtype=np.float64)
