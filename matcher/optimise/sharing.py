"""``solve_sharing``: who keeps the shared thing and who uses it, asked in ids."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.optimise import facility
from matcher.optimise.facility import FacilityProblem
from matcher.optimise.problem import SolveReport
from matcher.settings import Backend, Settings

Use = tuple[str, str]
"""A user and the host that serves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingPlan:
    """Units by (user, host), hosts that stay open, and what is proved.

    ``report`` is of a least cost in EUR: no plan costs less than ``report.bound``.
    """

    amounts: Mapping[Use, float]
    hosts: tuple[str, ...]
    report: SolveReport


def solve_sharing(
    capacity: Mapping[str, float],
    fixed_cost: Mapping[str, float],
    need: Mapping[str, float],
    unit_cost: Mapping[Use, float],
    settings: Settings,
) -> SharingPlan:
    r"""Meet every need at the least cost; a need may be split between hosts.

    .. math::

       \min \sum_h F_h y_h + \sum_{(u,h) \in A} c_{uh} x_{uh}                       & (40) \\
       \sum_h x_{uh} = n_u                                         \quad \forall u  & (41) \\
       \sum_u x_{uh} \le H_h\, y_h                                 \quad \forall h  & (42) \\
       0 \le x_{uh} \le \min(n_u, H_h)\, y_h, \; y_h \in \{0, 1\}                   & (43) \\
       \sum_h H_h y_h \ge \sum_u n_u                                                & (44)

    Parameters
    ----------
    capacity, fixed_cost
        :math:`H_h`, what each host can give, and :math:`F_h`, EUR for it to be open (missing: 0).
    need
        :math:`n_u`, what each user must get, in the same unit.
    unit_cost
        :math:`c_{uh}`, EUR a unit of need. Its keys are the uses A that are possible.
    settings
        Gap, limits, backend, seed.

    Raises
    ------
    ValueError
        For a negative or missing number, or an id that is not known.
    NoPlanError
        When the needs cannot be met: what is missing is said, and no empty plan is given.
    """
    _check(capacity, fixed_cost, need, unit_cost)
    hosts, users, uses = sorted(capacity), sorted(need), sorted(unit_cost)
    host_at = {host: place for place, host in enumerate(hosts)}
    user_at = {user: place for place, user in enumerate(users)}
    problem = FacilityProblem(
        capacity=np.array([[float(capacity[host])] for host in hosts]).reshape(-1, 1),
        fixed_cost=np.array([float(fixed_cost.get(host, 0.0)) for host in hosts]),
        need=np.array([[float(need[user])] for user in users]).reshape(-1, 1),
        arc_user=np.array([user_at[user] for user, _ in uses], np.int64),
        arc_host=np.array([host_at[host] for _, host in uses], np.int64),
        arc_cost=np.array([float(unit_cost[use]) for use in uses]),
    )
    facility.check_feasible(problem, users, settings)
    if settings.backend is Backend.REFERENCE:
        from matcher.optimise import facility_reference  # loads PuLP

        solution = facility_reference.solve_reference(problem, settings)
    else:
        solution = facility.solve(problem, settings)
    total = solution.amount[:, 0]
    return SharingPlan(
        amounts={use: float(total[at]) for at, use in enumerate(uses) if total[at] > 0},
        hosts=tuple(host for host, is_open in zip(hosts, solution.is_open, strict=True) if is_open),
        report=solution.report,
    )


def _check(
    capacity: Mapping[str, float],
    fixed_cost: Mapping[str, float],
    need: Mapping[str, float],
    unit_cost: Mapping[Use, float],
) -> None:
    tables: tuple[tuple[str, Mapping[Any, float]], ...] = (
        ("capacity", capacity),
        ("fixed_cost", fixed_cost),
        ("need", need),
    )
    for name, table in tables:
        for key, value in table.items():
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name}[{key!r}] must be finite and not negative, got {value}.")
    unknown = sorted(set(fixed_cost) - set(capacity))
    if unknown:
        raise ValueError(f"fixed_cost[{unknown[0]!r}] is not a host of capacity.")
    for (user, host), value in unit_cost.items():
        if user not in need:
            raise ValueError(f"unit_cost[{user!r}, {host!r}]: {user!r} is not a user of need.")
        if host not in capacity:
            raise ValueError(f"unit_cost[{user!r}, {host!r}]: {host!r} is not a host of capacity.")
        if not math.isfinite(value):
            raise ValueError(f"unit_cost[{user!r}, {host!r}] must be finite, got {value}.")
