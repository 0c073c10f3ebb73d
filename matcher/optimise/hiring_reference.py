"""Shared jobs as one would write them on a board: which site joins which job, in PuLP.

This writing is compact and slow: its relaxation cuts every job into slivers. It is read by people,
kept by the golden file of the tests, and is the second opinion on the columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pulp

from matcher.optimise import solver
from matcher.optimise.hiring_groups import LEAVE_DAY_HOURS, HiringProblem
from matcher.optimise.problem import Ints, SolveReport
from matcher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class HiringModel:
    """A PuLP model with its variables: ``joins[site, job]``, ``leads[site, job]``, ``used[job]``,
    ``overflow[job, month]`` in h, ``leave[job, month]`` in days, ``trip[leader, site, job]``.
    """

    problem: pulp.LpProblem
    joins: dict[tuple[int, int], pulp.LpVariable]
    leads: dict[tuple[int, int], pulp.LpVariable]
    used: dict[int, pulp.LpVariable]
    overflow: dict[tuple[int, int], pulp.LpVariable]
    leave: dict[tuple[int, int], pulp.LpVariable]
    trip: dict[tuple[int, int, int], pulp.LpVariable]


def most_jobs(hiring: HiringProblem) -> int:
    """No more jobs than half the sites, and than their hours fill."""
    terms = hiring.terms
    least = max(terms.least_load * terms.year_h, 1.0)
    return min(len(hiring.worth) // 2, int(hiring.hours.sum() // least))


def build_hiring_reference(hiring: HiringProblem) -> HiringModel:
    r"""Write the jobs (30) to (37) of ``docs/model.md`` in PuLP, all of them full time.

    :math:`\lambda_S` becomes ``joins``, 1 when a site is in a job; the first employer of (34) is
    ``leads``; :math:`t_S` is paid for each ``trip`` from it to another member.
    """
    problem = pulp.LpProblem("hiring", pulp.LpMaximize)
    sites, jobs, months = range(len(hiring.worth)), range(most_jobs(hiring)), range(12)
    terms = hiring.terms
    far = hiring.distance_km * hiring.hours.sum(axis=1) * terms.travel_eur_per_km
    far = far * 2 / LEAVE_DAY_HOURS
    both = [(f, j) for f in sites for j in jobs]
    each = [(j, m) for j in jobs for m in months]
    model = HiringModel(
        problem=problem,
        joins={k: problem.add_variable(f"joins_{k[0]}_{k[1]}", cat="Binary") for k in both},
        leads={k: problem.add_variable(f"leads_{k[0]}_{k[1]}", cat="Binary") for k in both},
        used={j: problem.add_variable(f"used_{j}", cat="Binary") for j in jobs},
        overflow={
            (j, m): problem.add_variable(
                f"overflow_{j}_{m}", lowBound=0, upBound=terms.month_h * terms.tolerance
            )
            for j, m in each
        },
        leave={
            (j, m): problem.add_variable(
                f"leave_{j}_{m}", lowBound=0, upBound=terms.days_per_month, cat="Integer"
            )
            for j, m in each
        },
        trip={
            (g, f, j): problem.add_variable(f"trip_{g}_{f}_{j}", lowBound=0, upBound=1)
            for g in sites
            for f in sites
            for j in jobs
            if hiring.near[g, f] and far[g, f] > 0
        },
    )
    worth = hiring.worth - terms.employer_eur_per_year
    problem += (
        pulp.lpSum(float(worth[f]) * joins for (f, _), joins in model.joins.items())
        - terms.year_h * terms.paid_eur_per_hour * pulp.lpSum(model.used.values())
        - terms.overflow_eur_per_hour * pulp.lpSum(model.overflow.values())
        - pulp.lpSum(float(far[g, f]) * trip for (g, f, _), trip in model.trip.items()),
        "value_30_37",
    )
    for f in sites:
        problem += pulp.lpSum(model.joins[f, j] for j in jobs) <= 1, f"once_31_{f}"
    for j in jobs:
        _limit_hours(model, hiring, j)
        _limit_employers(model, hiring, j)
        if j:
            problem += model.used[j] <= model.used[j - 1], f"order_{j}"
    return model


def _limit_hours(model: HiringModel, hiring: HiringProblem, j: int) -> None:
    """(32) the year and the months; (33) whole days and leave; (36) overflow and load."""
    problem, terms, used = model.problem, hiring.terms, model.used[j]
    sites, months = range(len(hiring.worth)), range(12)
    days = np.ceil(hiring.hours / terms.longest_day_h - 1e-6)
    year = pulp.lpSum(float(hiring.hours[f].sum()) * model.joins[f, j] for f in sites)
    problem += year <= terms.year_h * used, f"year_32_{j}"
    for m in months:
        asked = pulp.lpSum(float(hiring.hours[f, m]) * model.joins[f, j] for f in sites)
        leave, overflow = model.leave[j, m], model.overflow[j, m]
        problem += (
            asked + LEAVE_DAY_HOURS * leave <= terms.month_most_h * used,
            f"month_32_33_{j}_{m}",
        )
        spent = pulp.lpSum(float(days[f, m]) * model.joins[f, j] for f in sites)
        problem += spent + leave <= terms.days_per_month * used, f"days_33_{j}_{m}"
        problem += asked - overflow <= terms.month_h * used, f"overflow_36_{j}_{m}"
    placed = pulp.lpSum(model.leave[j, m] for m in months)
    problem += placed >= terms.leave_days * used, f"leave_33_{j}"
    over = pulp.lpSum(model.overflow[j, m] for m in months)
    problem += year - over >= terms.least_load * terms.year_h * used, f"load_36_{j}"


def _limit_employers(model: HiringModel, hiring: HiringProblem, j: int) -> None:
    """(34) shares and first employer; (35) how many, and how near."""
    problem, terms, used = model.problem, hiring.terms, model.used[j]
    sites = range(len(hiring.worth))
    total = hiring.hours.sum(axis=1)
    year = pulp.lpSum(float(total[f]) * model.joins[f, j] for f in sites)
    problem += pulp.lpSum(model.leads[f, j] for f in sites) == used, f"leader_34_{j}"
    many = pulp.lpSum(model.joins[f, j] for f in sites)
    problem += many >= 2 * used, f"least_35_{j}"
    problem += many <= terms.most_employers * used, f"most_35_{j}"
    for f in sites:
        joins, leads = model.joins[f, j], model.leads[f, j]
        problem += leads <= joins, f"leads_34_{f}_{j}"
        # The smallest constant that leaves the row open: the share of a full year.
        most = terms.least_pilot * terms.year_h
        problem += (
            terms.least_pilot * year <= float(total[f]) * leads + most * (1 - leads),
            f"pilot_34_{f}_{j}",
        )
        problem += float(total[f]) * joins <= terms.most_share * year, f"share_34_{f}_{j}"
        for g in range(f + 1, len(hiring.worth)):
            if not hiring.near[f, g]:
                problem += joins + model.joins[g, j] <= used, f"apart_35_{f}_{g}_{j}"
    for (g, f, job), trip in model.trip.items():
        if job == j:
            problem += trip >= model.leads[g, j] + model.joins[f, j] - 1, f"trip_37_{g}_{f}_{j}"


def solve_hiring_reference(
    hiring: HiringProblem,
    settings: Settings,
    *,
    gap: float | None = None,
    time_limit_s: float | None = None,
) -> tuple[Ints, SolveReport]:
    """Solve by PuLP: the members of each job, -1 padded, and what is proved.

    Raises
    ------
    NoPlanError
        When the solver hands back no plan.
    """
    model = build_hiring_reference(hiring)
    report = solver.run(model.problem, settings, gap=gap, time_limit_s=time_limit_s)
    rows = []
    for j in model.used:
        of_job = (f for (f, job) in model.joins if job == j)
        members = [f for f in of_job if solver.value_of(model.joins[f, j]) > 0.5]
        if members:
            rows.append(members + [-1] * (hiring.terms.most_employers - len(members)))
    shape = (len(rows), hiring.terms.most_employers)
    return np.array(rows, np.int64).reshape(shape), report
