"""The exchange model as one would write it on a board: PuLP, small, solved by HiGHS or CBC.

The engine solves the same arrays faster; this writing is what people read, what the golden file
in the tests keeps, and the second opinion on the engine. Equation numbers: ``docs/model.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pulp

from matcher.optimise import solver
from matcher.optimise.problem import Bools, ExchangeProblem, Floats, Rows, SolveReport
from matcher.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceModel:
    """A PuLP model with its variables: ``amount[arc, period]`` and ``is_open[link]``.

    A link whose opening is no decision (free, no lot, not counted) has no 0/1 variable.
    """

    problem: pulp.LpProblem
    amount: dict[tuple[int, int], pulp.LpVariable]
    is_open: dict[int, pulp.LpVariable]


def build_reference(exchange: ExchangeProblem) -> ReferenceModel:
    r"""Write the exchange model in PuLP.

    .. math::

       \max \sum_{a,t} g_a x_{at} - \sum_{l} c_l y_l                                  & (1) \\
       \sum_{a \in o} x_{at} \le s_{ot}                         \quad \forall o, t    & (2) \\
       \sum_{a \in n} e_a x_{at} \le d_{nt}                     \quad \forall n, t    & (3) \\
       0 \le x_{at} \le \min(s_{ot}, d_{nt} / e_a)\, y_{l(a)}   \quad \forall a, t    & (4) \\
       \sum_{a \in l, t} x_{at} \ge m_l y_l                     \quad \forall l       & (5) \\
       \sum_{l} r_{il} y_l \le b_i                              \quad \forall i       & (6) \\
       \sum_{a} q_{ja} x_{at} \le 0                             \quad \forall j, t    & (7) \\
       \sum_{a} h_{ka} x_{at} \le H_{kt}                        \quad \forall k, t    & (8) \\
       \sum_{l} w_l y_l \le K                                                         & (9)
    """
    problem = pulp.LpProblem("exchange", pulp.LpMaximize)
    most = exchange.most()
    offers, needs, arcs, links = exchange.counts
    periods = range(exchange.supply.shape[1])
    amount = {
        (a, t): problem.add_variable(f"amount_{a}_{t}", lowBound=0, upBound=float(most[a, t]))
        for a in range(arcs)
        for t in periods
    }
    is_open = {
        int(link): problem.add_variable(f"open_{link}", cat="Binary")
        for link in np.flatnonzero(exchange.has_choice())
    }
    gain = pulp.lpSum(float(exchange.arc_gain[a]) * amount[a, t] for a, t in amount)
    cost = pulp.lpSum(float(exchange.link_cost[k]) * is_open[k] for k in is_open)
    problem += gain - cost, "net_gain_1"

    leaving, arriving = _grouped(exchange.arc_offer), _grouped(exchange.arc_need)
    of_link = _grouped(exchange.arc_link)
    for t in periods:
        for o, group in leaving.items():
            sent = pulp.lpSum(amount[a, t] for a in group)
            problem += sent <= float(exchange.supply[o, t]), f"supply_2_{o}_{t}"
        for n, group in arriving.items():
            received = pulp.lpSum(float(exchange.arc_yield[a]) * amount[a, t] for a in group)
            problem += received <= float(exchange.demand[n, t]), f"demand_3_{n}_{t}"
    for link in is_open:
        for a in of_link[link]:
            for t in periods:
                problem += amount[a, t] <= float(most[a, t]) * is_open[link], f"open_4_{a}_{t}"
        lot = float(exchange.link_lot[link])
        if lot > 0:
            moved = pulp.lpSum(amount[a, t] for a in of_link[link] for t in periods)
            problem += moved >= lot * is_open[link], f"lot_5_{link}"
    for i, entries in enumerate(_entries(exchange.link_rows)):
        spent = pulp.lpSum(weight * is_open[link] for link, weight in entries)
        problem += spent <= float(exchange.link_rows.upper[i]), f"attention_6_{i}"
    for t in periods:
        for j, entries in enumerate(_entries(exchange.arc_rows)):
            excess = pulp.lpSum(weight * amount[a, t] for a, weight in entries)
            problem += excess <= 0, f"blend_7_{j}_{t}"
        for k, entries in enumerate(_entries(exchange.capacity_rows, len(exchange.capacity))):
            used = pulp.lpSum(weight * amount[a, t] for a, weight in entries)
            problem += used <= float(exchange.capacity[k, t]), f"capacity_8_{k}_{t}"
    if exchange.max_links is not None:
        counted = pulp.lpSum(float(exchange.link_weight[k]) * is_open[k] for k in is_open)
        problem += counted <= exchange.max_links, "proposals_9"
    return ReferenceModel(problem=problem, amount=amount, is_open=is_open)


def solve_reference(
    exchange: ExchangeProblem, settings: Settings, *, gap: float, time_limit_s: float | None = None
) -> tuple[Floats, Bools, SolveReport]:
    """Solve by PuLP: amounts (A, T), links chosen (L,), report.

    Raises
    ------
    NoPlanError
        When the solver hands back no plan.
    """
    model = build_reference(exchange)
    report = solver.run(model.problem, settings, gap=gap, time_limit_s=time_limit_s)
    _, _, arcs, links = exchange.counts
    amount = np.zeros((arcs, exchange.supply.shape[1]))
    for (a, t), variable in model.amount.items():
        amount[a, t] = solver.value_of(variable)
    is_open = ~exchange.has_choice()
    for link, variable in model.is_open.items():
        is_open[link] = solver.value_of(variable) > 0.5
    return amount, is_open, report


def _grouped(positions: Iterable[int]) -> dict[int, list[int]]:
    """Node or link -> its arcs, in order."""
    groups: dict[int, list[int]] = defaultdict(list)
    for arc, position in enumerate(positions):
        groups[int(position)].append(arc)
    return groups


def _entries(rows: Rows, count: int | None = None) -> list[list[tuple[int, float]]]:
    """The (column, coefficient) pairs of each row."""
    entries: list[list[tuple[int, float]]] = [
        [] for _ in range(len(rows.upper) if count is None else count)
    ]
    for row, column, coefficient in zip(rows.row, rows.column, rows.coefficient, strict=True):
        entries[int(row)].append((int(column), float(coefficient)))
    return entries
