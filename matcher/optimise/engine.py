"""The engine: the model's arrays straight into HiGHS.

A part without opening decisions is a linear programme, solved by column generation. A small part
with decisions goes to HiGHS whole. A large one is taken apart again (``pieces``): the rows that
join pieces are paid for at the prices of the linear relaxation, every piece is solved alone, and a
last model picks among the links that any piece or the relaxation opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import take_links
from matcher.optimise.executor import run_all
from matcher.optimise.greedy import greedy_links
from matcher.optimise.needed_links import helpers_of
from matcher.optimise.pieces import bound_of_piece, take_apart
from matcher.optimise.prices import relax_by_prices
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, SolveReport, SolveStatus
from matcher.optimise.program import Program, build_program
from matcher.optimise.relaxation import Relaxation, relax
from matcher.optimise.settle import Settled, settle
from matcher.settings import Settings

LARGE_LINKS = 1_000
"""From this many opening decisions on, HiGHS whole stops proving in reasonable time (measured)."""

# From this many decisions on, a first plan is sought among the links of the linear relaxation.
_FIRST_LINKS = 100
_FIRST_LINKS_OF_ONE_PERIOD = 5 * _FIRST_LINKS
# With less time a decision than this, a first plan comes first whatever the size: HiGHS whole may
# still be at its root by then (measured on parts of 330 decisions with a second each).
_HURRY_S_A_DECISION = 0.01
_LEAST_FIRST_GAP = 0.0005
# Part of the gap asked for at which the first choice stops. Among many links the last tenth of a
# per cent takes six times as long as all before it (measured at 500 sites).
_FINE, _COARSE = 0.1, 0.2
_FIRST_SHARE = 0.75
# The first choice is among so many links at most; others are tried in buckets beside a small one.
_KERNEL_LINKS = 900
_SMALL_KERNEL_LINKS = 300
_BUCKETS, _BUCKET_LINKS = 4, 80
_MOSTLY_OPEN = 0.3
# A bucket must bring this part of the gap asked for, or it is the last.
_WORTH_ANOTHER = 0.02
# Average opening from which a link counts as used by the relaxation. With 0.05 the first choice
# takes half as long again for a plan no better; with 0.2 it misses some (measured at 500 sites).
_SUPPORT = 0.15
# Part of the gap asked for that a piece may leave open.
_PART_OF_GAP = 0.05
# Up to this many decisions the whole model is worth a try when the gap is not yet closed.
_WHOLE_LINKS = 2_500
_SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan of one part and its bound."""

    settled: Settled
    bound: float
    status: str


@dataclass(frozen=True, slots=True)
class _Task:
    """A first plan of the whole, or, without a relaxation, the bound of a piece."""

    model: ExchangeProblem | Program
    relaxation: Relaxation | None
    settings: Settings
    gap: float
    deadline: solver.Deadline


def _carried_out(task: _Task) -> Any:
    """Plan and pieces wait for nothing of each other, so that they run side by side."""
    if isinstance(task.model, Program):
        return bound_of_piece(task.model, task.settings, task.gap, task.deadline)
    assert task.relaxation is not None
    return _first_plan(task.model, task.relaxation, task.settings, task.gap, task.deadline)


def solve_small(
    exchange: ExchangeProblem, settings: Settings, *, gap: float, deadline: solver.Deadline
) -> Answer:
    """Solve one part in one go: linear, or few enough decisions for HiGHS whole."""
    if not exchange.has_choice().any():
        return _linear(exchange, settings, deadline)
    if _is_quick(exchange) and not _is_in_a_hurry(exchange, deadline):
        is_open, report = _whole(exchange, settings, gap, deadline)
        settled = settle(exchange, is_open, settings)
        bound = max(report.bound, settled.objective)
        return Answer(settled=settled, bound=bound, status=report.status)
    relaxation = relax_by_prices(exchange)
    first = _first_plan(exchange, relaxation, settings, gap, deadline.share(_FIRST_SHARE))
    return _improved(exchange, first, relaxation, settings, gap, deadline)


def _is_quick(exchange: ExchangeProblem) -> bool:
    """Whether HiGHS is through the root of the whole part sooner than a first plan is made."""
    decisions = int(exchange.has_choice().sum())
    if decisions <= _FIRST_LINKS:
        return True
    return exchange.supply.shape[1] == 1 and decisions <= _FIRST_LINKS_OF_ONE_PERIOD


def _is_in_a_hurry(exchange: ExchangeProblem, deadline: solver.Deadline) -> bool:
    decisions = int(exchange.has_choice().sum())
    return deadline.remaining_s() < _HURRY_S_A_DECISION * decisions


def _first_plan(
    exchange: ExchangeProblem,
    relaxation: Relaxation,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
) -> Settled:
    """A good plan soon: choose among the links that the relaxation uses, then let others in.

    The others come in small buckets, those that earn most at the relaxation's prices first, as
    long as a bucket still brings something (kernel search).
    """
    kept = _most_used(relaxation.open_share, _KERNEL_LINKS)
    chosen = greedy_links(exchange)
    start = settle(exchange, chosen, settings) if chosen.any() else None
    kept |= chosen | _asked_for(exchange)
    is_small = int(kept.sum()) <= _SMALL_KERNEL_LINKS
    part_gap = max((_FINE if is_small else _COARSE) * gap, _LEAST_FIRST_GAP)
    best, _ = _best_among(exchange, kept, settings, part_gap, deadline.share(0.7), start)
    best = best if start is None or best.objective >= start.objective else start
    tried = kept.copy()
    for _ in range(_BUCKETS if is_small else 0):
        others = np.flatnonzero(~tried)
        if not others.size or deadline.is_over():
            break
        earning = np.argsort(-relaxation.link_value[others], kind="stable")
        bucket = others[earning[:_BUCKET_LINKS]]
        tried[bucket] = True
        free = best.is_open | (relaxation.open_share > _MOSTLY_OPEN)
        free[bucket] = True
        better, _ = _best_among(exchange, free, settings, part_gap, deadline.share(0.5), best)
        brought = better.objective - best.objective
        best = better if brought > 0 else best
        if brought <= _WORTH_ANOTHER * gap * abs(best.objective):
            break
    return best


