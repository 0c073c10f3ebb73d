"""Exchanges: who gives what to whom, so that the territory gains most.

:func:`solve` takes the model as arrays, cuts it into parts that share nothing, has each solved,
and checks every row of the whole in numpy before anything leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.optimise import solver
from matcher.optimise.components import Part, drop_what_cannot_pay, split
from matcher.optimise.engine import LARGE_LINKS, Answer, relaxed_bound, solve_large, solve_small
from matcher.optimise.executor import fair_shares, run_all
from matcher.optimise.problem import (
    ExchangeProblem,
    ExchangeSolution,
    SolveStatus,
)
from matcher.optimise.seasons import Seasons, merge_seasons
from matcher.optimise.settle import check_rows, objective_of, settle
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
    share: float


def solve(
    exchange: ExchangeProblem,
    settings: Settings,
    *,
    gap: float | None = None,
    dask_address: str | None = None,
) -> ExchangeSolution:
    """Solve the exchange model (equations 1 to 10 of ``docs/model.md``).

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
    large = [i for i, part in enumerate(parts) if _is_large(part.problem, settings)]
    small = sorted(set(range(len(parts))) - set(large))
    sizes = [float(part.links.size) for part in parts]
    shares = fair_shares([sizes[i] for i in small], settings.workers)
    weight = sum(sizes[i] for i in small) / max(sum(sizes), 1.0)
    jobs = [
        _Job(
            exchange=parts[i].problem,
            settings=settings,
            gap=gap,
            deadline=deadline.share(weight) if large else deadline,
            share=share,
        )
        for i, share in zip(small, shares, strict=True)
    ]
    decisions = sum(int(parts[i].problem.has_choice().sum()) for i in small)
    answers = dict(
        zip(
            small,
            run_all(
                _solve_part,
                jobs,
                workers=1 if decisions < _SMALL else settings.workers,
                dask_address=dask_address if decisions else None,
                sizes=[sizes[i] for i in small],
            ),
            strict=True,
        )
    )
    for i in large:
        merged, seasons = merge_seasons(parts[i].problem)
        answer = solve_large(
            merged, settings, gap=gap, deadline=deadline, dask_address=dask_address
        )
        answers[i] = _unmerged(answer, seasons)
    ordered = [answers[i] for i in range(len(parts))]
    return _merged(exchange, useful, parts, ordered, deadline.spent_s(settings.time_limit_s))


def _is_large(exchange: ExchangeProblem, settings: Settings) -> bool:
    if settings.backend == Backend.REFERENCE:
        return False
    return int(exchange.has_choice().sum()) > LARGE_LINKS


def _solve_part(job: _Job) -> Answer:
    merged, seasons = merge_seasons(job.exchange)
    deadline = job.deadline.share(job.share)
    if job.settings.backend == Backend.REFERENCE:
        from matcher.optimise.reference import solve_reference  # loads PuLP

        _, is_open, report = solve_reference(
            merged, job.settings, gap=job.gap, time_limit_s=deadline.remaining_s()
        )
        settled = settle(merged, is_open, job.settings)
        bound = max(min(report.bound, relaxed_bound(merged)), settled.objective)
        answer = Answer(settled=settled, bound=bound, status=report.status)
    else:
        answer = solve_small(merged, job.settings, gap=job.gap, deadline=deadline)
    return _unmerged(answer, seasons)


def _unmerged(answer: Answer, seasons: Seasons) -> Answer:
    settled = answer.settled
    return replace(
        answer,
        settled=replace(
            settled,
            amount=seasons.amounts(settled.amount),
            offer_price=seasons.offer_prices(settled.offer_price),
            need_price=seasons.need_prices(settled.need_price),
        ),
    )


def _merged(
    exchange: ExchangeProblem,
    useful: Part,
    parts: list[Part],
    answers: list[Answer],
    seconds: float,
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
    return ExchangeSolution(
        amount=amount,
        is_open=is_open,
        offer_price=offer_price,
        need_price=need_price,
        report=solver.report(status, objective, bound, seconds),
    )
