"""Sharing: hosts x users on a made-up plane, beside whole HiGHS and whole CBC on the same model.

All subjects are asked for a proof (gap 1e-6) within the same emergency stop; compare ``objective``
with the highest ``bound``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

SIZES = (50, 100)  # hosts, and as many users
SEED = 1
BUDGET_S = 240.0


def build(size: int) -> Any:
    """Capacities some five times the needs, a fixed cost that grows with the root of capacity."""
    from matcher.optimise.facility import FacilityProblem

    chance = np.random.default_rng(SEED)
    host, user = chance.random((size, 2)), chance.random((size, 2))
    need = chance.uniform(5, 35, size)
    capacity = chance.uniform(10, 160, size)
    capacity *= 5 * need.sum() / capacity.sum()
    fixed = chance.uniform(0, 90, size) + chance.uniform(100, 110, size) * np.sqrt(capacity)
    distance = np.hypot(*(user[:, None, :] - host[None, :, :]).transpose(2, 0, 1))
    arc_user, arc_host = np.indices((size, size)).reshape(2, -1)
    return FacilityProblem(
        capacity=capacity[:, None],
        fixed_cost=fixed,
        need=need[:, None],
        arc_user=arc_user,
        arc_host=arc_host,
        arc_cost=10 * distance.reshape(-1),
    )


def _figures(report: Any) -> Mapping[str, Any]:
    return {
        "objective": report.objective,
        "bound": report.bound,
        "own_gap": report.gap,
        "proved": str(report.proved_optimal),
    }


def _maillage(size: int) -> Mapping[str, Any]:
    from matcher.optimise import facility
    from matcher.settings import Settings

    return _figures(facility.solve(build(size), Settings(time_limit_s=BUDGET_S)).report)


def _whole(size: int, name: str) -> Mapping[str, Any]:
    from matcher.optimise import solver
    from matcher.optimise.facility_reference import build_reference
    from matcher.settings import Settings, Solver

    settings = Settings(time_limit_s=BUDGET_S, solver=Solver(name), node_limit=10_000_000)
    return _figures(solver.run(build_reference(build(size)).problem, settings))


SUBJECTS: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "maillage": _maillage,
    "pulp + highs, whole": lambda size: _whole(size, "highs"),
    "pulp + cbc, whole": lambda size: _whole(size, "cbc"),
}
RATIO_TO = "maillage"