def _asked_for(exchange: ExchangeProblem) -> Bools:
    """Links that a row asks to be open: without them a first plan would have none to choose."""
    rows = exchange.link_rows
    asks = rows.upper < 0
    asked = np.zeros(exchange.counts[3], np.bool_)
    asked[rows.column[asks[rows.row] & (rows.coefficient < 0)]] = True
    return asked


def _most_used(open_share: Floats, most: int) -> Bools:
    """The links that the relaxation opens in part, no more than ``most`` of them."""
    ranked = np.argsort(-open_share, kind="stable")[:most]
    kept = np.zeros(open_share.size, np.bool_)
    kept[ranked[open_share[ranked] > _SUPPORT]] = True
    return kept


def _best_among(
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
    small, report = _whole(part.problem, settings, gap, deadline, start)
    is_open = np.zeros(exchange.counts[3], np.bool_)
    is_open[part.links] = small
    return settle(exchange, is_open, settings), report


def _improved(
    exchange: ExchangeProblem,
    first: Settled,
    relaxation: Relaxation,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
) -> Answer:
    """Solve on from a first plan, without the links that cannot lead to a better one.

    Opening a link that loses more at the relaxation's prices than the relaxation is above the
    plan cannot end above the plan: what is left out needs no further proof.
    """
    room = relaxation.bound - first.objective
    if room <= gap * abs(first.objective):
        return Answer(settled=first, bound=relaxation.bound, status=SolveStatus.WITHIN_GAP)
    kept = (relaxation.link_value >= -room * (1 + _SAME)) | first.is_open
    settled, report = _best_among(exchange, kept, settings, gap, deadline, first)
    settled = settled if settled.objective >= first.objective else first
    bound = max(min(report.bound, relaxation.bound), settled.objective)
    return Answer(settled=settled, bound=bound, status=report.status)


def solve_large(
    exchange: ExchangeProblem,
    settings: Settings,
    *,
    gap: float,
    deadline: solver.Deadline,
    dask_address: str | None = None,
) -> Answer:
    """Solve one part with many opening decisions, its pieces side by side."""
    relaxation = relax_by_prices(exchange)
    pieces, worth = take_apart(exchange, relaxation.prices)
    first = _Task(exchange, relaxation, settings, gap, deadline.share(_FIRST_SHARE))
    tasks = [first] + [
        _Task(piece, None, settings, _PART_OF_GAP * gap, deadline.share(_FIRST_SHARE))
        for piece in pieces
    ]
    sizes = [float(exchange.counts[2])] + [float(piece.cost.size) for piece in pieces]
    settled, *bounds = run_all(
        _carried_out, tasks, workers=settings.workers, dask_address=dask_address, sizes=sizes
    )
    bound = min(relaxation.bound, worth + sum(bounds))
    status = SolveStatus.WORK_LIMIT
    is_proved = bound - settled.objective <= gap * abs(settled.objective)
    if not is_proved and exchange.has_choice().sum() <= _WHOLE_LINKS:
        answer = _improved(exchange, settled, relaxation, settings, gap, deadline)
        settled, bound, status = answer.settled, min(bound, answer.bound), answer.status
    if deadline.is_over():
        status = SolveStatus.TIME_LIMIT
    bound = max(bound, settled.objective)
    if bound - settled.objective <= gap * abs(settled.objective) * (1 + _SAME):
        status = SolveStatus.WITHIN_GAP
    return Answer(settled=settled, bound=bound, status=status)


def _linear(exchange: ExchangeProblem, settings: Settings, deadline: solver.Deadline) -> Answer:
    relaxation = relax(exchange, settings, deadline)
    amount = relaxation.amount
    amount[amount < _SAME * np.maximum(exchange.most(), 1e-300)] = 0.0
    carried = np.bincount(exchange.arc_link, amount.sum(axis=1), minlength=exchange.counts[3])
    settled = Settled(
        amount=amount,
        is_open=carried > 0,
        offer_price=relaxation.offer_price,
        need_price=relaxation.need_price,
        objective=float(exchange.arc_gain @ amount.sum(axis=1)),
    )
    bound = max(relaxation.bound, settled.objective)
    return Answer(settled=settled, bound=bound, status=SolveStatus.OPTIMAL)


def _whole(
    exchange: ExchangeProblem,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
    start: Settled | None = None,
) -> tuple[Bools, SolveReport]:
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


def relaxed_bound(exchange: ExchangeProblem) -> float:
    """A bound that needs no solver: every link at its best, alone."""
    most = exchange.most().sum(axis=1)
    earned: Floats = np.bincount(
        exchange.arc_link,
        np.maximum(exchange.arc_gain, 0.0) * most,
        minlength=exchange.counts[3],
    )
    return float(np.maximum(earned - exchange.link_cost, 0.0).sum())
