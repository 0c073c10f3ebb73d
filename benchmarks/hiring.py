"""Shared jobs by columns, beside the compact assignment model, at 30, 60 and 120 sites.

One trade over a disc of 25 km; needs of four shapes over the year (level, summer, winter, spring
and autumn), 200 to 750 hours a year, a quarter of them dearer today. "No leader" drops the rule
that one employer has 40 %: ten times as many groups. ``objective`` and ``bound`` in EUR a year;
``gap`` is to the subject's own bound. All stop at 0.2 % of the bound.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from matcher.errors import NoPlanError
from matcher.optimise.hiring_groups import HiringProblem
from matcher.optimise.hiring_terms import JobPrices, job_terms
from matcher.optimise.problem import SolveReport
from matcher.settings import Settings

SIZES = (30, 60, 120)
SEED = 1
RATIO_TO = "columns"
COMPACT_S = 60.0
_GAP = 0.002
_SHAPES = np.array(
    [
        [1.0] * 12,
        [0.0] * 4 + [0.4, 0.8, 1.0, 1.0, 0.8, 0.4, 0.0, 0.0],
        [1.0, 1.0, 0.8, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.8, 1.0],
        [0.0, 0.4, 0.8, 1.0, 0.8, 0.4, 0.0, 0.0, 0.8, 1.0, 0.6, 0.0],
    ]
)


def instance(sites: int, seed: int = SEED, *, leader: bool = True) -> HiringProblem:
    """A trade drawn at random; the same for the same numbers."""
    random = np.random.default_rng((seed, sites))
    shape = _SHAPES[random.integers(0, len(_SHAPES), sites)]
    year = random.uniform(200.0, 750.0, sites)
    hours = np.round(shape * (year / shape.sum(axis=1))[:, np.newaxis])
    radius = 25.0 * np.sqrt(random.uniform(0, 1, sites))
    angle = random.uniform(0, 2 * np.pi, sites)
    place = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    distance = 1.3 * np.linalg.norm(place[:, np.newaxis] - place, axis=2)
    settings = Settings()
    prices = JobPrices.standard(settings)
    terms = job_terms(settings, prices)
    if not leader:
        terms = replace(terms, least_pilot=0.0)
    today = prices.agency_eur_per_hour * np.where(random.uniform(size=sites) < 0.25, 1.3, 1.0)
    return HiringProblem(
        hours=hours,
        worth=hours.sum(axis=1) * today,
        near=(distance <= settings.hiring_radius_km) & ~np.eye(sites, dtype=bool),
        distance_km=distance,
        terms=terms,
    )


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _columns(sites: int, *, leader: bool = True, enough: int | None = None) -> Mapping[str, Any]:
    from matcher.optimise.hiring import solve
    from matcher.optimise.packing import ENOUGH_COLUMNS

    problem = instance(sites, leader=leader)
    settings = Settings(gap=_GAP, time_limit_s=COMPACT_S)
    started = _cpu_s()
    groups, report = solve(problem, settings, enough=ENOUGH_COLUMNS if enough is None else enough)
    return _figures(started, len(groups.value), report)


def _compact(sites: int, *, leader: bool = True) -> Mapping[str, Any]:
    from matcher.optimise.hiring_reference import solve_hiring_reference

    problem = instance(sites, leader=leader)
    settings = Settings(gap=_GAP, time_limit_s=COMPACT_S, node_limit=10_000_000)
    started = _cpu_s()
    try:
        members, report = solve_hiring_reference(problem, settings)
    except NoPlanError as error:
        return {"cpu_s": _cpu_s() - started, "status": f"no plan: {error.status}"}
    return _figures(started, len(members), report)


def _figures(started: float, jobs: int, report: SolveReport) -> Mapping[str, Any]:
    return {
        "cpu_s": _cpu_s() - started,
        "jobs": jobs,
        "objective": report.objective,
        "bound": report.bound,
        "gap": report.gap if report.objective else None,  # of nothing, a gap says nothing
        "status": str(report.status),
    }


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "columns": _columns,
    "columns, priced anew each round": lambda sites: _columns(sites, enough=0),
    "compact model, 60 s": _compact,
    "columns, no leader": lambda sites: _columns(sites, leader=False),
    "compact model, no leader, 60 s": lambda sites: _compact(sites, leader=False),
}
