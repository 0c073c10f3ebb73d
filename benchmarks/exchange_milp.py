"""Exchange with fixed costs, lots and partners: about 6,500 decisions in 10 s, beside whole HiGHS.

The gap that counts is to the best bound any subject proved; each subject prints its own bound, so
compare objectives with the highest line's lowest bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.exchange_instances import build_fixed_cost, build_territory
from matcher.errors import NoPlanError
from matcher.optimise.components import drop_what_cannot_pay, split
from matcher.settings import Settings

SIZES = (10_000,)  # arcs before those that cannot pay are dropped: about 6,500 are left
SEED = 1
BUDGET_S = 10.0
TERRITORY_SITES = 500


def _maillage(arcs: int) -> Mapping[str, Any]:
    from matcher.optimise.exchange import solve

    problem = build_fixed_cost(arcs, SEED)
    useful = drop_what_cannot_pay(problem).problem
    report = solve(problem, Settings(time_limit_s=BUDGET_S), gap=1e-3).report
    return {
        "decisions": useful.counts[3],
        "components": len(split(useful)),
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap,
    }


def _whole_highs(arcs: int, seconds: float = BUDGET_S) -> Mapping[str, Any]:
    from matcher.optimise import solver
    from matcher.optimise.program import build_program, solve_program

    useful = drop_what_cannot_pay(build_fixed_cost(arcs, SEED)).problem
    program, _ = build_program(useful)
    highs = solver.open_highs(Settings(time_limit_s=seconds), gap=1e-3)
    try:
        _, report = solve_program(program, highs)
    except NoPlanError as error:
        return {"decisions": useful.counts[3], "no plan": error.status}
    return {
        "decisions": useful.counts[3],
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap,
    }


def _territory(_: int) -> Mapping[str, Any]:
    from matcher.optimise.exchange import solve

    problem = build_territory(TERRITORY_SITES, SEED)
    report = solve(problem, Settings(), gap=0.01).report
    return {"objective": report.objective, "bound": report.bound, "own_gap": report.gap}


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "maillage, 10 s": _maillage,
    "highs whole, 10 s": _whole_highs,
    "highs whole, 60 s (for its bound)": lambda arcs: _whole_highs(arcs, 60.0),
    "maillage, 500 sites with attention": _territory,
}
