"""Facility location as one would write it on a board: PuLP, small, solved by HiGHS or CBC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pulp

from matcher.optimise import solver
from matcher.optimise.facility import FacilityProblem, FacilitySolution, finish
from matcher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityReference:
    """A PuLP model: ``amount[arc, period]``, ``is_open[host]``, ``is_used[arc]`` where it costs.

    What can carry nothing has no variable: PuLP gives those of no row no value.
    """

    problem: pulp.LpProblem
    amount: dict[tuple[int, int], pulp.LpVariable]
    is_open: dict[int, pulp.LpVariable]
    is_used: dict[int, pulp.LpVariable]


def build_reference(facility: FacilityProblem) -> FacilityReference:
    r"""Write the model in PuLP.

    .. math::

       \min \sum_h F_h y_h + \sum_{a,t} c_a x_{at} + \sum_a G_a z_a                  & (40) \\
       \sum_{a \in u} x_{at} = n_{ut}                          \quad \forall u, t    & (41) \\
       \sum_{a \in h} x_{at} \le H_{ht}\, y_h                  \quad \forall h, t    & (42) \\
       0 \le x_{at} \le m_{at}\, y_{h(a)}                      \quad \forall a, t    & (43) \\
       \sum_h H_{ht} y_h \ge \sum_u n_{ut}                     \quad \forall t       & (44) \\
       x_{at} \le m_{at}\, z_a, \quad z_a \le y_{h(a)}         \quad G_a > 0         & (45) \\
       m_{at} = \min(n_{u(a)t}, H_{h(a)t})
    """
    problem = pulp.LpProblem("sharing", pulp.LpMinimize)
    most = facility.most()
    hosts, periods = facility.capacity.shape
    users = facility.need.shape[0]
    arcs = range(facility.arc_cost.size)
    amount = {
        (a, t): problem.add_variable(f"amount_{a}_{t}", lowBound=0, upBound=float(most[a, t]))
        for a in arcs
        for t in range(periods)
        if most[a, t] > 0
    }
    is_open = {
        h: problem.add_variable(f"open_{h}", cat="Binary")
        for h in range(hosts)
        if facility.capacity[h].any()
    }
    is_used = {
        a: problem.add_variable(f"use_{a}", cat="Binary")
        for a in arcs
        if facility.arc_fixed[a] > 0 and most[a].any()
    }
    problem += (
        (
            pulp.lpSum(float(facility.fixed_cost[h]) * is_open[h] for h in is_open)
            + pulp.lpSum(float(facility.arc_cost[a]) * amount[a, t] for a, t in amount)
            + pulp.lpSum(float(facility.arc_fixed[a]) * is_used[a] for a in is_used)
        ),
        "cost_40",
    )
    for t in range(periods):
        moving = [a for a in arcs if (a, t) in amount]
        for u in range(users):
            need = float(facility.need[u, t])
            met = pulp.lpSum(amount[a, t] for a in moving if facility.arc_user[a] == u)
            problem += met == need, f"need_41_{u}_{t}"
        for h in is_open:
            room = float(facility.capacity[h, t])
            used = pulp.lpSum(amount[a, t] for a in moving if facility.arc_host[a] == h)
            problem += used <= room * is_open[h], f"capacity_42_{h}_{t}"
        for a in moving:
            bound, host = float(most[a, t]), int(facility.arc_host[a])
            if a in is_used:
                problem += amount[a, t] <= bound * is_used[a], f"use_45_{a}_{t}"
            else:
                problem += amount[a, t] <= bound * is_open[host], f"open_43_{a}_{t}"
        room_in_all = pulp.lpSum(float(facility.capacity[h, t]) * is_open[h] for h in is_open)
        problem += room_in_all >= float(facility.need[:, t].sum()), f"enough_44_{t}"
    for a in is_used:
        problem += is_used[a] <= is_open[int(facility.arc_host[a])], f"host_45_{a}"
    return FacilityReference(problem=problem, amount=amount, is_open=is_open, is_used=is_used)


def solve_reference(facility: FacilityProblem, settings: Settings) -> FacilitySolution:
    """Solve by PuLP.

    Raises
    ------
    NoPlanError
        When the solver hands back no plan.
    """
    model = build_reference(facility)
    report = solver.run(model.problem, settings)
    is_open = np.zeros(facility.fixed_cost.size, np.bool_)
    for h, variable in model.is_open.items():
        is_open[h] = solver.value_of(variable) > 0.5
    uses = facility.arc_fixed == 0
    for a, variable in model.is_used.items():
        uses[a] = solver.value_of(variable) > 0.5
    return finish(facility, is_open, uses, report, settings)
