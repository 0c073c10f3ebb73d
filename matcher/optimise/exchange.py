"""Exchanges: who gives what to whom, so that the territory gains most.

:func:`solve` takes the model as arrays, cuts it into parts that share nothing, has each solved,
and checks every row of the whole in numpy before anything leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import Part, drop_what_cannot_pay, split
from matcher.optimise.engine import solve_engine
from matcher.optimise.executor import run_all
from matcher.optimise.problem import (
    ExchangeProblem,
    ExchangeSolution,
    SolveStatus,
)
from matcher.optimise.reference import solve_reference
from matcher.optimise.seasons import merge_seasons
from matcher.optimise.settle import Settled, check_rows, objective_of, settle
from matcher.settings import Backend, Settings

# Below this many 0/1 variables in all, starting processes takes longer than solving.
_SMALL = 1_000
# Sums of the same terms in another order differ by about this share.
_ROUNDING = 1e-9
_WORST_FIRST = (SolveStatus.TIME_LIMIT, SolveStatus.WORK_LIMIT, SolveStatus.WITHIN_GAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    exchange: ExchangeProblem
    settings: Settings
    gap: float
    deadline: solver.Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    settled: Settled
    bound: float
    status: str
    seconds: float


def solve(
    exchange: ExchangeProblem,
    settings: Settings,
    *,
    gap: float | None = None,
    dask_address: str | None = None,
) -> ExchangeSolution:
    """Solve the exchange model (equations 1 to 9 of ``docs/model.md``).

    Parameters
    ----------
    exchange
        The model as arrays.
    settings
        Backend, solver, limits, seed, workers.
    gap
        Relative gap (share) at which a part may stop; ``settings.gap`` when ``None``.
    dask_address
        A Dask scheduler to run the parts on, instead of this machine's cores.

    Raises
    ------
    NoPlanError
        When there is no plan: the model contradicts itself, or a solver found nothing.
    """
    gap = settings.gap if gap is None else gap
    deadline = solver.Deadline.after(settings.time_limit_s)
    useful = drop_what_cannot_pay(exchange)
    parts = split(useful.problem)
    sizes = [float(part.links.size) for part in parts]
    jobs = [
        _Job(exchange=part.problem, settings=settings, gap=gap, deadline=deadline)
        for part in parts
    ]
    workers = 1 if sum(sizes) < _SMALL else settings.workers
    answers = run_all(_solve_part, jobs, workers=workers, dask_address=dask_address, sizes=sizes)
    return _merged(exchange, useful, parts, answers)


def _solve_part(job: _Job) -> _Answer:
    small, seasons = merge_seasons(job.exchange)
    backend = job.settings.backend
    if backend == Backend.REFERENCE:
        _, is_open, report = solve_reference(
            small, job.settings, gap=job.gap, time_limit_s=job.deadline.remaining_s()
        )
    else:
        _, is_open, report = solve_engine(
            small, job.settings, gap=job.gap, deadline=job.deadline
        )
    settled = settle(small, is_open, job.settings)
    return _Answer(
        settled=Settled(
            amount=seasons.amounts(settled.amount),
            is_open=settled.is_open,
            offer_price=seasons.offer_prices(settled.offer_price),
            need_price=seasons.need_prices(settled.need_price),
            objective=settled.objective,
        ),
        bound=max(report.bound, settled.objective),
        status=report.status,
        seconds=report.seconds,
    )


def _merged(
    exchange: ExchangeProblem, useful: Part, parts: list[Part], answers: list[_Answer]
) -> ExchangeSolution:
    offers, needs, arcs, links = exchange.counts
    periods = exchange.supply.shape[1]
    amount = np.zeros((arcs, periods))
    is_open = np.zeros(links, np.bool_)
    offer_price, need_price = np.zeros((offers, periods)), np.zeros((needs, periods))
    for part, answer in zip(parts, answers, strict=True):
        amount[useful.arcs[part.arcs]] = answer.settled.amount
        is_open[useful.links[part.links]] = answer.settled.is_open
        offer_price[useful.offers[part.offers]] = answer.settled.offer_price
        need_price[useful.needs[part.needs]] = answer.settled.need_price
    check_rows(exchange, amount, is_open)
    statuses = {answer.status for answer in answers}
    status = next((word for word in _WORST_FIRST if word in statuses), SolveStatus.OPTIMAL)
    objective = objective_of(exchange, amount, is_open)
    bound = sum(answer.bound for answer in answers)
    if bound - objective < _ROUNDING * abs(objective):
        bound = objective
    seconds = sum(answer.seconds for answer in answers)
    return ExchangeSolution(
        amount=amount,
        is_open=is_open,
        offer_price=offer_price,
        need_price=need_price,
        report=solver.report(status, objective, bound, seconds),
    )
