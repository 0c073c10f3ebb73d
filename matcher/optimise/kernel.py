"""A good plan soon, of a part with many decisions: choices among few of its links.

The linear relaxation says which links are worth a choice (a kernel: E. Angelelli, R. Mansini and
M. G. Speranza, 2010; recalled, not read for this project). Nothing is proved here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import take_links
from matcher.optimise.greedy import greedy_links
from matcher.optimise.leftover import set_aside, with_mixed
from matcher.optimise.needed_links import helpers_of
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, SolveReport
from matcher.optimise.program import build_program
from matcher.optimise.relaxation import Relaxation
from matcher.optimise.settle import Settled, settle
from matcher.settings import Settings

_LEAST_FIRST_GAP = 0.0005
# Part of the gap asked for at which the first choice stops.
_FINE, _COARSE = 0.1, 0.2
# The first choice is among so many links at most; others are tried in buckets beside a small one.
_KERNEL_LINKS = 900
_SMALL_KERNEL_LINKS = 300
# Among many links only the root of the tree is worth its time. What it found is then improved: a
# link that the plan opens and the relaxation opens by more than the second share stays, one that
# neither opens by the first stays closed, and the root of what is left is solved anew (measured at
# 500 sites: 0.28 % in 5 CPU s, as much as the tree of all does not find in 60).
_ROOT = 1
_AROUND = ((0.05, 0.8), (0.03, 0.7))
_BUCKETS, _BUCKET_LINKS = 4, 80
_MOSTLY_OPEN = 0.3
# A bucket must bring this part of the gap asked for, or it is the last.
_WORTH_ANOTHER = 0.02
# Average opening from which a link counts as used by the relaxation: of few links, of many.
_SUPPORT, _SUPPORT_OF_MANY = 0.15, 0.3


def first_plan(
    exchange: ExchangeProblem,
    relaxation: Relaxation,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
) -> Settled:
    """A good plan soon: choose among the links that the relaxation uses, then let others in."""
    chosen = greedy_links(exchange)
    start = settle(exchange, chosen, settings) if chosen.any() else None
    kept = _used_most(exchange, relaxation.open_share, chosen, _SUPPORT)
    if int(kept.sum()) > _SMALL_KERNEL_LINKS:
        kept = _used_most(exchange, relaxation.open_share, chosen, _SUPPORT_OF_MANY)
        return _from_roots(exchange, relaxation, kept, start, settings, gap, deadline)
    part_gap = max(_FINE * gap, _LEAST_FIRST_GAP)
    best, _ = best_among(exchange, kept, settings, part_gap, deadline.share(0.7), start)
    best = _better(best, start)
    return _by_buckets(exchange, relaxation, kept, best, settings, gap, deadline)


def _from_roots(
    exchange: ExchangeProblem,
    relaxation: Relaxation,
    kept: Bools,
    start: Settled | None,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
) -> Settled:
    """The root of many links, then of those on which its plan and the relaxation do not agree."""
    quick = replace(settings, node_limit=min(_ROOT, settings.node_limit))
    best, _ = best_among(exchange, kept, quick, _COARSE * gap, deadline.share(0.7), start)
    best = _better(best, start)
    for closed, opened in _AROUND:
        if deadline.is_over():
            break
        share = relaxation.open_share
        free = best.is_open & (share <= opened) | ~best.is_open & (share > closed)
        free |= helpers_of(exchange, free)
        better = _anew(exchange, best, free, quick, _LEAST_FIRST_GAP, deadline.share(0.5))
        best = _better(better, best)
    return best


def _anew(
    exchange: ExchangeProblem,
    plan: Settled,
    free: Bools,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
) -> Settled:
    """The plan with some links chosen anew while all others stay as they are."""
    free = with_mixed(exchange, free)
    stays, _, part = set_aside(exchange, plan.amount, plan.is_open, free)
    start = replace(plan, amount=plan.amount[part.arcs], is_open=plan.is_open[part.links])
    is_open = stays.copy()
    is_open[part.links], _ = whole(part.problem, settings, gap, deadline, start)
    return settle(exchange, is_open, settings)


def _better(one: Settled, other: Settled | None) -> Settled:
    return one if other is None or one.objective >= other.objective else other


def _by_buckets(
    exchange: ExchangeProblem,
    relaxation: Relaxation,
    kept: Bools,
    best: Settled,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
) -> Settled:
    """Let other links in, those that earn most at the relaxation's prices first, as long as a
    bucket of them still brings something (kernel search).
    """
    part_gap = max(_FINE * gap, _LEAST_FIRST_GAP)
    tried = kept.copy()
    for _ in range(_BUCKETS):
        others = np.flatnonzero(~tried)
        if not others.size or deadline.is_over():
            break
        earning = np.argsort(-relaxation.link_value[others], kind="stable")
        bucket = others[earning[:_BUCKET_LINKS]]
        tried[bucket] = True
        free = best.is_open | (relaxation.open_share > _MOSTLY_OPEN)
        free[bucket] = True
        better, _ = best_among(exchange, free, settings, part_gap, deadline.share(0.5), best)
        brought = better.objective - best.objective
        best = _better(better, best)
        if brought <= _WORTH_ANOTHER * gap * abs(best.objective):
            break
    return best


def _used_most(exchange: ExchangeProblem, share: Floats, chosen: Bools, least: float) -> Bools:
    """(L,) the links that the relaxation opens by more than ``least``, the chosen ones, and those
    that a row asks for: without them a first plan would have none to choose.
    """
    ranked = np.argsort(-share, kind="stable")[:_KERNEL_LINKS]
    kept = chosen.copy()
    kept[ranked[share[ranked] > least]] = True
    rows = exchange.link_rows
    asks = rows.upper < 0
    kept[rows.column[asks[rows.row] & (rows.coefficient < 0)]] = True
    return kept


def best_among(
    exchange: ExchangeProblem,
    kept: Bools,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
    start: Settled | None = None,
) -> tuple[Settled, SolveReport]:
    """The best plan that opens some of the kept links only."""
    part = take_links(exchange, kept | helpers_of(exchange, kept))
    if start is not None:
        start = replace(start, amount=start.amount[part.arcs], is_open=start.is_open[part.links])
    small, report = whole(part.problem, settings, gap, deadline, start)
    is_open = np.zeros(exchange.counts[3], np.bool_)
    is_open[part.links] = small
    return settle(exchange, is_open, settings), report


def whole(
    exchange: ExchangeProblem,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
    start: Settled | None = None,
) -> tuple[Bools, SolveReport]:
    """The model to HiGHS as it stands: (L,) the links opened, and the report.

    Raises
    ------
    NoPlanError
        When HiGHS hands back no plan.
    """
    program, layout = build_program(exchange)
    highs = solver.open_highs(settings, gap=gap, time_limit_s=deadline.remaining_s())
    program.pass_to(highs)
    if start is not None:
        amounts = start.amount[layout.arc, layout.period]
        solver.start_from_values(
            highs, np.concatenate([amounts, start.is_open[layout.link].astype(np.float64)])
        )
    report = solver.run_highs(highs, "exchange")
    return layout.opened(solver.column_values(highs), exchange), report
