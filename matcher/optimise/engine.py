"""The engine: the model's arrays straight into HiGHS.

A part without opening decisions is a linear programme, solved by column generation. A small part
with decisions goes to HiGHS whole. A large one is taken apart again: the rows that join blocks
(attention, number of proposals) get the prices of the linear relaxation, every block is solved
alone at those prices, and a last model picks among the links that any block or the relaxation
opened. The blocks' bounds and the rows' worth add up to a bound of the whole (Lagrange), tighter
than the linear one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import (
    Part,
    component_of_links,
    drop_what_cannot_pay,
    split,
    take_links,
)
from matcher.optimise.executor import run_all
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Rows, SolveReport, SolveStatus
from matcher.optimise.program import build_program
from matcher.optimise.relaxation import Relaxation, best_links, relax
from matcher.optimise.settle import Settled, settle
from matcher.settings import Settings

LARGE_LINKS = 700
"""From this many opening decisions on, HiGHS whole stops proving in reasonable time (measured)."""

# Branch-and-bound nodes of a block: its bound is nearly all made at the root.
_BLOCK_NODES = 1
# From this many decisions on, a first plan is sought among the links of the linear relaxation.
_FIRST_LINKS = 100
_FIRST_GAP = 0.005
_FIRST_SHARE = 0.3
# Share of the time that all blocks together may take.
_BLOCKS_SHARE = 0.6
# Part of the gap asked for that a block, and the last choice, may leave open.
_BLOCK_GAP_SHARE = 0.3
# Up to this many decisions the whole model is worth a try when the gap is not yet closed.
_WHOLE_LINKS = 2_500
_SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan of one part and its bound."""

    settled: Settled
    bound: float
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    exchange: ExchangeProblem
    settings: Settings
    gap: float
    deadline: solver.Deadline


def solve_small(
    exchange: ExchangeProblem, settings: Settings, *, gap: float, deadline: solver.Deadline
) -> Answer:
    """Solve one part in one go: linear, or few enough decisions for HiGHS whole."""
    if not exchange.has_choice().any():
        return _linear(exchange, settings, deadline)
    if int(exchange.has_choice().sum()) <= _FIRST_LINKS:
        is_open, report = _whole(exchange, settings, gap, deadline)
        settled = settle(exchange, is_open, settings)
        bound = max(report.bound, settled.objective)
        return Answer(settled=settled, bound=bound, status=report.status)
    relaxation = relax(exchange, settings, deadline)
    first = _best_among(
        exchange,
        relaxation.open_share > 1e-6,
        settings,
        max(gap, _FIRST_GAP),
        deadline.share(_FIRST_SHARE),
    )[0]
    return _improved(exchange, first, relaxation, settings, gap, deadline)


def _best_among(
    exchange: ExchangeProblem,
    kept: Bools,
    settings: Settings,
    gap: float,
    deadline: solver.Deadline,
    start: Settled | None = None,
) -> tuple[Settled, SolveReport]:
    """The best plan that opens some of the kept links only."""
    part = take_links(exchange, kept)
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
    """Solve one part with many opening decisions, its blocks side by side."""
    relaxation = relax(exchange, settings, deadline)
    blocks, worth = _blocks_at_prices(exchange, relaxation)
    opened = relaxation.open_share > 1e-6
    bound = relaxation.bound
    if len(blocks) > 1:
        sizes = [float(block.links.size) for block in blocks]
        jobs = [
            _Block(
                exchange=block.problem,
                settings=replace(settings, node_limit=min(_BLOCK_NODES, settings.node_limit)),
                gap=_BLOCK_GAP_SHARE * gap,
                deadline=deadline.share(_BLOCKS_SHARE),
            )
            for block in blocks
        ]
        results = run_all(
            _solve_block, jobs, workers=settings.workers, dask_address=dask_address, sizes=sizes
        )
        for block, (is_open, _) in zip(blocks, results, strict=True):
            opened[block.links[is_open]] = True
        bound = min(bound, worth + sum(block_bound for _, block_bound in results))
    elif not opened.all():
        opened |= best_links(exchange, 2)
    settled, report = _best_among(
        exchange, opened, settings, _BLOCK_GAP_SHARE * gap, deadline.share(0.7)
    )
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


def _blocks_at_prices(
    exchange: ExchangeProblem, relaxation: Relaxation
) -> tuple[list[Part], float]:
    """The blocks left when the rows that join them are paid for, and what those rows are worth.

    Rows inside one block stay rows of it.
    """
    rows = exchange.link_rows
    unlinked = replace(exchange, link_rows=Rows.none(), max_links=None)
    block = component_of_links(unlinked)
    lowest, highest = np.full(rows.upper.size, block.size), np.full(rows.upper.size, -1)
    np.minimum.at(lowest, rows.row, block[rows.column])
    np.maximum.at(highest, rows.row, block[rows.column])
    joins = lowest < highest
    price = np.where(joins, relaxation.row_price, 0.0)
    toll = np.bincount(
        rows.column, rows.coefficient * price[rows.row], minlength=exchange.counts[3]
    )
    toll = toll + relaxation.limit_price * exchange.link_weight
    worth = float(price @ rows.upper)
    if exchange.max_links is not None:
        worth += relaxation.limit_price * exchange.max_links
    stays = ~joins[rows.row]
    inside = Rows(
        row=(np.cumsum(~joins) - 1)[rows.row[stays]],
        column=rows.column[stays],
        coefficient=rows.coefficient[stays],
        upper=rows.upper[~joins],
    )
    # A toll can be negative where a row has a negative coefficient: that gain is paid up front.
    cost = exchange.link_cost + toll
    worth += float(np.maximum(-cost, 0.0).sum())
    priced = replace(unlinked, link_rows=inside, link_cost=np.maximum(cost, 0.0))
    useful = drop_what_cannot_pay(priced)
    return [replace(part, links=useful.links[part.links]) for part in split(useful.problem)], worth


def _solve_block(job: _Block) -> tuple[Bools, float]:
    answer = solve_small(job.exchange, job.settings, gap=job.gap, deadline=job.deadline)
    return answer.settled.is_open, answer.bound


def relaxed_bound(exchange: ExchangeProblem) -> float:
    """A bound that needs no solver: every link at its best, alone."""
    most = exchange.most().sum(axis=1)
    earned: Floats = np.bincount(
        exchange.arc_link,
        np.maximum(exchange.arc_gain, 0.0) * most,
        minlength=exchange.counts[3],
    )
    return float(np.maximum(earned - exchange.link_cost, 0.0).sum())
