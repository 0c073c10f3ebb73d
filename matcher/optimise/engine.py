"""The engine: the model's arrays straight into HiGHS.

A part without opening decisions is a linear programme, solved by column generation. A small part
with decisions goes to HiGHS whole. A large one is taken apart again (``pieces``): the rows that
join pieces are paid for at the prices of the linear relaxation, and every piece is bounded alone,
beside the search for a plan of the whole (``kernel``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.optimise import solver
from matcher.optimise.executor import run_all
from matcher.optimise.kernel import best_among, first_plan, whole
from matcher.optimise.pieces import bound_of_piece, take_apart
from matcher.optimise.prices import relax_by_prices
from matcher.optimise.problem import ExchangeProblem, Floats, SolveStatus
from matcher.optimise.program import Program
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
_FIRST_SHARE = 0.75
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
    return first_plan(task.model, task.relaxation, task.settings, task.gap, task.deadline)


def solve_small(
    exchange: ExchangeProblem, settings: Settings, *, gap: float, deadline: solver.Deadline
) -> Answer:
    """Solve one part in one go: linear, or few enough decisions for HiGHS whole."""
    if not exchange.has_choice().any():
        return _linear(exchange, settings, deadline)
    if _is_quick(exchange) and not _is_in_a_hurry(exchange, deadline):
        is_open, report = whole(exchange, settings, gap, deadline)
        settled = settle(exchange, is_open, settings)
        bound = max(report.bound, settled.objective)
        return Answer(settled=settled, bound=bound, status=report.status)
    relaxation = relax_by_prices(exchange)
    first = first_plan(exchange, relaxation, settings, gap, deadline.share(_FIRST_SHARE))
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
    settled, report = best_among(exchange, kept, settings, gap, deadline, first)
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


def relaxed_bound(exchange: ExchangeProblem) -> float:
    """A bound that needs no solver: every link at its best, alone."""
    most = exchange.most().sum(axis=1)
    earned: Floats = np.bincount(
        exchange.arc_link,
        np.maximum(exchange.arc_gain, 0.0) * most,
        minlength=exchange.counts[3],
    )
    return float(np.maximum(earned - exchange.link_cost, 0.0).sum())
