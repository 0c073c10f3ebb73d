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
       \sum_{l} w_l y_l \le K                                                         & (9) \\
       \sum_{a,t} v_{ma} x_{at} \le V_m                        \quad \forall m       & (10)
    """
    problem = pulp.LpProblem("exchange", pulp.LpMaximize)
    most = exchange.most()
    periods = range(exchange.supply.shape[1])
    amount = {
        (a, t): problem.add_variable(f"amount_{a}_{t}", lowBound=0, upBound=float(most[a, t]))
        for a in range(len(exchange.arc_link))
        for t in periods
    }
    is_open = {
        int(link): problem.add_variable(f"open_{link}", cat="Binary")
        for link in np.flatnonzero(exchange.has_choice())
    }
    gain = pulp.lpSum(float(exchange.arc_gain[a]) * amount[a, t] for a, t in amount)
    cost = pulp.lpSum(float(exchange.link_cost[k]) * is_open[k] for k in is_open)
    problem += gain - cost, "net_gain_1"

    model = ReferenceModel(problem=problem, amount=amount, is_open=is_open)
    _limit_nodes(model, exchange)
    _tie_to_links(model, exchange, most)
    _limit_links(model, exchange)
    _limit_amounts(model, exchange)
    return model


def _limit_nodes(model: ReferenceModel, exchange: ExchangeProblem) -> None:
    """(2) and (3): what an offer has, what a need can take."""
    problem, amount = model.problem, model.amount
    leaving, arriving = _grouped(exchange.arc_offer), _grouped(exchange.arc_need)
    for t in range(exchange.supply.shape[1]):
        for o, group in leaving.items():
            sent = pulp.lpSum(amount[a, t] for a in group)
            problem += sent <= float(exchange.supply[o, t]), f"supply_2_{o}_{t}"
        for n, group in arriving.items():
            received = pulp.lpSum(float(exchange.arc_yield[a]) * amount[a, t] for a in group)
            problem += received <= float(exchange.demand[n, t]), f"demand_3_{n}_{t}"


def _tie_to_links(model: ReferenceModel, exchange: ExchangeProblem, most: Floats) -> None:
    """(4) nothing moves on a closed link; (5) an open one moves its lot."""
    problem, amount, is_open = model.problem, model.amount, model.is_open
    periods = range(exchange.supply.shape[1])
    of_link = _grouped(exchange.arc_link)
    for link in is_open:
        for a in of_link[link]:
            for t in periods:
                problem += amount[a, t] <= float(most[a, t]) * is_open[link], f"open_4_{a}_{t}"
        lot = float(exchange.link_lot[link])
        if lot > 0:
            moved = pulp.lpSum(amount[a, t] for a in of_link[link] for t in periods)
            problem += moved >= lot * is_open[link], f"lot_5_{link}"


def _limit_links(model: ReferenceModel, exchange: ExchangeProblem) -> None:
    """(6) attention and partners; (9) the number of proposals."""
    problem, is_open = model.problem, model.is_open
    for i, entries in enumerate(_entries(exchange.link_rows)):
        spent = pulp.lpSum(weight * is_open[link] for link, weight in entries)
        problem += spent <= float(exchange.link_rows.upper[i]), f"attention_6_{i}"
    if exchange.max_links is not None:
        counted = pulp.lpSum(float(exchange.link_weight[k]) * is_open[k] for k in is_open)
        problem += counted <= exchange.max_links, "proposals_9"


def _limit_amounts(model: ReferenceModel, exchange: ExchangeProblem) -> None:
    """(7) blends, (8) capacities by period, (10) limits by year."""
    problem, amount = model.problem, model.amount
    periods = range(exchange.supply.shape[1])
    for t in periods:
        for j, entries in enumerate(_entries(exchange.arc_rows)):
            excess = pulp.lpSum(weight * amount[a, t] for a, weight in entries)
            problem += excess <= 0, f"blend_7_{j}_{t}"
        for k, entries in enumerate(_entries(exchange.capacity_rows, len(exchange.capacity))):
            used = pulp.lpSum(weight * amount[a, t] for a, weight in entries)
            problem += used <= float(exchange.capacity[k, t]), f"capacity_8_{k}_{t}"
    for m, entries in enumerate(_entries(exchange.year_rows)):
        used = pulp.lpSum(weight * amount[a, t] for a, weight in entries for t in periods)
        problem += used <= float(exchange.year_rows.upper[m]), f"year_10_{m}"


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
    amount = np.zeros((len(exchange.arc_link), exchange.supply.shape[1]))
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
